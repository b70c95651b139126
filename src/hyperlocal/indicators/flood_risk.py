"""Households at risk of flooding, weighed by the band of their risk."""

from __future__ import annotations

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.flood_risk import FloodRiskIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.errors import DataError
from hyperlocal.indicators import quotient
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Kind
from hyperlocal.methods import FloatArray


def weights_of_households(batch: Batch, written: FloodRiskIndicator) -> FloatArray:
    """Return the weight of each household: that of the worst of its bands, 0 where it has none.

    Parameters
    ----------
    batch
        The households, with the columns of the bands.
    written
        The indicator.
    """
    weights = {**dict.fromkeys(written.no_risk, 0.0), **written.band_weights}
    found = [
        pl.col(column).replace_strict(weights, default=None, return_dtype=pl.Float64)
        for column in written.bands.values()
    ]
    weighed = batch.frame.select(pl.max_horizontal(*found).fill_null(0.0).alias("weight"))
    return np.asarray(weighed["weight"].to_numpy())


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, FloodRiskIndicator)
    households = gathering.records(written.records)
    columns = list(dict.fromkeys(written.bands.values()))
    total = np.zeros((len(gathering.areas), 2))
    for batch in households.batches(texts=columns, located=True):
        _refuse_unknown(households, batch, written)
        weights = weights_of_households(batch, written)
        total += households.totals(batch, np.column_stack([weights, np.ones_like(weights)]))
    return Gathered({"numerator": total[:, 0], "denominator": total[:, 1]})


def _refuse_unknown(households: RecordTable, batch: Batch, written: FloodRiskIndicator) -> None:
    known = [*written.band_weights, *written.no_risk]
    for column in written.bands.values():
        strange = batch.frame[column].is_in(known).not_().fill_null(False)
        if strange.any():
            bands = batch.frame[column].filter(strange).unique(maintain_order=True)
            shown = ", ".join(map(repr, bands.head(5)))
            remedy = f"known are {', '.join(known)}: state it under 'band_weights' or 'no_risk'"
            row = int(batch.rows.filter(strange)[0])
            said = f"there is no band {shown}"
            raise DataError(households.problem(said, remedy, row, column))


KIND = Kind("flood_risk", quotient.measure, quotient.faults, gather=_gather)
