"""ODS: the spreadsheet of OpenDocument (ISO 26300), for people who open files by a double click.

Numbers, dates and truths are cells of their type, everything else is text: a code keeps its leading zero. Numbers of
more digits than a spreadsheet counts with (15) are text too, so that none is changed. Tables of more cells than
`LARGEST`, and tables with a text that XML cannot hold (control characters), have no ODS file.

The archive is written here, byte for byte alike on every machine: no library of OpenDocument writes equal bytes twice.
Compression is Arrow's, which the lock pins; Python's depends on the machine's zlib.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.releases.canonical import text
from pipelines.releases.csvfile import Written
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats.registry import SHEET_ROWS, OutputFormat, Published, Released, output_format

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
LARGEST = 500_000  # cells: what an office suite opens within seconds
DIGITS = 15  # what a spreadsheet counts with
NOT_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{FFFE}\x{FFFF}]"
FIRST_DAY = "1900-03-01"  # spreadsheets disagree on days before
NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
STYLES = (
    "<office:automatic-styles>"
    '<number:date-style style:name="day"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    '</number:date-style><style:style style:name="d" style:family="table-cell" style:data-style-name="day"/>'
    "</office:automatic-styles>"
)
MANIFEST = (
    HEAD + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>\n'
)
EMPTY = "<table:table-cell/>"


@output_format
class Ods(OutputFormat):
    """One sheet a table, named by it."""

    name, suffix, media_type = "ods", ".ods", MEDIA_TYPE
    label, short, file_type, order, folder = Said("ODS (tableur)", "ODS (spreadsheet)"), "ODS", "ODS", 4, "ods/"
    described: ClassVar[Mapping[str, Any]] = {"format": "ODS", "mediatype": MEDIA_TYPE}

    def takes(self, published: Published) -> bool:
        table = published.table
        if table.num_rows > SHEET_ROWS or table.num_rows * table.num_columns > LARGEST:
            return False
        return not any(_holds_control(column) for column in table.columns)

    def write(self, published: Published, path: Path) -> Written:
        data = archive(content(published))
        path.write_bytes(data)
        return Written(len(data), hashlib.sha256(data).hexdigest(), published.table.num_rows)

    def check(self, released: Released, path: Path) -> Iterator[Flaw]:
        if not _is_archive_of(path.read_bytes(), content(released.published())):
            yield Flaw("format", f"data/{path.relative_to(released.data).as_posix()}", self.label)


def _holds_control(column: pa.ChunkedArray) -> bool:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if not pa.types.is_string(column.type):
        return False
    return bool(pc.any(pc.match_substring_regex(column, NOT_XML), min_count=0).as_py())


def content(published: Published) -> bytes:
    """The document: a header of field names, then the rows."""
    table = published.table
    columns = [_cells(column) for column in table.columns]
    lines = [_row(_text(name) for name in table.column_names)]
    lines += [_row(cells) for cells in zip(*columns, strict=True)]
    body = "\n".join(lines)
    sheet = f'<table:table table:name="{escape(published.name)}">\n{body}\n</table:table>'
    document = f'<office:document-content {NAMES} office:version="1.3">{STYLES}<office:body><office:spreadsheet>\n'
    return f"{HEAD}{document}{sheet}\n</office:spreadsheet></office:body></office:document-content>\n".encode()


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cells(column: pa.ChunkedArray) -> list[str]:
    kind = column.type
    write: Callable[[str], str] = _text
    if pa.types.is_boolean(kind):
        write = _truth
    elif pa.types.is_date(kind):
        write = _day
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        write = _number
    return [EMPTY if word is None else write(word) for word in text(column).to_pylist()]


def _number(word: str) -> str:
    digits = re.sub(r"[^0-9]", "", word.split("e", maxsplit=1)[0].split("E", maxsplit=1)[0]).strip("0")
    if (not digits and "0" not in word) or len(digits) > DIGITS:
        return _text(word)
    return (
        f'<table:table-cell office:value-type="float" office:value="{word}"><text:p>{word}</text:p></table:table-cell>'
    )


def _day(word: str) -> str:
    if len(word) != 10 or word < FIRST_DAY:
        return _text(word)
    typed = f'table:style-name="d" office:value-type="date" office:date-value="{word}"'
    return f"<table:table-cell {typed}><text:p>{word}</text:p></table:table-cell>"


def _truth(word: str) -> str:
    typed = f'office:value-type="boolean" office:boolean-value="{word}"'
    return f"<table:table-cell {typed}><text:p>{word}</text:p></table:table-cell>"


def _text(word: str) -> str:
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in re.split(r"\r\n|\r|\n", word))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def _spaced(line: str) -> str:
    """A line of text in which every space and tab is kept: OpenDocument takes several for one, and drops the first."""
    plain = escape(line).replace("\t", "<text:tab/>")
    return re.sub(r"^ | {2,}| $", lambda found: f'<text:s text:c="{len(found[0])}"/>', plain)


def _is_archive_of(data: bytes, document: bytes) -> bool:
    """Whether an archive holds this document and nothing else: no other part, no byte between, before or after.

    Only how tightly its parts are packed is left open, which depends on the version of the compressor.
    """
    packed = []
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for part, wanted in zip(opened.infolist(), parts_of(document), strict=False):
            start = part.header_offset + 30 + len(wanted.name)
            raw = data[start : start + part.compress_size]
            if part.file_size != len(wanted.data) or opened.read(part) != wanted.data:
                return False
            packed.append(raw)
    if len(packed) != len(parts_of(document)):
        return False
    return zipped(parts_of(document), packed) == data


@dataclass(frozen=True)
class Part:
    """One part of an archive, and whether it is compressed."""

    name: str
    data: bytes
    is_packed: bool


def archive(document: bytes) -> bytes:
    """The zip archive: the media type first and stored, as the standard asks, then the document and the manifest."""
    parts = parts_of(document)
    return zipped(parts, [deflated(part.data) if part.is_packed else part.data for part in parts])


def parts_of(document: bytes) -> tuple[Part, ...]:
    """The parts of the archive, in their order."""
    return (
        Part("mimetype", MEDIA_TYPE.encode(), is_packed=False),
        Part("content.xml", document, is_packed=True),
        Part("META-INF/manifest.xml", MANIFEST.encode(), is_packed=True),
    )


def zipped(parts: Sequence[Part], packed: Sequence[bytes]) -> bytes:
    """A zip archive of parts, with the bytes that each takes in it, of the first day that such archives know."""
    body, directory = b"", b""
    for part, raw in zip(parts, packed, strict=True):
        method = 8 if part.is_packed else 0
        sizes = (zlib.crc32(part.data), len(raw), len(part.data), len(part.name), 0)
        header = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, *sizes)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + header + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += part.name.encode()
        body += b"PK\x03\x04" + header + part.name.encode() + raw
    count = len(parts)
    return body + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)


def deflated(data: bytes) -> bytes:
    """The data compressed: what Arrow's gzip holds between its header of ten bytes and its trailer of eight."""
    packed = pa.compress(data, codec="gzip", asbytes=True)
    if packed[:4] != b"\x1f\x8b\x08\x00":
        raise ValueError("gzip with fields in its header")
    return bytes(packed[10:-8])
