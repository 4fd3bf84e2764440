"""From a snapshot's bytes to a text table: read by format, checked against what the mapping reads, positions beside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.damaged_text import damaged_text
from pipelines.formats.ending import seeming_note, seeming_total
from pipelines.formats.errors import FormatError, NoRecordReadable, NoRows
from pipelines.formats.faults import LISTED, RecordFault, without_columns
from pipelines.formats.header import columns_read, missing_columns, unclear_names
from pipelines.formats.lost_digits import lost_digits
from pipelines.formats.registry import Records
from pipelines.schema.arrow import repeated_text
from pipelines.schema.reserved import PART, POSITION, RESERVED, SNAPSHOT, SOURCE
from pipelines.sources import Part
from pipelines.sources.registry import READERS
from pipelines.storage.spool import chunks_of, filtered


@dataclass(frozen=True)
class PartReading:
    """One part as it was read. `table` contains the records that could be read; each of the others has its faults in
    `faults`; `notices` are doubts that a person should hear of."""

    table: pa.Table
    faults: tuple[RecordFault, ...] = ()
    notices: tuple[Said, ...] = ()

    @property
    def refused(self) -> int:
        """How many records could not be read."""
        return len({fault.position for fault in self.faults})


def read(
    part: Part, path: Path, *, source: str, snapshot: str, address: str | None = None, announced: str | None = None
) -> pa.Table:
    """The records of one part that can be read: `read_part` without what it reports."""
    return read_part(part, path, source=source, snapshot=snapshot, address=address, announced=announced).table


def read_part(
    part: Part, path: Path, *, source: str, snapshot: str, address: str | None = None, announced: str | None = None
) -> PartReading:
    """The records of one part: string columns named by the header, then `_source`, `_snapshot`, `_part` (dictionaries),
    `_position`.

    `snapshot` is the SHA-256 that is written beside each record; `address`, where its bytes came from, names the file
    in messages; `announced` is the encoding that the server named. Raises a `FormatError`. The schema's metadata holds
    `headers` (the names as printed, a JSON list) and `facts` (what was detected: encoding, delimiter, sheet…).
    """
    named = f"{source}/{part.path or part.name}"
    content = Content(path, part, f"{named} ({address})" if address else named, announced)
    records = READERS[part.format](content)
    faults = without_columns(records.faults, part.options.get("drop", ()))
    chosen = _chosen(part, records, content.file)
    if records.refusal is not None:
        raise records.refusal
    table, positions = _readable(chosen, records.positions, faults)
    if table.num_rows == 0 and faults:
        listed = [fault.message for fault in faults[:LISTED]]
        first = Said(" ".join(item.fr for item in listed), " ".join(item.en for item in listed))
        count = len({fault.position for fault in faults})
        raise NoRecordReadable(file=content.file, place=records.place, count=count, first=first)
    if table.num_rows == 0 and not part.may_be_empty:
        raise NoRows(file=content.file, place=records.place)
    doubts = [*unclear_names(records, part), *seeming_total(records), *seeming_note(records)]
    texts = [*damaged_text(table, positions, content), *lost_digits(table, positions)]
    notices = [*records.notices, *doubts, *texts]
    constants = {SOURCE: source, SNAPSHOT: snapshot, PART: part.name}
    for name, value in constants.items():
        table = table.append_column(name, repeated_text(value, table.num_rows))
    places = positions if isinstance(positions, pa.ChunkedArray) else pa.chunked_array([positions])
    table = table.append_column(POSITION, places.cast(pa.int64()))
    metadata = {"headers": list(records.originals), "facts": records.facts}
    table = table.replace_schema_metadata(
        {key: json.dumps(value, ensure_ascii=False) for key, value in metadata.items()}
    )
    return PartReading(table, tuple(faults), tuple(notices))


def _readable(table: pa.Table, positions: pa.Array, faults: Sequence[RecordFault]) -> tuple[pa.Table, pa.Array]:
    """The records without a fault, and their positions."""
    if not faults or not table.num_columns:
        return table, positions
    refused = pa.array(sorted({fault.position for fault in faults}), pa.int64())
    is_kept = pc.invert(pc.is_in(positions.cast(pa.int64()), refused))
    return filtered(table, is_kept), positions.filter(is_kept)


def _chosen(part: Part, records: Records, file: str) -> pa.Table:
    """The columns to keep. Raises `HeaderMissing` when the mapping reads one that is not there."""
    drop = set(part.options.get("drop", ()))
    clash = [name for name in records.names if name in RESERVED]
    if clash:
        raise FormatError(
            file=file, place=records.place, found=", ".join(clash), expected=Said("d'autres noms", "other names")
        )
    kept = {
        name: column
        for name, original, column in zip(records.names, records.originals, records.columns, strict=True)
        if name not in drop and (original.strip() or _holds_something(column))
    }
    optional = list(part.options.get("optional", ()))
    needed = [*part.options.get("columns", ()), *columns_read(part)]
    missing = [name for name in needed if name not in kept and name not in optional]
    missing = [name for name in missing if not (records.is_sparse and _may_be_absent(name, kept))]
    if missing and not (records.is_sparse and not len(records.positions)):
        # Where no column at all is the expected one, the header may be gone and its names be cells, maybe personal.
        is_header = len(missing) < len(set(needed)) or records.is_sparse
        raise missing_columns(
            missing,
            list(kept),
            file=file,
            place=records.place,
            near=records.near,
            needed=needed,
            is_header=is_header,
        )
    absent = pa.nulls(len(records.positions), pa.string())
    kept |= {name: absent for name in dict.fromkeys((*needed, *optional)) if name not in kept}
    return pa.table(kept) if kept else pa.table({})


def _holds_something(column: pa.Array | pa.ChunkedArray) -> bool:
    return any(pc.any(pc.not_equal(chunk, "")).as_py() for chunk in chunks_of(column))


def _may_be_absent(name: str, kept: dict[str, pa.Array]) -> bool:
    """In JSON a member of an object that is null or elsewhere present may be absent: `geo.lon` where `geo` is null."""
    above = name.rpartition(".")[0]
    return bool(above) and any(other == above or other.startswith(f"{above}.") for other in kept)
