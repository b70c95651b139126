"""The command that opens the explorer, as a process of its own: from its start to its clean end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import hyperlocal.explorer
from hyperlocal.server.running import listen

BUILT = Path(hyperlocal.explorer.__file__).with_name("assets") / "index.html"
IN_CI = os.environ.get("HYPERLOCAL_CI") == "1"  # where all must be there, nothing is skipped
needs_explorer = pytest.mark.skipif(
    not BUILT.is_file() and not IN_CI, reason="the explorer was not built"
)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


class Running:
    """A process that serves, and the address that it told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        line = process.stdout.readline()
        assert line.startswith("The explorer is at http://"), line + process.stderr.read()
        self.address = line.split()[-1]

    def stop(self, number: int) -> tuple[int, str]:
        """Send a signal; return how the process ended, and what it said of errors."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=20)
        return self.process.returncode, errors


@pytest.fixture
def explore(hyperlocal_command, tmp_path) -> Callable:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    surroundings = {
        **{name: value for name, value in os.environ.items() if "DISPLAY" not in name},
        "TMPDIR": str(temporary),
        "BROWSER": "false",
    }

    @contextmanager
    def explore(*arguments: str | Path, **more: str) -> Iterator[Running]:
        process = subprocess.Popen(
            [*hyperlocal_command, "explore", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**surroundings, **more},
        )
        try:
            yield Running(process)
        finally:
            process.kill()
            process.communicate()

    return explore


@pytest.fixture
def refused(hyperlocal_command) -> Callable:
    def refused(*arguments: str | Path) -> str:
        command = [*hyperlocal_command, "explore", *map(str, arguments), "--no-open"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 2, ended.stderr
        return " ".join(ended.stderr.split())

    return refused


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_site_is_served_until_it_is_stopped(explore, site, number):
    with explore(site, "--port", "0") as running:
        assert running.address.startswith("http://127.0.0.1:")
        assert httpx.get(running.address).text == (site / "index.html").read_text()
        assert httpx.get(running.address + "api").json()["title"] == "Need"
        assert running.stop(number) == (0, "")


def test_it_stops_at_once_though_a_browser_stays_connected(explore, site):
    with explore(site, "--port", "0") as running, httpx.Client() as client:
        assert client.get(running.address).status_code == 200
        start = time.monotonic()
        assert running.stop(signal.SIGINT) == (0, "")
        assert time.monotonic() - start < 5


def test_it_stops_though_a_client_does_not_read(explore, site):
    with explore(site, "--port", "0") as running:
        url = httpx.URL(running.address)
        with socket.create_connection((url.host, url.port)) as deaf:
            deaf.sendall(b"GET /assets/index-AbCd_123.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.5)
            start = time.monotonic()
            code, _ = running.stop(signal.SIGTERM)
            assert code == 0
            assert time.monotonic() - start < 10


@needs_explorer
def test_results_are_served_from_a_folder_that_is_removed(explore, small, tmp_path):
    results = small.build()
    with explore(small.out, "--port", "0", "--quiet") as running:
        assert len(list((tmp_path / "temporary").iterdir())) == 1
        assert httpx.get(running.address).text == BUILT.read_text()
        told = httpx.get(running.address + "api/areas").json()["areas"]
        assert [one["code"] for one in told] == results.areas["area_code"].to_list()
        assert [one["rank"] for one in told] == results.areas["small_rank"].to_list()
        assert [one["score"] for one in told] == results.areas["small_score"].to_list()
        code, errors = running.stop(signal.SIGTERM)
    assert (code, errors) == (0, "")
    assert list((tmp_path / "temporary").iterdir()) == []


@needs_explorer
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_where_it_is_stopped_before_it_serves(
    hyperlocal_command, small, tmp_path, number
):
    small.build()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [*hyperlocal_command, "explore", str(small.out), "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    try:
        deadline = time.monotonic() + 30
        while not list(temporary.iterdir()):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.001)
        process.send_signal(number)
        out, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert out == ""  # it was still writing
    assert process.returncode != 0
    assert list(temporary.iterdir()) == []


def test_requests_are_told_where_that_is_asked_for_alone(explore, site):
    for options, told in ((["--log"], True), ([], False)):
        with explore(site, "--port", "0", *options) as running:
            httpx.get(running.address + "api/postcodes/CF101AA")
            code, errors = running.stop(signal.SIGINT)
        assert code == 0
        assert ("CF101AA" in errors) is told


@pytest.mark.parametrize(
    ("options", "screen", "opened"),
    [([], {"DISPLAY": ":0"}, True), (["--no-open"], {"DISPLAY": ":0"}, False), ([], {}, False)],
)
def test_the_browser_is_opened_where_there_is_a_screen(
    explore, site, tmp_path, options, screen, opened
):
    browser, told = tmp_path / "browser", tmp_path / "told"
    browser.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    browser.chmod(0o755)
    with explore(site, "--port", "0", *options, BROWSER=f"{browser} %s", **screen) as running:
        deadline = time.monotonic() + (10 if opened else 1)
        while not (told.exists() and told.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert told.exists() is opened
        assert not opened or told.read_text().strip() == running.address
        assert running.stop(signal.SIGINT) == (0, "")


def test_a_port_that_is_taken(explore, refused, site):
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        said = refused(site, "--port", str(port))
        assert f"127.0.0.1:{port}: cannot listen there" in said
        assert "--port" in said
    with explore(site) as first, explore(site) as second:
        assert first.address != second.address
        assert httpx.get(second.address).status_code == 200


@pytest.mark.parametrize(
    "options", [["--places", "places.csv"], ["--version-match", "a=b"], ["--same-areas"]]
)
def test_options_of_what_goes_into_a_site_are_refused_for_a_finished_one(refused, site, options):
    said = refused(site, *options)
    assert options[0] in said
    assert "is a finished site" in said


def test_a_folder_that_is_neither(refused, tmp_path):
    assert str(tmp_path) in refused(tmp_path)
