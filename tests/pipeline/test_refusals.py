"""A count that may turn out to be small is shown by no rejection, as it comes in and before it is protected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.core.project import Project
from pipelines.mapping.rejections import Rejection
from pipelines.pipeline.refusals import refusals
from pipelines.schema import Privacy, load_incoming, load_package, load_table
from pipelines.sources import load_sources
from pipelines.validation import validate
from tests.schema.builders import a_project, a_table

HERE = Project.here()


def refused(folder: Path, hidden: tuple[str, ...]) -> list[Rejection]:
    """A row of counts of which one cell is no number: how it is refused."""
    a_project(folder)
    a_table(folder, "essai/nombres", [{"name": "axe"}, {"name": "nombre", "type": "integer"}])
    schema = load_table(folder / "schemas", "essai", "nombres")
    place = {"_source": ["s"], "_snapshot": ["0" * 64], "_part": ["p"], "_position": pa.array([2], pa.int64())}
    validation = validate(pa.table({"axe": ["canal"], "nombre": ["3 lettres"], **place}), schema, name="x", sample=None)
    return list(refusals(validation, schema, table="essai/nombres", stage="sortie", hidden=hidden))


def test_the_value_of_a_public_field_is_shown(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, ())
    assert found.valeur == "3 lettres"
    assert "3 lettres" in found.message_en


def test_the_value_of_a_hidden_field_is_not(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, ("nombre",))
    assert (found.valeur, found.champ, found.position) == (None, "nombre", 2)
    assert "3" not in found.message + found.message_en


def test_fields_that_fill_protected_counts_are_not_public_as_they_come_in() -> None:
    filled = [
        (str(part.schema), rows["fields"][count])
        for source in load_sources(HERE).values()
        for part in source.parts
        for rows in part.rows
        for table in load_package(HERE.schemas, rows["table"].split("/")[0]).tables
        if table.protect is not None and rows["table"].endswith(f"/{table.name}")
        for count in table.protect.counts
    ]
    assert len(filled) >= 2
    for name, rule in filled:
        columns = [rule] if isinstance(rule, str) else rule["from"]
        for column in [columns] if isinstance(columns, str) else columns:
            assert load_incoming(HERE.schemas, name)[column].privacy is not Privacy.PUBLIC, (name, column)


@pytest.mark.parametrize("name", ["enquetes_comptages", "enquetes"])
def test_a_count_that_is_refused_as_it_comes_in_is_not_shown(name: str) -> None:
    schema = load_incoming(HERE.schemas, name)
    field = "nombre" if name == "enquetes_comptages" else "nb_observations"
    place = {"_source": ["s"], "_snapshot": ["0" * 64], "_part": ["p"], "_position": pa.array([2], pa.int64())}
    cells = {column: ["3 lettres" if column == field else None] for column in schema.names}
    table = pa.table({column: pa.array(values, pa.string()) for column, values in cells.items()} | place)
    validation = validate(table, schema, name="x", sample=None)
    found = [item for item in refusals(validation, schema, table="entrants/x", stage="entree") if item.champ == field]
    assert [item.valeur for item in found] == [None]
    assert not any("3 lettres" in item.message + item.message_en for item in found)


@pytest.mark.parametrize(
    "check",
    [
        {"name": "compare-columns-value", "params": {"column": "debut", "op": "<=", "column2": "fin"}},
        {"name": "sum-columns-value", "params": {"column": "debut", "columns": ["fin"]}},
    ],
)
def test_a_rule_over_several_columns_quotes_none(tmp_path: Path, check: dict[str, Any]) -> None:
    a_project(tmp_path)
    a_table(tmp_path, "entrants/essai", [{"name": "debut"}, {"name": "fin", "privacy": "personnel"}])
    place = {"_source": ["s"], "_snapshot": ["0" * 64], "_part": ["p"], "_position": pa.array([2], pa.int64())}
    declared = {"fields": [{"name": name, "type": "integer"} for name in ("debut", "fin")], "custom_checks": [check]}
    validation = validate(pa.table({"debut": ["7191"], "fin": ["6404"], **place}), declared, name="x", sample=None)
    (found,) = refusals(validation, load_incoming(tmp_path / "schemas", "essai"), table="publie/x", stage="entree")
    assert (found.champ, found.regle, found.valeur) == ("debut", check["name"], None)
    assert not any(value in found.message + found.message_en for value in ("6404", "7191"))


@pytest.mark.parametrize(("privacy", "is_shown"), [("public", True), ("personnel", False)])
def test_a_reference_is_quoted_where_its_fields_are_public(tmp_path: Path, privacy: str, is_shown: bool) -> None:
    a_project(tmp_path)
    key = {"fields": ["ville"], "reference": {"resource": "villes", "fields": ["code"]}}
    a_table(tmp_path, "essai/villes", [{"name": "code"}], primaryKey=["code"])
    a_table(tmp_path, "essai/actions", [{"name": "ville", "privacy": privacy}], foreignKeys=[key])
    schema = load_table(tmp_path / "schemas", "essai", "actions")
    place = {"_source": ["s"], "_snapshot": ["0" * 64], "_part": ["p"], "_position": pa.array([2], pa.int64())}
    parents = {"villes": pa.table({"code": ["57463"]})}
    table = pa.table({"ville": ["inventee"], **place})
    (found,) = refusals(
        validate(table, schema, parents=parents, name="x", sample=None), schema, table="essai/actions", stage="sortie"
    )
    assert (found.regle, "inventee" in found.message_en) == ("foreign-key", is_shown)
    assert "inventee" not in found.message
