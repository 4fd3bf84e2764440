"""The inquiries that ship with the project, read and normalised as the pipeline does, as typed tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.inquiries.law import conformite_annuelle, controles, enquetes, regles_table
from pipelines.formats import read
from pipelines.mapping import PartRecords, normalise
from pipelines.mapping.rejections import Rejection
from pipelines.schema import load_incoming, load_table
from pipelines.schema.arrow import typed
from pipelines.sources import load_sources
from pipelines.validation import validate

ROOT = Path(__file__).parents[4]
SOURCES = ("enquetes-collectees",)
PACKAGE = "enquetes-publiques"


@cache
def normalised() -> tuple[dict[str, pa.Table], tuple[Rejection, ...], dict[str, int]]:
    """(text rows by "package/table", what was refused on the way, records refused as they came in, by part)."""
    project = Project.at(ROOT)
    rows: dict[str, list[pa.Table]] = {}
    refused: list[Rejection] = []
    incoming: dict[str, int] = {}
    for name in SOURCES:
        source = load_sources(project).find(name)
        parts: dict[str, PartRecords] = {}
        for part in source.parts:
            path = ROOT / "sources" / source.address
            records = read(part, path / part.path if part.path else path, source=name, snapshot="0" * 64)
            schema = load_incoming(project.schemas, part.schema or "")
            validation = validate(
                records.select([*schema.names, *(c for c in records.column_names if c[0] == "_")]), schema
            )
            incoming[part.name] = validation.rejected_rows
            parts[part.name] = PartRecords(records, schema, part.rows, part.join)
        found = normalise(parts, project, file=source.path)
        refused.extend(found.rejections)
        for table, made in found.rows.items():
            rows.setdefault(table, []).append(made)
    return (
        {key: pa.concat_tables(made, promote_options="default") for key, made in rows.items()},
        tuple(refused),
        incoming,
    )


@cache
def tables() -> dict[str, pa.Table]:
    """The typed tables of the package, derived ones included."""
    made: dict[str, pa.Table] = {}
    for key, rows in normalised()[0].items():
        made[key] = _typed(key, rows)
    made[f"{PACKAGE}/controles_legaux"] = _typed(f"{PACKAGE}/controles_legaux", controles(made))
    made[f"{PACKAGE}/regles"] = _typed(f"{PACKAGE}/regles", regles_table(enquetes(made)))
    annual = conformite_annuelle(made[f"{PACKAGE}/controles_legaux"], made)
    made[f"{PACKAGE}/conformite_annuelle"] = _typed(f"{PACKAGE}/conformite_annuelle", annual)
    return made


def _typed(key: str, rows: pa.Table) -> pa.Table:
    schema = load_table(ROOT / "schemas", *key.split("/"))
    absent = pa.nulls(rows.num_rows, pa.string())
    columns = {name: rows.column(name) if name in rows.column_names else absent for name in schema.names}
    return typed(pa.table(columns), schema)
