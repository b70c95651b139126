"""Organisations of several registers, none of them counted twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.definition.kinds.organisations import OrganisationsIndicator, Register
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators import rate
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts.registers import broken_numbers, clean_names, clean_numbers
from hyperlocal.methods import FloatArray
from hyperlocal.methods.identity import NONE, IntArray, firsts, joined, unless_contradicted

SHOWN = 5
NAME = "name and postcode"
"""Stands beside the kinds of numbers, none of which can be called so."""
POSTCODE = "postcode"


@dataclass
class _Read:
    """A register that is read.

    Parameters
    ----------
    name
        Its name.
    table
        Its records.
    batch
        All of them.
    keys
        The numbers of each kind and the name with the postcode, in one spelling; null where none.
    out
        The records of organisations that do not count.
    placeable
        The records that have a place.
    broken
        The number of numbers that cannot be right.
    """

    name: str
    table: RecordTable
    batch: Batch
    keys: dict[str, pl.Series]
    out: NDArray[np.bool_]
    placeable: NDArray[np.bool_]
    broken: int
    unknown: dict[str, int] = field(default_factory=dict)


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, OrganisationsIndicator)
    problems: list[Problem] = []
    registers = [
        _read(name, register, written, gathering, problems)
        for name, register in written.registers.items()
    ]
    if problems:
        raise DataError(problems)
    entity = organisations([one.keys for one in registers], written.name_and_postcode)
    ends = np.cumsum([len(one.out) for one in registers])
    out = np.concatenate([one.out for one in registers])
    number = int(entity.max(initial=NONE)) + 1
    left_out = np.bincount(entity[out], minlength=number) > 0
    counts = firsts(entity, np.concatenate([one.placeable for one in registers]))
    counts &= ~left_out[entity]
    total: FloatArray = np.zeros(len(gathering.areas))
    for one, chosen in zip(registers, np.split(counts, ends[:-1]), strict=True):
        batch = one.batch.chosen(chosen)
        total = total + one.table.totals(batch, np.ones(len(batch.rows)))
    members = np.bincount(entity, minlength=number)
    record = {
        "organisations": number,
        "left_out": int(left_out.sum()),
        "counted": int(counts.sum()),
        "in_several_records": int((members > 1).sum()),
        "most_records_of_one": int(members.max(initial=0)),
        "registers": _told(registers, np.split(entity, ends[:-1]), np.split(counts, ends[:-1])),
    }
    return Gathered({"numerator": total, "denominator": gathering.numbers("denominator")}, record)


def organisations(registers: Sequence[Mapping[str, pl.Series]], by_name: str) -> IntArray:
    """Return the organisation of each record of several registers, one after the other.

    Parameters
    ----------
    registers
        For each register its keys, in one spelling: the numbers by their kind, and the name with
        the postcode as `NAME`; null where a record has none.
    by_name
        As `name_and_postcode` of the indicator.

    Returns
    -------
    numpy.ndarray of int
        Numbered from 0 in the order of their first records.
    """
    kinds = dict.fromkeys(kind for keys in registers for kind in keys)
    coded: dict[str, IntArray] = {}
    for kind in kinds:
        parts = [
            keys[kind]
            if kind in keys
            else pl.repeat(None, len(next(iter(keys.values()))), dtype=pl.String, eager=True)
            for keys in registers
        ]
        whole = pl.concat([part.alias(kind) for part in parts], rechunk=True)
        codes = whole.cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(NONE)
        coded[kind] = codes.to_numpy()
    names = coded.pop(NAME)
    numbers = list(coded.values())
    if by_name == "join_unless_numbers_differ":
        names = unless_contradicted(names, numbers)
    return joined([*numbers, names])


def _read(
    name: str,
    register: Register,
    written: OrganisationsIndicator,
    gathering: Gathering,
    problems: list[Problem],
) -> _Read:
    """Read a register; add what cannot be right in it to the problems."""
    table = gathering.records(register.records)
    by_name = register.name if written.name_and_postcode != "ignore" else ""
    postcode = register.postcode or (table.area_column if by_name else "")
    texts = [one.column for one in register.numbers.values()]
    texts += [column for column in (by_name, postcode) if column]
    amounts = list(register.leave_out.above)
    batch = table.read(list(dict.fromkeys(texts)), amounts, register.where, located=True)
    keys, broken = _numbers(batch, register, table, written, problems)
    keys[NAME] = _name(batch, by_name, postcode, written.ignored_words)
    out = np.zeros(len(batch.rows), dtype=bool)
    unknown = {}
    for column, most in register.leave_out.above.items():
        amount = batch.frame[column].fill_null(np.nan).to_numpy()
        unknown[column] = int(np.isnan(amount).sum())
        out |= np.nan_to_num(amount, nan=0.0) > most
    if register.leave_out.where:
        rows = table.read(where=register.leave_out.where).rows
        out |= batch.rows.is_in(rows.implode()).to_numpy()
    return _Read(name, table, batch, keys, out, table.placeable(batch), broken, unknown)


def _numbers(
    batch: Batch,
    register: Register,
    table: RecordTable,
    written: OrganisationsIndicator,
    problems: list[Problem],
) -> tuple[dict[str, pl.Series], int]:
    """Return the numbers of each kind in one spelling, and how many cannot be right."""
    keys: dict[str, pl.Series] = {}
    number = 0
    for kind, one in register.numbers.items():
        given = batch.frame[one.column]
        clean = clean_numbers(given, one.beginning, one.without)
        wrong = broken_numbers(clean, kind, one.pattern)
        keys[kind] = clean.set(wrong, None)
        number += int(wrong.sum())
        if written.broken_numbers == "refuse" and wrong.any():
            problems += _broken(table, batch, given, wrong, kind)
    return keys, number


def _broken(
    table: RecordTable, batch: Batch, given: pl.Series, wrong: pl.Series, kind: str
) -> list[Problem]:
    """Return a problem for the first numbers that cannot be right, and one for the others."""
    remedy = "mend it, state its 'pattern' or what it is 'without', or 'broken_numbers: ignore'"
    rows, shown = batch.rows.filter(wrong), given.filter(wrong)
    problems = [
        table.problem(f"{shown[place]!r} is no number of a {kind}", remedy, row, given.name)
        for place, row in enumerate(rows.head(SHOWN))
    ]
    more = len(rows) - len(problems)
    if more:
        problems.append(table.problem(f"and {more:,} more such numbers", remedy, column=given.name))
    return problems


def _name(batch: Batch, name: str, postcode: str, ignored: Sequence[str]) -> pl.Series:
    """Return the name with the postcode, in one spelling; null where either is missing."""
    if not name:
        return pl.repeat(None, len(batch.rows), dtype=pl.String, eager=True)
    from hyperlocal.geography import clean_postcodes

    return clean_names(batch.frame[name], ignored) + "|" + clean_postcodes(batch.frame[postcode])


def _told(
    registers: Sequence[_Read], entities: Sequence[IntArray], counts: Sequence[NDArray[np.bool_]]
) -> dict[str, Any]:
    """Return what became of the records of each register, for the provenance."""
    told: dict[str, Any] = {}
    for one, entity, counted in zip(registers, entities, counts, strict=True):
        told[one.name] = {
            "records": len(entity),
            "organisations": len(np.unique(entity)),
            "placed_by_it": int(counted.sum()),
            "broken_numbers": one.broken,
            "records_to_leave_out": int(one.out.sum()),
            **{f"without_{column}": number for column, number in one.unknown.items()},
        }
    return told


KIND = Kind("organisations", rate.measure, rate.faults, rate.shrink, gather=_gather)
