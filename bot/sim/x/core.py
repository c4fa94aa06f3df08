"""What the endpoints, the page and the people work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock
from bot.sim.changes import Changes
from bot.sim.x.auth import Auth
from bot.sim.x.credit import Credit
from bot.sim.x.faults import Faults
from bot.sim.x.hub import Hub
from bot.sim.x.includes import Includes
from bot.sim.x.ledger import Ledger
from bot.sim.x.limits import Pace
from bot.sim.x.render import Render
from bot.sim.x.rules import Rules
from bot.sim.x.things import Account, Job, Media
from bot.sim.x.world import World

UPLOAD_LIVES = timedelta(hours=24)


@dataclass
class Upload:
    """A file on its way."""

    media: Media
    total: int
    parts: dict[int, bytes] = field(default_factory=dict)
    done: bool = False


@dataclass
class Core:
    """The network with all that belongs to it."""

    clock: Clock
    world: World
    auth: Auth
    faults: Faults
    ledger: Ledger
    pace: Pace
    credit: Credit
    rules: Rules
    render: Render
    includes: Includes
    hub: Hub
    changes: Changes
    encrypted: Callable[[Account, Account, str], str]  # tells of an X Chat message
    base_url: str
    uploads: dict[str, Upload] = field(default_factory=dict)  # by media id
    jobs: dict[str, Job] = field(default_factory=dict)  # of compliance, by id
    job_takes: timedelta = timedelta(0)  # from the upload to the results
