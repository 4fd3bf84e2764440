"""Read, judge what comes in, conform: one source's latest capture becomes rows of tables.

A source goes through as a whole, because its parts join each other. What is personal is kept in the private store and
dropped from everything else that this stage writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.core.errors import Mender
from pipelines.core.project import Project
from pipelines.formats import RESERVED, read_part
from pipelines.formats.faults import RecordFault
from pipelines.mapping import PartRecords, check_mapping, conform
from pipelines.mapping.rejections import Rejection, rejections_table
from pipelines.mapping.withdrawals import load_withdrawals, without_withdrawn
from pipelines.pipeline.collect import as_captured
from pipelines.pipeline.declared import judged_as_declared
from pipelines.pipeline.errors import HeaderUnknown, IncomingSchemaMissing, SnapshotGone, TooFewRecords
from pipelines.pipeline.ingredients import Ingredients
from pipelines.pipeline.personal import keep_apart, still_apart
from pipelines.pipeline.refusals import refusals
from pipelines.pipeline.results import Kept, keep
from pipelines.schema import Privacy, TableSchema, load_incoming
from pipelines.sources import Capture, Part, SnapshotStore, Source
from pipelines.validation import judge

REJECTS, SUMMARY = "rejets.parquet", "summary.json"
HEADED = frozenset({"csv", "tsv", "xlsx", "xls", "xlsb", "ods", "parquet", "html"})
"""Formats whose columns are named once, by a header; in the others each record names its members."""


@dataclass(frozen=True)
class RecordsResult:
    """What one source gave. `summary`: by part the records read, accepted and rejected; by table the rows; and more.

    `noticed`: doubts about what was read, in both languages; `thin`: columns that are filled less than expected;
    `declared`: what is amiss with the schema that the publisher declares, in both languages.
    """

    source: str
    kept: Kept
    summary: Mapping[str, Any]

    def rows(self, table: str) -> pa.Table:
        """The rows of one table ("package/table"), text with the reserved columns."""
        return pq.read_table(self.kept.folder / "rows" / f"{table.replace('/', '.')}.parquet")

    @property
    def rejects(self) -> pa.Table:
        """Every rejection. Most sources have none, and then no file is read: there may be hundreds of sources."""
        if not self.summary["rejected"]:
            return rejections_table([])
        return pq.read_table(self.kept.folder / REJECTS)

    @property
    def tables(self) -> list[str]:
        return sorted(self.summary["rows"])


def make_records(
    project: Project, source: Source, capture: Capture, *, settings: str | None = None, may_make: bool = True
) -> RecordsResult:
    """The rows of a source's capture, made again only when the capture, the mapping or the schemas changed.

    `settings`: `Ingredients.of_source`, for a caller that goes through many sources.
    Raises `SnapshotGone`, `TooFewRecords`, `IncomingSchemaMissing`, `HeaderUnknown`, and
    whatever the formats and the mapping raise; `NotMaterialised` when the rows are not there and `may_make` is false.
    """
    source = as_captured(source, capture)
    made_from = {
        "source": (project.root / source.path).read_text(encoding="utf-8"),
        "snapshots": [(part.part, part.sha256, part.address, part.announced) for part in capture.parts],
        "declared": [part.fetch.get("schema") for part in capture.parts],
        "settings": settings or Ingredients(project).of_source(source),
    }

    def is_good(folder: Path) -> bool:
        # Not when the private folder was deleted, or another capture or schema came between: the gate would look for
        # less.
        return still_apart(project, capture, _summary(folder)["apart"])

    def make(folder: Path) -> None:
        _make(project, source, capture, folder)

    kept = keep(project, "records", source.name, made_from, make, is_good=is_good, may_make=may_make)
    return RecordsResult(source.name, kept, _summary(kept.folder))


def snapshots_read(project: Project, source: str) -> set[str]:
    """The SHA-256 of the snapshots that the records of a source were last made from; empty before the first time."""
    base = project.work / "records" / source
    found = sorted(base.glob(f"[!.]*/{SUMMARY}"), key=lambda path: path.parent.stat().st_mtime_ns)
    return set(_summary(found[-1].parent)["snapshots"]) if found else set()


def _summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    return summary


def _make(project: Project, source: Source, capture: Capture, folder: Path) -> None:
    check_mapping(source, project)
    parts: dict[str, PartRecords] = {}
    rejections: list[Rejection] = []
    summary: dict[str, Any] = {"parts": {}, "rows": {}, "thin": [], "declared": [], "noticed": [], "apart": {}}
    summary["snapshots"] = sorted({part.sha256 for part in capture.parts})
    everything: dict[str, tuple[pa.Table, TableSchema]] = {}
    for part in source.parts:
        schema = _incoming(project, source, part)
        records, refused, told, read_records = _read_and_judge(project, source, part, schema, capture)
        parts[part.name] = PartRecords(records, schema, part.rows, part.join)
        everything[part.name] = read_records, schema
        rejections.extend(refused)
        summary["declared"] += told.pop("declared")
        summary["noticed"] += told.pop("noticed")
        summary["thin"] += _unfilled(part, records)
        summary["parts"][part.name] = told
        _write(folder / "records" / f"{part.name}.parquet", _public(records, schema))
    summary["apart"] = keep_apart(project, source, everything, capture)
    conformed = conform(parts, project, file=source.path)
    rejections.extend(conformed.rejections)
    for table, rows in conformed.rows.items():
        summary["rows"][table] = rows.num_rows
        _write(folder / "rows" / f"{table.replace('/', '.')}.parquet", rows)
    _write(folder / REJECTS, rejections_table(rejections))
    summary["rejected"] = len({(item.part, item.position, item.table) for item in rejections})
    (folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


def _incoming(project: Project, source: Source, part: Part) -> TableSchema:
    if part.schema is None:
        raise IncomingSchemaMissing(file=source.path, part=part.name)
    return load_incoming(project.schemas, part.schema)


def _read_and_judge(
    project: Project, source: Source, part: Part, schema: TableSchema, capture: Capture
) -> tuple[pa.Table, list[Rejection], dict[str, Any], pa.Table]:
    """The accepted records, the rejections, what the summary says of the part, and all records but the withdrawn."""
    snapshot = capture.snapshot(part.name)
    path = SnapshotStore.of(project).path(snapshot)
    if not path.is_file():
        raise SnapshotGone(source=source.name, part=part.name, sha256=snapshot.sha256)
    address, announced = snapshot.address, snapshot.announced
    reading = read_part(part, path, source=source.name, snapshot=snapshot.sha256, address=address, announced=announced)
    records = reading.table
    least = part.expect.get("rows", {}).get("min", 1)
    if records.num_rows < least:
        found = {"source": source.name, "part": part.name, "address": snapshot.address, "found": records.num_rows}
        raise TooFewRecords(file=source.path, expected=least, **found)
    records, withdrawn = without_withdrawn(
        records, load_withdrawals(project.withdrawals), source=source.name, part=part.name
    )
    whole = records
    declared = judged_as_declared(project, source, part, snapshot, records, incoming=schema)
    read_rows, records, given = records.num_rows + reading.refused, declared.records, set(records.column_names)
    records, leftover = _aligned(records, schema)
    if leftover and part.format in HEADED:
        _check_header(source, part, schema, given, snapshot.address)
    verdict = judge(records, schema, name=f"{source.name}/{part.name}", sample=None)
    unread = [_unread(source, part, schema, snapshot.sha256, fault) for fault in reading.faults]
    refused = [
        *unread,
        *declared.rejections,
        *refusals(verdict, schema, table=f"entrants/{schema.name}", stage="entree"),
    ]
    accepted = verdict.accepted if verdict.accepted is not None else records.slice(0, 0)
    told = {"read": read_rows, "accepted": accepted.num_rows, "rejected": read_rows - accepted.num_rows}
    told |= {"withdrawn": withdrawn, "columns_without_field": leftover}
    told["declared"] = [item._asdict() for item in declared.warnings]
    told["noticed"] = [{"fr": f"{part.name} : {item.fr}", "en": f"{part.name}: {item.en}"} for item in reading.notices]
    told |= {"declared_schema": dict(declared.told)} if declared.told else {}
    return accepted, refused, told, _aligned(whole, schema)[0]


def _unread(source: Source, part: Part, schema: TableSchema, snapshot: str, fault: RecordFault) -> Rejection:
    """A record that its format could not read, as a rejection: it says the place and the rule, never a value."""
    return Rejection(
        source=source.name,
        snapshot=snapshot,
        part=part.name,
        position=fault.position,
        table=f"entrants/{schema.name}",
        champ=fault.column if fault.column in schema.names else None,
        valeur=fault.code,
        regle=fault.rule,
        message=fault.message.fr,
        message_en=fault.message.en,
        a_corriger_par=Mender.SOURCE.value,
        etape="entree",
    )


def _aligned(records: pa.Table, schema: TableSchema) -> tuple[pa.Table, list[str]]:
    """The records in the schema's columns, by name, and the columns that it does not know.

    Nobody classed those, so they go no further, and are told. A field that no column brings is absent everywhere; the
    formats have refused the file already where a mapping reads it.
    """
    given = {name: records.column(name) for name in records.column_names}
    absent = pa.nulls(records.num_rows, pa.string())
    columns = {name: given.get(name, absent) for name in [*schema.names, *RESERVED]}
    return pa.table(columns), [name for name in given if name not in columns]


def _check_header(source: Source, part: Part, schema: TableSchema, given: set[str], address: str) -> None:
    """Raises `HeaderUnknown` where a column that must be there, or that is not public, is not, and unknown ones are.

    A personal column under another name would be kept apart by nobody; without its header, a sheet would take the cells
    of its first record for names. So the unknown names are not shown.
    """
    expected = [field.name for field in schema.fields if field.required or field.privacy is not Privacy.PUBLIC]
    absent = [name for name in expected if name not in given and name not in part.options.get("optional", ())]
    if absent or not given & set(schema.names):
        unknown = len(given - set(schema.names) - set(RESERVED))
        missing = ", ".join(absent or schema.names)
        facts = {"schema": f"schemas/entrants/{schema.name}.json", "missing": missing, "unknown": unknown}
        raise HeaderUnknown(source=source.name, part=part.name, address=address, **facts)


def _public(records: pa.Table, schema: TableSchema) -> pa.Table:
    """The records without their personal and internal columns: what may lie outside `outputs/private/`."""
    hidden = {field.name for field in schema.fields if field.privacy is not Privacy.PUBLIC}
    return records.select([name for name in records.column_names if name not in hidden])


def _unfilled(part: Part, records: pa.Table) -> list[str]:
    """The columns that are filled less than the source's file expects."""
    thin = []
    for column, least in part.expect.get("fill", {}).items():
        filled = (
            pc.sum(pc.not_equal(pc.fill_null(pc.utf8_trim_whitespace(records.column(column)), ""), "")).as_py() or 0
        )
        rate = filled / records.num_rows if records.num_rows else 0.0
        if rate < least:
            thin.append(f"{part.name}.{column}: {rate:.3f} < {least}")
    return thin


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="snappy")
