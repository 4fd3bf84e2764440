"""The registries of converters and readings that mappings name.

A converter turns texts into one text in canonical form; a reading looks once and fills several fields. Both are found
by registration: a file in `pipelines/mapping/converters/` that registers one is enough, no list is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.core.project import Project
from pipelines.core.registry import Registry
from pipelines.core.text import Said

Text = str | None
Converter = Callable[[tuple[Text, ...], Mapping[str, Any]], Text]
Reading = Callable[[Mapping[str, Text]], Mapping[str, Text]]
ReadingMaker = Callable[[Project, Mapping[str, Any]], Reading]

MODULES = "pipelines.mapping.converters"
CONVERTERS: Registry[Converter] = Registry(Said("un convertisseur", "a converter"), "converters", MODULES)
READINGS: Registry[ReadingMaker] = Registry(Said("une lecture", "a reading"), "converters", MODULES)


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
    return CONVERTERS.registering(name)


def reading(name: str) -> Callable[[ReadingMaker], ReadingMaker]:
    """Register a reading: `make(project, options) -> read`, then `read(texts by name) -> texts by output name`.

    `make` is called once for a mapping entry and may load reference data; `read` is pure, is called once for each
    distinct input, returns every output it knows (the mapping keeps what it names), and raises `Unreadable`.
    """
    return READINGS.registering(name)
