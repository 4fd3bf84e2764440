"""Validating rows one by one: Frictionless' `Row` and its errors, in the order in which its own stream gives them.

This is `TableResource.__open_row_stream` of frictionless 5.21 with two parts given from outside: which rows are read,
and what is known of their keys (`Integrity`), so that a few suspects can be validated at their true positions.
Belongs here: Frictionless on whole rows. Does not: which rows are suspect (`examine.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from pipelines.core.text import Said
from pipelines.validation.custom_checks import CustomCheck
from pipelines.validation.errors import SchemaUnusable

Cells = list[str]


@dataclass(frozen=True)
class ForeignGroup:
    """One foreign key of the table that is validated, in Frictionless' words."""

    source: str
    source_fields: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class KeyFields:
    """The keys of a table: unique fields in field order, the labels of the primary key, the foreign keys."""

    unique: tuple[str, ...]
    primary: tuple[str, ...]
    foreign: tuple[ForeignGroup, ...]

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.unique, *self.primary, *(name for group in self.foreign for name in group.fields)))


class Handlers:
    """What Frictionless' rows are read with, made when the first row is read: of most tables none ever is."""

    def __init__(self, fields: Sequence[Any], readers: Mapping[str, Any]) -> None:
        self._fields, self._readers = fields, readers

    @cached_property
    def made(self) -> dict[str, Any]:
        """Frictionless' handlers by the name of their field, with the readers that are given."""
        from frictionless.table import create_cell_handlers

        made = create_cell_handlers(list(self._fields))
        return {name: handler._replace(reader=self._readers[name]) for name, handler in made.items()}


class KnownHandlers(Handlers):
    """Handlers of rows whose refused cells are known: a cell that is neither refused nor missing is not read again.

    `refused`: the cells of each field; `missing`: what stands for a missing value; fields of neither are read.
    """

    def __init__(self, handlers: Handlers, refused: Mapping[str, Set[str]], missing: Mapping[str, Set[str]]) -> None:
        self._handlers, self._refused, self._missing = handlers, refused, missing

    @cached_property
    def made(self) -> dict[str, Any]:
        """The handlers by the name of their field."""
        made = dict(self._handlers.made)
        for name, missing in self._missing.items():
            read = _reader_of(made[name].reader, missing | self._refused.get(name, frozenset()))
            made[name] = made[name]._replace(reader=read)
        return made


def _reader_of(read: Any, asked: Set[str]) -> Any:
    return lambda cell: read(cell) if cell in asked else (cell, None)


class Integrity(Protocol):
    """What is known of keys. Every answer is the row number of the previous holder, or whether a parent has the key."""

    def previous_unique(self, field: str, value: Any, row: int) -> int | None: ...
    def previous_primary(self, values: tuple[Any, ...], row: int) -> int | None: ...
    def has_parent(self, group: int, values: tuple[Any, ...], row: int) -> bool: ...


class Remembered:
    """Keys remembered as the rows go by, as Frictionless does; `parents` contains the parents' values, one set a
    group."""

    def __init__(self, parents: Sequence[set[tuple[Any, ...]]]) -> None:
        self._unique: dict[str, dict[Any, int]] = {}
        self._primary: dict[tuple[Any, ...], int] = {}
        self._parents = parents

    def previous_unique(self, field: str, value: Any, row: int) -> int | None:
        seen = self._unique.setdefault(field, {})
        previous = seen.get(value)
        seen[value] = row
        return previous

    def previous_primary(self, values: tuple[Any, ...], row: int) -> int | None:
        previous = self._primary.get(values)
        self._primary[values] = row
        return previous

    def has_parent(self, group: int, values: tuple[Any, ...], row: int) -> bool:
        return values in self._parents[group]


def validate_rows(
    rows: Iterable[tuple[int, Cells]],
    handlers: Handlers,
    keys: KeyFields,
    integrity: Integrity,
    checks: Sequence[CustomCheck] = (),
) -> Iterator[tuple[int, Cells, list[Any]]]:
    """Row number, cells and Frictionless' errors of every row, in order; then those of custom checks.

    Raises `SchemaUnusable` when a key contains a list or an object.
    """
    from frictionless.table import Row

    for number, cells in rows:
        row = Row(cells, handlers=handlers.made, row_number=number)
        try:
            _compare_keys(row, number, keys, integrity)
        except TypeError as failure:  # lists and objects have no hash: Frictionless raises out of `validate`
            raise keys_not_comparable(sorted(keys.all), failure) from failure
        found = [error for check in checks if (error := check.error(row)) is not None]
        yield number, cells, [*row.errors, *found]


def _compare_keys(row: Any, number: int, keys: KeyFields, integrity: Integrity) -> None:
    """Append the errors of keys to `row.errors` where Frictionless appends them: the first one makes it read the whole
    row, and so fixes the order of the errors of its cells."""
    from frictionless import errors

    for name in keys.unique:
        value = row[name]
        if value is not None and (previous := integrity.previous_unique(name, value, number)):
            note = f"the same as in the row at position {previous}"
            row.errors.append(errors.UniqueError.from_row(row, note=note, field_name=name))
    if keys.primary:
        values = tuple(row[name] for name in keys.primary)
        if set(values) == {None}:
            note = 'cells composing the primary keys are all "None"'
            row.errors.append(errors.PrimaryKeyError.from_row(row, note=note))
        elif previous := integrity.previous_primary(values, number):
            note = f"the same as in the row at position {previous}"
            row.errors.append(errors.PrimaryKeyError.from_row(row, note=note))
    for index, group in enumerate(keys.foreign):
        values = tuple(row[name] for name in group.fields)
        if set(values) != {None} and not integrity.has_parent(index, values, number):
            row.errors.append(_orphan(row, group, values))


def keys_not_comparable(names: Sequence[str], error: TypeError) -> SchemaUnusable:
    """The error of a key that contains a list or an object."""
    expected = Said("une clé dont les valeurs se comparent", "a key whose values can be compared")
    return SchemaUnusable(place=", ".join(names), found=str(error), expected=expected)


def _orphan(row: Any, group: ForeignGroup, values: tuple[Any, ...]) -> Any:
    from frictionless import errors

    note = (
        f'for "{", ".join(group.fields)}": values "{", ".join(str(value) for value in values)}" '
        f'not found in the lookup table "{group.source}" as "{", ".join(group.source_fields)}"'
    )
    return errors.ForeignKeyError.from_row(
        row,
        note=note,
        field_names=list(group.fields),
        field_values=list(values),
        reference_name=group.source,
        reference_field_names=list(group.source_fields),
    )
