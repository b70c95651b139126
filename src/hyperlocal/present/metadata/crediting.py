"""The citation and the licences of what is published, as files."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from hyperlocal.present.citation import Credit, Source

WIDTH = 96
CITE = "If you use these figures, please cite them as below."
UNNAMED = "Publisher not stated"
"""Who is named where nobody is, in a file that has to name someone."""


def attribution_text(credit: Credit) -> str:
    """Return the text of ``ATTRIBUTION.txt``: how to cite, the licence, what it was made of.

    Parameters
    ----------
    credit
        What is to be said.
    """
    about = [_wrapped(text) for text in (credit.citation, credit.changed) if text]
    licence = [_wrapped(_begun(credit.licence_said))]
    if credit.licence is not None and credit.licence.address:
        licence.append(credit.licence.address)
    said = [_wrapped(text) for text in credit.attributions] or ["Nothing is asked for."]
    parts = [
        _headed(credit.titled(credit.title), "=", [credit.warning] if credit.warning else []),
        _headed("How to cite", "-", about),
        _headed("Licence", "-", licence),
        _headed("What to say wherever these figures are published", "-", said),
        _headed("What they were made of", "-", [_told(one) for one in credit.sources]),
    ]
    return "\n\n".join(parts) + "\n"


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


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
    others = bool(credit.maker) and not credit.is_of_its_maker
    index = {
        "type": "data",
        "title": credit.title,
        "authors": [{"name": credit.maker}],
        "url": credit.url,
    }
    values: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": " ".join(filter(None, (credit.warning, CITE, f"{credit.computed}."))),
        "type": "dataset",
        "title": credit.titled(credit.title),
        "abstract": f"{credit.about} {credit.computed}.".strip(),
        "authors": [{"name": credit.publisher or UNNAMED}],
        "date-released": credit.built.date(),
        "version": data_version(credit),
        "license": credit.licence.name if credit.licence is not None and known else "",
        "url": credit.url if not others else "",
        "references": [{key: text for key, text in index.items() if text}] if others else [],
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
