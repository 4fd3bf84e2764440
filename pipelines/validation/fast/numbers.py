"""Integers and numbers, as they are written in France or elsewhere: a decimal comma, groups of digits, a unit after.

Frictionless strips the cell, takes away what is not the number (`bareNumber: false`), then every `groupChar`, refuses a
point that is not the `decimalChar`, and gives the rest to `Decimal`. A cell of digits, signs, `decimalChar` and
`groupChar` alone is read here in the same steps, whole columns at a time. Bounds are compared as floats: they keep the
order of numbers of fifteen digits, and where longer ones come to equal a bound, nothing is proved.
Source: frictionless 5.21, fields/integer.py and number.py. Belongs here: numbers. Does not: years (`calendars.py`).
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.fast.cells import Cells, Mask, as_mask
from pipelines.validation.fast.proof import Check, whole

Values = np.ndarray[Any, Any]
Limits = tuple[tuple[Callable[[Any, Any], Any], int | float], ...]

FORMS = {
    "integer": r"-?[0-9]+",
    "number": r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)",
}
LONGEST = {"integer": 4000, "number": 300}  # characters: Python reads integers of 4,300 digits, floats end at 308
EXACT = 15  # digits that a float holds whatever they are
FITS = 18  # characters of an integer that 64 bits hold whatever they are
BOUNDS: dict[str, Callable[[Any, Any], Any]] = {
    "minimum": np.greater_equal,
    "maximum": np.less_equal,
    "exclusiveMinimum": np.greater,
    "exclusiveMaximum": np.less,
}
TARGETS = {"integer": pa.int64(), "number": pa.float64()}
ALLOWED = {"integer": b"0123456789-", "number": b"0123456789-."}
UNIT = r"[ !#$%&'()*/:;<=>?@A-Za-z\[\]^`{|}~\x{a0}\x{b0}\x{202f}\x{20ac}\x{a3}]*"  # no digit, sign, point or comma
BARE = re.compile(r"[^0-9A-Za-z+\-_.\x00-\x1f]")  # one character: two could be parted by the strip that comes first


def number_check(field: Any, limits: Mapping[str, Any]) -> Check | None:
    """The check of an integer or number field; None where its writing or its bounds are not known here."""
    kind = field.type
    bounds = _bounds(field, limits)
    point, group = ".", ""
    if kind == "number":
        point, group = field.decimal_char, field.group_char
        if point not in (".", ",", ";", "'") or (group and not _parts(group, point)):
            return None
    if bounds is None:
        return None
    is_bare = bool(field.bare_number)
    unit = whole(rf"{UNIT}-?[0-9](?:[^A-Za-z]*[0-9])?{UNIT}")

    def check(column: pa.Array) -> Mask | None:
        proved: Mask | None = None
        if not is_bare:
            proved = as_mask(pc.match_substring_regex(column, unit))
            column = pc.replace_substring_regex(column, r"\A[^\-0-9]*|[^0-9]*\z", "")
        column, pointless = _written(column, point, group)
        return _both(_both(proved, pointless), _within(column, kind, bounds))

    return check


def _within(column: pa.Array, kind: str, bounds: Limits) -> Mask | None:
    """Which cells, written plainly, are numbers within bounds; None: all are."""
    proved: Mask | None = None
    values = _whole_column(column, kind)
    lengths = Cells.of(column).lengths
    if values is None:
        longest = FITS if bounds and kind == "integer" else LONGEST[kind]
        proved = as_mask(pc.match_substring_regex(column, whole(FORMS[kind]))) & (lengths <= longest)
        if not bounds:
            return proved
        values = pc.if_else(pa.array(proved), column, pa.scalar("0")).cast(TARGETS[kind])
    for compare, limit in bounds:
        numbers = values.to_numpy()
        proved = _both(proved, compare(numbers, limit))
        if kind == "number" and lengths.max() > EXACT:
            proved = _both(proved, (numbers != limit) | (lengths <= EXACT))
    return proved


def canonical_integers(column: pa.Array) -> bool:
    """Whether all cells are integers in the one writing that stands for their value: no zero before, no `-0`.

    `column` may contain nulls."""
    column = column.drop_null()
    if not len(column) or _whole_column(column, "integer") is None:
        return False
    cells = Cells.of(column)
    first, length = cells.data[cells.ends[:-1]], cells.lengths
    is_signed = first == ord("-")
    leading = np.where(is_signed, cells.data[np.minimum(cells.ends[:-1] + 1, len(cells.data) - 1)], first)
    return not ((leading == ord("0")) & ((length > 1) | is_signed)).any()


def _written(column: pa.Array, point: str, group: str) -> tuple[pa.Array, Mask | None]:
    """The column without groups and with a point, and the mask of cells that had no point of their own (None: all)."""
    if group:
        column = pc.replace_substring(column, group, "")
    if point == ".":
        return column, None
    cells = Cells.of(column)
    text = cells.data.tobytes()
    if b"." in text:
        pointless = as_mask(pc.invert(pc.match_substring(column, ".")))
        return pc.replace_substring(column, point, "."), pointless
    translated = text.translate(bytes.maketrans(point.encode(), b"."))
    return Cells(np.frombuffer(translated, np.uint8), cells.ends).column(), None


def _whole_column(column: pa.Array, kind: str) -> pa.Array | None:
    """The values of a column whose cells all are plain and short, None when one is not."""
    cells = Cells.of(column)
    if not len(cells.data) or cells.lengths.max() > FITS or cells.data.tobytes().translate(None, ALLOWED[kind]):
        return None
    try:
        return column.cast(TARGETS[kind])
    except pa.ArrowInvalid:
        return None


def _bounds(field: Any, limits: Mapping[str, Any]) -> Limits | None:
    """The bounds as Frictionless reads them; None when one is no plain number: then its reader compares."""
    read = field.create_value_reader()
    bounds = []
    for name, written in limits.items():
        value = read(written)
        exact = value if field.type == "integer" else _exact(value)
        if not isinstance(exact, (int, float)) or abs(exact) >= 1 << 62:
            return None
        bounds.append((BOUNDS[name], exact))
    return tuple(bounds)


def _exact(value: Any) -> float | None:
    """A bound as a float that is ordered among numbers of fifteen digits as the bound is, None when it is not."""
    if isinstance(value, bool) or not isinstance(value, (int, float, decimal.Decimal)):
        return None
    number = decimal.Decimal(repr(value)) if isinstance(value, float) else decimal.Decimal(value)
    if not number.is_finite() or len(number.as_tuple().digits) > EXACT or not -EXACT <= number.adjusted() <= EXACT:
        return None if number else 0.0
    return float(number)


def _parts(group: str, point: str) -> bool:
    """Whether taking `group` away changes no digit, sign or point of a number."""
    return BARE.fullmatch(group) is not None and point not in group


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
