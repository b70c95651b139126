"""What is said of a published folder, written into it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hyperlocal.pipeline.write import write_record
from hyperlocal.present.citation import Credit
from hyperlocal.present.folder import files_in
from hyperlocal.present.metadata.crediting import attribution_text, citation_file
from hyperlocal.present.metadata.csv_on_the_web import METADATA, csvw
from hyperlocal.present.metadata.package import PACKAGE, data_package
from hyperlocal.present.tables.model import Table

ATTRIBUTION, CITATION = "ATTRIBUTION.txt", "CITATION.cff"


def write_metadata(
    folder: Path, tables: Sequence[Table], credit: Credit, csvs: str = "csv"
) -> None:
    """Write the licences, the citation and the descriptions of all files of a folder.

    Parameters
    ----------
    folder
        The folder, with all that is described.
    tables
        The published tables.
    credit
        How they are to be cited, and what they were made of.
    csvs
        The folder in it that holds the CSV files, one for each table. Where it is not there, no
        CSV files are described.

    Notes
    -----
    It writes ``ATTRIBUTION.txt``, ``CITATION.cff``, ``datapackage.json`` and, beside the CSV
    files, ``csv-metadata.json``.
    """
    (folder / ATTRIBUTION).write_text(attribution_text(credit), encoding="utf-8")
    (folder / CITATION).write_text(citation_file(credit), encoding="utf-8")
    if (folder / csvs).is_dir():
        write_record(folder / csvs, METADATA, csvw(tables, credit))
    files = [name for name in files_in(folder) if name != f"{PACKAGE}.json"]
    write_record(folder, PACKAGE, data_package(folder, files, tables, credit))
