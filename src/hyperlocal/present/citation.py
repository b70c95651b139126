"""How published tables are to be cited, and whom to name for what they were made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hyperlocal.analysis.supplied import identifier
from hyperlocal.definition import Definition
from hyperlocal.definition.inputs import Input
from hyperlocal.definition.records import Records
from hyperlocal.pipeline import Results
from hyperlocal.present.publication import Publication
from hyperlocal.present.words import geography_called

NOT_STATED = "licence not stated in the definition: ask the publisher before you publish"
BESIDE_NOT_STATED = "licence not stated: ask its publisher before you publish"


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


def _licence_in(text: str) -> Licence | None:
    """Return the licence that is named somewhere in a text; None where none is."""
    said = _plain(text)
    return next((one for one in KNOWN if _plain(one.title) in said), None)


def _plain(text: str) -> str:
    """Return a text without what spellings differ in."""
    return re.sub(r"[^a-z0-9]|^https?://(www\.)?", "", text.lower())


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
        if self.licence is None:
            return NOT_STATED if self.id else BESIDE_NOT_STATED
        return self.licence.title


@dataclass(frozen=True)
class Credit:
    """How an index is to be cited, its licence, and all that is to be named for it.

    Parameters
    ----------
    id, title, description, publisher, url
        The index, as its definition says.
    licence
        Its licence; None where none is stated.
    built
        When it was computed.
    version
        The version of hyperlocal that computed it.
    sources
        What it was made of, in the order of the definition, and what was given beside it.
    statements
        What the publisher of the tables wants to have said of what was given beside them.
    """

    id: str
    title: str
    description: str
    publisher: str
    url: str
    licence: Licence | None
    built: datetime
    version: str
    sources: tuple[Source, ...] = ()
    statements: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """The day on which it was computed: ``21 November 2026``."""
        return f"{self.built.day} {self.built:%B %Y}"

    @property
    def citation(self) -> str:
        """How it is to be cited, in a line."""
        who = self.publisher or "Publisher not stated"
        said = [
            f"{who} ({self.built.year}).",
            f"{self.title} [data set].",
            f"Computed with hyperlocal {self.version} on {self.day}.",
            self.url,
        ]
        return " ".join(part for part in said if part)

    @property
    def licence_said(self) -> str:
        """The licence in words; that none is stated, where that is so."""
        return NOT_STATED if self.licence is None else self.licence.title

    @property
    def attributions(self) -> tuple[str, ...]:
        """All that has to be said of the sources and their licences, each once."""
        licences = [self.licence, *(one.licence for one in self.sources)]
        asked = [one.statement for one in licences if one is not None]
        said = [*asked, *(one.attribution for one in self.sources), *self.statements]
        return tuple(dict.fromkeys(text for text in said if text))

    @property
    def unstated(self) -> tuple[Source, ...]:
        """The sources whose licence is not stated."""
        return tuple(one for one in self.sources if one.licence is None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever publishes has to settle first."""
        open_questions = [f"{one.title}: {one.licence_said}" for one in self.unstated]
        if self.licence is None:
            open_questions.insert(0, f"{self.title}: {NOT_STATED}")
        return tuple(open_questions)


def credit_of(
    results: Results, beside: Iterable[Source] = (), statements: Sequence[str] = ()
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
    return credit_of(publication.results, supplied, statements)


def _supplied(publication: Publication) -> Iterator[Source]:
    """Return the files that were supplied beside the results."""
    drawn, said = publication.boundaries, publication.geography_source
    if drawn is not None and drawn.file:
        yield Source(
            "",
            f"Boundaries: {geography_called(str(drawn.geography))}",
            licence=_licence_in(said),
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
                licence=_licence_in(said),
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
