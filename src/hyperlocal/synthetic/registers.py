"""The third sector: registers of organisations that overlap, and the grants that they are given."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.addresses import postcodes_of
from hyperlocal.synthetic.signals import IntArray, Signal, people, rate_of

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

ORGANISATIONS = Signal("safe_streets", 0.0055, -0.5, smooth=0.2, local=0.2)
GRANTS = Signal("safe_streets", 1.5, -0.35, smooth=0.2, local=0.2)
"""Grants to each organisation of the seventeen years, where need is average."""
CLASSES = {"charity": 0.55, "charitable company": 0.2, "company": 0.13, "society": 0.12}
"""What organisations are, with their shares; the second and the last stand in two registers."""
LARGE, AFAR = 0.02, 0.03
"""Shares of charities with more than a million pounds a year, and of those that work elsewhere."""
UNTOLD = 0.3
"""Share of charitable companies whose company number the register of charities lacks."""
NO_POSTCODE = 0.001
LARGE_GRANT = 0.004
FUNDERS = ("Harbour Lights Trust", "Millstone Foundation", "The Commonweal Fund", "Oriel Trust")
BY_AUTHORITY = ("Lantern Appeal", "Small Change Fund")
"""Funders that tell no more than the authority of a recipient."""
_BY_AUTHORITY_SHARE = 0.12
_WHAT = (
    *("Village Hall", "Community Café", "Playgroup", "Scout & Guide Hall", "Food Bank"),
    *("Arts & Crafts Society", "Friends of the Park", "Men's Shed", "Choir", "Youth Club"),
    *("Credit Union", "Allotments", "Gŵyl", "Tŷ Cymunedol", "Repair Shop", "Carers' Network"),
)
_WHOSE = (*("St. John's", "Old Mill", "Riverside", "Bryn Teg", "Hilltop", "Station Road"), "")


@lru_cache(maxsize=1)
def third_sector(nation: Nation) -> pl.DataFrame:
    """Return all organisations of a nation; the same ones each time.

    Parameters
    ----------
    nation
        The nation.

    Returns
    -------
    polars.DataFrame
        A row per organisation: the row of `Nation.pieces` as ``piece``, ``postcode``, ``name``,
        ``what`` it is (`CLASSES`), the numbers ``charity``, ``company`` and ``society`` as far as
        it has them, ``income`` and ``reach``.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "third sector")
    number = rng.poisson(people(nation) * rate_of(nation, ORGANISATIONS, rng))
    piece = rng.permutation(np.repeat(np.arange(len(number)), number))
    size = len(piece)
    what = pl.Series(rng.choice(list(CLASSES), size, p=list(CLASSES.values())))
    order = np.arange(size)
    charity = what.str.starts_with("charit")
    income = np.round(np.exp(rng.normal(10, 1.2, size)))
    large, afar = rng.random((2, size)) < [[LARGE], [AFAR]]
    reach = np.where(afar, rng.choice(["National", "Overseas"], size), "Local")
    return pl.DataFrame(
        {
            "piece": piece,
            "postcode": postcodes_of(nation, piece, rng),
            "name": _names(nation, size, rng),
            "what": what,
            "charity": pl.Series(1_000_001 + order).cast(pl.String).set(~charity, None),
            "company": _numbered(4_000_001 + order, what.str.ends_with("company"), 8),
            "society": _numbered(20_001 + order, what == "society", 0),
            "income": np.where(large, 1e6 + income * 20, np.minimum(income, 9e5)),
            "reach": reach,
        }
    )


def _numbered(numbers: IntArray, there: pl.Series, digits: int) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(digits).set(~there, None)


def _names(nation: Nation, size: int, rng: np.random.Generator) -> pl.Series:
    """Make up names: of a town, whose it is, what it is; a serial where one was given before."""
    parts = [pl.Series(pool).gather(rng.integers(0, len(pool), size)) for pool in _pools(nation)]
    names = pl.DataFrame(dict(zip(("town", "whose", "what"), parts, strict=True))).select(
        name=pl.concat_str("town", "whose", "what", separator=" ").str.replace("  ", " ")
    )
    serial = (pl.int_range(1, pl.len() + 1).over("name")).alias("serial")
    again = pl.format("{} {}", "name", serial)
    return names.select(pl.when(serial > 1).then(again).otherwise("name"))["name"]


def _pools(nation: Nation) -> tuple[Sequence[str], ...]:
    return nation.towns["name"].to_list(), _WHOSE, _WHAT


def _respelt(names: pl.Series, ending: str, rng: np.random.Generator) -> pl.Series:
    """Spell names as another register would: in capitals, with Ltd or Limited, with and for &."""
    capitals, short, plain, article = rng.random((4, len(names))) < 0.5
    name = pl.when(pl.Series(plain)).then(names.str.replace("&", "and")).otherwise(names)
    name = pl.when(pl.Series(article)).then("The " + name).otherwise(name)
    name = name + pl.when(pl.Series(short)).then(pl.lit(ending)).otherwise(pl.lit(" Limited"))
    spelt = pl.when(pl.Series(capitals)).then(name.str.to_uppercase()).otherwise(name)
    return pl.select(spelt.alias("name")).to_series()


def _known(postcodes: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Leave a few postcodes out, and write some without the space."""
    close = pl.Series(rng.random(len(postcodes)) < 0.05)
    unknown = pl.Series(rng.random(len(postcodes)) < NO_POSTCODE)
    written = postcodes.zip_with(~close, postcodes.str.replace(" ", ""))
    return written.set(unknown, None)


def write_charities(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the register of charities, some of them large and some of national reach."""
    own = third_sector(nation).filter(pl.col("charity").is_not_null())
    untold = pl.Series(rng.random(own.height) < UNTOLD)
    income = pl.Series(own["income"]).set(pl.Series(rng.random(own.height) < 0.03), None)
    pl.DataFrame(
        {
            "registered_charity_number": own["charity"],
            "charity_company_registration_number": own["company"].set(untold, None),
            "charity_name": own["name"],
            "charity_contact_postcode": _known(own["postcode"], rng),
            "latest_income": income.cast(pl.Int64),
            "area_of_operation": own["reach"],
        }
    ).write_csv(file)


def write_companies(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write companies: charitable ones, those in the interest of a community, and societies."""
    own = third_sector(nation).filter(
        pl.col("company").is_not_null() | (pl.col("what") == "society")
    )
    category = own["what"].replace_strict(
        {
            "charitable company": "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, "
            "no share capital)",
            "company": "Community Interest Company",
            "society": "Registered Society",
        }
    )
    number = pl.select(pl.coalesce(own["company"], "RS" + own["society"].str.zfill(6))).to_series()
    ordinary = own.height // 2
    others = pl.DataFrame(
        {
            "CompanyNumber": _numbered(
                9_000_001 + np.arange(ordinary), pl.Series([True] * ordinary, dtype=pl.Boolean), 8
            ),
            "CompanyName": _respelt(_names(nation, ordinary, rng), " Ltd", rng),
            "RegAddress.PostCode": own["postcode"].sample(ordinary, seed=nation.seed),
            "CompanyCategory": ["Private Limited Company"] * ordinary,
        }
    )
    table = pl.DataFrame(
        {
            "CompanyNumber": number,
            "CompanyName": _respelt(own["name"], " Ltd.", rng),
            "RegAddress.PostCode": _known(own["postcode"], rng),
            "CompanyCategory": category,
        }
    )
    pl.concat([table, others])[rng.permutation(own.height + ordinary)].write_csv(file)


def write_cooperatives(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the directory of co-operatives: half of the societies, without numbers."""
    own = third_sector(nation).filter(pl.col("what") == "society")
    own = own.filter(pl.Series(rng.random(own.height) < 0.5))
    pl.DataFrame(
        {
            "CUK Organisation ID": [f"R{place:06}" for place in range(1, own.height + 1)],
            "Trading Name": _respelt(own["name"], " Ltd", rng),
            "Postcode": own["postcode"],
        }
    ).write_csv(file)


def write_mutuals(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the register of mutual societies, with numbers that lack what companies' begin with."""
    own = third_sector(nation).filter(pl.col("what") == "society")
    pl.DataFrame(
        {
            "Society Number": own["society"],
            "Society Name": _respelt(own["name"], " Ltd", rng),
            "Postcode": _known(own["postcode"], rng),
            "Registered As": rng.choice(
                ["Co-operative Society", "Community Benefit Society"], own.height
            ),
        }
    ).write_csv(file)


def write_grants(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the grants of several funders, in the columns of the 360Giving standard.

    Of some funders only the authority of a recipient is known. A few grants are large, and those
    follow no need.
    """
    own = third_sector(nation)
    rate = rate_of(nation, GRANTS, rng)[own["piece"].to_numpy()]
    grant = rng.permutation(np.repeat(np.arange(own.height), rng.poisson(rate)))
    to, size = own[grant], len(grant)
    funder = np.where(
        rng.random(size) < _BY_AUTHORITY_SHARE,
        rng.choice(BY_AUTHORITY, size),
        rng.choice(FUNDERS, size),
    )
    untold = pl.Series(np.isin(funder, BY_AUTHORITY))
    amount = np.round(np.exp(rng.normal(8.7, 0.8, size)), -1)
    amount += np.where(rng.random(size) < LARGE_GRANT, 1e6, 0)
    pl.DataFrame(
        {
            "Identifier": pl.Series(np.arange(1, size + 1)).cast(pl.String).str.zfill(7),
            "Currency": ["GBP"] * size,
            "Amount Awarded": amount,
            "Award Date": _dates(size, rng),
            "Funding Org:Name": funder,
            "Recipient Org:Name": to["name"],
            "Recipient Org:Postal Code": _known(to["postcode"], rng).set(untold, None),
            "Recipient District Geographic Code": nation.pieces["ltla23"].gather(to["piece"]),
        }
    ).with_columns(pl.format("360G-made-up-{}", "Identifier").alias("Identifier")).write_csv(file)


def _dates(size: int, rng: np.random.Generator) -> NDArray[np.datetime64]:
    days: NDArray[np.datetime64] = np.datetime64("2004-01-01") + rng.integers(0, 6570, size)
    return days


FILES: dict[str, Writer] = {
    "charity_commission/charities_2021.csv": write_charities,
    "companies_house/companies_2021.csv": write_companies,
    "cooperatives_uk/co-operatives_2021.csv": write_cooperatives,
    "fca/mutuals_2021.csv": write_mutuals,
    "360giving/grants_2004-2021.csv": write_grants,
}
