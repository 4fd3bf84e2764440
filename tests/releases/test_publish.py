"""Publishing: what stands in a release, when there is one, and when there is none."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bagit
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.releases import Published, Refused, Unchanged, Warned, publish
from pipelines.releases.build import Attempt, _check_complete, build, canonical_tables
from pipelines.releases.errors import PrivateFieldAsked, ReleaseDamaged
from pipelines.releases.previous import Previous
from pipelines.releases.shelf import Shelf
from pipelines.schema import PackageTable
from pipelines.schema.errors import SchemaFileError
from pipelines.storage import Busy, lock
from tests.releases.builders import (
    EDITIONS,
    PRIZES,
    SNAPSHOT,
    a_finding,
    a_key,
    a_package,
    a_reject,
    a_request,
    a_schema,
    a_source,
    field,
    prizes,
    prizes_schema,
    provenance_of,
    two_releases,
)


def published(folder: Path, **more: Any) -> Path:
    outcome = publish(a_request(**more), folder / "outputs" / "releases", key=None)
    assert isinstance(outcome, Published)
    return outcome.path


def document_of(release: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((release / "data" / "datapackage.json").read_text())
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_first_release_holds_the_declared_files_and_nothing_else(tmp_path: Path) -> None:
    release = published(tmp_path)
    found = sorted(path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file())
    tables = ("editions", "prix")
    expected = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    expected += [f"data/{name}" for name in ("CHANGES.md", "README.md", "datapackage.json")]
    expected += [
        f"data/{folder}{name}.{kind}" for name in tables for folder in ("", "changes/") for kind in ("csv", "parquet")
    ]
    expected += [f"data/excel/{name}.csv" for name in tables]
    expected += [f"data/qualite/{name}.{kind}" for name in ("constats", "rejets") for kind in ("csv", "parquet")]
    assert found == sorted([*expected, "data/qualite/provenance.parquet"])
    assert release.name == "1.0.0"


def test_frictionless_accepts_the_descriptor(tmp_path: Path) -> None:
    from frictionless import Package

    release = published(tmp_path)
    report = Package(str(release / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])


def test_bagit_accepts_the_release(tmp_path: Path) -> None:
    bagit.Bag(str(published(tmp_path))).validate()


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


def test_a_licence_is_described_by_the_code_list(tmp_path: Path) -> None:
    told = {"name": "odbl-1.0", "title": "Open Database License 1.0"}
    made = document_of(published(tmp_path, package=a_package(licence="odbl-1.0")))["licenses"]
    assert made == [{**told, "path": "https://opendatacommons.org/licenses/odbl/1-0/"}]


def test_a_licence_that_the_code_list_does_not_hold_is_refused_with_those_that_it_holds(tmp_path: Path) -> None:
    with pytest.raises(SchemaFileError, match=r"prix/package.yaml: licence: x; expected: etalab-2.0, odbl-1.0"):
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


def test_without_a_key_the_release_is_unsigned_and_says_so(tmp_path: Path) -> None:
    outcome = publish(a_request(), tmp_path / "releases", key=None)
    assert isinstance(outcome, Published)
    assert not outcome.signed
    assert any("unsigned" in item.en for item in outcome.warnings)


def test_the_same_request_again_publishes_nothing(tmp_path: Path) -> None:
    release = published(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in release.parent.parent.rglob("*")}
    outcome = publish(a_request(), release.parent.parent, key=None)
    assert outcome == Unchanged("prix", "1.0.0", release)
    after = {path: path.stat().st_mtime_ns for path in release.parent.parent.rglob("*")}
    touched = {path.name for path in before if before[path] != after.get(path)}
    assert touched <= {"prix", ".lock", ".ledger.lock"}


def test_the_same_values_from_other_snapshots_code_and_rows_order_publish_nothing(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    other = a_request(PRIZES[::-1], EDITIONS[::-1], snapshot="cd" * 32)
    assert isinstance(publish(replace(other, code="code-2"), releases, key=None), Unchanged)


def test_a_corrected_value_is_a_patch_with_its_change(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(a_request(prizes(p1={"arobases": "4"}), snapshot="cd" * 32), releases, key=None)
    assert isinstance(outcome, Published)
    assert outcome.version == "1.0.1"
    assert outcome.reasons == ("PATCH: prix: 1 value(s) corrected",)
    change = {"nature": "modification", "cle": "p1", "champ": "arobases", "avant": "3", "apres": "4", "cause": "source"}
    assert rows_of(outcome.path / "data" / "changes" / "prix.csv") == [change]
    assert pq.read_table(outcome.path / "data" / "changes" / "prix.parquet").to_pylist() == [change]
    assert rows_of(outcome.path / "data" / "changes" / "editions.csv") == []


def test_the_page_of_changes_tells_totals_moves_and_samples(tmp_path: Path) -> None:
    page = (two_releases(tmp_path) / "prix" / "1.1.0" / "data" / "CHANGES.md").read_text()
    assert "- **MINOR** prix : 1 ligne(s) ajoutée(s)" in page
    assert "| prix | 1 | 0 | 1 | 1 |" in page
    assert "| p1 | arobases | 3 | 4 | +1 |" in page
    assert "- `p1` arobases : « 3 » → « 4 »" in page
    assert "- `p4` (" in page


def test_a_page_of_changes_keeps_long_and_odd_values_on_one_line(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(a_request(prizes(p1={"nom": "<b>|`x`\n" + "y" * 200})), releases, key=None)
    assert isinstance(outcome, Published)
    page = (outcome.path / "data" / "CHANGES.md").read_text()
    assert "« &lt;b>\\|'x' yyy" in page
    assert "…" in page


def test_a_row_that_goes_is_a_patch_and_is_listed(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(a_request(PRIZES[:2]), releases, key=None)
    assert isinstance(outcome, Published)
    assert outcome.version == "1.0.1"
    assert [row["nature"] for row in rows_of(outcome.path / "data" / "changes" / "prix.csv")] == ["retrait"]


def test_a_field_that_goes_is_a_major_version(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    schema = prizes_schema()
    schema["fields"].pop()
    outcome = publish(a_request(prix=schema), releases, key=None)
    assert isinstance(outcome, Published)
    assert outcome.version == "2.0.0"


def test_new_findings_and_rejects_are_a_patch(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(
        a_request(findings=[a_finding(), a_finding(2)], rejects=[a_reject(), a_reject(10)]), releases, key=None
    )
    assert isinstance(outcome, Published)
    assert outcome.reasons == ("PATCH: findings revised", "PATCH: rejects revised")


def test_versions_and_latest_tell_of_every_release(tmp_path: Path) -> None:
    folder = two_releases(tmp_path) / "prix"
    index = json.loads((folder / "versions.json").read_text())
    assert [item["version"] for item in index["versions"]] == ["1.1.0", "1.0.0"]
    newest = index["versions"][0]
    assert newest["rows"] == {"editions": 2, "prix": 4}
    assert newest["changes"]["prix"] == {"added": 1, "removed": 0, "changed": 1, "fields": {"arobases": 1}}
    assert newest["parent"] == index["versions"][1]["tagmanifest"]
    latest = json.loads((folder / "latest.json").read_text())
    assert (latest["version"], latest["tagmanifest"]) == ("1.1.0", newest["tagmanifest"])
    assert (folder / latest["datapackage"]).is_file()


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
        provenance={"prix": provenance_of(table, ["nom", "niveau"])},
    )
    outcome = publish(request, tmp_path / "releases", key=None)
    assert isinstance(outcome, Published)
    found = pq.read_table(outcome.path / "data" / "qualite" / "provenance.parquet").to_pylist()
    assert [(row["ligne"], row["position"]) for row in found] == [(1, 3), (2, 2)]


def test_an_empty_table_is_refused_and_the_last_good_release_stays(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(a_request([]), releases, key=None, now=datetime(2026, 3, 1, tzinfo=UTC))
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].en == "prix: 0 row(s), at least 1 expected"
    kept = json.loads(outcome.record.read_text())
    assert (kept["result"], kept["current"]) == ("refused", "1.0.0")
    assert json.loads((releases / "prix" / "latest.json").read_text())["version"] == "1.0.0"
    line = Shelf.read(releases, "prix").ledger.of("prix", "refused")[0]
    assert line["at"] == "2026-03-01T00:00:00Z"


def test_the_same_refusal_again_is_kept_once(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    publish(a_request([]), releases, key=None)
    publish(a_request([]), releases, key=None)
    assert len(Shelf.read(releases, "prix").ledger.of("prix", "refused")) == 1
    assert len(list((releases / "prix" / "refus").iterdir())) == 1


def test_a_table_that_shrinks_too_much_is_refused(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(a_request(PRIZES[:1]), releases, key=None)
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].en == "prix: 1 rows against 3 in the current version, loss allowed: 50%"


def test_missing_and_undeclared_tables_are_refused(tmp_path: Path) -> None:
    request = a_request()
    less = replace(request, tables={"editions": request.tables["editions"]})
    outcome = publish(less, tmp_path / "releases", key=None)
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].en == 'table "prix" is declared and missing'
    more = replace(request, package=a_package(("editions",)))
    outcome = publish(more, tmp_path / "releases", key=None)
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].en == 'table "prix" is not declared'


def test_double_and_incomplete_keys_are_refused(tmp_path: Path) -> None:
    twice = [*PRIZES, PRIZES[0], {"annee": "2024"}]
    outcome = publish(a_request(twice, prix=prizes_schema()), tmp_path / "releases", key=None)
    assert isinstance(outcome, Refused)
    assert [item.en for item in outcome.reasons] == ["prix: 1 duplicate key(s)", "prix: 1 incomplete key(s)"]


def test_more_rows_than_expected_is_a_warning_that_users_see(tmp_path: Path) -> None:
    package = a_package(("editions", PackageTable("prix", None, (), 1, 2, 0.5)))
    outcome = publish(a_request(package=package), tmp_path / "releases", key=None)
    assert isinstance(outcome, Published)
    assert outcome.warnings[0].en == "prix: 3 rows, at most 2 expected"
    assert document_of(outcome.path)["warnings"][0]["en"] == "prix: 3 rows, at most 2 expected"


def test_a_field_that_is_not_public_never_leaves(tmp_path: Path) -> None:
    schema = prizes_schema()
    schema["fields"][2]["privacy"] = "personnel"
    with pytest.raises(PrivateFieldAsked) as error:
        publish(a_request(prix=schema), tmp_path / "releases", key=None)
    assert error.value.facts["field"] == "nom"
    request = a_request()
    table = request.tables["prix"].append_column("courriel", pa.array(["x@example.org"] * 3))
    with pytest.raises(PrivateFieldAsked):
        publish(replace(request, tables={**request.tables, "prix": table}), tmp_path / "releases", key=None)
    assert not (tmp_path / "releases").exists()


def test_two_at_once_give_one_release_and_one_clear_refusal(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    with lock(releases / "prix" / ".lock"), pytest.raises(Busy):
        publish(a_request(), releases, key=None)
    assert isinstance(publish(a_request(), releases, key=None), Published)


def test_packages_share_the_ledger(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    other = a_request(package=a_package(name="autres"))
    assert isinstance(publish(other, releases, key=None), Published)
    found = Shelf.read(releases, "autres").ledger.entries
    assert [(entry["package"], entry["parent"]) for entry in found] == [("prix", "none"), ("autres", "none")]


def test_a_damaged_previous_release_stops_the_next(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    (releases / "prix" / "1.0.0" / "data" / "prix.parquet").write_bytes(b"PAR1")
    with pytest.raises(ReleaseDamaged):
        publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None)
    (releases / "prix" / "1.0.0" / "data" / "prix.parquet").unlink()
    with pytest.raises(ReleaseDamaged, match="absent"):
        publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None)
    assert [path.name for path in (releases / "prix").iterdir() if path.name.startswith(".aside")] == []


def test_what_is_written_aside_is_checked_before_it_is_shown(tmp_path: Path) -> None:
    previous = Previous.of(Shelf.read(tmp_path / "releases", "prix"))
    request = a_request()
    attempt = Attempt(request, previous, canonical_tables(request), None, lambda name: None)
    built = build(attempt, tmp_path / "aside")
    assert built is not None
    data = tmp_path / "aside" / "data"
    (data / "prix.csv").write_text("cut")
    with pytest.raises(ReleaseDamaged, match=r"prix\.csv"):
        _check_complete(data, ["editions", "prix"], built.files)
    (data / "prix.csv").unlink()
    with pytest.raises(ReleaseDamaged, match="data/"):
        _check_complete(data, ["editions", "prix"], built.files)


def test_a_source_without_snapshots_is_still_named(tmp_path: Path) -> None:
    document = document_of(published(tmp_path, sources=(a_source(publisher="", snapshots=()),)))
    assert document["sources"][0]["snapshots"] == []
    assert "publisher" not in document["sources"][0]


def test_the_order_of_sources_and_of_their_snapshots_changes_no_byte(tmp_path: Path) -> None:
    used = a_source().snapshots[0]
    parts = tuple(replace(used, part=part) for part in ("b", "a"))
    sources = (a_source(snapshots=parts), a_source(name="autre"))
    turned = (sources[1], replace(sources[0], snapshots=parts[::-1]))
    one = published(tmp_path / "one", sources=sources, steps={"prix/nom": ["x"], "prix/annee": ["y"]})
    two = published(tmp_path / "two", sources=turned, steps={"prix/annee": ["y"], "prix/nom": ["x"]})
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
