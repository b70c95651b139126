"""Indicators whose tables are of different years."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hyperlocal.definition.load import Definition
from hyperlocal.definition.models import RateIndicator
from hyperlocal.definition.resolve import ResolvedNode

_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:/(?:19|20)?([0-9]{2}))?")
_PAIRS = (
    ("numerator", "denominator"),
    ("observed", "expected"),
    ("total", "sample_size"),
    ("before", "before_denominator"),
    ("after", "after_denominator"),
)


def different_years(definition: Definition) -> Iterator[str]:
    """Yield, in words, each indicator that divides a table of one year by one of another.

    Only tables whose `date` is stated are compared, and a year that both share is enough.

    Parameters
    ----------
    definition
        The definition.
    """
    for node in definition.root.top_down():
        for above, below in _PAIRS:
            dates = [_dates(definition, node, purpose) for purpose in (above, below)]
            years = [_years(" ".join(stated)) for stated in dates]
            if all(years) and years[0].isdisjoint(years[1]):
                first, second = (", ".join(dict.fromkeys(stated)) for stated in dates)
                yield f"{node.id}: the {above} is of {first}, the {below} of {second}"


def _years(text: str) -> set[str]:
    """Return the years in a text; ``2022/23`` is of both."""
    found = _YEAR.findall(text)
    return {year for year, _ in found} | {year[:2] + later for year, later in found if later}


def _dates(definition: Definition, node: ResolvedNode, purpose: str) -> list[str]:
    """Return the dates of the inputs of a purpose, those of added-up children included."""
    columns = node.columns().get(purpose, ())
    names = [node.input_of(column) for column in columns]
    if purpose == "numerator" and isinstance(node.written, RateIndicator) and not columns:
        names = [child.input_of(c) for child in node.children for c in child.columns()["column"]]
    return [date for name in names if (date := definition.inputs[name or ""].date)]
