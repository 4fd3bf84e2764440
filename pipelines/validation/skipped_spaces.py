"""The spaces that `skipInitialSpace` skips before cells, which pyarrow does not know.

They are left in the bytes, moved behind the quote of a quoted cell, and taken away from the cells that pyarrow made:
what a cell contains then begins where Python's reader begins it. Only where a quoted cell begins with spaces of its
own, which would be taken away too, are the bytes written again without them. Belongs here: spaces before cells of a
block whose quotes are regular. Does not: cutting blocks (`cutter.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Places = np.ndarray[Any, np.dtype[np.int64]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
NEWLINE, RETURN, SPACE = ord("\n"), ord("\r"), ord(" ")
STEP = 1 << 16  # bytes that are compared at once
_NOWHERE: Places = np.zeros(0, np.int64)


def without_spaces(columns: Sequence[pa.Array]) -> list[pa.Array]:
    """The cells of a block that `behind_quotes` wrote."""
    return [pc.ascii_ltrim(column, characters=" ") for column in columns]


def behind_quotes(raw: memoryview, quote: int) -> memoryview | None:
    """The bytes with the spaces before a quoted cell behind its opening quote; None where one begins with its own."""
    data = np.frombuffer(raw, np.uint8)
    quotes = places_of(data, quote)
    opening = quotes[0::2]
    before = np.where(opening > 0, data[opening - 1], NEWLINE)
    is_start = before != quote  # of a cell; behind a quote it is the second of two that stand for one
    if (data[opening[is_start] + 1] == SPACE).any():
        return None
    after_space = opening[before == SPACE]
    if not len(after_space):
        return raw
    moved = data.copy()
    moved[after_space] = SPACE
    moved[before_spaces(data, after_space - 1) + 1] = quote
    return moved.data


def cut_out(raw: memoryview, delimiter: int, quote: int) -> memoryview | None:
    """The bytes without the spaces before cells and outside quotes; None where the last line ends in them."""
    data = np.frombuffer(raw, np.uint8)
    quotes = places_of(data, quote)
    found = _spaces_before_cells(data, delimiter)
    found = found[np.searchsorted(quotes, found) % 2 == 0]
    gone = [found]
    while len(found):  # where several follow each other
        found = found[found + 1 < len(data)] + 1
        found = found[data[found] == SPACE]
        gone.append(found)
    spaces = gone[0] if len(gone) == 2 else np.sort(np.concatenate(gone))
    if len(spaces) and spaces[-1] == len(data) - 1:
        return None  # without them the last line could be gone
    return _without(data, spaces).data if len(spaces) else raw


def before_spaces(data: Bytes, places: Places) -> Places:
    """For each place the last one, at it or before, that contains no space; -1 where there is none."""
    places = places.copy()
    on_space = np.flatnonzero(data[places] == SPACE)
    while len(on_space):
        places[on_space] -= 1
        on_space = on_space[places[on_space] >= 0]
        on_space = on_space[data[places[on_space]] == SPACE]
    return places


def places_of(data: Bytes, wanted: int) -> Places:
    """Where a byte is."""
    return np.concatenate([_NOWHERE, *(np.flatnonzero(part == wanted) + start for start, part in _steps(data))])


def _steps(data: Bytes) -> Iterator[tuple[int, Bytes]]:
    """The bytes a little at a time, with their places: what is compared then stays in the processor's own memory."""
    return ((start, data[start : start + STEP]) for start in range(0, len(data), STEP))


def _spaces_before_cells(data: Bytes, delimiter: int) -> Places:
    """The spaces that are first in a cell, quotes apart."""
    found = [np.flatnonzero(data[:1] == SPACE)]
    for start, before in _steps(data[:-1]):
        begins = before == delimiter
        begins |= before == NEWLINE
        begins |= before == RETURN
        begins &= data[start + 1 : start + 1 + len(before)] == SPACE
        found.append(np.flatnonzero(begins) + (start + 1))
    return np.concatenate(found)


def _without(data: Bytes, places: Places) -> Bytes:
    """The bytes that are not at these places, which are in order."""
    left, filled = np.empty(len(data) - len(places), np.uint8), 0
    kept = np.ones(STEP, np.bool_)
    bounds = np.searchsorted(places, np.arange(0, len(data) + STEP, STEP))
    for (start, part), low, high in zip(_steps(data), bounds, bounds[1:], strict=False):
        gone = places[low:high] - start
        kept[gone] = False
        some = part[kept[: len(part)]]
        kept[gone] = True
        left[filled : filled + len(some)] = some
        filled += len(some)
    return left
