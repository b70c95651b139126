"""Licences: which one a text names, and what it asks to have said."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """A licence.

    Parameters
    ----------
    name
        Its short name in the list of SPDX; empty where the licence is not a known one.
    title
        Its name for people.
    address
        Where it stands.
    statement
        What it asks to have said wherever the data are used.
    """

    name: str
    title: str
    address: str = ""
    statement: str = ""


KNOWN = (
    Licence(
        "OGL-UK-3.0",
        "Open Government Licence v3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "Contains public sector information licensed under the Open Government Licence v3.0.",
    ),
    Licence(
        "CC-BY-4.0",
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    Licence(
        "CC0-1.0",
        "Creative Commons Zero v1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    Licence(
        "ODbL-1.0",
        "Open Data Commons Open Database License v1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ),
)
"""Licences that are told by their name, title or address, however it is spelt."""


def licence_of(text: str) -> Licence | None:
    """Return the licence that a text names; None where it names none.

    Parameters
    ----------
    text
        What a definition says: a short name, a title, an address, or any words.

    Examples
    --------
    >>> licence_of("Open Government Licence v3.0").name
    'OGL-UK-3.0'
    >>> licence_of("see the publisher's page")
    Licence(name='', title="see the publisher's page", address='', statement='')
    """
    if not text.strip():
        return None
    said = _plain(text)
    for known in KNOWN:
        if said in {_plain(known.name), _plain(known.title), _plain(known.address)}:
            return known
    return Licence("", text)


def licence_in(text: str) -> Licence | None:
    """Return the licence that is named somewhere in a text; None where none is."""
    said = _plain(text)
    return next((one for one in KNOWN if _plain(one.title) in said), None)


def _plain(text: str) -> str:
    """Return a text without what spellings differ in."""
    return re.sub(r"[^a-z0-9]|^https?://(www\.)?", "", text.lower())
