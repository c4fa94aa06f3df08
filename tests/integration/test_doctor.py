"""`firstline doctor` tells who lives, who is missing and what is waited for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.x.channel import NAME
from bot.channels.x.limits import DM_SEND
from bot.clock import SystemClock
from bot.commands.doctor import doctor
from bot.flow.heartbeat import FORGET_AFTER
from bot.model.process import Process
from bot.roles import ALL
from bot.store.processes import RedisProcesses
from bot.store.quota import RedisQuota
from bot.store.server import connect
from bot.store.spending import RedisSpending
from tests.builders import ROOT
from tests.servers import TcpServer


@pytest.fixture
async def told(server, redis, tmp_path, monkeypatch, capsys):
    """Let processes beat, and return what the doctor says of them."""
    monkeypatch.setenv("COLUMNS", "400")
    env = {"FIRSTLINE_VAR": str(tmp_path), "FIRSTLINE_REDIS_URL": server.address}
    now = SystemClock().now()
    alive = now + timedelta(hours=1)  # however long the doctor takes

    async def of(*roles: str, **facts) -> str:
        for number, role in enumerate(roles):
            process = Process(
                **{
                    "id": str(number),
                    "roles": (role,),
                    "pid": 70 + number,
                    "host": "north",
                    "since": now - timedelta(hours=1),
                    **facts,
                }
            )
            await RedisProcesses(redis).beat(process, now=alive, ttl=FORGET_AFTER)
        await doctor(ROOT, env)
        return capsys.readouterr().out

    return of


async def test_all_roles_are_there(told):
    said = await told(*(role.value for role in ALL), loop_delay_ms=3.5)
    assert "✓ processes" in said
    assert "on north" in said
    assert "3.5 ms late" in said


async def test_who_refuses_the_live_model_is_told_with_the_reason(told):
    said = await told(
        *(role.value for role in ALL),
        model="model-a",
        model_refused="model-b: made by another version: rasa 3.5",
    )
    assert "✗ processes" in said
    assert "reads with model-a and refuses model-b: made by another version" in said


async def test_a_missing_role_is_named(told):
    said = await told("intake", "sender", "desk", "web")
    assert "✗ processes" in said
    assert "nobody has the role worker" in said


async def test_what_a_process_waits_for_is_told(told):
    roles = [role.value for role in ALL]
    said = await told(*roles, outages=("sender: the network is down",))
    assert "✗ processes" in said
    assert "waits: sender: the network is down" in said


async def test_a_policy_that_was_refused_is_told(told):
    roles = [role.value for role in ALL]
    said = await told(*roles, policy="0123abcd", policy_refused="4567cdef")
    assert "✗ processes" in said
    assert "policy 0123abcd, since 4567cdef cannot be used" in said


async def test_nobody_running_is_no_mistake(told):
    assert "✓ processes: none runs" in await told()


async def test_a_store_that_cannot_be_written_is_told(tmp_path, capsys):
    store = TcpServer(tmp_path / "replica")
    await store.start()
    env = {"FIRSTLINE_VAR": str(tmp_path), "FIRSTLINE_REDIS_URL": store.address}
    await doctor(ROOT, env)  # while it is no replica yet, so that it is known
    assert "✓ store" in capsys.readouterr().out
    async with connect(store.address) as client:
        await client.replicaof("127.0.0.1", "1")
    await doctor(ROOT, env)
    assert "✗ store: the store refuses to work: it is a read-only replica" in (
        capsys.readouterr().out
    )
    store.kill()


async def test_a_store_that_may_lose_what_it_holds_is_told(tmp_path, capsys):
    store = TcpServer(tmp_path / "cache")
    await store.start()
    env = {"FIRSTLINE_VAR": str(tmp_path), "FIRSTLINE_REDIS_URL": store.address}
    async with connect(store.address) as client:
        await client.config_set("appendonly", "no")
        await doctor(ROOT, env)
        assert "no append-only file" in capsys.readouterr().out
        await client.config_set("maxmemory-policy", "allkeys-lru")
        await doctor(ROOT, env)  # there is no limit at which it would
        assert "✓ store" in capsys.readouterr().out
        await client.config_set("maxmemory", "1gb")
        await doctor(ROOT, env)
        assert "✗ store: it drops data when it is full" in capsys.readouterr().out
    store.kill()


X = {
    "FIRSTLINE_X_CONSUMER_KEY": "a",
    "FIRSTLINE_X_CONSUMER_SECRET": "b",
    "FIRSTLINE_X_ACCESS_TOKEN": "c",
    "FIRSTLINE_X_ACCESS_TOKEN_SECRET": "d",
}


async def test_money_and_limits_of_x_are_told_without_asking_x(
    server, redis, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("COLUMNS", "400")
    env = {"FIRSTLINE_VAR": str(tmp_path), "FIRSTLINE_REDIS_URL": server.address, **X}
    spending, now = RedisSpending(redis), SystemClock().now()
    await spending.spend(NAME, "reply_sent", units=1, micros=250_000, now=now)
    for _ in range(15):
        await RedisQuota(redis).take(NAME, DM_SEND.windows, now=now)
    await doctor(ROOT, env)
    said = capsys.readouterr().out
    assert "✓ money: X: $0.25 of $20.00 today, $0.25 this month" in said
    assert "dm.send 0 of 15 left, more at" in said
    assert "dm.send.day 1425 of 1440 left" in said
    await spending.run_out(NAME, now=now)
    await doctor(ROOT, env)
    assert "✗ money: X has taken no call since" in capsys.readouterr().out


async def test_who_is_not_on_x_hears_that_nothing_is_charged(told):
    said = await told()
    assert "✓ money: no network charges anything" in said
    assert "✓ quota: no network counts our calls" in said


async def test_orders_that_are_not_there_are_told(tmp_path, capsys):
    orders = str(tmp_path / "orders.sqlite")
    await doctor(ROOT, {"FIRSTLINE_VAR": str(tmp_path), "FIRSTLINE_ORDERS": orders})
    assert "✗ orders" in capsys.readouterr().out
