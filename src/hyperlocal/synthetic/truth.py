"""The true rates of a made-up nation: what its files would show if nothing were left to chance.

Every file has a source of chance of its own, and what a signal shows of the land is drawn from it
before anything is counted. The truth behind a file is found by drawing the same again, and stopping
there: nothing is written, and no file changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic import census, connections, dwp, education, energy, health, jobs, ons
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.signals import (
    FloatArray,
    Numbers,
    Signal,
    mean_of,
    people,
    places,
    rate_of,
    share_of,
    shift_of,
)

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation

Amounts = tuple[FloatArray, Numbers]
"""What is expected in each piece, and what it is taken over."""
Expected = Callable[["Nation"], Amounts]


@dataclass(frozen=True)
class TrueRate:
    """How the true rate of an indicator is found.

    Parameters
    ----------
    granularity
        The areas for which its numbers are published: the larger, if there are two. Those by
        Output Areas and LSOAs of 2021 add up to LSOAs exactly; others are converted.
    per
        What the rate is given per.
    expected
        What is expected in each piece, and what it is taken over.
    """

    granularity: str
    per: float
    expected: Expected


def true_rates(nation: Nation) -> pl.DataFrame:
    """Return the true rates of the indicators of ``hyperlocal-need-2025`` that rest on counts.

    Parameters
    ----------
    nation
        The nation. Its rates are those behind the files of `synthesise` with its areas and seed.

    Returns
    -------
    polars.DataFrame
        A row per indicator and LSOA of 2021: ``indicator`` (its id in the definition),
        ``granularity`` (the areas for which its numbers are published), ``area_code`` and
        ``true_rate``, in the unit of the indicator.

    Notes
    -----
        rate_i = per · Σ a_p ρ_p / Σ a_p         over the pieces p of LSOA i

    with those at risk a and the chance ρ that each of them counts, or the number of events for each
    of them. A mean is the mean without its error, over those that it is taken over. What is
    known for larger areas or those of 2011 holds for every piece of them. How the publishers
    disturb, round and hide counts is no part of the truth.

    Examples
    --------
    >>> from hyperlocal.synthetic import make_nation
    >>> rates = true_rates(make_nation(areas=60, seed=1))
    >>> rates["indicator"].n_unique(), rates.filter(indicator="bad_health").height
    (23, 60)
    """
    lsoas = places(nation, "lsoa21")
    frames = []
    for indicator, of in TRUE_RATES.items():
        numerator, denominator = of.expected(nation)
        rate = of.per * lsoas.total(numerator) / lsoas.total(denominator)
        frames.append(
            pl.DataFrame({"area_code": lsoas.codes, "true_rate": rate}).select(
                pl.lit(indicator).alias("indicator"),
                pl.lit(of.granularity).alias("granularity"),
                "area_code",
                "true_rate",
            )
        )
    return pl.concat(frames)


def _chance(nation: Nation, file: str) -> np.random.Generator:
    return chance(nation.seed, file)


def _households(nation: Nation) -> Numbers:
    return nation.pieces["households"].to_numpy()


# --- counts ------------------------------------------------------------------------------------


def _share(file: str, signal: Signal, among: Callable[[Nation], Numbers]) -> Expected:
    """Return what is expected where some of those at risk are counted."""

    def expected(nation: Nation) -> Amounts:
        at_risk = among(nation)
        return at_risk * share_of(nation, signal, _chance(nation, file)), at_risk

    return expected


def _events(file: str, signal: Signal, among: Callable[[Nation], Numbers]) -> Expected:
    """Return what is expected where events happen to those at risk."""

    def expected(nation: Nation) -> Amounts:
        at_risk = among(nation)
        return at_risk * rate_of(nation, signal, _chance(nation, file)), at_risk

    return expected


def _census(
    file: str, topic: census.Topic, counted: Sequence[str], of: Sequence[str] = ()
) -> Expected:
    """Return what is expected of some classes of a census topic, of others or of all."""

    def expected(nation: Nation) -> Amounts:
        shares = topic.shares(nation, _chance(nation, f"nomis/{file}.csv"))
        among = people(nation, topic.youngest)
        counts = among * np.sum([shares[name] for name in counted], axis=0)
        return counts, among * np.sum([shares[name] for name in of], axis=0) if of else among

    return expected


def _benefits(columns: dict[str, Sequence[str]], first: int = 0, last: int = 90) -> Expected:
    """Return the expected claimants in columns of the tables of benefits, of all of some age."""

    def expected(nation: Nation) -> Amounts:
        claimants = np.zeros(nation.pieces.height)
        for name, wanted in columns.items():
            numbers = dwp.BENEFITS[name].expected(nation, _chance(nation, f"dwp/{name}.csv"))
            claimants += np.sum([numbers[column] for column in wanted], axis=0)
        return claimants, people(nation, first, last)

    return expected


def _inefficient(nation: Nation) -> Amounts:
    rng = _chance(nation, "dluhc/epc_bands_lsoa21_2023-01.csv")
    certificates = energy.draw_certificates(nation, rng)
    return certificates * share_of(nation, energy.INEFFICIENT, rng), certificates


def _jobs(nation: Nation) -> tuple[FloatArray, FloatArray, Numbers]:
    """Return the jobs for each adult, the share of high growth, and the adults, by piece."""
    rng, areas = _chance(nation, "nomis/bres_lsoa11_2023.csv"), places(nation, "lsoa11")
    rate, _ = jobs.draw_jobs(nation, areas, rng)
    share = jobs.high_growth_share(nation, areas, rng)
    return rate[areas.of_piece], share[areas.of_piece], people(nation, 16, 64)


def _density(nation: Nation) -> Amounts:
    rate, _, adults = _jobs(nation)
    return rate * adults, adults


def _high_growth(nation: Nation) -> Amounts:
    rate, share, adults = _jobs(nation)
    return rate * adults * share, rate * adults


def _deaths(nation: Nation) -> Amounts:
    areas = places(nation, "msoa11")
    rng = _chance(nation, "fingertips/deaths_from_all_causes_msoa11.csv")
    ratio = np.exp(shift_of(nation, health.DEATHS, areas, rng))
    norm = health.expected_deaths(nation)
    return ratio[areas.of_piece] * norm, norm


# --- means -------------------------------------------------------------------------------------


def _mean(
    file: str, signal: Signal, geography: str, among: Callable[[Nation], Numbers]
) -> Expected:
    """Return a mean of areas without its error."""

    def expected(nation: Nation) -> Amounts:
        areas, number = places(nation, geography), among(nation)
        mean = mean_of(nation, signal, areas, _chance(nation, file))
        return mean[areas.of_piece] * number, number

    return expected


def _speed(nation: Nation) -> Amounts:
    areas = places(nation, "oa21")
    rng = _chance(nation, "ofcom/202305_fixed_oa21_performance_r01.csv")
    premises, connected = connections.draw_connections(nation, areas, rng)
    speed = mean_of(nation, connections.SPEED, areas, rng)
    number = (connected / np.maximum(premises, 1))[areas.of_piece]
    number = number * nation.pieces["dwellings"].to_numpy()
    return speed[areas.of_piece] * number, number


def _growth(nation: Nation) -> Amounts:
    areas, number = places(nation, "lsoa11"), people(nation)
    rng = _chance(nation, "ons/small_area_gva_lsoa11_2022.xlsx")
    mean_of(nation, ons.VALUE_ADDED, areas, rng)  # what is drawn before it
    growth = mean_of(nation, ons.GROWTH, areas, rng)
    return (growth[areas.of_piece] - 1) * number, number


def _years(sex: str) -> Expected:
    """Return the life expectancy of women or men without its error."""

    def expected(nation: Nation) -> Amounts:
        areas = places(nation, "msoa11")
        rng = _chance(nation, "fingertips/life_expectancy_at_birth_msoa11.csv")
        for name, signal in health.YEARS_OF_LIFE.items():
            years = mean_of(nation, signal, areas, rng)
            if name == sex:
                break
            rng.standard_normal(len(years))  # the errors of the sex before
        number = people(nation, sex=list(health.YEARS_OF_LIFE).index(sex))
        return years[areas.of_piece] * number, number

    return expected


# --- indicators --------------------------------------------------------------------------------

_RANKED = list(census.OCCUPATIONS.classes)[:7]
_OA, _LSOA, _LSOA11, _MSOA11 = "oa21", "lsoa21", "lsoa11", "msoa11"

TRUE_RATES = {
    "worklessness_benefits": TrueRate(
        _LSOA11,
        100,
        _benefits(
            {
                "people_on_universal_credit_oa21_2024-09": (
                    "Searching for work",
                    "Planning for work",
                    "Preparing for work",
                    "No work requirements",
                ),
                "incapacity_benefit_lsoa11_2024-02": (
                    "Incapacity Benefit",
                    "Severe Disablement Allowance",
                ),
                "income_support_lsoa11_2024-02": ("Income Support",),
                "carers_allowance_lsoa11_2024-02": ("Carer's Allowance",),
                "jobseekers_allowance_lsoa11_2024-09": ("Jobseeker's Allowance",),
            },
            16,
            64,
        ),
    ),
    "jobs_density": TrueRate(_LSOA11, 100, _density),
    "gva_per_head": TrueRate(
        _LSOA11, 1, _mean("ons/small_area_gva_lsoa11_2022.xlsx", ons.VALUE_ADDED, _LSOA11, people)
    ),
    "gva_per_head_change": TrueRate(_LSOA11, 100, _growth),
    "high_growth_jobs": TrueRate(_LSOA11, 100, _high_growth),
    "household_income": TrueRate(
        _MSOA11,
        1,
        _mean("ons/admin_based_income_msoa11_2016.xlsx", ons.INCOME, _MSOA11, _households),
    ),
    "higher_managerial_occupations": TrueRate(
        _OA, 100, _census("census2021-ts062-oa", census.OCCUPATIONS, _RANKED[:1], _RANKED)
    ),
    "no_qualifications": TrueRate(
        _OA, 100, _census("census2021-ts067-oa", census.QUALIFICATIONS, ["No qualifications"])
    ),
    "level_3_qualifications": TrueRate(
        _OA,
        100,
        _census(
            "census2021-ts067-oa",
            census.QUALIFICATIONS,
            ["Level 3 qualifications", "Level 4 qualifications and above"],
        ),
    ),
    "broadband_speed": TrueRate(_OA, 1, _speed),
    "digital_propensity": TrueRate(
        _LSOA, 100, _share("ons/digital_propensity_index_lsoa21.xlsx", ons.ONLINE, _households)
    ),
    "carbon_footprint": TrueRate(
        _LSOA11, 1, _mean("pbcc/pbcc_lsoa11_carbon.csv", energy.FOOTPRINT, _LSOA11, people)
    ),
    "fuel_poverty": TrueRate(
        _LSOA,
        100,
        _share("beis/sub_regional_fuel_poverty_lsoa21_2022.xlsx", energy.FUEL_POOR, _households),
    ),
    "low_energy_efficiency": TrueRate(_LSOA, 100, _inefficient),
    "childcare_access": TrueRate(
        _LSOA,
        100,
        _events(
            "ofsted/childcare_accessibility_lsoa21_2023.xlsx",
            education.CHILDCARE,
            partial(people, last=7),
        ),
    ),
    "children_in_low_income_families": TrueRate(
        _OA,
        100,
        _benefits({"children_in_low_income_families_oa21_2023": ("Relative low income",)}, 0, 19),
    ),
    "disability_benefits": TrueRate(
        _LSOA11,
        100,
        _benefits(
            {
                "disability_living_allowance_lsoa11_2024-02": ("Disability Living Allowance",),
                "personal_independence_payment_oa21_2024-07": ("Personal Independence Payment",),
                "attendance_allowance_lsoa11_2024-02": ("Attendance Allowance",),
            }
        ),
    ),
    "limiting_long_term_illness": TrueRate(
        _OA, 100, _census("census2021-ts038-oa", census.DISABILITY, list(census.LIMITED))
    ),
    "bad_health": TrueRate(
        _OA,
        100,
        _census("census2021-ts037-oa", census.HEALTH, ["Bad health", "Very bad health"]),
    ),
    "gp_appointments": TrueRate(
        _LSOA,
        1000,
        _events("nhs/gp_appointments_lsoa21_2022-10.csv", health.APPOINTMENTS, health.patients),
    ),
    "life_expectancy_females": TrueRate(_MSOA11, 1, _years("Female")),
    "life_expectancy_males": TrueRate(_MSOA11, 1, _years("Male")),
    "deaths_from_all_causes": TrueRate(_MSOA11, 100, _deaths),
}
"""The indicators of the definition whose true rates are known, by their ids."""
