"""Small counts in a table as it is published: one row a number, some rows being totals of others.

Belongs here: which rows add up to which, and the flag. Does not: the choice of what to suppress (`counts.py`).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipelines.privacy.counts import FLAG, protect_counts
from pipelines.privacy.errors import CountsInvalid
from pipelines.schema.packages import Protection

_REST = "\x00"  # what a total counts beyond the rows that it is made of: published by nobody, found by subtraction


def protect_published(table: pa.Table, rule: Protection) -> pa.Table:
    """`table` with the counts that `rule` protects null where they are suppressed, and its flag saying so.

    Rows alike in the `groups` add up over `category`; the row with the values of `total` is the total of every such
    line that differs from it in those fields only. A total is suppressed where it is small, or where it would reveal
    what its lines hide (five people in five rows are one in each): then every count of its lines is, on every axis, for
    the whole of another axis would say it again. Counts that are null already stay as they are. Raises `CountsInvalid`.
    """
    absent = [name for name in (*rule.counts, *rule.groups, rule.category, rule.flag) if name not in table.column_names]
    if absent:
        raise CountsInvalid(field=absent[0], found="absent", expected=", ".join(table.column_names))
    rows = table.to_pylist()
    flags = [row[rule.flag] for row in rows]
    for name in rule.counts:
        hidden = _hidden(rows, name, rule)
        kept = [None if place in hidden else row[name] for place, row in enumerate(rows)]
        flags = [rule.hidden if place in hidden else flag for place, flag in enumerate(flags)]
        table = _with(table, name, kept)
    return _with(table, rule.flag, flags)


def _hidden(rows: list[dict[str, Any]], count: str, rule: Protection) -> set[int]:
    """The rows whose count is suppressed."""
    lines: dict[tuple[Any, ...], list[int]] = {}
    totals: dict[tuple[Any, ...], int] = {}
    hidden: set[int] = set()
    for place, row in enumerate(rows):
        if row[count] is None:
            continue
        if rule.total and all(row[name] == value for name, value in rule.total.items()):
            totals[tuple(row[name] for name in rule.groups if name not in rule.total)] = place
            if 0 < row[count] < rule.threshold:
                hidden.add(place)
        else:
            lines.setdefault(tuple(row[name] for name in rule.groups), []).append(place)
    revealing: set[int] = set()  # totals that would reveal what their lines hide
    for key, places in lines.items():
        above = _above(key, rule)
        whole = rows[totals[above]][count] if above in totals else 0
        cells = [(str(rows[place][rule.category]), rows[place][count]) for place in places]
        rest = whole - sum(number for _, number in cells)
        if rest > 0:
            cells.append((_REST, rest))
        if not any(0 < number < rule.threshold for _, number in cells):
            continue
        named = pa.table({rule.category: [name for name, _ in cells], count: [number for _, number in cells]})
        made = protect_counts(named, [count], [rule.category], rule.threshold)
        flags = made.cells.column(f"{count}{FLAG}").to_pylist()
        hidden |= {place for place, flag in zip(places, flags, strict=False) if flag}
        if above in totals and made.totals[()].column(f"{count}{FLAG}")[0].as_py():
            revealing.add(totals[above])
    for key, places in lines.items():
        if totals.get(_above(key, rule)) in revealing:
            hidden |= {place for place in places if rows[place][count]}
    return hidden | revealing


def _above(key: tuple[Any, ...], rule: Protection) -> tuple[Any, ...]:
    """What a line has in common with the row of its total."""
    return tuple(value for name, value in zip(rule.groups, key, strict=True) if name not in rule.total)


def _with(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    place = table.column_names.index(name)
    return table.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type))
