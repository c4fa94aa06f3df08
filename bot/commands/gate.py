"""`firstline train`: through the gate, from the files to a model that may go live."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from bot.clock import SystemClock
from bot.commands.model_shown import print_uptake
from bot.errors import ConfigError, InputError, StoreUnavailable
from bot.flow.recent_messages import recent_messages
from bot.gate.passing import Asked, Passed, Progress, as_json, check, pass_through
from bot.gate.report import Signed
from bot.gate.words import headline
from bot.log import json_log
from bot.model.trained import ModelName
from bot.nlu.shelf import ModelShelf
from bot.open_corpus import open_corpus
from bot.open_models import live_note, open_promotion, open_shelf
from bot.open_store import open_store
from bot.open_taking_back import open_deleted_words
from bot.open_training import Held, held_for_training
from bot.policy_file import load_policy
from bot.settings import Settings
from bot.starting import live_model, why_not

RECENT: Final = timedelta(days=7)
MOST_RECENT: Final = 1000  # messages: reading them twice takes some seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command was asked for."""

    by: str
    why: str
    promote: bool
    as_json: bool
    report: Path | None


async def train(settings: Settings, wish: Wish) -> int:
    """Check, train and compare; return 0 if the candidate passes, and 1 if not.

    Nobody else trains meanwhile, up to the promotion: what passes was compared with the
    model that it replaces.

    Raises:
        InputError: the report has no place where it is wanted.
    """
    if wish.report is not None and not wish.report.parent.is_dir():
        raise InputError(f"There is no folder {wish.report.parent} for the report.")
    status = Status("looking at the files", console=Console(stderr=True))

    def progress(line: str) -> None:
        status.update(escape(line))
        status.console.print(escape(line), soft_wrap=True)

    await _take_back(settings, progress)
    with ExitStack() as lasting:
        try:
            holding = held_for_training(settings, by=_author(wish), tell=progress)
            held = lasting.enter_context(holding)
        except ConfigError as error:  # a file is not there, or half written
            return _tell_problems(str(error).splitlines(), wish)
        with status:
            if not (problems := await _problems(held, progress)):
                passed = await _judged(held.settings, wish, progress)
        if problems:
            return _tell_problems(problems, wish)
        return await _ended(settings, held, passed, wish)


async def _take_back(settings: Settings, progress: Progress) -> None:
    """Let no model learn what customers took back; a mistake in the files is told later."""
    if not _has_store(settings):
        return
    try:
        policy = load_policy(settings.policy)
        corpus = open_corpus(settings, lambda: policy).corpus
        async with open_store(settings) as store:
            deleted = open_deleted_words(
                settings, store, corpus, clock=SystemClock(), log=json_log
            )
            done = await deleted.look()
    except ConfigError:
        return
    except (StoreUnavailable, InputError) as error:
        progress(f"what customers took back lately may still be in the data: {error}")
        return
    if done.examples == 1:
        progress("1 example went: its customer deleted or edited the message")
    elif done.examples:
        progress(
            f"{done.examples} examples went: their customers deleted or edited the messages"
        )
    for label in done.alone:
        progress(f"such words still stand in {label}: write other examples there")


async def _ended(settings: Settings, held: Held, passed: Passed, wish: Wish) -> int:
    if wish.report is not None:
        await asyncio.to_thread(copyfile, passed.report, wish.report)
    _tell(passed, wish, changed=await asyncio.to_thread(held.changed))
    if not passed.comparison.verdict.passes:
        return 1
    return await _promoted(settings, passed, wish) if wish.promote else 0


def _author(wish: Wish) -> str:
    return wish.by or getpass.getuser()


async def _problems(held: Held, progress: Progress) -> list[str]:
    """Return what is wrong in the files, a line each with file, line and remedy."""
    try:
        found = await check(held.settings.project, held.settings.policy, progress)
    except ConfigError as error:  # a file cannot be read at all
        return held.told(str(error)).splitlines()
    return [held.told(str(problem)) for problem in found]


async def _judged(settings: Settings, wish: Wish, progress: Progress) -> Passed:
    """Let the files as they are pass, and write the judgement into the manifest."""
    signed = Signed(by=_author(wish), why=wish.why, at=SystemClock().now())
    shelf = open_shelf(settings)
    await asyncio.to_thread(shelf.spare, live_note(settings).kept())
    live, without = await _live(settings, shelf)
    asked = Asked(
        project=settings.project,
        policy=load_policy(settings.policy),
        models=settings.models,
        kept=settings.var / "gate",
        live=live,
        without=without,
        signed=signed,
        recent=lambda: _recent(settings, progress),
        recent_for=RECENT,
    )
    passed = await pass_through(asked, progress)
    name = ModelName(passed.comparison.candidate)
    await asyncio.to_thread(
        shelf.note, name, by=signed.by, why=signed.why, at=signed.at
    )
    await asyncio.to_thread(shelf.judge, name, passed.judgement(signed.at))
    return passed


async def _live(settings: Settings, shelf: ModelShelf) -> tuple[Path | None, str]:
    """Return the live model's file, or None and why there is none to compare with."""
    name = await live_model(settings, shelf)
    if name is None:
        return None, "There is no live model yet: nothing to compare with."
    if refusal := await asyncio.to_thread(why_not, name, shelf):
        return None, f"Nothing is compared with the live model {name}: {refusal}."
    return shelf.path(name), ""


def _has_store(settings: Settings) -> bool:
    return settings.redis_url is not None or (settings.var / "store").is_dir()


async def _recent(settings: Settings, progress: Progress) -> dict[str, str]:
    """Return what customers wrote lately; nothing where there is no store yet."""
    if not _has_store(settings):
        return {}
    since = SystemClock().now() - RECENT
    try:
        async with open_store(settings) as store:
            return await recent_messages(
                store.events, store.cases, since=since, limit=MOST_RECENT
            )
    except StoreUnavailable as error:
        progress(f"what customers wrote lately is left out: {error}")
        return {}


async def _promoted(settings: Settings, passed: Passed, wish: Wish) -> int:
    """Put the candidate live, and say who reads with it; 1 if somebody does not."""
    name = ModelName(passed.comparison.candidate)
    why = wish.why or headline(passed.comparison)
    async with open_store(settings) as store:
        promotion = open_promotion(settings, store, SystemClock())
        await promotion.promote(name, by=_author(wish), why=why)
        live_note(settings).write(await promotion.standing())
        uptake = await promotion.until_taken()
    console = Console(stderr=True)
    console.print(f"{name} is live.")
    print_uptake(console, uptake)
    return 1 if uptake.waiting or uptake.refused else 0


def _tell_problems(problems: list[str], wish: Wish) -> int:
    if wish.as_json:
        _print_json({"passes": False, "problems": problems})
    else:
        console = Console()
        for problem in problems:
            console.print(escape(problem), soft_wrap=True)
        mistakes = "one mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        console.print(f"Refused: {mistakes} in the files. Nothing trained.")
    return 1


def _tell(passed: Passed, wish: Wish, *, changed: list[str]) -> None:
    found = passed.comparison
    if wish.as_json:
        told = {
            "passes": found.verdict.passes,
            "headline": headline(found),
            "report": str(passed.report),
            "changed_since": changed,
            "comparison": json.loads(as_json(found)),
        }
        _print_json(told)
        return
    console = Console()
    console.print(escape(headline(found)), soft_wrap=True)
    for objection in found.verdict.objections:
        said = f"  - {objection.sentence} ({objection.code.value})"
        console.print(escape(said), soft_wrap=True)
    for note in found.notes:
        console.print(escape(note), soft_wrap=True)
    if changed:
        since = f"Changed since it began, and not in this model: {', '.join(changed)}"
        console.print(escape(since), soft_wrap=True)
    console.print(f"Model: {found.candidate}\nReport: {passed.report}", soft_wrap=True)


def _print_json(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
