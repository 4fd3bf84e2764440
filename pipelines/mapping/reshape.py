"""From records to the lines that become rows: conditions, joins between parts, one row per part of a cell.

Everything here works on text tables and keeps the reserved columns, so that a row still knows its record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.formats.json_values import faults_of, has_exact, json_text, loads
from pipelines.mapping.description import ABSENT, PRESENT, Each, Join

RANK = "rang"


def strip(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without surrounding white space; what is left empty becomes null."""
    stripped = pc.utf8_trim_whitespace(column)
    empty = pc.equal(stripped, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), stripped) if pc.any(empty).as_py() else stripped


def keep(table: pa.Table, when: Mapping[str, Any]) -> pa.Table:
    """The records for which every condition holds: `present`, `absent`, a value, or a list of values."""
    for column, wanted in when.items():
        cells = strip(table.column(column))
        if wanted == PRESENT:
            mask = pc.is_valid(cells)
        elif wanted == ABSENT:
            mask = pc.is_null(cells)
        else:
            values = [str(value) for value in (wanted if isinstance(wanted, list) else [wanted])]
            mask = pc.is_in(cells, pa.array(values, pa.string()))
        table = table.filter(mask)
    return table


Met = Mapping[tuple[str | None, ...], list[int]]
"""The rows of a table by the key that they are joined by."""


def met_by_key(right: pa.Table, rule: Join) -> Met:
    """The right records of a join by key; those that lack a part of theirs are met by nobody."""
    index: dict[tuple[str | None, ...], list[int]] = {}
    for row, key in enumerate(_keys(right, list(rule.on.values()))):
        if None not in key:
            index.setdefault(key, []).append(row)
    return index


def join(left: pa.Table, right: pa.Table, rule: Join, index: Met) -> tuple[pa.Table, list[int]]:
    """The left records with the columns of the right ones that they meet, as `<part>.<column>`; a left join, in order.
    `index`: `met_by_key` of the right ones.

    Returns the table and the indexes (in it) of the records that met several although the rule expects one: those keep
    the first that they met.
    """
    names = [name for name in right.column_names if not name.startswith("_")]
    takes: list[int] = []
    met: list[int | None] = []
    several: list[int] = []
    for row, key in enumerate(_keys(left, list(rule.on))):
        found: list[int | None] = list(index.get(key, ())) or [None]
        if rule.expect_one and len(found) > 1:
            several.append(len(takes))
            found = found[:1]
        takes.extend([row] * len(found))
        met.extend(found)
    joined = left.take(pa.array(takes, pa.int64()))
    where = pa.array(met, pa.int64())
    for name in names:
        joined = joined.append_column(f"{rule.part}.{name}", right.column(name).take(where))
    return joined, several


def _keys(table: pa.Table, names: list[str]) -> list[tuple[str | None, ...]]:
    return list(zip(*(strip(table.column(name)).to_pylist() for name in names), strict=True))


def expand(table: pa.Table, each: Each) -> tuple[pa.Table, list[int]]:
    """One row a part of a cell, a column or an element of a list; `rang` counts them from 1 within their record.

    Returns the rows, and the indexes of the records whose cell is no JSON list (nor one object, which is a list of
    one): what a text among lists means is not known, and such a record gives no row.
    """
    if each.kind == "split":
        return _split(table, each), []
    if each.kind == "columns":
        return _columns(table, each), []
    return _list(table, each)


def _split(table: pa.Table, each: Each) -> pa.Table:
    parts = [
        [part.strip() for part in (cell or "").split(each.separator) if part.strip()]
        for cell in table.column(each.column).to_pylist()
    ]
    takes = [row for row, found in enumerate(parts) for _ in found]
    texts = [part for found in parts for part in found]
    ranks = [str(rank) for found in parts for rank in range(1, len(found) + 1)]
    return _grown(table, takes, {each.value: texts, RANK: ranks})


def _columns(table: pa.Table, each: Each) -> pa.Table:
    takes: list[int] = []
    names: list[str | None] = []
    values: list[str | None] = []
    ranks: list[str | None] = []
    cells = {column: strip(table.column(column)).to_pylist() for column in each.columns}
    for row in range(table.num_rows):
        filled = [(meaning, cells[column][row]) for column, meaning in each.columns.items() if cells[column][row]]
        for rank, (meaning, value) in enumerate(filled, start=1):
            takes.append(row)
            names.append(meaning)
            values.append(value)
            ranks.append(str(rank))
    return _grown(table, takes, {each.name: names, each.value: values, RANK: ranks})


def _list(table: pa.Table, each: Each) -> tuple[pa.Table, list[int]]:
    takes: list[int] = []
    ranks: list[str | None] = []
    elements: list[Any] = []
    unlike: list[int] = []
    for row, cell in enumerate(table.column(each.column).to_pylist()):
        found = _elements(cell)
        if found is None:
            unlike.append(row)
            continue
        for rank, element in enumerate(found, start=1):
            takes.append(row)
            ranks.append(str(rank))
            elements.append(element)
    members = sorted({key for element in elements if isinstance(element, dict) for key in element})
    columns: dict[str, list[str | None]] = {RANK: ranks, each.value: [_text(element) for element in elements]}
    for member in members:
        columns[f"{each.value}.{member}"] = [
            _text(element.get(member)) if isinstance(element, dict) else None for element in elements
        ]
    return _grown(table, takes, columns), unlike


def _elements(cell: str | None) -> list[Any] | None:
    """The elements of a cell that is a JSON list; an object is a list of one; None for any other text, also for a list
    that readers of JSON do not read alike (a member twice, NaN, half a character)."""
    if cell is None or not cell.strip():
        return []
    try:
        found = loads(cell)
        is_amiss = any(faults_of(found))
    except (ValueError, RecursionError):
        return None
    if is_amiss:
        return None
    if isinstance(found, dict):
        return [found]
    return found if isinstance(found, list) else None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json_text(value) if has_exact(value) else json.dumps(value, ensure_ascii=False)


def _grown(table: pa.Table, takes: list[int], columns: Mapping[str, list[Any]]) -> pa.Table:
    grown = table.take(pa.array(takes, pa.int64()))
    for name, values in columns.items():
        column = pa.chunked_array([pa.array(values, pa.string())])
        known = grown.column_names.index(name) if name in grown.column_names else None
        grown = grown.append_column(name, column) if known is None else grown.set_column(known, name, column)
    return grown
