"""Withhold: rows that the gate holds stay in quarantine with the rows that refer to them, and the rest is released.

Belongs here: which rows go with a held one, the limit, and the request without them. Does not: what is held
(`privacy/gate.py`), nor keeping it (`privacy/quarantine.py`).

A release records which records it went without (source, part, position; never a value), so that it can be made again
also once the personal values are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import counted
from pipelines.privacy import GateReport
from pipelines.releases.canonical import key_text
from pipelines.releases.request import ReleaseRequest, Warned, Withheld
from pipelines.releases.versioning import BLOCKED
from pipelines.schema.packages import Quarantine
from pipelines.schema.reserved import PART, POSITION, SOURCE
from pipelines.storage.spool import filtered

FINDINGS, REJECTS = "qualite/constats", "qualite/rejets"
Rows = dict[str, set[int]]


def without_held(request: ReleaseRequest, report: GateReport) -> ReleaseRequest | None:
    """The request without the rows that are held and those that refer to them; none where that is not enough.

    Not enough: something is held that is no row (a column's name), a row of a table without a key, or more rows than
    `quarantine` of the package allows."""
    held = {name: set(report.quarantined(f"{request.package.name}/{name}")) for name in request.tables}
    quality = {place: set(report.quarantined(place)) for place in (FINDINGS, REJECTS)}
    known = {f"{request.package.name}/{name}" for name in request.tables} | set(quality)
    if any(hold.row < 0 or hold.place not in known for hold in report.holds):
        return None
    rows = with_those_that_refer(request, held)
    if any(found and not request.schemas[name].primary_key for name, found in rows.items()):
        return None
    if not _is_within(request, rows, quality, request.package.quarantine):
        return None
    return _without(request, {name: found for name, found in rows.items() if found}, quality)


def without_recorded(request: ReleaseRequest, recorded: Mapping[str, Any]) -> ReleaseRequest:
    """The request without the rows that a release recorded as withheld (`withheld` of its descriptor)."""
    rows: Rows = {}
    for name, item in recorded.get("tables", {}).items():
        wanted = {(str(source), str(part), int(position)) for source, part, position in item["records"]}
        keys = _keys_of_records(request, name, wanted)
        own = key_text(request.tables[name], request.schemas[name].primary_key)
        rows[name] = set(pc.indices_nonzero(pc.is_in(own, value_set=keys)).to_pylist())
    quality = {FINDINGS: set(recorded.get("findings", ())), REJECTS: set(recorded.get("rejects", ()))}
    return _without(request, rows, quality)


def with_those_that_refer(request: ReleaseRequest, held: Mapping[str, Collection[int]]) -> Rows:
    """The held rows, and all that name one of them by a foreign key of the package, at any distance."""
    rows: Rows = {name: set(found) for name, found in held.items()}
    is_growing = any(rows.values())
    while is_growing:
        is_growing = False
        for name, schema in request.schemas.items():
            for key in schema.foreign_keys:
                parent = key.table or name
                if not rows.get(parent):
                    continue
                gone = _texts(request.tables[parent], key.reference_fields, rows[parent])
                named = _texts(request.tables[name], key.fields)
                found = set(pc.indices_nonzero(pc.is_in(named, value_set=gone)).to_pylist()) - rows[name]
                rows[name] |= found
                is_growing |= bool(found)
    return rows


def _texts(table: pa.Table, fields: Iterable[str], rows: Collection[int] | None = None) -> pa.Array:
    """The values of some fields as one text per row; null where one of them is absent: it names nothing."""
    names = list(fields)
    chosen = table.select(names) if rows is None else table.select(names).take(pa.array(sorted(rows), pa.int64()))
    texts = _one(key_text(chosen, names))
    for name in names:
        texts = pc.if_else(_one(pc.is_valid(chosen.column(name))), texts, pa.scalar(None, texts.type))
    return texts if rows is None else texts.drop_null()


def _one(array: Any) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _is_within(request: ReleaseRequest, rows: Rows, quality: Mapping[str, set[int]], limit: Quarantine) -> bool:
    if sum(map(len, rows.values())) + sum(map(len, quality.values())) > limit.rows:
        return False
    return all(len(found) <= limit.share * request.tables[name].num_rows for name, found in rows.items())


def _without(request: ReleaseRequest, rows: Rows, quality: Mapping[str, set[int]]) -> ReleaseRequest:
    withheld = {name: _withheld(request, name, found) for name, found in rows.items()}
    tables = dict(request.tables)
    for name, found in rows.items():
        tables[name] = _dropped(tables[name], found)
    findings = _dropped(request.findings, quality[FINDINGS] | _about(request.findings, withheld))
    warnings = [
        Warned(
            f"{name} : {told.fr}, {'non publiées' if item.rows > 1 else 'non publiée'}.",
            f"{name}: {told.en}, not published.",
        )
        for name, item in sorted(withheld.items())
        for told in (counted(item.rows, *BLOCKED),)
    ]
    return replace(
        request,
        tables=tables,
        findings=findings,
        rejects=_dropped(request.rejects, quality[REJECTS]),
        warnings=(*request.warnings, *warnings),
        withheld=withheld,
        withheld_quality={place: tuple(sorted(found)) for place, found in quality.items() if found},
    )


def _withheld(request: ReleaseRequest, name: str, rows: Collection[int]) -> Withheld:
    keys = key_text(request.tables[name], request.schemas[name].primary_key).take(pa.array(sorted(rows), pa.int64()))
    return Withheld(len(rows), _records_of_keys(request, name, keys), frozenset(keys.to_pylist()))


def _records_of_keys(request: ReleaseRequest, name: str, keys: pa.Array) -> tuple[tuple[str, str, int], ...]:
    lines = request.provenance[name]
    known = lines.filter(pc.is_in(_named(request, name), value_set=keys))
    return tuple(sorted(_places(known)))


def _keys_of_records(request: ReleaseRequest, name: str, wanted: Collection[tuple[str, str, int]]) -> pa.Array:
    named = _named(request, name)
    places = [row for row, place in enumerate(_places(request.provenance[name])) if place in wanted]
    return pc.unique(named.take(pa.array(places, pa.int64())))


def _named(request: ReleaseRequest, name: str) -> pa.Array:
    """The key that each line of a table's provenance names, as text."""
    lines, key = request.provenance[name], request.schemas[name].primary_key
    kinds = {field: request.tables[name].schema.field(field).type for field in key}
    plain = {field: kind.value_type if pa.types.is_dictionary(kind) else kind for field, kind in kinds.items()}
    return _one(key_text(pa.table({field: lines.column(field).cast(kind) for field, kind in plain.items()}), key))


def _places(lines: pa.Table) -> list[tuple[str, str, int]]:
    columns = [lines.column(name).to_pylist() for name in (SOURCE, PART, POSITION)]
    return [(source, part or "", int(position)) for source, part, position in zip(*columns, strict=True)]


def _about(findings: pa.Table, withheld: Mapping[str, Withheld]) -> set[int]:
    """The findings about rows that are withheld: what is said of a row goes with it."""
    keys = zip(findings.column("table").to_pylist(), findings.column("cle").to_pylist(), strict=True)
    return {
        row
        for row, (table, key) in enumerate(keys)
        if table and (item := withheld.get(table.rsplit("/", 1)[-1])) and key in item.keys
    }


def _dropped(table: pa.Table, rows: Collection[int]) -> pa.Table:
    if not rows:
        return table
    import numpy as np

    kept = np.ones(table.num_rows, dtype=bool)
    kept[sorted(rows)] = False
    return filtered(table, pa.array(kept))
