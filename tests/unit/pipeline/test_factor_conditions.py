"""Factor analysis where its conditions fail: refused, or told in the report and as a warning."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import hyperlocal

AREAS = 2_000


def _build(tmp_path, columns, weights="factor_analysis"):
    codes = [f"E{k:08d}" for k in range(AREAS)]
    pl.DataFrame({"code": codes, **columns}).write_parquet(tmp_path / "t.parquet")
    indicators = ", ".join(f"{name}: {{column: {name}}}" for name in columns)
    (tmp_path / "i.yaml").write_text(
        "hyperlocal: 1\nid: top\nareas: {geography: lsoa21, table: {input: t}}\n"
        "inputs: {t: {file: t.parquet, geography: lsoa21, code: code}}\n"
        "defaults: {input: t, high_value: more_need}\n"
        f"index:\n  weights: {weights}\n  indicators: {{{indicators}}}\n"
    )
    return hyperlocal.build(hyperlocal.load(tmp_path / "i.yaml"), tmp_path, tmp_path / "out")


def _shows(need, noise, random):
    return need + noise * random.normal(size=AREAS)


def _findings(results):
    found = results.quality["factor_analyses"]["top"]["findings"]
    assert {f"top: {said}" for said in found} <= set(results.provenance["warnings"])
    return " | ".join(found)


def test_one_clear_factor_is_taken_without_a_word(tmp_path):
    random = np.random.default_rng(1)
    need = random.normal(size=AREAS)
    columns = {name: _shows(need, 0.5, random) for name in "abcd"}
    assert _findings(_build(tmp_path, columns)) == ""


@pytest.mark.parametrize("number", [1, 2])
def test_fewer_than_three_indicators_are_refused_before_any_data_is_read(tmp_path, number):
    columns = {name: np.arange(AREAS) for name in "ab"[:number]}
    with pytest.raises(hyperlocal.DefinitionError, match="factor analysis needs at least 3"):
        _build(tmp_path, columns)


def test_indicators_that_hardly_correlate_are_told(tmp_path):
    """As where sub-dimensions are coherent ideas, and their indicators do not go together."""
    random = np.random.default_rng(2)
    need = random.normal(size=AREAS)
    columns = {name: _shows(need, 2.0, random) for name in "abcd"}  # r = 1/(1 + 4) = 0.2
    said = _findings(_build(tmp_path, columns))
    assert "explains 20% of what its children show" in said.replace("19%", "20%").replace(
        "21%", "20%"
    )


@pytest.mark.parametrize("seed", range(6))
def test_indicators_without_anything_in_common_never_pass_in_silence(tmp_path, seed):
    """By chance they load negatively, which is refused, or so little that it is told."""
    random = np.random.default_rng(seed)
    columns = {name: random.normal(size=AREAS) for name in "abcde"}
    refused, said = "", ""
    try:
        said = _findings(_build(tmp_path, columns))
    except hyperlocal.DataError as error:
        refused = str(error)
    assert "loads negatively" in refused or "Heywood" in refused or "little in common" in said


def test_two_factors_are_told(tmp_path):
    random = np.random.default_rng(4)
    one, other = random.normal(size=(2, AREAS))
    columns = {f"a{k}": _shows(one, 0.6, random) for k in range(3)}
    columns |= {f"b{k}": _shows(other + 0.2 * one, 0.6, random) for k in range(3)}
    assert "more than one factor may lie behind" in _findings(_build(tmp_path, columns))


def test_an_indicator_that_goes_its_own_way_is_named(tmp_path):
    random = np.random.default_rng(5)
    need = random.normal(size=AREAS)
    columns = {name: _shows(need, 0.4, random) for name in "abc"}
    columns["stray"] = 0.15 * need + random.normal(size=AREAS)
    said = _findings(_build(tmp_path, columns))
    assert "stray has little in common with its siblings: it loads 0.1" in said
    assert "less than half" not in said


def test_the_same_indicator_twice_is_refused(tmp_path):
    need, noise = np.random.default_rng(6).normal(size=(2, AREAS))
    with pytest.raises(hyperlocal.DataError, match=r"one is a duplicate.*0 is a, 1 is b"):
        _build(tmp_path, {"a": need, "b": need, "c": noise})


def test_an_indicator_that_runs_against_the_others_is_refused(tmp_path):
    random = np.random.default_rng(7)
    need = random.normal(size=AREAS)
    columns = {name: _shows(need, 0.5, random) for name in "abc"}
    columns["against"] = -_shows(need, 0.5, random)
    with pytest.raises(hyperlocal.DataError, match="against loads negatively"):
        _build(tmp_path, columns)


def test_an_indicator_that_is_the_factor_itself_is_refused_unless_accepted(tmp_path):
    """Correlations of 0.9, 0.9 and 0.7: the first would have more than all of its variance."""
    random = np.random.default_rng(8)
    need, one, other = random.normal(size=(3, AREAS))
    aside = np.sqrt(1 / 0.81 - 1)
    columns = {"a": need, "b": need + aside * one, "c": need - aside * (0.6 * one - 0.8 * other)}
    with pytest.raises(hyperlocal.DataError, match="Heywood"):
        _build(tmp_path, columns)
    accepted = "{factor_analysis: {accept: [heywood_case]}}"
    assert "a has next to no variance of its own" in _findings(_build(tmp_path, columns, accepted))
