"""What a portal contains and what it should hold, in the same words, and how the two differ.

Belongs here: comparing. Does not: reading either (`ckan.py`, `datagouv.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.core.text import Language, Said

# The first word of a difference's place, where it is no key of a resource of ours.
DATASET, RESOURCE = "jeu", "ressource"
IN_ENGLISH = {DATASET: "dataset", RESOURCE: "resource"}
SHOWN = 80


@dataclass(frozen=True)
class State:
    """The fields of a dataset that we keep, and those of each of our resources, by key."""

    dataset: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Found:
    """A dataset as a portal holds it. `handles`: the portal's identifier of each of our resources, by key.

    `extra`: identifiers of resources that are ours and should not be there: of tables that are gone, or doubled.
    """

    identifier: str
    version: str
    state: State
    handles: Mapping[str, str]
    page: str
    extra: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    quality: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One field that differs; `there` or `wanted` is None when the thing is absent there, or should be."""

    place: str
    there: Any
    wanted: Any

    @property
    def where(self) -> Said:
        """The place, for people."""
        first = next((word for word in IN_ENGLISH if re.match(rf"{word}\b(?![/-])", self.place)), None)
        return Said(self.place, self.place if first is None else IN_ENGLISH[first] + self.place.removeprefix(first))

    def message(self, language: Language = "fr") -> str:
        """For a terminal: the place, what is there, what should be, whole."""
        return f"{getattr(self.where, language)}: {whole(self.there)} → {whole(self.wanted)}"


def differences(found: Found | None, wanted: State) -> tuple[Difference, ...]:
    """Every difference, the dataset's first, then by resource; fields that are not wanted are not compared."""
    if found is None:
        return (Difference(DATASET, None, wanted.dataset.get("title")), *_absent(wanted.resources))
    return tuple(_all(found, wanted))


def holds_resources(found: Found | None, wanted: State) -> bool:
    """Whether every resource is there as wanted, and none too many: a dataset that is, may be shown to the public."""
    mine = f"{DATASET}."
    return found is not None and all(item.place.startswith(mine) for item in differences(found, wanted))


def _all(found: Found, wanted: State) -> Iterator[Difference]:
    yield from _fields(DATASET, found.state.dataset, wanted.dataset)
    for key, fields in wanted.resources.items():
        if key not in found.state.resources:
            yield from _absent({key: fields})
        else:
            yield from _fields(key, found.state.resources[key], fields)
    for identifier in found.extra:
        yield Difference(f"{RESOURCE} {identifier}", identifier, None)


def _absent(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    """One difference for each resource that is to be made."""
    for key, fields in resources.items():
        yield Difference(key, None, fields.get("title") or fields.get("name") or fields)


def _fields(place: str, there: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in wanted.items():
        if there.get(name) != value:
            yield Difference(f"{place}.{name}", there.get(name), value)


def whole(value: Any) -> str:
    """A value for people, on one line."""
    return "—" if value is None else str(value).replace("\n", " ")


def shown(value: Any) -> str:
    """A value for a sentence, cut where it is long."""
    text = whole(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
