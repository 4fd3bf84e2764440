"""Patterns of one width: a fixed number of places, each of few characters, looked at byte by byte in a whole column.

It says only whether all cells match; when it says no, RE2 is asked cell by cell. Belongs here: proofs that apply to a
block or not at all. Does not: distinguishing one cell from another.
"""

from __future__ import annotations

from collections.abc import Callable
from re import _constants as tokens  # type: ignore[attr-defined] # the parse tree has no public door
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.validation.fast.cells import Cells
from pipelines.validation.fast.patterns import parse

Whole = Callable[[pa.Array], bool]  # text column → whether every cell is certainly valid

CLASSES = 8  # one bit a class of characters
WIDEST = 64


def one_width(pattern: str) -> Whole | None:
    """Whether all cells match a pattern that is a fixed number of ASCII classes, None when it is another pattern."""
    places = _places(_between(parse(pattern)))
    if not places or len(places) > WIDEST:
        return None
    classes = list(dict.fromkeys(places))
    if len(classes) > CLASSES:
        return None
    bits = bytes(sum(1 << bit for bit, members in enumerate(classes) if byte in members) for byte in range(256))
    wanted = np.array([1 << classes.index(members) for members in places], np.uint8)
    width = len(places)

    def matches(column: pa.Array) -> bool:
        text = _text_of_width(column, width)
        if text is None:
            return False
        found = np.frombuffer(text.translate(bits), np.uint8) & np.tile(wanted, len(column))
        return bool(np.count_nonzero(found) == len(found))

    return matches


def _text_of_width(column: pa.Array, width: int) -> bytes | None:
    """All cells one after the other, None unless each has that many bytes, or when there is none."""
    cells = Cells.of(column)
    if not len(cells) or len(cells.data) != width * len(cells) or (cells.lengths != width).any():
        return None
    return cells.data.tobytes()


def _between(tree: Any) -> list[Any]:
    """The nodes of a pattern between its beginning and its end."""
    nodes = list(tree or ())
    while nodes and nodes[0] == (tokens.AT, tokens.AT_BEGINNING):
        nodes.pop(0)
    while nodes and nodes[-1] == (tokens.AT, tokens.AT_END):
        nodes.pop()
    return nodes


def _places(nodes: Any) -> list[frozenset[int]] | None:
    """The class of each place of a pattern, None when its width is not fixed or it is not of plain classes."""
    places: list[frozenset[int]] = []
    for token, value in nodes:
        found: list[frozenset[int]] | None = None
        if token is tokens.LITERAL and value < 128:
            found = [frozenset((value,))]
        elif token is tokens.IN:
            found = _class(value)
        elif token is tokens.MAX_REPEAT and value[0] == value[1] <= WIDEST:
            inner = _places(value[2])
            found = None if inner is None else inner * value[0]
        if found is None:
            return None
        places += found
    return places


def _class(members: Any) -> list[frozenset[int]] | None:
    found: set[int] = set()
    for token, value in members:
        if token is tokens.LITERAL and value < 128:
            found.add(value)
        elif token is tokens.RANGE and value[1] < 128:
            found.update(range(value[0], value[1] + 1))
        elif token is tokens.CATEGORY and value is tokens.CATEGORY_DIGIT:
            found.update(b"0123456789")
        else:
            return None
    return [frozenset(found)]
