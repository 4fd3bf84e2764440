"""Frictionless' own cell readers, guarded where Frictionless itself raises instead of validating.

Some of its failures are not ours: a signalling NaN compared with a bound or used in a key, a time or a date-time
without an offset compared with a bound that has one (or the other way round), and whatever else makes its reader raise
out of `validate`. They are reported as a type error of the cell.
Belongs here: asking Frictionless about one cell. Does not: deciding without it (`fast/`).
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pipelines.core.text import Said
from pipelines.validation.errors import CannotValidate, SchemaUnusable
from pipelines.validation.fast.pattern_clock import TimedPattern
from pipelines.validation.fast.patterns import may_explode

Notes = Mapping[str, str] | None
Reading = Callable[[Any], tuple[Any, dict[str, str] | None]]

NEVER_RAISE = ("any", "boolean", "year", "date")  # types whose readers answer about every cell
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


class Reader:
    """Frictionless' reader of a field: cell → (value, notes by constraint or None)."""

    def __init__(self, read: Reading, prepare: Callable[[Iterable[str]], None] | None = None) -> None:
        self._read, self._prepare = read, prepare

    def __call__(self, cell: Any) -> tuple[Any, dict[str, str] | None]:
        return self._read(cell)

    def prepare(self, cells: Iterable[str]) -> None:
        """Many cells will be read: what can be found out about all of them at once is."""
        if self._prepare is not None:
            self._prepare(cells)


def guarded_reader(field: Any, *, is_key: bool) -> Reader:
    """Frictionless' reader of a field: cell → (value, notes by constraint or None).

    `is_key`: the field takes part in a key, so that its values are compared. Raises `SchemaUnusable` when a constraint
    is not one; so does the reader when a cell meets a bound that is no value of its field.
    Source: frictionless 5.21, schema/field.py.
    """
    broken = _broken_bound(field)
    try:
        reader = _clocked_reader(field) or _clocked_items(field) or Reader(field.create_cell_reader())
    except Exception as error:
        raise SchemaUnusable(
            place=field.name,
            found=f"{type(error).__name__}: {error}",
            expected=Said("des contraintes lisibles", "constraints that can be read"),
        ) from error
    if broken is None and (field.type in NEVER_RAISE or (field.type, field.format) == ("string", "default")):
        return reader
    note = {"type": f'type is "{field.type}/{field.format}"'}

    def read(cell: Any) -> tuple[Any, dict[str, str] | None]:
        try:
            value, notes = reader(cell)
        except CannotValidate:
            raise
        except Exception:  # noqa: BLE001 - whatever Frictionless lets out, on this cell
            if broken is not None:
                raise broken from None
            return None, dict(note)  # the reader raised on this cell: it is no value of the field
        if is_key and isinstance(value, decimal.Decimal) and value.is_snan():
            return None, dict(note)
        return value, notes

    return Reader(read, reader.prepare)


def _clocked_reader(field: Any) -> Reader | None:
    """The reader of a field whose pattern may take for ever, matched by RE2 or under a clock; None for the others."""
    pattern = field.constraints.get("pattern")
    if field.type != "string" or not pattern or not may_explode(pattern):
        return None
    plain = field.to_copy()
    plain.schema = field.schema
    plain.constraints = {name: value for name, value in field.constraints.items() if name != "pattern"}
    reader, validate = plain.create_cell_reader(), TimedPattern(field.name, pattern)

    def read(cell: Any) -> tuple[Any, dict[str, str] | None]:
        value, notes = reader(cell)
        if value is None or (notes and "type" in notes) or validate.matches(value):
            return value, notes
        found = {**(notes or {}), "pattern": f'constraint "pattern" is "{pattern}"'}
        return value, {name: found[name] for name in field.supported_constraints if name in found}

    return Reader(read, validate.prepare)


def _clocked_items(field: Any) -> Reader | None:
    """The reader of an array whose items have a pattern that may take for ever; None for the others.

    Source: frictionless 5.21, fields/array.py.
    """
    if field.type != "array" or not field.array_item:
        return None
    from frictionless import Field

    described = {"name": field.name, "type": "any", **field.array_item}
    described.pop("arrayItem", None)
    item = _clocked_reader(Field.from_descriptor(described))
    if item is None:
        return None
    whole = field.to_copy()
    whole.schema, whole.array_item = field.schema, {}
    reader = whole.create_cell_reader()

    def read(cell: Any) -> tuple[Any, dict[str, str] | None]:
        value, notes = reader(cell)
        if value is None or notes:
            return value, notes
        read_items = [item(part) for part in value]
        found = {name: f"array item {note}" for _, refused in read_items for name, note in (refused or {}).items()}
        return [part for part, _ in read_items], found or None

    def prepare(cells: Iterable[str]) -> None:
        values = [reader(cell)[0] for cell in cells]
        item.prepare(part for value in values for part in value or () if isinstance(part, str))

    return Reader(read, prepare)


def _broken_bound(field: Any) -> SchemaUnusable | None:
    """What is wrong with a bound that is no value of its field: Frictionless raises when it first compares with it."""
    read = field.create_value_reader()
    for name in BOUNDS:
        bound = field.constraints.get(name)
        if bound is None or name not in field.supported_constraints:
            continue
        value = read(bound)
        if value is None or (isinstance(value, decimal.Decimal) and value.is_snan()):
            return SchemaUnusable(place=f"{field.name}.constraints.{name}", found=repr(bound), expected=field.type)
    return None
