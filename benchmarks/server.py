"""Measure the API under load: one server process, asked by another process.

    python -m benchmarks.server SITE [SECONDS]

SITE is a folder that ``hyperlocal publish-site`` wrote. What was measured is printed as JSON.
First a steady load of 500 requests a second, then as many as it can answer. Requests are made up
from the site: areas, lists, districts, values of indicators, names and postcodes.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

STEADY = 500
"""Requests a second of the steady load."""
CONNECTIONS = 16
BUSY_SECONDS = 10
SERVE = (
    "import sys; from pathlib import Path; from hyperlocal.server import serve; "
    "serve(Path(sys.argv[1]), port=0, ready=lambda address: print(address, flush=True))"
)


@dataclass
class Load:
    """What a load brought."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    late: float = 0.0
    errors: int = 0
    received: int = 0


class Connection:
    """A connection that stays open; one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str) -> tuple[int, int]:
        """Ask for a path; return the status and the length of the answer."""
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        return int(head[9:12]), len(head) + length


def made_up_paths(site: Path, number: int) -> list[str]:
    """Make up requests that the site can answer."""
    chance = random.Random(1)  # noqa: S311 - no secret
    said: dict[str, Any] = json.loads((site / "data" / "site.json").read_bytes())
    areas = json.loads(gzip.decompress((site / "data" / "areas.json.gz").read_bytes()))
    codes, names = areas["codes"], [name for name in areas["names"] if name] or areas["codes"]
    ranked = [node["id"] for node in said["nodes"] if node["file"]]
    indicators = [node["id"] for node in said["nodes"] if node["role"] == "indicators"]
    groups = [(kind, code) for kind, one in areas["groups"].items() for code in one["codes"]]
    kinds: list[Callable[[], str]] = [
        lambda: f"/api/areas/{chance.choice(codes)}",
        lambda: f"/api/areas/{chance.choice(codes)}",
        lambda: f"/api/areas?node={chance.choice(ranked)}&limit=50&offset={chance.randrange(1000)}",
        lambda: f"/api/areas?order=rank&decile={chance.randint(1, 10)}&limit=20",
        lambda: f"/api/search?q={quote(chance.choice(names)[: chance.randint(2, 8)])}",
        lambda: "/api/indicators",
    ]
    if indicators:
        kinds.append(lambda: f"/api/indicators/{chance.choice(indicators)}/values?limit=50")
    if groups:
        kinds += [
            lambda: "/api/districts/{}/{}".format(*map(quote, chance.choice(groups))),
            lambda: "/api/areas?group={}:{}".format(*map(quote, chance.choice(groups))),
        ]
    if said["postcodes"]:
        known = some_postcodes(site, chance)
        kinds += [lambda: f"/api/postcodes/{quote(chance.choice(known))}"]
        kinds += [lambda: f"/api/search?q={quote(chance.choice(known))}"]
    return [chance.choice(kinds)() for _ in range(number)]


def some_postcodes(site: Path, chance: random.Random) -> list[str]:
    """Return postcodes of the site, some of each postcode area."""
    from hyperlocal.explorer.arrays import read_arrays
    from hyperlocal.explorer.postcodes import INWARD, LETTERS, decode

    found = []
    for file in sorted((site / "data" / "postcodes").glob("*.bin.gz")):
        arrays, about = read_arrays(file)
        keys = decode(arrays).keys.tolist()
        for key in chance.sample(keys, min(20, len(keys))):
            district, inward = divmod(key, INWARD)
            digit, letters = divmod(inward, len(LETTERS) ** 2)
            first, second = divmod(letters, len(LETTERS))
            outward = about["area"] + about["districts"][district]
            found.append(f"{outward} {digit}{LETTERS[first]}{LETTERS[second]}")
    return found


async def load(port: int, paths: list[str], seconds: float, per_second: float | None) -> Load:
    """Ask for a while: so many times a second, or each connection again as soon as answered."""
    found, clock = Load(), time.perf_counter
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(Connection(port))

    async def one(path: str, connection: Connection, due: float) -> None:
        began = clock()
        try:
            status, received = await connection.ask(path)
            found.errors += status != 200
            found.received += received
        except (OSError, EOFError):
            found.errors += 1
            connection.streams = None
        found.took.append(clock() - began)
        found.late = max(found.late, began - due)
        free.put_nowait(connection)

    start, asked = clock(), 0
    tasks: set[asyncio.Task[None]] = set()
    while clock() - start < seconds:
        due = clock() if per_second is None else start + asked / per_second
        if (wait := due - clock()) > 0:
            await asyncio.sleep(wait)
        connection = await free.get()
        task = asyncio.create_task(one(paths[asked % len(paths)], connection, due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        asked += 1
    await asyncio.gather(*tasks)
    found.seconds = clock() - start
    return found


def told(found: Load) -> dict[str, float]:
    """Say what a load brought, in milliseconds and requests."""
    took = sorted(1000 * one for one in found.took)
    return {
        "requests": len(took),
        "errors": found.errors,
        "per_second": len(took) / found.seconds,
        "median": statistics.median(took),
        "late": took[int(0.99 * len(took))],
        "longest": took[-1],
    }


def measure(site: Path, seconds: float) -> dict[str, Any]:
    """Start a server, load it, and return what was measured."""
    paths = made_up_paths(site, 5_000)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, site], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline().rsplit(":", 1)[1].strip("/\n"))
        steady = asyncio.run(load(port, paths, seconds, STEADY))
        busy = asyncio.run(load(port, paths, min(seconds, BUSY_SECONDS), None))
    finally:
        server.terminate()
        _, _, used = os.wait4(server.pid, 0)
    asked = len(steady.took) + len(busy.took)
    return {
        "steady": told(steady),
        "busy": told(busy),
        "core_milliseconds_per_request": 1000 * (used.ru_utime + used.ru_stime) / asked,
        "peak_megabytes": used.ru_maxrss * 1024 / 1e6,
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), float((sys.argv[2:] or ["60"])[0])), indent=1))
