"""Parquet as text columns: types back to the canonical text of Table Schema; nested values as JSON text."""

from __future__ import annotations

import json
import math
from typing import Any

import pyarrow as pa

from pipelines.formats.content import Content
from pipelines.formats.documents import number_text
from pipelines.formats.errors import Damaged
from pipelines.formats.header import column_names
from pipelines.formats.registry import Records, reader


@reader("parquet")
def read_parquet(content: Content) -> Records:
    """A position is the row's number, from 1. Raises `Damaged`, as `Content.data` does."""
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content.data))
    except (pa.ArrowInvalid, OSError) as error:
        raise Damaged(file=content.file, detail=str(error).split("\n", 1)[0], format="parquet") from None
    names, originals = column_names([table.column_names])
    positions = pa.array(range(1, table.num_rows + 1), pa.int64())
    return Records(names, originals, [_text(column) for column in table.columns], positions, "table")


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind: Any = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        return _moments(column)
    write = next((write for is_of, write in WRITERS if is_of(kind)), None)
    if write is None:
        return column.cast(pa.string())
    texts = [None if value is None else write(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _nested(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _number(value: float) -> str | None:
    return number_text(value) if math.isfinite(value) else None


def _bytes(value: bytes) -> str:
    return value.decode("utf-8", errors="backslashreplace")


WRITERS = (
    (pa.types.is_nested, _nested),
    (pa.types.is_floating, _number),
    (pa.types.is_binary, _bytes),
    (pa.types.is_large_binary, _bytes),
)


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO 8601, to the second; in UTC with `Z` where the file says a zone, without one where it does not."""
    import pyarrow.compute as pc

    zoned = column.type.tz is not None
    plain = column.cast(pa.timestamp("s", tz="UTC" if zoned else None), safe=False)
    return pc.strftime(plain, format="%Y-%m-%dT%H:%M:%SZ" if zoned else "%Y-%m-%dT%H:%M:%S")
