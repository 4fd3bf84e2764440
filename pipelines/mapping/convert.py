"""Applying converters, translations and readings to columns: once for each distinct text, never once a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipelines.mapping.description import FieldRule
from pipelines.mapping.registry import CONVERTERS, Reading, Text, Unreadable
from pipelines.mapping.reshape import strip


@dataclass(frozen=True)
class Refusal:
    """One cell that could not be read: `row` is an index in the table that was converted."""

    row: int
    field: str
    column: str
    text: Text
    rule: str
    expected_fr: str
    expected_en: str


def convert(table: pa.Table, rule: FieldRule) -> tuple[pa.Array, list[Refusal]]:
    """The column of one field, and the cells that were refused (null in the column)."""
    if not rule.columns:
        return pa.array([rule.constant] * table.num_rows, pa.string()), []
    if rule.is_copy:
        return strip(table.column(rule.columns[0])), []
    if rule.codes is not None:
        codes, otherwise = rule.codes, rule.otherwise
        expected = ", ".join(codes)

        def translate(texts: tuple[Text, ...]) -> Text:
            if texts[0] is None or texts[0] in codes:
                return None if texts[0] is None else codes[texts[0]]
            if otherwise is None:
                raise Unreadable(
                    f"une de ces valeurs : {expected} (à corriger dans la source, ou code à ajouter au mapping)",
                    f"one of: {expected} (to be fixed in the source, or a code to add to the mapping)",
                )
            return otherwise

        return _each_distinct(table, rule, translate, "codes")
    function, options = CONVERTERS[rule.converter or ""], dict(rule.options)
    return _each_distinct(table, rule, lambda texts: function(texts, options), rule.converter or "")


def _each_distinct(
    table: pa.Table, rule: FieldRule, function: Callable[[tuple[Text, ...]], Text], name: str
) -> tuple[pa.Array, list[Refusal]]:
    inputs = list(zip(*(strip(table.column(column)).to_pylist() for column in rule.columns), strict=True))
    known: dict[tuple[Text, ...], Text | Unreadable] = {}
    for texts in dict.fromkeys(inputs):
        try:
            known[texts] = function(texts)
        except Unreadable as refusal:
            known[texts] = refusal
    values: list[Text] = []
    refusals: list[Refusal] = []
    for row, texts in enumerate(inputs):
        value = known[texts]
        if isinstance(value, Unreadable):
            text = " | ".join(part for part in texts if part) or None
            details = (rule.columns[0], text, name, value.expected_fr, value.expected_en)
            refusals.append(Refusal(row, rule.field, *details))
            value = None
        values.append(value)
    return pa.array(values, pa.string()), refusals


def look(
    table: pa.Table, read: Reading, inputs: Mapping[str, str], outputs: Mapping[str, str], name: str
) -> tuple[dict[str, pa.Array], list[Refusal]]:
    """The columns that one reading fills, by field, and the records that it refused."""
    names: Sequence[str] = list(inputs)
    cells = [strip(table.column(inputs[key])).to_pylist() for key in names]
    lines: list[tuple[Text, ...]] = list(zip(*cells, strict=True)) if cells else [()] * table.num_rows
    known: dict[tuple[Text, ...], Mapping[str, Text] | Unreadable] = {}
    for texts in dict.fromkeys(lines):
        try:
            known[texts] = read(dict(zip(names, texts, strict=True)))
        except Unreadable as refusal:
            known[texts] = refusal
    columns: dict[str, list[Any]] = {field: [] for field in outputs.values()}
    refusals: list[Refusal] = []
    for row, texts in enumerate(lines):
        found = known[texts]
        if isinstance(found, Unreadable):
            first = next(iter(outputs.values()))
            details = (inputs[names[0]], texts[0], name, found.expected_fr, found.expected_en)
            refusals.append(Refusal(row, first, *details))
            found = {}
        for output, field in outputs.items():
            columns[field].append(found.get(output))
    return {field: pa.array(values, pa.string()) for field, values in columns.items()}, refusals
