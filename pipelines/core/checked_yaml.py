"""The first thing that is wrong in a file that a person wrote: its line, its key, what was found, what was expected.

Belongs here: holding a YAML file against a JSON Schema whose `description` (French) and `description_en` say what is
expected; one `description` alone is of no language (`ckan | datagouv`).
Does not: any error class; each reader raises its own, filled with `Fault.told`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.core.lined_yaml import LinedDocument, YamlRefused, parse
from pipelines.core.text import Said


class Fault(Exception):
    """What is wrong, as the facts of an error: line, key, found, expected."""

    def __init__(self, *, line: int, key: str, found: str | Said, expected: str | Said) -> None:
        super().__init__(f"line {line}: {key}: {found.en if isinstance(found, Said) else found}")
        self.told: dict[str, Any] = {"line": line, "key": key, "found": found, "expected": expected}


def read_checked(path: Path, schema: Path) -> LinedDocument:
    """The document of a YAML file that is what its schema says. Raises `Fault`, and `OSError`."""
    try:
        document = parse(path.read_text(encoding="utf-8"))
    except YamlRefused as refused:
        raise Fault(line=refused.line, key=refused.key, found=refused.found, expected=refused.expected) from None
    except UnicodeDecodeError:
        raise Fault(line=1, key="YAML", found="?", expected="UTF-8") from None
    error = _first_fault(document.value, schema)
    if error is None:
        return document
    shape = error.schema.get("properties", {}) if error.validator in ("required", "additionalProperties") else None
    place: tuple[str | int, ...] = (*error.absolute_path, *_unknown(error)[:1])
    raise Fault(
        line=document.line(place),
        key=".".join(map(str, place)) or "(document)",
        found=_what(error),
        expected=", ".join(shape) if shape else _described(error.schema) or ", ".join(_keys(schema)),
    )


@cache
def _schema(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _keys(schema: Path) -> list[str]:
    return list(_schema(schema)["properties"])


def _first_fault(value: Any, schema: Path) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    return best_match(Draft202012Validator(_schema(schema)).iter_errors(value))


def _unknown(error: Any) -> list[str]:
    """The keys that a mapping should not have, in the order of the file; none where something else is wrong."""
    if error.validator != "additionalProperties":
        return []
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def _described(schema: dict[str, Any]) -> str | Said:
    """What a schema says is expected, empty when it says nothing."""
    words = str(schema.get("description", ""))
    return Said(words, str(schema["description_en"])) if "description_en" in schema else words


def _what(error: Any) -> str | Said:
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return Said(f"{missing} absent", f"{missing} missing")
    if error.validator == "additionalProperties":
        return Said("clé inconnue", "unknown key")
    if error.schema.get("writeOnly"):
        # Where a name of a secret belongs, the secret itself may have been pasted.
        return "…"
    return json.dumps(error.instance, ensure_ascii=False)[:60]
