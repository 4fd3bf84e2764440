"""JSON and JSON Lines as text columns: members of objects become dotted columns, lists stay JSON text.

A position is the element's number in its list (from 1), or the line in a JSON Lines file. Null and absent are null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.core.parser_words import json_words
from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import decoded
from pipelines.formats.errors import Damaged, FormatError
from pipelines.formats.faults import RecordFault
from pipelines.formats.header import clean
from pipelines.formats.json_values import Repeated, TooDeep, faults_of, json_text, loads
from pipelines.formats.reference_systems import other_reference_system
from pipelines.formats.registry import Records, reader

IN_LINES = Said(" ; si chaque ligne est un document : format: jsonl", "; if each line is a document: format: jsonl")


@reader("json")
def read_json(content: Content) -> Records:
    """The list at `options.pointer` (dotted, or a JSON Pointer), else the document itself.

    Raises `WrongEncoding`, `Damaged`, `FormatError` when there is no list of objects there.
    """
    text = decoded(content)
    try:
        document = loads(text.data)
    except ValueError as error:
        raise damaged(content, error) from None
    pointer = str(content.options.get("pointer", ""))
    found = document
    for step in filter(None, pointer.replace("/", ".").split(".")):
        found = _step(content, found, step, pointer)
    if not isinstance(found, list):
        raise _not_a_list(content, pointer, found)
    facts = {"encoding": text.encoding}
    notices = [*text.notices, *other_reference_system(document)]
    return tabulate(content, enumerate(found, start=1), f"« {pointer or 'document'} »", facts, notices)


@reader("jsonl")
def read_jsonl(content: Content) -> Records:
    """One object a line; blank lines are passed over, and a line that is no JSON is a fault of its own.

    Raises `WrongEncoding`, `FormatError`, and `Damaged` for a file that ends within a line.
    """
    text = decoded(content)
    return tabulate(
        content, _lines_apart(content, text.data), Said("lignes", "lines"), {"encoding": text.encoding}, text.notices
    )


def _lines_apart(content: Content, data: bytes) -> Iterator[tuple[int, Any]]:
    """As `json_lines`, with `Unread` in the place of a line that is none, but for a last one that is cut."""
    lines = data.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, loads(line)
        except ValueError as error:
            if number == len(lines):  # no line feed after it: what else the file had is not known
                raise damaged(content, error, number) from None
            yield number, _unreadable(number, _why(error))


def _why(error: ValueError) -> Said:
    """Where a text ceases to be JSON, without any of it."""
    if isinstance(error, json.JSONDecodeError):
        words = json_words(error)
        return Said(f"colonne {error.colno}, {words.fr}", f"column {error.colno}, {words.en}")
    return Said("des listes dans des listes, sans fin", "lists within lists, without end")


def json_lines(content: Content, data: bytes) -> Iterator[tuple[int, Any]]:
    """The document of each line that is not blank, with the line's number. Raises `Damaged`."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, loads(line)
            except ValueError as error:
                raise damaged(content, error, number) from None


def tabulate(
    content: Content,
    documents: Iterator[tuple[int, Any]],
    place: str | Said,
    facts: dict[str, Any],
    notices: Sequence[Said] = (),
) -> Records:
    """Objects as columns, in the order in which members are first met; a record that cannot be read, or that is no
    object, has its faults. Raises `FormatError` where nothing is an object.
    """
    columns: dict[str, list[str | None]] = {}
    printed: dict[str, str] = {}
    tidy = lru_cache(maxsize=None)(clean)
    positions: list[int] = []
    faults: list[RecordFault] = []
    strangers: list[tuple[int, str]] = []
    for position, document in documents:
        if isinstance(document, Unread):
            faults.append(RecordFault(position, document.rule, document.message))
            continue
        if not isinstance(document, dict):
            strangers.append((position, type(document).__name__))
            continue
        amiss = [*faults_of(document)]
        members = [] if amiss else list(flattened(document))
        names = [tidy(name) for name, _text in members]
        if len(set(names)) < len(names):
            amiss = [_named_twice([name for name, _text in members], names)]
        if amiss:
            faults += [_fault(position, *one) for one in amiss]
            continue
        for name, (original, text) in zip(names, members, strict=True):
            printed.setdefault(name, original)
            column = columns.setdefault(name, [])
            column.extend([None] * (len(positions) - len(column)))
            column.append(text)
        positions.append(position)
    if strangers and not positions and not faults:
        raise _no_object(content, place, *strangers[0])
    faults += [_no_record(*stranger) for stranger in strangers]
    for column in columns.values():
        column.extend([None] * (len(positions) - len(column)))
    arrays = [pa.array(column, pa.string()) for column in columns.values()]
    found = pa.array(positions, pa.int64())
    more: dict[str, Any] = {"facts": facts, "is_sparse": True, "faults": faults, "notices": notices}
    return Records(list(columns), [printed[name] for name in columns], arrays, found, place, **more)


def _named_twice(printed: list[str], names: list[str]) -> tuple[str, str, Said]:
    """The fault of a record of which two members would fill one column."""
    twice = next(name for name in names if names.count(name) > 1)
    words = Said("deux fois, aux blancs près", "twice, but for blanks")
    if len(set(printed)) < len(printed):
        words = Said("deux fois, à plat et dans un objet", "twice, as a dotted name and in an object")
    return "nom-deux-fois", twice, words


def _no_object(content: Content, place: str | Said, position: int, found: str) -> FormatError:
    where = place if isinstance(place, Said) else Said(place, place)
    return FormatError(
        file=content.file,
        place=Said(f"{where.fr}, élément {position}", f"{where.en}, element {position}"),
        found=found,
        expected=Said("un objet JSON", "a JSON object"),
    )


def _no_record(position: int, found: str) -> RecordFault:
    message = Said(
        f"Enregistrement {position} : {found} ; attendu : un objet JSON.",
        f"Record {position}: {found}; expected: a JSON object.",
    )
    return RecordFault(position, "pas-un-objet", message)


def _unreadable(line: int, found: Said) -> Unread:
    message = Said(f"Ligne {line} : {found.fr} ; attendu : du JSON.", f"Line {line}: {found.en}; expected: JSON.")
    return Unread("json-illisible", message)


def _fault(position: int, rule: str, member: str, found: Said) -> RecordFault:
    message = Said(
        f"Enregistrement {position}, « {member} » : {found.fr} ; attendu : une valeur JSON.",
        f'Record {position}, "{member}": {found.en}; expected: a JSON value.',
    )
    return RecordFault(position, rule, message, member)


def flattened(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    """Dotted names and texts of a JSON object."""
    for key, value in document.items():
        if isinstance(value, dict) and value:
            yield from flattened(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", json_text(value)


class Unread(NamedTuple):
    """In the place of a record that cannot be read: the rejection's rule, and a sentence with its place."""

    rule: str
    message: Said


def _step(content: Content, found: Any, step: str, pointer: str) -> Any:
    if isinstance(found, Repeated) and step in found.members:
        twice = Said(f"« {step} » deux fois dans le même objet", f'"{step}" twice in the same object')
        once = Said("une fois", "once")
        raise FormatError(file=content.file, place=f"pointer « {pointer} »", found=twice, expected=once)
    if isinstance(found, dict) and step in found:
        return found[step]
    if isinstance(found, list) and step.isdigit() and int(step) < len(found):
        return found[int(step)]
    raise _not_a_list(content, pointer, found)


def _not_a_list(content: Content, pointer: str, found: Any) -> FormatError:
    keys = (", ".join(list(found)[:20]) or "{}") if isinstance(found, dict) else type(found).__name__
    keys = keys.encode("utf-8", errors="replace").decode("utf-8")
    return FormatError(
        file=content.file,
        place=f"pointer « {pointer or '(document)'} »",
        found=keys,
        expected=Said("une liste d'objets", "a list of objects"),
    )


def damaged(content: Content, error: ValueError, line: int | None = None) -> Damaged:
    """A document that is no JSON, with the line and column where it ceases to be."""
    message = Said(str(error), str(error))
    if isinstance(error, TooDeep):
        message = Said("des listes dans des listes, sans fin", "lists within lists, without end")
    place = Said(f"ligne {line} : ", f"line {line}: ") if line else Said("", "")
    if isinstance(error, json.JSONDecodeError):
        message, at, column = json_words(error), line or error.lineno, error.colno
        place = Said(f"ligne {at}, colonne {column} : ", f"line {at}, column {column}: ")
        if error.msg == "Extra data" and content.part.format == "json" and at > 1:
            message = Said(f"{message.fr}{IN_LINES.fr}", f"{message.en}{IN_LINES.en}")
    detail = Said(place.fr + message.fr, place.en + message.en)
    return Damaged(file=content.file, detail=detail, format=content.part.format)
