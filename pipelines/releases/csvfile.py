"""Canonical CSV: UTF-8, RFC 4180, LF, byte for byte what Python's `csv` writes, but lone carriage returns are quoted.

Belongs here: the bytes of a CSV file; that texts are no formulas in the one for spreadsheets. Does not: the order and
text of values (`canonical.py`).
Polars' writer gives these bytes for the types that `_as_written` leaves to it; every other value is put in words first.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import batches, text
from pipelines.storage.spool import is_large
from pipelines.storage.text_bytes import may_begin_with

CSV_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
BOM = b"\xef\xbb\xbf"
FILE_ROWS, BLOCK_ROWS = 262_144, 16_384
READ = 1 << 20  # bytes
EXACT_SCALE = 6  # Arrow, whose text is the canonical one, writes smaller decimals as 1E-7
FORMULA = r"^'*[=+\-@\t\r＝＋－＠]"
"""How a text begins that a spreadsheet takes for a formula, also in the wide signs of East Asian keyboards; behind
apostrophes too, so that one more can be distinguished from those that were there."""
FORMULA_BYTES = "'=+-@\t\r＝＋－＠".encode()
"""The bytes that such a text begins with, and more."""
EPOCH = date(1970, 1, 1)
FIRST_DAY, LAST_DAY = (date(1, 1, 1) - EPOCH).days, (date(9999, 12, 31) - EPOCH).days


Shape = Callable[[pa.Table], pa.Table]
"""What makes of some rows what is written of them."""


@dataclass(frozen=True)
class Written:
    """What a writer put in a file, counted as it wrote."""

    bytes: int
    sha256: str
    rows: int


Words = Mapping[str, pa.ChunkedArray]
"""Columns of a table in words, by name."""


def write_csv(table: pa.Table, path: Path, words: Words | None = None) -> Written:
    """Write the canonical CSV of a canonical table. `words`: of its floats, as `float_columns` gives them."""
    return _write(table, path, ",", b"", lambda piece: piece, words=words or {})


def write_excel_csv(table: pa.Table, path: Path, words: Words | None = None) -> Written:
    """Write the same values for spreadsheets set to French: `;` between cells, a byte order mark, no formulas."""
    return _write(table, path, ";", BOM, without_formulas, words=words or {})


def float_columns(table: pa.Table) -> Words:
    """The floats of a table in words, for whoever writes it more than once; none of a table on disk, where they would
    be another one in memory."""
    if is_large(table):
        return {}
    floats = [item.name for item in table.schema if pa.types.is_floating(item.type)]
    return {name: pa.chunked_array([text(table.column(name))], pa.string()) for name in floats}


def without_formulas(table: pa.Table) -> pa.Table:
    """The table with an apostrophe before each text that a spreadsheet would take for a formula.

    Only such texts get one, so that `with_formulas` gives back every value.
    """
    for place, item in enumerate(table.schema):
        kind = item.type.value_type if pa.types.is_dictionary(item.type) else item.type
        if not pa.types.is_string(kind):
            continue
        words = table.column(place).cast(pa.string())
        if not any(may_begin_with(chunk, FORMULA_BYTES) for chunk in words.chunks):
            continue
        is_formula = pc.fill_null(pc.match_substring_regex(words, FORMULA), False)
        if pc.any(is_formula, min_count=0).as_py():
            marked = pc.binary_join_element_wise("'", words, "")
            table = table.set_column(place, item.name, pc.if_else(is_formula, marked, words))
    return table


def with_formulas(word: str) -> str:
    """The text that a cell of the CSV for spreadsheets stands for."""
    return word[1:] if word.startswith("'") and re.match(FORMULA, word) else word


def _write(table: pa.Table, path: Path, delimiter: str, mark: bytes, shape: Shape, *, words: Words) -> Written:
    """Batches go straight to the file; a thread reads each again for the digest while the next is written, which costs
    less than holding them."""
    digest = hashlib.sha256()
    with path.open("wb") as file, path.open("rb") as again, ThreadPoolExecutor(1) as beside:
        file.write(mark + _header(table, delimiter))
        file.flush()  # Polars writes below Python's buffer
        read = beside.submit(_digest_more, digest, again)
        for start, piece in zip(count(0, FILE_ROWS), batches(table, FILE_ROWS), strict=False):
            own = {name: column.slice(start, FILE_ROWS) for name, column in words.items()}
            _write_lines(_with_words(shape(piece), own), delimiter, file)
            read.result()
            read = beside.submit(_digest_more, digest, again)
        read.result()
    return Written(path.stat().st_size, digest.hexdigest(), table.num_rows)


def _with_words(piece: pa.Table, words: Words) -> pa.Table:
    for name, column in words.items():
        piece = piece.set_column(piece.schema.get_field_index(name), name, column)
    return piece


def _digest_more(digest: Any, file: BinaryIO) -> None:
    """Add what the file contains beyond what was read of it."""
    while block := file.read(READ):
        digest.update(block)


def csv_bytes(table: pa.Table, *, delimiter: str = ",", mark: bytes = b"") -> Iterator[Any]:
    """The bytes of the CSV file, in blocks that digests take."""
    yield mark + _header(table, delimiter)
    for piece in batches(table, BLOCK_ROWS):
        block = io.BytesIO()
        _write_lines(piece, delimiter, block)
        yield block.getbuffer()


def _header(table: pa.Table, delimiter: str) -> bytes:
    header = io.StringIO()
    csv.writer(header, delimiter=delimiter, lineterminator="\n").writerow(table.column_names)
    return header.getvalue().encode()


def _write_lines(piece: pa.Table, delimiter: str, file: BinaryIO) -> None:
    import polars

    columns = [_as_written(column) for column in piece.columns]
    if len(columns) == 1:  # csv quotes the empty cell of a one-column file: an empty line would be no row at all
        columns = [pc.fill_null(columns[0].cast(pa.string()), "")]
    frame = polars.DataFrame(pa.Table.from_arrays(columns, names=[str(place) for place in range(len(columns))]))
    frame.write_csv(file, include_header=False, separator=delimiter)


def _as_written(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """The column as Polars writes it in canonical text: as it is where the two agree, else in words.

    They agree on text, integers, booleans, dates of four-digit years and decimals of up to `EXACT_SCALE` places; they
    do not on floats, instants and empty texts, which Polars quotes.
    """
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column
    if pa.types.is_decimal128(kind) and 0 <= kind.scale <= EXACT_SCALE:
        return column
    if pa.types.is_date32(kind) and _has_plain_years(column):
        return column
    words = text(column)
    return pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words) if _has_empty(words) else words


def _has_plain_years(dates: pa.ChunkedArray) -> bool:
    found = pc.min_max(dates.cast(pa.int32())).as_py()
    return found["min"] is None or (found["min"] >= FIRST_DAY and found["max"] <= LAST_DAY)


def _has_empty(words: pa.Array) -> bool:
    return bool(pc.min(pc.binary_length(words)).as_py() == 0)
