"""The shape of the synthetic index: what the generator and both baselines agree on."""

from __future__ import annotations

AREAS = 33_755
"""Areas of the index: as many as England has LSOAs (2021)."""

DISTRICTS = 296
"""Districts that the areas lie in: as many as England has lower-tier authorities (2024)."""

DOMAIN_SIZES = (6, 6, 6, 6, 6, 5, 5)
"""Indicators of each of the seven domains, 40 in all."""

INDICATORS = sum(DOMAIN_SIZES)

TABLE = "indicators.parquet"
DEFINITION = "index.yaml"
INDEX = "synthetic"
"""The id of the index, which names the column of its score."""


def numerator(indicator: int) -> str:
    """Return the name of the column of an indicator's numerator, counted from 1."""
    return f"num_{indicator:02d}"


def denominator(indicator: int) -> str:
    """Return the name of the column of an indicator's denominator, counted from 1."""
    return f"den_{indicator:02d}"


def domains() -> list[list[int]]:
    """Return the numbers of the indicators of each domain.

    Examples
    --------
    >>> domains()[0], domains()[-1]
    ([1, 2, 3, 4, 5, 6], [36, 37, 38, 39, 40])
    """
    ends = [sum(DOMAIN_SIZES[: position + 1]) for position in range(len(DOMAIN_SIZES))]
    return [
        list(range(end - size + 1, end + 1)) for size, end in zip(DOMAIN_SIZES, ends, strict=True)
    ]
