"""The first sheet of a workbook: what it is, who published it, how it may be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

INTRODUCTION, ABOUT, CONTACT = "Introductory information", "About these data", "Contact"
"""The headings of the sheet, which are those of gptables."""
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""What a file says of its date where none is stated, so that the same tables give the same file."""


@dataclass(frozen=True)
class Cover:
    """What a workbook says of itself as a whole.

    Parameters
    ----------
    title
        The title of the workbook and of its document properties.
    introduction
        What it holds and how to read it, a paragraph each.
    publisher
        Who publishes it.
    licence
        How it may be used.
    citation
        How it is to be cited.
    contact
        Whom to ask: an address, a name, a telephone number.
    url
        Where more is to be found; a link.
    notes
        What concerns all tables, a paragraph each.
    language
        The language of the texts, as in ``en-GB``.
    made
        When the figures were computed; both files carry this date, not that of their writing.

    Examples
    --------
    >>> cover = Cover("A small index", licence="Open Government Licence v3.0")
    >>> dict(cover.parts())
    {'About these data': ('Licence: Open Government Licence v3.0',)}
    """

    title: str
    introduction: tuple[str, ...] = ()
    publisher: str = ""
    licence: str = ""
    citation: str = ""
    contact: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()
    language: str = "en-GB"
    made: datetime = UNDATED

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the headings of the sheet, each with its paragraphs; none without any."""
        published = [f"Published by {self.publisher}"] if self.publisher else []
        stated: Mapping[str, str] = {"Licence": self.licence, "To cite": self.citation}
        about = [f"{name}: {said}" for name, said in stated.items() if said]
        reached = [said for said in (self.contact, self.url) if said]
        for heading, paragraphs in (
            (INTRODUCTION, [*self.introduction, *published]),
            (ABOUT, [*about, *self.notes]),
            (CONTACT, reached),
        ):
            if paragraphs:
                yield heading, tuple(paragraphs)

    def texts(self) -> tuple[str, ...]:
        """Return all that the sheet says."""
        return (self.title, *(said for _, paragraphs in self.parts() for said in paragraphs))
