"""Who may talk to the page, and what it refuses."""

from __future__ import annotations

import json
import socket
import time
from uuid import uuid4

import httpx
import pytest

from bot.errors import ConfigError
from bot.web.serve import listen
from tests.ports import free_port
from tests.waiting import PATIENCE_S
from tests.web.program import Program

NOBODY = {"account": "guard_gus", "text": "@fernhollow hello?"}


@pytest.fixture
def client(program: Program):
    headers = {"Origin": program.url, "Idempotency-Key": str(uuid4())}
    with httpx.Client(
        base_url=program.url, headers=headers, timeout=PATIENCE_S
    ) as client:
        yield client


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", ""])
def test_a_foreign_host_is_refused(client, host):
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "http://127.0.0.1:" in answer.json()["error"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost"])
def test_a_foreign_origin_cannot_write(client, origin):
    answer = client.post("/api/posts", json=NOBODY, headers={"Origin": origin})
    assert answer.status_code == 403
    posts = client.get("/api/timeline").json()["posts"]
    assert not any(post["account"] == "guard_gus" for post in posts)


def test_a_write_without_an_origin_is_refused(program):
    answer = httpx.post(f"{program.url}/api/posts", json=NOBODY, timeout=PATIENCE_S)
    assert answer.status_code == 403


def test_localhost_is_this_machine_too(program):
    url = f"http://localhost:{program.port}"
    answer = httpx.get(
        f"{program.url}/",
        headers={"Host": url.removeprefix("http://")},
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/js/main.js", "/api/page", "/nowhere"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(client):
    html = client.get("/").text
    assert "http://" not in html
    assert "https://" not in html
    assert html.count("<script") == html.count('<script type="module" src="/static/')


def test_a_repeated_write_is_one_post(client):
    body = {"account": "twice_tess", "text": "hello everybody"}
    first, second = (client.post("/api/posts", json=body) for _ in range(2))
    assert first.json() == second.json()
    posts = client.get("/api/timeline").json()["posts"]
    assert [p["account"] for p in posts].count("twice_tess") == 1


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/api/posts", b"{", "not JSON"),
        ("/api/posts", b"[]", "not a JSON object"),
        ("/api/posts", b'{"account": ""}', "“account” is empty"),
        ("/api/posts", b'{"account": 7}', "must be a text"),
        ("/api/posts", b'{"account": "FernHollow", "text": "x"}', "brand's own"),
        ("/api/customers", b'{"handle": "no spaces please"}', "without spaces"),
        ("/api/direct", b'{"account": "a", "text": 1}', "must be a text"),
    ],
)
def test_bad_input_is_refused_in_words(client, path, body, says):
    answer = client.post(path, content=body)
    assert answer.status_code == 422
    assert says in answer.json()["error"]


def test_too_much_is_refused_before_it_is_read(client):
    answer = client.post("/api/posts", content=b"x" * 300_000)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/api/cases/C-1", "/api/cases/C-²", "/api/cases/x"])
def test_a_case_that_does_not_exist_is_said_to_be_missing(client, path):
    answer = client.get(path)
    assert answer.status_code in (404, 409)
    assert answer.json()["error"]


def test_half_a_surrogate_pair_is_taken(client):
    body = '{"account": "half_hana", "text": "broken \\ud83d here"}'
    assert client.post("/api/posts", content=body).status_code == 200
    posts = client.get("/api/timeline").json()["posts"]
    assert any(post["text"] == "broken \ufffd here" for post in posts)


def test_a_stream_resumes_where_it_ended(program, client):
    with httpx.stream("GET", f"{program.url}/events", timeout=PATIENCE_S) as stream:
        first = _change(stream)
    assert first["everything"]
    body = {"account": "resumed_rita", "text": "anybody here?"}
    client.post("/api/posts", json=body, headers={"Idempotency-Key": "resume-1"})
    resumed = {"Last-Event-ID": first["id"]}
    with httpx.stream(
        "GET", f"{program.url}/events", timeout=PATIENCE_S, headers=resumed
    ) as stream:
        change = _change(stream)
    assert not change["everything"]
    assert change["timeline"]
    assert "resumed_rita" in change["accounts"]


def _change(stream: httpx.Response) -> dict:
    for line in stream.iter_lines():
        if line.startswith("data:"):
            return json.loads(line.removeprefix("data:"))
    raise AssertionError("the stream ended without a change")


def test_a_port_in_use_is_said_with_the_setting_that_helps():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port} is in use.*FIRSTLINE_PORT"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "example.org"])
def test_any_other_bind_is_refused(host):
    with pytest.raises(ConfigError, match="FIRSTLINE_HOST"):
        listen(host, free_port())


def test_it_stops_within_ten_seconds_though_a_page_is_open(tmp_path):
    program = Program(tmp_path, free_port())
    program.start()
    with httpx.stream("GET", f"{program.url}/events", timeout=PATIENCE_S) as stream:
        _change(stream)
        before = time.monotonic()
        program.stop()
        assert not program.thread.is_alive()
        assert time.monotonic() - before < 10  # else it waits a minute for the page
