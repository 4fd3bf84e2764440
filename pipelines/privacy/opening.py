"""One file, opened: what is held of its name, and the texts and columns in it that are to be checked.

Belongs here: reading each format, archives within archives. Does not: checking what is read (`scanning.py`), the files
of a folder (`files.py`), large tables (`large_files.py`). A file that cannot be read is held: what nobody looked at
does not leave.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipelines.privacy.documents import keys_of, walk
from pipelines.privacy.gate import GateReport, Hold
from pipelines.privacy.large_files import LARGE_READERS
from pipelines.privacy.looks import Columns, ExaminedColumn, Look, Text, Texts, Unreadable
from pipelines.privacy.scanning import FILE_NAME, Scan

_OF_TEXT = (
    ".md .txt .log .html .htm .svg .xml .xsl .css .js .mjs .yaml .yml .toml .ttl .rdf .nt .n3 .atom .rss .py .sql .j2 "
    ".sig .tlog-proof .pub .pem .sha256 .ics .lock .ini .cfg .map .webmanifest .rels .vml .err .out"
)
_TEXT_ENDINGS = frozenset(_OF_TEXT.split())
"""Endings of files that are read as text."""
# Of an SVG, what draws: digits that are no coordinates on the ground.
_DRAWING = re.compile(
    r"\s(?:d|points|transform|viewBox|x[12]?|y[12]?|c[xy]|r[xy]?|width|height|dx|dy|offset|stroke-\w+"
    r"|fill-\w+)=(?:\"[^\"]*\"|'[^']*')"
)
# Tags that part two words for a reader: without them a name before an address would be taken for its beginning.
_APART = re.compile(r"(</?(?:br|p|div|section|d[dlt]|li|[uo]l|t[dhr]|table|caption|h[1-6])\b[^<>\n]*>)", re.IGNORECASE)
HEAD = 65_536
MOST_OF_A_BLOCK = (1 << 31) - 1
"""Bytes that Arrow counts in a block."""
_PARAGRAPH_AND_GAP = re.compile(r"(\n\s*\n)")
# What the readers raise of a file that is damaged, encrypted, compressed in an unknown way or nested without end.
_UNREADABLE = (
    ValueError, OSError, EOFError, RuntimeError, csv.Error, zipfile.BadZipFile, zlib.error, pa.ArrowException,
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A file that was opened: what is held of its name, and what of its content waits to be checked."""

    name: str
    data: bytes
    of_name: GateReport
    looks: Sequence[Look]

    def report(self, scan: Scan) -> GateReport:
        return sum(map(scan.look, self.looks), self.of_name)


def name_of(name: str) -> Texts:
    """The name of a file as it is, and with a space where it has signs."""
    spelled = re.sub(r"[_/-]+|\.(?=[A-Za-z])", " ", name)
    return Texts(name, [(-1, FILE_NAME, name), (-1, FILE_NAME, spelled)])


def open_large(name: str, path: Path, scan: Scan) -> Opened:
    """A large file, its table read some rows at a time where that can be done."""
    report, label = _of_name(name, scan)

    def whole() -> Iterable[Look]:
        return open_file(name, path.read_bytes(), scan).looks

    try:
        looks = list(LARGE_READERS[path.suffix.lower()](label, path, whole))
    except _UNREADABLE:
        looks = list(whole())
    return Opened(name, b"", report, looks)


def open_file(name: str, data: bytes, scan: Scan) -> Opened:
    """A file by its name, read as its ending says; as text, or held, where it is not what it says."""
    report, label = _of_name(name, scan)
    ending = "." + name.rsplit(".", 1)[-1].lower() if "." in name.rsplit("/", 1)[-1] else ""
    reader = _READERS.get(ending, _text if ending in _TEXT_ENDINGS or not ending else _unknown)
    try:
        looks = list(reader(label, data, scan))
    except _UNREADABLE:
        looks = list(_text_or_held(label, data, scan))
    return Opened(name, data, report, looks)


def _of_name(name: str, scan: Scan) -> tuple[GateReport, str]:
    """What is held of a file's name, and how the file is told."""
    report = scan.look(name_of(name))
    label = name if report.is_clean else "(nom de fichier retenu)"
    holds = tuple(Hold(label, hold.row, hold.field, hold.rule) for hold in report.holds)
    return GateReport(report.cells, holds, report.allowed), label


def _inner(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    """What waits of a file within a file, what is held of its name before it."""
    opened = open_file(name, data, scan)
    yield ExaminedColumn(opened.of_name)
    yield from opened.looks


def _text_or_held(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    """A file that is not what its name says is read as text, and held when it is not text either."""
    try:
        return _text(name, data, scan)
    except ValueError:
        return _unknown(name, data, scan)


def _unknown(name: str, _data: bytes, _scan: Scan) -> Iterator[Look]:
    yield Unreadable(name)


def _csv(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    if not data.strip():
        return
    raw = data if _is_utf8(data) else _decoded(data).encode()
    head = raw[:HEAD].decode("utf-8", "replace").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    options = pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    block = pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=min(len(raw) + 1, MOST_OF_A_BLOCK))
    width = len(next(iter(_first_record(raw, delimiter)), []))
    kinds = pyarrow.csv.ConvertOptions(column_types={f"f{place}": pa.large_string() for place in range(width)})
    table = pyarrow.csv.read_csv(pa.BufferReader(raw), block, options, kinds)
    header = [str(column[0].as_py() or "") for column in table.columns]
    yield Columns(name, header, table.slice(1))
    yield Texts(name, [(0, "", cell) for cell in header])


def _first_record(raw: bytes, delimiter: str) -> Iterator[list[str]]:
    """The records of a file, read from its beginning: its text is not copied to read one header."""
    with io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8", newline="") as text:
        yield from csv.reader(text, delimiter=delimiter)


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 without a mark, which is what nearly every file is: Arrow says so without a copy."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4096]:
        return False
    try:
        pa.Array.from_buffers(
            pa.large_binary(), 1, [None, pa.py_buffer(struct.pack("<2q", 0, len(data))), pa.py_buffer(data)]
        ).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _parquet(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    table = pq.read_table(io.BytesIO(data))
    metadata = [f"{_said(key)} : {_said(value)}" for key, value in (table.schema.metadata or {}).items()]
    metadata += [_said(value) for column in table.schema for value in (column.metadata or {}).values()]
    yield Texts(name, [(-1, "metadata", line) for line in metadata])
    nested = [column.name for column in table.schema if pa.types.is_nested(column.type)]
    for column in nested:
        texts = pa.array([json.dumps(value.as_py(), ensure_ascii=False, default=str) for value in table.column(column)])
        table = table.set_column(table.column_names.index(column), column, texts)
    yield Columns(name, table.column_names, table)


def _said(metadata: bytes) -> str:
    return metadata.decode("utf-8", "replace")


def _json(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    document = json.loads(_decoded(data))
    scan.foresee_names(keys_of(document))
    yield Texts(name, list(walk(document, "", 0, scan)))


def _geojson(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    """As any JSON; an outline in which nothing was found is not walked again for the next table that has it."""
    document = json.loads(_decoded(data))
    features = document.get("features") if isinstance(document, dict) else None
    scan.foresee_names(keys_of(document, without="geometry"))
    if not isinstance(features, list):
        yield Texts(name, list(walk(document, "", 0, scan)))
        return
    texts = list(walk({**document, "features": []}, "", 0, scan))
    outlines: dict[bytes, list[Text]] = {}
    for place, feature in enumerate(features):
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        pointer = f"/features/{place}"
        if not isinstance(shape, dict):
            texts += walk(feature, pointer, 0, scan)
            continue
        texts += walk({**feature, "geometry": None}, pointer, 0, scan)
        mark = hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).digest()
        if mark not in scan.clean_shapes:
            outlines.setdefault(mark, []).extend(walk(shape, f"{pointer}/geometry", 0, scan))
    drawn = [text for outline in outlines.values() for text in outline]
    found = scan.texts(name, drawn)
    if found.is_clean and not found.allowed:
        scan.clean_shapes.update(outlines)
    else:
        texts += drawn
    yield Texts(name, texts)


def _json_lines(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    texts: list[Text] = []
    for number, line in enumerate(_decoded(data).splitlines()):
        if line.strip():
            document = json.loads(line)
            scan.foresee_names(keys_of(document))
            texts += walk(document, "", number, scan)
    yield Texts(name, texts)


def _text(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    text = _decoded(data)
    if name.lower().endswith((".svg", ".html", ".htm")):
        text = " ".join(_APART.split(_DRAWING.sub("", text)))
    return iter([Texts(name, blocks(text))])


def blocks(text: str) -> list[Text]:
    """Each line, and each two of a paragraph that follow each other: a number may be cut at the end of a line."""
    found: list[Text] = [(number, "ligne", line) for number, line in enumerate(text.splitlines()) if line.strip()]
    here = 0  # the number of the line that the paragraph begins on
    for place, paragraph in enumerate(_PARAGRAPH_AND_GAP.split(text)):
        lines = paragraph.split("\n")
        if place % 2 == 0:
            stripped = [line.strip() for line in lines]
            found += [(here + at, "ligne", " ".join(pair)) for at, pair in enumerate(pairwise(stripped)) if all(pair)]
        here += len(lines) - 1
    return found


def _zip(name: str, data: bytes, scan: Scan, *, in_nodes: bool = False) -> Iterator[Look]:
    """Every member of an archive. `in_nodes`: XML is read node by node, as the parts of a workbook are."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in sorted(archive.namelist()):
            if member.endswith("/"):
                continue
            label, content = f"{name}/{member}", archive.read(member)
            texts = _nodes(content) if in_nodes and member.endswith(".xml") else None
            if texts is None:
                yield from _inner(label, content, scan)
            else:
                yield Texts(label, [(-1, FILE_NAME, member), *texts])


def _nodes(data: bytes) -> list[Text] | None:
    """Each distinct text of an XML document (of elements, attributes, comments), none where it is no XML.

    A sheet of a workbook is one line of XML: its cells were checked as cells, and what is left is checked node by node.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    if root.getroottree().docinfo.doctype:
        return None  # entities could say anything: read as the text that it is
    found: dict[str, None] = {}
    for node in root.iter():
        texts = [node.text, node.tail]
        if isinstance(node.tag, str):
            texts += node.attrib.values()
        found.update((text, None) for text in texts if text and not text.isspace())
    return [(0, "contenu", text) for text in found]


def _workbook(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    """The cells of a spreadsheet, and what else a zipped one holds (comments, properties)."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.CalamineError as error:
        raise ValueError(type(error).__name__) from error
    for number, sheet in enumerate(book.sheet_names, start=1):
        rows = book.get_sheet_by_name(sheet).to_python()
        texts = [(row, str(column), str(cell)) for row, cells in enumerate(rows) for column, cell in enumerate(cells)]
        label = f"{name}/{sheet if scan.may_tell(sheet) else f'feuille {number}'}"
        yield Texts(label, [(-1, "feuille", sheet), *(text for text in texts if text[2])])
    if zipfile.is_zipfile(io.BytesIO(data)):
        yield from _zip(name, data, scan, in_nodes=True)


def _gzip(name: str, data: bytes, scan: Scan) -> Iterator[Look]:
    yield from _inner(name[: -len(".gz")], gzip.decompress(data), scan)


def _decoded(data: bytes) -> str:
    """UTF-8 (its mark left out), UTF-16 by its mark, else Windows-1252. Raises `ValueError` for what is no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if b"\x00" in data[:4096]:
        raise ValueError("NUL")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="strict")


_READERS: dict[str, Callable[[str, bytes, Scan], Iterator[Look]]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".parquet": _parquet,
    ".json": _json,
    ".jsonld": _json,
    ".geojson": _geojson,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".zip": _zip,
    ".xls": _workbook,
    ".xlsx": _workbook,
    ".ods": _workbook,
    ".gz": _gzip,
}
