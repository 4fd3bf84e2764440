"""Marks at the ends of text files: the byte-order mark that begins one, the Ctrl-Z by which MS-DOS ended one.

Belongs here: leaving them out, and saying so, also where two files were put one after the other. Does not: the mark at
the very start, which is of the encoding (`encoding.py`).
"""

from __future__ import annotations

import codecs
import re
from os import SEEK_END

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.faults import positions_listed

END_MARK = 0x1A
MARKS = (b"\x1a", codecs.BOM_UTF8)
# At the start of a line that something follows: a mark that ends the whole file is another matter.
INNER_MARKS = re.compile(rb"(^|\r?\n)(?:\x1a|\xef\xbb\xbf)+(?=[^\x1a\r\n]|\r?\n.)", re.DOTALL)
TAIL = 1024


def may_end_with_mark(content: Content) -> bool:
    """Whether the mark of MS-DOS may be at the end of a large file, behind which there are line ends alone."""
    with content.path.open("rb") as file:
        file.seek(-TAIL, SEEK_END)
        tail = file.read().rstrip(b"\r\n")
    return not tail or tail[-1] == END_MARK


def without_inner_marks(data: bytes, notices: list[Said]) -> tuple[bytes, list[Said]]:
    """The text without the marks that begin or end a file, where one was put after another: before a cell they would
    be part of it, and its quotes would quote nothing."""
    lines: list[int] = []

    def noted(found: re.Match[bytes]) -> bytes:
        lines.append(data.count(b"\n", 0, found.end(1)) + 1)
        return found[1]

    if any(mark in data for mark in MARKS):
        data = INNER_MARKS.sub(noted, data)
    if not lines:
        return data, notices
    places = positions_listed(lines)
    french = f"marque d'ordre des octets ou de fin de fichier (Ctrl-Z) au milieu du fichier, laissée : lignes {places}"
    english = f"byte-order mark, or mark of a file's end (Ctrl-Z), within the file, left out: lines {places}"
    return data, [*notices, Said(french, english)]


def without_end_mark(data: bytes, notices: list[Said]) -> tuple[bytes, list[Said]]:
    """The text without the mark that MS-DOS ended files with (Ctrl-Z)."""
    end = len(data)
    while end and data[end - 1] in b"\r\n":
        end -= 1
    if not end or data[end - 1] != END_MARK:
        return data, notices
    notice = Said("marque de fin de fichier (Ctrl-Z) laissée", "the mark of a file's end (Ctrl-Z) was left out")
    return data[:end].rstrip(b"\x1a"), [*notices, notice]
