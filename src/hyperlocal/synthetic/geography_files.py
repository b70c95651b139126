"""The geography files of a made-up nation, in the forms in which their publishers issue them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.writing import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from hyperlocal.synthetic.nation import Nation

NO_COUNTY = "E99999999"
"""Stands for the county of a postcode that lies in none."""
ENGLAND = "E92000001"


def _lookup(*columns: str, children: str) -> Writer:
    """Return the writer of a lookup: a row for each child, with the areas that it lies in.

    Parameters
    ----------
    columns
        Headings such as LSOA21CD (the code), LSOA21NM (its name) or LSOA21NMW (its name in Welsh,
        which is empty).
    children
        The geography of which each area has one row.
    """

    def write(nation: Nation, rng: np.random.Generator, path: Path) -> None:
        rows = nation.pieces.unique(children).sort(children)
        table = pl.DataFrame({heading: _column(nation, rows, heading) for heading in columns})
        _write_csv(table, path)

    return write


def _column(nation: Nation, rows: pl.DataFrame, heading: str) -> pl.Series:
    """Return the codes or the names of the areas in which some rows of pieces lie."""
    kind, vintage = heading.rstrip("CDNMW")[:-2].lower(), heading.rstrip("CDNMW")[-2:]
    if heading.endswith("NMW"):
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    # Districts kept their codes from one census to the next.
    districts = {"lad": "ltla23", "utla": "utla23", "rgn": "rgn23"}
    geography = districts.get(kind, kind + vintage)
    if heading.endswith("CD"):
        return rows[geography]
    names = nation.names[geography]
    return rows[geography].replace_strict(names["code"], names["name"])


def _write_csv(table: pl.DataFrame, path: Path) -> None:
    """Write a table as the Open Geography Portal does: a byte-order mark, a number at the end."""
    numbered = table.with_columns(ObjectId=pl.int_range(1, table.height + 1))
    numbered.write_csv(path, include_bom=True)


def _write_changes(nation: Nation, rng: np.random.Generator, path: Path) -> None:
    """Write what became of the LSOAs of 2011."""
    first = nation.pieces.unique("lsoa21").select("lsoa21", "ltla23")
    rows = nation.lsoa_changes.join(first, on="lsoa21", how="left").sort("lsoa11", "lsoa21")
    headings = ("LSOA11CD", "LSOA11NM", "LSOA21CD", "LSOA21NM")
    table = pl.DataFrame({heading: _column(nation, rows, heading) for heading in headings})
    lads = {h: _column(nation, rows, h) for h in ("LAD22CD", "LAD22NM", "LAD22NMW")}
    _write_csv(table.with_columns(CHGIND=rows["change"], **lads), path)


def _boundaries(geography: str, code: str, name: str = "") -> Writer:
    """Return the writer of the boundaries of a geography as GeoParquet."""

    def write(nation: Nation, rng: np.random.Generator, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq
        import shapely
        from pyproj import CRS

        codes, shapes = nation.boundaries(geography)
        columns = {code: codes.to_arrow()}
        if name:
            columns[name] = nation.names[geography]["name"].to_arrow()
        columns["geometry"] = pa.array(shapely.to_wkb(shapes), type=pa.binary())
        kinds = {3: "Polygon", 6: "MultiPolygon"}
        about = {
            "version": "1.1.0",
            "primary_column": "geometry",
            "columns": {
                "geometry": {
                    "encoding": "WKB",
                    "geometry_types": [kinds[k] for k in np.unique(shapely.get_type_id(shapes))],
                    "crs": CRS.from_epsg(27700).to_json_dict(),
                    "bbox": [float(side) for side in shapely.total_bounds(shapes)],
                }
            },
        }
        table = pa.table(columns).replace_schema_metadata({"geo": json.dumps(about)})
        pq.write_table(table, path, compression="zstd")

    return write


def _write_postcode_directory(nation: Nation, rng: np.random.Generator, path: Path) -> None:
    """Write the postcodes as in the ONS Postcode Directory: text quoted, numbers not."""
    from convertbng.cutil import convert_osgb36_to_ll

    postcodes = nation.postcodes
    grid = (postcodes[c].cast(pl.Float64).to_numpy() for c in ("easting", "northing"))
    longitude, latitude = convert_osgb36_to_ll(*grid)
    areas = nation.pieces[postcodes["piece"]]
    outward = pl.col("postcode").str.split(" ").list.first()
    inward = pl.col("postcode").str.split(" ").list.last()
    large_user = pl.col("terminated").is_null() & (pl.col("dwellings") == 0)
    county = pl.when(areas["utla23"].str.starts_with("E10")).then(areas["utla23"])
    table = postcodes.select(
        pcd=outward.str.pad_end(4) + inward,
        pcd2=outward.str.pad_end(5) + inward,
        pcds="postcode",
        dointr=pl.col("introduced").cast(pl.String),
        doterm=pl.col("terminated").cast(pl.String).fill_null(""),
        oscty=county.otherwise(pl.lit(NO_COUNTY)),
        oslaua=areas["ltla23"],
        usertype=large_user.cast(pl.Int8).cast(pl.String),
        oseast1m=pl.col("easting").cast(pl.String).str.zfill(6),
        osnrth1m=pl.col("northing").cast(pl.String).str.zfill(7),
        osgrdind=pl.lit("1"),
        ctry=pl.lit(ENGLAND),
        rgn=areas["rgn23"],
        oa11=areas["oa11"],
        lsoa11=areas["lsoa11"],
        msoa11=areas["msoa11"],
        lat=pl.Series(latitude),
        long=pl.Series(longitude),
        oa21=areas["oa21"],
        lsoa21=areas["lsoa21"],
        msoa21=areas["msoa21"],
    )
    with path.open("wb") as file:
        file.write((",".join(table.columns) + "\n").encode())
        table.write_csv(file, include_header=False, quote_style="non_numeric", float_precision=6)


def _write_place_names(nation: Nation, rng: np.random.Generator, path: Path) -> None:
    """Write the towns as in the Index of Place Names."""
    from convertbng.cutil import convert_osgb36_to_ll

    towns = nation.towns.with_columns(pl.col("easting", "northing").cast(pl.Float64))
    grid = (towns[c].to_numpy() for c in ("easting", "northing"))
    longitude, latitude = convert_osgb36_to_ll(*grid)
    towns.select(
        placeid=pl.int_range(1, pl.len() + 1),
        place23nm="name",
        descnm=pl.lit("LOC"),
        gridgb1e=pl.col("easting").round().cast(pl.Int64),
        gridgb1n=pl.col("northing").round().cast(pl.Int64),
        lat=pl.Series(latitude),
        long=pl.Series(longitude),
    ).write_csv(path, float_precision=6)


def _write_postcode_dwellings(nation: Nation, rng: np.random.Generator, path: Path) -> None:
    nation.postcode_dwellings.select("postcode", "dwellings", OA21CD="oa21").select(
        "postcode", "OA21CD", "dwellings"
    ).write_csv(path)


def _write_planted_need(nation: Nation, rng: np.random.Generator, path: Path) -> None:
    nation.planted().write_parquet(path)


def _write_hot_spots(nation: Nation, rng: np.random.Generator, path: Path) -> None:
    nation.hot_spots.write_parquet(path)


FILES: dict[str, Writer] = {
    "geography/OA21_LSOA21_MSOA21_LAD22_EW_LU.csv": _lookup(
        "OA21CD",
        "LSOA21CD",
        "LSOA21NM",
        "LSOA21NMW",
        "MSOA21CD",
        "MSOA21NM",
        "MSOA21NMW",
        "LAD22CD",
        "LAD22NM",
        "LAD22NMW",
        children="oa21",
    ),
    "geography/OA11_LSOA11_MSOA11_LAD11_EW_LU.csv": _lookup(
        "OA11CD",
        "LSOA11CD",
        "LSOA11NM",
        "MSOA11CD",
        "MSOA11NM",
        "LAD11CD",
        "LAD11NM",
        "LAD11NMW",
        children="oa11",
    ),
    "geography/LSOA11_LSOA21_LAD22_EW_LU.csv": _write_changes,
    "geography/LSOA21_LAD23_EW_LU.csv": _lookup(
        "LSOA21CD", "LSOA21NM", "LAD23CD", "LAD23NM", children="lsoa21"
    ),
    "geography/LSOA21_UTLA23_EW_LU.csv": _lookup(
        "LSOA21CD", "LSOA21NM", "UTLA23CD", "UTLA23NM", children="lsoa21"
    ),
    "geography/LAD23_RGN23_EN_LU.csv": _lookup(
        "LAD23CD", "LAD23NM", "RGN23CD", "RGN23NM", children="ltla23"
    ),
    "geography/oa11_boundaries.parquet": _boundaries("oa11", "OA11CD"),
    "geography/oa21_boundaries.parquet": _boundaries("oa21", "OA21CD"),
    "geography/lsoa11_boundaries.parquet": _boundaries("lsoa11", "LSOA11CD", "LSOA11NM"),
    "geography/msoa11_boundaries.parquet": _boundaries("msoa11", "MSOA11CD", "MSOA11NM"),
    "geography/lsoa21_boundaries.parquet": _boundaries("lsoa21", "LSOA21CD", "LSOA21NM"),
    "geography/lad23_boundaries.parquet": _boundaries("ltla23", "LAD23CD", "LAD23NM"),
    "geography/ONSPD.csv": _write_postcode_directory,
    "geography/postcode_dwellings.csv": _write_postcode_dwellings,
    "geography/IPN_GB.csv": _write_place_names,
    "truth/planted_need.parquet": _write_planted_need,
    "truth/hot_spots.parquet": _write_hot_spots,
}
