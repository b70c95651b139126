"""The answers of the API are the numbers of the site."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import numpy as np
import pytest

from hyperlocal.server.app import create_app


def answer(client: httpx.Client, path: str, **query) -> dict:
    response = client.get(path, params=query or None)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def all_parts(client: httpx.Client, path: str, what: str, **query) -> list[dict]:
    """Follow a list to its end."""
    part = answer(client, path, **query)
    rows, total = part[what], part["total"]
    while part["next"]:
        part = answer(client, part["next"])
        rows += part[what]
    assert len(rows) == total
    return rows


def same(told: list, numbers: np.ndarray) -> bool:
    return np.array_equal([np.nan if one is None else one for one in told], numbers, equal_nan=True)


def test_the_index_tells_its_tree_and_its_conventions(client):
    index = answer(client, "/api")
    assert [node["id"] for node in index["nodes"]] == [
        "need",
        "work",
        "money",
        "jobs",
        "rent",
        "trees",
    ]
    assert index["conventions"]["need"]["weights"] == [0.5, 0.5]
    assert index["title"] == "Need"
    assert answer(client, "/api", lang="cy")["title"] == "Angen"


def test_a_title_without_welsh_stays_english(client):
    titles = {one["id"]: one["title"] for one in answer(client, "/api", lang="cy")["nodes"]}
    assert titles["work"] == "Work (Cymraeg)"
    assert titles["jobs"] == "Jobs"


@pytest.mark.parametrize("node", ["need", "work", "jobs", "trees"])
def test_areas_have_the_numbers_of_the_site(client, made, node):
    rows = all_parts(client, "/api/areas", "areas", node=node, limit=250)
    assert [row["code"] for row in rows] == made.CODES
    assert [row["name"] for row in rows] == made.area_names()
    assert same([row["rank"] for row in rows], made.ranks(node))
    assert same([row["decile"] for row in rows], made.deciles(node))
    assert same([row["score"] for row in rows], made.scores(node))


def test_areas_in_the_order_of_rank_end_with_those_without_one(client, made):
    rows = all_parts(client, "/api/areas", "areas", node="work", order="rank", limit=1000)
    told = [row["rank"] for row in rows]
    assert told == [*range(1, made.AREAS), None]
    assert rows[-1]["code"] == made.CODES[made.UNRANKED]


def test_areas_of_a_decile_in_a_district(client, made):
    rows = all_parts(
        client, "/api/areas", "areas", node="money", decile=2, group="district:D2", limit=7
    )
    wanted = np.flatnonzero((made.deciles("money") == 2) & (np.arange(made.AREAS) // 200 == 1))
    assert wanted.size > 7
    assert [row["code"] for row in rows] == [made.CODES[place] for place in wanted]


def test_only_the_fields_that_are_asked_for(client):
    row = answer(client, "/api/areas", fields="score,groups", limit=1)["areas"][0]
    assert row.keys() == {"code", "groups", "score"}
    assert row["groups"]["district"] == {"code": "D/1", "name": "Northside"}


def test_all_numbers_of_an_area_by_node(client, made):
    for place in (0, 255, 256, made.AREAS - 1):
        area = answer(client, f"/api/areas/{made.CODES[place]}")
        assert area["nodes"].keys() == made.PARENTS.keys()
        for node, told in area["nodes"].items():
            assert told["rank"] == made.ranks(node)[place]
            assert told["decile"] == made.deciles(node)[place]
            assert told.get("score", told.get("value")) == made.scores(node)[place]
        assert area["nodes"]["need"]["rank_upper"] == made.ranks("need")[place] + 2
        assert area["other"] == {"people_population": 1000 + place}
        assert [one["code"] for one in area["similar"]] == [
            made.CODES[(place + step) % made.AREAS] for step in range(1, 6)
        ]
        assert [one["distance"] for one in area["similar"]] == [n / 8 for n in range(1, 6)]
        assert area["intervals"]["draws"] == 100


def test_an_area_without_numbers_says_so(client, made):
    area = answer(client, f"/api/areas/{made.CODES[made.UNRANKED]}")
    assert area["name"] is None
    assert area["groups"] == {"district": None, "region": {"code": "R1", "name": "All of it"}}
    assert area["nodes"]["need"] == dict.fromkeys(
        ("score", "rank", "decile", "rank_lower", "rank_upper")
    )
    assert area["similar"] == []


def test_names_in_welsh_where_there_are_any(client, made):
    assert answer(client, f"/api/areas/{made.CODES[0]}", lang="cy")["name"] == "Tŷ Gwyn"
    assert answer(client, f"/api/areas/{made.CODES[1]}", lang="cy")["name"] == "Tref 00 B"
    told = answer(client, "/api/districts/district", lang="cy")["districts"]
    assert [one["name"] for one in told] == ["Gogledd", "Ynys Wen", "De"]


def test_districts_and_their_summaries(client):
    assert answer(client, "/api/districts")["kinds"] == [
        {"id": "district", "count": 3},
        {"id": "region", "count": 1},
    ]
    rows = all_parts(client, "/api/districts/district", "districts", node="work", limit=2)
    assert [one["measures"]["average_score"] for one in rows] == [0, 1, 2]
    assert rows[0]["measures"]["extent"] is None
    one = answer(client, "/api/districts/district/D/1")  # a code may hold a slash
    assert one["name"] == "Northside"
    assert one["population"] == 1234.5
    assert one["measures"].keys() == {"need", "work"}


def test_districts_of_which_no_population_is_known(bare_address):
    with httpx.Client(base_url=bare_address) as client:
        rows = all_parts(client, "/api/districts/district", "districts", limit=2)
        assert [row["population"] for row in rows] == [None] * 3
        assert [row["measures"]["proportion"] for row in rows] == [0, 0.25, 0.5]
        one = answer(client, "/api/districts/district/D2")
        assert (one["areas"], one["population"]) == (200, None)
        assert [node["population"] for node in answer(client, "/api")["nodes"]] == [None] * 6


def test_indicators_and_their_values(client, made):
    told = answer(client, "/api/indicators")["indicators"]
    assert [one["id"] for one in told] == ["jobs", "rent", "trees"]
    assert answer(client, "/api/indicators/rent")["source"] == "Made up"
    rows = all_parts(client, "/api/indicators/rent/values", "values", limit=101)
    assert same([row["value"] for row in rows], made.scores("rent"))
    assert same([row["rank"] for row in rows], made.ranks("rent"))
    rows = all_parts(client, "/api/indicators/rent/values", "values", group="district:D3")
    assert [row["code"] for row in rows] == made.CODES[400:]


def test_values_of_no_area_where_nothing_was_asked_before(site, serving):
    with serving(create_app(site)) as address, httpx.Client(base_url=address) as client:
        told = answer(client, "/api/indicators/rent/values", offset=100_000)
        assert (told["values"], told["total"], told["next"]) == ([], 600, None)


@pytest.mark.parametrize("written", ["CF10 1AA", "cf101aa", " Cf10  1aa "])
def test_one_postcode_in_any_spelling(client, made, written):
    found = answer(client, f"/api/postcodes/{written}")
    assert found == {
        "postcode": made.LIVE,
        "status": "live",
        "terminated": None,
        "code": made.CODES[0],
        "name": "Tref 00 A",
        "rank": made.ranks("need")[0],
        "decile": made.deciles("need")[0],
    }


def test_many_postcodes_each_with_its_status(client, made):
    asked = ["cf101aa", made.ENDED, made.ENDED_SOMETIME, made.ELSEWHERE, "CF10 1AD", "X", ""]
    response = client.post("/api/postcodes", json=asked)
    assert response.status_code == 200
    told = response.json()
    assert [(one["status"], one["terminated"], one["code"]) for one in told["postcodes"]] == [
        ("live", None, made.CODES[0]),
        ("terminated", "2024-06", made.CODES[1]),
        ("terminated", None, made.CODES[2]),
        ("elsewhere", None, None),
        ("unknown", None, None),
        ("invalid", None, None),
        ("invalid", None, None),
    ]
    assert told["counts"] == {
        "live": 1,
        "terminated": 2,
        "elsewhere": 1,
        "unknown": 1,
        "invalid": 2,
    }
    assert told["postcodes"][5]["postcode"] == "X"
    assert response.headers["cache-control"] == "no-store"


def test_as_many_postcodes_as_may_be_asked_at_a_time(client, made):
    told = client.post("/api/postcodes", json=[made.LIVE] * 10_000).json()
    assert told["counts"] == {"live": 10_000}
    assert len(told["postcodes"]) == 10_000


def test_a_site_without_postcodes_and_places(made, tmp_path: Path, serving):
    site = made.write_made_site(tmp_path, postcodes=False)
    file = site / "data" / "site.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "places": None}))
    with serving(create_app(site)) as address:
        said = httpx.get(f"{address}/api/postcodes/CF101AA")
        assert said.status_code == 404
        assert "without postcodes" in said.json()["detail"]
        found = httpx.get(f"{address}/api/search", params={"q": "CF10 1AA"}).json()
        assert found["results"] == []
        found = httpx.get(f"{address}/api/search", params={"q": "mon"}).json()
        assert found["results"] == []


def found(client: httpx.Client, asked: str, limit: int = 10) -> list[tuple]:
    results = answer(client, "/api/search", q=asked, limit=limit)["results"]
    return [(one["kind"], one["code"], one["name"]) for one in results]


def test_a_name_itself_stands_before_longer_ones(client):
    assert found(client, "tref", 3) == [
        ("place", None, "Tref"),
        ("area", "W01000000", "Tref 00 A"),
        ("area", "W01000001", "Tref 00 B"),
    ]


def test_search_without_accents_and_in_welsh(client):
    assert found(client, "ynys mon") == [("place", None, "Ynys Môn")]
    assert found(client, "ty gwyn") == [("area", "W01000000", "Tref 00 A")]
    assert found(client, "gogledd") == [("group", "D/1", "Northside")]


def test_search_by_code_and_by_postcode(client, made):
    assert found(client, "w01000123") == [("area", "W01000123", "Tref 12 D")]
    assert found(client, "cf101aa") == [("postcode", made.LIVE, "Tref 00 A")]


def test_every_word_must_begin_a_word(client):
    assert found(client, "12 tref d") == [("area", "W01000123", "Tref 12 D")]
    assert found(client, "ref 12") == []
    assert found(client, "!?") == []


def test_a_name_with_script_comes_back_as_text(client, made):
    response = client.get("/api/search", params={"q": "alert llan"})
    assert response.json()["results"][0]["name"] == made.SCRIPT
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-type"] == "application/json"
