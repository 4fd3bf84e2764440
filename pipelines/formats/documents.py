"""JSON and JSON Lines as text columns: members of objects become dotted columns, lists stay JSON text.

A position is the element's number in its list (from 1), or the line in a JSON Lines file. Null and absent are null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.encoding import decoded
from pipelines.formats.errors import Damaged, FormatError
from pipelines.formats.faults import RecordFault
from pipelines.formats.header import clean
from pipelines.formats.registry import Records, reader
from pipelines.schema.arrow import number_text

MOST_DIGITS = 4_000
EXACT = 17
"""The characters of a decimal number beyond which a machine's may be another one."""


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
    return tabulate(content, enumerate(found, start=1), f"« {pointer or 'document'} »", facts, text.notices)


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
        return Said(f"colonne {error.colno}, {error.msg}", f"column {error.colno}, {error.msg}")
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
        names = [name for name, _text in members]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            words = Said("deux fois, à plat et dans un objet", "twice, as a dotted name and in an object")
            amiss = [("nom-deux-fois", twice, words)]
        if amiss:
            faults += [_fault(position, *one) for one in amiss]
            continue
        for name, text in members:
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
    names = [clean(name) for name in columns]
    found = pa.array(positions, pa.int64())
    more: dict[str, Any] = {"facts": facts, "is_sparse": True, "faults": faults, "notices": notices}
    return Records(names, list(columns), arrays, found, place, **more)


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


def json_text(value: Any) -> str | None:
    """A JSON value as text: texts as they are, numbers at their shortest, lists and empty objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Exact):
        return value.text
    if isinstance(value, float):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class NotJson(NamedTuple):
    """In the place of a value: a word that JSON does not have, or a number that no machine holds."""

    found: Said


class Unread(NamedTuple):
    """In the place of a record that cannot be read: the rejection's rule, and a sentence with its place."""

    rule: str
    message: Said


class Repeated(dict[str, Any]):
    """An object that names a member twice: which of the two is meant, nobody knows."""

    member = ""


class Exact(float):
    """A number with more digits than a machine's; `text` has them all."""

    text = ""


def loads(data: bytes | str) -> Any:
    """A JSON document, with `NotJson`, `Repeated` and `Exact` where Python's reader would change what is written.

    Raises `ValueError` for what is no JSON, and for what is nested beyond what anybody writes.
    """
    hooks: dict[str, Any] = {"parse_constant": _constant, "parse_float": _float, "object_pairs_hook": _object}
    try:
        return json.loads(data, **hooks)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise _TooDeep from None
    except ValueError:  # a whole number of thousands of digits
        return json.loads(data, parse_int=_int, **hooks)


class _TooDeep(ValueError):
    """Lists in lists, beyond what Python's reader follows."""


def _constant(name: str) -> NotJson:
    return NotJson(Said(f"{name}, qui n'est pas du JSON", f"{name}, which is not JSON"))


def _int(digits: str) -> int | NotJson:
    if len(digits) > MOST_DIGITS:
        return NotJson(Said(f"un nombre de {len(digits)} chiffres", f"a number of {len(digits)} digits"))
    return int(digits)


def _float(digits: str) -> float | NotJson:
    value = float(digits)
    if math.isinf(value):
        return NotJson(Said("un nombre trop grand", "a number that is too large"))
    if len(digits) > EXACT and Decimal(digits) != Decimal(repr(value)):
        exact = Exact(value)
        exact.text = digits
        return exact
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _value in pairs]
    repeated = Repeated(found)
    repeated.member = next(name for name in names if names.count(name) > 1)
    return repeated


def faults_of(value: Any, member: str = "") -> Iterator[tuple[str, str, Said]]:
    """What keeps a record from being read: rule, member, and what was found; never a value of the source."""
    if isinstance(value, str):
        if not value.isascii() and _has_half(value):
            words = Said("la moitié d'un caractère (\\ud800–\\udfff)", "half a character (\\ud800–\\udfff)")
            yield "demi-caractere", member, words
    elif isinstance(value, NotJson):
        yield "valeur-non-json", member, value.found
    elif isinstance(value, dict):
        if isinstance(value, Repeated):
            path = f"{member}.{value.member}".lstrip(".")
            yield "nom-deux-fois", path, Said("deux fois dans le même objet", "twice in the same object")
        for name, inner in value.items():
            if not name.isascii() and _has_half(name):
                words = Said("un nom avec la moitié d'un caractère", "a name with half a character")
                yield "demi-caractere", "…", words
                continue
            yield from faults_of(inner, f"{member}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from faults_of(inner, member)


def _has_half(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _step(content: Content, found: Any, step: str, pointer: str) -> Any:
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
    if isinstance(error, _TooDeep):
        message = Said("des listes dans des listes, sans fin", "lists within lists, without end")
    place = Said(f"ligne {line} : ", f"line {line}: ") if line else Said("", "")
    if isinstance(error, json.JSONDecodeError):
        message, at, column = Said(error.msg, error.msg), line or error.lineno, error.colno
        place = Said(f"ligne {at}, colonne {column} : ", f"line {at}, column {column}: ")
    detail = Said(place.fr + message.fr, place.en + message.en)
    return Damaged(file=content.file, detail=detail, format=content.part.format)
