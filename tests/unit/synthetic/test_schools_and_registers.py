"""Pupils, registers of organisations and grants: what they hold, and that need is found in them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.synthetic import Nation
from hyperlocal.synthetic.addresses import postcodes_of
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.registers import BY_AUTHORITY, third_sector

SEED = 3
CHOSEN = """\
hyperlocal: 1
id: {id}
areas: {{geography: {geography}, table: {{input: areas}}}}
inputs:
  areas: {{file: areas_{geography}.csv, geography: {geography}, code: code}}
  dwellings:
    {{file: geography/postcode_dwellings_{geography}.csv, geography: postcode21, code: postcode}}
  postcodes: {{file: geography/ONSPD.csv, geography: postcode21, code: pcds}}
correspondences:
  by_dwellings:
    kind: dwellings
    input: dwellings
    column: {column}
    dwellings: dwellings
    to: {geography}
    fallback: {{input: postcodes, column: {geography}}}
"""
SCHOOLS = """\
lists:
  first: {file: lists/foundation_phase_points.csv, column: outcome, number: points}
  second: {file: lists/key_stage_2_points.csv, column: outcome, number: points}
  letters: {file: lists/gcse_points.csv, column: grade, number: points}
  digits: {file: lists/gcse_points_9_to_1.csv, column: grade, number: points}
records:
  foundation_phase:
    file: welsh_government/foundation_phase_pupils_2016-2018.parquet
    area: {column: postcode, geography: postcode21}
    most_unplaced: 0.005
  key_stage_2:
    file: welsh_government/key_stage_2_pupils_2016-2018.parquet
    area: {column: postcode, geography: postcode21}
    most_unplaced: 0.005
  key_stage_4:
    file: welsh_government/key_stage_4_pupils_2016-2018.parquet
    area: {column: postcode, geography: postcode21}
    most_unplaced: 0.005
index:
  high_value: less_need
  zero_denominator: missing
  missing_values: neutral
  indicators:
    first_score:
      kind: points_score
      records: foundation_phase
      subjects:
        - mathematical_development
        - personal_and_social_development
        - best_of: [language_english, language_welsh]
      points: first
    second_score:
      kind: points_score
      records: key_stage_2
      subjects: [mathematics, science, {best_of: [english, welsh]}]
      points: second
      years: {column: academic_year, average: yearly}
    third_score:
      kind: points_score
      records: key_stage_4
      subjects: [mathematics, science, {best_of: [english, welsh]}]
      points: [letters, digits]
"""
REGISTERS = """\
  authorities: {kind: nested, input: areas, column: district, to: ltla23, share_by: people}
records:
  charities:
    file: charity_commission/charities_2021.csv
    area: {column: charity_contact_postcode, geography: postcode21}
    most_unplaced: 0.01
  companies:
    file: companies_house/companies_2021.csv
    area: {column: RegAddress.PostCode, geography: postcode21}
    most_unplaced: 0.01
  cooperatives:
    file: cooperatives_uk/co-operatives_2021.csv
    area: {column: Postcode, geography: postcode21}
  mutuals:
    file: fca/mutuals_2021.csv
    area: {column: Postcode, geography: postcode21}
    most_unplaced: 0.01
  grants:
    file: 360giving/grants_2004-2021.csv
    area: {column: "Recipient Org:Postal Code", geography: postcode21}
    where: {"Funding Org:Name": [Harbour Lights Trust, Millstone Foundation, The Commonweal Fund,
      Oriel Trust]}
    most_unplaced: 0.01
  by_authority:
    file: 360giving/grants_2004-2021.csv
    area: {column: Recipient District Geographic Code, geography: ltla23}
    where: {"Funding Org:Name": [Lantern Appeal, Small Change Fund]}
index:
  high_value: less_need
  input: areas
  indicators:
    organisations:
      kind: organisations
      registers:
        charities:
          records: charities
          numbers:
            charity: registered_charity_number
            company: charity_company_registration_number
          name: charity_name
          leave_out:
            above: {latest_income: 1000000}
            where: {area_of_operation: [National, Overseas]}
        cooperatives: {records: cooperatives, name: Trading Name}
        companies:
          records: companies
          numbers: {company: CompanyNumber}
          name: CompanyName
          where: {CompanyCategory: [Community Interest Company, Registered Society,
            "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)"]}
        mutuals:
          records: mutuals
          numbers: {company: {column: Society Number, beginning: RS}}
          name: Society Name
      denominator: people
      per: 100000
    grants:
      kind: grants
      awards:
        by_postcode: {records: grants, amount: Amount Awarded, identifier: Identifier}
        by_authority: {records: by_authority, amount: Amount Awarded, identifier: Identifier}
      most_amount: 1000000
      denominator: people
"""


def write(nation: Nation, folder: Path, *modules: str) -> None:
    for name in modules:
        for path, writer in import_module(f"hyperlocal.synthetic.{name}").FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            writer(nation, chance(SEED, path), folder / path)


@pytest.fixture(scope="module")
def folder(nation: Nation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of schools and of the third sector, and what places them."""
    folder = tmp_path_factory.mktemp("schools")
    write(nation, folder, "addresses", "schools", "registers")
    path = "geography/ONSPD.csv"
    writer = import_module("hyperlocal.synthetic.geography_files").FILES[path]
    writer(nation, chance(SEED, path), folder / path)
    for geography in ("lsoa11", "msoa11"):
        areas = nation.pieces.group_by(code=geography).agg(
            pl.col("people").sum(), district=pl.col("ltla23").mode().sort().first()
        )
        areas.sort("code").write_csv(folder / f"areas_{geography}.csv")
    return folder


def built(folder: Path, name: str, geography: str, rest: str):
    head = CHOSEN.format(id=name, geography=geography, column=f"{geography.upper()}CD")
    (folder / f"{name}.yaml").write_text(head + rest)
    return hyperlocal.build(folder / f"{name}.yaml", folder, folder / name)


def found_again(nation: Nation, results, geography: str, dimension: str) -> float:
    need = nation.planted(geography).select("code", dimension)
    table = results.areas.join(need, left_on="area_code", right_on="code")
    return float(spearmanr(table[f"{results.definition.id}_score"], table[dimension])[0])


def test_scores_of_pupils_show_the_need_that_was_planted(nation, folder) -> None:
    results = built(folder, "schools", "lsoa11", SCHOOLS)
    assert found_again(nation, results, "lsoa11", "opportunity") > 0.95
    pupils = pl.read_parquet(folder / "welsh_government/key_stage_2_pupils_2016-2018.parquet")
    known = pupils.filter(pl.col("postcode").is_not_null())
    assert results.areas["second_score_sample_size"].sum() == pytest.approx(known.height)
    assert nation.ages[:, :, 10].sum() * 3 == pupils.height


def test_organisations_are_each_counted_once(nation, folder) -> None:
    results = built(folder, "third", "msoa11", REGISTERS)
    assert found_again(nation, results, "msoa11", "safe_streets") > 0.85
    own = third_sector(nation)
    away = (pl.col("income") > 1_000_000) | (pl.col("reach") != "Local")
    out = own.filter(pl.col("charity").is_not_null() & away).height
    told = results.provenance["gathered"]["organisations"]
    # one without a postcode in one register cannot be joined by its name, and some have no place
    assert told["organisations"] == pytest.approx(own.height, rel=0.001)
    assert told["left_out"] == pytest.approx(out, rel=0.05)
    counted = results.areas["organisations_numerator"].sum()
    assert counted == pytest.approx(own.height - out, rel=0.005)
    records = sum(one["records"] for one in told["registers"].values())
    assert records > 1.25 * own.height


def test_grants_add_up(nation, folder) -> None:
    results = built(folder, "third", "msoa11", REGISTERS)
    grants = pl.read_csv(folder / "360giving/grants_2004-2021.csv")
    small = grants.filter(pl.col("Amount Awarded") <= 1_000_000)
    placed = small.filter(
        pl.col("Recipient Org:Postal Code").is_not_null()
        | pl.col("Funding Org:Name").is_in(BY_AUTHORITY)
    )
    total = results.areas["grants_numerator"].sum()
    assert total == pytest.approx(placed["Amount Awarded"].sum(), rel=1e-12)
    assert small.height < grants.height


def test_postcodes_are_of_the_pieces_that_people_live_in(nation) -> None:
    piece = np.arange(nation.pieces.height)
    drawn = pl.DataFrame(
        {"postcode": postcodes_of(nation, piece, np.random.default_rng(1)), "piece": piece}
    )
    known = nation.postcode_dwellings.select("postcode", pl.col("piece").cast(pl.Int64))
    assert drawn.join(known, on=["postcode", "piece"]).height == nation.pieces.height


def test_the_same_seed_writes_the_same_bytes(nation, folder, tmp_path) -> None:
    write(nation, tmp_path, "addresses", "schools", "registers")
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 14
    for path in files:
        assert (tmp_path / path).read_bytes() == (folder / path).read_bytes(), path
