"""Quick proofs of a whole column at once: cells of one width, byte by byte; days and moments, by Arrow's own reader.

Each says only whether all cells are proved. When it says no, the form of the field is asked cell by cell (`proofs.py`).
Belongs here: proofs that hold for a block or not at all. Does not: telling one cell from another.
"""

from __future__ import annotations

from collections.abc import Callable
from re import _constants as tokens  # type: ignore[attr-defined] # the parse tree has no public door
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.fast.patterns import parse

Whole = Callable[[pa.Array], bool]  # text column → whether every cell is certainly valid

CLASSES = 8  # one bit a class of characters
WIDEST = 64
NUMERIC = b"0123456789."
EXACT = 15  # digits that a float holds whatever they are
DAYS_FROM_1000 = pa.scalar(-354285).cast(pa.int32()).cast(pa.date32())  # 1000-01-01: years of four digits, not 0
SECONDS_FROM_1000 = pa.scalar(-354285 * 86400).cast(pa.timestamp("s", "UTC"))
MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"


def one_width(pattern: str) -> Whole | None:
    """Whether all cells match a pattern that is a fixed number of ASCII classes, None when it is another pattern."""
    places = _places(parse(pattern))
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


def numbers(column: pa.Array) -> bool:
    """Whether all cells are plain numbers of at most 15 characters, digits and a point: floats keep their order.

    Frictionless reads `007`, `1.` and `.5` as Arrow does; the sign, the exponent and the words are left to the form."""
    text = _text(column)
    if text is None or text.translate(None, NUMERIC) or pc.max(pc.binary_length(column)).as_py() > EXACT:
        return False
    try:
        column.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def days(column: pa.Array) -> bool:
    """Whether all cells are days of the calendar, YYYY-MM-DD, from the year 1000 on."""
    return _all_from(column, DAYS_FROM_1000)


def moments() -> Whole:
    """Whether all cells are moments in UTC, YYYY-MM-DDThh:mm:ssZ, from the year 1000 on."""
    shaped = one_width(MOMENT)
    return lambda column: shaped is not None and shaped(column) and _all_from(column, SECONDS_FROM_1000)


def _all_from(column: pa.Array, first: pa.Scalar) -> bool:
    try:
        values = column.cast(first.type)
    except pa.ArrowInvalid:
        return False
    return bool(pc.greater_equal(pc.min(values), first).as_py())


def _text_of_width(column: pa.Array, width: int) -> bytes | None:
    """All cells one after the other, None unless each has that many bytes."""
    text = _text(column)
    if text is None or len(text) != width * len(column) or (np.diff(_ends(column)) != width).any():
        return None
    return text


def _text(column: pa.Array) -> bytes | None:
    """All cells one after the other, None when there is none or one is null."""
    if not len(column) or column.null_count:
        return None
    start, end = int(_ends(column)[0]), int(_ends(column)[-1])
    return bytes(memoryview(column.buffers()[2])[start:end]) if end > start else b""  # no buffer of no bytes


def _ends(column: pa.Array) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Where the first cell begins and each ends in the column's bytes."""
    return np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]


def _places(nodes: Any) -> list[frozenset[int]] | None:
    """The class of each place of a pattern, None when its width is not fixed or it is not of plain classes."""
    places: list[frozenset[int]] = []
    for token, value in nodes or ():
        found: list[frozenset[int]] | None = None
        if token is tokens.AT:
            found = []
        elif token is tokens.LITERAL and value < 128:
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
