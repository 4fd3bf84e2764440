"""The judge: a table and a Table Schema in, Frictionless' verdict out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.errors import ReferenceMissing, SchemaUnusable
from pipelines.validation.hearing import ForeignGroup, KeyFields, Remembered, hear
from pipelines.validation.inputs import (
    Reading,
    SchemaLike,
    descriptor_of,
    frictionless_resource,
    is_reserved,
    text_columns,
    without_foreign_keys,
)
from pipelines.validation.readers import guarded_reader
from pipelines.validation.verdict import ERRORS, ROW, Verdict

Parent = Path | pa.Table | tuple[Path | pa.Table, SchemaLike]


def judge(
    resource: Path | str | pa.Table,
    schema: SchemaLike,
    *,
    parents: Mapping[str, Parent] | None = None,
    encoding: str = "utf-8",
    delimiter: str = ",",
    dialect: Mapping[str, Any] | None = None,
    sample: int | None = 1000,
    name: str | None = None,
) -> Verdict:
    """Frictionless' verdict on a file or on a text table.

    A table in memory is judged as the CSV file that it would make (header on row 1); its columns whose names start with
    `_` are carried through. `parents` gives the tables that foreign keys refer to, by name, alone or with their schema.
    `sample`: how many errors of each rule of each field are detailed; None for all. Raises `JudgeError`.
    """
    from frictionless import FrictionlessException, Schema
    from frictionless.table import create_cell_handlers

    descriptor = descriptor_of(schema)
    try:
        keys_schema = Schema.from_descriptor(dict(descriptor))
    except FrictionlessException as error:
        found = "; ".join(item.message for item in error.to_errors())
        raise SchemaUnusable(place="schema", found=found, expected="Table Schema") from error
    source = Path(resource) if isinstance(resource, str) else resource
    reading = Reading(encoding, delimiter, dialect)
    judged = source if isinstance(source, Path) else text_columns(source, descriptor)
    known = _parent_values(keys_schema, judged, descriptor, parents or {}, reading)
    with frictionless_resource(judged, without_foreign_keys(descriptor), reading, name) as opened:
        counted = _Count(sample)
        try:
            opened.open()
            with opened:
                fields = opened.header.get_expected_fields()
                keys = _keys(keys_schema, fields)
                for error in _start(opened):
                    counted.add(error)
                handlers = {
                    key: handler._replace(reader=guarded_reader(field, is_key=key in keys.all))
                    for field, (key, handler) in zip(fields, create_cell_handlers(fields).items(), strict=True)
                }
                rows = _rows(opened, judged)
                accepted: list[list[str]] = []
                bad: list[int] = []
                numbers: list[int] = []
                rejected: list[list[str]] = []
                integrity = Remembered([known[(group.source, group.source_fields)] for group in keys.foreign])
                opened.stats.rows = 0
                try:
                    for number, cells, errors in hear(rows, handlers, keys, integrity):
                        opened.stats.rows += 1
                        for error in errors:
                            counted.add(error)
                        (rejected if errors else accepted).append(cells)
                        if errors:
                            bad.append(opened.stats.rows - 1)
                            numbers.append(number)
                except FrictionlessException as error:
                    counted.add(error.error)
                names = [field.name for field in fields]
                labels = list(opened.labels)
        except FrictionlessException as error:
            for item in error.to_errors():
                counted.add(item)
            names, labels, accepted, rejected, bad, numbers = [], [], [], [], [], []
        report = counted.report(opened, labels)
    rows_judged = opened.stats.rows or 0
    if isinstance(source, pa.Table):
        mask = (
            pa.array([False] * source.num_rows, pa.bool_())
            if not bad
            else pc.is_in(pa.array(range(source.num_rows), pa.int64()), pa.array(bad, pa.int64()))
        )
        keep = source.filter(pc.invert(mask))
        out = source.filter(mask).append_column(ROW, pa.array(numbers, pa.int64()))
    else:
        keep = _text_table(names, accepted)
        out = _text_table(names, rejected).append_column(ROW, pa.array(numbers, pa.int64()))
    return Verdict(rows_judged, keep, out, counted.table(), counted.totals, len(bad), "frictionless", report)


def _rows(opened: Any, judged: Path | pa.Table) -> Iterator[tuple[int, list[str]]]:
    if isinstance(judged, Path):
        yield from opened.dialect.read_enumerated_content_stream(opened.cell_stream)
        return
    number = 2
    for batch in judged.to_batches():
        columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in batch.columns]
        for cells in zip(*columns, strict=True):
            yield number, list(cells)
            number += 1


def _start(opened: Any) -> Iterator[Any]:
    from frictionless import errors

    if not (opened.labels or opened.fragment):
        yield errors.SourceError(note="the source is empty")
    yield from opened.header.errors


def _keys(schema: Any, fields: list[Any]) -> KeyFields:
    names = {field.name for field in fields}
    groups = tuple(
        ForeignGroup(key["reference"]["resource"], tuple(key["reference"]["fields"]), tuple(key["fields"]))
        for key in schema.foreign_keys
        if names.issuperset(key["fields"])
    )
    primary = tuple(schema.primary_key) if names.issuperset(schema.primary_key) else ()
    return KeyFields(tuple(field.name for field in fields if field.constraints.get("unique")), primary, groups)


def _parent_values(
    schema: Any, judged: Path | pa.Table, descriptor: Mapping[str, Any], parents: Mapping[str, Parent], reading: Reading
) -> dict[tuple[str, tuple[str, ...]], set[tuple[Any, ...]]]:
    """The values of every referenced key, read once each."""
    values: dict[tuple[str, tuple[str, ...]], set[tuple[Any, ...]]] = {}
    for key in schema.foreign_keys:
        table, wanted = key["reference"]["resource"], tuple(key["reference"]["fields"])
        if (table, wanted) in values:
            continue
        given: Any = judged if not table else parents.get(table)
        if given is None:
            raise ReferenceMissing(
                fields=", ".join(key["fields"]), table=table, found=", ".join(sorted(parents)) or "-"
            )
        source, described = given if isinstance(given, tuple) else (given, None)
        if not table:
            described = descriptor
        elif described is None:
            by_name = {field["name"]: field for field in descriptor["fields"]}
            described = {
                "fields": [
                    {"type": by_name[own].get("type", "string"), "name": its}
                    for own, its in zip(key["fields"], wanted, strict=True)
                ],
                "fieldsMatch": "subset",
            }
        plain = descriptor_of(described)
        text = source if isinstance(source, Path) else text_columns(source, plain)
        found: set[tuple[Any, ...]] = set()
        with frictionless_resource(text, without_foreign_keys(plain), reading) as opened, opened:
            from frictionless.table import create_cell_handlers

            fields = opened.header.get_expected_fields()
            handlers = create_cell_handlers(fields)
            for _, cells in _rows(opened, text):
                read = [handlers[item] if item in handlers else None for item in wanted]
                row = tuple(
                    None
                    if handler is None or len(cells) < handler.field_number
                    else handler.reader(cells[handler.field_number - 1])[0]
                    for handler in read
                )
                if set(row) != {None}:
                    found.add(row)
        values[(table, wanted)] = found
    return values


class _Count:
    """Errors as they come: counted all, kept up to the sample."""

    def __init__(self, sample: int | None) -> None:
        self.sample, self.kept = sample, list[Any]()
        self.totals: Counter[tuple[str, str | None]] = Counter()

    def add(self, error: Any) -> None:
        key = (error.type, getattr(error, "field_name", None) or None)
        self.totals[key] += 1
        if self.sample is None or self.totals[key] <= self.sample:
            self.kept.append(error)

    def table(self) -> pa.Table:
        rows = [
            {
                "row": getattr(error, "row_number", None),
                "field": getattr(error, "field_name", None) or None,
                "field_number": getattr(error, "field_number", None),
                "rule": error.type,
                "cell": getattr(error, "cell", None),
                "note": error.note,
                "message": error.message,
            }
            for error in self.kept
        ]
        return pa.Table.from_pylist(rows, ERRORS)

    def report(self, opened: Any, labels: list[str]) -> Any:
        from frictionless import Report

        report = Report.from_validation_task(opened, time=0, labels=labels, errors=self.kept)
        total = sum(self.totals.values())
        report.stats["errors"] = report.tasks[0].stats["errors"] = total
        return report


def _text_table(names: list[str], rows: list[list[str]]) -> pa.Table:
    width = len(names)
    columns = [[row[index] if index < len(row) else None for row in rows] for index in range(width)]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)


__all__ = ["Parent", "is_reserved", "judge"]
