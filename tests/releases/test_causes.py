"""Each change carries what caused it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.releases import Published, ReleaseRequest, publish
from pipelines.releases.build import ingredients_of
from pipelines.releases.causes import Ingredients
from tests.releases.builders import Row, a_request, a_source, field, prizes, prizes_schema

OLD, NEW = "aa" * 32, "bb" * 32


def world(given: Ingredients, *, schema_is_new: bool) -> ReleaseRequest:
    """A pipeline in small: each ingredient does one thing to one row or value."""
    from_new_code = given.code == "code-2"
    from_new_source = given.snapshots[0][2] == NEW
    rows: list[Row] = [
        {"prix_id": "p1", "annee": "2024", "nom": "VILLE" if from_new_code else "ville"},
        {"prix_id": "p2", "annee": "2024", "nom": "Bourg", "arobases": "4" if from_new_source else "3"},
        {"prix_id": "p3", "annee": "2024", "nom": "Hamau"},
        {"prix_id": "p4", "annee": "2024", "nom": "Personne"},
        {"prix_id": "p5", "annee": "2024", "niveau": "or" if schema_is_new else None},
        {"prix_id": "p6", "annee": "2025" if from_new_source else "2024", "nom": "B" if from_new_code else "b"},
    ]
    if given.correction:
        rows[2] = {**rows[2], "nom": "Hameau"}
    if given.redaction:
        rows = [row for row in rows if row["prix_id"] != "p4"]
    if from_new_source:
        rows.append({"prix_id": "p7", "annee": "2024"})
    schema = prizes_schema()
    if schema_is_new:
        schema["fields"][5] = field("niveau", constraints={"enum": ["or", "argent", "bronze"]})
    request = a_request(rows, prix=schema, snapshot=given.snapshots[0][2])
    return replace(request, code=given.code, corrections=given.correction, redactions=given.redaction)


def causes(release: Path) -> dict[tuple[str, str | None], str]:
    rows = pq.read_table(release / "data" / "changes" / "prix.parquet").to_pylist()
    return {(row["cle"], row["champ"]): row["cause"] for row in rows}


def release_two(tmp_path: Path, **more: Any) -> tuple[Path, list[Ingredients]]:
    old = Ingredients("code-1", "", "", "", (("inventee", "fichier", OLD),))
    new = Ingredients("code-2", "", "c", "r", (("inventee", "fichier", NEW),))
    first, second = world(old, schema_is_new=False), world(new, schema_is_new=True)
    old_schema = ingredients_of(first).schema
    asked: list[Ingredients] = []

    def across(mixed: Ingredients) -> Mapping[str, pa.Table]:
        asked.append(mixed)
        return world(mixed, schema_is_new=mixed.schema != old_schema).tables

    publish(first, tmp_path / "releases", key=None)
    outcome = publish(second, tmp_path / "releases", key=None, **{"across": across, **more})
    assert isinstance(outcome, Published)
    return outcome.path, asked


def test_the_five_causes_are_told_apart_in_one_release(tmp_path: Path) -> None:
    path, asked = release_two(tmp_path)
    assert causes(path) == {
        ("p1", "nom"): "code",
        ("p5", "niveau"): "schema",
        ("p2", "arobases"): "source",
        ("p3", "nom"): "correction",
        ("p4", None): "redaction",
        ("p6", "annee"): "source",
        ("p6", "nom"): "code",
        ("p7", None): "source",
    }
    assert len(asked) == 4


def test_what_cannot_be_rebuilt_is_said_to_be_undecided(tmp_path: Path) -> None:
    path, _ = release_two(tmp_path, across=None)
    assert set(causes(path).values()) == {"code/schema/redaction/source/correction"}


def test_one_ingredient_that_changed_needs_no_rebuilding(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(snapshot=OLD), releases, key=None)
    changed = a_request([{"prix_id": "p1", "annee": "2024"}, {"prix_id": "p2", "annee": "2025"}], snapshot=NEW)
    outcome = publish(changed, releases, key=None)
    assert isinstance(outcome, Published)
    assert set(causes(outcome.path).values()) == {"source"}


def test_a_value_that_two_causes_moved_has_both(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    names = {("code-1", OLD): "a", ("code-2", OLD): "b", ("code-2", NEW): "c"}

    def made(code: str, snapshot: str) -> ReleaseRequest:
        rows: list[Row] = [{"prix_id": "p1", "annee": "2024", "nom": names[code, snapshot]}]
        return replace(a_request(rows, snapshot=snapshot), code=code)

    publish(made("code-1", OLD), releases, key=None)
    outcome = publish(
        made("code-2", NEW), releases, key=None, across=lambda mixed: made(mixed.code, mixed.snapshots[0][2]).tables
    )
    assert isinstance(outcome, Published)
    assert causes(outcome.path) == {("p1", "nom"): "code+source"}


def test_a_change_that_no_ingredient_explains_says_so(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    outcome = publish(
        a_request([{"prix_id": "p1", "annee": "2024"}, {"prix_id": "p2", "annee": "2024"}]), releases, key=None
    )
    assert isinstance(outcome, Published)
    assert set(causes(outcome.path).values()) == {"indeterminee"}


def test_rows_of_a_table_that_comes_with_several_causes_are_told(tmp_path: Path) -> None:
    """A table that was not there before, and that a rebuild does not give either, has no state to be found in."""
    releases = tmp_path / "releases"
    first = a_request(snapshot=OLD)
    narrow = replace(
        first,
        package=replace(first.package, tables=first.package.tables[:1]),
        tables={"editions": first.tables["editions"]},
        schemas={"editions": first.schemas["editions"]},
        provenance={},
    )
    publish(narrow, releases, key=None)
    wide = replace(a_request(snapshot=NEW), sources=(a_source(NEW),))
    outcome = publish(wide, releases, key=None, across=lambda mixed: {"editions": first.tables["editions"]})
    assert isinstance(outcome, Published)
    assert set(causes(outcome.path).values()) == {"source"}


def test_a_value_of_a_table_that_a_rebuild_does_not_give_was_moved_on_both_sides(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(snapshot=OLD), releases, key=None)
    second = replace(a_request(prizes(p1={"arobases": "4"}), snapshot=NEW), code="code-2")
    outcome = publish(second, releases, key=None, across=lambda mixed: {"editions": second.tables["editions"]})
    assert isinstance(outcome, Published)
    assert causes(outcome.path) == {("p1", "arobases"): "code+source"}


def test_a_key_that_changes_leaves_causes_together(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(snapshot=OLD), releases, key=None)
    other = a_request(snapshot=NEW, prix=prizes_schema(primaryKey=["prix_id", "annee"]))
    outcome = publish(other, releases, key=None, across=lambda mixed: other.tables)
    assert isinstance(outcome, Published)
    assert outcome.version == "2.0.0"
    assert set(causes(outcome.path).values()) <= {"schema/source"}
