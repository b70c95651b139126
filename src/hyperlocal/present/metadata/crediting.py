"""The citation and the licences of what is published, as files."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from hyperlocal.present.citation import Credit, Source

WIDTH = 96


def attribution_text(credit: Credit) -> str:
    """Return the text of ``ATTRIBUTION.txt``: how to cite, the licence, what it was made of.

    Parameters
    ----------
    credit
        What is to be said.
    """
    about = [_wrapped(credit.citation)]
    licence = [_wrapped(credit.licence_said)]
    if credit.licence is not None and credit.licence.address:
        licence.append(credit.licence.address)
    said = [_wrapped(text) for text in credit.attributions] or ["Nothing is asked for."]
    parts = [
        _headed(credit.title, "=", []),
        _headed("How to cite", "-", about),
        _headed("Licence", "-", licence),
        _headed("What to say wherever these figures are published", "-", said),
        _headed("What they were made of", "-", [_told(one) for one in credit.sources]),
    ]
    return "\n\n".join(parts) + "\n"


def _headed(heading: str, line: str, paragraphs: Sequence[str]) -> str:
    return "\n\n".join([f"{heading}\n{line * len(heading)}", *paragraphs])


def _told(source: Source) -> str:
    """Return what is known of a source, a line each."""
    checksum = f" (SHA-256 {source.sha256})" if source.sha256 else ""
    facts = {
        "Publisher": source.publisher,
        "Licence": source.licence_said,
        "Attribution": source.attribution,
        "Address": source.url,
        "File": f"{source.file}{checksum}" if source.file else "",
    }
    lines = [_wrapped(f"{name}: {said}", "  ", "    ") for name, said in facts.items() if said]
    return "\n".join([_wrapped(source.title), *lines])


def _wrapped(text: str, first: str = "", then: str = "") -> str:
    """Return a text in lines; addresses and checksums are not broken."""
    return fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def citation_file(credit: Credit) -> str:
    """Return the text of ``CITATION.cff``, the Citation File Format 1.2.0 of the data set.

    Parameters
    ----------
    credit
        What is to be said.
    """
    import yaml

    known = credit.licence is not None and bool(credit.licence.name)
    values: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these figures, please cite them as below.",
        "type": "dataset",
        "title": credit.title,
        "abstract": credit.description,
        "authors": [{"name": credit.publisher or "Publisher not stated"}],
        "date-released": credit.built.date(),
        "version": data_version(credit),
        "license": credit.licence.name if credit.licence is not None and known else "",
        "url": credit.url,
    }
    stated = {name: value for name, value in values.items() if value}
    return yaml.safe_dump(stated, sort_keys=False, allow_unicode=True, width=WIDTH)


def data_version(credit: Credit) -> str:
    """Return the version of the published tables: the day on which they were computed.

    Parameters
    ----------
    credit
        The credit of the index.

    Examples
    --------
    ``2026.11.21``
    """
    return f"{credit.built.year}.{credit.built.month}.{credit.built.day}"
