"""Serving a site until it is stopped."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import LOGGING_CONFIG

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.server.app import create_app
from hyperlocal.server.guard import LOOPBACK
from hyperlocal.server.protocol import PatientProtocol

HOST, PORT = "127.0.0.1", 8765
MORE_PORTS = 50
SENT_AHEAD = 1 << 18
"""How much the system holds for a client: with more of it, a slow reader looks like a dead one."""
KEEP_ALIVE_SECONDS = 15
STOPPING_SECONDS = 3
STOPS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


def serve(
    site: Path,
    host: str = HOST,
    port: int | None = None,
    log: bool = False,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve a site until the process is told to stop.

    Parameters
    ----------
    site
        The folder of the site.
    host
        The address or name to listen at. Where it is this machine alone, pages of other hosts
        can neither read the data nor call the server by another name.
    port
        The port to listen at; 0 for any that is free. Where it is not given, the first free one
        from 8765 on.
    log
        Whether each request is told on standard error.
    ready
        Called with the address when the server can be asked.

    Raises
    ------
    ResultsError
        Where the folder is no site, or the port is taken.

    Examples
    --------
    To anybody on the network::

        serve(Path("site"), host="0.0.0.0", port=80)
    """
    listening = listen(host, port)
    try:
        app = app_for(site, host)
        run(app, listening, log, lambda: ready(address_of(listening, host)))
    finally:
        listening.close()


def app_for(site: Path, host: str) -> ASGIApp:
    """Make the program for the address that it is served at.

    Examples
    --------
    ::

        app_for(Path("site"), "0.0.0.0")  # answers by any name, and pages of others may read it
    """
    if is_loopback(host):
        return create_app(site, hosts=[host, *LOOPBACK])
    if _is_address(host):
        return create_app(site, hosts=None, shared=True)
    return create_app(site, hosts=[host, *LOOPBACK], shared=True)


def is_loopback(host: str) -> bool:
    """Say whether an address is of this machine alone.

    Examples
    --------
    >>> is_loopback("localhost"), is_loopback("127.0.0.2"), is_loopback("::1")
    (True, True, True)
    >>> is_loopback("0.0.0.0"), is_loopback("need.example.org")
    (False, False)
    """
    if _is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def listen(host: str, port: int | None) -> socket.socket:
    """Begin to listen.

    Parameters
    ----------
    host
        The address or name.
    port
        The port; the first free one from 8765 on where it is not given.

    Raises
    ------
    ResultsError
        Where it is taken, or there is no such address here.

    Examples
    --------
    >>> with listen("127.0.0.1", 0) as listening:
    ...     address_of(listening, "0.0.0.0") == address_of(listening, "127.0.0.1")
    True
    """
    ports = range(PORT, PORT + MORE_PORTS) if port is None else (port,)
    said = ""
    for one in ports:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, one, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            return _bound(socket.socket(family, kind, protocol), address)
        except (OSError, OverflowError, UnicodeError) as error:
            said = str(getattr(error, "strerror", None) or error)
    remedy = "name another --port or --host" if port is not None else "name a --port or --host"
    raise ResultsError(Problem(f"cannot listen there: {said}", remedy, f"{host}:{ports[0]}"))


def _bound(new: socket.socket, address: Any) -> socket.socket:
    try:
        if os.name == "posix":  # elsewhere it would let two programs share a port
            new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        new.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT_AHEAD)
        new.bind(address)
        new.listen(128)
    except OSError:
        new.close()
        raise
    return new


def address_of(listening: socket.socket, host: str) -> str:
    """Return the address that a browser on this machine can open."""
    port = listening.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared alone
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def run(app: ASGIApp, listening: socket.socket, log: bool, ready: Callable[[], None]) -> None:
    """Answer until the process is told to stop."""
    server = server_of(app, log)
    with _stopped_by(server):
        ready()
        server.run(sockets=[listening])


def server_of(
    app: ASGIApp, log: bool = False, protocol: type[PatientProtocol] = PatientProtocol
) -> uvicorn.Server:
    """Make the server that speaks HTTP for a program."""
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        access_log=log,
        log_config=_logging() if log else None,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
    if not log:
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    return uvicorn.Server(config)


def _logging() -> dict[str, Any]:
    """Tell requests and faults on standard error, and nothing of starting and stopping."""
    config = deepcopy(LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    config["loggers"]["uvicorn.error"]["level"] = "ERROR"
    return config


@contextmanager
def _stopped_by(server: uvicorn.Server) -> Iterator[None]:
    """Let a signal end the server and nothing else: it is how a server is meant to end."""

    def stop(*_: object) -> None:
        server.should_exit = True

    with _called_by_signals(stop):
        yield


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let a signal end the program by an exception, so that what is temporary is removed.

    Examples
    --------
    >>> import os, signal
    >>> with ended_by_signals():
    ...     os.kill(os.getpid(), signal.SIGTERM)
    Traceback (most recent call last):
    SystemExit: 143
    """

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    with _called_by_signals(end):
        yield


@contextmanager
def _called_by_signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {one: signal.signal(one, handler) for one in STOPS}
    try:
        yield
    finally:
        for one, earlier in before.items():
            signal.signal(one, earlier)
