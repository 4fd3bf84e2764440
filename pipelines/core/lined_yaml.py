"""YAML that remembers its lines, and that does not guess: what a person wrote is what is read.

Belongs here: a YAML text as plain values, with the line of every key. Does not: knowing what a source is.

Plain scalars follow YAML 1.2: `true`, `false`, `null`, decimal numbers. Everything else is text: `yes`, `2026-11-23`,
and codes with a leading zero (`01053`), which YAML 1.1 would have read as a boolean, a date and an octal number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipelines.core.parser_words import yaml_words
from pipelines.core.text import Said

Path = tuple[str | int, ...]

# The same grammar in C, ten times as fast, where PyYAML was built with it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?")
A_DOCUMENT = Said("un document YAML", "a YAML document")
LONGEST, DEEPEST, MOST = 2_000_000, 50, 200_000
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
    """Parse one YAML document. Raises `YamlRefused` with the line.

    Nothing that a person writes by hand meets the bounds: `LONGEST` characters, `DEEPEST` levels, `MOST` values once
    every alias is replaced by what it stands for.
    """
    if len(text) > LONGEST:
        raise YamlRefused(1, "YAML", _characters(len(text)), _at_most(_characters(LONGEST)))
    try:
        return _Reading().document(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = yaml_words(error.problem or "?")
        raise YamlRefused(mark.line + 1 if mark else 1, "YAML", found, A_DOCUMENT) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlRefused(line, "YAML", yaml_words("control characters are not allowed"), A_DOCUMENT) from None
    except yaml.YAMLError as error:
        raise YamlRefused(1, "YAML", yaml_words(str(error)), A_DOCUMENT) from None


@dataclass
class _Node:
    """One value as it is in the file. `items`: of a list its values, of a mapping its keys and values in turn."""

    line: int
    scalar: Any = None
    key: str = ""
    items: list[_Node] | None = None
    is_mapping: bool = False
    size: int = 1  # how many values it is, those that aliases stand for counted each time
    depth: int = 0  # how many levels are below
    is_open: bool = False


class _Reading:
    """One document, read event by event: never by recursion, so that no nesting ends the process."""

    def __init__(self) -> None:
        self.open: list[_Node] = []
        self.anchors: dict[str, _Node] = {}
        self.root: _Node | None = None
        self.documents = 0

    def document(self, events: Iterable[Any]) -> LinedDocument:
        for event in events:
            self._event(event)
        lines: dict[Path, int] = {}
        return LinedDocument(None if self.root is None else _value(self.root, (), lines), lines)

    def _event(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            is_quoted = event.style not in (None, "")
            node = _Node(line, event.value if is_quoted else _plain(event.value), event.value)
            self._named(event.anchor, node)
            self._place(node)
        elif isinstance(event, yaml.CollectionStartEvent):
            node = _Node(line, items=[], is_mapping=isinstance(event, yaml.MappingStartEvent), is_open=True)
            self._named(event.anchor, node)
            self.open.append(node)
            if len(self.open) > DEEPEST:
                raise YamlRefused(line, "YAML", _levels(len(self.open)), _at_most(_levels(DEEPEST)))
        elif isinstance(event, yaml.CollectionEndEvent):
            node = self.open.pop()
            node.is_open = False
            self._place(node)
        elif isinstance(event, yaml.AliasEvent):
            self._place(self._aliased(str(event.anchor), line))
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                found = Said("un second document", "a second document")
                raise YamlRefused(line, "YAML", found, Said("un seul document YAML", "a single YAML document"))

    def _named(self, anchor: str | None, node: _Node) -> None:
        if anchor is not None:
            self.anchors[anchor] = node

    def _aliased(self, anchor: str, line: int) -> _Node:
        node = self.anchors.get(anchor)
        if node is None:
            raise YamlRefused(line, "YAML", Said(f"alias inconnu *{anchor}", f"unknown alias *{anchor}"), A_DOCUMENT)
        if node.is_open:
            expected = Said("un document sans boucle", "a document without a loop")
            raise YamlRefused(line, "YAML", Said("un alias qui se contient", "an alias that holds itself"), expected)
        return node

    def _place(self, node: _Node) -> None:
        if not self.open:
            self.root = node
            return
        above = self.open[-1]
        above.items = above.items if above.items is not None else []
        above.items.append(node)
        above.size += node.size
        above.depth = max(above.depth, node.depth + 1)
        if above.size > MOST:
            raise YamlRefused(node.line, "YAML", _values(above.size), _at_most(_values(MOST)))
        if len(self.open) + node.depth > DEEPEST:
            raise YamlRefused(node.line, "YAML", _levels(len(self.open) + node.depth), _at_most(_levels(DEEPEST)))


def _value(node: _Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.line)
    if node.items is None:
        return node.scalar
    if not node.is_mapping:
        return [_value(item, (*path, index), lines) for index, item in enumerate(node.items)]
    mapping: dict[str, Any] = {}
    for key_node, value_node in zip(node.items[::2], node.items[1::2], strict=True):
        if key_node.items is not None:
            raise YamlRefused(key_node.line, "YAML", Said("une clé composée", "a compound key"), A_DOCUMENT)
        key = key_node.key
        if key in mapping:
            expected = Said("chaque clé une seule fois", "each key once")
            raise YamlRefused(key_node.line, key, Said("clé répétée", "repeated key"), expected)
        lines[(*path, key)] = key_node.line
        mapping[key] = _value(value_node, (*path, key), lines)
    return mapping


def _characters(count: int) -> Said:
    return Said(f"{count} caractères", f"{count} characters")


def _levels(count: int) -> Said:
    return Said(f"{count} niveaux", f"{count} levels")


def _values(count: int) -> Said:
    return Said(f"{count} valeurs, alias compris", f"{count} values, aliases included")


def _at_most(most: Said) -> Said:
    return Said(f"au plus {most.fr}", f"at most {most.en}")


def _plain(text: str) -> Any:
    if text in CONSTANTS:
        return CONSTANTS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text
