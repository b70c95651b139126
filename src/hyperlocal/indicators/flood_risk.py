"""Households at risk of flooding, weighed by the band of their risk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.flood_risk import Damages, FloodRiskIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError, Problem
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts import quotient
from hyperlocal.indicators.parts.households import households_of
from hyperlocal.methods import FloatArray
from hyperlocal.methods.flood import annual_average_damage

SHOWN = 20


def risk_of_households(
    batch: Batch, columns: Mapping[str, str], weights: Mapping[str, float]
) -> FloatArray:
    """Return the weight of the risk of each record: that of the worst of its bands.

    Parameters
    ----------
    batch
        The records, with the columns of the bands.
    columns
        The column of the band of each source of flooding.
    weights
        The weight of each band. What is not among them weighs 0.

    Returns
    -------
    numpy.ndarray, shape (records,)
    """
    found = [
        pl.col(column).replace_strict(weights, default=None, return_dtype=pl.Float64)
        for column in columns.values()
    ]
    weighed = batch.frame.select(pl.max_horizontal(*found).fill_null(0.0).alias("weight"))
    return np.asarray(weighed["weight"].to_numpy())


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, FloodRiskIndicator)
    weights = band_weights(written, gathering)
    homes = gathering.records(written.records)
    texts = list(dict.fromkeys(written.bands.values()))
    numbers = [written.households] if written.households else []
    total = np.zeros((len(gathering.areas), 2))
    strange = _Strange(written, frozenset(weights))
    for batch in homes.batches(texts, numbers, located=True):
        strange.add(batch)
        households = households_of(homes, batch, written.households)
        risk = risk_of_households(batch, written.bands, weights)
        total += homes.totals(batch, np.column_stack([risk * households, households]))
    strange.refuse(homes)
    record = {"band_weights": weights, "unknown_bands": dict(strange.number)}
    return Gathered({"numerator": total[:, 0], "denominator": total[:, 1]}, record)


def band_weights(written: FloodRiskIndicator, gathering: Gathering) -> dict[str, float]:
    """Return the weight of each band: as it is stated, or derived from the damages of floods.

    Parameters
    ----------
    written
        The indicator.
    gathering
        Holds the list of the damages.

    Raises
    ------
    DataError
        Where the list is no curve of damages, or floods do no damage to a band.
    """
    if written.damages is None:
        return dict(written.band_weights)
    try:
        return weights_of_damages(gathering.numbers_of_codes(written.damages.list), written.damages)
    except ValueError as error:
        said = f"gives no weights: {str(error).rstrip('.')}"
        remedy = "its codes are return periods in years, its numbers the damages of such floods"
        raise DataError(Problem(said, remedy, place=f"lists.{written.damages.list}")) from error


def weights_of_damages(curve: Mapping[str, float], damages: Damages) -> dict[str, float]:
    """Return the weight of each band: its damage in a year, over that of the least damaged.

    Parameters
    ----------
    curve
        The damage of a flood by its return period in years, in any order.
    damages
        The onset of each band, and how the weights are rounded.

    Raises
    ------
    ValueError
        Where it is no curve of damages, or floods do no damage to a band.

    Examples
    --------
    The weights of Wales, 23.5, 3.6 and 1 before they were rounded:

    >>> curve = {"2": 0, "5": 9500, "10": 17847, "25": 19716, "50": 27776, "100": 30877,
    ...          "200": 30877, "1500": 30877}
    >>> onset = {"high": 2.0, "medium": 30.0, "low": 100.0}
    >>> weights_of_damages(curve, Damages(list="damages", onset=onset, decimals=0))
    {'high': 24.0, 'medium': 4.0, 'low': 1.0}
    """
    floods = sorted((float(period), damage) for period, damage in curve.items())
    period, damage = zip(*floods, strict=True)
    lost = {
        band: annual_average_damage(period, damage, onset) for band, onset in damages.onset.items()
    }
    least = min(lost.values())
    if least <= 0:
        spared = next(band for band, amount in lost.items() if amount <= 0)
        raise ValueError(f"no flood of it does damage to the band {spared!r}")
    weights = {band: amount / least for band, amount in lost.items()}
    if damages.decimals is None:
        return weights
    return {band: round(weight, damages.decimals) for band, weight in weights.items()}


class _Strange:
    """The bands that are not stated, with how many records have each and the first of them."""

    def __init__(self, written: FloodRiskIndicator, weighed: frozenset[str]) -> None:
        self.written = written
        self.known = [*sorted(weighed), *written.no_risk]
        self.number: Counter[str] = Counter()
        self.first: dict[str, dict[str, int]] = {}

    def add(self, batch: Batch) -> None:
        """Look for more in some records."""
        for column in dict.fromkeys(self.written.bands.values()):
            bands = batch.frame.select(pl.col(column).alias("band"), row=batch.rows)
            strange = bands.filter(pl.col("band").is_in(self.known).not_())  # an empty one is not
            found = strange.group_by("band", maintain_order=True).agg(pl.len(), pl.first("row"))
            for band, number, row in found.iter_rows():
                self.number[band] += number
                self.first.setdefault(column, {}).setdefault(band, row)

    def refuse(self, homes: RecordTable) -> None:
        """Raise DataError with all of them, unless the definition lets them be."""
        if self.written.unknown == "no_risk" or not self.first:
            return
        remedy = (
            f"known are {', '.join(map(repr, self.known))}: state them under 'band_weights' or "
            "'no_risk', or 'unknown: no_risk'"
        )
        problems = []
        for column, bands in self.first.items():
            shown = ", ".join(map(repr, list(bands)[:SHOWN]))
            more = f" and {len(bands) - SHOWN:,} more" if len(bands) > SHOWN else ""
            said = f"there is no band {shown}{more}"
            problems.append(homes.problem(said, remedy, min(bands.values()), column))
        raise DataError(problems)


KIND = Kind("flood_risk", quotient.measure, quotient.faults, gather=_gather)
