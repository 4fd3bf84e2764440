"""Arrow types of Table Schema fields, and the two ways between a table as text and a table with types.

Text is the canonical form of Table Schema: ISO dates, `true`/`false`, a dot for decimals; an absent value is null.
Belongs here: types and their text. Does not: deciding whether a text is valid; rows that come here have been validated.
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


REPEATED = pa.dictionary(pa.int32(), pa.string())
"""Texts that repeat on nearly every row: where rows come from."""


def repeated_text(value: str | None, rows: int) -> pa.Array:
    """One text for so many rows, kept once."""
    import numpy as np

    if value is None:
        return pa.nulls(rows, REPEATED)
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([value], pa.string()))


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
        metadata = {
            "title": item.title,
            "title_en": item.title_en,
            "description": item.description,
            "description_en": item.description_en,
        }
        fields.append(
            pa.field(
                item.name, arrow_type(item), not item.required, {key: value for key, value in metadata.items() if value}
            )
        )
    return pa.schema(fields)


def typed(text: pa.Table, schema: TableSchema) -> pa.Table:
    """A table of text columns as a table with the schema's types, fields in the schema's order.

    Raises `pa.ArrowInvalid` for text that the schema's validate would have refused.
    """
    columns = [typed_column(text.column(item.name), item) for item in schema.fields]
    return pa.Table.from_arrays(columns, schema=arrow_schema(schema))


def typed_column(column: pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    """A column of texts in the type of its field. Raises as `typed` does."""
    target = arrow_type(field)
    if pa.types.is_dictionary(target):
        return column.cast(pa.string()).dictionary_encode().cast(target)
    if pa.types.is_timestamp(target):
        return pc.strptime(column, format="%Y-%m-%dT%H:%M:%SZ", unit="s", error_is_null=False).cast(target)
    return column.cast(target)


def as_text(table: pa.Table) -> pa.Table:
    """A table with types as text columns, in canonical form; nulls stay null, and no column is lost to its name."""
    return pa.Table.from_arrays([_text(column) for column in table.columns], names=table.column_names)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind: Any = column.type
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s", tz="UTC")), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_floating(kind):
        return pa.chunked_array([float_words(chunk) for chunk in column.chunks], pa.string())
    return column.cast(pa.string())


def float_words(values: pa.Array) -> pa.Array:
    """Floats in canonical text, each distinct one put in words once."""
    encoded = values.cast(pa.float64()).dictionary_encode()
    return _distinct_words(encoded.dictionary).take(encoded.indices)


def _distinct_words(values: pa.Array) -> pa.Array:
    """Arrow writes common floats as Python does, and whole ones as integers; Python the rest."""
    size = pc.abs(values)
    is_whole = pc.and_(pc.less(size, 1e15), pc.equal(values, pc.floor(values)))
    is_common = pc.and_(pc.greater_equal(size, 1e-4), pc.less(size, 1e9))
    whole = pc.if_else(is_whole, values, 0.0).cast(pa.int64()).cast(pa.string())
    words = pc.if_else(is_whole, whole, values.cast(pa.string()))
    rest = pc.invert(pc.or_(is_whole, is_common))
    if not pc.any(rest).as_py():
        return words
    return pc.replace_with_mask(words, rest, pa.array(map(number_text, values.filter(rest).to_pylist()), pa.string()))


def number_text(value: float) -> str:
    """The shortest text that reads back as the same float: what Python writes, without `.0` for whole numbers."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
