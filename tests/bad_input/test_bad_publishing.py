"""What a user gets whose definition asks to publish what cannot be published so."""

from __future__ import annotations

import pytest

import hyperlocal

PLAIN = "{column: income, high_value: less_need}"
RATE = "per: 100, shrink_to: ltla24}"


def problems(small) -> list[str]:
    with pytest.raises(hyperlocal.DefinitionError) as caught:
        hyperlocal.load(small.definition)
    assert all(problem.line for problem in caught.value.problems)
    return [str(problem).removeprefix(f"{small.definition}:") for problem in caught.value.problems]


def test_all_at_once(small):
    small.change(RATE, "per: 100, shrink_to: ltla24, publish: {geography: msoa21}}")
    small.change(
        PLAIN, "{column: income, high_value: less_need, publish: {round_to: 5, suppress_below: 5}}"
    )
    assert problems(small) == [
        "15: domains.work.indicators.out_of_work.publish.geography: 'msoa21' is neither the "
        "geography of the index nor in 'areas.within'; state one of lsoa21, ltla24; or none, where "
        "no value may be shown",
        "18: domains.money.indicators.income: a value such as this is not made of counts that "
        "could be rounded; state 'publish: {round_to: none}', and a larger geography if need be",
        "18: domains.money.indicators.income: a value such as this has no count that tells when "
        "few are behind it; "
        "state 'publish: {suppress_below: none}', and a larger geography if need be",
    ]


@pytest.mark.parametrize(
    ("publish", "said"),
    [
        ("{round_to: 0}", "publish.round_to: 0 is not allowed here; state 'none', or it must be "),
        ("{round_to: 2.5}", "publish.round_to: 2.5 is not allowed here"),
        ("{round_to: five}", "'five' is not allowed here; state 'none', or write a whole number"),
        ("{suppress_below: 1}", "1 is not allowed here; state 'none', or it must be greater than"),
        ("{suppress_below: true}", "publish.suppress_below: true is not allowed here"),
        ("{suppress: 5}", "publish.suppress: unknown key; did you mean 'suppress_below'?"),
        ("msoa11", "publish: 'msoa11' is not allowed here; write a mapping"),
        ("{geography: }", "publish.geography: "),
    ],
)
def test_form(small, publish, said):
    small.change(RATE, f"per: 100, shrink_to: ltla24, publish: {publish}}}")
    if publish == "{geography: }":  # nothing is as nothing stated
        hyperlocal.load(small.definition)
        return
    (found,) = problems(small)
    assert said in found


def test_inherited_by_what_cannot_follow_it(small):
    """It is told once for each indicator, where the indicator stands."""
    small.change("high_value: more_need}", "high_value: more_need, publish: {round_to: 5}}")
    (found,) = problems(small)
    assert found.startswith("18: domains.money.indicators.income: a value such as this is not made")
    small.change(PLAIN, "{column: income, high_value: less_need, publish: {round_to: none}}")
    hyperlocal.load(small.definition)


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("{kind: mean, total: income, sample_size: adults}", ["rounded"]),
        ("{kind: mean, column: income}", ["rounded", "few"]),
        ("{before: income, after: adults}", ["rounded", "few"]),
        ("{observed: out_of_work, expected: adults}", []),
        ("{kind: count, column: out_of_work}", []),
        (
            "{numerator: [out_of_work, out_of_work], denominator: adults, years: averaged}",
            ["rounded", "few"],
        ),
    ],
)
def test_kinds_that_have_counts(small, kind, refused):
    publish = f"{kind[:-1]}, publish: {{round_to: 5, suppress_below: 5}}}}"
    small.change(PLAIN, publish)
    if not refused:
        hyperlocal.load(small.definition)
        return
    found = problems(small)
    assert len(found) == len(refused)
    for word, one in zip(refused, found, strict=True):
        assert word in one
