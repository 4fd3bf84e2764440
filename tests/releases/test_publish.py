"""Publishing: when there is a new version, what its number and its changes are, and when there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.releases import Published, Refused, Unchanged, Warned, publish
from pipelines.releases.build import Attempt, _check_complete, build, canonical_tables
from pipelines.releases.errors import PrivateFieldAsked, ReleaseDamaged
from pipelines.releases.previous import Previous
from pipelines.releases.store import ReleaseStore
from pipelines.releases.verify import verify
from pipelines.schema import PackageTable
from pipelines.storage import Busy, lock
from tests.releases.builders import (
    EDITIONS,
    PRIZES,
    a_finding,
    a_package,
    a_reject,
    a_request,
    document_of,
    prizes,
    prizes_schema,
    published,
    rows_of,
    two_releases,
)


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
    assert outcome.reasons == ("PATCH: prix: 1 value changed",)
    change = {"nature": "modification", "cle": "p1", "champ": "arobases", "avant": "3", "apres": "4", "cause": "source"}
    assert rows_of(outcome.path / "data" / "changes" / "prix.csv") == [change]
    assert pq.read_table(outcome.path / "data" / "changes" / "prix.parquet").to_pylist() == [change]
    assert rows_of(outcome.path / "data" / "changes" / "editions.csv") == []


def test_the_page_of_changes_tells_totals_moves_and_samples(tmp_path: Path) -> None:
    page = (two_releases(tmp_path) / "prix" / "1.1.0" / "data" / "CHANGES.md").read_text()
    assert "- **mineure / minor** prix : 1 ligne ajoutée / *prix: 1 row added*" in page
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
    assert outcome.reasons == ("PATCH: findings updated", "PATCH: rejected rows updated")


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


def test_an_empty_table_is_refused_and_the_last_good_release_stays(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(a_request([]), releases, key=None, now=datetime(2026, 3, 1, tzinfo=UTC))
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].en == "prix: 0 rows, at least 1 expected"
    kept = json.loads(outcome.record.read_text())
    assert (kept["result"], kept["current"]) == ("refused", "1.0.0")
    assert json.loads((releases / "prix" / "latest.json").read_text())["version"] == "1.0.0"
    line = ReleaseStore.read(releases, "prix").ledger.of("prix", "refused")[0]
    assert line["at"] == "2026-03-01T00:00:00Z"


def test_the_same_refusal_again_is_kept_once(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    publish(a_request([]), releases, key=None)
    publish(a_request([]), releases, key=None)
    assert len(ReleaseStore.read(releases, "prix").ledger.of("prix", "refused")) == 1
    assert len(list((releases / "prix" / "refus").iterdir())) == 1


def test_a_table_that_shrinks_too_much_is_refused(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    outcome = publish(a_request(PRIZES[:1]), releases, key=None)
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].en == "prix: 1 row against 3 in the current version, loss allowed: 50%"


def test_a_notice_lets_rows_go_once(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    notice = Warned("Deux prix étaient inventés.", "Two prizes were made up.", is_notice=True, losses=(("prix", 0.7),))
    first = publish(replace(a_request(PRIZES[:1]), warnings=(notice,)), releases, key=None)
    assert isinstance(first, Published)
    again = publish(replace(a_request([]), warnings=(notice,)), releases, key=None)
    assert isinstance(again, Refused)
    assert any("loss allowed: 50%" in reason.en for reason in again.reasons)


def test_a_notice_lets_no_more_go_than_it_says(tmp_path: Path) -> None:
    releases = published(tmp_path).parent.parent
    notice = Warned("Un prix était inventé.", "One prize was made up.", is_notice=True, losses=(("prix", 0.6),))
    outcome = publish(replace(a_request(PRIZES[:1]), warnings=(notice,)), releases, key=None)
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].en == "prix: 1 row against 3 in the current version, loss allowed: 60%"


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
    assert [item.en for item in outcome.reasons] == ["prix: 1 duplicate key", "prix: 1 incomplete key"]


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
    found = ReleaseStore.read(releases, "autres").ledger.entries
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
    previous = Previous.of(ReleaseStore.read(tmp_path / "releases", "prix"))
    request = a_request()
    attempt = Attempt(request, previous, canonical_tables(request, previous), None, lambda name: None)
    built = build(attempt, tmp_path / "aside")
    assert built is not None
    data = tmp_path / "aside" / "data"
    (data / "prix.csv").write_text("cut")
    with pytest.raises(ReleaseDamaged, match=r"prix\.csv"):
        _check_complete(data, ["editions", "prix"], built.files)
    (data / "prix.csv").unlink()
    with pytest.raises(ReleaseDamaged, match="data/"):
        _check_complete(data, ["editions", "prix"], built.files)


def test_the_last_look_is_made_while_other_packages_are_released(tmp_path: Path) -> None:
    releases, seals = tmp_path / "o" / "releases", []

    def look(folder: Path) -> None:
        seals.append((folder / "bag-info.txt").read_text())
        if len(seals) == 1:
            publish(a_request(package=a_package(name="autre")), releases, key=None)

    outcome = publish(a_request(), releases, key=None, inspect=look)
    assert isinstance(outcome, Published)
    assert [f"Arobase-Ledger-Sequence: {number}" in seal for number, seal in enumerate(seals)] == [True, True]
    assert (outcome.path / "bag-info.txt").read_text() == seals[-1]
    found = verify(releases)
    assert (found.flaws, found.releases) == ((), ("autre 1.0.0", "prix 1.0.0"))


def test_what_was_sealed_once_is_looked_at_once(tmp_path: Path) -> None:
    looks: list[Path] = []
    publish(a_request(), tmp_path / "o" / "releases", key=None, inspect=looks.append)
    assert len(looks) == 1


def test_data_of_which_nobody_said_how_to_reuse_them_or_who_answers_are_published_with_a_warning(
    tmp_path: Path,
) -> None:
    """Told to whoever publishes; the release itself says `notspecified`."""
    request = a_request()
    publisher = {**request.package.publisher, "title": "Publisher to be filled in"}
    unstated = replace(request, package=replace(request.package, licence="non-precisee", publisher=publisher))
    told = publish(unstated, tmp_path / "a" / "releases", key=None)
    assert isinstance(told, Published)
    begun = [item.en.partition(":")[0] for item in told.warnings]
    assert begun == ["unsigned version", "licence not stated", "publisher not stated"]
    stated = publish(request, tmp_path / "b" / "releases", key=None)
    assert isinstance(stated, Published)
    assert [item.en.partition(":")[0] for item in stated.warnings] == ["unsigned version"]
