"""X as a channel, through tweepy.

`channel` is what the rest of the program sees. Inward: `reading` asks for what is new,
`posts` and `directs` make messages of it, `context` puts threads together, `stream`
hears of it at once. Outward: `sending`, `parts`, `media`; `finding` looks for what
got no answer. Every call goes through `client`, which the `ledger` paces and pays.
"""

from bot.channels.x.channel import XChannel
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.session import Credentials, Session, Tokens, UserKeys

__all__ = [
    "Credentials",
    "ErrorKind",
    "Session",
    "Tokens",
    "UserKeys",
    "XChannel",
    "XError",
]
