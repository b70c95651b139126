"""The numbers and names by which registers know organisations, brought into one spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

PATTERNS = {
    "charity": "[1-9][0-9]{4,6}|SC[1-9][0-9]{0,5}|NIC?[1-9][0-9]{0,5}",
    "company": "[1-9][0-9]{0,7}|[A-Z]{1,2}[1-9][0-9]{0,6}[A-Z]{0,2}",
    "society": "[A-Z]{0,2}[1-9][0-9]{0,6}[A-Z]{0,2}",
}
"""What the numbers of British registers look like in the spelling of `clean_numbers`."""
ANY_NUMBER = "[A-Z0-9./-]*[1-9][A-Z0-9./-]*"
_NUMBER = r"^([A-Z]*)[./-]*0*([0-9]+)([A-Z]*)$"


def clean_numbers(
    numbers: pl.Series, beginning: str = "", without: Sequence[str] = ()
) -> pl.Series:
    """Bring the numbers of a register into one spelling: capitals, no spaces, no leading zeros.

    Parameters
    ----------
    numbers
        As they are written.
    beginning
        What is put before numbers that begin with no letters of their own.
    without
        Beginnings that are taken away.

    Returns
    -------
    polars.Series
        Null where there is none.

    Examples
    --------
    >>> numbers = pl.Series(["01234567", " sc 012345", "GB-CHC-1100001", "7891", None])
    >>> clean_numbers(numbers, without=["GB-CHC-"]).to_list()
    ['1234567', 'SC12345', '1100001', '7891', None]
    >>> clean_numbers(pl.Series(["7891", "IP27814R"]), beginning="RS").to_list()
    ['RS7891', 'IP27814R']
    """
    close = numbers.cast(pl.String).str.replace_all(r"\s+", "").str.to_uppercase()
    for text in without:
        close = close.str.strip_prefix(re.sub(r"\s+", "", text).upper())
    clean = close.str.replace(_NUMBER, "${1}${2}${3}")
    if beginning:
        bare = clean.str.contains("^[0-9]")
        clean = pl.select(pl.when(bare).then(beginning + clean).otherwise(clean)).to_series()
    return clean.set((clean == "").fill_null(False), None).alias(numbers.name)


def broken_numbers(clean: pl.Series, kind: str, pattern: str = "") -> pl.Series:
    """Say which numbers cannot be right.

    Parameters
    ----------
    clean
        Numbers in the spelling of `clean_numbers`.
    kind
        What they are numbers of: ``charity``, ``company``, ``society`` or anything else.
    pattern
        The regular expression that they must match, instead of that of their kind.

    Examples
    --------
    >>> broken_numbers(pl.Series(["1100001", "0", "N/A", "11OOOO1", None]), "charity").to_list()
    [False, True, True, True, False]
    """
    expected = pattern or PATTERNS.get(kind, ANY_NUMBER)
    return (~clean.str.contains(f"^(?:{expected})$")).fill_null(False)


def clean_names(names: pl.Series, ignored: Sequence[str] = ()) -> pl.Series:
    """Bring names of organisations into one spelling, in which they are compared.

    Lower case, without accents (a circumflex on w or y goes, the letter stays), punctuation, white
    space and ignored words; ``&`` and ``+`` are ``and``.

    Parameters
    ----------
    names
        As they are written.
    ignored
        Words that make no difference, such as ``ltd``. A name of nothing else keeps them.

    Returns
    -------
    polars.Series
        Null where there is none.

    Examples
    --------
    >>> names = pl.Series(["The Tŷ Newydd Café & Hall Ltd.", "TY NEWYDD CAFE AND HALL", "The"])
    >>> clean_names(names, ["the", "ltd"]).to_list()
    ['tynewyddcafeandhall', 'tynewyddcafeandhall', 'the']
    """
    spaced = _spaced(names)
    shorter = spaced
    if ignored:
        words = sorted(_spaced(pl.Series(ignored, dtype=pl.String)).str.strip_chars(), key=len)
        listed = "|".join(re.escape(word) for word in reversed(words) if word)
        shorter = spaced.str.replace_all(f" (?:(?:{listed}) )+", " ")
    shorter = shorter.str.replace_all(" ", "")
    whole = spaced.str.replace_all(" ", "")
    clean = pl.select(pl.when(shorter != "").then(shorter).otherwise(whole)).to_series()
    return clean.set((clean == "").fill_null(False), None).alias(names.name)


def _spaced(names: pl.Series) -> pl.Series:
    """Return names in lower case, with one space around each word and no punctuation."""
    plain = names.cast(pl.String).str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    plain = plain.str.to_lowercase().str.replace_all(r"[&+]", " and ")
    plain = plain.str.replace_all(r"[.'’‘`´]", "").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return " " + plain.str.strip_chars() + " "
