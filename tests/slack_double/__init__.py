"""A local Slack for tests and for trying things out; see README.md."""

from tests.slack_double.double import SlackDouble
from tests.slack_double.errors import CannotDo
from tests.slack_double.person import Person
from tests.slack_double.sockets import Ack
from tests.slack_double.workspace import Channel, Ephemeral, Message, View

__all__ = [
    "Ack",
    "CannotDo",
    "Channel",
    "Ephemeral",
    "Message",
    "Person",
    "SlackDouble",
    "View",
]
