"""Values of JSON as they are written: what Python's reader would change, lose or choke on has a type of its own.

Belongs here: reading one document's values, and writing one as text. Does not: which of them are records
(`documents.py`).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.core.text import Said
from pipelines.schema.arrow import number_text

MOST_DIGITS = 4_000
DEEPEST = 100
"""Lists and objects within each other, beyond which a record is refused; how many Python follows varies."""
EXACT = 15
"""The characters of a decimal number beyond which a machine's may be another one."""
LEAST = 1e-300
"""The number below which a machine has fewer digits, and in the end none: 1e-400 would be 0."""


def json_text(value: Any) -> str | None:
    """A JSON value as text: texts as they are, numbers at their shortest, lists and empty objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, Exact):
        return value.text
    if isinstance(value, float):
        return number_text(value)
    return _as_json(value) if has_exact(value) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def has_exact(value: Any) -> bool:
    """Whether a number within a value has more digits than a machine's."""
    if isinstance(value, list):
        return any(map(has_exact, value))
    if isinstance(value, dict):
        return any(map(has_exact, value.values()))
    return isinstance(value, Exact)


def _as_json(value: Any) -> str:
    """As `json.dumps`, which would write an `Exact` number as a machine has it."""
    if isinstance(value, list):
        return f"[{','.join(map(_as_json, value))}]"
    if isinstance(value, dict):
        members = (f"{json.dumps(name, ensure_ascii=False)}:{_as_json(inner)}" for name, inner in value.items())
        return "{" + ",".join(members) + "}"
    return value.text if isinstance(value, Exact) else json.dumps(value, ensure_ascii=False)


class NotJson(NamedTuple):
    """In the place of a value: a word that JSON does not have, or a number that no machine holds."""

    found: Said


class Repeated(dict[str, Any]):
    """An object that names some members twice: which of the two is meant, nobody knows."""

    members: tuple[str, ...] = ()

    @property
    def member(self) -> str:
        """The first of them."""
        return self.members[0]


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
        raise TooDeep from None
    except ValueError:  # a whole number of thousands of digits
        return json.loads(data, parse_int=_int, **hooks)


class TooDeep(ValueError):
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
    is_tiny = abs(value) < LEAST
    if is_tiny and not value and any(digit in "123456789" for digit in digits.lower().partition("e")[0]):
        return NotJson(Said("un nombre trop petit", "a number that is too small"))
    if (len(digits) > EXACT or is_tiny) and Decimal(digits) != Decimal(repr(value)):
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
    counts = Counter(names)
    repeated.members = tuple(name for name, count in counts.items() if count > 1)
    return repeated


def faults_of(value: Any, member: str = "", depth: int = 0) -> Iterator[tuple[str, str, Said]]:
    """What keeps a record from being read: rule, member, and what was found; never a value of the source."""
    if depth > DEEPEST:
        words = Said(f"plus de {DEEPEST} listes l'une dans l'autre", f"more than {DEEPEST} lists within each other")
        yield "trop-profond", member, words
    elif isinstance(value, str):
        if not value.isascii() and _has_half(value):
            words = Said("la moitié d'un caractère (\\ud800–\\udfff)", "half a character (\\ud800–\\udfff)")
            yield "demi-caractere", member, words
        if "\x00" in value:
            yield "octet-nul", member, Said("un caractère nul (\\u0000)", "a NUL character (\\u0000)")
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
            yield from faults_of(inner, f"{member}.{name}".lstrip("."), depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from faults_of(inner, member, depth + 1)


def _has_half(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
