"""How files and answers are sent: caching, compression, parts, methods and headers."""

from __future__ import annotations

import gzip
import http.client
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from hyperlocal.server.app import create_app
from hyperlocal.server.guard import POLICY

SCRIPT = "/assets/index-AbCd_123.js"
ARRAYS = "/data/columns/need.bin.gz"
PATHS = ["/", "/api", "/api/areas/W01000000", SCRIPT, ARRAYS, "/data/site.json"]


def raw(address: str, path: str, method: str = "GET", **headers: str):
    """Ask without any client's help: nothing is decompressed, no header added."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.mark.parametrize("path", PATHS)
def test_what_is_known_is_not_sent_again(client, path):
    first = client.get(path)
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f'"other", W/{tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_no_tag_makes_an_absent_thing_known(client):
    tag = client.get("/api").headers["etag"]
    response = client.get("/api/areas/none", headers={"If-None-Match": tag})
    assert response.status_code == 404


def test_tags_are_of_the_content_alone(client, made, tmp_path: Path, serving):
    with serving(create_app(made.write_made_site(tmp_path))) as address:
        for path in PATHS:
            assert httpx.get(address + path).headers["etag"] == client.get(path).headers["etag"]
    (tmp_path / "index.html").write_text("<!doctype html><title>Other</title>")
    with serving(create_app(tmp_path)) as address:
        assert httpx.get(address + "/").headers["etag"] != client.get("/").headers["etag"]
        assert httpx.get(address + "/api").headers["etag"] != client.get("/api").headers["etag"]


def test_only_files_with_their_hash_in_the_name_are_kept_for_ever(client):
    assert "immutable" in client.get(SCRIPT).headers["cache-control"]
    for path in ("/", "/api", "/assets/plain.css", ARRAYS, "/data/site.json"):
        assert client.get(path).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/api", SCRIPT, "/data/site.json"])
def test_text_is_compressed_for_those_who_take_it(address, path):
    plain, whole = raw(address, path)
    packed, body = raw(address, path, Accept_Encoding="br, gzip")
    assert plain.headers["content-encoding"] is None
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == whole
    assert len(body) < len(whole)
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != packed.headers["etag"]
    assert int(packed.headers["content-length"]) == len(body)


def test_compressed_files_are_sent_as_they_lie(address, site: Path):
    response, body = raw(address, ARRAYS, Accept_Encoding="gzip")
    assert body == (site / ARRAYS[1:]).read_bytes()
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-encoding"] is None


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-5", slice(-5, None)),
        ("bytes=10-999999999", slice(10, None)),
        ("bytes=-999999999", slice(0, None)),
    ],
)
@pytest.mark.parametrize("path", [SCRIPT, ARRAYS])
def test_parts_are_never_compressed(address, site: Path, path, asked, part):
    whole = (site / path[1:]).read_bytes()
    response, body = raw(address, path, Range=asked, Accept_Encoding="gzip")
    assert response.status == 206
    assert body == whole[part]
    assert response.headers["content-encoding"] is None
    start = len(whole) - len(whole[part]) if part.start and part.start < 0 else part.start
    assert (
        response.headers["content-range"] == f"bytes {start}-{start + len(body) - 1}/{len(whole)}"
    )


def test_a_part_that_is_not_there(address, site: Path):
    size = (site / ARRAYS[1:]).stat().st_size
    response, body = raw(address, ARRAYS, Range=f"bytes={size}-")
    assert response.status == 416
    assert response.headers["content-range"] == f"bytes */{size}"
    assert b'"status":416' in body


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "x"])
def test_ranges_that_make_no_sense_are_passed_over(address, site: Path, asked):
    response, body = raw(address, ARRAYS, Range=asked)
    assert response.status == 200
    assert body == (site / ARRAYS[1:]).read_bytes()


def test_a_part_of_another_version_is_sent_whole(address):
    tag = raw(address, SCRIPT)[0].headers["etag"]
    assert raw(address, SCRIPT, Range="bytes=0-9", If_Range=tag)[0].status == 206
    assert raw(address, SCRIPT, Range="bytes=0-9", If_Range='"other"')[0].status == 200


@pytest.mark.parametrize("path", [*PATHS, "/api/areas/none", "/none"])
def test_head_is_get_without_the_body(address, path):
    got, body = raw(address, path)
    head, nothing = raw(address, path, "HEAD")
    assert head.status == got.status
    assert nothing == b""
    assert int(head.headers["content-length"]) == len(body)
    assert head.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/areas", "GET, HEAD, OPTIONS"),
        ("/api/postcodes", "OPTIONS, POST"),
        (SCRIPT, "GET, HEAD, OPTIONS"),
    ],
)
def test_other_methods_are_refused_with_those_that_are_allowed(client, path, methods):
    for method in ("DELETE", "PUT", "PATCH", "TRACE"):
        response = client.request(method, path)
        assert response.status_code == 405
        assert response.headers["allow"] == methods
        assert response.json()["status"] == 405
    options = client.options(path)
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == methods


@pytest.mark.parametrize("path", [*PATHS, "/api/areas/none", "/none", "/api/areas?limit=0"])
def test_headers_of_security_are_on_every_answer(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers


def test_pages_of_other_hosts_read_nothing_on_this_machine(client):
    for path in PATHS:
        headers = client.get(path, headers={"Origin": "https://example.org"}).headers
        assert "access-control-allow-origin" not in headers
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_pages_of_other_hosts_read_data_where_it_is_published(site: Path, serving):
    with serving(create_app(site, hosts=None, shared=True)) as address:
        for path in ("/api", "/api/areas/none", ARRAYS):
            headers = httpx.get(address + path, headers={"Host": "need.example.org"}).headers
            assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-origin" not in httpx.get(address + "/").headers
        asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
        before = httpx.options(address + "/api/postcodes", headers=asked)
        assert before.status_code == 204
        assert "POST" in before.headers["access-control-allow-methods"]
        assert "Content-Type" in before.headers["access-control-allow-headers"]


def test_the_first_page_and_a_page_that_is_not_there(client):
    assert client.get("/").text.startswith("<!doctype html>")
    assert client.get("/index.html").text == client.get("/").text
    response = client.get("/nowhere.html")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/plain")
    for path in ("/api/nothing", "/api/", "/api/areas/"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


def test_the_description_of_the_api_names_no_other_host(client):
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert set(document["paths"]) == {
        "/api",
        "/api/areas",
        "/api/areas/{code}",
        "/api/districts",
        "/api/districts/{kind}",
        "/api/districts/{kind}/{code}",
        "/api/indicators",
        "/api/indicators/{id}",
        "/api/indicators/{id}/values",
        "/api/postcodes",
        "/api/postcodes/{postcode}",
        "/api/search",
    }
    assert "http" not in str(document["info"])
