"""Builds the explorer into the Python package, where Node.js is there to do it.

The build backend calls it (hatch_build.py), and so does the Makefile. It needs nothing but Python's
standard library. What was built from the same sources is not built again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "explorer"
ASSETS = ROOT / "src" / "hyperlocal" / "explorer" / "assets"
STAMP = ASSETS / "built-from"
OLDEST_NODE = (20, 19)
INGREDIENTS = (
    "index.html",
    "licences.ts",
    "package.json",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
)
FOLDERS = ("src", "public")
NO_NODE = (
    "The explorer is not built: that needs Node.js {node} or newer with npm, {found}. "
    "All of hyperlocal works but the commands explore and publish-site. "
    "Install Node.js and install hyperlocal again, or install a wheel, which holds the explorer."
)


class NotBuiltError(Exception):
    """The explorer could not be built."""


class NoMeansError(NotBuiltError):
    """What building needs cannot be had: Node.js is missing or too old, or its packages are."""


def build() -> bool:
    """Build the explorer unless it is there; return whether something was done.

    Raises
    ------
    NoMeansError
        Where Node.js is missing or too old, or its packages cannot be had. What was built from
        other sources is removed, so that nobody takes it for this.
    NotBuiltError
        Where the build fails.
    """
    made_from = checksum()
    if STAMP.is_file() and STAMP.read_text() == made_from:
        return False
    shutil.rmtree(ASSETS, ignore_errors=True)
    npm = _npm()
    lock = SOURCES / "node_modules" / ".package-lock.json"
    if not lock.is_file() or lock.stat().st_mtime < (SOURCES / "package-lock.json").stat().st_mtime:
        _run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], NoMeansError)
        lock.touch()
    _run([npm, "run", "--silent", "build", "--", "--logLevel", "warn"], NotBuiltError)
    STAMP.write_text(made_from)
    return True


def checksum() -> str:
    """Return what tells the sources of the explorer from any others."""
    digest = hashlib.sha256()
    for file in sorted(_ingredients()):
        digest.update(file.relative_to(SOURCES).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def _ingredients() -> Iterator[Path]:
    yield from (SOURCES / name for name in INGREDIENTS if (SOURCES / name).is_file())
    for folder in FOLDERS:
        yield from (file for file in (SOURCES / folder).rglob("*") if file.is_file())


def _npm() -> str:
    node, npm = shutil.which("node"), shutil.which("npm")
    oldest = ".".join(map(str, OLDEST_NODE))
    if node is None or npm is None:
        raise NoMeansError(NO_NODE.format(node=oldest, found="and there is none"))
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    if version < OLDEST_NODE:
        raise NoMeansError(NO_NODE.format(node=oldest, found=f"and this is {said.strip()}"))
    return npm


def _run(command: list[str], error: type[NotBuiltError]) -> None:
    done = subprocess.run(
        command,
        cwd=SOURCES,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CI": "1"},
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise error(f"The explorer is not built: {' '.join(command)} failed.\n{said}")


if __name__ == "__main__":
    try:
        build()
    except NoMeansError as error:
        if os.environ.get("HYPERLOCAL_CI"):  # there everything is checked
            sys.exit(str(error))
        print(error, file=sys.stderr)
    except NotBuiltError as error:
        sys.exit(str(error))
