"""Read, validate what comes in, normalise: one source's latest capture becomes rows of tables.

A source goes through as a whole, because its parts join each other. What is personal is kept in the private store and
dropped from everything else that this stage writes.
Belongs here: the order of these steps, and the files that they leave. Does not: reading a file (`formats/`), validating
(`validation/`), mappings (`mapping/`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.core.errors import ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.formats import read_part
from pipelines.formats.faults import RecordFault
from pipelines.formats.header import HEADED
from pipelines.mapping import PartRecords, check_mapping, normalise_in_batches
from pipelines.mapping.rejections import Rejection, rejections_table
from pipelines.mapping.withdrawals import load_withdrawals, without_withdrawn
from pipelines.pipeline.capacity import check_capacity
from pipelines.pipeline.collect import as_captured
from pipelines.pipeline.declared import validated_as_declared
from pipelines.pipeline.errors import HeaderUnknown, IncomingSchemaMissing, SnapshotGone, TooFewRecords
from pipelines.pipeline.ingredients import Ingredients
from pipelines.pipeline.missing import without_missing
from pipelines.pipeline.personal import keep_apart, still_apart
from pipelines.pipeline.protected import ProtectedColumns
from pipelines.pipeline.refusals import refusals
from pipelines.pipeline.results import Kept, is_sent, keep
from pipelines.privacy.headers import untold_headers, without_names
from pipelines.schema import Privacy, TableSchema, load_incoming
from pipelines.schema.reserved import RESERVED
from pipelines.sources import Capture, Part, SnapshotStore, Source
from pipelines.storage.ahead import ahead
from pipelines.storage.kept_tables import Packing, TableFile, packing_of, read_kept
from pipelines.storage.shared import shared_of
from pipelines.storage.spool import is_large, leave_out
from pipelines.validation import validate

REJECTS, SUMMARY = "rejets.parquet", "summary.json"


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
        return read_kept(self.kept.folder / "rows" / _file_of(table))

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
        "snapshots": [(part.part, part.sha256, part.address, part.announced) for part in capture.parts],
        "declared": [part.fetch.get("schema") for part in capture.parts],
        "settings": settings or Ingredients(project).of_source(source),
    }

    known: dict[Path, dict[str, Any]] = {}

    def is_good(folder: Path) -> bool:
        # Not when the private folder was deleted, or another capture or schema came between: the gate would look for
        # less.
        known[folder] = _summary(folder)
        return still_apart(project, capture, known[folder]["apart"])

    def make(folder: Path) -> None:
        _make(project, source, capture, folder)

    kept = keep(project, "records", source.name, made_from, make, is_good=is_good, may_make=may_make)
    summary = _summary(kept.folder) if kept.is_new else known[kept.folder]
    return RecordsResult(source.name, kept, summary)


def snapshots_read(project: Project, source: str) -> set[str]:
    """The SHA-256 of the snapshots that the records of a source were last made from; empty before the first time."""
    base = project.work / "records" / source
    shared = shared_of(project.outputs)
    if shared is not None:
        shared.fetch_newest(base)
    found = sorted(base.glob(f"[!.]*/{SUMMARY}"), key=lambda path: path.parent.stat().st_mtime_ns)
    return set(_summary(found[-1].parent)["snapshots"]) if found else set()


def _summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    return summary


def _make(project: Project, source: Source, capture: Capture, folder: Path) -> None:
    check_mapping(source, project)
    check_capacity(project, source, capture)
    parts: dict[str, PartRecords] = {}
    rejections: list[Rejection] = []
    summary: dict[str, Any] = {"parts": {}, "rows": {}, "thin": [], "declared": [], "noticed": [], "apart": {}}
    summary["snapshots"] = sorted({part.sha256 for part in capture.parts})
    everything: dict[str, tuple[pa.Table, TableSchema]] = {}
    protected = ProtectedColumns.of(project, source)
    for part in source.parts:
        schema = _incoming(project, source, part)
        unquoted = protected.of_part(part.name)
        records, refused, counts, read_records = _read_and_validate(
            project, source, part, schema, capture, unquoted=unquoted
        )
        parts[part.name] = PartRecords(records, schema, part.rows, part.join, unquoted)
        everything[part.name] = read_records, schema
        rejections.extend(refused)
        summary["declared"] += counts.pop("declared")
        summary["noticed"] += counts.pop("noticed")
        summary["thin"] += _unfilled(part, records)
        summary["parts"][part.name] = counts
    summary["apart"] = keep_apart(project, source, everything, capture)
    del everything
    with _Rows(folder / "rows", _packing(project, [part.records for part in parts.values()])) as written:
        for table, rows, refused in ahead(normalise_in_batches(parts, project, file=source.path)):
            written.add(table, rows)
            leave_out()
            rejections.extend(refused)
    summary["rows"] = written.counts
    pq.write_table(rejections_table(rejections), folder / REJECTS)
    summary["rejected"] = len({(item.part, item.position, item.table) for item in rejections})
    (folder / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


def _packing(project: Project, records: Collection[pa.Table]) -> Packing:
    """How rows are kept, by the records that they are made of."""
    if any(map(is_large, records)):
        return Packing.SMALL
    return packing_of(max(len(some) for some in records), is_sent=is_sent(project))


def _incoming(project: Project, source: Source, part: Part) -> TableSchema:
    if part.schema is None:
        raise IncomingSchemaMissing(file=source.path, part=part.name)
    return load_incoming(project.schemas, part.schema)


def _read_and_validate(
    project: Project, source: Source, part: Part, schema: TableSchema, capture: Capture, *, unquoted: Collection[str]
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
    declared = validated_as_declared(project, source, part, snapshot, records, incoming=schema, unquoted=unquoted)
    read_rows, records, given = records.num_rows + reading.refused, declared.records, set(records.column_names)
    records, leftover = _aligned(records, schema)
    if leftover and part.format in HEADED:
        _check_header(source, part, schema, given, snapshot.address)
    validation = validate(records, schema, name=f"{source.name}/{part.name}", sample=None)
    hidden = untold_headers(leftover, are_members=part.format not in HEADED)
    faults = [replace(fault, message=without_names(fault.message, hidden)) for fault in reading.faults]
    unread = [_unread(source, part, schema, snapshot.sha256, fault) for fault in faults]
    refused = [
        *unread,
        *declared.rejections,
        *refusals(validation, schema, table=f"entrants/{schema.name}", stage="entree", hidden=unquoted),
    ]
    accepted = validation.accepted if validation.accepted is not None else records.slice(0, 0)
    accepted = without_missing(accepted, schema)
    counts = {"read": read_rows, "accepted": accepted.num_rows, "rejected": read_rows - accepted.num_rows}
    counts |= {"withdrawn": withdrawn, "columns_without_field": _public_names(leftover, hidden)}
    counts["declared"] = [item.by_language() for item in declared.warnings]
    notices = [without_names(item, hidden) for item in reading.notices]
    counts["noticed"] = [Said(f"{part.name} : {item.fr}", f"{part.name}: {item.en}").by_language() for item in notices]
    counts |= {"declared_schema": dict(declared.recorded)} if declared.recorded else {}
    return accepted, refused, counts, _aligned(whole, schema)[0]


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
        a_corriger_par=ResponsibleParty.SOURCE.value,
        etape="entree",
    )


def _aligned(records: pa.Table, schema: TableSchema) -> tuple[pa.Table, list[str]]:
    """The records in the schema's columns, by name, and the columns that it does not know.

    Columns that no schema classes are dropped here and reported. A field without a column is empty everywhere; where a
    mapping reads it, the reader has refused the file already.
    """
    given = {name: records.column(name) for name in records.column_names}
    absent = pa.nulls(records.num_rows, pa.string())
    columns = {name: given.get(name, absent) for name in [*schema.names, *RESERVED]}
    return pa.table(columns), [name for name in given if name not in columns]


def _public_names(names: Sequence[str], hidden: Collection[str]) -> list[str]:
    """The unknown columns by name, for a person to look at; only counted where a name may be somebody's."""
    return [*(name for name in names if name not in hidden), *([f"… ({len(hidden)})"] if hidden else [])]


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


class _Rows:
    """The files of rows of a source, one a table, written as rows come."""

    def __init__(self, folder: Path, packing: Packing) -> None:
        self._folder, self._packing, self._files = folder, packing, ExitStack()
        self._writers: dict[str, TableFile] = {}
        self.counts: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *error: object) -> None:
        self._files.close()

    def add(self, table: str, rows: pa.Table) -> None:
        """Some more rows of a table."""
        if table not in self._writers:
            file = TableFile(self._folder / _file_of(table), rows.schema, self._packing)
            self._writers[table] = self._files.enter_context(file)
        self._writers[table].add(rows)
        self.counts[table] = self.counts.get(table, 0) + rows.num_rows


def _file_of(table: str) -> str:
    return f"{table.replace('/', '.')}.arrow"
