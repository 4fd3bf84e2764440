"""Cutting the bytes of a text where records end, so that a large one is read piece by piece.

Belongs here: where to cut. Does not: what a piece contains (`delimited.py`), nor whether its quotes are regular
(`quotes.py`): where they are not, no cut is right, and anyone who reads a piece finds out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from pipelines.storage.text_bytes import Bytes, count_of

PIECE = 8 << 20
"""Bytes of a piece; one record that is longer makes it longer."""
TAIL = 1 << 14
NEWLINE, QUOTE = ord("\n"), ord('"')


def whole_records(body: memoryview, size: int | None = None) -> Iterator[memoryview]:
    """The bytes of a text, cut behind line feeds that are outside quotes. `size`: bytes of a piece."""
    wanted, start = size or PIECE, 0
    while start < len(body):
        length = wanted
        while start + length < len(body):
            end = _last_end(np.frombuffer(body[start : start + length], np.uint8))
            if end:
                length = end
                break
            length *= 2
        piece = body[start : start + length]
        yield piece
        start += len(piece)


def records_of_file(file: BinaryIO, size: int | None = None) -> Iterator[memoryview]:
    """The same of a file that is open, from its current position to its end: a piece or two of it are in memory."""
    wanted, rest = size or PIECE, b""
    while True:
        more = file.read(max(wanted - len(rest), wanted // 2))
        data = memoryview(rest + more if rest else more)
        if not more:
            if data:
                yield data
            return
        end = _last_end(np.frombuffer(data, np.uint8))
        if end:
            yield data[:end]
            wanted = size or PIECE
        else:
            wanted *= 2
        rest = bytes(data[end:])


def _last_end(data: Bytes) -> int:
    """Behind the last line feed that has an even number of quotes before it; 0 where there is none. Looked for in the
    last bytes, then in more of them."""
    start, tail = len(data), TAIL
    while start:
        start = max(0, len(data) - tail)
        before = count_of(data[:start], QUOTE)
        last = data[start:]
        newlines = np.flatnonzero(last == NEWLINE)
        quotes = np.flatnonzero(last == QUOTE)
        newlines = newlines[(np.searchsorted(quotes, newlines) + before) % 2 == 0]
        if len(newlines):
            return start + int(newlines[-1]) + 1
        tail *= 16
    return 0
