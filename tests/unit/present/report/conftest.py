"""An index of made-up areas that takes every step that a report tells of, and its publication."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hyperlocal.analysis.supplied import Sources, VersionSource
from hyperlocal.analysis.uncertainty import study, usual_design
from hyperlocal.present.publication import Publication, read_publication
from hyperlocal.present.report import Picture

AREAS, DISTRICTS = 120, 12
ODD = 'Work & "jobs" #1 *not* $money$ <b> _x_ Tŷ-croes / Aberpennar'
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2
DEFINITION = f"""\
hyperlocal: 1
id: everything
title: An index of everything
description: Need in made-up areas.
publisher: 'The office of #examples'
licence: Open Government Licence v3.0
url: https://example.org/{LONG}/everything
concept: deprivation
areas:
  geography: lsoa21
  table: {{input: people}}
  names: {{input: people, column: name}}
  within: {{ltla24: {{input: people, column: district, name: district_name}}}}
  exclude:
    - {{code: E01000120, reason: 'it has no people, only `works`', counts_in_n: true}}
conventions: {{exponential: exact}}
quality: {{most_zeros: 0.4, least_distinct: 5}}
inputs:
  people:
    file: people.csv
    geography: lsoa21
    code: area
    title: 'Residents of the areas'
    licence: OGL-UK-3.0
  oas: {{file: oas.csv, geography: oa21, code: oa, title: Output Areas, absent_areas: zero}}
correspondences:
  oa21_to_lsoa21: {{kind: nested, input: oas, column: area, to: lsoa21}}
populations:
  residents: {{input: people, column: people, title: Residents}}
defaults: {{input: people, high_value: more_need}}
considered:
  vacancies:
    domain: work
    description: 'Jobs *on offer*.'
    reason: 'They are known for #districts only.'
    source: A survey
    date: 2023
  trust: {{title: 'Trust & safety', reason: No survey asks for it.}}
index:
  domains:
    work:
      title: '{ODD}'
      description: 'Work, and the lack of it: 100% #here.'
      weight: 0.6
      subdomains:
        jobs:
          weights:
            factor_analysis: {{weights_from: regression_scores}}
            caps: {{skills: 0.3}}
          indicators:
            out_of_work:
              title: 'People out of work'
              inclusion: Work is what most live by.
              source: 'Records of <benefits> & {LONG}'
              publisher: A department
              date: 2024-03
              granularity: LSOA (2021)
              unit: '%'
              caveats: 'Not all *claim* what is #theirs.'
              denominator: people
              per: 100
              shrink_to: ltla24
              indicators:
                searching: {{kind: count, column: searching, title: Searching $ work}}
                unable: {{kind: count, column: unable, caveats: Rounded to 5.}}
            incidents:
              {{numerator: incidents, denominator: people, counts: events, shrink_to: ltla24}}
            skills:
              {{kind: mean, column: skills, sample_size: people, high_value: less_need,
                shrink_to: ltla24}}
        homes:
          indicators:
            crowded: {{numerator: {{input: oas, column: crowded}}, denominator: people}}
    money:
      weight: 0.4
      indicators:
        income:
          column: income
          high_value: less_need
          missing_values: neutral
          standardise: z_scores
          publish: {{geography: ltla24}}
        tied:
          column: tied
          publish: {{round_to: none}}
          accept: {{most_zeros: 'few areas have #any'}}
      supplementary:
        pensions: {{column: income, high_value: less_need, missing_values: unscored}}
"""


def tables() -> dict[str, pl.DataFrame]:
    """The tables that the definition reads."""
    chance = np.random.default_rng(7)
    need = chance.normal(size=AREAS)
    people = chance.integers(900, 2200, AREAS)
    counted = [
        chance.binomial(people, 1 / (1 + np.exp(level - 0.6 * need))) for level in (3, 4, 3.5, 4)
    ]
    income = np.round(26000 - 3000 * need + chance.normal(0, 900, AREAS))
    place = np.arange(AREAS)
    areas = pl.DataFrame(
        {
            "area": [f"E01{one + 1:06d}" for one in place],
            "name": [f"Tŷ #{one} *{one % 9}* $a_b" for one in place],
            "district": [f"E06{one % DISTRICTS + 1:06d}" for one in place],
            "district_name": [f"Môn <{one % DISTRICTS}> & `Arfon`" for one in place],
            "people": people,
            "searching": counted[0],
            "unable": counted[1],
            "incidents": counted[2],
            "skills": np.round(50 - 5 * need + chance.normal(0, 2, AREAS), 2),
            "income": [None if one == 4 else value for one, value in enumerate(income)],
            "tied": np.where(place % 2, 0, place % 17),
        }
    )
    oas = pl.DataFrame(
        {
            "oa": [f"E00{one + 1:06d}" for one in range(2 * AREAS)],
            "area": [f"E01{one // 2 + 1:06d}" for one in range(2 * AREAS)],
            "crowded": np.repeat(counted[3] // 2, 2),
        }
    )
    return {"people": areas, "oas": oas}


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """A publication in which every section of a report applies."""
    import hyperlocal

    folder = tmp_path_factory.mktemp("everything")
    (folder / "index.yaml").write_text(DEFINITION)
    for name, table in tables().items():
        table.write_csv(folder / f"{name}.csv")
    results = hyperlocal.build(folder / "index.yaml", folder, folder / "out")
    before = hyperlocal.load(folder / "index.yaml", {"index.domains.money.weight": 0.4})
    hyperlocal.build(before, folder, folder / "before")
    design = usual_design(results).changed(draws=20, seed=1)
    study(results, design, workers=1).write(folder / "unsure")
    given = Sources(
        uncertainty=folder / "unsure",
        districts=(f"{folder / 'people.csv'}:district",),
        versions=(VersionSource(str(folder / "before"), label="the one before"),),
    )
    return read_publication(results, given)


SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture(scope="session")
def pictures() -> tuple[Picture, ...]:
    """A picture for each section that can show one."""
    sections = ("framework", "work", "money", "transformation", "quality", "results")
    sections += ("uncertainty", "change")
    return tuple(
        Picture(
            f"{one}.svg",
            f"alternative #{one}",
            f"Caption of *{one}*",
            SQUARE,
            one,
            0.6 if one == "money" else 1.0,
        )
        for one in sections
    )
