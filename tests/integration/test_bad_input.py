"""Whatever is wrong gets one clear line with the cause and the remedy, and an exit code."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import ROOT

LINKED = ("actions", "config.yml", "endpoints.yml")  # of the project, unchanged


@pytest.fixture
def project(tmp_path, model) -> Path:
    """A copy of the project's data that a test may break, with its trained model."""
    for name in LINKED:
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "domain.yml", tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "var" / "models").mkdir(parents=True)
    for file in model.parent.glob(f"{model.name}*"):
        (tmp_path / "var" / "models" / file.name).symlink_to(file)
    return tmp_path


def firstline(project: Path, *words: str, **env: str) -> subprocess.CompletedProcess:
    found = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in found.stderr, found.stderr
    return found


def says(found: subprocess.CompletedProcess, *parts: str) -> None:
    assert found.returncode == 1
    for part in parts:
        assert part in found.stdout + found.stderr


def test_a_recording_that_is_not_there(project):
    says(firstline(project, "replay", "nowhere.csv"), "There is no file nowhere.csv")


def test_a_recording_with_other_columns(project):
    (project / "other.csv").write_text("a,b\n1,2\n")
    found = firstline(project, "replay", "other.csv")
    says(found, "other.csv:1", "tweet_id", "author_id", "created_at")


def test_a_recording_that_is_empty(project):
    (project / "empty.jsonl").write_text("\n")
    says(firstline(project, "replay", "empty.jsonl"), "empty.jsonl is empty")


def test_a_recording_that_is_no_text(project):
    (project / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    says(firstline(project, "replay", "picture.csv"), "cannot be read as UTF-8 text")


def test_rows_that_cannot_be_read_are_parked_and_the_others_go_on(project):
    (project / "mixed.csv").write_text(
        "tweet_id,author_id,inbound,created_at,text,in_response_to_tweet_id\n"
        "1,ann,True,2017-10-29 06:16:40,@fernhollow how much is delivery?,\n"
        "2,ben,True,yesterday,@fernhollow hello,\n"
        "3,,True,2017-10-29 06:17:40,@fernhollow hello,\n"
        "4,cat,True,Tue Oct 31 23:36:20 +0000 2017,@fernhollow thanks!,848.0\n"
        "5,fernhollow,False,2017-10-29 06:18:40,Hello!,1\n"
    )
    found = firstline(project, "replay", "mixed.csv")
    assert found.returncode == 0, found.stderr
    assert "Every one of 4 messages has exactly one outcome." in found.stdout
    assert "malformed" in found.stdout


def test_a_rate_that_is_none(project):
    found = firstline(project, "replay", "x.csv", "--rate", "fast")
    says(found, "--rate takes a positive number or max, not fast")


def test_a_broken_policy_is_told_with_file_and_line(project):
    policy = project / "data" / "policy.yml"
    policy.write_text(
        policy.read_text().replace("timezone: Europe/London", "timezone: Here")
    )
    found = firstline(project, "check")
    says(found, "policy.yml:", "timezone", "Here")


def test_broken_training_data_are_told_with_file_and_line(project):
    file = next((project / "data" / "nlu").glob("*.yml"))
    file.write_text(file.read_text().replace("  examples: |", "  examples: [", 1))
    says(firstline(project, "train"), f"{file.name}:")


def test_a_domain_that_is_no_yaml(project):
    domain = project / "domain.yml"
    domain.write_text("responses:\n\t- no\n")
    says(firstline(project, "check"), "domain.yml:")


def test_a_port_that_is_taken(project):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        found = firstline(project, "run", FIRSTLINE_PORT=port)
    says(found, port, "FIRSTLINE_PORT")


def test_an_address_that_would_be_open_to_others(project):
    says(firstline(project, "run", FIRSTLINE_HOST="0.0.0.0"), "sign-in")


def test_a_store_that_is_not_there(project):
    found = firstline(project, "outcomes", FIRSTLINE_REDIS_URL="redis://127.0.0.1:1/0")
    says(found, "the store does not answer", "FIRSTLINE_REDIS_URL", "127.0.0.1:1")


async def test_a_store_that_refuses_the_password(project, server, redis):
    await redis.config_set("requirepass", "tulip")
    wrong = server.address.replace("unix://", "unix://:rose@")
    found = firstline(project, "outcomes", FIRSTLINE_REDIS_URL=wrong)
    says(found, "does not accept our user and password", "store.sock")
    assert "rose" not in found.stdout + found.stderr
    await redis.config_set("requirepass", "")  # else it could not be told to end


async def test_a_store_whose_user_may_not_do_everything(project, server, redis):
    await redis.acl_setuser(
        "reader",
        enabled=True,
        passwords=["+tulip"],
        keys=["*"],
        commands=["+@all", "-xrange"],
    )
    address = server.address.replace("unix://", "unix://reader:tulip@")
    found = firstline(project, "outcomes", FIRSTLINE_REDIS_URL=address)
    says(found, "our user may not do this", "+@all")
    assert "tulip" not in found.stdout + found.stderr


async def test_a_folder_that_cannot_be_written(project):
    (project / "file").touch()
    says(firstline(project, "run", FIRSTLINE_VAR="file/var"), "FIRSTLINE_VAR")


async def test_an_id_that_is_empty(project):
    says(firstline(project, "trace", " "), "trace needs an ID")


@pytest.mark.parametrize("damage", ["truncated", "altered", "foreign"])
def test_a_model_that_cannot_be_trusted(project, model, damage):
    (place,) = (project / "var" / "models").glob("*.tar.gz")
    place.unlink()
    content = model.read_bytes()
    if damage == "truncated":
        place.write_bytes(content[: len(content) // 2])
    elif damage == "altered":
        place.write_bytes(content[:-100] + b"\0" * 100)
    else:
        place.write_bytes(b"not a model at all")
    found = firstline(project, "nlu", "evaluate")
    says(found, place.name)


def test_the_doctor_says_what_is_missing(project):
    for file in (project / "var" / "models").iterdir():
        file.unlink()
    found = firstline(project, "doctor")
    says(found, "✗ model", "firstline train", "✓ store", "✓ Python")


def test_every_command_has_help(project):
    listed = firstline(project, "--help").stdout
    for name in ("run", "replay", "outcomes", "doctor", "check", "train", "nlu"):
        assert name in listed
        assert firstline(project, name, "--help").returncode == 0
