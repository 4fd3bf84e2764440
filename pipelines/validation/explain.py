"""The errors of suspect rows, in Frictionless' own words.

The sample that the report details is validated by Frictionless (`validate_rows`), each row at its true position, with
what is known of its keys. The complete list, for the rejects file, is written from the same notes and Frictionless' own
templates.
Belongs here: one block's errors. Does not: finding suspects (`examine.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.blocks import Block
from pipelines.validation.cell_errors import cell_errors
from pipelines.validation.columns import Column
from pipelines.validation.custom_checks import CustomCheck
from pipelines.validation.error_counts import ErrorCounts, as_row
from pipelines.validation.examine import RULE_OF_NOTE, Examination, Finding
from pipelines.validation.keys import Key
from pipelines.validation.result import ERRORS
from pipelines.validation.row_validation import Handlers, KeyFields, KnownHandlers, validate_rows

ORDERED = ERRORS.insert(0, pa.field("index", pa.int64()))


@dataclass(frozen=True)
class Suspects:
    """One block with all that is known of its errors. `repeats`: for each key, place in the block → previous holder."""

    block: Block
    shown: Examination
    keys: Sequence[Key]
    repeats: Sequence[Mapping[int, int]]
    checks: Sequence[CustomCheck] = ()

    def mask(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """The rows that have an error."""
        mask = self.shown.suspects(len(self.block))
        for key, keyed, repeats in zip(self.keys, self.shown.keyed, self.repeats, strict=True):
            mask[list(repeats)] = True
            if key.is_primary:
                mask[keyed.empty] = True
        return mask


class KnownKeys:
    """What is known of the keys of one block: `row_validation.Integrity` with no memory of other rows."""

    def __init__(self, suspects: Suspects, fields: KeyFields) -> None:
        block = suspects.block
        previous = [{block.number(index): holder for index, holder in repeats.items()} for repeats in suspects.repeats]
        self._unique = dict(zip(fields.unique, previous, strict=False))
        self._primary = previous[-1] if fields.primary else {}
        self._orphans = [{block.number(index) for index in indexes.tolist()} for indexes in suspects.shown.orphans]

    def previous_unique(self, field: str, value: Any, row: int) -> int | None:
        return self._unique[field].get(row)

    def previous_primary(self, values: tuple[Any, ...], row: int) -> int | None:
        return self._primary.get(row)

    def has_parent(self, group: int, values: tuple[Any, ...], row: int) -> bool:
        return row not in self._orphans[group]


def show(
    suspects: Suspects, handlers: Handlers, fields: KeyFields, error_counts: ErrorCounts, columns: Sequence[Column] = ()
) -> None:
    """Validate one by one the rows that still have something to show, and count their errors.

    `columns`: those of the table. Their cells are known already: only what was refused is read again, where no key,
    custom check or row of another width wants the values.
    """
    block = suspects.block
    chosen = sorted(_to_hear(suspects, fields, error_counts))
    if not chosen:
        return
    plain = _refused_by_cells(suspects, chosen)
    shown = cell_errors(block, plain, suspects.shown.findings, fields, lambda key: error_counts.room(key) > 0)
    known = handlers if suspects.checks else _known(suspects, handlers, fields, columns)
    integrity = KnownKeys(suspects, fields)
    for index in chosen:
        if index in shown:
            for error in shown[index]:
                error_counts.show(error)
            continue
        read = handlers if index in suspects.shown.ragged else known
        row = (block.number(index), block.cells(index))
        for _, _, errors in validate_rows([row], read, fields, integrity, suspects.checks):
            for error in errors:
                error_counts.show(error)


def _refused_by_cells(suspects: Suspects, rows: Sequence[int]) -> list[int]:
    """Those of some rows of which nothing but cells is refused."""
    shown = suspects.shown
    others = {*shown.blank.tolist(), *shown.ragged}
    for found in (*shown.orphans, *shown.failed):
        others.update(found.tolist())
    for key, keyed, repeats in zip(suspects.keys, shown.keyed, suspects.repeats, strict=True):
        others.update(repeats)
        others.update(keyed.empty.tolist() if key.is_primary else ())
    return [row for row in rows if row not in others]


def _known(suspects: Suspects, handlers: Handlers, fields: KeyFields, columns: Sequence[Column]) -> Handlers:
    refused = {item.column.name: frozenset(item.cells.to_pylist()) for item in suspects.shown.findings}
    missing = {column.name: frozenset(column.missing) for column in columns if column.name not in fields.all}
    return KnownHandlers(handlers, refused, missing)


def _to_hear(suspects: Suspects, fields: KeyFields, error_counts: ErrorCounts) -> set[int]:
    chosen: set[int] = set()
    shown = suspects.shown
    for finding in shown.findings:
        for rule, indexes in _by_rule(finding):
            chosen.update(indexes[: max(0, error_counts.room((rule, finding.column.name)))].tolist())
    chosen.update(shown.blank[: max(0, error_counts.room(("blank-row", None)))].tolist())
    chosen.update(
        index
        for index, errors in shown.ragged.items()
        if any(error_counts.room(error_counts.key(e)) > 0 for e in errors)
    )
    names = [*(("unique-error", name) for name in fields.unique), *([("primary-key", None)] if fields.primary else [])]
    for name, keyed, repeats in zip(names, shown.keyed, suspects.repeats, strict=True):
        indexes = sorted({*repeats, *(keyed.empty.tolist() if name[0] == "primary-key" else ())})
        chosen.update(indexes[: max(0, error_counts.room(name))])
    for orphans in shown.orphans:
        chosen.update(orphans[: max(0, error_counts.room(("foreign-key", None)))].tolist())
    for check, failed in zip(suspects.checks, shown.failed, strict=True):
        chosen.update(failed[: max(0, error_counts.room((check.name, check.columns[0])))].tolist())
    return chosen


def _by_rule(finding: Finding) -> Iterator[tuple[str, Any]]:
    cells: dict[str, list[Any]] = {}
    for cell in pc.unique(finding.cells).to_pylist():
        for rule in {RULE_OF_NOTE.get(name, "constraint-error") for name, _ in finding.column.read(cell)[1]}:
            cells.setdefault(rule, []).append(cell)
    for rule in sorted(cells):
        mask = pc.is_in(finding.cells, pa.array(cells[rule], pa.string()))
        yield rule, finding.indexes[mask.to_numpy(zero_copy_only=False)]


def all_errors(
    suspects: Suspects,
    columns: Sequence[Column],
    fields: KeyFields,
    handlers: Any,
    *,
    shown_fields: frozenset[str] | None = None,
) -> pa.Table:
    """Every error of the block, in row order, shape `ERRORS` after `index`, the place in the block.

    `shown_fields`: the fields whose cells may be shown, None for all; the cells of the others are left out of the
    messages too.
    """
    parts = [
        *(_cell_errors(suspects.block, finding, shown_fields) for finding in suspects.shown.findings),
        pa.Table.from_pylist(list(_row_errors(suspects, fields, handlers, shown_fields)), ORDERED),
    ]
    return pa.concat_tables(parts).sort_by([("index", "ascending")])


def _cell_errors(block: Block, finding: Finding, shown_fields: frozenset[str] | None) -> pa.Table:
    from frictionless import errors

    templates = {"type-error": errors.TypeError.template, "constraint-error": errors.ConstraintError.template}
    column = finding.column
    is_shown = shown_fields is None or column.name in shown_fields
    encoded = finding.cells.dictionary_encode()
    notes = [column.read(cell)[1] for cell in encoded.dictionary.to_pylist()]
    parts = []
    for place in range(max(len(item) for item in notes)):
        for rule, template in templates.items():
            mine = [
                item[place][1]
                if len(item) > place and RULE_OF_NOTE.get(item[place][0], "constraint-error") == rule
                else None
                for item in notes
            ]
            note = pa.array(mine, pa.string()).take(encoded.indices)
            has = pc.is_valid(note)
            if not pc.any(has).as_py():
                continue
            indexes = pa.array(finding.indexes).filter(has)
            rows = _numbers(block, indexes)
            cells = finding.cells.filter(has) if is_shown else pa.nulls(len(indexes), pa.string())
            facts = {
                "cell": pc.fill_null(cells, "…"),
                "rowNumber": rows.cast(pa.string()),
                "fieldName": column.name,
                "fieldNumber": str(column.number),
                "note": note.filter(has),
            }
            size = len(indexes)
            parts.append(
                pa.table(
                    [
                        indexes,
                        rows,
                        pa.repeat(column.name, size),
                        pa.repeat(column.number, size).cast(pa.int64()),
                        pa.repeat(rule, size),
                        cells,
                        note.filter(has),
                        _message(template, facts),
                    ],
                    schema=ORDERED,
                )
            )
    return pa.concat_tables(parts)


def _numbers(block: Block, indexes: pa.Array) -> pa.Array:
    if block.numbers is None:
        return pc.add(indexes, block.first + 2)
    return pa.array(np.asarray(block.numbers, np.int64)).take(indexes)


def _message(template: str, facts: Mapping[str, Any]) -> pa.Array:
    """Frictionless' template filled for many rows at once."""
    pieces: list[Any] = []
    for text, name, _, _ in Formatter().parse(template):
        pieces.append(text)
        if name is not None:
            pieces.append(facts[name])
    return pc.binary_join_element_wise(*pieces, "")


def _row_errors(
    suspects: Suspects, fields: KeyFields, handlers: Any, shown_fields: frozenset[str] | None
) -> Iterator[dict[str, Any]]:
    """The errors of whole rows: validated, but only those that `_cell_errors` does not write."""
    block, shown = suspects.block, suspects.shown
    whole: set[int] = {*shown.blank.tolist(), *shown.ragged}
    by_keys: set[int] = {index for found in (*shown.orphans, *shown.failed) for index in found.tolist()}
    for key, keyed, repeats in zip(suspects.keys, shown.keyed, suspects.repeats, strict=True):
        by_keys.update(repeats)
        by_keys.update(keyed.empty.tolist() if key.is_primary else ())
    chosen = sorted(whole | by_keys)
    rows = ((block.number(index), block.cells(index)) for index in chosen)
    validated = validate_rows(rows, handlers, fields, KnownKeys(suspects, fields), suspects.checks)
    for index, (_, _, errors) in zip(chosen, validated, strict=True):
        for error in errors:
            if index in whole or error.type not in ("type-error", "constraint-error"):
                yield {"index": index, **hide_cell(as_row(error), error, shown_fields)}


def hide_cell(row: dict[str, Any], error: Any, shown_fields: frozenset[str] | None) -> dict[str, Any]:
    named = {row["field"]} if row["field"] else set(getattr(error, "field_names", ()))
    if shown_fields is None or (named <= shown_fields and (named or row["cell"] is None)):
        return row
    if not named:  # an extra cell belongs to no field: nobody said that it may be shown
        return {**row, "cell": None}
    return {**row, "cell": None, "note": "…", "message": error.title}
