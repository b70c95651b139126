"""Other versions of an index as files for the web."""

from __future__ import annotations

from pathlib import Path

from hyperlocal.analysis.supplied import OtherVersion
from hyperlocal.explorer.arrays import write_arrays
from hyperlocal.explorer.columns import as_deciles, as_ranks


def version_file(version: OtherVersion) -> str:
    """Return the file of another version."""
    return f"versions/{version.id}.bin.gz"


def write_version(folder: Path, version: OtherVersion) -> None:
    """Write another version into the data folder of a site."""
    ranks = {f"{name}_rank": as_ranks(values) for name, values in version.ranks.items()}
    deciles = {f"{name}_decile": as_deciles(values) for name, values in version.deciles.items()}
    write_arrays(folder / version_file(version), {**ranks, **deciles})
