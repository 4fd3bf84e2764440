"""The shape of a source's file: `source.schema.json` applied, and its verdict in a person's words.

Belongs here: the first fault of a parsed document, where it is and what was expected. Does not: names that must agree
with other names (`descriptions.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.core.text import Said

SCHEMA = Path(__file__).with_name("source.schema.json")
SHOWN = 60
UNKNOWN = Said("clé inconnue", "unknown key")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (`path` from the root, `key` for a person), what is there, what was expected."""

    path: tuple[str | int, ...]
    key: str
    found: str | Said
    expected: str | Said


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def first_fault(value: Any) -> Fault | None:
    """The fault that explains most, deepest first among alternatives; None when the shape is right."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(value))
    return None if error is None else _fault(error)


def _fault(error: Any) -> Fault:
    path: tuple[str | int, ...] = tuple(error.absolute_path)
    rule, value, schema = error.validator, error.validator_value, error.schema
    known = list(schema.get("properties", {})) if isinstance(schema, Mapping) else []
    if rule == "required":
        missing = next(key for key in value if key not in error.instance)
        told = _told(known, schema, missing)
        fr, en = told if isinstance(told, Said) else (told, told)
        absent = Said("absent", "missing")
        return Fault(path, _dotted((*path, missing)), absent, Said(f"{missing} : {fr}", f"{missing}: {en}"))
    if rule == "additionalProperties":
        unknown = next(key for key in error.instance if key not in known)
        return Fault((*path, unknown), _dotted((*path, unknown)), UNKNOWN, " | ".join(known))
    if "propertyNames" in error.absolute_schema_path:
        key = error.instance
        return Fault((*path, key), _dotted((*path, key)), UNKNOWN, _rule(rule, value))
    # Where a name of a secret belongs, the secret itself may have been pasted.
    found = "…" if schema.get("writeOnly") else _shown(error.instance)
    return Fault(path, _dotted(path), found, _described(schema) or _rule(rule, value))


def _described(schema: Mapping[str, Any]) -> str | Said:
    """What a schema says is expected: `description` in French, or in no language where no `description_en` stands."""
    words = str(schema.get("description", ""))
    return Said(words, str(schema["description_en"])) if "description_en" in schema else words


def _told(known: list[str], schema: Mapping[str, Any], missing: str) -> str | Said:
    """What a missing key should hold, as its own schema describes it."""
    if missing not in known:
        return Said("cette clé", "this key")
    own = schema["properties"][missing]
    if "$ref" in own:
        own = _validator().schema["$defs"][own["$ref"].rsplit("/", 1)[-1]]
    return _described(own) or _rule("enum", own.get("enum", []))


def _rule(rule: str, value: Any) -> str:
    if rule == "enum":
        return " | ".join(str(item) for item in value)
    return f"{rule} {json.dumps(value, ensure_ascii=False)}"


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(item) for item in path) or "(document)"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
