"""Assemble and validate what goes out: one table of a package, from the rows of its sources or from other tables.

Foreign keys are validated against the accepted rows of their parents, so the tables of a package are made in the order
in which they refer to each other.
Belongs here: the order of these steps, and the files that they leave. Does not: merging rows (`tables/`), validating
them (`validation/`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.project import Project
from pipelines.core.registry import UnknownName
from pipelines.mapping.rejections import rejections_table
from pipelines.pipeline.leaving import leaving_errors, named
from pipelines.pipeline.missing import without_missing
from pipelines.pipeline.records import REJECTS, SUMMARY, RecordsResult
from pipelines.pipeline.refusals import UNHELD, refusals, unheld_refusals
from pipelines.pipeline.results import Kept, is_sent, keep
from pipelines.privacy import protect_published
from pipelines.schema import Package, PackageTable, TableSchema
from pipelines.schema.arrow import as_text, repeated_text
from pipelines.schema.order import late_keys
from pipelines.schema.package_files import wrong_derived
from pipelines.schema.packages import Protection
from pipelines.schema.reserved import PART, POSITION, RESERVED, RESERVED_SCHEMA, SNAPSHOT, SOURCE
from pipelines.storage.kept_tables import packing_of, read_kept, write_kept
from pipelines.storage.spool import filtered
from pipelines.tables import Assembled, Unheld, derivation, finish, gather, held, own_keys, standing
from pipelines.validation import ValidationResult, validate

TABLE, PROVENANCE = "table.arrow", "provenance.arrow"


@dataclass(frozen=True)
class TableResult:
    """One table, validated. `summary`: rows gathered, accepted, rejected."""

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
        return read_kept(self.kept.folder / TABLE)

    def keys(self, fields: Iterable[str]) -> pa.Table:
        """Some of its fields, as text: what rows of other tables refer to."""
        return as_text(read_kept(self.kept.folder / TABLE, list(dict.fromkeys(fields))))

    @property
    def unsound(self) -> dict[str, int]:
        """Errors that the validator still finds in what is about to leave, by "rule:field": there must be none."""
        return dict(self.summary["leaving"])

    @property
    def provenance(self) -> pa.Table:
        return read_kept(self.kept.folder / PROVENANCE)

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
    parents = _referred(plain, {key.table: tables[f"{package.name}/{key.table}"] for key in late})
    rows = tables[f"{package.name}/{table}"].table
    validation = validate(rows, plain, parents=parents, name=table, keep=False, typed=True)
    return named(validation)


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
    validator raises when it cannot validate, and what a derivation raises; `NotMaterialised` when the table is not
    there and `may_make` is false.
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
        if table.derived:
            rows = _derived(project, package.name, table, schema, inputs)
        else:
            rows = [result.rows(key) for result in sources]
        _make(early, key, rows, parents, folder, protect=table.protect, is_sent=is_sent(project))

    kept = keep(project, "tables", f"{package.name}/{table.name}", made_from, make, may_make=may_make)
    summary = json.loads((kept.folder / SUMMARY).read_text(encoding="utf-8"))
    return TableResult(package.name, table.name, kept, summary)


def _derived(
    project: Project, package: str, table: PackageTable, schema: TableSchema, inputs: Mapping[str, TableResult]
) -> list[pa.Table]:
    try:
        derive = derivation(table.derived or "")
    except UnknownName as unknown:
        raise wrong_derived(project.schemas, package, table.name, unknown.facts["expected"]) from None
    made = derive({key: result.table for key, result in inputs.items()}, project)
    text = as_text(made.select([name for name in schema.names if name in made.column_names]))
    places = {
        SOURCE: repeated_text(f"derivation:{table.derived}", text.num_rows),
        SNAPSHOT: repeated_text(None, text.num_rows),
        PART: repeated_text(None, text.num_rows),
        POSITION: pa.array(range(1, text.num_rows + 1), pa.int64()),
    }
    for name, column in places.items():
        text = text.append_column(RESERVED_SCHEMA.field(name), column)
    return [text]


def _make(
    schema: TableSchema,
    key: str,
    rows: list[pa.Table],
    parents: Mapping[str, TableResult],
    folder: Path,
    *,
    protect: Protection | None,
    is_sent: bool,
) -> None:
    gathered, again = gather(schema, rows)
    rows.clear()
    counts = {"gathered": gathered.num_rows + again.num_rows, "duplicates": again.num_rows}
    known = _referred(schema, parents)
    validation = validate(gathered, schema, parents=known, name=key, sample=None)
    hidden = protect.counts if protect else ()
    refused = list(refusals(validation, schema, table=key, stage="sortie", hidden=hidden))
    accepted = [validation.accepted if validation.accepted is not None else gathered.slice(0, 0)]
    errors, rejected = named(validation), validation.rejected_rows
    del gathered, validation  # of a large table, text and types are not held at once
    before = accepted[0]
    accepted[0], unheld, places = _held(before, schema)
    is_as_validated = accepted[0] is before and protect is None
    del before
    refused += unheld_refusals(unheld, places, schema, table=key, hidden=hidden)
    errors = {**errors, **Counter(f"{UNHELD}:{one.field}" for one in unheld)}
    rejected += len(places)
    if rejected and own_keys(schema):
        fallen = _of_standing(accepted[0], schema, known, key)
        accepted = [fallen.accepted if fallen.accepted is not None else accepted[0].slice(0, 0)]
        refused += refusals(fallen, schema, table=key, stage="sortie", hidden=hidden)
        errors = {**errors, **(Counter(errors) + Counter(named(fallen)))}
        rejected += fallen.rejected_rows
    assembled = finish(schema, accepted.pop(), again)
    if protect is not None:
        assembled = replace(assembled, table=protect_published(assembled.table, protect))
    with ThreadPoolExecutor(1) as beside:  # a large table is written while it is validated
        written = beside.submit(_write, assembled, folder, is_sent=is_sent)
        leaving = leaving_errors(assembled, schema, known, key, is_as_validated=is_as_validated)
        written.result()
    pq.write_table(rejections_table(refused), folder / REJECTS)
    summary = {
        **counts,
        "accepted": assembled.table.num_rows,
        "rejected": rejected,
        "errors": errors,
        "leaving": leaving,
    }
    (folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


def _held(accepted: pa.Table, schema: TableSchema) -> tuple[pa.Table, list[Unheld], dict[int, dict[str, Any]]]:
    """As `held`, and where each row that is left out was read."""
    whole = without_missing(accepted, schema)
    rows, unheld = held(whole, schema)
    left_out = sorted({one.row for one in unheld})
    places = whole.select(list(RESERVED)).take(pa.array(left_out, pa.int64())).to_pylist() if left_out else []
    return rows, unheld, dict(zip(left_out, places, strict=True))


def _of_standing(rows: pa.Table, schema: TableSchema, parents: Mapping[str, pa.Table], key: str) -> ValidationResult:
    """The rows validated once more after some were refused: what a row of the same table names is to be there still."""
    there = filtered(rows, pa.array(standing(rows, schema)))
    named_fields = dict.fromkeys(name for own in own_keys(schema) for name in own.reference_fields)
    keys = [own if own.table else replace(own, table=schema.name) for own in schema.foreign_keys]
    known = {**parents, schema.name: there.select(list(named_fields))}
    return validate(rows, replace(schema, foreign_keys=tuple(keys)), parents=known, name=key, sample=None)


def _write(assembled: Assembled, folder: Path, *, is_sent: bool) -> None:
    for table, name in ((assembled.table, TABLE), (assembled.provenance, PROVENANCE)):
        write_kept(table, folder / name, packing_of(len(table), is_sent=is_sent))


def _referred(schema: TableSchema, parents: Mapping[str, TableResult]) -> dict[str, pa.Table]:
    """Of each parent, the fields that foreign keys of a table refer to."""
    return {
        name: parent.keys(field for key in schema.foreign_keys if key.table == name for field in key.reference_fields)
        for name, parent in parents.items()
    }
