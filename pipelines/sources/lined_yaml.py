"""YAML that remembers its lines, and that does not guess: what a person wrote is what is read.

Belongs here: a YAML text as plain values, with the line of every key. Does not: knowing what a source is.

Plain scalars follow YAML 1.2: `true`, `false`, `null`, decimal numbers. Everything else is text: `yes`, `2026-11-23`,
and codes with a leading zero (`01053`), which YAML 1.1 would have read as a boolean, a date and an octal number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipelines.language import Said

Path = tuple[str | int, ...]

# The same grammar in C, ten times as fast, where PyYAML was built with it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?")
A_DOCUMENT = Said("un document YAML", "a YAML document")
CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


class YamlRefused(ValueError):
    """A text that is not YAML, or that says one thing twice. `line` counts from 1."""

    def __init__(self, line: int, key: str, found: str | Said, expected: str | Said) -> None:
        super().__init__(f"line {line}: {found.en if isinstance(found, Said) else found}")
        self.line, self.key, self.found, self.expected = line, key, found, expected


@dataclass(frozen=True)
class LinedDocument:
    """A document's value, and the line (from 1) of each key or item by its path."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the nearest thing that is there: the key, else the mapping around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> LinedDocument:
    """Parse one YAML document. Raises `YamlRefused` with the line."""
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = error.problem or "?"
        raise YamlRefused(mark.line + 1 if mark else 1, "YAML", found, A_DOCUMENT) from None
    except yaml.YAMLError as error:
        raise YamlRefused(1, "YAML", str(error), A_DOCUMENT) from None
    lines: dict[Path, int] = {}
    return LinedDocument(None if root is None else _value(root, (), lines, ()), lines)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], above: tuple[int, ...]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else _plain(node.value)
    if id(node) in above:
        expected = Said("un document sans boucle", "a document without a loop")
        found = Said("un alias qui se contient", "an alias that holds itself")
        raise YamlRefused(lines[path], "YAML", found, expected)
    above = (*above, id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), lines, above) for index, item in enumerate(node.value)]
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in mapping:
            expected = Said("chaque clé une seule fois", "each key once")
            raise YamlRefused(line, key, Said("clé répétée", "repeated key"), expected)
        lines[(*path, key)] = line
        mapping[key] = _value(value_node, (*path, key), lines, above)
    return mapping


def _plain(text: str) -> Any:
    if text in CONSTANTS:
        return CONSTANTS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text
