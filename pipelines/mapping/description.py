"""The mapping of a part to a table, as written in `sources/*.yaml` and described in `docs/mapping.md`.

Belongs here: the shape of a mapping and its errors. Does not: applying it (see `engine.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.core.shown import shown_as_code
from pipelines.core.text import Said
from pipelines.mapping.errors import MappingError
from pipelines.mapping.registry import CONVERTERS, READINGS

PRESENT, ABSENT = "present", "absent"
OWN_KEYS = ("from", "with")


@dataclass(frozen=True)
class FieldRule:
    """How one field of a row is made: from `columns`, by a converter or a translation, or as a constant."""

    field: str
    columns: tuple[str, ...]
    converter: str | None = None
    options: tuple[tuple[str, Any], ...] = ()
    codes: Mapping[str, str] | None = None
    otherwise: str | None = None
    constant: str | None = None

    @property
    def is_copy(self) -> bool:
        return bool(self.columns) and self.converter is None and self.codes is None


@dataclass(frozen=True)
class ReadingRule:
    """One look that fills several fields: inputs by name, outputs of the reading → fields of the row."""

    reading: str
    inputs: Mapping[str, str]
    options: Mapping[str, Any]
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Each:
    """One row a part of a cell (`split`), a column (`columns`) or an element of a JSON list (`list`)."""

    kind: str
    column: str
    separator: str
    columns: Mapping[str, str]
    name: str
    value: str


@dataclass(frozen=True)
class Join:
    """The columns of another part, met where every pair of columns is equal, read as `<part>.<column>`."""

    part: str
    on: Mapping[str, str]
    expect_one: bool


@dataclass(frozen=True)
class RowMapping:
    """One `rows` entry: how records of a part become rows of `table` ("package/table")."""

    table: str
    when: Mapping[str, Any]
    joins: tuple[Join, ...]
    each: Each | None
    fields: tuple[FieldRule, ...]
    readings: tuple[ReadingRule, ...]

    @property
    def columns(self) -> list[str]:
        """The fields that it fills, in order."""
        return [
            *(rule.field for rule in self.fields),
            *(name for look in self.readings for name in look.outputs.values()),
        ]


def parse_mapping(raw: Mapping[str, Any], *, file: str, part: str) -> RowMapping:
    """A `RowMapping` from a parsed `rows` entry. Raises `MappingError`, naming the file, the part and the place."""

    def wrong(place: str, found: Any, expected: str | Said) -> MappingError:
        return MappingError(file=file, at="", part=part, place=place, found=shown_as_code(found), expected=expected)

    table = raw.get("table")
    if not isinstance(table, str) or table.count("/") != 1:
        raise wrong("table", table, "package/table")
    fields = tuple(_field_rule(name, entry, wrong) for name, entry in raw.get("fields", {}).items())
    looks = tuple(_reading_rule(index, entry, wrong) for index, entry in enumerate(raw.get("readings", [])))
    filled = [rule.field for rule in fields] + [field for look in looks for field in look.outputs.values()]
    twice = sorted({field for field in filled if filled.count(field) > 1})
    if twice:
        raise wrong("fields", ", ".join(twice), Said("un champ rempli une fois", "a field filled once"))
    joins = tuple(_join(entry, wrong) for entry in raw.get("join", []))
    return RowMapping(table, raw.get("when", {}), joins, _each(raw.get("each"), wrong), fields, looks)


def _field_rule(name: str, entry: Any, wrong: Any) -> FieldRule:
    if isinstance(entry, str):
        return FieldRule(name, (entry,))
    if not isinstance(entry, dict):
        forms = "{from, with}, {from, codes}, {value}"
        raise wrong(f"fields.{name}", entry, Said(f"une colonne, ou {forms}", f"a column, or {forms}"))
    if "value" in entry:
        return FieldRule(name, (), constant=None if entry["value"] is None else str(entry["value"]))
    columns = entry.get("from")
    if not columns or not isinstance(columns, str | list):
        raise wrong(
            f"fields.{name}.from", columns, Said("une colonne ou une liste de colonnes", "a column or a list of them")
        )
    columns = (columns,) if isinstance(columns, str) else tuple(columns)
    if "codes" in entry:
        codes = {str(key): str(code) for key, code in entry["codes"].items()}
        return FieldRule(name, columns, codes=codes, otherwise=entry.get("otherwise"))
    converter = entry.get("with")
    if converter is not None and converter not in CONVERTERS:
        raise wrong(f"fields.{name}.with", converter, CONVERTERS.expected(converter))
    if converter is None and len(columns) > 1:
        raise wrong(
            f"fields.{name}.with",
            None,
            Said("un convertisseur, pour plusieurs colonnes", "a converter, for several columns"),
        )
    options = tuple((key, value) for key, value in entry.items() if key not in OWN_KEYS)
    return FieldRule(name, columns, converter, options)


def _reading_rule(index: int, entry: Any, wrong: Any) -> ReadingRule:
    place = f"readings[{index}]"
    if not isinstance(entry, dict) or entry.get("with") not in READINGS:
        found = entry.get("with") if isinstance(entry, dict) else entry
        raise wrong(f"{place}.with", found, READINGS.expected(found))
    if not isinstance(entry.get("from"), dict) or not isinstance(entry.get("into"), dict):
        raise wrong(place, sorted(entry), "from: {…}, into: {…}")
    return ReadingRule(entry["with"], entry["from"], entry.get("options", {}), entry["into"])


def _each(entry: Any, wrong: Any) -> Each | None:
    if entry is None:
        return None
    if isinstance(entry, dict):
        if {"split", "as"} <= set(entry):
            return Each("split", entry["split"], entry.get("by", ";"), {}, "", entry["as"])
        if {"columns", "name", "value"} <= set(entry):
            return Each("columns", "", "", entry["columns"], entry["name"], entry["value"])
        if {"list", "as"} <= set(entry):
            return Each("list", entry["list"], "", {}, "", entry["as"])
    raise wrong("each", entry, "{split, by, as} | {columns, name, value} | {list, as}")


def _join(entry: Any, wrong: Any) -> Join:
    if not isinstance(entry, dict) or not isinstance(entry.get("part"), str) or not isinstance(entry.get("on"), dict):
        raise wrong("join", entry, "{part: …, on: {…: …}}")
    return Join(entry["part"], entry["on"], entry.get("expect") == "one")
