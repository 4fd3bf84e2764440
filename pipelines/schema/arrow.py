"""Arrow types of Table Schema fields, and the two ways between a table as text and a table with types.

Text is the canonical form of Table Schema: ISO dates, `true`/`false`, a dot for decimals; an absent value is null.
Belongs here: types and their text. Does not: deciding whether a text is valid; rows that come here have been judged.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema.tables import Field, TableSchema

PLAIN_TYPES: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("s", tz="UTC"),
    "year": pa.int16(),
}


def arrow_type(field: Field) -> pa.DataType:
    """The Arrow type of a field: a dictionary for code lists, an exact decimal where `scale` is given, else by type.

    Types with no Arrow counterpart that keeps their text (time, yearmonth, geopoint, list, object…) stay text.
    """
    if field.codelist:
        return pa.dictionary(pa.int32(), pa.string())
    if field.type == "number" and field.scale is not None:
        return pa.decimal128(18, field.scale)
    return PLAIN_TYPES.get(field.type, pa.string())


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """The Arrow schema of a table, titles and descriptions in the metadata of each field."""
    fields = []
    for item in schema.fields:
        told = {
            "title": item.title,
            "title_en": item.title_en,
            "description": item.description,
            "description_en": item.description_en,
        }
        fields.append(
            pa.field(
                item.name, arrow_type(item), not item.required, {key: value for key, value in told.items() if value}
            )
        )
    return pa.schema(fields)


def typed(text: pa.Table, schema: TableSchema) -> pa.Table:
    """A table of text columns as a table with the schema's types, fields in the schema's order.

    Raises `pa.ArrowInvalid` for text that the schema's judge would have refused.
    """
    target = arrow_schema(schema)
    columns = [_typed(text.column(item.name), item, target.field(item.name).type) for item in schema.fields]
    return pa.Table.from_arrays(columns, schema=target)


def as_text(table: pa.Table) -> pa.Table:
    """A table with types as text columns, in canonical form; nulls stay null, and no column is lost to its name."""
    return pa.Table.from_arrays([_text(column) for column in table.columns], names=table.column_names)


def _typed(column: pa.ChunkedArray, field: Field, target: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(target):
        return column.cast(pa.string()).dictionary_encode().cast(target)
    if pa.types.is_timestamp(target):
        return pc.strptime(column, format="%Y-%m-%dT%H:%M:%SZ", unit="s", error_is_null=False).cast(target)
    return column.cast(target)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind: Any = column.type
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s", tz="UTC")), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_floating(kind):
        return pa.chunked_array([pa.array([None if v is None else _plain(v) for v in column.to_pylist()], pa.string())])
    return column.cast(pa.string())


def _plain(value: float) -> str:
    """The shortest text that reads back as the same float: what Python writes, without `.0` for whole numbers."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
