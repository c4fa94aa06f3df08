"""Training and serving, each in a process of its own: their memory is then theirs.

`python -m bot.nlubench.job FILE` does what the JSON in FILE says and writes what
came of it beside it. The model's libraries are told to use one thread while it
serves, and the process stays on one core, so that rates are those of one core.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cattrs

from bot.errors import FirstlineError, PermanentFailure
from bot.nlubench.serving import Answer, serve

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_INTRA_OP_PARALLELISM_THREADS",
        "TF_INTER_OP_PARALLELISM_THREADS",
    ),
    "1",
)
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """One training in a process of its own; `wall_s` does not count its start."""

    model: str
    wall_s: float
    cpu_s: float
    peak_mb: float


async def run_job(
    folder: Path,
    name: str,
    what: Mapping[str, object],
    answer: type[T],
    *,
    one_core: bool = False,
) -> T:
    """Do `what` in a process of its own, whose files stay in `folder`.

    Raises:
        PermanentFailure: it failed; with its last words.
    """
    asked = folder / f"{name}.json"
    asked.write_text(json.dumps(what), encoding="utf-8")
    environment = {**os.environ, **ENVIRONMENT, "FIRSTLINE_VAR": str(folder / "var")}
    job = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.nlubench.job", str(asked)),
        env={**environment, **(ONE_THREAD if one_core else {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await job.communicate()
    except BaseException:  # also a stop: the job must not outlive us
        job.kill()
        await job.wait()
        raise
    if job.returncode != 0:
        words = said.decode("utf-8", "replace").strip().splitlines() or ["nothing"]
        raise PermanentFailure(f"{name}: {words[-1]}")
    return cattrs.structure(json.loads(_answer_to(asked).read_text("utf-8")), answer)


def _train(asked: Mapping[str, str]) -> Trained:
    from bot.nlu.training import train  # noqa: PLC0415 - heavy, for this job alone

    project, models = Path(asked["project"]), Path(asked["models"])
    return _measured(lambda: train(project, models, _tell))


def _train_foreign(asked: Mapping[str, str]) -> Trained:
    from bot.nlu.bootstrap import prepare  # noqa: PLC0415 - heavy, for this job alone

    project, models = Path(asked["project"]), Path(asked["models"])

    def train() -> Path:
        prepare(project / "config.yml")
        from bot.nlu import runtime  # noqa: PLC0415 - Rasa must come after `prepare`

        return runtime.train(project, folder=models, name="foreign.tar.gz")

    return _measured(train)


def _measured(train: Callable[[], Path]) -> Trained:
    began = time.monotonic()
    model = train()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Trained(
        model=str(model),
        wall_s=time.monotonic() - began,
        cpu_s=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss * 1024 / 1e6,
    )


def _serve(asked: Mapping[str, str]) -> Answer:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    texts = json.loads(Path(asked["texts"]).read_text("utf-8"))
    model, config = Path(asked["model"]), Path(asked["config"])
    return serve(model, config, texts, ours=bool(asked["ours"]))


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def _answer_to(asked: Path) -> Path:
    return asked.with_suffix(".answer.json")


JOBS: Mapping[str, Callable[[Mapping[str, str]], Trained | Answer]] = {
    "train": _train,
    "train_foreign": _train_foreign,
    "serve": _serve,
}


def main() -> int:
    """Do the one job that the command line names."""
    file = Path(sys.argv[1])
    asked = json.loads(file.read_text("utf-8"))
    try:
        answer = JOBS[asked["job"]](asked)
    except FirstlineError as error:
        _tell(str(error))
        return 1
    _answer_to(file).write_text(
        json.dumps(cattrs.unstructure(answer)), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
