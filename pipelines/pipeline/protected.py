"""Counts that a package suppresses where they are small, as the sources of its tables have them.

Belongs here: which columns of a source such a count may be read from, so that no refusal of theirs quotes one. Does
not: suppressing (`privacy/counts.py`), refusals (`refusals.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.mapping.description import RowMapping, parse_mapping
from pipelines.schema import load_package
from pipelines.sources import Source


@dataclass(frozen=True)
class ProtectedColumns:
    """`by_part`: the columns of each part that a protected count may be read from, as its mappings name them."""

    by_part: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, project: Project, source: Source) -> ProtectedColumns:
        """Those of a source whose mapping was checked."""
        found: dict[str, set[str]] = {part.name: set() for part in source.parts}
        for part in source.parts:
            for raw in part.rows:
                mapping = parse_mapping({"join": part.join, **raw}, file=source.path, part=part.name)
                counts = _counts(project, mapping.table)
                for column in _read_for(mapping, counts):
                    found[part.name].add(column)
                    other, _, name = column.rpartition(".")
                    if other in found:
                        found[other].add(name)
        return cls({name: frozenset(columns) for name, columns in found.items()})

    def of_part(self, name: str) -> frozenset[str]:
        return self.by_part.get(name, frozenset())


def _counts(project: Project, key: str) -> frozenset[str]:
    """The fields of a table ("package/table") that contain protected counts. A package that cannot be read publishes
    nothing, and says so itself."""
    package, _, table = key.partition("/")
    try:
        protect = load_package(project.schemas, package).table(table).protect
    except (ArobaseError, KeyError):
        return frozenset()
    return frozenset(protect.counts) if protect else frozenset()


def _read_for(mapping: RowMapping, fields: frozenset[str]) -> Iterator[str]:
    """The columns that some fields are read from; of a cell or columns that become several rows, these too."""
    each = mapping.each
    read = [column for rule in mapping.fields if rule.field in fields for column in rule.columns]
    for look in mapping.readings:
        if fields.intersection(look.outputs.values()):
            read += look.inputs.values()
    for column in read:
        yield column
        if each and column.partition(".")[0] == each.value:
            yield from (each.column, *each.columns) if each.column else each.columns
