"""Key texts: one text per value, so that keys can be compared as text.

Frictionless compares the values that it reads: 1 = 01 = +1 = 1.0, Z = +01:00 shifted, null = null in a primary key.
Each value gets one canonical text; canonical cells, by far the most, are their own. Belongs here: a cell or a value →
its key text. Does not: comparing keys (`keys.py`).
"""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.columns import Column
from pipelines.validation.fast.numbers import canonical_integers
from pipelines.validation.fast.proof import whole
from pipelines.validation.fast.texts import UUID

# Which values can be equal across types: Python compares True, 1 and Decimal("1.0") as equal, and no text to a number.
KINDS = {
    "integer": "number",
    "number": "number",
    "year": "number",
    "boolean": "number",
    "string": "text",
    "any": "text",
    "date": "date",
    "datetime": "datetime",
}
DAY = (
    r"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13578]|1[02])-(?:29|30|31)|(?:0[469]|11)-(?:29|30))"
)
OWN_TEXT = {
    "any": r"(?s:.*)",
    "integer": r"-?[1-9][0-9]{0,17}|0",
    "number": r"-?[1-9][0-9]{0,17}|0|-?(?:0|[1-9][0-9]{0,14})\.[0-9]{0,11}[1-9]",
    "year": r"[1-9][0-9]{3}",
    "date": DAY,
    "datetime": DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
}
ANY_TEXT = OWN_TEXT["any"]
PLAIN_NUMBER = r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?"  # whose key text is made without reading the value
PLAIN = 30  # digits on either side of the point that are written out; beyond, an exponent


class NotComparable(Exception):
    """A key contains values that texts cannot stand for: let Frictionless compare them."""


def comparable(field: Any) -> bool:
    """Whether key texts can stand for the values of a field."""
    return field.type in KINDS and not (field.type == "string" and field.format == "binary")


def own_form(field: Any) -> str | None:
    """The form of the cells that are their own key text, None when every cell has to be read."""
    if field.type == "string":
        return {"default": ANY_TEXT, "uuid": UUID}.get(field.format)
    if field.format != "default" or not getattr(field, "bare_number", True):
        return None
    if field.type == "number" and (field.float_number or field.decimal_char != "." or field.group_char):
        return None
    return OWN_TEXT.get(field.type)


def key_texts(column: Column, cells: pa.Array, *, is_proved: bool = False) -> pa.Array:
    """The key text of each cell, null where Frictionless reads None: missing cells, and those of another type.

    `cells` may contain nulls, for the cells that a ragged row lacks. `is_proved`: the column's proof covers all
    that are not missing, and is not tried again where proved cells are their own key texts. Raises `NotComparable` on a
    NaN.
    """
    missing = pc.fill_null(column.blank(cells), True)
    some_missing = pc.any(missing).as_py()
    texts = pc.if_else(missing, pa.scalar(None, pa.string()), cells) if some_missing else cells
    form = own_form(column.field)
    is_own = form == ANY_TEXT or (is_proved and column.proof is not None and column.proof.is_canonical)
    if is_own or (column.field.type == "integer" and form is not None and canonical_integers(texts)):
        return texts
    if form is not None and pc.all(pc.match_substring_regex(texts, whole(form))).as_py() is not False:
        return texts
    if form is None or column.field.type != "number":
        return _read(column, texts)
    plain = pc.fill_null(pc.match_substring_regex(texts, whole(PLAIN_NUMBER)), True)
    numbers = _numbers(texts)
    rest = pc.invert(plain)
    return pc.replace_with_mask(numbers, rest, _read(column, texts.filter(rest))) if pc.any(rest).as_py() else numbers


def _read(column: Column, texts: pa.Array) -> pa.Array:
    """What Frictionless reads in each text, each distinct one read once."""
    encoded = texts.dictionary_encode()
    read = pa.array([_text(column, cell) for cell in encoded.dictionary.to_pylist()], pa.string())
    return read.take(encoded.indices)


def _numbers(texts: pa.Array) -> pa.Array:
    """Plain numbers as `_number` writes them: no zeros at the end of decimals, one zero."""
    shortened = pc.replace_substring_regex(texts, r"\A(-?[0-9]+)(?:\.0+|(\.[0-9]*[1-9])0+)\z", r"\1\2")
    return pc.if_else(pc.equal(shortened, "-0"), "0", shortened)


def _text(column: Column, cell: str) -> str | None:
    value = column.read(cell)[0]
    return None if value is None else value_text(value)


def value_text(value: Any) -> str:
    """The canonical text of a value that Frictionless read. Raises `NotComparable`."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        return _instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (int, float, decimal.Decimal)):
        return _number(value)
    raise NotComparable(type(value).__name__)


def _instant(value: datetime.datetime) -> str:
    offset = value.utcoffset()
    if offset is None:
        return "local " + value.isoformat()
    try:
        instant = value.replace(tzinfo=None) - offset
    except OverflowError as error:
        raise NotComparable("date out of range") from error
    return instant.isoformat() + "Z"


def _number(value: int | float | decimal.Decimal) -> str:
    if isinstance(value, int):
        return str(int(value)) if abs(value) < 10**PLAIN else _number(decimal.Decimal(value))
    number = decimal.Decimal(value)
    if number.is_nan():
        raise NotComparable("NaN")
    if number.is_infinite() or not number:
        return str(number) if number else "0"
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise NotComparable(str(number))
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    exponent += len(text) - len(stripped)
    minus = "-" if sign else ""
    if exponent >= 0 and len(stripped) + exponent <= PLAIN:
        return minus + stripped + "0" * exponent
    if -PLAIN <= exponent < 0 and len(stripped) <= PLAIN:
        padded = stripped.rjust(1 - exponent, "0")
        return f"{minus}{padded[:exponent]}.{padded[exponent:]}"
    return f"{minus}{stripped}e{exponent}"
