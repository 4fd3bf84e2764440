"""JSON and JSON Lines as text columns: members of objects become dotted columns, lists stay JSON text.

A position is the element's number in its list (from 1), or the line in a JSON Lines file. Null and absent are null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import decoded
from pipelines.formats.errors import Damaged, FormatError
from pipelines.formats.header import clean
from pipelines.formats.registry import Records, reader


@reader("json")
def read_json(content: Content) -> Records:
    """The list at `options.pointer` (dotted, or a JSON Pointer), else the document itself.

    Raises `WrongEncoding`, `Damaged`, `FormatError` when there is no list of objects there.
    """
    text = decoded(content)
    try:
        document = json.loads(text.data, parse_constant=_refuse)
    except ValueError as error:
        raise _damaged(content, error) from None
    pointer = str(content.options.get("pointer", ""))
    found = document
    for step in filter(None, pointer.replace("/", ".").split(".")):
        found = _step(content, found, step, pointer)
    if not isinstance(found, list):
        raise _not_a_list(content, pointer, found)
    return tabulate(content, enumerate(found, start=1), f"« {pointer or 'document'} »", {"encoding": text.encoding})


@reader("jsonl")
def read_jsonl(content: Content) -> Records:
    """One object a line; blank lines are passed over. Raises `WrongEncoding`, `Damaged`, `FormatError`."""
    text = decoded(content)
    return tabulate(content, json_lines(content, text.data), Said("lignes", "lines"), {"encoding": text.encoding})


def json_lines(content: Content, data: bytes) -> Iterator[tuple[int, Any]]:
    """The document of each line that is not blank, with the line's number. Raises `Damaged`."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line, parse_constant=_refuse)
            except ValueError as error:
                raise _damaged(content, error, number) from None


def tabulate(
    content: Content, documents: Iterator[tuple[int, Any]], place: str | Said, facts: dict[str, Any]
) -> Records:
    """Objects as columns, in the order in which members are first met. Raises `FormatError` for what is no object."""
    columns: dict[str, list[str | None]] = {}
    positions: list[int] = []
    for position, document in documents:
        if not isinstance(document, dict):
            fr, en = place if isinstance(place, Said) else (place, place)
            raise FormatError(
                file=content.file,
                place=Said(f"{fr}, élément {position}", f"{en}, element {position}"),
                found=type(document).__name__,
                expected=Said("un objet JSON", "a JSON object"),
            )
        for name, text in flattened(document):
            column = columns.get(name)
            if column is None:
                column = columns[name] = []
            column.extend([None] * (len(positions) - len(column)))
            if len(column) == len(positions):
                column.append(text)
        positions.append(position)
    for column in columns.values():
        column.extend([None] * (len(positions) - len(column)))
    arrays = [pa.array(column, pa.string()) for column in columns.values()]
    names = [clean(name) for name in columns]
    return Records(names, list(columns), arrays, pa.array(positions, pa.int64()), place, facts=facts, is_sparse=True)


def flattened(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    """Dotted names and texts of a JSON object."""
    for key, value in document.items():
        if isinstance(value, dict) and value:
            yield from flattened(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", json_text(value)


def json_text(value: Any) -> str | None:
    """A JSON value as text: texts as they are, numbers at their shortest, lists and empty objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number; no `.0` for a whole one."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


class _NotJson(ValueError):
    """A word that JSON does not have and that Python's reader takes."""

    def __init__(self, told: Said) -> None:
        super().__init__(told.en)
        self.told = told


def _refuse(name: str) -> Any:
    raise _NotJson(Said(f"{name} n'est pas du JSON", f"{name} is not JSON"))


def _step(content: Content, found: Any, step: str, pointer: str) -> Any:
    if isinstance(found, dict) and step in found:
        return found[step]
    if isinstance(found, list) and step.isdigit() and int(step) < len(found):
        return found[int(step)]
    raise _not_a_list(content, pointer, found)


def _not_a_list(content: Content, pointer: str, found: Any) -> FormatError:
    keys = (", ".join(list(found)[:20]) or "{}") if isinstance(found, dict) else type(found).__name__
    return FormatError(
        file=content.file,
        place=f"pointer « {pointer or '(document)'} »",
        found=keys,
        expected=Said("une liste d'objets", "a list of objects"),
    )


def _damaged(content: Content, error: ValueError, line: int | None = None) -> Damaged:
    told = error.told if isinstance(error, _NotJson) else Said(str(error), str(error))
    place = Said(f"ligne {line} : ", f"line {line}: ") if line else Said("", "")
    if isinstance(error, json.JSONDecodeError):
        told, at, column = Said(error.msg, error.msg), line or error.lineno, error.colno
        place = Said(f"ligne {at}, colonne {column} : ", f"line {at}, column {column}: ")
    detail = Said(place.fr + told.fr, place.en + told.en)
    return Damaged(file=content.file, detail=detail, format=content.part.format)
