"""What is settled before Rasa is imported holds in the process that reads."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
READ = """
import json, sys
from pathlib import Path
from bot.nlu.engine import RasaEngine, load_model
engine = RasaEngine(load_model(Path(sys.argv[1]), config=Path(sys.argv[2])))
engine.read_now(["wo ist meine bestellung, sie sollte gestern kommen"])
from threadpoolctl import threadpool_info
print(json.dumps([pool["num_threads"] for pool in threadpool_info()
                  if pool["user_api"] == "blas"]))
"""


def test_no_thread_of_a_numeric_library_waits_in_a_loop_while_texts_are_read(
    model_path, project
):
    done = subprocess.run(
        [sys.executable, "-c", READ, model_path, project / "config.yml"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    pools = json.loads(done.stdout.splitlines()[-1])
    assert pools
    assert set(pools) == {1}
