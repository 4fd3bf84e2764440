"""Parent tables: the tables that foreign keys refer to, opened and read once a key.

Belongs here: from what the caller gave to sets of keys. Does not: looking keys up (`references.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from pipelines.validation.blocks import Block
from pipelines.validation.cutter import NotPlain
from pipelines.validation.errors import ReferenceMissing, ReferenceNotTable
from pipelines.validation.hosting import check_scheme
from pipelines.validation.inputs import (
    Reading,
    SchemaLike,
    descriptor_of,
    frictionless_resource,
    local_file,
    readable_files,
    text_columns,
    unchanged,
    without_foreign_keys,
)
from pipelines.validation.keys import texts_of
from pipelines.validation.keytext import KINDS, NotComparable, comparable
from pipelines.validation.opening import Case, compile_case
from pipelines.validation.references import ParentKeys
from pipelines.validation.row_validation import KeyFields, keys_not_comparable

Parent: TypeAlias = (
    Path | pa.Table | tuple[Path | pa.Table, SchemaLike] | tuple[Path | pa.Table, SchemaLike, Reading] | Any
)
OF_MEMORY = 4  # the keys of all parents take that part of the memory, before they are put on disk
ReferredKey = tuple[str, tuple[str, ...]]  # table ("" for the table itself) and fields


class Parents(ABC):
    """The tables that one table refers to. `descriptor`: its Table Schema; `memory`: what the validation may take."""

    descriptor: Mapping[str, Any]
    memory: int

    def keys(self, foreign_keys: Sequence[Mapping[str, Any]]) -> dict[ReferredKey, ParentKeys]:
        """The key texts of every key that is referred to. Raises `NotComparable`, `ReferenceMissing`."""
        found: dict[ReferredKey, ParentKeys] = {}
        budget = self.memory // OF_MEMORY // max(1, len({_referred(foreign) for foreign in foreign_keys}))
        for foreign in foreign_keys:
            key = _referred(foreign)
            if key not in found:
                with self.opened(foreign) as case:
                    found[key] = _key_texts(case, key[1], budget, self.memory)
        return found

    def values(self, foreign_keys: Sequence[Mapping[str, Any]]) -> dict[ReferredKey, set[tuple[Any, ...]]]:
        """The same as Python values, for keys that texts cannot stand for."""
        found: dict[ReferredKey, set[tuple[Any, ...]]] = {}
        for foreign in foreign_keys:
            key = _referred(foreign)
            if key not in found:
                with self.opened(foreign) as case:
                    found[key] = _value_set(case, key[1])
        return found

    @abstractmethod
    def opened(self, foreign: Mapping[str, Any]) -> AbstractContextManager[Case]:
        """The table that a foreign key refers to, open."""


@dataclass(frozen=True)
class GivenParents(Parents):
    """Tables by name, and the table that is validated, for references to itself."""

    given: Mapping[str, Any]  # of `Parent`
    validated: Path | pa.Table
    descriptor: Mapping[str, Any]
    reading: Reading
    memory: int

    @contextmanager
    def opened(self, foreign: Mapping[str, Any]) -> Iterator[Case]:
        table, fields = _referred(foreign)
        if is_resource(self.given.get(table)):
            with _opened_copy(self.given[table], fields) as case:
                yield case
            return
        source, descriptor = self._find(table, fields, foreign)
        descriptor = without_foreign_keys(descriptor)
        # The table itself may have types: it is validated as their text, whatever column its rows refer to.
        text = source if isinstance(source, Path) else text_columns(source, descriptor, typed=not table)
        given = self.given.get(table)
        reading = given[2] if isinstance(given, tuple) and len(given) == 3 else Reading()
        reading = self.reading if not table else reading
        with frictionless_resource(text, descriptor, reading) as resource, resource:
            yield compile_case(text, resource, _referred_fields(resource, fields))

    def _find(
        self, table: str, fields: tuple[str, ...], foreign: Mapping[str, Any]
    ) -> tuple[Path | pa.Table, dict[str, Any]]:
        if not table:
            return self.validated, descriptor_of(self.descriptor)
        given = self.given.get(table)
        if given is None:
            found = ", ".join(sorted(self.given)) or "-"
            raise ReferenceMissing(fields=", ".join(foreign["fields"]), table=table, found=found)
        if isinstance(given, tuple):
            return given[0], descriptor_of(given[1])
        # Without a schema of its own, a parent's columns are read as the fields that refer to them.
        types = {field["name"]: field.get("type", "string") for field in self.descriptor["fields"]}
        described = [{"name": its, "type": types[own]} for own, its in zip(foreign["fields"], fields, strict=True)]
        return given, {"fields": described, "fieldsMatch": "subset"}


@dataclass(frozen=True)
class ResourceParents(Parents):
    """The tables of the Data Package that a resource is of, each read as the package says. `resource`: its own."""

    resource: Any
    descriptor: Mapping[str, Any]
    memory: int

    @contextmanager
    def opened(self, foreign: Mapping[str, Any]) -> Iterator[Case]:
        table, fields = _referred(foreign)
        with _opened_copy(self._find(table), fields) as case:
            yield case

    def _find(self, table: str) -> Any:
        """Frictionless' resource. Source: frictionless 5.21, resources/table.py, `open_lookup`."""
        from frictionless import FrictionlessException, errors

        mine = self.resource
        if not table or table == mine.name:
            return mine
        if mine.package is None:  # the description of a resource, in a file of its own
            note = 'package is required for foreign keys to other resources: "{fk}"'  # its own words, braces and all
            raise FrictionlessException(errors.ResourceError(note=note))
        if not mine.package.has_resource(table):
            note = f'failed to handle a foreign key for resource "{mine.name}" as resource "{table}" does not exist'
            raise FrictionlessException(errors.ResourceError(note=note))
        return mine.package.get_resource(table)


def is_resource(given: Any) -> bool:
    """Whether a parent was given as a resource of Frictionless."""
    from frictionless import Resource

    return isinstance(given, Resource)


@contextmanager
def _opened_copy(resource: Any, fields: tuple[str, ...]) -> Iterator[Case]:
    """A resource of a package, opened for the fields of a key. Raises `ReferenceNotTable`."""
    from frictionless.resources import TableResource

    check_scheme(resource)
    copy = resource.to_copy()
    if not isinstance(copy, TableResource):
        with copy:  # Frictionless opens it first
            raise ReferenceNotTable(table=resource.name, place=resource.place)
    if copy.schema:
        copy.schema.foreign_keys = []
    file = local_file(copy)
    with unchanged(readable_files(copy), are_declared=True), copy:
        yield compile_case(file, copy, _referred_fields(copy, fields))


def _referred_fields(resource: Any, fields: tuple[str, ...]) -> KeyFields:
    """The fields of a key that an open parent has, as a key of it: their values are compared."""
    known = {field.name for field in resource.header.get_expected_fields()}
    return KeyFields((), tuple(name for name in fields if name in known), ())


def _referred(foreign: Mapping[str, Any]) -> ReferredKey:
    return foreign["reference"]["resource"], tuple(foreign["reference"]["fields"])


def _places(case: Case, fields: tuple[str, ...]) -> list[int | None]:
    """Where the fields of the key are in the data; None for one that it lacks, whose values are then None."""
    names = [field.name for field in case.fields]
    return [names.index(name) if name in names else None for name in fields]


def _key_texts(case: Case, fields: tuple[str, ...], budget: int, memory: int) -> ParentKeys:
    places = _places(case, fields)
    if not case.provable or not all(place is None or comparable(case.fields[place]) for place in places):
        raise NotComparable("parent")
    kinds = tuple("absent" if place is None else KINDS[case.fields[place].type] for place in places)
    wanted = {place for place in places if place is not None}

    def texts(block: Block) -> list[pa.Array]:
        found = texts_of(case.columns, block.columns, wanted)
        return [pa.nulls(len(block), pa.string()) if place is None else found[place] for place in places]

    for source in (case.source(None, memory), case.stream()):
        keys = ParentKeys(kinds, budget)
        try:
            for _, part in source.examined(texts):
                keys.add(part)
        except NotPlain:
            continue
        if source.failure is not None:
            from frictionless import FrictionlessException

            raise FrictionlessException(source.failure)
        keys.close()
        return keys
    raise NotPlain("a stream is always plain")


def _value_set(case: Case, fields: tuple[str, ...]) -> set[tuple[Any, ...]]:
    try:
        return {values for values in _values(case, fields) if set(values) != {None}}
    except TypeError as error:
        raise keys_not_comparable(fields, error) from error


def _values(case: Case, fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    places = _places(case, fields)
    # What is remembered of cells is distinguished by equality, as texts are: typed cells (1, True, 1.0, lists) are not.
    readers = [column.read if case.is_text else column.reader for column in case.columns]
    for _, cells in case.rows():
        yield tuple(
            None if place is None or place >= len(cells) else readers[place](cells[place])[0] for place in places
        )
