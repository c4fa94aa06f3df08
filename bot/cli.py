"""`firstline …`: the commands. Each imports what it needs only when it runs."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import FirstlineError
from bot.roles import Role
from bot.settings import Settings

app = typer.Typer(
    help="The automated first line of social customer service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks would print local variables
)
nlu = typer.Typer(help="The model and its training data.", no_args_is_help=True)
app.add_typer(nlu, name="nlu")
dead = typer.Typer(help="Messages that could not be handled.", no_args_is_help=True)
app.add_typer(dead, name="dead")
slack = typer.Typer(help="The Slack app that agents work in.", no_args_is_help=True)
app.add_typer(slack, name="slack")

PROJECT = Path.cwd()


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
    settings = _settings()
    if once:
        from bot.commands.replay import replay as replay_file

        sample = settings.project / "data" / "samples" / "messages.jsonl"
        _finish(replay_file(settings, sample, out=None, rate=None, fresh=True))
    from bot.commands.run import run as run_program
    from bot.commands.run import what_to_run

    running = what_to_run(role or [], workers)
    if not (running.roles or running.workers):
        from bot.commands.work import work as work_here

        _keep_going(work_here(settings, model=None))
    _keep_going(run_program(settings, running))


@app.command(hidden=True)
def work(model: Path) -> None:
    """Be a worker of `firstline run`, which starts this and ends it."""
    from bot.commands.work import work as work_for_parent

    _keep_going(work_for_parent(_settings(), model=model))


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
) -> None:
    """Send recorded messages through the whole first line, on their own clock.

    A replay that was interrupted continues where it stopped.
    """
    from bot.commands.replay import parse_rate
    from bot.commands.replay import replay as replay_file

    settings = _settings()
    _finish(replay_file(settings, file, out=out, rate=parse_rate(rate), fresh=fresh))


@app.command()
def outcomes() -> None:
    """Print what became of every message that was seen; the table must add up."""
    from bot.commands.outcomes import outcomes as print_outcomes

    _finish(print_outcomes(_settings()))


@app.command()
def bench(
    quick: Annotated[
        bool, typer.Option("--quick", help="A few hundred messages: is it right?")
    ] = False,
    against_stock: Annotated[
        bool,
        typer.Option("--against-stock", help="Compare with `rasa run`, trained once."),
    ] = False,
    million: Annotated[
        bool,
        typer.Option("--million", help="Also with a million stored customers; 4 GB."),
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Draw latency against load into this PNG.")
    ] = None,
) -> None:
    """Measure the whole way under load, on this machine, in a store of its own."""
    from bot.commands.bench import bench as run_bench

    _finish(
        run_bench(
            _settings(),
            quick=quick,
            against_stock=against_stock,
            million=million,
            picture=picture,
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

    _finish(print_audit(_settings(), as_json=as_json, late_minutes=late))


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

    _finish(print_trace(_settings(), id_, text=text))


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

    settings = _settings()
    found = asyncio.run(whose(settings, name, message=message))
    what = f"message {found.message} of " if found.message else ""
    if not yes:
        typer.confirm(f"Remove {what}{found.customer} everywhere?", abort=True)
    _finish(forget_whom(settings, found))


@app.command()
def doctor() -> None:
    """Check Python, settings, store, data and model, and say what to do."""
    from bot.commands.doctor import doctor as examine

    _finish(examine(PROJECT, os.environ))


@app.command()
def check() -> None:
    """Check policy, texts and training data as a trainer or manager edits them."""
    from bot.commands.check import check as check_files

    raise typer.Exit(check_files(_settings()))


@app.command()
def train() -> None:
    """Train the model, if the data changed since the last time."""
    from bot.commands.train import train as train_model

    raise typer.Exit(train_model(_settings()))


@nlu.command()
def evaluate() -> None:
    """Measure the model on the held-out messages, which it was never trained on."""
    from bot.commands.evaluate import evaluate as evaluate_model

    _finish(evaluate_model(_settings()))


@nlu.command()
def data() -> None:
    """Report on the training examples: counts, duplicates, variety."""
    from bot.commands.check import report_data

    raise typer.Exit(report_data(_settings()))


@slack.command("check")
def check_slack() -> None:
    """Check tokens, scopes, channels and the way there and back; say what to change."""
    from bot.commands.slack import slack_check

    _finish(slack_check(_settings()))


@dead.command("list")
def list_dead() -> None:
    """Print who has messages that could not be handled, and why."""
    from bot.commands.dead import list_dead as print_dead

    _finish(print_dead(_settings()))


_Customer = Annotated[str, typer.Argument(help="As `firstline dead list` has it.")]
_Letter = Annotated[
    int | None, typer.Option(help="Only the one that `dead show` has as #N.")
]


@dead.command("show")
def show_dead(
    customer: _Customer,
    text: Annotated[
        bool, typer.Option("--text", help="Also what the customer wrote.")
    ] = False,
) -> None:
    """Print a customer's dead letters: which message, why, when, how many tries."""
    from bot.commands.dead import show_dead as print_letters

    _finish(print_letters(_settings(), customer, text=text))


@dead.command("replay")
def replay_dead(customer: _Customer, letter: _Letter = None) -> None:
    """Handle a customer's dead letters once more."""
    from bot.commands.dead import replay_dead as replay_letters

    _finish(replay_letters(_settings(), customer, letter))


@dead.command("drop")
def drop_dead(customer: _Customer, letter: _Letter = None) -> None:
    """Remove a customer's dead letters; the outcome of the messages stays."""
    from bot.commands.dead import drop_dead as drop_letters

    _finish(drop_letters(_settings(), customer, letter))


def _settings() -> Settings:
    settings = Settings.load(PROJECT, os.environ)
    settings.make_var()
    # Rasa makes actions without arguments; they find their files by this.
    os.environ["FIRSTLINE_VAR"] = str(settings.var)
    return settings


def _keep_going(command: Coroutine[None, None, int]) -> None:
    """Run what lives long on the quicker event loop."""
    import uvloop

    raise typer.Exit(uvloop.run(command))


def _finish(command: Coroutine[None, None, int]) -> None:
    raise typer.Exit(asyncio.run(command))


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
