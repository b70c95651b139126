"""The areas of a site and the larger ones that they lie in: codes, names, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from hyperlocal.analysis.supplied import LargerAreas
from hyperlocal.explorer.arrays import write_json
from hyperlocal.pipeline import Results

Names = Mapping[str, str]


def write_areas(
    folder: Path, results: Results, larger: Sequence[LargerAreas], welsh: Names
) -> None:
    """Write the list of areas into the data folder of a site.

    Parameters
    ----------
    folder
        The data folder.
    results
        The finished index.
    larger
        The kinds of larger areas.
    welsh
        Welsh names by code.
    """
    areas = results.areas
    content = {
        **_listed(areas["area_code"], areas["area_name"], welsh),
        "groups": {
            one.id: {
                **_listed(one.groups.codes, one.groups.names, welsh),
                "of": one.of.tolist(),
            }
            for one in larger
        },
    }
    write_json(folder / "areas.json.gz", content)


def _listed(codes: pl.Series, names: pl.Series, welsh: Names) -> dict[str, Any]:
    in_welsh = [welsh.get(code) for code in codes]
    return {
        "codes": codes.to_list(),
        "names": names.to_list(),
        "names_cy": in_welsh if any(in_welsh) else None,
    }
