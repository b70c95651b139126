"""Codes shaped like those of the statistical office, and names of places that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic import hierarchy as kinds
from hyperlocal.synthetic.mesh import BoolArray, IntArray

if TYPE_CHECKING:
    from hyperlocal.synthetic.hierarchy import Hierarchy
    from hyperlocal.synthetic.land import Land

FIRST_NUMBER, FIRST_OA_NUMBER = 900_000, 700_000
"""Codes are numbered from here, far above the real ones, so that none can be taken for one."""
ISLES_LSOA, ISLES_DISTRICT = "E01019077", "E06000053"
"""The isles alone have the codes of the Isles of Scilly, which definitions leave out by name."""

# fmt: off
_STARTS = (
    "Marr", "Dunn", "Thorv", "Brask", "Winn", "Hald", "Cress", "Pell", "Tarl", "Oskel", "Fenn",
    "Garr", "Lorr", "Sell", "Wexl", "Yarl", "Corv", "Drav", "Eldr", "Falk", "Hask", "Kell", "Lann",
    "Moss", "Norr", "Quenn", "Ravv", "Skell", "Torr", "Ull", "Venn", "Wyth", "Bramm", "Cald", "Elm",
    "Griss", "Hamm", "Jess", "Orm", "Rudd",
)
_MIDDLES = (
    "ow", "en", "er", "ing", "a", "le", "is", "o", "u", "an",
)
_ENDS = (
    "by", "ton", "ham", "ford", "wick", "stead", "bury", "combe", "thorpe", "field", "worth",
    "leigh", "holme", "minster", "bridge", "gate", "dale", "well",
)
_SEASIDE_ENDS = (
    "mouth", "haven", "by", "ness", "wick", "sand", "port", "pool",
)
_REGIONS = (
    "Norrowmark", "Ambervale", "Westerfold", "Saltmarch", "Highmere", "Eastrake", "Lowenshore",
    "Middenwold", "Sunderreach",
)
_OF_SHIRES = (
    "{} Vale", "North {}", "Mid {}", "{} and {}", "West {}", "South {}", "{} Forest", "East {}",
)
# fmt: on
ISLES_NAME = "Isles of Quennow"


def codes(prefix: str, numbers: IntArray) -> pl.Series:
    """Return codes such as E01900001 for numbers from 1 up."""
    first = FIRST_OA_NUMBER if prefix == "E00" else FIRST_NUMBER
    return prefix + pl.Series((numbers + first).astype(np.int64)).cast(pl.String)


def numbers_by_vintage(then: IntArray, now: IntArray) -> tuple[IntArray, IntArray]:
    """Return the number in the code of the area of 2011, and of that of 2021, of each piece.

    Unchanged areas keep their numbers; those new in 2021 have numbers above all of 2011.

    Parameters
    ----------
    then, now
        The area of each piece in 2011 and 2021; the same where it is unchanged.
    """
    number_then = _in_order(then)
    new = then != now
    number_now = number_then.copy()
    number_now[new] = _in_order(now[new]) + number_then.max()
    return number_then, number_now


def _in_order(areas: IntArray) -> IntArray:
    """Return 1 for the first area, 2 for the next that is not the same, and so on."""
    _, first, place = np.unique(areas, return_index=True, return_inverse=True)
    number: IntArray = np.argsort(np.argsort(first)) + 1
    return number[place]


def town_names(coastal: BoolArray, more: int, rng: np.random.Generator) -> list[str]:
    """Return a name for each town, and so many more, all different."""
    names: dict[str, None] = {}
    for is_coastal in [*coastal, *[False] * more]:
        while True:
            ends = _SEASIDE_ENDS if is_coastal else _ENDS
            start, middle, end = (rng.choice(parts) for parts in (_STARTS, _MIDDLES, ends))
            name = f"{start}{middle}{end}"
            if is_coastal and rng.random() < 0.4:
                name = f"{start}{middle}" + rng.choice([" Bay", " Sands", "-on-Sea"])
            if name not in names:
                break
        names[name] = None
    return list(names)


def district_codes(hierarchy: Hierarchy) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Return the code of each district, and those of its upper tier and its region."""
    kind = hierarchy.kind
    prefixes = {
        kinds.UNITARY: "E06",
        kinds.SHIRE: "E07",
        kinds.METROPOLITAN: "E08",
        kinds.CAPITAL: "E09",
        kinds.ISLES: "E06",
    }
    prefix = np.array([prefixes[k] for k in kind])
    number = np.zeros(len(kind), dtype=np.int64)
    for one in np.unique(prefix):
        number[prefix == one] = np.arange(1, (prefix == one).sum() + 1)
    lower = pl.Series(prefix) + codes("", number)
    lower = lower.set(pl.Series(kind == kinds.ISLES), ISLES_DISTRICT)
    shire = kind == kinds.SHIRE
    county = codes("E10", _in_order(hierarchy.county[shire])) if shire.any() else lower[:0]
    upper = np.array(lower.to_list(), dtype=object)
    upper[shire] = county.to_list()
    return lower, pl.Series(upper.tolist()), codes("E12", hierarchy.region + 1)


def name_districts(
    hierarchy: Hierarchy, land: Land, towns: list[str], rng: np.random.Generator
) -> tuple[list[str], list[str], list[str]]:
    """Return the name of each district, and those of its upper tier and its region.

    Parameters
    ----------
    hierarchy
        The areas.
    land
        The towns in them.
    towns
        A name for each town, and more for parts of cities and for counties.
    rng
        The source of chance.
    """
    spare = iter(towns[len(land.towns.x) :])
    of_oa = hierarchy.district[hierarchy.msoa[hierarchy.lsoa]]
    settled = land.town >= 0
    people = np.zeros((len(hierarchy.kind), len(land.towns.x)), dtype=np.int64)
    np.add.at(people, (of_oa[settled], land.town[settled]), 1)
    parts = np.bincount(hierarchy.city[hierarchy.city >= 0], minlength=len(land.towns.x))
    lower: list[str] = []
    for district, city in enumerate(hierarchy.city):
        first, second = np.argsort(-people[district], kind="stable")[:2]
        if hierarchy.kind[district] == kinds.ISLES:
            name = ISLES_NAME
        elif city >= 0:
            name = towns[city] if parts[city] == 1 else next(spare)
        else:
            largest = (towns[town].split()[0].split("-")[0] for town in (first, second))
            name = rng.choice(_OF_SHIRES).format(*largest)
        lower.append(next(spare) if name in lower else str(name))
    upper = list(lower)
    for county in np.unique(hierarchy.county[hierarchy.kind == kinds.SHIRE]):
        name = next(spare).replace(" ", "") + "shire"
        for place in np.flatnonzero(hierarchy.county == county):
            upper[place] = name
    return lower, upper, [_REGIONS[region] for region in hierarchy.region]


def name_small_areas(pieces: pl.DataFrame, districts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the names of LSOAs and MSOAs: district, number of the MSOA and letter of the LSOA.

    Parameters
    ----------
    pieces
        The codes of the areas of each piece.
    districts
        The code and the name of each district.

    Returns
    -------
    dict
        For lsoa11, lsoa21, msoa11 and msoa21 a table of code and name, sorted.
    """
    then = _first_rows(pieces, "msoa11").with_columns(
        number=pl.int_range(1, pl.len() + 1).over("ltla23")
    )
    used = then.group_by("ltla23").agg(used=pl.len())
    now = _first_rows(pieces, "msoa21").join(
        then.select(msoa21="msoa11", kept="number"), on="msoa21", how="left"
    )
    now = _numbered(now.join(used, on="ltla23", how="left", maintain_order="left"), "ltla23")
    msoas = {
        "msoa11": _named(then, "msoa11", "ltla23", districts, _three_digits()),
        "msoa21": _named(now, "msoa21", "ltla23", districts, _three_digits()),
    }
    then = _first_rows(pieces, "lsoa11").with_columns(
        number=pl.int_range(1, pl.len() + 1).over("msoa11")
    )
    used = then.group_by(msoa21="msoa11").agg(used=pl.len())
    kept = then.select(lsoa21="lsoa11", msoa21="msoa11", kept="number")
    now = _first_rows(pieces, "lsoa21").join(
        kept, on=["lsoa21", "msoa21"], how="left", maintain_order="left"
    )
    now = _numbered(now.join(used, on="msoa21", how="left", maintain_order="left"), "msoa21")
    return msoas | {
        "lsoa11": _named(then, "lsoa11", "msoa11", msoas["msoa11"], _letter()),
        "lsoa21": _named(now, "lsoa21", "msoa21", msoas["msoa21"], _letter()),
    }


def _first_rows(pieces: pl.DataFrame, kind: str) -> pl.DataFrame:
    return pieces.unique(kind, keep="first", maintain_order=True).sort(kind)


def _numbered(areas: pl.DataFrame, within: str) -> pl.DataFrame:
    """Give kept areas the numbers they had, and new ones those after all that were in use."""
    is_new = pl.col("kept").is_null()
    return areas.with_columns(
        number=pl.when(is_new)
        .then(is_new.cum_sum().over(within) + pl.col("used").fill_null(0))
        .otherwise("kept")
    )


def _three_digits() -> pl.Expr:
    return " " + pl.col("number").cast(pl.String).str.zfill(3)


def _letter() -> pl.Expr:
    letters = [chr(ord("A") + place) for place in range(26)]
    return pl.col("number").replace_strict(list(range(1, 27)), letters)


def _named(
    areas: pl.DataFrame, kind: str, parent: str, parents: pl.DataFrame, ending: pl.Expr
) -> pl.DataFrame:
    joined = areas.join(parents, left_on=parent, right_on="code", how="left", maintain_order="left")
    return joined.select(code=kind, name=pl.col("name") + ending).sort("code")
