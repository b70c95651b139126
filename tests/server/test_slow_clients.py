"""Clients that send or read slowly, seen by real sockets: they are let go, others are served."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from hyperlocal.server.app import create_app
from hyperlocal.server.protocol import LARGEST_HEAD, PatientProtocol

SCRIPT = "/assets/index-AbCd_123.js"


class ImpatientProtocol(PatientProtocol):
    """The same with little patience, so that the tests are quick."""

    head_seconds = 0.6
    body_seconds = 0.9
    read_seconds = 0.8
    most_connections = 12


@pytest.fixture(scope="module")
def impatient(site, serving) -> Iterator[str]:
    with serving(create_app(site), ImpatientProtocol) as address:
        yield address


def connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def rest_of(one: socket.socket) -> bytes:
    """Read until the server closes."""
    parts = []
    try:
        while part := one.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def drip(one: socket.socket, data: bytes, pause: float) -> bytes:
    """Send a byte at a time until the server has had enough; return what it said."""
    one.settimeout(pause)
    for byte in data:
        try:
            one.sendall(bytes([byte]))
            part = one.recv(1 << 16)
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            return b""
        one.settimeout(10)
        return part + rest_of(one)
    raise AssertionError("the server took all of it")


def test_a_head_that_comes_a_byte_at_a_time(impatient):
    start = time.monotonic()
    with connect(impatient) as slow:
        said = drip(slow, b"GET /api HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 1000, 0.05)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in said
    assert 0.5 < time.monotonic() - start < 5


def test_a_client_that_says_nothing(impatient):
    with connect(impatient) as silent:
        assert rest_of(silent) == b""


def test_a_body_that_does_not_come(impatient):
    head = b"POST /api/postcodes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with connect(impatient) as slow:
        slow.sendall(head + b"Content-Length: 5000\r\n\r\n[")
        said = drip(slow, b'"' + b"a" * 1000, 0.05)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert said.count(b"HTTP/1.1") == 1


def test_a_second_request_on_a_kept_connection_has_its_own_time(impatient):
    with connect(impatient) as one:
        for _ in range(3):
            one.sendall(b"HEAD /api HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert one.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
            time.sleep(0.4)
        one.sendall(b"HEAD /api HT")
        assert rest_of(one).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_never_reads(impatient):
    with connect(impatient) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        deaf.sendall(f"GET {SCRIPT} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        time.sleep(2)
        assert len(rest_of(deaf)) < 4_000_000  # of 7.5 million: the rest was never sent


def test_a_slow_reader_that_reads_gets_everything(impatient):
    with connect(impatient) as slow:
        slow.sendall(
            f"GET {SCRIPT} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        parts = []
        for _ in range(12):  # longer than the clock of one piece
            parts.append(slow.recv(1 << 17))
            time.sleep(0.15)
        parts.append(rest_of(slow))
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    assert b" 200 " in head
    assert body == b"console.log(1);\n" * 500_000


def test_others_are_served_meanwhile(impatient):
    with connect(impatient) as half, connect(impatient) as deaf:
        half.sendall(b"GET /api HTTP/1.1\r\nHost")
        deaf.sendall(f"GET {SCRIPT} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        start = time.monotonic()
        for _ in range(20):
            assert httpx.get(f"{impatient}/api").status_code == 200
        assert time.monotonic() - start < 5


def test_too_many_at_a_time_are_told_so_and_later_served(impatient):
    many = [connect(impatient) for _ in range(ImpatientProtocol.most_connections)]
    try:
        time.sleep(0.1)
        with connect(impatient) as one_more:
            said = rest_of(one_more)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 30" in said
    finally:
        for one in many:
            one.close()
    time.sleep(1)
    assert httpx.get(f"{impatient}/api").status_code == 200


def test_a_head_without_end(impatient):
    with connect(impatient) as long:
        long.sendall(b"GET /api HTTP/1.1\r\nHost: localhost\r\n")
        try:
            for _ in range(40):
                long.sendall(b"X-A: " + b"a" * 1000 + b"\r\n")
                time.sleep(0.002)
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            said = rest_of(long)
            assert not said or said.startswith(b"HTTP/1.1 431 ")
    assert httpx.get(f"{impatient}/api").status_code == 200


def test_an_address_without_end(impatient):
    with connect(impatient) as long:
        long.sendall(b"GET /" + b"a" * (LARGEST_HEAD + 10))
        said = rest_of(long)
    assert said.startswith(b"HTTP/1.1 414 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # what a browser says that expects https
        b"GET /api\r\n\r\n",
        b"G\x00T / HTTP/1.1\r\n\r\n",
        b"GET \xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_what_is_no_http(impatient, sent):
    with connect(impatient) as odd:
        odd.sendall(sent)
        said = rest_of(odd)
    assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 421 ")), said
    assert httpx.get(f"{impatient}/api").status_code == 200
