"""What police forces and fire services record over two years, and the official totals of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import counts, names_of, write_csv
from hyperlocal.synthetic.signals import (
    FloatArray,
    IntArray,
    Signal,
    events_of,
    people,
    places,
    rate_of,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

YEARS = ("2017-18", "2018-19")
WITHOUT_LOCATION, NOT_IN_THE_FILE = 0.008, 0.012
"""The share of the records without a location, and of those counted that are not among them."""
UTLAS_OF_A_FORCE = 2


def _unsafe(level: float, slope: float = 0.5) -> Signal:
    return Signal("safe_streets", level, slope, smooth=0.2, local=0.15)


CRIMES = {
    "violence": _unsafe(0.024),
    "criminal_damage": _unsafe(0.012),
    "theft": _unsafe(0.007),
    "burglary": _unsafe(0.006),
}
"""Crimes of a year for each resident, by the list `wimd_2019_...` that holds their codes."""
OTHER_CRIMES = _unsafe(0.038)
COMMON = {"105A": 0.5, "8N": 0.3, "8L": 0.1, "58C": 0.4, "58D": 0.3, "45": 0.6, "28E": 0.6}
"""How frequent some offences are among those of their list; the rest of it is evenly spread."""
OTHER_CODES = {"46": 0.3, "49": 0.3, "9A": 0.25, "92E": 0.1, "66": 0.05}
"""Offences that count for nothing in the index, such as theft from shops."""
INCIDENTS = _unsafe(0.034)
INCIDENT_TYPES = {"Nuisance": 0.68, "Personal": 0.26, "Environmental": 0.06}
FIRES = {
    "Primary fires": _unsafe(0.0012, 0.6),
    "Secondary fires": _unsafe(0.0024, 0.7),
    "Chimney fires": Signal("safe_streets", 0.0002, 0.0),
}
BUSINESSES = 0.09
"""Business premises for each dwelling."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """What the police recorded: a row for each crime or incident.

    Parameters
    ----------
    code
        Its type.
    year
        The position of its year among `YEARS`.
    place
        The position of its postcode, at which the police put it, among those of the nation.
    partnership
        The position of its community safety partnership among those of the nation.
    """

    code: pl.Series
    year: IntArray
    place: IntArray
    partnership: IntArray


def _codes_of(kind: str) -> dict[str, float]:
    """Return the codes of a list with their shares of its crimes."""
    lists = files("hyperlocal.catalogue") / "lists"
    table = pl.read_csv((lists / f"wimd_2019_{kind}.csv").read_bytes(), infer_schema=False)
    codes = table["code"].to_list()
    rest = 1 - sum(COMMON.get(code, 0) for code in codes)
    number = sum(code not in COMMON for code in codes)
    return {code: COMMON.get(code, rest / number) for code in codes}


@lru_cache(maxsize=1)
def partnerships(nation: Nation) -> pl.DataFrame:
    """Return the LSOAs of 2011 with their partnership (a district) and police force.

    Parameters
    ----------
    nation
        The nation.
    """
    own = nation.pieces.group_by("lsoa11").agg(pl.col("ltla23").mode().sort().first())
    larger = nation.pieces.select("ltla23", "utla23", "rgn23").unique("ltla23", keep="any")
    utlas = larger.select("rgn23", "utla23").unique().sort("rgn23", "utla23")
    force = (pl.int_range(pl.len()).over("rgn23") // UTLAS_OF_A_FORCE).alias("part")
    forces = utlas.with_columns(force).with_columns(
        number=pl.struct("rgn23", "part").rank("dense").cast(pl.Int64)
    )
    districts = larger.join(forces, on=["rgn23", "utla23"]).sort("ltla23")
    towns = names_of(nation.names["ltla23"], districts["ltla23"])
    areas = districts.select(
        "ltla23",
        number="number",
        CSP19CD=pl.format("E229{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)),
        CSP19NM=towns,
        PFA19CD=pl.format("E239{}", pl.col("number").cast(pl.String).str.zfill(5)),
    ).with_columns(PFA19NM=pl.col("CSP19NM").first().over("number") + " Constabulary")
    return own.join(areas, on="ltla23", how="left").drop("ltla23", "number").sort("lsoa11")


def _partnership_of_piece(nation: Nation) -> tuple[pl.DataFrame, IntArray]:
    """Return the partnerships, sorted, with their force; and the position of that of each piece."""
    of_areas = partnerships(nation)
    known = of_areas.drop("lsoa11").unique().sort("CSP19CD")
    position = known["CSP19CD"].search_sorted(of_areas["CSP19CD"]).to_numpy().astype(np.int64)
    return known, position[places(nation, "lsoa11").of_piece]


def _draw(
    nation: Nation, rates: Mapping[str, FloatArray], codes: Mapping[str, Mapping[str, float]],
    rng: np.random.Generator,
) -> Recorded:  # fmt: skip
    """Draw the events of each year: where they are, and of which type."""
    live = nation.postcodes["terminated"].is_null().to_numpy()
    of_piece = nation.postcodes["piece"].to_numpy()
    order = np.flatnonzero(live)[np.argsort(of_piece[live], kind="stable")]
    number = np.bincount(of_piece[live], minlength=nation.pieces.height)
    first = np.cumsum(number) - number
    residents = people(nation) * (number > 0)
    drawn: dict[str, list[IntArray]] = {"piece": [], "year": [], "code": []}
    names = [code for shares in codes.values() for code in shares]
    for kind, rate in rates.items():
        shares = np.array(list(codes[kind].values()))
        start = names.index(next(iter(codes[kind])))
        for year in range(len(YEARS)):
            events = rng.poisson(residents * rate)
            drawn["piece"].append(np.repeat(np.arange(len(events)), events))
            drawn["year"].append(np.full(events.sum(), year))
            among = rng.choice(len(shares), events.sum(), p=shares / shares.sum())
            drawn["code"].append(start + among)
    piece, years, code = (np.concatenate(parts) for parts in drawn.values())
    place = order[first[piece] + (rng.random(len(piece)) * number[piece]).astype(np.int64)]
    _, partnership = _partnership_of_piece(nation)
    return Recorded(pl.Series(names).gather(code), years, place, partnership[piece])


@lru_cache(maxsize=1)
def crimes(nation: Nation) -> Recorded:
    """Return the crimes of a nation; the same ones each time.

    Parameters
    ----------
    nation
        The nation.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "crimes")
    signals = {**CRIMES, "other": OTHER_CRIMES}
    rates = {kind: rate_of(nation, signal, rng) for kind, signal in signals.items()}
    codes = {**{kind: _codes_of(kind) for kind in CRIMES}, "other": OTHER_CODES}
    return _draw(nation, rates, codes, rng)


@lru_cache(maxsize=1)
def incidents(nation: Nation) -> Recorded:
    """Return the incidents of anti-social behaviour of a nation; the same ones each time.

    Parameters
    ----------
    nation
        The nation.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "incidents")
    rates = {"incident": rate_of(nation, INCIDENTS, rng)}
    return _draw(nation, rates, {"incident": INCIDENT_TYPES}, rng)


def _write_recorded(
    nation: Nation, rng: np.random.Generator, file: Path, *, of: str, heading: str
) -> None:
    """Write a row for each crime or incident, at the place of its postcode.

    Some have no location, but never all of a type in a partnership.
    """
    found = crimes(nation) if of == "crime" else incidents(nation)
    known, _ = _partnership_of_piece(nation)
    table = pl.DataFrame(
        {
            f"{of}_ref": np.arange(1, len(found.place) + 1),
            heading: found.code,
            "financial_year": pl.Series(YEARS).gather(found.year),
            "easting": nation.postcodes["easting"].gather(found.place),
            "northing": nation.postcodes["northing"].gather(found.place),
            "police_force": known["PFA19CD"].gather(found.partnership),
            "csp": known["CSP19CD"].gather(found.partnership),
        }
    )
    chosen = pl.Series(rng.random(table.height) >= WITHOUT_LOCATION)
    located = chosen | table.select(pl.struct("csp", heading).is_first_distinct()).to_series()
    table = table.with_columns(pl.when(located).then(pl.col("easting", "northing")))
    table.write_parquet(file)


def _write_totals(
    nation: Nation, rng: np.random.Generator, file: Path, *, of: str, heading: str, level: str
) -> None:
    """Write how many crimes or incidents were recorded by year, larger area and type.

    They are some more than the file of them holds; those of forces are the sums of partnerships.
    """
    from hyperlocal.synthetic.nation import chance

    found = crimes(nation) if of == "crime" else incidents(nation)
    known, _ = _partnership_of_piece(nation)
    keys = pl.DataFrame({"csp": found.partnership, "year": found.year, heading: found.code})
    number = keys.group_by("csp", "year", heading).agg(pl.len().alias("number"))
    number = number.sort("csp", "year", heading)
    more = chance(nation.seed, f"{of} not in the file").poisson(
        NOT_IN_THE_FILE * number["number"].to_numpy()
    )
    table = pl.select(
        pl.Series("Financial Year", YEARS).gather(number["year"]),
        known[f"{level}CD"].gather(number["csp"]).alias(f"{level[:3]} Code"),
        known[f"{level}NM"].gather(number["csp"]).alias(f"{level[:3]} Name"),
        number[heading].alias("Offence Code" if of == "crime" else "Incident Type"),
        (number["number"] + pl.Series(more)).alias("Number"),
    )
    *by, last = table.columns
    write_csv(file, table.group_by(by, maintain_order=True).agg(pl.col(last).sum()).sort(by))


def write_lookup(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the partnership and the police force of each LSOA of 2011."""
    found = partnerships(nation)
    table = found.select(
        pl.col("lsoa11").alias("LSOA11CD"),
        names_of(nation.names["lsoa11"], found["lsoa11"]).alias("LSOA11NM"),
        pl.exclude("lsoa11"),
    )
    write_csv(file, table)


def write_fires(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the fires of each year and class by LSOA of 2011."""
    areas = places(nation, "lsoa11")
    columns = {}
    for name, signal in FIRES.items():
        rate = rate_of(nation, signal, rng)
        for year in YEARS:
            columns[f"{name} {year}"] = areas.total(rng.poisson(people(nation) * rate))
    write_csv(file, counts({"LSOA code": areas.codes}, columns), ("Fires attended", ""))


def write_properties(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the dwellings and business premises of each LSOA of 2011 in two years."""
    areas = places(nation, "lsoa11")
    dwellings = nation.pieces["dwellings"].to_numpy()
    business = events_of(nation, Signal("safe_streets", BUSINESSES, 0.0), dwellings, rng)
    columns = {
        "Dwellings 2018": areas.total(rng.binomial(dwellings, 0.993)),
        "Dwellings 2019": areas.total(dwellings),
        "Business premises 2018": areas.total(business),
        "Business premises 2019": areas.total(business + rng.binomial(business, 0.01)),
    }
    write_csv(file, counts({"LSOA code": areas.codes}, columns))


def _totals(of: str, heading: str, level: str) -> Writer:
    return partial(_write_totals, of=of, heading=heading, level=level)


FILES: dict[str, Writer] = {
    "geography/LSOA11_CSP19_PFA19_LU.csv": write_lookup,
    "police/recorded_crime_2017-19.parquet": partial(
        _write_recorded, of="crime", heading="offence_code"
    ),
    "police/anti_social_behaviour_2017-19.parquet": partial(
        _write_recorded, of="incident", heading="incident_type"
    ),
    "homeoffice/recorded_crime_pfa_2017-19.csv": _totals("crime", "offence_code", "PFA19"),
    "homeoffice/recorded_crime_csp_2017-19.csv": _totals("crime", "offence_code", "CSP19"),
    "homeoffice/anti_social_behaviour_pfa_2017-19.csv": _totals(
        "incident", "incident_type", "PFA19"
    ),
    "homeoffice/anti_social_behaviour_csp_2017-19.csv": _totals(
        "incident", "incident_type", "CSP19"
    ),
    "fire/incidents_lsoa11_2017-19.csv": write_fires,
    "voa/properties_lsoa11_2018-19.csv": write_properties,
}
