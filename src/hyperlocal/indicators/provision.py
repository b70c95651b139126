"""What practices (or the like) provide, carried to areas by where those who use them live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.provision import ProvisionIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts import quotient
from hyperlocal.methods import FloatArray

SHOWN = 5
UNKNOWN = "its practice is not known"
WITHOUT_SUPPLY = "its practice provides nothing"
CODE, RATIO = "code", "ratio"


@dataclass
class _Users:
    """Users that are left out as their batches are read.

    Parameters
    ----------
    unknown
        The codes that are not among the practices, each with the users and the first row.
    """

    unknown: dict[str, tuple[float, int]] = field(default_factory=dict)
    without_supply: float = 0.0


def ratios_of_practices(demand: FloatArray, supply: FloatArray, without_supply: str) -> FloatArray:
    """Return the demand for each unit of supply of each practice.

    Parameters
    ----------
    demand, supply : shape (practices,)
        Those who use each practice, and what it provides.
    without_supply
        ``highest`` gives a practice that provides nothing the highest ratio of the others; else it
        has none.

    Returns
    -------
    numpy.ndarray, shape (practices,)
        NaN where there is none.

    Examples
    --------
    >>> import numpy as np
    >>> demand, supply = np.array([6000.0, 9000.0, 500.0]), np.array([4.0, 4.5, 0.0])
    >>> ratios_of_practices(demand, supply, "highest")
    array([1500., 2000., 2000.])
    """
    ratio = np.full_like(demand, np.nan)
    np.divide(demand, supply, out=ratio, where=supply > 0)
    if without_supply == "highest" and (supply > 0).any():
        ratio[supply == 0] = np.nanmax(ratio)
    return ratio


def carried(batch: Batch, ratios: pl.DataFrame, written: ProvisionIndicator) -> pl.DataFrame:
    """Return the users of each row and the ratio of their practice.

    Parameters
    ----------
    batch
        Rows of users.
    ratios
        The ``code`` and the ``ratio`` of each practice.
    written
        The indicator.

    Returns
    -------
    polars.DataFrame
        ``users``, ``ratio``, whether the practice is ``known``, and the ``row`` of each.
    """
    users = batch.frame.select(
        pl.col(written.users.practice).alias(CODE), users=pl.col(written.users.number)
    ).with_columns(row=batch.rows)
    known = ratios.with_columns(known=True)
    return users.join(known, on=CODE, how="left", maintain_order="left").with_columns(
        pl.col("known").fill_null(False)
    )


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, ProvisionIndicator)
    practices = gathering.records(written.providers.records)
    ratios = _practices(practices, written)
    of = written.users
    table, left = gathering.records(written.users.records), _Users()
    total = np.zeros((len(gathering.areas), 2))
    for batch in table.batches([of.practice], [of.number], located=True):
        rows = carried(batch, ratios, written)
        _refuse_numbers(table, rows, written)
        _note(left, rows)
        users = rows["users"].to_numpy()
        ratio = rows[RATIO].fill_null(np.nan).to_numpy()
        counted = ~np.isnan(ratio)
        values = np.column_stack([np.where(counted, ratio, 0) * users, users * counted])
        total += table.totals(batch, values)
    if left.unknown and written.unknown_providers == "refuse":
        raise DataError(_unknown(table, left, written))
    return Gathered({"numerator": total[:, 0], "denominator": total[:, 1]}, _record(left, ratios))


def _practices(table: RecordTable, written: ProvisionIndicator) -> pl.DataFrame:
    """Read the practices; return the code and the ratio of each."""
    of = written.providers
    batch = table.read([of.practice], [of.demand, of.supply])
    frame = batch.frame
    code, demand, supply = (frame[name] for name in (of.practice, of.demand, of.supply))
    twice = code.is_duplicated() & code.is_not_null()
    mend = "mend it, or leave the practice out with 'where'"
    wrong = [
        (code.is_null(), "the practice has no code", of.practice, mend),
        (twice, "the practice is there twice", of.practice, mend),
    ]
    for numbers in (demand, supply):
        wrong.append((numbers.is_null(), "the number is missing", numbers.name, mend))
        wrong.append(((numbers < 0).fill_null(False), "the number is negative", numbers.name, mend))
    if written.without_supply == "refuse":
        nothing = (supply == 0).fill_null(False)
        state = "state 'without_supply': leave_out or highest"
        wrong.append((nothing, "the practice provides nothing", of.supply, state))
    problems = [problem for one in wrong for problem in _problems(table, batch, *one)]
    if problems:
        raise DataError(problems)
    ratio = ratios_of_practices(demand.to_numpy(), supply.to_numpy(), written.without_supply)
    return pl.DataFrame({CODE: code, RATIO: ratio})


def _problems(
    table: RecordTable, batch: Batch, mask: pl.Series, said: str, column: str, remedy: str
) -> list[Problem]:
    """Return a problem for each of the first rows that are wrong, and one for the others."""
    rows = batch.rows.filter(mask).to_list()
    problems = [table.problem(said, remedy, row, column) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        problems.append(table.problem(f"{said} in {len(rows) - SHOWN:,} more rows", column=column))
    return problems


def _refuse_numbers(table: RecordTable, rows: pl.DataFrame, written: ProvisionIndicator) -> None:
    for wrong, said in (
        (pl.col("users").is_null(), "the number is missing"),
        (pl.col("users") < 0, "the number is negative"),
    ):
        found = rows.filter(wrong)["row"]
        if len(found):
            remedy = "mend it, or leave the row out with 'where'"
            raise DataError(table.problem(said, remedy, int(found[0]), written.users.number))


def _note(left: _Users, rows: pl.DataFrame) -> None:
    """Add up the users whose practice is not known, or provides nothing."""
    strange = rows.filter(~pl.col("known")).group_by(CODE, maintain_order=True)
    for code, users, row in strange.agg(pl.col("users").sum(), pl.col("row").first()).iter_rows():
        before, first = left.unknown.get(code or "", (0.0, row))
        left.unknown[code or ""] = (before + users, first)
    nothing = pl.col("known") & pl.col(RATIO).is_nan()
    left.without_supply += float(rows.filter(nothing)["users"].sum())


def _unknown(table: RecordTable, left: _Users, written: ProvisionIndicator) -> Problem:
    shown = ", ".join(repr(code) for code in list(left.unknown)[:SHOWN])
    number = len(left.unknown)
    more = f" and {number - SHOWN:,} more" if number > SHOWN else ""
    users = sum(number for number, _ in left.unknown.values())
    return table.problem(
        f"there is no practice {shown}{more}, which {users:,.0f} people use",
        f"complete {written.providers.records!r}, or state 'unknown_providers: leave_out'",
        next(iter(left.unknown.values()))[1],
        written.users.practice,
    )


def _record(left: _Users, ratios: pl.DataFrame) -> dict[str, Any]:
    """Return what a reader should know: who is left out, and why."""
    return {
        "practices": ratios.height,
        "practices_without_ratio": int(ratios[RATIO].is_nan().sum()),
        "users_left_out": {
            UNKNOWN: sum(users for users, _ in left.unknown.values()),
            WITHOUT_SUPPLY: left.without_supply,
        },
        "unknown_practices": sorted(left.unknown),
    }


KIND = Kind("provision", quotient.measure, quotient.faults, gather=_gather)
