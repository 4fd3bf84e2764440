"""What is asked of releases later: where a value comes from, the same release again, one that has to go."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.releases import Published, ReleaseRequest, Unchanged, publish
from pipelines.releases.errors import NoSuchPackage, NoSuchRelease, NoSuchRow, RetractedRelease
from pipelines.releases.rebuild import rebuild
from pipelines.releases.retract import retract, to_retract
from pipelines.releases.store import ReleaseStore, pending, settle
from pipelines.releases.trace import trace
from pipelines.releases.verify import verify
from tests.releases.builders import (
    NAMED,
    PRIZES,
    SNAPSHOT,
    Row,
    a_finding,
    a_key,
    a_package,
    a_request,
    a_schema,
    field,
    prizes,
    prizes_schema,
    two_releases,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
REASON = "donnée personnelle publiée par erreur"


def a_raw(source: str, snapshot: str, part: str, position: int) -> Mapping[str, str | None] | None:
    return {"source": source, "place": f"{part} {position}", "snapshot": snapshot[:4]}


def test_a_cell_is_traced_to_its_snapshot_and_position(tmp_path: Path) -> None:
    found = trace(two_releases(tmp_path), "prix", "prix", ["p2"], "nom", raw=a_raw)
    assert (found.version, found.row) == ("1.1.0", 2)
    cell = found.cells[0]
    assert (cell.value, cell.first_version, cell.last_version) == ("Bourg, l'Exemple", "1.0.0", "1.1.0")
    assert cell.steps == NAMED
    assert cell.constraints["type"] == "string"
    origin = found.origins[0]
    assert (origin.snapshot, origin.part, origin.position) == (SNAPSHOT, "fichier", 3)
    assert (origin.address, origin.obtained) == ("https://example.org/prix.csv", "2026-01-02")
    assert origin.record == {"source": "inventee", "place": "fichier 3", "snapshot": "abab"}


def test_a_value_that_changed_is_traced_to_the_version_that_changed_it(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    assert trace(releases, "prix", "prix", ["p1"], "arobases").cells[0].first_version == "1.1.0"
    kept = trace(releases, "prix", "prix", ["p2"], "nom", version="1.0.0").cells[0]
    assert (kept.first_version, kept.last_version) == ("1.0.0", "1.1.0")
    old = trace(releases, "prix", "prix", ["p1"], "arobases", version="1.0.0").cells[0]
    assert (old.value, old.first_version, old.last_version) == ("3", "1.0.0", "1.0.0")


def test_a_row_is_traced_whole_with_what_rules_say_of_it(tmp_path: Path) -> None:
    found = trace(two_releases(tmp_path), "prix", "prix", ["p1"])
    assert [cell.field for cell in found.cells] == ["prix_id", "annee", "nom", "arobases", "part", "niveau"]
    assert [finding["regle"] for finding in found.findings] == ["R-1"]
    assert found.origins[0].record is None


def test_findings_about_other_fields_are_left_out(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    whole_row = {**a_finding(2), "champ": None}
    publish(a_request(findings=[a_finding(), whole_row]), releases, key=None)
    assert [item["constat_id"] for item in trace(releases, "prix", "prix", ["p1"], "nom").findings] == ["c2"]
    assert [item["constat_id"] for item in trace(releases, "prix", "prix", ["p1"], "arobases").findings] == ["c1", "c2"]


def test_a_key_of_several_fields_is_given_in_parts_or_in_one(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    odd: list[Row] = [{**PRIZES[0], "prix_id": "a | b"}]
    publish(a_request(odd, prix=prizes_schema(primaryKey=["prix_id", "annee"])), releases, key=None)
    assert trace(releases, "prix", "prix", ["a | b", "2024"], "nom").key == "a \\| b | 2024"
    assert trace(releases, "prix", "prix", ["a \\| b | 2024"], "nom").row == 1


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    for words in (("prix", ["p9"]), ("autre", ["p1"]), ("prix", ["p1"], "autre")):
        with pytest.raises(NoSuchRow):
            trace(releases, "prix", *words)
    with pytest.raises(NoSuchRelease):
        trace(releases, "prix", "prix", ["p1"], version="7.0.0")
    with pytest.raises(NoSuchPackage, match=r'of "absent" was ever released here; released packages: prix\.'):
        trace(releases, "absent", "prix", ["p1"])
    with pytest.raises(NoSuchPackage, match="released packages: ∅"):
        trace(tmp_path / "nothing" / "releases", "prix", "prix", ["p1"])


def test_a_package_whose_versions_were_all_retracted_says_why(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    for version in ("1.0.0", "1.1.0"):
        retract(releases, "prix", version, "essai", now=NOW)
    with pytest.raises(RetractedRelease, match=r"1\.1\.0 was retracted: essai"):
        trace(releases, "prix", "prix", ["p1"])
    with pytest.raises(NoSuchRelease, match=r"no version 7\.0\.0; versions here: ∅"):
        trace(releases, "prix", "prix", ["p1"], version="7.0.0")


def test_a_trace_goes_past_versions_without_the_table_the_key_or_the_field(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    first = a_request(provenance={})
    narrow = replace(
        first,
        package=a_package(("editions",)),
        tables={"editions": first.tables["editions"]},
        schemas={"editions": first.schemas["editions"]},
    )
    publish(narrow, releases, key=None)
    other_key = {"title": "Prix", "fields": [field("ancien"), field("annee", "integer")], "primaryKey": ["ancien"]}
    schema = a_schema("prix", other_key)
    import pyarrow as pa

    old = {
        "prix": pa.table({"ancien": ["x", "y", "z"], "annee": [2024, 2024, 2025]}),
        "editions": first.tables["editions"],
    }
    publish(replace(first, tables=old, schemas={**first.schemas, "prix": schema}), releases, key=None)
    less = prizes_schema()
    less["fields"].pop()
    publish(a_request(prix=less), releases, key=None)
    publish(a_request(), releases, key=None)
    cell = trace(releases, "prix", "prix", ["p1"], "niveau").cells[0]
    assert cell.first_version == cell.last_version == "2.1.0"
    assert trace(releases, "prix", "prix", ["p1"], "nom").cells[0].first_version == "2.0.0"


def test_a_release_is_rebuilt_byte_for_byte(tmp_path: Path) -> None:
    releases, key = tmp_path / "releases", a_key(tmp_path)
    requests = [a_request(), a_request(prizes(p1={"arobases": "4"}), snapshot="cd" * 32)]
    for request in requests:
        publish(request, releases, key=key)

    def remake(document: Mapping[str, Any]) -> ReleaseRequest:
        wanted = document["sources"][0]["snapshots"][0]["sha256"]
        return next(item for item in requests if item.sources[0].snapshots[0].sha256 == wanted)

    for version in ("1.0.0", "1.0.1"):
        found = rebuild(releases, "prix", version, remake)
        assert found.is_same, found
        assert found.other_ingredients == ()


def test_a_rebuild_that_differs_says_in_what(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    other = replace(a_request(prizes(p1={"arobases": "4"})), code="code-2")
    found = rebuild(releases, "prix", "1.0.0", lambda document: other)
    assert not found.is_same
    assert "data/prix.csv" in found.differing
    assert "data/editions.csv" not in found.differing
    assert found.other_ingredients == ("code",)


def test_a_rebuild_that_gives_other_tables_says_which_files_come_and_go(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    request = a_request()
    publish(request, releases, key=None)
    less = replace(
        request, package=a_package(("editions",)), schemas={"editions": request.schemas["editions"]}, provenance={}
    )
    found = rebuild(releases, "prix", "1.0.0", lambda document: less)
    assert "data/prix.csv" in found.missing
    assert found.added == ()


def test_a_rebuild_that_makes_no_version_is_not_the_same(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None)
    assert not rebuild(releases, "prix", "1.0.1", lambda document: a_request()).is_same


def test_a_rebuild_needs_the_version_that_it_was_compared_with(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    retract(releases, "prix", "1.0.0", REASON, now=NOW)
    with pytest.raises(RetractedRelease):
        rebuild(releases, "prix", "1.1.0", lambda document: a_request())


def test_a_retracted_release_leaves_a_tombstone_and_history_verifies(tmp_path: Path) -> None:
    key = a_key(tmp_path)
    releases = two_releases(tmp_path, key)
    tombstone = retract(releases, "prix", "1.1.0", REASON, now=NOW, key=key)
    assert not (releases / "prix" / "1.1.0").exists()
    told = json.loads(tombstone.read_text())
    assert (told["reason"], told["at"], told["version"]) == (REASON, "2026-06-01T00:00:00Z", "1.1.0")
    assert verify(releases).is_sound
    index = json.loads((releases / "prix" / "versions.json").read_text())
    assert [(item["version"], item["status"]) for item in index["versions"]] == [
        ("1.1.0", "retracted"),
        ("1.0.0", "published"),
    ]
    assert json.loads((releases / "prix" / "latest.json").read_text())["version"] == "1.0.0"


def test_the_number_of_a_retracted_release_is_not_given_again(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    retract(releases, "prix", "1.1.0", REASON, now=NOW)
    outcome = publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None)
    assert isinstance(outcome, Published)
    assert outcome.version == "1.1.1"
    assert verify(releases).is_sound
    assert isinstance(publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None), Unchanged)


def test_a_package_whose_only_release_went_has_no_latest(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    retract(releases, "prix", "1.0.0", REASON, now=NOW)
    assert not (releases / "prix" / "latest.json").exists()
    assert verify(releases).is_sound
    (releases / "prix" / "latest.json").write_text("{}")
    assert [flaw.code for flaw in verify(releases).flaws] == ["index"]
    outcome = publish(a_request(), releases, key=None)
    assert isinstance(outcome, Published)
    assert verify(releases).is_sound


def test_a_version_whose_publication_did_not_end_can_be_asked_about(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    ledger = releases.parent / "ledger.jsonl"
    ledger.write_text(ledger.read_text().splitlines(keepends=True)[0])
    before = ledger.read_text()
    assert to_retract(releases, "prix", "1.1.0") == releases / "prix" / "1.1.0"
    assert ledger.read_text() == before


def test_a_release_is_retracted_once(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    retract(releases, "prix", "1.0.0", REASON, now=NOW)
    with pytest.raises(RetractedRelease) as error:
        retract(releases, "prix", "1.0.0", REASON, now=NOW)
    assert REASON in error.value.message("fr")
    with pytest.raises(NoSuchRelease):
        retract(releases, "prix", "9.0.0", REASON, now=NOW)


def test_files_of_a_retracted_release_that_come_back_are_refused(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    shutil.copytree(releases / "prix" / "1.0.0", tmp_path / "kept")
    retract(releases, "prix", "1.0.0", REASON, now=NOW)
    shutil.copytree(tmp_path / "kept", releases / "prix" / "1.0.0")
    assert [flaw.code for flaw in verify(releases).flaws] == ["buried"]


@pytest.mark.parametrize("change", ["remove", "edit"])
def test_a_tombstone_that_goes_or_changes_is_refused(tmp_path: Path, change: str) -> None:
    releases = two_releases(tmp_path)
    tombstone = retract(releases, "prix", "1.0.0", REASON, now=NOW)
    if change == "remove":
        tombstone.unlink()
    else:
        told = json.loads(tombstone.read_text())
        told["line"] = told["line"].replace(REASON, "autre raison")
        tombstone.write_text(json.dumps(told))
    assert [flaw.code for flaw in verify(releases).flaws] == ["tombstone"]


def test_a_release_that_stands_alone_is_verified_alone(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    shutil.copytree(releases / "prix" / "1.0.0", tmp_path / "a" / "b" / "downloaded")
    found = verify(tmp_path / "a" / "b" / "downloaded")
    assert found.is_sound
    assert len(found.notes) == 2


def test_one_release_among_others_is_verified_with_its_neighbours(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    assert verify(releases / "prix" / "1.0.0").is_sound
    assert verify(releases / "prix").is_sound
    shutil.rmtree(releases / "prix" / "1.1.0")
    assert [flaw.code for flaw in verify(releases / "prix" / "1.0.0").flaws] == ["removed"]
    (tmp_path / "outputs" / "ledger.jsonl").write_text("x")
    assert [flaw.code for flaw in verify(releases / "prix" / "1.0.0").flaws] == ["ledger"]


def test_a_folder_under_another_name_is_refused(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    (releases / "prix" / "1.0.0").rename(releases / "prix" / "1.0.9")
    assert "identity" in [flaw.code for flaw in verify(releases / "prix").flaws]


def test_a_package_of_the_ledger_whose_folder_is_gone_is_missed(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    publish(a_request(package=a_package(name="autre")), releases, key=None)
    shutil.rmtree(releases / "autre")
    assert [flaw.place for flaw in verify(releases).flaws] == ["autre"]
    assert verify(releases / "prix").is_sound


def test_a_part_of_a_release_is_told_as_one(tmp_path: Path) -> None:
    (release,) = {path.parent for path in two_releases(tmp_path).glob("prix/1.0.0/bagit.txt")}
    (flaw,) = verify(release / "data").flaws
    assert (flaw.code, flaw.message("en")) == (
        "no-release",
        f"data: no release to verify here (it is a part of the release in the folder {release})",
    )


def test_an_empty_place_has_no_release(tmp_path: Path) -> None:
    assert [flaw.code for flaw in verify(tmp_path).flaws] == ["no-release"]
    assert [flaw.code for flaw in verify(tmp_path / "absent").flaws] == ["no-release"]


def test_nothing_is_settled_where_nothing_was_begun(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    store = ReleaseStore.read(releases, "prix")
    assert pending(releases, store.ledger) == []
    assert settle(releases) == []
    assert settle(tmp_path / "absent" / "releases") == []


def test_a_release_that_does_not_follow_the_ledger_is_not_settled(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    shutil.copytree(releases / "prix" / "1.0.0", releases / "prix" / "0.0.1")
    (releases / "prix" / "0.0.2").mkdir()
    assert pending(releases, ReleaseStore.read(releases, "prix").ledger) == []


def test_a_retraction_records_the_release_of_a_process_that_died_since_it_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = two_releases(tmp_path)

    def dies(step: str) -> None:
        if step == "revealed":
            raise KeyboardInterrupt

    def settled_before_it_died(place: Path) -> list[str]:
        done = settle(place)
        with pytest.raises(KeyboardInterrupt):
            publish(a_request(package=a_package(name="autre")), releases, key=None, step=dies)
        return done

    monkeypatch.setattr("pipelines.releases.retract.settle", settled_before_it_died)
    retract(releases, "prix", "1.0.0", "essai", now=datetime(2026, 5, 1, tzinfo=UTC))
    entries = ReleaseStore.read(releases, "prix").ledger.entries[-2:]
    assert [(entry["event"], entry["package"]) for entry in entries] == [("published", "autre"), ("retracted", "prix")]
    settle(releases)
    assert verify(releases).is_sound
