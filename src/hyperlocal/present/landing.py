"""The page that a reader begins with: what was published, and where each file is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperlocal.present.citation import Credit
from hyperlocal.present.documents import typeset
from hyperlocal.present.publication import Publication
from hyperlocal.present.words import areas_called

if TYPE_CHECKING:
    from hyperlocal.present.figures import Figure
    from hyperlocal.present.gallery import Drawn
    from hyperlocal.present.tables.model import Table

PAGE = "index.html"
FIGURES = "figures/figures.json"
ABOUT = (
    ("ATTRIBUTION.txt", "Attribution", "how to cite, and what to say wherever figures are used"),
    ("CITATION.cff", "Citation", "for programs that manage references"),
    ("datapackage.json", "Data package", "what all files and columns hold, with checksums"),
    ("csv/csv-metadata.json", "CSV on the Web", "what the columns of the CSV files hold"),
    (FIGURES, "Alternative texts", "what each figure shows, in words"),
    ("publication.json", "Record", "what was published, and from which results"),
)
"""The files that tell of the others, which are written after this page."""
KILO, MEGA = 1_000, 1_000_000


def write_landing_page(
    publication: Publication, credit: Credit, drawn: Sequence[Drawn], folder: Path
) -> None:
    """Write ``index.html``, which leads to all other files of a publication.

    Parameters
    ----------
    publication
        What is published.
    credit
        Whom to name for it.
    drawn
        Its figures, of which the first map is shown.
    folder
        The folder with all files that it leads to.
    """
    shown = next((one.figure for one in drawn if one.areas), None)
    picture = {} if shown is None else {"map.png": shown.png(bare=True)}
    written = publication.definition.written
    told = {
        "subtitle": f"{publication.results.areas.height:,} {_areas(publication)}",
        "lines": credit.lines,
        "introduction": [
            text for text in (written.description, credit.changed, _lacks(publication)) if text
        ],
        "parts": [part for part in _parts(publication, drawn, folder) if part["files"]],
        "map": None
        if shown is None
        else {"name": "map.png", "alt": shown.alt, "caption": shown.title},
        "citation": credit.citation,
        "attributions": [f"Licence: {credit.licence_said}.", *credit.attributions],
    }
    template = files(__package__).joinpath("landing.typ").read_text(encoding="utf-8")
    page = typeset(
        template,
        told,
        picture,
        credit.titled(publication.title),
        author=credit.publisher,
        made=credit.built,
    )
    (folder / PAGE).write_text(page.html, encoding="utf-8")


def _lacks(publication: Publication) -> str:
    """Say what could not be made."""
    return "" if publication.boundaries else "There are no maps: no boundaries were given."


def _areas(publication: Publication) -> str:
    return areas_called(publication.definition.areas.geography)


def _parts(
    publication: Publication, drawn: Sequence[Drawn], folder: Path
) -> Iterator[dict[str, Any]]:
    """Yield what a reader may look for, each with the files that are there."""
    stem = publication.definition.id

    def listed(*found: tuple[str, str, str]) -> list[dict[str, Any]]:
        return [
            {
                "path": path,
                "title": title,
                "about": about,
                "size": size_of(folder / path),
                "also": [one for one in _beside(path) if (folder / one["path"]).is_file()],
            }
            for path, title, about in found
            if (folder / path).is_file()
        ]

    yield {
        "title": "Read",
        "files": listed(
            ("technical_report.html", "Technical report", "what it is made of, and how"),
            (
                "technical_report.pdf",
                "Technical report as PDF",
                "to print; tagged for screen readers",
            ),
            ("definition.yaml", "Definition", "builds the index again with hyperlocal"),
            ("profiles/index.html", "Profiles", "a briefing on each of the larger areas"),
        ),
    }
    yield {
        "title": "Tables",
        "files": listed(
            (f"{stem}.xlsx", "Workbook", "all tables, for Excel"),
            (f"{stem}.ods", "Workbook as OpenDocument", "the same, for LibreOffice and others"),
            *(
                (f"csv/{one.name}.csv", _short(one, publication), one.about)
                for one in publication.tables
            ),
        ),
    }
    yield {
        "title": "Maps",
        "files": listed(
            (f"geography/{stem}.gpkg", "GeoPackage", "all layers with their style, for QGIS"),
            *(
                (f"geography/{name}.parquet", f"GeoParquet of {what}", "for programs")
                for name, what in _layers(publication)
            ),
            *(_linked(one.figure) for one in drawn if one.areas),
        ),
    }
    yield {
        "title": "Figures",
        "files": listed(*(_linked(one.figure) for one in drawn if not one.areas)),
    }
    yield {
        "title": "About these files",
        "files": [
            {"path": path, "title": title, "about": about, "size": "", "also": []}
            for path, title, about in ABOUT
            if path != FIGURES or (folder / path).is_file()
        ],
    }


def _beside(path: str) -> list[dict[str, str]]:
    """Return what holds the same as a file in another form, or says how it is drawn."""
    file = Path(path)
    forms = {".png": (".svg", "as SVG"), ".parquet": (".qml", "style for QGIS")}
    if file.suffix not in forms:
        return []
    ending, title = forms[file.suffix]
    return [{"path": file.with_suffix(ending).as_posix(), "title": title}]


def _layers(publication: Publication) -> Iterator[tuple[str, str]]:
    """Yield the names of the layers of maps, and what they hold."""
    yield "areas", _areas(publication)
    for kind in publication.larger:
        yield f"districts_{kind.id}", areas_called(kind.id)


def _short(table: Table, publication: Publication) -> str:
    """Return the title of a table without that of the index."""
    short = table.title.removeprefix(f"{publication.title}: ")
    return f"{short[:1].upper()}{short[1:]} as CSV"


def _linked(figure: Figure) -> tuple[str, str, str]:
    return f"figures/{figure.name}.png", figure.title, ""


def size_of(file: Path) -> str:
    """Return the size of a file in words; of one that is not there, nothing.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_bytes(b"0" * 12_345)
    ...     size_of(file)
    '12 kB'
    """
    if not file.is_file():
        return ""
    size = file.stat().st_size
    return f"{size / MEGA:,.1f} MB" if size >= MEGA else f"{max(round(size / KILO), 1)} kB"
