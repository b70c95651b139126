"""The technical report as a PDF and as a web page."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from hyperlocal.errors import Problem, ResultsError
from hyperlocal.present.citation import Credit, credit_for
from hyperlocal.present.documents import Typeset, typeset
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import Picture
from hyperlocal.present.report.data import SUBTITLE, made_at, report_data

NAME = "technical_report"


def typeset_report(
    publication: Publication, pictures: Sequence[Picture] = (), credit: Credit | None = None
) -> Typeset:
    """Typeset the technical report of an index.

    Parameters
    ----------
    publication
        The index and its published tables.
    pictures
        The figures to show, each in its section.
    credit
        How to cite the index and whom to name; without it, as the results say.

    Returns
    -------
    Typeset
        The PDF and the web page.

    Raises
    ------
    DocumentError
        Where the template is faulty, or no font has the letters of a name.
    """
    said = credit or credit_for(publication)
    return typeset(
        files(__package__).joinpath("report.typ").read_text(encoding="utf-8"),
        report_data(publication, pictures, said),
        {one.name: one.content for one in pictures},
        said.titled(f"{publication.title}: {SUBTITLE.lower()}"),
        author=said.publisher,
        description=publication.definition.written.description,
        made=made_at(publication),
    )


def write_report(
    publication: Publication,
    folder: str | Path,
    pictures: Sequence[Picture] = (),
    credit: Credit | None = None,
) -> tuple[Path, Path]:
    """Write the technical report into a folder that is there.

    Parameters
    ----------
    publication
        The index and its published tables.
    folder
        Where ``technical_report.pdf`` and ``technical_report.html`` are written.
    pictures
        The figures to show, each in its section.
    credit
        How to cite the index and whom to name; without it, as the results say.

    Returns
    -------
    tuple of Path
        The PDF and the web page. Nothing is written before both are made.

    Raises
    ------
    DocumentError
        Where the template is faulty, or no font has the letters of a name.
    ResultsError
        Where the files cannot be written.

    Examples
    --------
    ::

        publication = read_publication(Results.open("results"))
        write_report(publication, "published")
    """
    made = typeset_report(publication, pictures, credit)
    pdf, page = (Path(folder) / f"{NAME}.{ending}" for ending in ("pdf", "html"))
    try:
        pdf.write_bytes(made.pdf)
        page.write_text(made.html, encoding="utf-8")
    except OSError as error:
        raise ResultsError(
            Problem(f"cannot be written: {error.strerror or error}", file=str(folder))
        ) from error
    return pdf, page
