"""Proofs: which cells of a text column are certainly valid, decided in compiled code.

A proof accepts a subset of what Frictionless accepts, in the canonical forms of Table Schema. What it does not accept
is not wrong, it is not proved: `columns.py` then asks Frictionless' own reader. Source: frictionless 5.21, fields/*.py.
Belongs here: one field → one proof. Does not: rows, keys, or asking Frictionless.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.fast.patterns import subset_in_re2
from pipelines.validation.fast.quick import Whole, days, moments, numbers, one_width

Check = Callable[[pa.Array], Any]  # text column → boolean mask of the same length, or None: every cell passes

DAY = (
    r"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13578]|1[02])-(?:29|30|31)|(?:0[469]|11)-(?:29|30))"
)
# Each form is a subset of what Frictionless reads, of a width or a length that makes its order safe to compare.
FORMS = {
    "integer": r"-?[1-9][0-9]{0,17}|0",  # fits 64 bits; one text a value
    "number": r"-?(?:(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,8})?|[1-9][0-9]{0,14})",  # 15 digits: floats keep their order
    "date": DAY,  # ten characters: the order of texts is the order of dates
    "datetime": DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z",
    "year": r"[0-9]{4}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
BOUNDS: dict[str, Callable[[Any, Any], Any]] = {
    "minimum": pc.greater_equal,
    "maximum": pc.less_equal,
    "exclusiveMinimum": pc.greater,
    "exclusiveMaximum": pc.less,
}
PROVABLE = {"required", "unique", "enum", "pattern", "minLength", "maxLength", *BOUNDS}


@dataclass(frozen=True)
class Bounds:
    """Bounds on canonical cells: how their texts become comparable, and what they are compared with."""

    comparable: pa.DataType | None  # None: texts are compared as they are
    limits: tuple[tuple[Callable[[Any, Any], Any], pa.Scalar], ...]


@dataclass(frozen=True)
class Proof:
    """All checks of one field. `prove` never looks at missing values: the caller knows what is missing."""

    checks: tuple[Check, ...]
    bounds: Bounds | None = None
    is_quick: bool = False  # quicker than looking for the distinct cells of a column that repeats itself

    def prove(self, column: pa.Array) -> pa.Array | None:
        """The mask of proved cells, or None when all of them are."""
        proved: pa.Array | None = None
        for check in self.checks:
            mask = check(column)
            proved = mask if proved is None else proved if mask is None else pc.and_(proved, mask)
        if proved is not None and pc.min(proved).as_py() is not False:
            proved = None
        if self.bounds is None:
            return proved
        cells = column if proved is None else pc.if_else(proved, column, pa.scalar(None, pa.string()))
        values = cells if self.bounds.comparable is None else cells.cast(self.bounds.comparable)
        for compare, limit in self.bounds.limits:
            within = pc.fill_null(compare(values, limit), False)
            proved = within if proved is None else pc.and_(proved, within)
        return proved


def compile_proof(field: Any) -> Proof | None:
    """The proof of a Frictionless field, or None: then every distinct cell is asked of Frictionless."""
    constraints = {key: value for key, value in field.constraints.items() if value is not None}
    if set(constraints) - PROVABLE:
        return None
    if field.type == "string":
        return _string(field, constraints)
    if field.type == "any":
        return None if "enum" in constraints else Proof(())
    if field.type == "boolean":
        words = pa.array([*field.true_values, *field.false_values], pa.string())
        return None if "enum" in constraints else Proof((lambda column: pc.is_in(column, words),))
    if field.type in ("integer", "number", "date", "datetime", "year"):
        return _ordered(field, constraints)
    return None


def whole(form: str) -> str:
    """A form as an RE2 pattern of the whole cell; `\\z`, unlike `$`, allows no newline after it."""
    return rf"\A(?:{form})\z"


def matching(pattern: str, quick: Whole | None = None) -> Check:
    """The check that a cell matches an RE2 pattern; `quick` is tried first, it says yes only when all cells do."""
    if quick is None:
        return lambda column: pc.match_substring_regex(column, pattern)
    return lambda column: None if quick(column) else pc.match_substring_regex(column, pattern)


def _string(field: Any, constraints: dict[str, Any]) -> Proof | None:
    checks: list[Check] = []
    if field.format == "uuid":
        checks.append(matching(whole(FORMS["uuid"]), one_width(FORMS["uuid"])))
    elif field.format != "default":
        return None
    if "pattern" in constraints:
        translated = subset_in_re2(constraints["pattern"])
        if translated is None:
            return None
        checks.append(matching(translated, one_width(constraints["pattern"])))
    if "maxLength" in constraints:
        checks.append(_at_most(constraints["maxLength"]))
    if "minLength" in constraints:
        checks.append(_at_least(constraints["minLength"]))
    if "enum" in constraints:
        words = pa.array([value for value in constraints["enum"] if isinstance(value, str)], pa.string())
        checks.append(lambda column: pc.is_in(column, words))
    return Proof(tuple(checks))


def _at_most(longest: int) -> Check:
    def check(column: pa.Array) -> Any:
        if (pc.max(pc.binary_length(column)).as_py() or 0) <= longest:
            return None  # no cell has more bytes than that, and so none has more characters
        return pc.less_equal(pc.utf8_length(column), longest)

    return check


def _at_least(shortest: int) -> Check:
    return lambda column: pc.greater_equal(pc.utf8_length(column), shortest)


def _ordered(field: Any, constraints: dict[str, Any]) -> Proof | None:
    if "enum" in constraints or field.format != "default":
        return None
    if field.type in ("integer", "number") and not field.bare_number:
        return None
    if field.type == "number" and (field.float_number or field.decimal_char != "." or field.group_char):
        return None
    bounds = None
    limits = {name: str(constraints[name]) for name in BOUNDS if name in constraints}
    if limits:
        if not all(re.fullmatch(FORMS[field.type], limit) for limit in limits.values()):
            return None
        comparable = {"integer": pa.int64(), "number": pa.float64()}.get(field.type)
        bounds = Bounds(
            comparable,
            tuple(
                (BOUNDS[name], pa.scalar(limit).cast(comparable) if comparable else pa.scalar(limit))
                for name, limit in limits.items()
            ),
        )
    quick = {"date": days, "datetime": moments(), "number": numbers}.get(field.type)
    return Proof((matching(whole(FORMS[field.type]), quick),), bounds, is_quick=field.type == "date")
