"""The rule of version numbers: what a change does to the number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.releases.diff import Counts
from pipelines.releases.versioning import Level, number, reasons

Change = Callable[[dict[str, Any]], Any]


def a_field(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "title": name, **more}


def a_document() -> dict[str, Any]:
    fields = [
        a_field("id", constraints={"required": True}),
        a_field("note", "integer", constraints={"minimum": 1, "maximum": 5}),
        a_field("nom", constraints={"minLength": 1, "maxLength": 9, "pattern": "[a-z]*", "enum": ["a", "b"]}),
        a_field("jour", "date", constraints={"minimum": "2020-01-01"}),
    ]
    schema = {"fields": fields, "primaryKey": ["id"], "missingValues": [""]}
    schema["foreignKeys"] = [{"fields": ["nom"], "reference": {"resource": "", "fields": ["id"]}}]
    table = {"name": "t", "path": "t.csv", "title": "T", "schema": schema, "content": "c"}
    quality = [{"name": name, "path": f"qualite/{name}.csv", "content": name} for name in ("constats", "rejets")]
    return {
        "title": "P",
        "licenses": [{"name": "etalab-2.0"}],
        "sources": [{"title": "S", "snapshots": [{"sha256": "aa"}]}],
        "resources": [table, *quality],
    }


def fields_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["resources"][0]["schema"]["fields"]
    return found


def constraint(place: int, rule: str, value: Any) -> Change:
    return lambda document: fields_of(document)[place].setdefault("constraints", {}).update({rule: value})


def without(place: int, rule: str) -> Change:
    return lambda document: fields_of(document)[place]["constraints"].pop(rule)


def schema_with(**more: Any) -> Change:
    return lambda document: document["resources"][0]["schema"].update(more)


MAJOR: dict[str, Change] = {
    "a table goes": lambda document: document["resources"].pop(0),
    "a table is renamed": lambda document: document["resources"][0].update(name="u"),
    "a field goes": lambda document: fields_of(document).pop(),
    "a field is renamed": lambda document: fields_of(document)[3].update(name="date"),
    "a type changes": lambda document: fields_of(document)[1].update(type="number"),
    "a format changes": lambda document: fields_of(document)[3].update(format="%d/%m/%Y"),
    "a scale changes": lambda document: fields_of(document)[1].update(scale=2),
    "a field takes a code list": lambda document: fields_of(document)[0].update(codelist="x"),
    "required": constraint(1, "required", True),
    "unique": constraint(1, "unique", True),
    "a minimum rises": constraint(1, "minimum", 2),
    "a maximum falls": constraint(1, "maximum", 4),
    "a minimum of dates rises": constraint(3, "minimum", "2021-01-01"),
    "a minimum appears": constraint(0, "minLength", 2),
    "a maximum appears": constraint(0, "maxLength", 2),
    "a shortest length rises": constraint(2, "minLength", 2),
    "a longest length falls": constraint(2, "maxLength", 8),
    "a pattern changes": constraint(2, "pattern", "[a-y]*"),
    "a pattern appears": constraint(0, "pattern", "x"),
    "a code goes": constraint(2, "enum", ["a"]),
    "a code is renamed": constraint(2, "enum", ["a", "c"]),
    "a list of codes appears": constraint(0, "enum", ["a"]),
    "an unknown constraint": constraint(0, "jsonSchema", {}),
    "the key changes": schema_with(primaryKey=["id", "nom"]),
    "columns are reordered": lambda document: fields_of(document).reverse(),
    "a column comes before others": lambda document: fields_of(document).insert(0, a_field("new")),
    "absent values are written otherwise": schema_with(missingValues=["", "NA"]),
    "a foreign key appears": schema_with(
        foreignKeys=[{"fields": ["id"], "reference": {"resource": "", "fields": ["id"]}}]
    ),
    "the licence changes": lambda document: document.update(licenses=[{"name": "ODbL-1.0"}]),
}
MINOR: dict[str, Change] = {
    "a table comes": lambda document: document["resources"].append({**document["resources"][0], "name": "u"}),
    "a field comes last": lambda document: fields_of(document).append(a_field("new")),
    "a code list grows": constraint(2, "enum", ["a", "b", "c"]),
    "a field may be absent": without(0, "required"),
    "a minimum falls": constraint(1, "minimum", 0),
    "a maximum rises": constraint(1, "maximum", 6),
    "a minimum goes": without(1, "minimum"),
    "a pattern goes": without(2, "pattern"),
    "a list of codes goes": without(2, "enum"),
    "a foreign key goes": schema_with(foreignKeys=[]),
}
PATCH: dict[str, Change] = {
    "a title changes": lambda document: document.update(title="Q"),
    "a table's description changes": lambda document: document["resources"][0].update(description="d"),
    "a field's description changes": lambda document: fields_of(document)[0].update(description="d"),
    "codes are listed in another order": constraint(2, "enum", ["b", "a"]),
    "findings change": lambda document: document["resources"][1].update(content="other"),
    "rejects change": lambda document: document["resources"][2].update(content="other"),
    "a source's title changes": lambda document: document["sources"][0].update(title="Q"),
    "a warning comes": lambda document: document.update(warnings=[{"fr": "a", "en": "b"}]),
}
SAME: dict[str, Change] = {
    "nothing": lambda document: None,
    "a snapshot with the same values": lambda document: document["sources"][0].update(snapshots=[{"sha256": "bb"}]),
    "the version itself": lambda document: document.update(version="9.9.9", created="2026", arobase={"x": 1}),
}


def found_reasons(change: Change, counts: Counts | None = None) -> list[Any]:
    after = a_document()
    change(after)
    return reasons(a_document(), after, {"t": counts} if counts else {})


@pytest.mark.parametrize("name", MAJOR)
def test_a_consumer_may_break(name: str) -> None:
    assert found_reasons(MAJOR[name])[0].level is Level.MAJOR


@pytest.mark.parametrize("name", MINOR)
def test_something_is_added(name: str) -> None:
    assert [item.level for item in found_reasons(MINOR[name])] == [Level.MINOR]


@pytest.mark.parametrize("name", PATCH)
def test_only_words_change(name: str) -> None:
    assert [item.level for item in found_reasons(PATCH[name])] == [Level.PATCH]


@pytest.mark.parametrize("name", SAME)
def test_no_change_is_no_version(name: str) -> None:
    assert found_reasons(SAME[name]) == []


def test_rows_added_are_minor_and_rows_removed_or_corrected_are_patches() -> None:
    nothing = SAME["nothing"]
    assert [item.level for item in found_reasons(nothing, Counts(added=1))] == [Level.MINOR]
    assert [item.level for item in found_reasons(nothing, Counts(removed=1))] == [Level.PATCH]
    assert [item.en for item in found_reasons(nothing, Counts(changed=2))] == ["t: 2 values changed"]


def test_the_most_disturbing_reason_comes_first_and_makes_the_number() -> None:
    found = found_reasons(MAJOR["a type changes"], Counts(added=3, changed=1))
    assert [item.level for item in found] == [Level.MAJOR, Level.MINOR, Level.PATCH]
    assert number("1.4.7", found) == "2.0.0"
    assert number("1.4.7", found[1:]) == "1.5.0"
    assert number("1.4.7", found[2:]) == "1.4.8"


def test_no_reason_makes_no_number() -> None:
    with pytest.raises(ValueError, match="empty"):
        number("1.0.0", [])
