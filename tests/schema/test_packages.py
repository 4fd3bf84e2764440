"""Package descriptions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipelines.schema import load_package, package_names
from pipelines.schema.errors import SchemaFileError, SchemaNotFound
from tests.schema.builders import a_project, a_table

DESCRIPTION = {
    "title": "Essai",
    "description": "Un essai.",
    "licence": "etalab-2.0",
    "publisher": {"title": "Éditeur", "url": "https://example.org"},
    "contact": {"email": "contact@example.org"},
    "tables": ["t", {"name": "d", "derived": "compter", "from": ["p/t"], "rows": {"min": 3, "max": 9, "loss": 0.5}}],
    "spatial": "FR",
}


def a_package(folder: Path, **changes: object) -> Path:
    path = folder / "schemas" / "p" / "package.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({**DESCRIPTION, **changes}), encoding="utf-8")
    return path


def test_a_package_names_its_tables_in_order(tmp_path: Path):
    project = a_project(tmp_path)
    a_package(tmp_path)
    a_table(tmp_path, "p/t", [{"name": "a"}])
    package = load_package(project.schemas, "p")
    assert [table.name for table in package.tables] == ["t", "d"]
    assert package.table("t").derived is None
    derived = package.table("d")
    assert (derived.derived, derived.inputs, derived.minimum_rows, derived.maximum_rows) == ("compter", ("p/t",), 3, 9)
    assert derived.maximum_loss == 0.5
    assert package.more == {"spatial": "FR"}
    assert package.title_en == "Essai"
    assert package.schema("t").names == ["a"]
    with pytest.raises(KeyError):
        package.table("x")


def test_packages_are_the_folders_that_describe_one(tmp_path: Path):
    project = a_project(tmp_path)
    a_package(tmp_path)
    assert package_names(project.schemas) == ["p"]


def test_a_package_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SchemaNotFound, match=r"schemas/p/package\.yaml"):
        load_package(a_project(tmp_path).schemas, "p")


@pytest.mark.parametrize("missing", ["title", "licence", "tables", "contact"])
def test_what_a_package_must_say_is_asked_for(tmp_path: Path, missing: str):
    project = a_project(tmp_path)
    path = a_package(tmp_path)
    raw = {key: value for key, value in DESCRIPTION.items() if key != missing}
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(SchemaFileError) as caught:
        load_package(project.schemas, "p")
    assert caught.value.facts["place"] == missing


def test_a_document_that_is_not_yaml_is_refused(tmp_path: Path):
    project = a_project(tmp_path)
    a_package(tmp_path).write_text("tables: [", encoding="utf-8")
    with pytest.raises(SchemaFileError) as caught:
        load_package(project.schemas, "p")
    assert caught.value.facts["place"] == "YAML"


def test_a_table_without_a_name_is_refused(tmp_path: Path):
    project = a_project(tmp_path)
    a_package(tmp_path, tables=[{"derived": "x"}])
    with pytest.raises(SchemaFileError) as caught:
        load_package(project.schemas, "p")
    assert caught.value.facts["place"] == "tables"


PROTECT = {"counts": ["n"], "groups": ["lieu", "axe"], "category": "modalite", "flag": "masquage", "hidden": "masque"}


def test_counts_are_protected_under_five_unless_the_package_says_otherwise(tmp_path: Path):
    project = a_project(tmp_path)
    found = []
    for more in ({}, {"threshold": 11, "total": {"axe": "total"}}):
        a_package(tmp_path, tables=[{"name": "t", "protect": {**PROTECT, **more}}])
        rule = load_package(project.schemas, "p").table("t").protect
        assert rule is not None
        found.append((rule.counts, rule.threshold, dict(rule.total)))
    assert found == [(("n",), 5, {}), (("n",), 11, {"axe": "total"})]


@pytest.mark.parametrize(
    ("protect", "place"),
    [
        ({**PROTECT, "threshold": 1}, "tables.t.protect.threshold"),
        ({**PROTECT, "threshold": "cinq"}, "tables.t.protect.threshold"),
        ({**PROTECT, "threshold": True}, "tables.t.protect.threshold"),
        ({**PROTECT, "threshold": 5.5}, "tables.t.protect.threshold"),
        ({**PROTECT, "counts": "effectif"}, "tables.t.protect.counts"),
        ({**PROTECT, "groups": ["lieu", 3]}, "tables.t.protect.groups"),
        ({**PROTECT, "category": ["modalite"]}, "tables.t.protect.category"),
        ({**PROTECT, "hidden": True}, "tables.t.protect.hidden"),
        ({**PROTECT, "total": "axe"}, "tables.t.protect.total"),
        ({**PROTECT, "total": {"autre": "total"}}, "tables.t.protect.total"),
        ({**PROTECT, "treshold": 11}, "tables.t.protect.treshold"),
        ({**PROTECT, "flag": ""}, "tables.t.protect"),
        (["n"], "tables.t.protect"),
    ],
)
def test_a_protection_that_would_be_misread_is_refused(tmp_path: Path, protect: object, place: str):
    project = a_project(tmp_path)
    a_package(tmp_path, tables=[{"name": "t", "protect": protect}])
    with pytest.raises(SchemaFileError, match=r"schemas/p/package\.yaml") as caught:
        load_package(project.schemas, "p")
    assert caught.value.facts["place"] == place
