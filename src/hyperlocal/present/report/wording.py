"""How settings of a definition, and numbers, are said in a report."""

from __future__ import annotations

KINDS = {
    "value": "Taken as it is published.",
    "count": "A count, or several that do not overlap, added up.",
    "rate": "A numerator over a denominator.",
    "ratio": "Observed over expected.",
    "mean": "A mean, or another estimate, as it is published.",
    "change": "The change between two dates, in proportion to the earlier.",
}
"""How plain kinds of indicators are measured; the other kinds say it themselves."""

PURPOSES = {
    "column": "Value",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "denominator_less": "Taken off the denominator",
    "not_covered": "People not covered",
    "observed": "Observed",
    "expected": "Expected",
    "before": "Earlier",
    "after": "Later",
    "before_denominator": "Earlier denominator",
    "after_denominator": "Later denominator",
    "total": "Total",
    "standard_error": "Standard error",
    "sample_size": "Number behind it",
    "averaged_with": "Averaged with",
}
"""What the numbers are called that an indicator is made of."""

MISSING = {
    "neutral": "it counts as 0 once values are standardised, neither need nor the lack of it",
    "unscored": "the area has no score and no rank here and in what this enters",
    "zero": "it counts as 0, as for small counts that are suppressed",
}
ZERO_DENOMINATOR = {
    "missing": "makes the value missing",
    "larger_area": "the area takes the value of the larger area that it lies in",
}
CORRESPONDENCES = {
    "nested": "each lies in one of the others, wholly",
    "best_fit": "each is given to the one that holds most of it",
    "changes": "published changes between two vintages; those split are shared out among the parts",
    "weighted": "a published table of shares",
    "points": "the points that fall in both, such as postcodes",
    "overlap": "the ground that both have in common",
    "dwellings": "the dwellings that each postcode has in each area",
}


def figure(value: float | None) -> str:
    """Write a number with so many decimals as it needs to be told from its like.

    Examples
    --------
    >>> figure(33755.0), figure(16.8354), figure(0.01234), figure(12.0), figure(None)
    ('33,755', '16.8', '0.0123', '12', 'none')
    """
    if value is None:
        return "none"
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def sentence(said: str) -> str:
    """Write a remark as a sentence.

    Examples
    --------
    >>> sentence("no results are published")
    'No results are published.'
    """
    return f"{said[:1].upper()}{said[1:].rstrip('.')}." if said else ""
