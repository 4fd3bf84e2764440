"""Assemble and judge what goes out: one table of a package, from the rows of its sources or from other tables.

Foreign keys are judged against the accepted rows of their parents, so the tables of a package are made in the order in
which they refer to each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.project import Project
from pipelines.mapping.rejections import rejections_table
from pipelines.pipeline.records import REJECTS, SUMMARY, RecordsResult
from pipelines.pipeline.refusals import refusals
from pipelines.pipeline.results import Kept, keep
from pipelines.privacy import protect_published
from pipelines.schema import Package, PackageTable, TableSchema
from pipelines.schema.arrow import as_text
from pipelines.schema.order import late_keys
from pipelines.schema.packages import Protection
from pipelines.tables import derivation, finish, gather
from pipelines.tables.assembly import PLACE_SCHEMA
from pipelines.validation import Verdict, judge

TABLE, PROVENANCE = "table.parquet", "provenance.parquet"


@dataclass(frozen=True)
class TableResult:
    """One table, judged. `summary`: rows gathered, accepted, rejected."""

    package: str
    name: str
    kept: Kept
    summary: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.package}/{self.name}"

    @property
    def table(self) -> pa.Table:
        """Typed, in key order, every field of its schema: also those that are not public."""
        return pq.read_table(self.kept.folder / TABLE)

    @property
    def unsound(self) -> dict[str, int]:
        """Errors that the judge still finds in what is about to leave, by "rule:field": there must be none."""
        return dict(self.summary["leaving"])

    @property
    def provenance(self) -> pa.Table:
        return pq.read_table(self.kept.folder / PROVENANCE)

    @property
    def rejects(self) -> pa.Table:
        return pq.read_table(self.kept.folder / REJECTS)


def dangling(package: Package, table: str, tables: Mapping[str, TableResult]) -> dict[str, int]:
    """Errors of a table's late foreign keys against the finished tables, by "rule:field": there must be none."""
    schema = package.schema(table)
    late = late_keys(package, schema)
    if not late:
        return {}
    plain = replace(schema, foreign_keys=tuple(late))
    parents = {key.table: as_text(tables[f"{package.name}/{key.table}"].table) for key in late}
    verdict = judge(as_text(tables[f"{package.name}/{table}"].table), plain, parents=parents, name=table)
    return _named(verdict)


def make_table(
    project: Project,
    package: Package,
    table: PackageTable,
    records: Iterable[RecordsResult],
    tables: Mapping[str, TableResult],
    *,
    settings: str,
    may_make: bool = True,
) -> TableResult:
    """One table, made again only when its rows, its inputs or its schema changed.

    `records`: the results of the sources that fill it, in their order. `tables`: by "package/table", at least its
    parents and inputs. `settings`: what the table is a function of besides (`Ingredients.of_package`). Raises what the
    judge raises when it cannot judge, and what a derivation raises; `NotMaterialised` when the table is not there and
    `may_make` is false.
    """
    sources = [result for result in records if f"{package.name}/{table.name}" in result.summary["rows"]]
    schema = package.schema(table.name)
    late = late_keys(package, schema)
    early = replace(schema, foreign_keys=tuple(key for key in schema.foreign_keys if key not in late))
    parents = {key.table: tables[f"{package.name}/{key.table}"] for key in early.foreign_keys if key.table}
    inputs = {key: tables[key] for key in table.inputs}
    made_from = {
        "rows": [(result.source, result.kept.fingerprint) for result in sources],
        "inputs": {key: result.kept.fingerprint for key, result in inputs.items()},
        "parents": {key: result.kept.fingerprint for key, result in parents.items()},
        "settings": settings,
    }

    def make(folder: Path) -> None:
        key = f"{package.name}/{table.name}"
        rows = _derived(project, table, schema, inputs) if table.derived else [result.rows(key) for result in sources]
        _make(early, key, rows, parents, folder, protect=table.protect)

    kept = keep(project, "tables", f"{package.name}/{table.name}", made_from, make, may_make=may_make)
    summary = json.loads((kept.folder / SUMMARY).read_text(encoding="utf-8"))
    return TableResult(package.name, table.name, kept, summary)


def _derived(
    project: Project, table: PackageTable, schema: TableSchema, inputs: Mapping[str, TableResult]
) -> list[pa.Table]:
    made = derivation(table.derived or "")({key: result.table for key, result in inputs.items()}, project)
    text = as_text(made.select([name for name in schema.names if name in made.column_names]))
    places = {
        "_source": pa.array([f"derivation:{table.derived}"] * text.num_rows, pa.string()),
        "_snapshot": pa.nulls(text.num_rows, pa.string()),
        "_part": pa.nulls(text.num_rows, pa.string()),
        "_position": pa.array(range(1, text.num_rows + 1), pa.int64()),
    }
    for name, column in places.items():
        text = text.append_column(PLACE_SCHEMA.field(name), column)
    return [text]


def _make(
    schema: TableSchema,
    key: str,
    rows: list[pa.Table],
    parents: Mapping[str, TableResult],
    folder: Path,
    *,
    protect: Protection | None,
) -> None:
    gathered, again = gather(schema, rows)
    known = {name: as_text(parent.table) for name, parent in parents.items()}
    verdict = judge(gathered, schema, parents=known, name=key, sample=None)
    accepted = verdict.accepted if verdict.accepted is not None else gathered.slice(0, 0)
    assembled = finish(schema, accepted, again)
    if protect is not None:
        assembled = replace(assembled, table=protect_published(assembled.table, protect))
    leaving = judge(as_text(assembled.table), schema, parents=known, name=key)
    pq.write_table(assembled.table, folder / TABLE, compression="snappy")
    pq.write_table(assembled.provenance, folder / PROVENANCE, compression="snappy")
    refused = refusals(verdict, schema, table=key, stage="sortie", hidden=protect.counts if protect else ())
    pq.write_table(rejections_table(refused), folder / REJECTS)
    told = {
        "gathered": gathered.num_rows + again.num_rows,
        "said_again": again.num_rows,
        "accepted": assembled.table.num_rows,
        "rejected": verdict.rejected_rows,
        "errors": _named(verdict),
        "leaving": _named(leaving),
    }
    (folder / SUMMARY).write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


def _named(verdict: Verdict) -> dict[str, int]:
    return {f"{rule}:{field or ''}": count for (rule, field), count in verdict.totals.items()}
