"""A made-up site, served by a real server on this machine."""

from __future__ import annotations

import runpy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from hyperlocal.server.app import create_app
from hyperlocal.server.protocol import PatientProtocol
from hyperlocal.server.running import listen, server_of


@contextmanager
def served(app, protocol: type[PatientProtocol] = PatientProtocol) -> Iterator[str]:
    """Serve a program in a thread; give its address."""
    listening = listen("127.0.0.1", 0)
    server = server_of(app, protocol=protocol)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def made() -> SimpleNamespace:
    """What is in the made-up site, and the function that writes it."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("made_site.py"))))


@pytest.fixture(scope="session")
def site(made, tmp_path_factory) -> Path:
    """The folder of a made-up site."""
    return made.write_made_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def serving() -> Callable:
    """The function that serves a program."""
    return served


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """Where the made-up site is served."""
    with served(create_app(site)) as at:
        yield at


@pytest.fixture(scope="session")
def bare_address(made, tmp_path_factory) -> Iterator[str]:
    """Where a site without populations and postcodes is served."""
    folder = tmp_path_factory.mktemp("bare")
    site = made.write_made_site(folder, postcodes=False, populations=False)
    with served(create_app(site)) as at:
        yield at


@pytest.fixture(scope="session")
def client(address) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=address, timeout=20) as one:
        yield one
