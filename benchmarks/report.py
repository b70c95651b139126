"""Figures beside their targets, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Parameters
    ----------
    what
        What was measured, in words.
    value
        The figure; None where it could not be measured.
    unit
        Its unit: ``s``, ``MB``, ``x`` (a ratio) or nothing.
    at_most, at_least
        The target, where there is one.
    note
        Why there is no figure, or what the reader should know of it.
    """

    what: str
    value: float | None
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the figure is on the wrong side of its target."""
        if self.value is None:
            return False
        too_high = self.at_most is not None and not self.value <= self.at_most
        too_low = self.at_least is not None and not self.value >= self.at_least
        return too_high or too_low

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_most is not None:
            return f"at most {shown(self.at_most, self.unit)}"
        if self.at_least is not None:
            return f"at least {shown(self.at_least, self.unit)}"
        return ""

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.value is None:
            return "skipped"
        if not self.target:
            return ""
        return "MISSED" if self.missed else "met"

    def as_dict(self) -> dict[str, object]:
        """Return the figure for JSON."""
        return {**asdict(self), "verdict": self.verdict}


def shown(value: float | None, unit: str) -> str:
    """Write a figure with its unit.

    Examples
    --------
    >>> shown(1.23456, "s"), shown(212.4, "MB"), shown(2.84e-14, "")
    ('1.235 s', '212 MB', '2.8e-14')
    """
    if value is None:
        return "-"
    spelling = {"s": f"{value:.3f} s", "MB": f"{value:.0f} MB", "x": f"{value:.2f} x"}
    return spelling.get(unit, f"{value:.2g}")


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows of text in columns, with a rule under the first row.

    Examples
    --------
    >>> print(aligned([["what", "s"], ["reading", "0.1"]]))
    what     s
    -------  ---
    reading  0.1
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (rows[0], ["-" * width for width in widths], *rows[1:])
    ]
    return "\n".join(lines)


def table(figures: Sequence[Figure]) -> str:
    """Lay out figures beside their targets; what stands in notes comes after the verdict."""
    rows = [["", "measured", "target", "", ""]]
    rows += [
        [figure.what, shown(figure.value, figure.unit), figure.target, figure.verdict, figure.note]
        for figure in figures
    ]
    return aligned(rows)
