"""The first thing that is wrong in a file that a person wrote: its line, its key, what was found, what was expected.

Belongs here: holding a YAML file against a JSON Schema whose `description` (French) and `description_en` say what is
expected; one `description` alone is of no language (`ckan | datagouv`).
Does not: any error class; each reader raises its own, filled with `Fault.facts`. Names that must agree with other names
are its own too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.core.lined_yaml import LinedDocument, YamlRefused, parse
from pipelines.core.shown import shown, shown_name
from pipelines.core.text import Said

UNKNOWN = Said("clé inconnue", "unknown key")
ABSENT = Said("absent", "missing")
Place = tuple[str | int, ...]


class Fault(Exception):
    """What is wrong, as the facts of an error: line, key, found, expected."""

    def __init__(self, *, line: int, key: str, found: str | Said, expected: str | Said) -> None:
        super().__init__(f"line {line}: {key}: {found.en if isinstance(found, Said) else found}")
        self.facts: dict[str, Any] = {"line": line, "key": key, "found": found, "expected": expected}


def read_checked(path: Path, schema: Path) -> LinedDocument:
    """The document of a YAML file that is what its schema says.

    Raises `Fault`, and `OSError`.
    """
    return checked(path.read_bytes(), schema)


def checked(data: bytes, schema: Path) -> LinedDocument:
    """The document of the bytes of such a file. Raises `Fault`."""
    try:
        document = parse(text_of(data))
    except YamlRefused as refused:
        raise Fault(line=refused.line, key=refused.key, found=refused.found, expected=refused.expected) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = f"0x{error.object[error.start]:02x}"
        found, expected = Said(f"octet {byte}", f"byte {byte}"), Said("un texte UTF-8", "UTF-8 text")
        raise Fault(line=line, key="YAML", found=found, expected=expected) from None
    fault = first_fault(document, schema)
    if fault is not None:
        raise fault
    return document


def text_of(data: bytes) -> str:
    """The text of a file's bytes, each end of a line as `\\n`. Raises `UnicodeDecodeError`."""
    return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def first_fault(document: LinedDocument, schema: Path) -> Fault | None:
    """The fault that explains most, deepest first among alternatives; None when the document is as its schema says."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(schema).iter_errors(document.value))
    return None if error is None else _fault(error, document, schema)


@cache
def _validator(schema: Path) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _fault(error: Any, document: LinedDocument, whole: Path) -> Fault:
    path: Place = tuple(error.absolute_path)
    rule, value, schema = error.validator, error.validator_value, error.schema
    known = list(schema.get("properties", {})) if isinstance(schema, Mapping) else []
    if rule == "required":
        missing = next(key for key in value if key not in error.instance)
        unknown = [key for key in error.instance if key not in known]
        place: Place = (*path, *mistyped(missing, unknown))
        wanted = _of_missing(known, schema, missing, whole)
        return _at(document, place, (*path, missing), absent(missing, unknown), wanted)
    if rule == "additionalProperties":
        extra = next(key for key in error.instance if key not in known)
        return _at(document, (*path, extra), (*path, shown_name(extra)), UNKNOWN, _of_known(extra, known))
    if "propertyNames" in error.absolute_schema_path:
        extra = error.instance
        expected = _described(schema) or _rule(rule, value)
        return _at(document, (*path, extra), (*path, shown_name(extra)), UNKNOWN, expected)
    # Where a name of a secret belongs, the secret itself may have been pasted.
    found = "…" if schema.get("writeOnly") else shown(error.instance)
    return _at(document, path, path, found, _described(schema) or " | ".join(known) or _rule(rule, value))


def mistyped(missing: str, others: Iterable[object]) -> tuple[str, ...]:
    """The key among those that nobody knows that is most likely a missing one, or none."""
    return tuple(get_close_matches(missing, [str(key) for key in others if key != missing], n=1))


def absent(missing: str, others: Iterable[object]) -> Said:
    """What to say of a key that is not there, with the one that it was perhaps written as."""
    near = mistyped(missing, others)
    if not near:
        return ABSENT
    return Said(f"{ABSENT.fr}, peut-être écrit « {near[0]} »", f'{ABSENT.en}, perhaps written "{near[0]}"')


def _of_known(unknown: object, known: list[str]) -> str | Said:
    """The keys that are known, the one that was probably meant before them."""
    listed = " | ".join(known)
    near = get_close_matches(str(unknown), known, n=1)
    return Said(f"peut-être « {near[0]} » ; {listed}", f'perhaps "{near[0]}"; {listed}') if near else listed


def _at(document: LinedDocument, path: Place, named: Place, found: str | Said, expected: str | Said) -> Fault:
    """A fault on the line of `path`, under the dotted name of `named`."""
    key = ".".join(str(item) for item in named) or "(document)"
    return Fault(line=document.line(path), key=key, found=found, expected=expected)


def _described(schema: Mapping[str, Any]) -> str | Said:
    """What a schema says is expected: `description` in French, or in no language where there is no `description_en`."""
    words = str(schema.get("description", ""))
    return Said(words, str(schema["description_en"])) if "description_en" in schema else words


def _of_missing(known: list[str], schema: Mapping[str, Any], missing: str, whole: Path) -> Said:
    """What a missing key should hold, as its own schema describes it."""
    message = _own_words(known, schema, missing, whole)
    wanted = message if isinstance(message, Said) else Said(message, message)
    return Said(f"{missing} : {wanted.fr}", f"{missing}: {wanted.en}")


def _own_words(known: list[str], schema: Mapping[str, Any], missing: str, whole: Path) -> str | Said:
    if missing not in known:
        return Said("cette clé", "this key")
    own = schema["properties"][missing]
    if "$ref" in own:
        own = {**_validator(whole).schema["$defs"][own["$ref"].rsplit("/", 1)[-1]], **own}
    described = _described(own)
    if described:
        return described
    return _rule("enum", own["enum"]) if "enum" in own else _rule("type", own.get("type"))


def _rule(rule: str, value: Any) -> str:
    if rule == "enum":
        return " | ".join(str(item) for item in value)
    return f"{rule} {json.dumps(value, ensure_ascii=False)}"
