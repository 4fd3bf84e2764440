"""Parent tables: the tables that foreign keys refer to, opened and read once a key.

Belongs here: from what the caller gave to sets of keys. Does not: looking keys up (`references.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from pipelines.validation.blocks import Block
from pipelines.validation.cutter import NotPlain
from pipelines.validation.errors import ReferenceMissing
from pipelines.validation.inputs import (
    Reading,
    SchemaLike,
    descriptor_of,
    frictionless_resource,
    text_columns,
    without_foreign_keys,
)
from pipelines.validation.keys import texts_of
from pipelines.validation.keytext import KINDS, NotComparable, comparable
from pipelines.validation.opening import Case, compile_case, table_schema
from pipelines.validation.references import ParentKeys

Parent: TypeAlias = Path | pa.Table | tuple[Path | pa.Table, SchemaLike]
ReferredKey = tuple[str, tuple[str, ...]]  # table ("" for the table itself) and fields


@dataclass(frozen=True)
class Parents:
    """What the caller gave: tables by name, and the table that is judged, for references to itself."""

    given: Mapping[str, Any]  # of `Parent`
    judged: Path | pa.Table
    descriptor: Mapping[str, Any]
    reading: Reading
    budget: int

    def keys(self, schema: Any) -> dict[ReferredKey, ParentKeys]:
        """The key texts of every key that the schema refers to. Raises `NotComparable`, `ReferenceMissing`."""
        found: dict[ReferredKey, ParentKeys] = {}
        for foreign in schema.foreign_keys:
            key = _referred(foreign)
            if key not in found:
                with self._opened(foreign) as case:
                    found[key] = _key_texts(case, key[1], self.budget)
        return found

    def values(self, schema: Any) -> dict[ReferredKey, set[tuple[Any, ...]]]:
        """The same as Python values, for keys that texts cannot stand for."""
        found: dict[ReferredKey, set[tuple[Any, ...]]] = {}
        for foreign in schema.foreign_keys:
            key = _referred(foreign)
            if key not in found:
                with self._opened(foreign) as case:
                    found[key] = {values for values in _values(case, key[1]) if set(values) != {None}}
        return found

    @contextmanager
    def _opened(self, foreign: Mapping[str, Any]) -> Iterator[Case]:
        table, fields = _referred(foreign)
        source, descriptor = self._find(table, fields, foreign)
        descriptor = without_foreign_keys(descriptor)
        text = source if isinstance(source, Path) else text_columns(source, descriptor)
        reading = self.reading if not table else Reading()
        with frictionless_resource(text, descriptor, reading) as resource, resource:
            described = [field["name"] for field in descriptor["fields"]]
            keyed = {**descriptor, "primaryKey": [name for name in fields if name in described]}
            yield compile_case(text, resource, table_schema(keyed))

    def _find(
        self, table: str, fields: tuple[str, ...], foreign: Mapping[str, Any]
    ) -> tuple[Path | pa.Table, dict[str, Any]]:
        if not table:
            return self.judged, descriptor_of(self.descriptor)
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


def _referred(foreign: Mapping[str, Any]) -> ReferredKey:
    return foreign["reference"]["resource"], tuple(foreign["reference"]["fields"])


def _places(case: Case, fields: tuple[str, ...]) -> list[int | None]:
    """Where the fields of the key stand in the data; None for one that it lacks, whose values are then None."""
    names = [field.name for field in case.fields]
    return [names.index(name) if name in names else None for name in fields]


def _key_texts(case: Case, fields: tuple[str, ...], budget: int) -> ParentKeys:
    places = _places(case, fields)
    if not case.provable or not all(place is None or comparable(case.fields[place]) for place in places):
        raise NotComparable("parent")
    kinds = tuple("absent" if place is None else KINDS[case.fields[place].type] for place in places)
    wanted = {place for place in places if place is not None}

    def texts(block: Block) -> list[pa.Array]:
        found = texts_of(case.columns, block.columns, wanted)
        return [pa.nulls(len(block), pa.string()) if place is None else found[place] for place in places]

    for source in (case.source(None), case.stream()):
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


def _values(case: Case, fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    places = _places(case, fields)
    for _, cells in case.rows():
        yield tuple(
            None if place is None or place >= len(cells) else case.columns[place].read(cells[place])[0]
            for place in places
        )
