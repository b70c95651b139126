"""How published tables are to be cited, and whom to name for what they were made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperlocal.analysis.supplied import identifier
from hyperlocal.definition import Definition
from hyperlocal.definition.inputs import Input
from hyperlocal.definition.records import Records
from hyperlocal.pipeline import Results
from hyperlocal.present.differences import changed
from hyperlocal.present.licences import Licence, licence_in, licence_of
from hyperlocal.present.words import geography_called

if TYPE_CHECKING:
    from hyperlocal.present.publication import Publication

PUBLISHED_BY = "Published by"
MADE_UP = "Made-up data"
"""What all that is said of made-up data begins with."""
NOT_STATED = "licence not stated in the definition: ask the publisher before you publish"
BESIDE_NOT_STATED = "licence not stated: ask its publisher before you publish"
"""What whoever publishes has to settle; the public is told that none is stated, and no more."""


@dataclass(frozen=True)
class Source:
    """Something that an index was made of, or that was published with it.

    Parameters
    ----------
    id
        Its id in the definition; empty for what was given beside the results.
    title, publisher, url
        What it is, who publishes it and where.
    licence
        Its licence; None where none is stated.
    attribution
        What its publisher asks to have said, or else where the data come from.
    file
        The name of the file that was read.
    sha256
        Of that file.
    """

    id: str
    title: str
    publisher: str = ""
    url: str = ""
    licence: Licence | None = None
    attribution: str = ""
    file: str = ""
    sha256: str = ""

    @property
    def licence_said(self) -> str:
        """The licence in words; that none is stated, where that is so."""
        return "not stated" if self.licence is None else self.licence.title


@dataclass(frozen=True)
class Credit:
    """How published tables are to be cited, their licence, and all that is to be named for them.

    Parameters
    ----------
    id, title, description, maker, url
        The index, who publishes it and where, as its definition says. That these tables were
        computed by its definition does not make them theirs.
    licence
        Its licence; None where none is stated.
    built
        When the tables were computed.
    version
        The version of hyperlocal that computed them.
    sources
        What they were made of, in the order of the definition, and what was given beside it.
    statements
        What the publisher of the tables wants to have said of what was given beside them.
    publisher
        Who publishes these tables; empty where nobody says so.
    made_up
        What is said of made-up data that they were computed from; empty where all are real.
    changed
        In what the definition differs from the bundled one of its id; empty where in nothing.
    """

    id: str
    title: str
    description: str
    maker: str
    url: str
    licence: Licence | None
    built: datetime
    version: str
    sources: tuple[Source, ...] = ()
    statements: tuple[str, ...] = ()
    publisher: str = ""
    made_up: str = ""
    changed: str = ""

    @property
    def day(self) -> str:
        """The day on which they were computed: ``21 November 2026``."""
        return f"{self.built.day} {self.built:%B %Y}"

    @property
    def computed(self) -> str:
        """With what and when they were computed."""
        of = " from a changed definition" if self.changed else ""
        return f"Computed{of} with hyperlocal {self.version} on {self.day}"

    @property
    def index(self) -> str:
        """The index that was computed: its title, who publishes it and where."""
        return ", ".join(part for part in (self.title, self.maker, self.url) if part)

    @property
    def warning(self) -> str:
        """That data are made up, to be read before anything else; empty where they are real."""
        return f"{MADE_UP}: no number here is true of any place or person." if self.made_up else ""

    @property
    def is_of_its_maker(self) -> bool:
        """Whether who publishes the index publishes these tables, as they say themselves."""
        return bool(self.publisher) and self.publisher == self.maker

    @property
    def about(self) -> str:
        """What they are in a few sentences, for machines to show."""
        sentence = f"{self.changed}." if self.changed else ""
        return " ".join(filter(None, (self.warning, self.description, sentence)))

    def titled(self, title: str) -> str:
        """Return a title or another text; where data are made up, it begins with that."""
        return f"{MADE_UP}: {title}" if self.made_up else title

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands below a title: what was computed, who publishes it, and when it was made."""
        published = f"{PUBLISHED_BY} {self.publisher}" if self.publisher else ""
        index = f"Index: {self.index}" if self.index != self.title else ""
        return tuple(filter(None, (self.warning, index, published, self.computed)))

    @property
    def citation(self) -> str:
        """How they are to be cited, in a line."""
        others = "" if self.is_of_its_maker else _index_of(self.maker)
        if self.publisher:
            named = f"{self.title}, {others}" if others else self.title
            said = f"{self.publisher} ({self.built.year}). {named} [data set]."
        else:
            said = f"{self.title} ({others})." if others else f"{self.title}."
        cited = f"{said} {self.computed}. {self.url}".strip()
        return self.titled(cited)

    @property
    def source(self) -> str:
        """What is named below a table, after the word source."""
        made = "computed from a changed definition" if self.changed else "computed"
        index = ", ".join(filter(None, (self.title, _index_of(self.maker))))
        published = f"; published by {self.publisher}" if self.publisher else ""
        said = f"{index}; {made} with hyperlocal {self.version}{published}."
        return self.titled(said)

    def source_line(self, *statements: str) -> str:
        """Return the line below a figure that stands alone: what is named, and its licence.

        Parameters
        ----------
        statements
            What else is to be said, such as whose the boundaries are.
        """
        own = self.source if self.made_up else f"Source: {self.source}"
        licence = self.licence.statement if self.licence is not None else ""
        return " ".join(once((own, licence, *statements)))

    @property
    def licence_said(self) -> str:
        """The licence in words; that none is stated, where that is so."""
        return "not stated" if self.licence is None else self.licence.title

    @property
    def attributions(self) -> tuple[str, ...]:
        """All that has to be said of the sources and their licences, each once."""
        licences = [self.licence, *(one.licence for one in self.sources)]
        asked = [one.statement for one in licences if one is not None]
        return once((*asked, *(one.attribution for one in self.sources), *self.statements))

    @property
    def unstated(self) -> tuple[Source, ...]:
        """The sources whose licence is not stated."""
        return tuple(one for one in self.sources if one.licence is None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know."""
        return tuple(filter(None, (self.warning, self.changed)))

    @property
    def questions(self) -> tuple[str, ...]:
        """What whoever publishes has to settle first."""
        index = [f"{self.title}: {NOT_STATED}"] if self.licence is None else []
        sources = [
            f"{one.title}: {NOT_STATED if one.id else BESIDE_NOT_STATED}" for one in self.unstated
        ]
        return (*index, *sources)


def _index_of(maker: str) -> str:
    """Say whose index it is; nothing where nobody is named.

    Examples
    --------
    >>> _index_of("Office for National Statistics"), _index_of("Kirklees Council")
    ('index of the Office for National Statistics', 'index of Kirklees Council')
    """
    if not maker:
        return ""
    described = re.search(r"\b(of|for|on)\b|\bGovernment$", maker) and not re.match(
        "[Tt]he ", maker
    )
    return f"index of the {maker}" if described else f"index of {maker}"


def once(statements: Iterable[str]) -> tuple[str, ...]:
    """Return statements each once: what stands in a longer one is not said again.

    Parameters
    ----------
    statements
        Texts, some of which may be empty, or differ in spelling alone.

    Examples
    --------
    >>> once(["Source: ONS.", "", "Source: ONS, v.3.0. © Crown", "Source: ONS, v3.0"])
    ('Source: ONS, v.3.0. © Crown',)
    """
    said: dict[str, str] = {}
    for text in statements:
        said.setdefault(_words(text), text)
    return tuple(
        text
        for words, text in said.items()
        if words.strip() and not any(words in other for other in said if other != words)
    )


def _words(text: str) -> str:
    """Return the words of a text alone, as they are told apart, a space before and after each."""
    version = re.sub(r"\bv(?:ersion)?[. ]*(?=\d)", "v", text.casefold())
    return " ".join(["", *re.findall(r"[^\W_]+", version), ""])


def credit_of(
    results: Results,
    beside: Iterable[Source] = (),
    statements: Sequence[str] = (),
    publisher: str = "",
) -> Credit:
    """Return how an index is to be cited, and whom to name for what it was made of.

    Parameters
    ----------
    results
        The finished index.
    beside
        What was given beside the results, such as boundaries. What the index itself was made of
        is not named again.
    statements
        What is to be said of that, for instance ``Contains OS data © Crown copyright``.
    publisher
        Who publishes the tables; nobody is claimed to where none is named.

    Returns
    -------
    Credit
        Only what the build really read is among the sources; paths of folders are left out.

    Raises
    ------
    ResultsError
        Where the results cannot be read.

    Examples
    --------
    The line to cite an index by::

        credit_of(Results.open("results")).citation
    """
    definition, provenance = results.definition, results.provenance
    about, read = definition.written, list(_inputs(definition, provenance))
    known = {one.sha256 for one in read if one.sha256}
    return Credit(
        definition.id,
        definition.title,
        about.description,
        about.publisher,
        about.url,
        licence_of(about.licence),
        datetime.fromisoformat(provenance["built"]).astimezone(UTC),
        str(provenance["versions"]["hyperlocal"]),
        (*read, *(one for one in beside if one.sha256 not in known)),
        tuple(statements),
        publisher.strip(),
        str(provenance.get("made_up", "")),
        changed(definition),
    )


def credit_for(publication: Publication, statements: Sequence[str] = ()) -> Credit:
    """Return the credit of a publication: of the index, and of what was supplied beside it.

    Parameters
    ----------
    publication
        What is published.
    statements
        What else is to be said.
    """
    supplied = dict.fromkeys(_supplied(publication))
    return credit_of(publication.results, supplied, statements, publication.publisher)


def _supplied(publication: Publication) -> Iterator[Source]:
    """Return the files that were supplied beside the results."""
    drawn, said = publication.boundaries, publication.geography_source
    if drawn is not None and drawn.file:
        yield Source(
            "",
            f"Boundaries: {geography_called(str(drawn.geography))}",
            licence=licence_in(said),
            attribution=said,
            file=Path(drawn.file).name,
            sha256=drawn.sha256,
        )
    for kind in publication.larger:
        for file, made in kind.groups.made_of.items():
            called = geography_called(identifier(str(made.get("to", kind.id))))
            title = f"Lookup: {called}"
            yield Source(
                "",
                title,
                licence=licence_in(said),
                attribution=said,
                file=Path(file).name,
                sha256=str(made.get("sha256", "")),
            )


def _inputs(definition: Definition, provenance: Mapping[str, Any]) -> Iterator[Source]:
    """Return the tables and records that the build read."""
    read = {**provenance["inputs"], **provenance.get("records", {})}
    stated: dict[str, Input | Records] = {**definition.inputs, **definition.written.records}
    for name, table in stated.items():
        if name in read:
            file, sha256 = str(read[name].get("file", "")), str(read[name].get("sha256", ""))
            yield replace(_stated(name, table, file), file=Path(file).name, sha256=sha256)


def _stated(name: str, table: Input | Records, file: str) -> Source:
    """Return what a definition says of a table, in the form in which it was read."""
    forms = table.accepted_forms()
    form = next((one for one in forms if Path(one.file).name == Path(file).name), forms[0])
    return Source(
        name,
        table.title or name.replace("_", " "),
        table.publisher,
        form.url or table.url,
        licence_of(table.licence),
        table.attribution or table.source,
    )
