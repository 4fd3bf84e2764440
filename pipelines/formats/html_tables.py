"""Tables of web pages as the grids that browsers make of them: spanned cells, hidden ones, lines, nested tables, notes.

Source: the HTML Standard, 4.9.12.1 (forming a table). Belongs here: elements to texts and texts to a grid. Does not:
which row is the header of what (`html.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipelines.formats.html_styles import StyleSheets, hides

BLANKS = re.compile(r"[\s\u00a0]+")
NOT_SHOWN = frozenset(("script", "style", "template", "noscript", "head", "title", "datalist"))
BLOCKS = frozenset(
    """
    address article aside blockquote caption center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6
    header hr li main nav ol p pre section summary table tr ul
    """.split()  # noqa: SIM905 - a list of sixty strings is read by nobody
)
# What a cell without any text may say something by: a tick, a flag, a box to tick.
PICTURES = frozenset(("img", "svg", "input", "i", "canvas", "object", "picture", "meter", "progress", "video"))
STRUCK = frozenset(("del", "s", "strike"))
GROUPS = ("thead", "tbody", "tfoot")
MOST_COLUMNS, MOST_ROWS = 1_000, 65_534
FREE_CELLS, SPREAD = 500_000, 50
_DIGITS = re.compile(r"\s*\+?([0-9]{1,9})")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARK = re.compile(
    r"[\[(]?\s*([0-9]{1,3}(\s*[,;–-]\s*[0-9]{1,3})*|[*†‡§]+)\s*[\])]?|[\[(]\s*(note\s*)?[a-z0-9]{1,3}\s*[\])]", re.I
)
# What a raised figure is an exponent of: a unit, a power of ten, a formula written carelessly.
_POWER = re.compile(r"(^|[^A-Za-zÀ-ÿ])(([kcdhmµ]|da)?m|s|CO)$|(^|[^0-9])10$")


class TooWide(Exception):
    """A grid out of all proportion to its cells."""


@dataclass
class Texts:
    """How the texts of elements are taken. `notes`: whether marks of notes are kept; `apart`: elements that are read
    for themselves; `styles`: what the page's style sheets hide; `left_out` counts what was not taken, by kind."""

    keeps_notes: bool = False
    reads_hidden: bool = False
    apart: frozenset[Any] = frozenset()
    styles: StyleSheets = field(default_factory=StyleSheets)
    left_out: dict[str, int] = field(default_factory=dict)

    def of(self, element: Any) -> str:
        """The text of an element, one line per line that a browser would show, blanks as one space."""
        pieces: list[str] = []
        self._walk(element, pieces)
        lines = (BLANKS.sub(" ", line).strip() for line in "".join(pieces).split("\n"))
        return "\n".join(line for line in lines if line)

    def is_hidden(self, element: Any) -> bool:
        """Whether a browser shows nothing of an element."""
        if self._is_never_shown(element):
            return True
        if self.reads_hidden:
            return False
        return hides(self._display(element), self.styles.value(element, "visibility"))

    def leaves_out_gone(self, cell: Any) -> bool:
        """Whether a cell has no place in what a browser shows, which is counted; one that is merely invisible has."""
        is_gone = not self.reads_hidden and self._display(cell) == "none"
        if is_gone:
            self.left_out["hidden"] = self.left_out.get("hidden", 0) + 1
        return is_gone

    def is_out_of_sight(self, element: Any) -> bool:
        """Whether an element, or one that it is in, is hidden."""
        return any(self.is_hidden(one) for one in (element, *element.iterancestors()))

    @staticmethod
    def _is_never_shown(element: Any) -> bool:
        return not isinstance(element.tag, str) or element.tag in NOT_SHOWN

    def _is_picture(self, element: Any) -> bool:
        if element.tag not in PICTURES or element.get("type") == "hidden" or self.is_hidden(element):
            return False
        return element.tag != "i" or element.get("class") is not None

    def _display(self, element: Any) -> str:
        return self.styles.value(element, "display") or ("none" if element.get("hidden") is not None else "")

    def of_cell(self, cell: Any) -> str:
        """The text of a cell, none for one that is there and not seen."""
        if not self.is_hidden(cell):
            text = self.of(cell)
            if not text and any(map(self._is_picture, cell.iterdescendants())):
                self.left_out["pictures"] = self.left_out.get("pictures", 0) + 1
            return text
        self.left_out["hidden"] = self.left_out.get("hidden", 0) + 1
        return ""

    def _walk(self, element: Any, pieces: list[str]) -> None:
        if element.text:
            pieces.append(BLANKS.sub(" ", element.text))
        for child in element:
            if not self._is_left_out(child, pieces):
                self._child(child, pieces)
            if child.tail:
                pieces.append(BLANKS.sub(" ", child.tail))

    def _child(self, child: Any, pieces: list[str]) -> None:
        if child.tag == "br":
            pieces.append("\n")
            return
        if child.tag == "sup" and child.text_content().strip().isdigit() and "".join(pieces[-3:])[-1:].isdigit():
            pieces.append(child.text_content().strip().translate(_RAISED))  # 10³ is not 103
            return
        is_block = child.tag in BLOCKS
        if is_block:
            pieces.append("\n")
        self._walk(child, pieces)
        if is_block:
            pieces.append("\n")

    def _is_left_out(self, child: Any, pieces: list[str]) -> bool:
        kind = None
        if self.is_hidden(child):
            kind = "hidden" if isinstance(child.tag, str) and child.tag not in NOT_SHOWN else ""
        elif child.tag == "table":
            kind = "nested_tables"
        elif child in self.apart or (child.tag == "option" and not _is_chosen(child)):
            kind = ""
        elif child.tag in STRUCK:
            kind = "struck"
        elif child.tag == "sup" and not self.keeps_notes and self._is_note(child, "".join(pieces[-3:])):
            kind = "note_marks"
        if kind:
            self.left_out[kind] = self.left_out.get(kind, 0) + 1
        return kind is not None

    @staticmethod
    def _is_note(raised: Any, before: str) -> bool:
        text = BLANKS.sub(" ", raised.text_content()).strip()
        if any((link.get("href") or "").startswith("#") for link in raised.iter("a")):
            return True
        if not _MARK.fullmatch(text):
            return False
        return not (text.isdigit() and _POWER.search(BLANKS.sub(" ", before).rstrip()))


def _is_chosen(option: Any) -> bool:
    """Whether a choice is the one that is shown: the chosen ones, else the first."""
    menu = next(option.iterancestors("select", "datalist"), None)
    choices = [] if menu is None else list(menu.iter("option"))
    chosen = [one for one in choices if one.get("selected") is not None] or choices[:1]
    return menu is None or option in chosen


@dataclass
class Row:
    """One row of a grid. `is_head`: of cells that are all headers, or of the table's head; `is_foot`: of its foot;
    `is_section`: one cell over the whole row; `reach`: the rows that its cells span."""

    cells: list[str]
    is_head: bool
    is_foot: bool
    is_section: bool
    reach: int


def grid(table: Any, texts: Texts) -> list[Row]:
    """The rows of a table as a browser lays them out, a spanned cell's text in each place that it covers.

    Raises `TooWide`.
    """
    groups: dict[Any, list[Any]] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is table and not _is_out_of_sight(row, table, texts):
            parent = row.getparent()
            group = parent if parent.tag in GROUPS else table
            groups.setdefault(group, []).append(row)
    order = {"thead": 0, "tfoot": 2}
    found: list[Row] = []
    count = size = 0
    for group, rows in sorted(groups.items(), key=lambda item: order.get(item[0].tag, 1)):
        for laid_out in _laid_out(rows, str(group.tag), texts):
            found.append(laid_out)
            count, size = count + 1, size + len(laid_out.cells)
            if size > max(FREE_CELLS, SPREAD * len(rows) * 20):
                raise TooWide(f"{size}/{count}")
    return found


def _is_out_of_sight(row: Any, table: Any, texts: Texts) -> bool:
    for element in (row, *row.iterancestors()):
        if element is table:
            return False
        if texts.is_hidden(element):
            texts.left_out["hidden"] = texts.left_out.get("hidden", 0) + 1
            return True
    return False


def _laid_out(rows: list[Any], group: str, texts: Texts) -> Iterator[Row]:
    """The rows of one group: no cell spans beyond it."""
    below: dict[int, tuple[int, str]] = {}
    for index, row in enumerate(rows):
        cells = [cell for cell in row if cell.tag in ("td", "th") and not texts.leaves_out_gone(cell)]
        line = {column: text for column, (_rows, text) in below.items()}
        inherited = len(line)
        below = {column: (left - 1, text) for column, (left, text) in below.items() if left > 1}
        column = reach = 0
        for cell in cells:
            while column in line:
                column += 1
            text = texts.of_cell(cell)
            width = max(1, min(_span(cell, "colspan"), MOST_COLUMNS))
            height = min(_span(cell, "rowspan"), MOST_ROWS) or len(rows) - index
            height = min(height, len(rows) - index)
            reach = max(reach, height)
            for place in range(column, column + width):
                line[place] = text
                if height > 1:
                    below[place] = (height - 1, text)
            column += width
        if not line:
            continue
        width = max(line) + 1
        is_head = group == "thead" or (bool(cells) and all(cell.tag == "th" for cell in cells))
        is_section = len(cells) == 1 and not inherited and width > 1
        yield Row([line.get(place, "") for place in range(width)], is_head, group == "tfoot", is_section, reach)


def _span(cell: Any, name: str) -> int:
    """A span as browsers read it: leading digits; 1 where there are none."""
    found = _DIGITS.match(cell.get(name, "1"))
    return int(found[1]) if found else 1
