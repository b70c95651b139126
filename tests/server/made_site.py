"""A small made-up site: 600 areas, two domains, and everything that a site can hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hyperlocal.explorer.arrays import write_arrays, write_json
from hyperlocal.explorer.postcodes import INWARD, Keyed, encode, inward_numbers

AREAS = 600
BLOCK = 256
UNRANKED = 7
"""The place of an area that has no numbers."""
SCRIPT = "<script>alert('Llan & Co')</script>"
PARENTS = {
    "need": None,
    "work": "need",
    "money": "need",
    "jobs": "work",
    "rent": "money",
    "trees": None,
}
ROLES = {
    "need": "index",
    "work": "domains",
    "money": "domains",
    "jobs": "indicators",
    "rent": "indicators",
    "trees": "supplementary",
}
CODES = [f"W0100{place:04}" for place in range(AREAS)]
LIVE, ENDED, ENDED_SOMETIME, ELSEWHERE = "CF10 1AA", "CF10 1AB", "CF10 9ZZ", "CF5 2AA"


def scores(node: str) -> np.ndarray:
    """The scores of a node; half of those of trees are alike, so that ranks are halves."""
    random = np.random.default_rng(list(node.encode()))
    values = random.normal(size=AREAS)
    if node == "trees":
        values = np.floor(np.arange(AREAS) / 2)
    values[UNRANKED] = np.nan
    return values


def ranks(node: str) -> np.ndarray:
    """The ranks of a node, most need first; ties have the mean rank."""
    given = pl.Series(scores(node)).fill_nan(None)
    return given.rank("average", descending=True).to_numpy()


def deciles(node: str) -> np.ndarray:
    """The deciles of a node."""
    return np.ceil(10 * ranks(node) / (AREAS - 1))


def area_names() -> list[str | None]:
    names: list[str | None] = [
        f"Tref {place // 10:02} {'ABCDEFGHIJ'[place % 10]}" for place in range(AREAS)
    ]
    names[3], names[UNRANKED] = SCRIPT, None
    return names


def _node(name: str, populations: bool = True) -> dict[str, Any]:
    columns = (
        ["value", "rank", "decile"] if ROLES[name] in {"indicators", "supplementary"} else None
    )
    return {
        "id": name,
        "title": name.title(),
        "title_cy": f"{name.title()} (Cymraeg)" if name != "jobs" else None,
        "role": ROLES[name],
        "parent": PARENTS[name],
        "level": 0,
        "weight": None if PARENTS[name] is None else 0.5,
        "kind": "group",
        "unit": "per cent",
        "description": "",
        "source": "Made up",
        "publisher": "",
        "date": "2024",
        "caveats": "",
        "high_value": None,
        "population": "people" if populations else None,
        "n": AREAS - 1,
        "measure": "value" if columns else "score",
        "deciles": "ceil(10*rank/N)",
        "percentiles": "ceil(100*rank/N)",
        "columns": columns or ["score", "rank", "decile", "rank_lower", "rank_upper"],
        "file": f"columns/{name}.bin.gz",
    }


def _write_numbers(data: Path, populations: bool) -> None:
    people = np.arange(AREAS, dtype=np.float64) + 1000
    whole = {"people_population": people} if populations else {}
    for name in PARENTS:
        node, rank = _node(name), ranks(name)
        kind = np.float64 if (np.nan_to_num(rank) % 1).any() else np.uint16
        columns = {
            "rank": np.nan_to_num(rank).astype(kind),
            "decile": np.nan_to_num(deciles(name)).astype(np.uint8),
            "score": scores(name),
        }
        write_arrays(data / node["file"], columns)
        measures = {
            "value": scores(name),
            "score": scores(name),
            "rank": rank,
            "decile": deciles(name),
            "rank_lower": rank - 1.0,
            "rank_upper": rank + 2.0,
        }
        whole |= {f"{name}_{one}": measures[one] for one in node["columns"]}
    for block in range(-(-AREAS // BLOCK)):
        rows = slice(block * BLOCK, (block + 1) * BLOCK)
        write_arrays(
            data / f"blocks/{block:04}.bin.gz",
            {name: values[rows].astype(np.float64) for name, values in whole.items()},
        )
    places = np.arange(AREAS)
    similar = np.column_stack([(places + step) % AREAS for step in range(1, 6)]).astype(np.uint16)
    similar[UNRANKED] = np.iinfo(np.uint16).max
    distance = np.tile(np.arange(1, 6) / 8, (AREAS, 1)).astype(np.float32)
    distance[UNRANKED] = np.nan
    write_arrays(data / "similar.bin.gz", {"area": similar.ravel(), "distance": distance.ravel()})


def _write_areas(data: Path, populations: bool) -> None:
    of = [-1 if place == UNRANKED else place // 200 for place in range(AREAS)]
    groups = {
        "district": {
            "codes": ["D/1", "D2", "D3"],
            "names": ["Northside", "Ynys Wen", "Southside"],
            "names_cy": ["Gogledd", None, "De"],
            "of": of,
        },
        "region": {
            "codes": ["R1"],
            "names": ["All of it"],
            "names_cy": None,
            "of": [0] * AREAS,
        },
    }
    welsh: list[str | None] = [None] * AREAS
    welsh[0] = "Tŷ Gwyn"
    content = {"codes": CODES, "names": area_names(), "names_cy": welsh, "groups": groups}
    write_json(data / "areas.json.gz", content)
    for kind, group in groups.items():
        number = len(group["codes"])
        summaries = {"average_score": [float(i) for i in range(number)], "extent": [None] * number}
        if not populations:
            summaries = {"proportion": [i / 4 for i in range(number)]}
        write_json(
            data / f"districts/{kind}.json.gz",
            {
                "codes": group["codes"],
                "names": group["names"],
                "areas": [200] * number,
                "population": [1234.5] * number if populations else None,
                "measures": {"need": summaries, "work": summaries},
            },
        )


def _write_postcodes(data: Path) -> dict[str, Any]:
    postcodes = [LIVE, ENDED, ENDED_SOMETIME, ELSEWHERE]
    inward = inward_numbers(pl.Series([one[-3:] for one in postcodes]))
    district = np.array([0, 0, 0, 1], np.uint32)
    keyed = Keyed(
        district * np.uint32(INWARD) + inward,
        np.array([0, 1, 2, -1], np.int32),
        np.array([-1, 12 * 2024 + 5, 0, -1], np.int16),
    )
    about = {"area": "CF", "districts": ["10", "5"]}
    write_arrays(data / "postcodes/CF.bin.gz", encode(keyed, 2), about)
    return {"source": "made-up.csv", "path": "postcodes/", "count": 4, "areas": {"CF": 4}}


def write_made_site(folder: Path, postcodes: bool = True, populations: bool = True) -> Path:
    """Write the site, with files as the explorer has them; return its folder."""
    data = folder / "data"
    _write_areas(data, populations)
    _write_numbers(data, populations)
    places = {
        "names": ["Tref", "Ynys Môn"],
        "longitude": [-3.5, -4.25],
        "latitude": [51.5, 53.25],
        "kinds": ["town", "island"],
    }
    write_json(data / "places.json.gz", places)
    site = {
        "format": 1,
        "id": "need",
        "title": "Need",
        "title_cy": "Angen",
        "description": "A made-up index.",
        "publisher": "Nobody",
        "licence": "CC0",
        "url": "",
        "made": {"hyperlocal": "0.1.0", "built": "2025-01-01T00:00:00+00:00", "definition": "0"},
        "geography": "lsoa21",
        "areas": AREAS,
        "root": "need",
        "nodes": [_node(name, populations) for name in PARENTS],
        "combinations": {"need": {"children": ["work", "money"], "weights": [0.5, 0.5]}},
        "groups": [
            {"id": "district", "count": 3, "file": "districts/district.json.gz"},
            {"id": "region", "count": 1, "file": "districts/region.json.gz"},
        ],
        "populations": [{"id": "people", "title": "People"}] if populations else [],
        "intervals": {"level": 0.9, "draws": 100, "what": "counts"},
        "versions": [],
        "postcodes": _write_postcodes(data) if postcodes else None,
        "places": {"file": "places.json.gz", "count": 2},
        "detail": None,
        "geometry": None,
        "bounds": None,
        "notes": [],
    }
    (data / "site.json").write_text(json.dumps(site, indent=1), encoding="utf-8")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Need</title>" + "<p>Need</p>" * 200)
    (folder / "assets" / "index-AbCd_123.js").write_text("console.log(1);\n" * 500_000)
    (folder / "assets" / "plain.css").write_text("p { color: black }\n")
    return folder
