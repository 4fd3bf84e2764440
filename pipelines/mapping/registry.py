"""The registers of converters and readings that mappings name.

A converter turns texts into one text in canonical form; a reading looks once and fills several fields. Both are found
by registration: a file in `pipelines/mapping/converters/` that registers one is enough, no list is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.core.domains import discover
from pipelines.core.project import Project

Text = str | None
Converter = Callable[[tuple[Text, ...], Mapping[str, Any]], Text]
Reading = Callable[[Mapping[str, Text]], Mapping[str, Text]]
ReadingMaker = Callable[[Project, Mapping[str, Any]], Reading]

_converters: dict[str, Converter] = {}
_readings: dict[str, ReadingMaker] = {}


class Unreadable(ValueError):
    """A converter or reading refuses a text. `expected_fr` and `expected_en` say what would have been read."""

    def __init__(self, expected_fr: str, expected_en: str) -> None:
        super().__init__(expected_en)
        self.expected_fr, self.expected_en = expected_fr, expected_en


def converter(name: str) -> Callable[[Converter], Converter]:
    """Register a converter: `convert(texts, options) -> text`, pure, raising `Unreadable`.

    `texts` are the stripped cells of the columns that the mapping names, None where absent; options are the other keys
    of the mapping's entry. It is called once for each distinct tuple of texts.
    """

    def register(function: Converter) -> Converter:
        if _converters.setdefault(name, function) is not function:
            raise TypeError(f"two converters are called {name!r}")
        return function

    return register


def reading(name: str) -> Callable[[ReadingMaker], ReadingMaker]:
    """Register a reading: `make(project, options) -> read`, then `read(texts by name) -> texts by output name`.

    `make` is called once for a mapping entry and may load reference data; `read` is pure, is called once for each
    distinct input, returns every output it knows (the mapping keeps what it names), and raises `Unreadable`.
    """

    def register(make: ReadingMaker) -> ReadingMaker:
        if _readings.setdefault(name, make) is not make:
            raise TypeError(f"two readings are called {name!r}")
        return make

    return register


def converters() -> Mapping[str, Converter]:
    """Every registered converter, by name."""
    discover("converters", "pipelines.mapping.converters")
    return _converters


def readings() -> Mapping[str, ReadingMaker]:
    """Every registered reading, by name."""
    discover("converters", "pipelines.mapping.converters")
    return _readings
