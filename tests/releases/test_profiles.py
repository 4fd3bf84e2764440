"""Descriptors hold against the official profiles of Data Package, and Frictionless opens every file of a release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from frictionless import Package

from pipelines.releases import publish, versioning
from pipelines.releases.descriptor import read_descriptor
from tests.releases.builders import (
    a_package,
    a_request,
    a_schema,
    a_table,
    field,
    provenance_of,
    published,
)
from tests.releases.profiles import PROFILES, flaws

EXAMPLES: tuple[tuple[str, Any, str], ...] = (
    ("integer", 3, "3"),
    ("integer", 0, "0"),
    ("number", 0.25, "0.25"),
    ("boolean", True, "true"),
    ("boolean", False, "false"),
    ("date", "2026-01-02", "2026-01-02"),
    ("string", "01", "01"),
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One release whose schema has an example of each type, written in its own type."""
    fields = [field(f"exemple_{place}", kind, example=value) for place, (kind, value, _) in enumerate(EXAMPLES)]
    schema = a_schema("types", {"title": "Types", "fields": [field("cle"), *fields], "primaryKey": ["cle"]})
    made = a_table([{"cle": "é"}], schema)
    request = a_request(
        package=a_package(["types"]),
        schemas={"types": schema},
        tables={"types": made},
        provenance={"types": provenance_of(made, ["cle"])},
        steps={},
    )
    folder = tmp_path_factory.mktemp("profils") / "releases"
    publish(request, folder, key=None)
    return folder / "prix" / "1.0.0"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_descriptor_holds_against_the_official_profile(release: Path, tmp_path: Path, profile: str) -> None:
    for found in (release, published(tmp_path)):
        document = read_descriptor(found / "data")
        assert list(flaws(document, profile)) == []
        for item in document["resources"]:
            assert not list(flaws(item, profile, "dataresource"))


@pytest.mark.parametrize("profile", PROFILES)
def test_the_profiles_find_what_was_wrong_once(release: Path, profile: str) -> None:
    document = read_descriptor(release / "data")
    document["resources"][0]["schema"]["fields"][1]["example"] = 3
    assert list(flaws(document, profile))
    document = read_descriptor(release / "data")
    document["resources"][1]["type"] = "file"
    assert bool(list(flaws(document, profile))) is (profile == "2.0")


def test_examples_are_told_as_a_cell_holds_them(release: Path) -> None:
    fields = read_descriptor(release / "data")["resources"][0]["schema"]["fields"][1:]
    assert [item["example"] for item in fields] == [text for _, _, text in EXAMPLES]


def test_encodings_are_names_that_the_register_of_iana_has(release: Path) -> None:
    found = {item.get("encoding", "utf-8") for item in read_descriptor(release / "data")["resources"]}
    assert found == {"utf-8"}


def test_frictionless_reads_every_resource_of_every_kind(release: Path, tmp_path: Path) -> None:
    for found in (release, published(tmp_path)):
        package = Package(str(found / "data" / "datapackage.json"))
        assert package.validate().valid
        for resource in package.resources:
            assert resource.read_bytes()
            if resource.format != "csv":  # formats are told by name: its plain installation takes no other for a table
                continue
            with resource:
                rows = resource.read_rows()
            told = resource.to_descriptor()
            assert len(rows) == told.get("rows", told.get("row_count")), resource.path
            assert not resource.header.labels[0].startswith("\ufeff")


def test_frictionless_guesses_no_type_of_what_is_no_table_of_its_own(tmp_path: Path) -> None:
    """Numbers, then a word: a guess from the first rows would find the word wrong."""
    schema = a_schema("types", {"fields": [field("cle"), field("annee")], "primaryKey": ["cle"]})
    made = a_table(
        [{"cle": f"{n:03d}", "annee": "inconnue" if n == 150 else str(1900 + n)} for n in range(200)], schema
    )
    more = {"provenance": {"types": provenance_of(made, ["cle"])}, "steps": {}}
    request = a_request(package=a_package(["types"]), schemas={"types": schema}, tables={"types": made}, **more)
    publish(request, tmp_path / "releases", key=None)
    report = Package(str(tmp_path / "releases" / "prix" / "1.0.0" / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])[:5]


def test_examples_in_their_own_type_and_as_text_make_no_version_of_their_own() -> None:
    def told(example: Any, **more: Any) -> dict[str, Any]:
        fields = [{"name": "annee", "type": "integer", "example": example, **more}]
        return {"resources": [{"name": "a", "path": "a.csv", "schema": {"fields": fields}}]}

    assert versioning.reasons(told(2026), told("2026"), {}) == []
    assert [item.level.name for item in versioning.reasons(told(2026), told("2025"), {})] == ["PATCH"]
    assert [item.level.name for item in versioning.reasons(told(1), told("1", title="Année"), {})] == ["PATCH"]
