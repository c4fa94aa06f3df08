"""`firstline …`: the commands. Each imports what it needs only when it runs."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_base import PROJECT, finish, keep_going, settings_here
from bot.cli_dead import dead
from bot.cli_model import model
from bot.cli_nlu import nlu
from bot.cli_sim import sim
from bot.cli_train import train
from bot.cli_x import x
from bot.errors import FirstlineError
from bot.replay.through import Through
from bot.roles import Role

app = typer.Typer(
    help="The automated first line of social customer service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks would print local variables
)
app.add_typer(nlu, name="nlu")
app.add_typer(model, name="model")
app.add_typer(train, name="train")
app.add_typer(dead, name="dead")
app.add_typer(sim, name="sim")
app.add_typer(x, name="x")
slack = typer.Typer(help="The Slack app that agents work in.", no_args_is_help=True)
app.add_typer(slack, name="slack")


@app.command()
def run(
    once: Annotated[
        bool, typer.Option("--once", help="Replay the sample messages and end.")
    ] = False,
    role: Annotated[
        list[Role] | None,
        typer.Option(help="Run this role only; may be repeated. Default: all."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that read messages.")
    ] = 1,
) -> None:
    """Run everything and serve the page, or run some roles, until Ctrl-C."""
    if once and (role or workers != 1):
        message = "--once does everything in one process: leave out --role, --workers."
        raise typer.BadParameter(message)
    settings = settings_here()
    if once:
        from bot.commands.replay import replay as replay_file

        sample = settings.project / "data" / "samples" / "messages.jsonl"
        finish(replay_file(settings, sample, out=None, rate=None, fresh=True))
    from bot.commands.run import run as run_program
    from bot.commands.run import what_to_run

    running = what_to_run(role or [], workers)
    if not (running.roles or running.workers):
        from bot.commands.work import work as work_here

        keep_going(work_here(settings, model=None))
    keep_going(run_program(settings, running))


@app.command(hidden=True)
def work(model: Path) -> None:
    """Be a worker of `firstline run`, which starts this and ends it."""
    from bot.commands.work import work as work_for_parent

    keep_going(work_for_parent(settings_here(), model=model))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="CSV or JSON lines of messages.")],
    out: Annotated[
        Path | None, typer.Option(help="Write one JSON object a message here.")
    ] = None,
    rate: Annotated[
        str, typer.Option(help="Messages a second, or max.", metavar="N|max")
    ] = "max",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over instead of continuing.")
    ] = False,
    through: Annotated[
        Through, typer.Option(help="The network: a local X forgets at the end.")
    ] = Through.SIMULATOR,
) -> None:
    """Send recorded messages through the whole first line, on their own clock.

    A replay that was interrupted continues where it stopped.
    """
    from bot.commands.replay import parse_rate
    from bot.commands.replay import replay as replay_file

    settings = settings_here()
    finish(
        replay_file(
            settings,
            file,
            out=out,
            rate=parse_rate(rate),
            fresh=fresh,
            through=through,
        )
    )


@app.command()
def outcomes() -> None:
    """Print what became of every message that was seen; the table must add up."""
    from bot.commands.outcomes import outcomes as print_outcomes

    finish(print_outcomes(settings_here()))


@app.command()
def bench(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few hundred messages: is it right?")
    ] = False,
    against_stock: Annotated[
        bool,
        typer.Option("--against-stock", help="Compare with `rasa run`, trained once."),
    ] = False,
    million: Annotated[
        bool,
        typer.Option("--million", help="Also with a million stored customers; 3 GB."),
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Draw latency against load into this PNG.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Of the classifier. Default: as in config.yml.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that read messages.")
    ] = 1,
) -> None:
    """Measure the whole way under load, on this machine, in a store of its own."""
    from bot.commands.bench import bench as run_bench

    finish(
        run_bench(
            settings_here(),
            quick=quick,
            against_stock=against_stock,
            million=million,
            picture=picture,
            profile=profile,
            workers=workers,
        )
    )


@app.command()
def audit(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for machines.")
    ] = False,
    late: Annotated[
        float, typer.Option(help="Tell what is pending for longer.", metavar="MINUTES")
    ] = 60,
) -> None:
    """Prove from the events that nothing was lost or done twice, and that people won.

    Exit code 1 and the offending ids if not.
    """
    from bot.commands.audit import audit as print_audit

    finish(print_audit(settings_here(), as_json=as_json, late_minutes=late))


@app.command()
def trace(
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Of a message, a text (its key), a case or a customer."
        ),
    ],
    text: Annotated[
        bool, typer.Option("--text", help="Show also what was written.")
    ] = False,
) -> None:
    """Tell the whole way of one message, text, case or customer, with times."""
    from bot.commands.trace import trace as print_trace

    finish(print_trace(settings_here(), id_, text=text))


@app.command()
def forget(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER", help="x:12345, or @handle; with --message its id."
        ),
    ],
    message: Annotated[
        bool, typer.Option("--message", help="Only one message, by its id.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove what is kept of a customer, everywhere; nothing brings it back.

    Events stay, which hold no content. Exit code 1 if it has to be repeated.
    """
    from bot.commands.forget import forget as forget_whom
    from bot.commands.forget import whose

    settings = settings_here()
    found = asyncio.run(whose(settings, name, message=message))
    what = f"message {found.message} of " if found.message else ""
    if not yes:
        typer.confirm(f"Remove {what}{found.customer} everywhere?", abort=True)
    finish(forget_whom(settings, found))


@app.command()
def doctor() -> None:
    """Check Python, settings, store, data and model, and say what to do."""
    from bot.commands.doctor import doctor as examine

    finish(examine(PROJECT, os.environ))


@app.command()
def check() -> None:
    """Check policy, texts and training data as a trainer or manager edits them."""
    from bot.commands.check import check as check_files

    raise typer.Exit(check_files(settings_here()))


@slack.command("check")
def check_slack() -> None:
    """Check tokens, scopes, channels and the way there and back; say what to change."""
    from bot.commands.slack import slack_check

    finish(slack_check(settings_here()))


def main() -> None:
    """Run a command; what goes wrong on purpose is one clear line, not a traceback."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("firstline").setLevel(logging.INFO)
    try:
        app()
    except FirstlineError as error:
        print(f"firstline: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:  # a full disk, a file that is not ours: what and where
        print(f"firstline: {error.strerror}: {error.filename or '-'}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
