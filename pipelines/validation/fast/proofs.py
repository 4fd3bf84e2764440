"""From a field of a Table Schema to its proof.

A proof accepts a subset of what Frictionless accepts. What it does not accept is not wrong, it is not proved:
`columns.py` then asks Frictionless' own reader. Source: frictionless 5.21, schema/field.py and fields/*.py.
Belongs here: which module proves which type. Does not: any form, rows, keys, or asking Frictionless.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipelines.validation.fast.calendars import calendar_check
from pipelines.validation.fast.numbers import BOUNDS, number_check
from pipelines.validation.fast.places import duration_check, point_check
from pipelines.validation.fast.proof import Check, Proof, one_of
from pipelines.validation.fast.texts import text_proof

PROVABLE = {"required", "unique", "enum", "pattern", "minLength", "maxLength", *BOUNDS}
CALENDAR = ("date", "datetime", "time", "year", "yearmonth")


def compile_proof(field: Any) -> Proof | None:
    """The proof of a Frictionless field, or None: then every distinct cell is asked of Frictionless."""
    constraints = {key: value for key, value in field.constraints.items() if value is not None}
    if set(constraints) - PROVABLE:
        return None
    try:
        return _compile(field, constraints)
    except pa.ArrowInvalid:  # a pattern that RE2 finds too large
        return None


def _compile(field: Any, constraints: Mapping[str, Any]) -> Proof | None:
    if field.type == "string":
        return text_proof(field, constraints)
    if field.type == "boolean":
        return _words(field, [*field.true_values, *field.false_values])
    if "enum" in constraints:
        return _words(field, [word if isinstance(word, str) else str(word) for word in constraints["enum"]])
    limits = {name: constraints[name] for name in BOUNDS if name in constraints}
    check: Check | None = None
    if field.type == "any":
        return Proof(is_quick=True, is_canonical=True)
    if field.type in ("integer", "number"):
        check = number_check(field, limits)
    elif field.type in CALENDAR:
        check = calendar_check(field, limits)
    elif field.type == "geopoint":
        check = point_check(field)
    elif field.type == "duration":
        check = duration_check(field)
    if check is None:
        return None
    is_canonical = field.type == "date" and field.format == "default"
    return Proof((check,), is_quick=field.type in CALENDAR, is_canonical=is_canonical)


def _words(field: Any, words: list[str]) -> Proof | None:
    """The proof of a field that has few cells: those of its words that Frictionless' reader accepts."""
    read = field.create_cell_reader()
    accepted = [word for word in dict.fromkeys(words) if _accepts(read, word)]
    return Proof((one_of(accepted),), is_quick=True) if accepted else None


def _accepts(read: Any, word: str) -> bool:
    try:
        value, notes = read(word)
    except Exception:  # noqa: BLE001 - whatever the reader lets out, it did not accept the word
        return False
    return value is not None and not notes
