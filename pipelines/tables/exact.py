"""Cells that are valid and that no typed column can hold as they are: each costs its row, with the reason.

A schema's `integer` has no end, its `number` any count of digits and "NaN", its `datetime` any fraction and, in some
files, no zone; columns of Arrow and Parquet have 64 bits, binary fractions and seconds of UTC.
Belongs here: which cells those are, and those that are written another way and mean the same ("+5", an instant with an
offset, a publisher's own word for *true*). Does not: validity (`validation/`), nor the types (`schema/arrow.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.schema import Field, TableSchema
from pipelines.schema.arrow import arrow_type, float_words, typed_column
from pipelines.storage.ahead import side_by_side
from pipelines.storage.spool import filtered

SURE_DIGITS = 15
"""Characters up to which a decimal number without an exponent is what its binary fraction is written as (IEEE 754)."""
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_WHOLE = re.compile(r"\s*[+]?(-?[0-9]+)\s*")


@dataclass(frozen=True)
class Unheld:
    """A cell that its column cannot hold: the row in the table, the field, and why, as what was found."""

    row: int
    field: str
    cell: str
    found: Said


def held(accepted: pa.Table, schema: TableSchema) -> tuple[pa.Table, list[Unheld]]:
    """The rows of a text table that typed columns can hold, and the cells for which the others are left out."""
    unheld: list[Unheld] = []
    keys = {*schema.primary_key, *(name for key in schema.foreign_keys for name in key.fields)}
    keys |= {field.name for field in schema.fields if field.descriptor.get("constraints", {}).get("unique")}
    kinds = {field.name: arrow_type(field) for field in schema.fields}
    fields = [
        field
        for field in schema.fields
        if not (pa.types.is_string(kinds[field.name]) or pa.types.is_dictionary(kinds[field.name]))
    ]

    def examined(field: Field) -> tuple[pa.ChunkedArray | None, list[Unheld]]:
        return _examined(whole.column(field.name), field, is_key=field.name in keys)

    whole = accepted
    for field, (column, found) in zip(fields, side_by_side(examined, fields), strict=True):
        unheld += found
        if column is not None:
            place = accepted.column_names.index(field.name)
            accepted = accepted.set_column(place, accepted.schema.field(place), column)
    if not unheld:
        return accepted, []
    is_kept = np.ones(accepted.num_rows, np.bool_)
    is_kept[[one.row for one in unheld]] = False
    return filtered(accepted, pa.array(is_kept)), unheld


def _examined(column: pa.ChunkedArray, field: Field, *, is_key: bool) -> tuple[pa.ChunkedArray | None, list[Unheld]]:
    """The column with what is written another way rewritten, none where nothing is; and the cells it cannot hold."""
    first, unheld, chunks, is_changed = 0, list[Unheld](), list[pa.Array](), False
    for chunk in filter(len, column.chunks):
        changes: dict[int, str | None] = {}
        for place in () if _are_held(chunk, field) else _doubtful(chunk, field):
            cell = chunk[place].as_py()
            found = _otherwise(cell, field)
            if isinstance(found, Said) or (is_key and found != cell):
                why = found if isinstance(found, Said) else Said("écrit autrement", "written in another way")
                unheld.append(Unheld(first + place, field.name, cell, why))
                changes[place] = None
            elif found != cell:
                changes[place] = found
        chunks.append(_rewritten(chunk, changes))
        is_changed |= bool(changes)
        first += len(chunk)
    return (pa.chunked_array(chunks, column.type) if is_changed else None), unheld


def _rewritten(chunk: pa.Array, changes: Mapping[int, str | None]) -> pa.Array:
    """A chunk with other texts at these places."""
    if not changes:
        return chunk
    cells = chunk.to_pylist()
    for place, text in changes.items():
        cells[place] = text
    return pa.array(cells, chunk.type)


def _are_held(chunk: pa.Array, field: Field) -> bool:
    """Whether all cells of a chunk can be held for sure: nearly always, and at little cost."""
    kind = arrow_type(field)
    if pa.types.is_timestamp(kind) or field.type == "year":
        return not _doubtful(chunk, field)
    values = _cast(chunk, field)
    if values is None or not pa.types.is_floating(kind):
        return values is not None
    if (pc.max(pc.binary_length(chunk)).as_py() or 0) > SURE_DIGITS:
        return False
    has_exponent = pc.any(pc.match_substring(chunk, "e", ignore_case=True), min_count=0).as_py()  # 1e-400 would be 0
    return not has_exponent and bool(pc.all(pc.is_finite(values), min_count=0).as_py())


def _doubtful(chunk: pa.Array, field: Field) -> list[int]:
    """The places of a chunk whose cells have to be looked at one by one."""
    kind = arrow_type(field)
    if pa.types.is_timestamp(kind):
        is_plain = pc.match_substring_regex(chunk, INSTANT)
    elif field.type == "year":
        is_plain = pc.match_substring_regex(chunk, "^[1-9][0-9]{3}$")
    elif pa.types.is_integer(kind):
        is_plain = pc.match_substring_regex(chunk, "^-?[0-9]{1,18}$")
    elif pa.types.is_floating(kind):
        is_plain = pc.match_substring_regex(chunk, rf"^-?[0-9.]{{1,{SURE_DIGITS}}}$")
        values = _cast(chunk, field)
        if values is not None:  # a number that is written as it would be again
            is_plain = pc.or_(is_plain, pc.and_(pc.equal(float_words(values), chunk), pc.is_finite(values)))
    else:
        return list(_not_cast(chunk, field))
    places: list[int] = pc.indices_nonzero(pc.fill_null(pc.invert(is_plain), fill_value=False)).to_pylist()
    return places


def _cast(chunk: pa.Array, field: Field) -> pa.Array | None:
    try:
        return typed_column(pa.chunked_array([chunk]), field).chunk(0)
    except pa.ArrowInvalid:
        return None


def _not_cast(chunk: pa.Array, field: Field, first: int = 0) -> Iterator[int]:
    """The places of cells that have no value in the type of the field, found by halves."""
    if _cast(chunk, field) is not None:
        return
    if len(chunk) == 1:
        yield first
        return
    half = len(chunk) // 2
    yield from _not_cast(chunk[:half], field, first)
    yield from _not_cast(chunk[half:], field, first + half)


def _otherwise(cell: str, field: Field) -> str | Said:
    """The cell, or another way to write the same that its column holds; else why it holds none."""
    kind = arrow_type(field)
    if pa.types.is_timestamp(kind):
        return _instant(cell)
    if pa.types.is_integer(kind):
        return _whole(cell, is_year=field.type == "year")
    if pa.types.is_floating(kind):
        return _number(cell)
    if field.type == "boolean":
        for value in ("true", "false"):
            if cell in field.descriptor.get(f"{value}Values", ()):
                return value
    if field.scale is not None:
        return Said(
            f"plus de {field.scale} décimales ou de 18 chiffres (scale)",
            f"more than {field.scale} decimals or 18 digits (scale)",
        )
    return Said("une valeur écrite autrement", "a value that is written in another way")


def _whole(cell: str, *, is_year: bool) -> str | Said:
    match = _WHOLE.fullmatch(cell)
    if match is None:
        return Said("un entier écrit avec d'autres signes que des chiffres", "an integer with other signs than digits")
    value = int(match[1])
    if is_year and value < 1000:
        return Said("une année de moins de quatre chiffres", "a year of less than four digits")
    if not -(2**63) <= value < 2**63:
        return Said("un entier de plus de 64 bits", "an integer of more than 64 bits")
    return match[1]


def _number(cell: str) -> str | Said:
    try:
        exact, value = Decimal(cell.strip()), float(cell)
    except (InvalidOperation, ValueError, OverflowError):
        return Said("un nombre écrit autrement", "a number that is written in another way")
    if not math.isfinite(value):
        return Said("un nombre sans valeur finie", "a number without a finite value")
    if "_" in cell:
        return Said("un nombre écrit avec d'autres signes que des chiffres", "a number with other signs than digits")
    if exact != Decimal(repr(value)):
        return Said(
            "un nombre que la virgule flottante ne garde pas exactement (déclarez scale, ou un texte)",
            "a number that floating point does not keep exactly (declare scale, or a text)",
        )
    return cell.strip()


def _instant(cell: str) -> str | Said:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return Said("un instant écrit autrement qu'en ISO 8601", "an instant that is not written in ISO 8601")
    if moment.tzinfo is None:
        return Said("un instant sans fuseau horaire", "an instant without a time zone")
    if moment.microsecond:
        return Said("une fraction de seconde", "a fraction of a second")
    try:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return Said("un instant hors du calendrier", "an instant beyond the calendar")
