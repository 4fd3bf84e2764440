"""Records held against the schema that their publisher declares, before anything of ours judges them.

Belongs here: which records that schema refuses, and what is told. Does not: fetching it (`sources/declared.py`).

Only cells that are still as the publisher wrote them are judged: those of CSV and TSV files. Columns that the schema
does not know pass; columns that it knows and the file lacks are told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.project import Project
from pipelines.records.formats import RESERVED
from pipelines.records.rejections import Rejection
from pipelines.schema import TableSchema
from pipelines.sources import Part, Snapshot, SnapshotStore, Source
from pipelines.sources.declared import REJECT, way
from pipelines.stages.refusals import refusals
from pipelines.validation import JudgeError, judge
from pipelines.validation.verdict import ROW

AS_WRITTEN = ("csv", "tsv")
FIRST = 2  # Frictionless counts the header as row 1.


@dataclass(frozen=True)
class AsDeclared:
    """The records that go on, the rejections of the others, and what is told of the schema (empty without one)."""

    records: pa.Table
    rejections: list[Rejection] = field(default_factory=list)
    told: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def judged_as_declared(
    project: Project, source: Source, part: Part, snapshot: Snapshot, records: pa.Table, *, incoming: TableSchema | None
) -> AsDeclared:
    """The records of a part under its publisher's schema. `incoming` says which fields are public; None: no
    rejection is made, only told.

    A schema by which nothing can be judged is told and refuses nothing.
    """
    told = dict(snapshot.fetch.get("schema") or {})
    digest = snapshot.fetch.get("evidence", {}).get("schema")
    if not told:
        return AsDeclared(records)
    name = str(told.get("name") or told.get("url") or digest)
    if digest is None or part.format not in AS_WRITTEN:
        reason = told.get("state") if digest is None else f"format {part.format}"
        return AsDeclared(records, told=told, warnings=[f"{part.name}: {name}: {reason}"])
    path = SnapshotStore.of(project).objects.path(digest)
    document = json.loads(path.read_text(encoding="utf-8"))
    columns = set(records.column_names)
    known = [item["name"] for item in document["fields"] if item["name"] in columns]
    absent = [item["name"] for item in document["fields"] if item["name"] not in columns]
    warnings = [f"{part.name}: {name}: colonnes absentes / columns absent: {', '.join(absent)}"] if absent else []
    if not known:
        return AsDeclared(records, told=told, warnings=warnings)
    try:
        judged = records.select([*known, *RESERVED])
        verdict = judge(judged, _reduced(document, known), name=f"{source.name}/{part.name}", sample=None)
    except JudgeError as error:
        return AsDeclared(records, told=told, warnings=[*warnings, f"{part.name}: {name}: {error.code}"])
    told |= {"refused": verdict.rejected_rows, "errors": verdict.error_count}
    if verdict.error_count:
        warnings.append(f"{part.name}: {name}: {verdict.rejected_rows}/{records.num_rows} refusés / refused")
    if incoming is None or way(source) != REJECT or verdict.rejected is None:
        return AsDeclared(records, told=told, warnings=warnings)
    rows = pa.array(range(FIRST, FIRST + records.num_rows), pa.int64())
    passed = pc.invert(pc.is_in(rows, value_set=verdict.rejected.column(ROW).cast(pa.int64()).combine_chunks()))
    refused = list(refusals(verdict, incoming, table=f"publie/{name}", stage="entree"))
    return AsDeclared(records.filter(passed), refused, told, warnings)


def _reduced(document: Mapping[str, Any], known: list[str]) -> dict[str, Any]:
    """The schema over the columns that are there: keys over others are left out, and references, whose tables are not
    given."""
    kept = {key: value for key, value in document.items() if key not in ("foreignKeys", "primaryKey")}
    kept["fields"] = [item for item in document["fields"] if item["name"] in known]
    key = document.get("primaryKey", [])
    names = [key] if isinstance(key, str) else list(key)
    return kept | ({"primaryKey": names} if names and set(names) <= set(known) else {})
