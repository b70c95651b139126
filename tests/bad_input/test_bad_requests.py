"""Requests that nobody should send, over real HTTP: each is refused, and nothing else is told."""

from __future__ import annotations

import http.client
import json
import runpy
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from hyperlocal.server.app import create_app
from hyperlocal.server.running import listen, server_of

WRITER = Path(__file__).parents[1] / "server" / "made_site.py"
HIDDEN = "what nobody may read"
PROBLEM = "application/problem+json"


class Asking:
    """Asks a server without tidying up what is asked."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(self, target: str, method: str = "GET", body=None, **headers: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        chunked = not isinstance(body, bytes | str | None)
        connection.putrequest(method, target, skip_host="Host" in headers)
        if isinstance(body, bytes):
            headers = {"Content-Length": str(len(body)), **headers}
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent
            connection.endheaders(body, encode_chunked=chunked)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, response.headers, content

    def refused(self, target: str, *arguments, **named) -> tuple[int, dict]:
        """Ask what is refused by the API; return the status and the problem."""
        status, headers, content = self(target, *arguments, **named)
        assert headers["content-type"] == PROBLEM
        problem = json.loads(content)
        assert problem["status"] == status >= 400
        assert problem.keys() >= {"type", "title", "detail", "instance"}
        assert b"Traceback" not in content
        return status, problem


@pytest.fixture(scope="module")
def made() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(WRITER)))


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory) -> Path:
    """A site beside a secret, with links and hidden files that lead to it."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text(HIDDEN)
    site = made.write_made_site(outside / "site")
    (site / "link.txt").symlink_to(outside / "secret.txt")
    (site / "folder").symlink_to(outside)
    (site / ".hidden").write_text(HIDDEN)
    (site / ".git").mkdir()
    (site / ".git" / "config").write_text(HIDDEN)
    return site


@contextmanager
def served(app) -> Iterator[Asking]:
    """Serve a program in a thread; give what asks it."""
    listening = listen("127.0.0.1", 0)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield Asking(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def ask(folder):
    with served(create_app(folder)) as asking:
        yield asking


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/data/../../secret.txt",
        "/data/../index.html",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/assets/..;/..;/secret.txt",
        "//etc/passwd",
        "///etc/passwd",
        "/%2fetc/passwd",
        "/etc/passwd",
        "/C:/Windows/win.ini",
        "/file:///etc/passwd",
        "/index.html%00",
        "/%00",
        "/index.html%00.js",
        "/link.txt",
        "/folder/secret.txt",
        "/folder/site/index.html",
        "/.hidden",
        "/.git/config",
        "/data",
        "/data/",
        "/assets/",
        "/INDEX.HTML",
        "/index.html/",
        "/./index.html",
    ],
)
def test_no_path_leads_out_of_the_site(ask, target):
    status, _, content = ask(target)
    assert status == 404
    assert HIDDEN.encode() not in content
    assert b"root:" not in content


@pytest.mark.parametrize("target", ["http://example.org/", "*", "example.org:443"])
def test_targets_that_are_no_path(ask, target):
    status, _, _ = ask(target)
    assert status in {400, 404, 421}


@pytest.mark.parametrize(
    "target",
    [
        "/api/areas/..%2f..%2fsecret.txt",
        "/api/areas/%00",
        "/api/areas/" + "a" * 1500,
        "/api/areas/%F0%9F%98%80",
        "/api/areas/%ff%fe",
        "/api/areas/' OR 1=1".replace(" ", "%20"),
        "/api/districts/__class__",
        "/api/districts/district/",
        "/api/districts/district/nowhere",
        "/api/indicators/need",
        "/api/indicators/need/values",
        "/api/indicators/..%2f",
        "/api/postcodes/%3Cscript%3E",
        "/api/postcodes/" + "9" * 1500,
        "/api/postcodes/%00",
        "/api/areas?node=nothing",
        "/api/areas?group=nothing:D1",
        "/api/areas?group=district:nowhere",
        "/api/districts/district?node=%00",
        "/api/nothing",
        "/api/../api/nothing",
        "/api//areas",
        "/api/areas/",
    ],
)
def test_what_is_not_there(ask, target):
    status, _ = ask.refused(target)
    assert status == 404


@pytest.mark.parametrize(
    ("target", "parameter"),
    [
        ("/api/areas?limit=0", "limit"),
        ("/api/areas?limit=1001", "limit"),
        ("/api/areas?limit=ten", "limit"),
        ("/api/areas?limit=1e3", "limit"),
        ("/api/areas?limit=" + "9" * 1000, "limit"),
        ("/api/areas?offset=-1", "offset"),
        ("/api/areas?offset=999999999999999999999", "offset"),
        ("/api/areas?decile=11", "decile"),
        ("/api/areas?order=name", "order"),
        ("/api/areas?fields=name,secret", "fields"),
        ("/api/areas?fields=", "fields"),
        ("/api/areas?group=district", "group"),
        ("/api/areas?lang=fr", "lang"),
        ("/api/areas?colour=red", "colour"),
        ("/api?callback=alert", "callback"),
        ("/api/search", "q"),
        ("/api/search?q=", "q"),
        ("/api/search?q=" + "a" * 201, "q"),
        ("/api/search?q=a&limit=51", "limit"),
    ],
)
def test_queries_that_are_not_valid_name_what_is_wrong(ask, target, parameter):
    status, problem = ask.refused(target)
    assert status == 422
    assert parameter in [one["parameter"] for one in problem["errors"]]
    assert len(json.dumps(problem)) < 2_000


def test_all_that_is_wrong_is_told_at_once(ask):
    _, problem = ask.refused("/api/areas?limit=0&offset=x&lang=fr&no=1")
    assert {one["parameter"] for one in problem["errors"]} == {"limit", "offset", "lang", "no"}


@pytest.mark.parametrize(
    "asked", ["%00", "%ff", "%F0%9F%98%80", "%E2%80%AE", "(.*)*zz", "'--", "%0d%0aSet-Cookie:a=b"]
)
def test_odd_questions_find_nothing_and_do_no_harm(ask, asked):
    status, headers, content = ask(f"/api/search?q={asked}")
    assert status == 200
    assert json.loads(content)["results"] == []
    assert headers["set-cookie"] is None


def test_a_query_that_is_too_long(ask):
    for target in ("/api/search?q=" + "a" * 2_000, "/" + "a" * 2_000, "/api/areas?" + "&" * 2_000):
        status, _ = ask.refused(target)
        assert status == 414


def post(ask, body, **headers):
    return ask.refused(
        "/api/postcodes", "POST", body, **{"Content_Type": "application/json", **headers}
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[", 422),
        (b"{}", 422),
        (b'"CF10 1AA"', 422),
        (b"[1]", 422),
        (b"[null]", 422),
        (b'[["CF10 1AA"]]', 422),
        (b"NaN", 422),
        (b"\x80[]", 400),
        (b'["\xff"]', 400),
        (b"[" * 100_000, 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
    ],
)
def test_bodies_that_are_no_list_of_postcodes(ask, body, status):
    told, _ = post(ask, body)
    assert told == status


def test_a_body_of_another_type(ask):
    status, _ = ask.refused("/api/postcodes", "POST", b'["CF10 1AA"]', Content_Type="text/plain")
    assert status == 422


def test_one_postcode_more_than_may_be_asked(ask):
    status, problem = post(ask, json.dumps(["CF10 1AA"] * 10_001).encode())
    assert status == 422
    assert "10000" in problem["errors"][0]["detail"]


def test_many_errors_are_not_all_listed(ask):
    status, problem = post(ask, json.dumps([1] * 10_000).encode())
    assert status == 422
    assert len(problem["errors"]) == 100
    assert problem["errors"][0]["pointer"] == "#/0"
    assert "10000 things" in problem["detail"]


def test_odd_postcodes_are_answered_one_by_one(ask):
    odd = ["\0", "\ud800", "<script>", "=cmd()", "Ⅽ F10 1AA", "a" * 100_000, "CF10\n1AA", "😀"]
    status, _, content = ask(
        "/api/postcodes", "POST", json.dumps(odd).encode(), Content_Type="application/json"
    )
    assert status == 200
    told = json.loads(content)["postcodes"]
    assert len(told) == len(odd)
    assert {one["status"] for one in told} <= {"invalid", "unknown", "live"}
    assert told[1]["postcode"] == "\ud800"


def test_a_body_that_says_that_it_is_too_large_is_not_read(ask):
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", ask.port), timeout=10) as one:
        one.sendall(
            b"POST /api/postcodes HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 9999999999999\r\n\r\n["
        )
        said = one.recv(1 << 16)
    assert said.startswith(b"HTTP/1.1 413 ")
    assert PROBLEM.encode() in said
    assert time.monotonic() - start < 5


def test_a_body_that_does_not_say_how_large_it_is(ask):
    chunks = (b'"' + b"a" * 65_536 + b'",' for _ in range(40))
    status, _ = post(ask, chunks)
    assert status == 413


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "PROPFIND", "POST"])
def test_nothing_can_be_written(ask, folder, method):
    before = (folder / "index.html").read_bytes()
    for target in ("/index.html", "/api/areas", "/data/site.json", "/api"):
        status, headers, _ = ask(target, method, b"x")
        assert status == 405
        assert headers["allow"] == "GET, HEAD, OPTIONS"
    assert (folder / "index.html").read_bytes() == before


def test_a_method_that_http_does_not_know(ask):
    status, _, _ = ask("/", "STEAL")
    assert status in {400, 405}


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", ""])
def test_a_name_that_was_made_to_mean_this_machine(ask, name):
    for target in ("/", "/api", "/data/site.json"):
        status, headers, content = ask(target, Host=name)
        assert status == 421
        assert headers["content-type"] == PROBLEM
        assert b"Need" not in content


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:1", "127.0.0.1:8765", "[::1]:80"])
def test_names_of_this_machine(ask, name):
    status, _, _ = ask("/api", Host=name)
    assert status == 200


def test_a_request_that_does_not_say_whom_it_calls(ask):
    with socket.create_connection(("127.0.0.1", ask.port), timeout=10) as one:
        one.sendall(b"GET /api HTTP/1.0\r\n\r\n")
        assert one.recv(1 << 16).startswith(b"HTTP/1.1 421 ")


def test_names_of_a_published_site(folder):
    with served(create_app(folder, hosts=["Need.Example.org"], shared=True)) as ask:
        assert ask("/api", Host="need.example.ORG:443")[0] == 200
        assert ask("/api", Host="other.example.org")[0] == 421
        assert ask("/api", Host="localhost")[0] == 421
