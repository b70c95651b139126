"""Run a command as a whole process and measure it: seconds on the clock and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a process.

    Parameters
    ----------
    seconds
        From starting the process to its end, on the clock.
    peak_megabytes
        The most memory that it held at once (resident set), in units of 1,000,000 bytes.
    output
        What it printed.
    """

    seconds: float
    peak_megabytes: float
    output: str


class FailedError(Exception):
    """A measured process ended with an error."""


def run(command: Sequence[str | Path]) -> Run:
    """Run a command in the project's folder and wait for its end.

    The kernel counts into a child's peak what its parent held when it started the child, so this
    module and its callers import nothing large.

    Parameters
    ----------
    command
        The program and its arguments.

    Raises
    ------
    FailedError
        Where the process does not end with 0; the error holds what it printed.
    """
    with tempfile.TemporaryFile() as printed:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        output = printed.read().decode(errors="replace")
    if process.returncode:
        said = " ".join(map(str, command))
        raise FailedError(f"{said}\nended with {process.returncode} and printed:\n{output}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit / 1e6, output)


def python(module: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command that runs a module with this same Python."""
    return [sys.executable, "-m", module, *arguments]


def fastest(runs: Sequence[Run]) -> Run:
    """Return the run that took the fewest seconds."""
    return min(runs, key=lambda one: one.seconds)
