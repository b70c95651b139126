from __future__ import annotations

import pytest

from hyperlocal.server.running import address_of, app_for, listen


@pytest.mark.parametrize(
    ("host", "names", "shared"),
    [
        ("127.0.0.1", {"localhost", "127.0.0.1", "[::1]"}, False),
        ("localhost", {"localhost", "127.0.0.1", "[::1]"}, False),
        ("127.0.0.2", {"localhost", "127.0.0.1", "[::1]", "127.0.0.2"}, False),
        ("0.0.0.0", None, True),  # noqa: S104
        ("Need.example.org", {"need.example.org", "localhost", "127.0.0.1", "[::1]"}, True),
    ],
)
def test_names_that_a_server_answers_to(site, host, names, shared):
    guard = app_for(site, host)
    assert (None if guard.hosts is None else set(guard.hosts)) == names
    assert guard.shared is shared


@pytest.mark.parametrize(
    ("host", "written"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")],  # noqa: S104
)
def test_addresses_that_a_browser_can_open(host, written):
    with listen(host, 0) as listening:
        port = listening.getsockname()[1]
        assert address_of(listening, host) == f"http://{written}:{port}/"


def test_a_free_port_is_found():
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        ports = first.getsockname()[1], second.getsockname()[1]
    assert 8765 <= ports[0] < ports[1] < 8815
