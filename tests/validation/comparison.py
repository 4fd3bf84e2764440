"""Frictionless itself to compare with: its report on a file, and what differs from our result.

Belongs here: the comparison. Does not: making files (`builders.py`).
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.validation import validate
from pipelines.validation.errors import SchemaUnusable
from pipelines.validation.inputs import file_format
from tests.validation.builders import Hostile

DIALECT = {"csv": {"delimiter": ",", "skipInitialSpace": False}}


class Collected:
    """A rejects sink that keeps every error."""

    def __init__(self) -> None:
        self.tables: list[pa.Table] = []

    def write(self, errors: pa.Table, rows: pa.Table) -> None:
        self.tables.append(errors)

    def rows(self) -> list[dict[str, Any]]:
        return [row for table in self.tables for row in table.to_pylist()]


@dataclass
class Raised:
    """Frictionless raised instead of validating."""

    error: Exception


def frictionless_report(
    path: Path,
    schema: dict[str, Any],
    parent: Path | None = None,
    parent_schema: dict[str, Any] | None = None,
    dialect: dict[str, Any] | None = None,
    *,
    encoding: str = "utf-8",
) -> Any:
    """Frictionless' own report on a file with every error, or `Raised`."""
    from frictionless import Dialect, Package, Schema, system
    from frictionless.resources import TableResource

    def resource(file: Path, name: str, described: dict[str, Any]) -> Any:
        own = json.loads(json.dumps(dialect if dialect and name == "child" else DIALECT))
        Schema.from_descriptor(json.loads(json.dumps(described)))  # raises where it is no schema
        # By its path, as its command line does: a schema that a resource contains is of the resource's version.
        kept = file.with_name(f"{name}.schema.json")
        kept.write_text(json.dumps(described), encoding="utf-8")
        return TableResource(
            name=name,
            path=str(file),
            schema=str(kept),
            encoding=encoding if name == "child" else "utf-8",
            dialect=Dialect.from_descriptor(own),
            **file_format(file),
        )

    with system.use_context(trusted=True):
        try:
            resources = [resource(path, "child", schema)]
            if parent is None:
                return resources[0].validate(limit_errors=0)
            resources.append(resource(parent, "parent", parent_schema or {}))
            return Package(resources=resources).get_resource("child").validate(limit_errors=0)
        except Exception as error:  # noqa: BLE001 - whatever Frictionless lets out is its answer
            return Raised(error)


ERROR_FACTS = (
    "type",
    "title",
    "description",
    "tags",
    "message",
    "note",
    "row_number",
    "row_numbers",
    "cells",
    "cell",
    "field_name",
    "field_number",
    "label",
    "labels",
    "field_names",
    "field_cells",
    "reference_name",
    "reference_field_names",
)


def plain_report(report: Any) -> dict[str, Any]:
    """A report as plain data, its times apart. (Frictionless' own `to_descriptor` says the same, ten times slower.)"""

    def task(item: Any) -> dict[str, Any]:
        stats = {key: value for key, value in item.stats.items() if key != "seconds"}
        errors = [{name: getattr(error, name, None) for name in ERROR_FACTS} for error in item.errors]
        about = {"name": item.name, "type": item.type, "place": item.place, "labels": item.labels, "valid": item.valid}
        return {**about, "stats": stats, "warnings": item.warnings, "errors": errors}

    stats = {key: value for key, value in report.stats.items() if key != "seconds"}
    return {
        "valid": report.valid,
        "stats": stats,
        "warnings": report.warnings,
        "errors": [str(e) for e in report.errors],
        "tasks": [task(item) for item in report.tasks],
    }


def difference(case: Hostile, folder: Path, *, keep: bool = True) -> tuple[str | None, str]:
    """What differs between our result and Frictionless' on a case, None when nothing does; and how it was decided."""
    path, parent = folder / ("table.csv.gz" if case.is_packed else "table.csv"), None
    path.write_bytes(gzip.compress(case.data, mtime=0) if case.is_packed else case.data)
    if case.parent is not None:
        parent = folder / "parent.csv"
        parent.write_bytes(case.parent)
    wanted = frictionless_report(path, case.schema, parent, case.parent_schema, case.dialect, encoding=case.encoding)
    parents: Any = {"parent": (parent, case.parent_schema)} if parent else {}
    collected = Collected()
    try:
        validation = validate(
            path,
            case.schema,
            parents=parents,
            dialect=case.dialect,
            encoding=case.encoding,
            sample=None,
            rejects=collected,
            name="child",
            keep=keep,
        )
    except SchemaUnusable as error:
        return (None, "unusable") if isinstance(wanted, Raised) else (f"unusable: {error}", "unusable")
    if isinstance(wanted, Raised):
        return (None if not validation.is_valid else f"valid, Frictionless raises {wanted.error!r}"), "raised"
    mine, theirs = plain_report(validation.report()), plain_report(wanted)
    if mine != theirs:
        return f"report:\nours   {_short(mine)}\ntheirs {_short(theirs)}", validation.path
    return _complete(validation, wanted, collected), validation.path


def _complete(validation: Any, wanted: Any, collected: Collected) -> str | None:
    errors = wanted.tasks[0].errors
    totals = Counter((error.type, getattr(error, "field_name", None) or None) for error in errors)
    if dict(totals) != dict(validation.totals):
        return f"totals: ours {validation.totals}, theirs {totals}"
    of_rows = [error for error in errors if hasattr(error, "row_number")]
    ours = Counter(
        (row["row"], row["field"], row["rule"], row["cell"], row["note"], row["message"]) for row in collected.rows()
    )
    theirs = Counter(
        (
            error.row_number,
            getattr(error, "field_name", None) or None,
            error.type,
            getattr(error, "cell", None),
            error.note,
            error.message,
        )
        for error in of_rows
    )
    if ours != theirs:
        return f"all errors: only ours {ours - theirs}, only theirs {theirs - ours}"
    rejected = {error.row_number for error in of_rows}
    if validation.rejected_rows != len(rejected):
        return f"rejected rows: {validation.rejected_rows}, theirs {sorted(rejected)}"
    return None if validation.accepted is None else _rows(validation, rejected, wanted.tasks[0].stats.get("rows") or 0)


def _rows(validation: Any, rejected: set[int], rows: int) -> str | None:
    found = validation.rejected.column("_row").to_pylist()
    if sorted(rejected) != found:
        return f"rejected rows: ours {found}, theirs {sorted(rejected)}"
    if validation.accepted.num_rows + len(found) != rows:
        return f"accepted rows: {validation.accepted.num_rows} of {rows}"
    return None


def _short(report: dict[str, Any]) -> str:
    task = report["tasks"][0]
    told = [(e["row_number"], e["field_name"], e["type"], e["note"], e["message"]) for e in task["errors"]]
    return json.dumps([task["stats"], task.get("labels"), told], ensure_ascii=False)[:3000]
