"""Package descriptions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from pipelines.schema import load_package, load_packages, package_names
from pipelines.schema.errors import PackageFileError, SchemaFileError, SchemaNotFound
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
    with pytest.raises(PackageFileError) as caught:
        load_package(project.schemas, "p")
    facts = caught.value.facts
    assert (facts["line"], facts["key"], facts["found"].en) == (1, missing, "missing")
    assert facts["expected"].en.startswith(f"{missing}: ")


def test_a_document_that_is_not_yaml_is_refused(tmp_path: Path):
    project = a_project(tmp_path)
    a_package(tmp_path).write_text("title: Essai\ntables: [", encoding="utf-8")
    with pytest.raises(PackageFileError) as caught:
        load_package(project.schemas, "p")
    assert (caught.value.facts["key"], caught.value.facts["line"]) == ("YAML", 3)


def test_a_table_without_a_name_is_refused(tmp_path: Path):
    project = a_project(tmp_path)
    a_package(tmp_path, tables=[{"derived": "x"}])
    with pytest.raises(PackageFileError) as caught:
        load_package(project.schemas, "p")
    assert (caught.value.facts["key"], caught.value.facts["found"].en) == ("tables.0.name", "missing")


def test_a_notice_lets_rows_go_of_tables_that_are_there(tmp_path: Path):
    project = a_project(tmp_path)
    notice = {"fr": "Faux.", "en": "Wrong.", "losses": {"t": 0.5, "d": 1}}
    a_package(tmp_path, notices=[notice])
    assert load_package(project.schemas, "p").more["notices"] == [notice]
    a_package(tmp_path, notices=[notice, {**notice, "losses": {"ailleurs": 0.5}}])
    with pytest.raises(PackageFileError) as caught:
        load_package(project.schemas, "p")
    assert (caught.value.facts["key"], caught.value.facts["found"]) == ("notices.losses", "ailleurs")


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


@pytest.mark.parametrize("owner", ["publisher", "contact"])
@pytest.mark.parametrize(
    ("key", "written", "expected"),
    [
        ("url", "javascript:alert(1)", "an http(s) address"),
        ("url", "example.org", "an http(s) address"),
        ("email", "pas un courriel", "a generic e-mail address"),
    ],
)
def test_an_address_is_one_before_catalogues_make_a_link_of_it(
    tmp_path: Path, owner: str, key: str, written: str, expected: str
):
    project = a_project(tmp_path)
    path = a_package(tmp_path)
    path.write_text(yaml.safe_dump({**DESCRIPTION, owner: {"title": "Essai", key: written}}), encoding="utf-8")
    with pytest.raises(PackageFileError) as caught:
        load_package(project.schemas, "p")
    facts = caught.value.facts
    assert (facts["key"], facts["found"], facts["expected"].en) == (f"{owner}.{key}", f'"{written}"', expected)


@pytest.mark.parametrize(
    ("protect", "place"),
    [
        ({**PROTECT, "threshold": 1}, "tables.0.protect.threshold"),
        ({**PROTECT, "threshold": "cinq"}, "tables.0.protect.threshold"),
        ({**PROTECT, "threshold": True}, "tables.0.protect.threshold"),
        ({**PROTECT, "threshold": 5.5}, "tables.0.protect.threshold"),
        ({**PROTECT, "counts": "effectif"}, "tables.0.protect.counts"),
        ({**PROTECT, "groups": ["lieu", 3]}, "tables.0.protect.groups.1"),
        ({**PROTECT, "category": ["modalite"]}, "tables.0.protect.category"),
        ({**PROTECT, "hidden": True}, "tables.0.protect.hidden"),
        ({**PROTECT, "total": "axe"}, "tables.0.protect.total"),
        ({**PROTECT, "total": {"autre": "total"}}, "tables.t.protect.total"),
        ({**PROTECT, "treshold": 11}, "tables.0.protect.treshold"),
        ({**PROTECT, "flag": ""}, "tables.0.protect.flag"),
        (["n"], "tables.0.protect"),
    ],
)
def test_a_protection_that_would_be_misread_is_refused(tmp_path: Path, protect: object, place: str):
    project = a_project(tmp_path)
    a_package(tmp_path, tables=[{"name": "t", "protect": protect}])
    with pytest.raises(PackageFileError, match=r"schemas/p/package\.yaml") as caught:
        load_package(project.schemas, "p")
    assert caught.value.facts["key"] == place


def test_a_wrong_line_of_a_package_is_told_with_its_number(tmp_path: Path):
    project = a_project(tmp_path)
    path = a_package(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    for wrong, key in (("cadance: P1Y", "cadance"), ("cadence: tous les ans", "cadence"), ("example: oui", "example")):
        path.write_text("\n".join([*lines, wrong, ""]), encoding="utf-8")
        with pytest.raises(PackageFileError) as caught:
            load_package(project.schemas, "p")
        assert (caught.value.facts["line"], caught.value.facts["key"]) == (len(lines) + 1, key)
        assert "schemas/" in caught.value.advice("en")


def test_a_table_is_named_once(tmp_path: Path):
    project = a_project(tmp_path)
    a_package(tmp_path, tables=["t", {"name": "t", "rows": {"min": 0}}])
    with pytest.raises(PackageFileError, match="each table once"):
        load_package(project.schemas, "p")


def test_a_wrong_package_costs_itself_only(tmp_path: Path):
    project = a_project(tmp_path)
    for name, changes in {
        "bon": {},
        "ligne": {"cadence": "souvent"},
        "schema": {"tables": ["absente"]},
        "licence": {"licence": "libre"},
        "lecture": {"tables": [{"name": "d", "derived": "compter", "from": ["bon/x"]}]},
        "lecteur": {"tables": [{"name": "d", "derived": "compter", "from": ["ligne/t"]}]},
    }.items():
        path = tmp_path / "schemas" / name / "package.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({**DESCRIPTION, "tables": ["t"], **changes}), encoding="utf-8")
        for table in ("t", "d"):
            a_table(tmp_path, f"{name}/{table}", [{"name": "a"}])
    folder = tmp_path / "schemas" / "codelists"
    folder.mkdir(exist_ok=True)
    head = "code,libelle_fr,libelle_en,valide_du,valide_au,source"
    (folder / "licences.csv").write_text(f"{head}\netalab-2.0,LO,OL,,,\n", encoding="utf-8")
    packages = load_packages(project.schemas)
    assert list(packages) == ["bon", "lecteur"], "what reads a wrong package is told when its table is made"
    told = {name: error.message("en") for name, error in sorted(packages.errors.items())}
    assert list(told) == ["lecture", "licence", "ligne", "schema"]
    assert "bon/x; expected: bon/t" in told["lecture"]
    assert "libre; expected: etalab-2.0" in told["licence"]
    assert "schemas/schema/absente.json does not exist" in told["schema"]
    with pytest.raises(PackageFileError, match="souvent"):
        packages.find("ligne")
    with pytest.raises(SchemaNotFound):
        packages.find("rien")


def test_a_reference_to_a_table_that_the_package_has_not_costs_its_package_only(tmp_path: Path):
    project = a_project(tmp_path)
    path = a_package(tmp_path)
    key = {"fields": ["x"], "reference": {"resource": "absente", "fields": ["x"]}}
    schema = {"title": "T", "fields": [{"name": "x", "privacy": "public"}], "foreignKeys": [key]}
    (path.parent / "t.json").write_text(json.dumps(schema), encoding="utf-8")
    path.write_text(yaml.safe_dump(DESCRIPTION | {"tables": ["t"]}), encoding="utf-8")
    packages = load_packages(project.schemas)
    assert dict(packages) == {}
    error = packages.errors["p"]
    assert isinstance(error, SchemaFileError)
    assert (error.facts["file"], error.facts["place"], error.facts["found"]) == (
        "schemas/p/t.json", "foreignKeys, x", "absente",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("own", "parents", "named", "found"),
    [
        ("public", "public", ["z"], "u: z"),
        ("public", "public", ["x", "y"], "u: x, y"),
        ("public", "interne", ["y"], "u: y"),
        ("interne", "interne", ["y"], None),
    ],
)
def test_a_reference_names_fields_that_there_are_and_that_are_published_with_it(
    tmp_path: Path, own: str, parents: str, named: list[str], found: str | None
):
    project = a_project(tmp_path)
    path = a_package(tmp_path)
    key = {"fields": ["x"], "reference": {"resource": "u", "fields": named}}
    child = {"title": "T", "fields": [{"name": "x", "privacy": own}], "foreignKeys": [key]}
    parent = {"title": "U", "fields": [{"name": "x", "privacy": "public"}, {"name": "y", "privacy": parents}]}
    for name, schema in (("t", child), ("u", parent)):
        (path.parent / f"{name}.json").write_text(json.dumps(schema), encoding="utf-8")
    path.write_text(yaml.safe_dump(DESCRIPTION | {"tables": ["t", "u"]}), encoding="utf-8")
    packages = load_packages(project.schemas)
    error = packages.errors.get("p")
    assert (error.facts["found"] if error else None) == found
    assert ("p" in packages) == (found is None)
