"""A source's mappings checked against what exists, before any record is asked for.

Belongs here: converters, readings, tables and columns that a mapping names and nobody knows. Does not: the records,
which may lack a column that everybody knows (`formats/`).
"""

from __future__ import annotations

import re

from pipelines.core.lined_yaml import LinedDocument, parse
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.formats.header import columns_joined, columns_read
from pipelines.mapping.description import RowMapping, parse_mapping
from pipelines.mapping.errors import MappingColumnUnknown, MappingError
from pipelines.schema import TableSchema, load_incoming, load_table
from pipelines.sources import Part, Source

_KEYS = re.compile(r"[^.\[\] ]+")


def check_mapping(source: Source, project: Project) -> None:
    """Hold the mappings of a source against converters, readings, tables, and the schemas of its incoming records.

    Raises `MappingError`, `MappingColumnUnknown`, with the line of the source's file, and what loading a schema raises.
    """
    for part in source.parts:
        for index, raw in enumerate(part.rows):
            try:
                mapping = parse_mapping({"join": part.join, **raw}, file=source.path, part=part.name)
                target_of(mapping, project, file=source.path, part=part.name)
            except MappingError as error:
                raise _with_line(error, source, part, index, project) from None
        if part.schema is not None:
            _check_columns(source, part, load_incoming(project.schemas, part.schema), project)


def _with_line(error: MappingError, source: Source, part: Part, index: int, project: Project) -> MappingError:
    """The same error with the line of what it is about: its place ("fields.nom.with", "readings[0]") in this entry."""
    document = parse((project.root / source.path).read_text(encoding="utf-8"))
    keys = [int(key) if key.isdigit() else key for key in _KEYS.findall(error.facts["place"])]
    line = document.line(("parts", part.name, "rows", index, *keys))
    return type(error)(**{**error.facts, "at": Said(f", ligne {line}", f", line {line}")})


def target_of(mapping: RowMapping, project: Project, *, file: str, part: str) -> TableSchema:
    """The table that a mapping fills, every field of it known."""
    package, table = mapping.table.split("/")
    target = load_table(project.schemas, package, table)
    filled = [rule.field for rule in mapping.fields]
    filled += [field for reading in mapping.readings for field in reading.outputs.values()]
    unknown = sorted(set(filled) - set(target.names))
    if unknown:
        expected = ", ".join(target.names)
        raise MappingError(
            file=file, at="", part=part, place=f"table {mapping.table}", found=", ".join(unknown), expected=expected
        )
    return target


def _check_columns(source: Source, part: Part, schema: TableSchema, project: Project) -> None:
    """Where the incoming schema does not know a column either, its name is wrong in the mapping, not in the file."""
    for column in (*columns_read(part), *columns_joined(part, source.parts)):
        if column in schema.names:
            continue
        document = parse((project.root / source.path).read_text(encoding="utf-8"))
        raise MappingColumnUnknown(
            file=source.path,
            line=_line(document, {column, f"{part.name}.{column}"}),
            part=part.name,
            column=column,
            schema=f"schemas/entrants/{part.schema}.json",
            expected=", ".join(schema.names),
        )


def _line(document: LinedDocument, names: set[str]) -> int:
    """The first line of the parts' mappings that contains one of the names, as a key or as a value."""
    for path, line in sorted(document.lines.items(), key=lambda item: item[1]):
        if len(path) < 4 or path[0] != "parts" or path[2] not in ("rows", "join"):
            continue
        value = document.value
        for key in path:
            value = value[key]
        if path[-1] in names or (isinstance(value, str) and value in names):
            return line
    return document.line(("parts",))
