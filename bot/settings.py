"""Settings, read once from the environment and `.env`, and then passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import ConfigError
from bot.settings_x import KNOWN_X, X, x_from

PREFIX = "FIRSTLINE_"
SLACK_API = "https://slack.com/api/"
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """The app of ours in one Slack workspace."""

    bot_token: str = field(repr=False)  # never in a log, a page or a traceback
    app_token: str = field(repr=False)
    api_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are. What the brand wants stands in the policy instead.

    `redis_url` None means the embedded server under `var`.
    """

    project: Path  # config.yml, domain.yml, data/ and actions/ are here
    var: Path  # everything that the program writes
    redis_url: str | None
    host: str
    port: int
    policy: Path
    orders: Path | None  # the order system; None means the demo
    slack: Slack | None = None  # None: agents work elsewhere
    x: X | None = None  # None: customers are on the simulated network only

    @property
    def x_tokens(self) -> Path:
        """Where the tokens are kept that `firstline x login` got."""
        return self.var / "x-tokens.json"

    @property
    def models(self) -> Path:
        """Where trained models are kept."""
        return self.var / "models"

    def make_var(self) -> None:
        """Make the folder for what the program writes.

        Raises:
            ConfigError: it cannot be made, or nothing can be written into it.
        """
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self.var):
                pass
        except OSError as error:
            raise ConfigError(
                f"{self.var} cannot be written: {error.strerror}. "
                f"Set {PREFIX}VAR to a folder that can."
            ) from error

    @classmethod
    def load(cls, project: Path, env: Mapping[str, str]) -> Settings:
        """Read `.env` of `project`; what stands in `env` wins.

        Raises:
            ConfigError: naming every malformed or unknown setting.
        """
        try:
            written = dotenv_values(project / ".env")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{project / '.env'} is not UTF-8 text.") from error
        merged = {k: v for k, v in written.items() if v is not None} | dict(env)
        return cls.from_env(project, merged)

    @classmethod
    def from_env(cls, project: Path, env: Mapping[str, str]) -> Settings:
        """Build settings from variables alone.

        Raises:
            ConfigError: naming every malformed or unknown setting.
        """
        values = {
            name.removeprefix(PREFIX).lower(): value.strip()
            for name, value in env.items()
            if name.startswith(PREFIX) and value.strip()
        }
        problems = [
            f"{PREFIX}{name.upper()} is not a setting; see .env.example"
            for name in sorted(values.keys() - KNOWN)
        ]
        port = _port(values.get("port", "8080"), problems)
        host = values.get("host", "127.0.0.1")
        if host not in _LOOPBACK:
            problems.append(
                f"{PREFIX}HOST is {host}: only 127.0.0.1 or localhost is served "
                "until there is a sign-in. Put a proxy with a sign-in in front."
            )
        redis_url = values.get("redis_url")
        if redis_url and not _is_store(redis_url):
            problems.append(
                f"{PREFIX}REDIS_URL is not redis://host:6379/0, rediss://… or "
                "unix:///path, with user:password@ in front of the host if needed. In "
                "a password, special characters are written as %23 for # and so on."
            )
        slack = _slack(values, problems)
        x = x_from(values, problems)
        if problems:
            raise ConfigError("\n".join(problems))
        return cls(
            project=project,
            var=_path(project, values.get("var", "var")),
            redis_url=redis_url,
            host=host,
            port=port,
            policy=_path(project, values.get("policy", "data/policy.yml")),
            orders=_path(project, values["orders"]) if "orders" in values else None,
            slack=slack,
            x=x,
        )


_SLACK = ("slack_bot_token", "slack_app_token", "slack_api_url")
KNOWN = frozenset(
    {"var", "redis_url", "host", "port", "policy", "orders", *_SLACK, *KNOWN_X}
)


def _slack(values: Mapping[str, str], problems: list[str]) -> Slack | None:
    """Return the app's settings; None if neither token is set. Tells no token."""
    found = len(problems)
    bot, app, url = (values.get(name, "") for name in _SLACK)
    for token, kind, setting in ((bot, "xoxb-", _SLACK[0]), (app, "xapp-", _SLACK[1])):
        name = PREFIX + setting.upper()
        if token and not token.startswith(kind):
            problems.append(f"{name} does not begin with {kind}: see docs/operators.md")
        elif (bot or app) and not token:
            problems.append(f"{name} is missing: Slack needs both tokens")
    parts = urlsplit(url or SLACK_API)
    safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
    if not (safe and parts.path.endswith("/")):
        problems.append(
            f"{PREFIX}SLACK_API_URL is not like {SLACK_API}: https, with / at the end"
        )
    if len(problems) > found or not bot:
        return None
    return Slack(bot_token=bot, app_token=app, api_url=url or SLACK_API)


def _path(project: Path, written: str) -> Path:
    """Return an absolute path; a relative one counts from the project."""
    return (project / Path(written).expanduser()).resolve()


def _is_store(url: str) -> bool:
    """Tell whether this can be an address of a store, without saying what is in it.

    A password with a bare `#`, `/` or `?` ends the address where it stands; the rest
    would be taken for a port, or silently for nothing.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only here; raises what the client would
    except ValueError:
        return False
    if parts.fragment or "@" in parts.path + parts.query:
        return False
    if parts.scheme == "unix":
        return parts.path not in ("", "/")
    database = parts.path.strip("/")
    return parts.scheme in ("redis", "rediss") and (
        not database or database.isdecimal()
    )


def _port(written: str, problems: list[str]) -> int:
    if written.isdecimal() and 1 <= int(written) <= 65535:
        return int(written)
    problems.append(f"{PREFIX}PORT is not a port number: {written}")
    return 0
