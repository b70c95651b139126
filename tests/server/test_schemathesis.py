"""Requests made up from the OpenAPI document: whatever is asked, the answer is as it says."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

EXAMPLES = 50
OPERATIONS = [
    ("GET", "/api"),
    ("GET", "/api/areas"),
    ("GET", "/api/areas/{code}"),
    ("GET", "/api/districts"),
    ("GET", "/api/districts/{kind}"),
    ("GET", "/api/districts/{kind}/{code}"),
    ("GET", "/api/indicators"),
    ("GET", "/api/indicators/{id}"),
    ("GET", "/api/indicators/{id}/values"),
    ("POST", "/api/postcodes"),
    ("GET", "/api/postcodes/{postcode}"),
    ("GET", "/api/search"),
]


def described_at(address):
    """Read the document; what is asked by it goes to the address."""
    document = httpx.get(f"{address}/api/openapi.json").json()
    assert {
        (method.upper(), path) for path, one in document["paths"].items() for method in one
    } == {*OPERATIONS}
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address)
    rejection = schema.config.checks.negative_data_rejection
    assert "414" not in rejection.expected_statuses
    rejection.expected_statuses = [*rejection.expected_statuses, "413", "414"]  # it may be too long
    return schema


@pytest.fixture(scope="module")
def described(address):
    return described_at(address)


@pytest.fixture(scope="module")
def described_bare(bare_address):
    return described_at(bare_address)


KNOWN = {
    "/api/areas/{code}": {"code": "W01000003"},
    "/api/districts/{kind}": {"kind": "district"},
    "/api/districts/{kind}/{code}": {"kind": "district", "code": "D2"},
    "/api/indicators/{id}": {"id": "rent"},
    "/api/postcodes/{postcode}": {"postcode": "CF101AA"},
}


def ask(operation, **given_to_strategy) -> set[int]:
    """Ask what the document allows or forbids; return the statuses of the answers."""
    statuses = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(**given_to_strategy))
    def validate(case):
        statuses.add(case.call_and_validate().status_code)

    validate()
    return statuses


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_are_as_the_document_says(described, method, path, mode):
    ask(described[path][method], generation_mode=mode)


@pytest.mark.parametrize("path", KNOWN)
def test_what_is_there_is_answered_as_the_document_says(described, path):
    assert 200 in ask(described[path]["GET"], path_parameters=KNOWN[path])


@pytest.mark.parametrize("path", [path for path in KNOWN if "postcode" not in path])
def test_a_site_without_populations_is_answered_so_too(described_bare, path):
    assert 200 in ask(described_bare[path]["GET"], path_parameters=KNOWN[path])


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_site_without_populations_and_postcodes(described_bare, method, path):
    ask(described_bare[path][method], generation_mode=GenerationMode.POSITIVE)
