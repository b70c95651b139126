"""Results that are not as their build left them are refused before anything is made of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import hyperlocal
from hyperlocal.pipeline.integrity import checksum, open_verified, verify, write_checksums

DEFINITION = """\
hyperlocal: 1
id: tampered
areas: {geography: lsoa21, table: {input: areas}}
inputs:
  areas: {file: areas.csv, geography: lsoa21, code: code}
  outputs: {file: outputs.csv, geography: oa21, code: oa21}
  lookup: {file: lookup.csv, geography: oa21, code: oa21}
correspondences:
  oa21_to_lsoa21: {kind: nested, input: lookup, column: lsoa21, to: lsoa21}
defaults: {high_value: more_need, input: outputs}
index:
  domains:
    work: {indicators: {claimants: {numerator: claimants, denominator: adults, per: 100}}}
"""
AREAS = range(1, 8)
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\n" + "".join(f"E0100000{n}\n" for n in AREAS),
    "lookup.csv": "oa21,lsoa21\n" + "".join(f"E0000000{n},E0100000{n}\n" for n in AREAS),
    "outputs.csv": "oa21,claimants,adults\n" + "".join(f"E0000000{n},{n},20\n" for n in AREAS),
}
FILES = [
    "areas.parquet",
    "datapackage.json",
    "definition.yaml",
    "provenance.json",
    "quality.json",
    "unplaced.parquet",
    "weights.parquet",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory, index_folder) -> Path:
    """Results with every file that results can have."""
    return index_folder(tmp_path_factory.mktemp("tampered"), TEXTS).build().folder


@pytest.fixture
def folder(built, tmp_path) -> Path:
    """A copy of them to tamper with."""
    return Path(shutil.copytree(built, tmp_path / "copy"))


def refused(folder: Path) -> list[str]:
    """Return what is refused, without the folder; and nothing may be changed by looking."""
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    with pytest.raises(hyperlocal.ResultsError) as caught:
        open_verified(folder)
    assert before == {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def rewrite(file: Path, change) -> None:
    """Change a JSON file as its reader would see it."""
    record = json.loads(file.read_text())
    change(record)
    file.write_text(json.dumps(record))


def test_the_copy_is_as_good_as_the_folder(folder):
    assert sorted(file.name for file in folder.iterdir()) == FILES
    assert open_verified(folder)[1] == ()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0, 0.3, 0.62, 1])
def test_one_bit_flipped(folder, name, place):
    file = folder / name
    raw = bytearray(file.read_bytes())
    raw[int(place * (len(raw) - 1))] ^= 1
    file.write_bytes(raw)
    (said,) = refused(folder)
    assert said.startswith(f"{name}: ")
    assert "was changed after the build" in said or (name, said[:32]) == (
        "datapackage.json",
        "datapackage.json: cannot be read",
    )
    assert said.endswith("; build it again")


@pytest.mark.parametrize("name", FILES)
def test_a_space_at_the_end(folder, name):
    with (folder / name).open("ab") as opened:
        opened.write(b" ")
    (said,) = refused(folder)
    assert said.startswith(f"{name}: was changed after the build: it is sha256:")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left", [0, 0.5])
def test_a_file_cut_short(folder, name, left):
    file = folder / name
    file.write_bytes(file.read_bytes()[: int(left * file.stat().st_size)])
    said = refused(folder)
    assert said[0].startswith(f"{name}: ")
    assert all(one.startswith(f"{name}: ") for one in said)


@pytest.mark.parametrize("name", FILES)
def test_a_file_removed(folder, name):
    (folder / name).unlink()
    assert refused(folder) == [f"{name}: is missing; build it again"]


def test_a_folder_in_the_place_of_a_file(folder):
    (folder / "quality.json").unlink()
    (folder / "quality.json").mkdir()
    assert refused(folder) == ["quality.json: is missing; build it again"]


def test_everything_is_said_at_once(folder):
    (folder / "areas.parquet").unlink()
    (folder / "weights.parquet").unlink()
    (folder / "quality.json").write_text("{}")
    (folder / "unplaced.parquet").write_bytes(b"")
    said = refused(folder)
    assert [one.split(":")[0] for one in said] == [
        "areas.parquet",
        "weights.parquet",
        "quality.json",
        "unplaced.parquet",
    ]


def test_both_checksums_are_shown(folder):
    file = folder / "weights.parquet"
    file.write_bytes(b"")
    assert refused(folder)[0].startswith(
        "weights.parquet: was changed after the build: it is sha256:e3b0c44298fc, and was sha256:"
    )


def test_a_checksum_put_right_by_hand_does_not_hide_a_change(folder):
    """The record of the checksums has one of its own."""
    found = checksum(folder / "weights.parquet")
    (folder / "weights.parquet").write_bytes(b"")
    text = (folder / "datapackage.json").read_text()
    now = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (folder / "datapackage.json").write_text(text.replace(found, now))
    (said,) = refused(folder)
    assert said.startswith("datapackage.json: was changed after the build")


@pytest.mark.parametrize("record", ["[]", '"areas"', "{}", '{"resources": [1]}', "\xff", "{"])
def test_a_record_that_is_no_data_package(folder, record):
    (folder / "datapackage.json").write_text(record, encoding="latin-1")
    assert refused(folder) == [
        "datapackage.json: cannot be read: it is no data package; build it again"
    ]


def test_results_of_a_version_that_kept_no_checksums(folder):
    """Such as hyperlocal left until now: the tables were described and nothing else."""

    def as_before(package):
        del package["hash"]
        package["resources"] = [one for one in package["resources"] if "schema" in one]
        for resource in package["resources"]:
            del resource["hash"]

    rewrite(folder / "datapackage.json", as_before)
    built = json.loads((folder / "provenance.json").read_text())["versions"]["hyperlocal"]
    with pytest.raises(hyperlocal.ResultsError) as caught:
        open_verified(folder)
    assert str(caught.value) == (
        f"{folder}: was built by an earlier hyperlocal ({built}), which kept no checksums; "
        "build it again"
    )


@pytest.mark.parametrize("versions", [None, "1.0", {}, []])
def test_results_without_checksums_of_no_known_version(folder, versions):
    rewrite(folder / "datapackage.json", lambda package: package.update(resources=[]))
    rewrite(folder / "datapackage.json", lambda package: package.pop("hash"))
    rewrite(folder / "provenance.json", lambda record: record.update(versions=versions))
    with pytest.raises(hyperlocal.ResultsError, match=r"\(of unknown version\), which kept no"):
        open_verified(folder)


def test_a_record_whose_own_checksum_is_gone(folder):
    rewrite(folder / "datapackage.json", lambda package: package.pop("hash"))
    (said,) = refused(folder)
    assert said.startswith("datapackage.json: was changed after the build")


def test_the_definition_of_another_index(folder, small):
    """Also where every checksum agrees, as in a folder that was put together from two."""
    shutil.copy(small.build().folder / "definition.yaml", folder / "definition.yaml")
    other = "definition.yaml: is the definition of 'small', and the results are of 'tampered'"
    changed, swapped = refused(folder)
    assert changed.startswith("definition.yaml: was changed after the build")
    assert swapped == f"{other}; build it again"
    write_checksums(folder, json.loads((folder / "datapackage.json").read_text()))
    assert refused(folder) == [f"{other}; build it again"]


def test_a_definition_that_this_version_cannot_read(folder):
    (folder / "definition.yaml").write_text("hyperlocal: 2\n")
    write_checksums(folder, json.loads((folder / "datapackage.json").read_text()))
    (said,) = refused(folder)
    assert said.startswith("definition.yaml: cannot be read by hyperlocal ")


def test_a_table_that_the_build_did_not_write(folder, small):
    small.build()
    shutil.copy(folder / "unplaced.parquet", small.out)
    assert refused(small.out) == [
        "unplaced.parquet: is not of this build: datapackage.json does not name it; build it again"
    ]


def test_what_is_no_results_folder(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "notes.txt"):
        with pytest.raises(hyperlocal.ResultsError, match=r"is not a results folder"):
            open_verified(folder)


def test_a_file_that_may_not_be_read(folder):
    memory = Path("/proc/self/mem")  # its beginning is refused to the superuser as well
    if not memory.exists():
        pytest.skip("there is no file here that nobody can read")
    (folder / "areas.parquet").unlink()
    (folder / "areas.parquet").symlink_to(memory)
    (said,) = refused(folder)
    assert said.startswith("areas.parquet: cannot be read: ")


def test_results_in_use_are_verified_too(folder):
    results = hyperlocal.Results.open(folder)
    assert results.areas.height == len(AREAS)
    (folder / "weights.parquet").unlink()
    with pytest.raises(hyperlocal.ResultsError, match="is missing"):
        verify(results)
