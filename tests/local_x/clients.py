"""The real tweepy, led to the local X."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import requests
import tweepy
from requests.adapters import HTTPAdapter

from bot.sim.x import LocalX
from tests.waiting import PATIENCE_S

T = TypeVar("T")


class Rebased(HTTPAdapter):
    """Sends what is meant for X's own address somewhere else."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base, self.time_out_s = base, PATIENCE_S

    def send(self, request, **more):
        path = request.url.split("/", 3)[3]
        request.url = f"{self._base}/{path}"
        return super().send(request, **{**more, "timeout": self.time_out_s})


def rebase(session: requests.Session, base: str) -> None:
    for host in ("https://api.twitter.com/", "https://api.x.com/"):
        session.mount(host, Rebased(base))


def client(x: LocalX, *, bearer: str = "") -> tweepy.Client:
    """Return tweepy with our account's keys, or with a token of OAuth 2."""
    keys = x.credentials
    if bearer:
        made = tweepy.Client(bearer, return_type=dict)
    else:
        made = tweepy.Client(
            consumer_key=keys.consumer_key,
            consumer_secret=keys.consumer_secret,
            access_token=keys.access_token,
            access_token_secret=keys.access_token_secret,
            return_type=dict,
        )
    rebase(made.session, x.url)
    return made


async def ask(work: Callable[[], T]) -> T:
    """Call tweepy in a thread, while the local X answers in this one."""
    return await asyncio.to_thread(work)
