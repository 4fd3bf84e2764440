"""The gate over files: everything that is about to be published or written, whatever its format.

Belongs here: opening files and walking to their texts. Does not: the decision (`gate.py`). A file that cannot be read
is held: what nobody looked at does not leave."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipelines.rules.privacy.allowlist import AllowList
from pipelines.rules.privacy.gate import OWN_VALUE, GateReport, Hold, gate
from pipelines.rules.privacy.known import Everyone, PersonalValues
from pipelines.rules.privacy.sifting import column_passages, passages, readings

UNREADABLE, FILE_NAME = "fichier_illisible", "nom_de_fichier"
Text = tuple[int, str, str]  # row or line from 0, place in the file, text
Mark = tuple[str, bytes]  # a column's name and the digest of its texts
_known_clean: ContextVar[set[Mark]] = ContextVar("known_clean")  # of the folder that is being scanned
_TEXT_ENDINGS = frozenset(
    [
        ".md",
        ".txt",
        ".log",
        ".html",
        ".htm",
        ".svg",
        ".xml",
        ".xsl",
        ".css",
        ".js",
        ".mjs",
        ".yaml",
        ".yml",
        ".toml",
        ".ttl",
        ".rdf",
        ".nt",
        ".n3",
        ".atom",
        ".rss",
        ".py",
        ".sql",
        ".j2",
        ".sig",
        ".pub",
        ".pem",
        ".sha256",
        ".ics",
        ".lock",
        ".ini",
        ".cfg",
        ".map",
        ".webmanifest",
        ".rels",
        ".vml",
        ".err",
        ".out",
    ]
)
# Of an SVG, what draws: digits that are no coordinates on the ground.
_DRAWING = re.compile(
    r"\s(?:d|points|transform|viewBox|x[12]?|y[12]?|c[xy]|r[xy]?|width|height|dx|dy|offset|stroke-\w+"
    r"|fill-\w+)=(?:\"[^\"]*\"|'[^']*')"
)
# Tags that part two words for a reader: without them a name before an address would be taken for its beginning.
_APART = re.compile(r"</?(?:br|p|div|section|d[dlt]|li|[uo]l|t[dhr]|table|caption|h[1-6])\b[^<>\n]*>", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z_]{1,40}")
_PARAGRAPH_AND_GAP = re.compile(r"(\n\s*\n)")


def scan_folder(folder: Path, allow: AllowList, personal: PersonalValues | None = None) -> GateReport:
    """Scan every file under `folder`, in the order of their paths, and the paths themselves."""
    report = GateReport()
    everyone = (personal or PersonalValues()).everyone()
    known = _known_clean.set(set())
    try:
        for path in sorted(item for item in folder.rglob("*") if item.is_file()):
            report += _scan(path.relative_to(folder).as_posix(), path.read_bytes(), allow, everyone)
    finally:
        _known_clean.reset(known)
    return report


def scan_file(path: Path, allow: AllowList, personal: PersonalValues | None = None, *, name: str = "") -> GateReport:
    """Scan one file and its name. `name` is how it will be called where it is published (default: its own name).

    Raises `OSError` when it cannot be opened; a file of a format that is not read gives a hold `fichier_illisible`.
    """
    return _scan(name or path.name, path.read_bytes(), allow, (personal or PersonalValues()).everyone())


def scan_text(place: str, text: str, allow: AllowList, personal: PersonalValues | None = None) -> GateReport:
    """Scan one text that is shown rather than written: a preview, the metadata of a run, a line of a log."""
    return _judge(place, _blocks(text), allow, (personal or PersonalValues()).everyone())


def _scan(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    spelled = re.sub(r"[_/-]+|\.(?=[A-Za-z])", " ", name)
    report = _judge(name, [(-1, FILE_NAME, name), (-1, FILE_NAME, spelled)], allow, everyone)
    shown = name if report.is_clean else "(nom de fichier retenu)"
    report = GateReport(
        report.cells, tuple(Hold(shown, hold.row, hold.field, hold.rule) for hold in report.holds), report.allowed
    )
    ending = "." + name.rsplit(".", 1)[-1].lower() if "." in name.rsplit("/", 1)[-1] else ""
    reader = _READERS.get(ending, _text if ending in _TEXT_ENDINGS or not ending else _unknown)
    try:
        return report + reader(shown, data, allow, everyone)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, pa.ArrowException):
        return report + _text_or_held(shown, data, allow, everyone)


def _text_or_held(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    """A file that is not what its name says is read as text, and held when it is not text either."""
    try:
        return _text(name, data, allow, everyone)
    except ValueError:
        return _unknown(name, data, allow, everyone)


def _unknown(name: str, _data: bytes, allow: AllowList, _everyone: Everyone) -> GateReport:
    entry = allow.reason(name, "", UNREADABLE, name, (0, len(name)))
    return GateReport(1, () if entry else (Hold(name, -1, "", UNREADABLE),), {entry.id: 1} if entry else {})


def _csv(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    if not data.strip():
        return GateReport()
    text = _decoded(data)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    options = pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    raw = text.encode()
    block = pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=len(raw) + 1)
    width = len(next(iter(_first_record(text, delimiter)), []))
    kinds = pyarrow.csv.ConvertOptions(column_types={f"f{place}": pa.string() for place in range(width)})
    table = pyarrow.csv.read_csv(io.BytesIO(raw), block, options, kinds)
    header = [str(column[0].as_py() or "") for column in table.columns]
    return _columns(name, header, table.slice(1), allow, everyone) + _judge(
        name, [(0, "", cell) for cell in header], allow, everyone
    )


def _first_record(text: str, delimiter: str) -> Iterator[list[str]]:
    import csv

    yield from csv.reader(io.StringIO(text), delimiter=delimiter)


def _parquet(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    table = pq.read_table(io.BytesIO(data))
    told = [f"{_said(key)} : {_said(value)}" for key, value in (table.schema.metadata or {}).items()]
    told += [_said(value) for column in table.schema for value in (column.metadata or {}).values()]
    report = _judge(name, [(-1, "metadata", line) for line in told], allow, everyone)
    nested = [column.name for column in table.schema if pa.types.is_nested(column.type)]
    for column in nested:
        texts = pa.array([json.dumps(value.as_py(), ensure_ascii=False, default=str) for value in table.column(column)])
        table = table.set_column(table.column_names.index(column), column, texts)
    return report + _columns(name, table.column_names, table, allow, everyone)


def _said(metadata: bytes) -> str:
    return metadata.decode("utf-8", "replace")


def _columns(name: str, header: list[str], table: pa.Table, allow: AllowList, everyone: Everyone) -> GateReport:
    """A table by the gate itself; a column that comes twice keeps a number."""
    seen: Counter[str] = Counter()
    names = []
    for number, column in enumerate(header, start=1):
        shown = column if _names_nobody(column, everyone) else f"colonne {number}"
        seen[shown] += 1
        names.append(shown if seen[shown] == 1 else f"{shown} ({seen[shown]})")
    table, names, marks = _not_seen_clean(table.rename_columns(names))
    report = gate({name: table}, PersonalValues(), allow) if names else GateReport()
    if everyone:
        report += _everybody(name, table, names, allow, everyone)
    if report.is_clean and not report.allowed:
        _known_clean.get(set()).update(marks)
    return report


def _not_seen_clean(table: pa.Table) -> tuple[pa.Table, list[str], list[Mark]]:
    """The columns that no other file of the folder showed to be clean: a table stands there as CSV, as Parquet and for
    spreadsheets, and the same texts under the same name need one look. Their marks are kept when they prove clean."""
    kept: list[str] = []
    marks: list[Mark] = []
    known = _known_clean.get(set())
    for column in table.column_names:
        texts = table.column(column).cast(pa.string()).fill_null("").combine_chunks()
        digest = hashlib.sha256("\x1f".join(texts.to_pylist()).encode()).digest()
        if (column, digest) not in known:
            kept.append(column)
            marks.append((column, digest))
    return table.select(kept), kept, marks


def _everybody(name: str, table: pa.Table, names: list[str], allow: AllowList, everyone: Everyone) -> GateReport:
    """Everybody's full names and numbers, in the columns of a table."""
    held: list[Hold] = []
    used: Counter[str] = Counter()
    for place, column in enumerate(names):
        texts = table.column(place).cast(pa.string()).to_pylist()
        distinct = [(0, column, text) for text in dict.fromkeys(texts) if text]
        more = _judge(name, distinct, allow, everyone, patterns=False)
        if more.holds or more.allowed:  # rare: only then is it worth knowing the rows
            placed = [(row, column, text) for row, text in enumerate(texts) if text]
            more = _judge(name, placed, allow, everyone, patterns=False)
        held += more.holds
        used.update(more.allowed)
    return GateReport(0, tuple(held), dict(used))


def _json(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    return _judge(name, list(_walk(json.loads(_decoded(data)), "", 0, everyone)), allow, everyone)


def _json_lines(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    lines = enumerate(_decoded(data).splitlines())
    texts = [text for number, line in lines if line.strip() for text in _walk(json.loads(line), "", number, everyone)]
    return _judge(name, texts, allow, everyone)


def _names_nobody(name: str, everyone: Everyone) -> bool:
    """Whether the name of a column, a key or a sheet may be told."""
    return not _shows_a_pattern(name) and everyone.kind_in(name) is None


@lru_cache(maxsize=4096)  # a document says the same keys again and again
def _shows_a_pattern(name: str) -> bool:
    is_plain = _PLAIN_NAME.fullmatch(name) is not None  # no pattern fits in it, and most names are so
    return not is_plain and bool(passages(name))


def _walk(value: object, pointer: str, row: int, everyone: Everyone) -> Iterator[Text]:
    """The texts of a JSON document, keys among them, each with its pointer; a key that is held is `*` in pointers.

    A list of two or three decimal numbers is one text too: it may be a point.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield row, pointer, key
            shown = key if _names_nobody(key, everyone) else "*"
            yield from _walk(inner, f"{pointer}/{shown}", row, everyone)
    elif isinstance(value, list):
        if len(value) in (2, 3) and all(isinstance(item, float) for item in value):
            yield row, pointer, ", ".join(repr(item) for item in value[:2])
        for place, inner in enumerate(value):
            yield from _walk(inner, f"{pointer}/{place}", row, everyone)
    elif isinstance(value, str):
        yield row, pointer, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield row, pointer, f"{pointer.rsplit('/', 1)[-1]}: {value}"


def _text(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    text = _decoded(data)
    if name.lower().endswith((".svg", ".html", ".htm")):
        text = _APART.sub(r" \g<0> ", _DRAWING.sub("", text))
    return _judge(name, _blocks(text), allow, everyone)


def _blocks(text: str) -> list[Text]:
    """Each line, and each paragraph of several lines as one text: a number may be cut at the end of a line."""
    found: list[Text] = [(number, "ligne", line) for number, line in enumerate(text.splitlines()) if line.strip()]
    here = 0  # the number of the line that the paragraph begins on
    for place, paragraph in enumerate(_PARAGRAPH_AND_GAP.split(text)):
        lines = paragraph.split("\n")
        if place % 2 == 0 and 1 < len(lines) <= 40:
            told = [line.strip() for line in lines]
            found += [(here + at, "ligne", " ".join(pair)) for at, pair in enumerate(pairwise(told)) if all(pair)]
        here += len(lines) - 1
    return found


def _zip(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    report = GateReport()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in sorted(archive.namelist()):
            if not member.endswith("/"):
                report += _scan(f"{name}/{member}", archive.read(member), allow, everyone)
    return report


def _workbook(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    """The cells of a spreadsheet, and what else a zipped one holds (comments, properties)."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.CalamineError as error:
        raise ValueError(type(error).__name__) from error
    report = GateReport()
    for number, sheet in enumerate(book.sheet_names, start=1):
        rows = book.get_sheet_by_name(sheet).to_python()
        texts = [(row, str(column), str(cell)) for row, cells in enumerate(rows) for column, cell in enumerate(cells)]
        shown = f"{name}/{sheet if _names_nobody(sheet, everyone) else f'feuille {number}'}"
        report += _judge(shown, [(-1, "feuille", sheet), *(text for text in texts if text[2])], allow, everyone)
    return report + (_zip(name, data, allow, everyone) if zipfile.is_zipfile(io.BytesIO(data)) else GateReport())


def _gzip(name: str, data: bytes, allow: AllowList, everyone: Everyone) -> GateReport:
    return _scan(name[: -len(".gz")], gzip.decompress(data), allow, everyone)


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


def _judge(name: str, texts: list[Text], allow: AllowList, everyone: Everyone, *, patterns: bool = True) -> GateReport:
    """Patterns, and everybody's full names and numbers, in texts with their place."""
    held: set[Hold] = set()
    used: Counter[str] = Counter()

    def keep(text: Text, rule: str, whole: str, span: tuple[int, int]) -> None:
        entry = allow.reason(name, text[1], rule, whole, span)
        if entry is None:
            held.add(Hold(name, text[0], text[1], rule))
        else:
            used[entry.id] += 1

    if patterns and texts:
        for place, passages in column_passages(
            pa.chunked_array([pa.array([text for _, _, text in texts], pa.string())])
        ):
            for passage in passages:
                keep(texts[place], passage.rule, passage.text, passage.span)
    for text in texts if everyone else ():
        for reading in readings(text[2]):
            kind = everyone.kind_in(reading)
            if kind is not None:
                keep(text, f"{OWN_VALUE}:{kind.value}", reading, (0, len(reading)))
    return GateReport(len(texts) if patterns else 0, tuple(sorted(held)), dict(used))


_READERS: dict[str, Callable[[str, bytes, AllowList, Everyone], GateReport]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".parquet": _parquet,
    ".json": _json,
    ".jsonld": _json,
    ".geojson": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".zip": _zip,
    ".xls": _workbook,
    ".xlsx": _workbook,
    ".ods": _workbook,
    ".gz": _gzip,
}
