"""What is in a release: its files, its descriptor, its pages, its provenance; the same bytes everywhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import bagit
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.releases import Published, Warned, publish
from pipelines.releases.steps import Step, StepKind
from pipelines.schema.errors import SchemaFileError
from tests.releases.builders import (
    PRIZES,
    SNAPSHOT,
    a_key,
    a_package,
    a_request,
    a_schema,
    a_source,
    document_of,
    field,
    prizes_schema,
    provenance_of,
    published,
)


def test_a_first_release_holds_the_declared_files_and_nothing_else(tmp_path: Path) -> None:
    release = published(tmp_path)
    found = sorted(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    tables = ("editions", "prix")
    expected = ["bag-info.txt", "bagit.txt", "inclusion.tlog-proof", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    expected += [f"data/{name}" for name in ("CHANGES.md", "README.md", "datapackage.json")]
    expected += [
        f"data/{folder}{name}.{kind}" for name in tables for folder in ("", "changes/") for kind in ("csv", "parquet")
    ]
    expected += [f"data/{form}/{name}.{kind}" for name in tables for form, kind in (("excel", "csv"), ("ods", "ods"))]
    expected += [f"data/qualite/{name}.{kind}" for name in ("constats", "rejets") for kind in ("csv", "parquet")]
    assert found == sorted([*expected, "data/qualite/provenance.parquet"])
    assert release.name == "1.0.0"


def test_frictionless_accepts_the_descriptor(tmp_path: Path) -> None:
    from frictionless import Package

    release = published(tmp_path)
    report = Package(str(release / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])


def test_bagit_accepts_the_release(tmp_path: Path) -> None:
    assert bagit.Bag(str(published(tmp_path))).validate()


def test_the_descriptor_tells_what_a_harvester_needs(tmp_path: Path) -> None:
    document = document_of(published(tmp_path, warnings=(Warned("attention", "beware"),)))
    assert document["version"] == "1.0.0"
    assert document["created"] == "2026-01-02T03:04:05Z"
    assert document["licenses"][0]["path"].startswith("https://")
    assert document["contributors"][0]["roles"] == ["publisher"]
    assert document["sources"][0]["snapshots"][0]["sha256"] == SNAPSHOT
    assert document["sources"][0]["example"] is True
    assert document["warnings"] == [{"fr": "attention", "en": "beware"}]
    table = next(item for item in document["resources"] if item["name"] == "prix")
    assert (table["rows"], table["bytes"] > 0, table["hash"][:7]) == (3, True, "sha256:")
    assert table["schema"]["foreignKeys"][0]["reference"]["resource"] == "editions"


def test_foreign_keys_to_other_packages_are_left_out(tmp_path: Path) -> None:
    foreign = [{"fields": ["nom"], "reference": {"resource": "ailleurs/communes", "fields": ["nom"]}}]
    document = document_of(published(tmp_path, prix=prizes_schema(foreignKeys=foreign)))
    assert "foreignKeys" not in next(item["schema"] for item in document["resources"] if item["name"] == "prix")


def test_dates_of_a_package_stand_in_its_descriptor_as_text(tmp_path: Path) -> None:
    package = a_package(more={"themes": ["TECH"], "temporal": {"start": date(2020, 1, 31)}})
    told = document_of(published(tmp_path, package=package))
    assert (told["themes"], told["temporal"]) == (["TECH"], {"start": "2020-01-31"})


def test_a_licence_is_described_by_the_code_list(tmp_path: Path) -> None:
    told = {"name": "odbl-1.0", "title": "Open Database License 1.0"}
    made = document_of(published(tmp_path, package=a_package(licence="odbl-1.0")))["licenses"]
    assert made == [{**told, "path": "https://opendatacommons.org/licenses/odbl/1-0/"}]


def test_a_licence_that_the_code_list_does_not_hold_is_refused_with_those_that_it_holds(tmp_path: Path) -> None:
    with pytest.raises(SchemaFileError, match=r"prix/package.yaml: licence: x; expected: etalab-2.0, fr-lo, odbl-1.0"):
        published(tmp_path, package=a_package(licence="x"))


def test_the_page_says_how_to_verify_without_arobase(tmp_path: Path) -> None:
    page = (published(tmp_path) / "data" / "README.md").read_text()
    for command in ("ssh-keygen -Y verify", "sha256sum -c", "bagit.py --validate"):
        assert command in page
    assert "exemple" in page


def test_ssh_keygen_and_sha256sum_verify_a_signed_release(tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None or shutil.which("sha256sum") is None:
        pytest.fail("ssh-keygen and sha256sum are needed to hold what the README promises")
    key = a_key(tmp_path)
    outcome = publish(a_request(), tmp_path / "releases", key=key)
    assert isinstance(outcome, Published)
    assert outcome.signed
    (tmp_path / "allowed_signers").write_text(f"arobase {key.public_line}\n")
    asked = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "allowed_signers"), "-I", "arobase"]
    asked += ["-n", "arobase-release", "-s", str(outcome.path / "tagmanifest-sha256.txt.sig")]
    message = (outcome.path / "tagmanifest-sha256.txt").read_bytes()
    assert subprocess.run(asked, input=message, capture_output=True, check=False).returncode == 0
    assert subprocess.run(asked, input=message + b" ", capture_output=True, check=False).returncode != 0
    for manifest in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        subprocess.run(["sha256sum", "--quiet", "-c", manifest], cwd=outcome.path, check=True)


def test_provenance_names_each_row_by_its_rank_in_key_order(tmp_path: Path) -> None:
    release = published(tmp_path, prizes=PRIZES[::-1])
    found = pq.read_table(release / "data" / "qualite" / "provenance.parquet").to_pylist()
    told = [(row["table"], row["ligne"], row["position"]) for row in found]
    assert told == [("editions", 1, 2), ("editions", 2, 3), ("prix", 1, 4), ("prix", 2, 3), ("prix", 3, 2)]
    assert {row["snapshot"] for row in found} == {SNAPSHOT}


def test_several_records_may_feed_a_row_and_unpublished_rows_leave_no_trace(tmp_path: Path) -> None:
    request = a_request()
    prix = request.tables["prix"]
    twice = pa.concat_tables([provenance_of(prix, ["prix_id"]), provenance_of(prix.slice(0, 1), ["prix_id"])])
    odd = twice.slice(0, 1).set_column(0, "prix_id", pa.array(["elsewhere"]))
    wanted = {"prix": pa.concat_tables([twice, odd])}
    outcome = publish(replace(request, provenance=wanted), tmp_path / "releases", key=None)
    assert isinstance(outcome, Published)
    found = pq.read_table(outcome.path / "data" / "qualite" / "provenance.parquet").to_pylist()
    assert [row["ligne"] for row in found] == [1, 1, 2, 3]


def test_a_release_without_provenance_has_an_empty_file(tmp_path: Path) -> None:
    release = published(tmp_path, provenance={})
    assert pq.read_table(release / "data" / "qualite" / "provenance.parquet").num_rows == 0


def test_rows_of_a_table_without_a_key_keep_their_provenance(tmp_path: Path) -> None:
    schema = a_schema("prix", {"fields": [field("nom"), field("niveau", constraints={"enum": ["or"]}, codelist=None)]})
    table = pa.table({"nom": ["b", "a"], "niveau": ["or", None]})
    request = replace(
        a_request(),
        package=a_package(("prix",)),
        schemas={"prix": schema},
        tables={"prix": table},
        provenance={"prix": provenance_of(table, ())},
    )
    outcome = publish(request, tmp_path / "releases", key=None)
    assert isinstance(outcome, Published)
    found = pq.read_table(outcome.path / "data" / "qualite" / "provenance.parquet").to_pylist()
    assert [(row["ligne"], row["position"]) for row in found] == [(1, 3), (2, 2)]


def test_a_source_without_snapshots_is_still_named(tmp_path: Path) -> None:
    document = document_of(published(tmp_path, sources=(a_source(publisher="", snapshots=()),)))
    assert document["sources"][0]["snapshots"] == []
    assert "publisher" not in document["sources"][0]


def test_the_order_of_sources_and_of_their_snapshots_changes_no_byte(tmp_path: Path) -> None:
    used = a_source().snapshots[0]
    parts = tuple(replace(used, part=part) for part in ("b", "a"))
    sources = (a_source(snapshots=parts), a_source(name="autre"))
    turned = (sources[1], replace(sources[0], snapshots=parts[::-1]))
    x, y = (Step(StepKind.COPIED, "sources/a.yaml", "b", (name,)) for name in "xy")
    one = published(tmp_path / "one", sources=sources, steps={"prix/nom": [x], "prix/annee": [y]})
    two = published(tmp_path / "two", sources=turned, steps={"prix/annee": [y], "prix/nom": [x]})
    assert (one / "manifest-sha256.txt").read_bytes() == (two / "manifest-sha256.txt").read_bytes()


PROGRAM = """
import sys
sys.path.insert(0, {root!r})
import pyarrow
pyarrow.set_cpu_count(int(sys.argv[2]))
from dataclasses import replace
from pathlib import Path
from pipelines.releases import publish
from pipelines.releases.signature import load_key
from tests.releases.builders import PRIZES, EDITIONS, a_request, prizes
releases = Path(sys.argv[1]) / "outputs" / "releases"
step = -1 if sys.argv[3] == "backwards" else 1
key = load_key(Path(sys.argv[4]))
for rows in (PRIZES, prizes(p1={{"arobases": "4"}})):
    forward, given = a_request(rows), a_request(rows[::step], EDITIONS[::step])
    turned = {{name: table.take(list(range(len(table)))[::step]) for name, table in forward.provenance.items()}}
    publish(replace(given, provenance=turned), releases, key=key)
"""


def test_bytes_do_not_depend_on_folder_zone_locale_hash_seed_threads_or_order(tmp_path: Path) -> None:
    a_key(tmp_path)
    root = str(Path(__file__).resolve().parents[2])
    worlds = (
        ("un", "1", "forward", {"TZ": "Europe/Paris", "LC_ALL": "C", "PYTHONHASHSEED": "0"}),
        (
            "deux/dossiers plus bas",
            "4",
            "backwards",
            {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "7"},
        ),
    )
    found = []
    for folder, threads, order, environment in worlds:
        place = tmp_path / folder
        asked = [sys.executable, "-c", PROGRAM.format(root=root), str(place), threads, order, str(tmp_path / "cle")]
        subprocess.run(asked, env={"PATH": "/usr/bin:/bin", **environment}, check=True, cwd=tmp_path)
        outputs = place / "outputs"
        files = sorted(path for path in outputs.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
        found.append({path.relative_to(outputs).as_posix(): path.read_bytes() for path in files})
    assert set(found[0]) == set(found[1])
    assert {name for name in found[0] if found[0][name] != found[1][name]} == set()
    assert len(found[0]) > 40
