"""Corners of verification: forms that no file should have, and states that only a race leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.releases import Published, Unchanged, publish, verify_bag, verify_chain, verify_values
from pipelines.releases.allowed_signers import Trust
from pipelines.releases.bag import MANIFEST, TAGMANIFEST, seal
from pipelines.releases.formats import Released
from pipelines.releases.parquet import write_parquet
from pipelines.releases.retract import retract
from pipelines.releases.store import ReleaseStore
from pipelines.releases.verify import verify
from pipelines.releases.verify_values import expected_type
from tests.releases.builders import Row, a_package, a_request, field, prizes, prizes_schema, two_releases
from tests.releases.test_faults import DIES, ROOT


def a_bag(folder: Path) -> Path:
    """A bag that is one by its form, with one file."""
    bag = folder / "1.0.0"
    (bag / "data").mkdir(parents=True)
    (bag / "data" / "x").write_text("x")
    seal(bag, {"Arobase-Package": "p", "Arobase-Version": "1.0.0", "Arobase-Signer": "none"}, {}, None)
    return bag


def test_a_bag_whose_folder_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(a_bag(tmp_path))
    assert [flaw.code for flaw in verify_bag.names(tmp_path / "link")] == ["link"]


def test_a_tag_manifest_of_another_form_is_refused(tmp_path: Path) -> None:
    bag = a_bag(tmp_path)
    (bag / TAGMANIFEST).write_text("x\n")
    assert [flaw.code for flaw in verify_bag.tags(bag)] == ["form"]
    assert [flaw.code for flaw in verify(bag).flaws] == ["form"]


def test_a_tag_manifest_that_lists_other_files_is_refused(tmp_path: Path) -> None:
    bag = a_bag(tmp_path)
    (bag / TAGMANIFEST).write_text("".join((bag / TAGMANIFEST).read_text().splitlines(keepends=True)[1:]))
    assert [flaw.code for flaw in verify_bag.tags(bag)] == ["form"]


def test_bag_info_of_another_form_has_no_signer(tmp_path: Path) -> None:
    bag = a_bag(tmp_path)
    (bag / "bag-info.txt").write_text("x\n")
    assert [flaw.code for flaw in verify_bag.signature(bag, None)] == ["form"]


def test_an_unsigned_bag_is_refused_by_anyone_who_trusts_a_key(tmp_path: Path) -> None:
    bag = a_bag(tmp_path)
    assert list(verify_bag.signature(bag, None)) == []
    assert [flaw.code for flaw in verify_bag.signature(bag, Trust.of_keys(("ssh-ed25519 QUJD",)))] == ["unsigned"]


def test_a_manifest_of_another_form_is_refused(tmp_path: Path) -> None:
    bag = a_bag(tmp_path)
    (bag / MANIFEST).write_text("x\n")
    assert [flaw.code for flaw in verify_bag.payload(bag)] == ["form"]
    assert "form" in [flaw.code for flaw in verify(bag).flaws]


def test_a_size_that_lies_is_refused(tmp_path: Path) -> None:
    bag = a_bag(tmp_path)
    info = (bag / "bag-info.txt").read_text().replace("Payload-Oxum: 1.1", "Payload-Oxum: 2.1")
    (bag / "bag-info.txt").write_text(info)
    assert [flaw.code for flaw in verify_bag.payload(bag)] == ["size"]


def test_a_bag_without_a_descriptor_is_refused(tmp_path: Path) -> None:
    assert [flaw.code for flaw in verify(a_bag(tmp_path)).flaws] == ["form"]


def rendered(path: Path) -> tuple[str, str]:
    table = Released(path.parent, {}, path)
    return table.plain, table.spreadsheet


def test_a_table_of_several_row_groups_is_rendered_as_one(tmp_path: Path) -> None:
    table = pa.table({"a": [str(n) for n in range(200_000)]})
    write_parquet(table, tmp_path / "t.parquet")
    pq.write_table(table, tmp_path / "one.parquet", row_group_size=200_000)
    assert pq.ParquetFile(tmp_path / "t.parquet").num_row_groups == 2
    assert rendered(tmp_path / "t.parquet") == rendered(tmp_path / "one.parquet")


def test_a_table_of_no_rows_is_rendered_as_its_header(tmp_path: Path) -> None:
    empty = pa.table({"a": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "t.parquet")
    import hashlib

    assert rendered(tmp_path / "t.parquet")[0] == hashlib.sha256(b"a\n").hexdigest()


def test_code_lists_are_dictionaries() -> None:
    assert expected_type({"type": "string", "codelist": "x"}).startswith("dictionary")


def test_a_descriptor_without_what_arobase_keeps_is_a_flaw_not_a_crash(tmp_path: Path) -> None:
    """Its bytes are as sealed, but no index can be made of it."""
    releases = tmp_path / "releases"
    outcome = publish(a_request(), releases, key=None)
    assert isinstance(outcome, Published)
    path = outcome.path / "data" / "datapackage.json"
    document = json.loads(path.read_text())
    del document["arobase"]["reasons"]
    path.write_text(json.dumps(document))
    ledger = tmp_path / "ledger.jsonl"
    info = (outcome.path / "bag-info.txt").read_text().splitlines()
    told = dict(line.split(": ", 1) for line in info if not line.startswith("Payload"))
    digest = seal(outcome.path, told, {}, None)
    entry = {**json.loads(ledger.read_text()), "tagmanifest": digest}
    ledger.write_text(json.dumps(entry, sort_keys=True, separators=(",", ":")) + "\n")
    assert [flaw.code for flaw in verify(releases).flaws] == ["form", "log-ledger", "inclusion"]


def test_a_file_in_the_place_of_a_version_is_passed_over(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    (releases / "prix" / "loop").symlink_to(releases / "prix" / "nowhere")
    assert [flaw.code for flaw in verify(releases).flaws] == ["link"]
    assert publish(a_request([]), releases, key=None).package == "prix"


@pytest.mark.parametrize("act", ["publish", "retract"])
def test_what_another_package_left_begun_meanwhile_is_recorded_first(tmp_path: Path, act: str) -> None:
    """The other process dies while this one is already under way: its line comes before ours."""
    releases = tmp_path / "releases"
    other = a_request(package=a_package(name="autre"))
    publish(a_request(), releases, key=None)
    publish(other, releases, key=None)

    def die(name: str) -> None:
        if name == "described":
            asked = [sys.executable, "-c", DIES.format(root=str(ROOT)), str(releases), "publish", "revealed"]
            subprocess.run(asked, check=False)

    changed = replace(a_request(prizes(p2={"nom": "X"})), package=a_package(name="autre"))
    publish(changed, releases, key=None, step=die)
    entries = [(entry["package"], entry["version"]) for entry in ReleaseStore.read(releases, "prix").ledger.entries]
    assert entries[2:] == [("prix", "1.0.1"), ("autre", "1.0.1")]
    if act == "retract":
        retract(releases, "autre", "1.0.0", "essai", now=datetime(2026, 1, 1, tzinfo=UTC))
    publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None)
    assert verify(releases).is_sound


def test_a_field_of_a_code_list_is_a_dictionary_and_verifies(tmp_path: Path) -> None:
    schema = prizes_schema()
    schema["fields"][5] = field("niveau", codelist="licences")
    rows: list[Row] = [
        {"prix_id": f"p{n}", "annee": "2024", "niveau": "etalab-2.0" if n % 2 else None} for n in range(4)
    ]
    outcome = publish(a_request(rows, prix=schema), tmp_path / "releases", key=None)
    assert isinstance(outcome, Published)
    kept = pq.read_schema(outcome.path / "data" / "prix.parquet").field("niveau").type
    assert str(kept) == expected_type({"type": "string", "codelist": "licences"})
    assert verify(tmp_path / "releases").is_sound
    again = publish(a_request(rows[::-1], prix=schema), tmp_path / "releases", key=None)
    assert isinstance(again, Unchanged)


def test_every_flaw_of_a_check_can_be_listed(tmp_path: Path) -> None:
    """`verify` stops at the first of each check; the checks themselves go on as far as they can."""
    releases = two_releases(tmp_path)
    bag = releases / "prix" / "1.1.0"
    store = ReleaseStore.read(releases, "prix")
    for name in ("prix", "editions"):
        pq.write_table(pa.table({"x": [1]}), bag / "data" / f"{name}.parquet")
    assert [flaw.code for flaw in verify_values.values(bag)] == ["types", "types"]
    (bag / "data" / "datapackage.json").unlink()
    assert [flaw.code for flaw in verify_bag.identity(bag)] == ["form"]
    (bag / MANIFEST).unlink()
    assert [flaw.code for flaw in verify_bag.tags(bag)] == ["tag-missing"]
    (bag / TAGMANIFEST).write_text("x")
    nothing = verify_chain.comes_next(store.ledger, None, has_log=True)
    assert [flaw.code for flaw in verify_chain.recorded(store, nothing)] == ["swapped"]


def test_a_package_described_in_one_language_says_it_once(tmp_path: Path) -> None:
    package = a_package(description_en="Un paquet inventé pour les tests.")
    outcome = publish(a_request(package=package), tmp_path / "releases", key=None)
    assert isinstance(outcome, Published)
    assert (outcome.path / "data" / "README.md").read_text().count("Un paquet inventé") == 1
