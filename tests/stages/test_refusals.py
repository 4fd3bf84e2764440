"""A count that may turn out to be small is shown by no rejection, as it comes in and before it is protected."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.project import Project
from pipelines.records.rejections import Rejection
from pipelines.schema import Privacy, load_incoming, load_package, load_table
from pipelines.sources import load_sources
from pipelines.stages.refusals import refusals
from pipelines.validation import judge
from tests.schema.builders import a_project, a_table

HERE = Project.here()


def refused(folder: Path, hidden: tuple[str, ...]) -> list[Rejection]:
    """A row of counts of which one cell is no number: how it is refused."""
    a_project(folder)
    a_table(folder, "essai/nombres", [{"name": "axe"}, {"name": "nombre", "type": "integer"}])
    schema = load_table(folder / "schemas", "essai", "nombres")
    place = {"_source": ["s"], "_snapshot": ["0" * 64], "_part": ["p"], "_position": pa.array([2], pa.int64())}
    verdict = judge(pa.table({"axe": ["canal"], "nombre": ["3 lettres"], **place}), schema, name="x", sample=None)
    return list(refusals(verdict, schema, table="essai/nombres", stage="sortie", hidden=hidden))


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
    verdict = judge(table, schema, name="x", sample=None)
    found = [item for item in refusals(verdict, schema, table="entrants/x", stage="entree") if item.champ == field]
    assert [item.valeur for item in found] == [None]
    assert not any("3 lettres" in item.message + item.message_en for item in found)
