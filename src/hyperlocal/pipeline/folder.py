"""A results folder appears whole or not at all, and what it replaces stays until then."""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hyperlocal.errors import Problem, ResultsError

MARK = "provenance.json"
FILES = frozenset(
    {
        "areas.parquet",
        "weights.parquet",
        "unplaced.parquet",
        "quality.json",
        "definition.yaml",
        "datapackage.json",
        MARK,
    }
)
_BUILDING, _REPLACED = ".building-", ".replaced-"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def results_files(folder: Path) -> frozenset[str]:
    """Return the names of the files of a results folder; none where it is not one."""
    return FILES if (folder / MARK).exists() else frozenset()


@contextmanager
def replaced_folder(
    out: Path, belongs: Callable[[Path], frozenset[str]] = results_files
) -> Iterator[Path]:
    """Give a temporary folder beside ``out`` that takes its place at the end.

    Parameters
    ----------
    out
        The results folder to write. It may hold earlier results, and nothing else.
    belongs
        Gives the names of the files that may be in a folder that is replaced.

    Yields
    ------
    Path
        The temporary folder to write into. Where the block fails it is deleted, and what stood
        at ``out`` stays as it was.

    Raises
    ------
    ResultsError
        Where ``out`` holds something else, or cannot be written, or the disk is full.
    """
    out = out.resolve()  # a link stays a link
    check_replaceable(out, belongs)
    token = secrets.token_hex(4)
    temporary = out.with_name(f".{out.name}{_BUILDING}{token}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _clear_up(out)
        temporary.mkdir()
        with _sign_of_life(temporary):
            yield temporary
        _put_in_place(temporary, out)
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_replaceable(out: Path, belongs: Callable[[Path], frozenset[str]] = results_files) -> None:
    """Refuse a folder that holds anything but earlier results, before any work is done."""
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise ResultsError(Problem("is not a folder", "name another --out", str(out)))
    try:
        names = {path.name for path in out.iterdir()}
    except OSError as error:
        raise _unwritable(out, error) from error
    if not names:
        return
    strange = sorted(names - belongs(out))
    if strange:
        shown = ", ".join(strange[:5])
        raise ResultsError(
            Problem(
                f"holds other files, which would be lost: {shown}",
                "move them, or name another --out",
                str(out),
            )
        )


def check_writable(out: Path) -> None:
    """Refuse a folder that cannot be made where it is asked for, before any work is done."""
    out = out.resolve()
    trial = out.with_name(f".{out.name}{_BUILDING}{secrets.token_hex(4)}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        trial.mkdir()
        trial.rmdir()
    except OSError as error:
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: OSError) -> ResultsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        message, remedy = "the disk is full", "free space, or name another --out"
    else:
        message, remedy = f"cannot be written: {error.strerror or error}", "name another --out"
    return ResultsError(Problem(message, f"{remedy}; earlier results are untouched", str(out)))


def _put_in_place(temporary: Path, out: Path) -> None:
    """Swap the new folder with the old one in one step, where the system can."""
    if not out.exists() or not any(out.iterdir()):
        temporary.replace(out)
    elif not _exchange(temporary, out):
        old = out.with_name(temporary.name.replace(_BUILDING, _REPLACED))
        out.rename(old)
        try:
            temporary.rename(out)
        except OSError:
            old.rename(out)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    done = rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    return bool(done == 0)


def _clear_up(out: Path) -> None:
    """Put back what a killed build was about to replace, and delete what it left half-written."""
    beside = list(out.parent.iterdir())
    for path in beside:
        if path.name.startswith(f".{out.name}{_REPLACED}"):
            if out.exists():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.rename(out)
        elif path.name.startswith(f".{out.name}{_BUILDING}") and _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _sign_of_life(folder: Path) -> Iterator[None]:
    """Lock a folder while it is written to; the system unlocks it when the process ends."""
    try:
        import fcntl
    except ImportError:  # not on Windows, where what killed builds leave stays
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _is_abandoned(folder: Path) -> bool:
    try:
        with _sign_of_life(folder):
            return sys.platform != "win32"
    except OSError:
        return False
