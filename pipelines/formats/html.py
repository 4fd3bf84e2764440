"""Published lists in web pages: a table, a list, or running prose with `@` levels, as text columns.

`options.table`, `options.list` or `options.prose` is an XPath to the tables, the items or the paragraphs. `confiance`
says how sure the extractor is: 1 where the page itself separates the cells, less where punctuation had to. Names are
left as printed: their resolution is another room's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import decoded
from pipelines.formats.errors import FormatError
from pipelines.formats.header import column_names
from pipelines.formats.registry import Records, reader

BLANKS = re.compile(r"[\s\u00a0]+")
# "5 @", "@@@", "trois arobases", "5 arobases": the names that follow a level bear it.
LEVEL = re.compile(
    r"(?<![\w.])(@{1,5}(?![\w.])|[1-5]\s*@(?!\w)|(?:[1-5]|une|deux|trois|quatre|cinq)\s+arobases?)", re.IGNORECASE
)
SEPARATORS = re.compile(r"\s*[;,•\n]\s*|\s+et\s+")
EMPTY = re.compile(r"\(\s*\)")
SURE, LISTED, PROSE, LOOSE = "1", "0.8", "0.6", "0.4"


@reader("html")
def read_html(content: Content) -> Records:
    """A position is the row's, item's or name's number, from 1. Raises `FormatError` when the XPath meets nothing."""
    from lxml import etree, html

    options = content.options
    kind = next((name for name in ("table", "list", "prose") if name in options), None)
    path = options.get(kind, "//table") if kind else "//table"
    text = decoded(content)
    page = html.document_fromstring(text.data, parser=html.HTMLParser(encoding="utf-8"))
    try:
        found = page.xpath(path)
    except etree.XPathError as error:
        raise FormatError(file=content.file, place=path, found=str(error), expected="XPath") from None
    if not found or not isinstance(found, list):
        raise FormatError(file=content.file, place=path, found=Said("rien", "nothing"), expected=kind or "table")
    if kind in (None, "table"):
        return _tables(content, found)
    items = [text for item in found for text in (_text(item),) if text]
    rows = list(_prose(items)) if kind == "prose" else [_item(item) for item in items]
    columns = [pa.array([row[index] for row in rows], pa.string()) for index in range(3)]
    names = ["nom", "niveau", "confiance"]
    positions = pa.array(range(1, len(rows) + 1), pa.int64())
    return Records(names, names, columns, positions, f"{kind} {path}", facts={"encoding": text.encoding})


def _text(element: Any) -> str:
    return BLANKS.sub(" ", element.text_content()).strip()


def _tables(content: Content, tables: list[Any]) -> Records:
    """The rows of all the tables, under the header of the first; a spanned cell is repeated."""
    rows = [cells for table in tables for row in table.iter("tr") for cells in (_cells(row),) if cells]
    count = content.options.get("header_rows", 1)
    header, body = rows[:count], [row for row in rows[count:] if row not in rows[:count]]
    if not header:
        raise FormatError(
            file=content.file,
            place="table",
            found=Said("aucune ligne", "no row"),
            expected=Said("un en-tête", "a header"),
        )
    names, originals = column_names(header)
    width = len(names)
    columns = [
        pa.array([row[index] if index < len(row) else None for row in body], pa.string()) for index in range(width)
    ]
    sure = pa.array([SURE if len(row) == width else LOOSE for row in body], pa.string())
    positions = pa.array(range(count + 1, count + 1 + len(body)), pa.int64())
    return Records([*names, "confiance"], [*originals, "confiance"], [*columns, sure], positions, "table", rows[:10])


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in ("td", "th"):
            span = cell.get("colspan", "1")
            cells += [_text(cell)] * (min(int(span), 100) if span.isdigit() else 1)
    return cells


def _item(text: str) -> tuple[str, str | None, str]:
    """A list's item: what is left of it once its level is taken out."""
    level = LEVEL.search(text)
    if level is None:
        return text, None, LISTED
    name = EMPTY.sub("", f"{text[: level.start()]} {text[level.end() :]}").strip(" :–—-")
    return BLANKS.sub(" ", name), level[0], LISTED


def _prose(paragraphs: list[str]) -> Iterator[tuple[str, str | None, str]]:
    """Names after each level, cut at punctuation; a paragraph without a level goes on under the one before."""
    level: str | None = None
    for paragraph in paragraphs:
        marks = list(LEVEL.finditer(paragraph))
        before = paragraph[: marks[0].start()] if marks else paragraph
        if level is not None:
            yield from _names(before, level, LOOSE)
        ends = [*(mark.start() for mark in marks), len(paragraph)][1:]
        for mark, end in zip(marks, ends, strict=True):
            level = mark[0]
            yield from _names(paragraph[mark.end() : end], level, PROSE)


def _names(text: str, level: str, confidence: str) -> Iterator[tuple[str, str, str]]:
    for name in SEPARATORS.split(text):
        plain = name.strip(" .:–—-«»")
        if plain and plain[0].isupper():
            yield plain, level, confidence
