"""Records and mappings for the tests of normalising; every person in them is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.mapping import Normalised, PartRecords, normalise
from pipelines.schema import load_incoming
from tests.schema.builders import a_project, a_table

FILE = "sources/essai.yaml"


def a_label_project(folder: Path, fields: Sequence[str] = ("id", "ville", "niveau")) -> Project:
    """A project with one package `p` and one table `t` of text fields."""
    project = a_project(folder)
    a_table(folder, "p/t", [{"name": name} for name in fields])
    return project


def records(columns: Mapping[str, Sequence[str | None]], part: str = "a") -> pa.Table:
    """A text table with the reserved columns; positions start at 2, as in a CSV file with a header."""
    count = len(next(iter(columns.values())))
    data = {name: pa.array(list(cells), pa.string()) for name, cells in columns.items()}
    places = {
        "_source": pa.array(["essai"] * count, pa.string()),
        "_snapshot": pa.array(["f" * 64] * count, pa.string()),
        "_part": pa.array([part] * count, pa.string()),
        "_position": pa.array(range(2, count + 2), pa.int64()),
    }
    return pa.table({**data, **places})


def a_part(
    project: Project,
    columns: Mapping[str, Sequence[str | None]],
    rows: Sequence[Mapping[str, Any]] = (),
    *,
    part: str = "a",
    personal: Sequence[str] = (),
    join: Sequence[Mapping[str, Any]] = (),
) -> PartRecords:
    fields = [{"name": name, "privacy": "personnel" if name in personal else "public"} for name in columns]
    a_table(project.root, f"entrants/{part}", fields)
    return PartRecords(records(columns, part), load_incoming(project.schemas, part), rows, join)


def normalised(
    project: Project, columns: Mapping[str, Sequence[str | None]], *rows: Mapping[str, Any], **more: Any
) -> Normalised:
    """What one part becomes by its `rows` entries."""
    return normalise({"a": a_part(project, columns, rows, **more)}, project, file=FILE)


def lines(result: Normalised, table: str = "p/t") -> list[dict[str, Any]]:
    """The rows of a table without their reserved columns."""
    found = result.rows[table]
    return found.select([name for name in found.column_names if not name.startswith("_")]).to_pylist()
