"""Whether data are made up, so that nothing that comes of them is taken for real."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

MARK = "made-up.txt"
"""A file that says so of its folder and of all below; ``hyperlocal synthesise`` writes one."""
WITHOUT_WORDS = "Everything in this folder is made up."


def made_up(files: Iterable[str | Path]) -> str:
    """Return what is said of the first file that lies in a folder of made-up data.

    Parameters
    ----------
    files
        The files that were read.

    Returns
    -------
    str
        The first line of ``made-up.txt`` in the folder of a file or in one above it; empty where
        there is none.

    Examples
    --------
    >>> made_up([])
    ''
    """
    folders = (above for file in files for above in Path(file).absolute().parents)
    for folder in dict.fromkeys(folders):
        mark = folder / MARK
        if mark.is_file():
            lines = mark.read_text(encoding="utf-8", errors="replace").split("\n")
            return lines[0].strip() or WITHOUT_WORDS
    return ""
