"""Published lists in web pages: a table, a list, or running prose with `@` levels, as text columns.

`options.table`, `options.list` or `options.prose` is an XPath to the tables, the items or the paragraphs. `confiance`
says how sure the extractor is: 1 where the page itself separates the cells, less where punctuation had to. Names are
left as printed: their resolution is another module's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import decoded
from pipelines.formats.ending import Ending
from pipelines.formats.errors import Damaged, FormatError
from pipelines.formats.faults import RecordFault
from pipelines.formats.header import clean, column_names
from pipelines.formats.html_styles import StyleSheets
from pipelines.formats.html_tables import BLANKS, Row, Texts, TooWide, grid
from pipelines.formats.registry import Records, reader

# "5 @", "@@@", "trois arobases", "5 arobases": the names that follow a level have it.
LEVEL = re.compile(
    r"(?<![\w.])(@{1,5}(?![\w.])|[1-5]\s*@(?!\w)|(?:[1-5]|une|deux|trois|quatre|cinq)\s+arobases?)", re.IGNORECASE
)
SEPARATORS = re.compile(r"\s*[;,•\n]\s*|\s+et\s+")
EMPTY = re.compile(r"\(\s*\)")
SURE, LISTED, PROSE, LOOSE = "1", "0.8", "0.6", "0.4"
META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]+)""")
OPENED, CLOSED = re.compile(rb"<table[\s>]", re.IGNORECASE), re.compile(rb"</table[\s>]", re.IGNORECASE)
HEAD = 4096
SHOWN = 200
"""The most signs of selectors that a notice shows."""
LEFT_OUT = {
    "hidden": Said("éléments masqués", "hidden elements"),
    "nested_tables": Said("tableaux imbriqués (à lire à part, par un XPath)", "nested tables (to be read by an XPath)"),
    "struck": Said("textes barrés", "struck-out texts"),
    "pictures": Said(
        "cellules sans texte, avec une image, une icône ou un champ",
        "cells without text, with a picture, icon or field",
    ),
    "foot_rows": Said("lignes de pied de tableau", "rows of the table's foot"),
}


@reader("html")
def read_html(content: Content) -> Records:
    """A position is the row's, item's or name's number, from 1.

    Raises `FormatError` when the XPath meets nothing that can be read, and `Damaged` for what is nested without end.
    """
    options = content.options
    kind = next((name for name in ("table", "list", "prose") if name in options), None)
    path = options.get(kind, "//table") if kind else "//table"
    announced = META.search(content.data[:HEAD]) or DECLARED.search(content.data[:HEAD])
    text = decoded(content, within=announced[1].decode("ascii") if announced else None)
    found = _found(content, text.data, path, kind or "table")
    styles = StyleSheets(found[0].getroottree().getroot())
    texts = Texts(options.get("notes") == "keep", options.get("hidden") == "read", frozenset(found), styles)
    try:
        records = _tables(content, found, texts) if kind in (None, "table") else _items(found, texts, f"{kind} {path}")
    except RecursionError:
        detail = Said("des éléments imbriqués sans fin", "elements nested without end")
        raise Damaged(file=content.file, detail=detail, format="html") from None
    counts = {name: count for name, count in texts.left_out.items() if name == "note_marks"}
    records.facts.update({"encoding": text.encoding, **counts})
    notices = [
        Said(f"laissés : {texts.left_out[name]} {words.fr}", f"left out: {texts.left_out[name]} {words.en}")
        for name, words in LEFT_OUT.items()
        if name in texts.left_out
    ]
    if len(OPENED.findall(text.data)) > len(CLOSED.findall(text.data)):
        french = "un tableau n'est jamais fermé (</table>) : la page est peut-être tronquée"
        notices.append(Said(french, "a table is never closed (</table>): the page may be cut"))
    if styles.unsure:
        listed = ", ".join(sorted(styles.unsure))[:SHOWN]
        french = f"règles de style non comprises, qui masquent peut-être ce qui est lu : {listed}"
        english = f"style rules that are not understood, and may hide what is read: {listed}"
        notices.append(Said(french, english))
    return Records(
        records.names,
        records.originals,
        records.columns,
        records.positions,
        records.place,
        records.near,
        records.facts,
        faults=records.faults,
        notices=[*text.notices, *records.notices, *notices],
    )


def _found(content: Content, data: bytes, path: str, kind: str) -> list[Any]:
    """The elements that an XPath meets, those within another of them left out for tables."""
    from lxml import etree, html

    def wrong(found: str | Said, expected: str) -> FormatError:
        return FormatError(file=content.file, place=path, found=found, expected=expected)

    nothing = Said("rien", "nothing")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        # A NUL would end the page for the parser: it is a character that is lost, as in browsers.
        page = html.document_fromstring(data.replace(b"\x00", "\ufffd".encode()), parser=parser)
        found = page.xpath(path)
    except etree.XPathError as error:
        raise wrong(
            Said(f"une expression refusée [{error}]", f"an expression that is refused [{error}]"), "XPath"
        ) from None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise wrong(nothing, kind) from None
    if not isinstance(found, list) or not found:
        raise wrong(nothing, kind)
    elements = [one for one in found if isinstance(one, etree._Element) and isinstance(one.tag, str)]
    if len(elements) < len(found):
        raise wrong(Said("des attributs ou du texte", "attributes or text"), Said("des éléments", "elements").en)
    if kind != "table":
        return elements
    tables = [one for one in elements if one.tag == "table"]
    among = set(tables)
    tables = [one for one in tables if not among & set(one.iterancestors("table"))]
    if not tables:
        raise wrong(", ".join(sorted({one.tag for one in elements})), "table")
    return tables


def _items(found: list[Any], texts: Texts, place: str) -> Records:
    shown = [item for item in found if not _is_left_out(item, texts)]
    items = [text for item in shown for text in (texts.of(item),) if text]
    rows = list(_prose(items)) if place.startswith("prose") else [_item(item) for item in items]
    columns = [pa.array([row[index] for row in rows], pa.string()) for index in range(3)]
    names = ["nom", "niveau", "confiance"]
    return Records(names, names, columns, pa.array(range(1, len(rows) + 1), pa.int64()), place)


def _tables(content: Content, tables: list[Any], texts: Texts) -> Records:
    """The rows of all the tables under the header of the first; a table with a header of its own is read by it."""
    body = _Body(content)
    try:
        for table in tables:
            if not _is_left_out(table, texts):
                body.add(grid(table, texts), texts)
    except TooWide as error:
        expected = Said("un tableau", "a table")
        raise FormatError(file=content.file, place="table", found=str(error), expected=expected) from None
    if not body.names:
        none, header = Said("aucune ligne", "no row"), Said("un en-tête", "a header")
        if texts.left_out.get("hidden"):
            none = Said("rien qui soit affiché (options.hidden: read)", "nothing that is shown (options.hidden: read)")
        raise FormatError(file=content.file, place="table", found=none, expected=header)
    return body.records()


def _is_left_out(element: Any, texts: Texts) -> bool:
    """Whether what was asked for is hidden, which is counted."""
    if not texts.is_out_of_sight(element):
        return False
    texts.left_out["hidden"] = texts.left_out.get("hidden", 0) + 1
    return True


class _Body:
    """The records of the tables of a page, all under the names of the first one's header."""

    def __init__(self, content: Content) -> None:
        self.content, self.options = content, content.options
        self.names: list[str] = []
        self.originals: list[str] = []
        self.near: list[list[str]] = []
        self.rows: list[tuple[int, list[str | None], str]] = []
        self.faults: list[RecordFault] = []
        self.ending = Ending(content)
        self.left_out = 0
        self.count = 0

    def add(self, rows: list[Row], texts: Texts) -> None:
        """The rows of one more table. Raises `FormatError` for one whose columns are others."""
        first = self.count
        self.count += len(rows)
        if not rows:
            return
        skipped = self._header_row() if not self.names else 0
        size = self._header_size(rows[skipped:])
        header = [row.cells for row in rows[skipped : skipped + size]]
        order = self._order(header, rows)
        if order is None:
            size, order = 0, list(range(len(self.names)))
        printed = [row.cells for row in rows[skipped : skipped + size]]
        for index, row in enumerate(rows[skipped + size :], start=first + skipped + size + 1):
            self._row(index, row, printed, order, texts)

    def _header_row(self) -> int:
        return int(self.options.get("header_row", 1)) - 1

    def _header_size(self, rows: list[Row]) -> int:
        """How many rows are the header: those that the description says, else those of header cells only."""
        if "header_rows" in self.options:
            return int(self.options["header_rows"])
        heads = 0
        while heads < len(rows) and rows[heads].is_head:
            # A heading over the whole row, under names of columns, is none of them.
            if rows[heads].is_section and any(not row.is_section for row in rows[:heads]):
                break
            heads += 1
        heads = heads if heads < len(rows) else 1
        reach = max((row.reach + index for index, row in enumerate(rows[: max(1, heads)]) if row.is_head), default=1)
        return max(1, heads, min(reach, len(rows) - 1))

    def _order(self, header: list[list[str]], rows: list[Row]) -> list[int] | None:
        """Where each of our columns is in this table; None for a table that goes on without a header."""
        if not header:
            return None
        names, originals = column_names(header, self.options.get("header_name"))
        if not self.names:
            self.names, self.originals, self.near = names, originals, [row.cells for row in rows[:10]]
            return list(range(len(names)))
        if sorted(names) == sorted(self.names):
            return [names.index(name) for name in self.names]
        if not rows[0].is_head and len(rows[0].cells) == len(self.names):
            return None
        expected = Said(f"{', '.join(self.names)} (options.table)", f"{', '.join(self.names)} (options.table)")
        found = Said(f"un tableau de {len(names)} autres colonnes", f"a table of {len(names)} other columns")
        raise FormatError(file=self.content.file, place="table", found=found, expected=expected)

    def _row(self, index: int, row: Row, header: list[list[str]], order: list[int], texts: Texts) -> None:
        if row.cells in header or [clean(cell).lower() for cell in row.cells] == [name.lower() for name in self.names]:
            return
        if self.ending.is_reached(index, row.cells):
            self.left_out += 1
            return
        if row.is_foot:
            texts.left_out["foot_rows"] = texts.left_out.get("foot_rows", 0) + 1
            return
        width = len(self.names)
        if row.is_section:
            words = Said("un titre sur toute la ligne", "a heading over the whole row")
            self._refuse(index, "ligne-de-titre", words)
        elif any(row.cells[width:]):
            words = Said(
                f"{len(row.cells)} cellules pour {width} colonnes", f"{len(row.cells)} cells for {width} columns"
            )
            self._refuse(index, "trop-de-cellules", words)
        else:
            cells = [row.cells[place] if place < len(row.cells) else None for place in order]
            self.rows.append((index, cells, SURE if len(row.cells) == width else LOOSE))

    def _refuse(self, index: int, rule: str, found: Said) -> None:
        message = Said(
            f"Tableau, ligne {index} : {found.fr} ; attendu : un enregistrement.",
            f"Table, row {index}: {found.en}; expected: a record.",
        )
        self.faults.append(RecordFault(index, rule, message))

    def records(self) -> Records:
        """Everything that was added."""
        footer = self.ending.footer(len(self.rows))
        kept = self.rows[: len(self.rows) - footer]
        columns = [
            pa.array([cells[index] for _line, cells, _sure in kept], pa.string()) for index in range(len(self.names))
        ]
        sure = pa.array([one for _line, _cells, one in kept], pa.string())
        positions = pa.array([line for line, _cells, _sure in kept], pa.int64())
        facts: dict[str, Any] = {"rows_left_out": self.left_out + footer} if self.left_out + footer else {}
        names, originals = [*self.names, "confiance"], [*self.originals, "confiance"]
        found: dict[str, Any] = {"faults": self.faults, "notices": self.ending.notices()}
        return Records(names, originals, [*columns, sure], positions, "table", self.near, facts, **found)


def _item(text: str) -> tuple[str, str | None, str]:
    """A list's item: what is left of it once its level is taken out. Of several lines, it is less sure what they
    are."""
    sure = LISTED if "\n" not in text else LOOSE
    level = LEVEL.search(text)
    if level is None:
        return text, None, sure
    name = EMPTY.sub("", f"{text[: level.start()]} {text[level.end() :]}").strip(" :–—-\n")
    lines = (BLANKS.sub(" ", line).strip() for line in name.split("\n"))
    return "\n".join(line for line in lines if line), level[0], sure


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
