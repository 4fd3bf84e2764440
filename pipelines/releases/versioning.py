"""The number of a version, computed from what changed. The rule in words is in `docs/publication.md`.

Belongs here: comparing two descriptors and counts of changes. Does not: finding the changes (`diff.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pipelines.core.text import Said, counted
from pipelines.releases.descriptor import example_text
from pipelines.releases.diff import Counts

FIRST = "1.0.0"
OWN = ("version", "created", "arobase", "resources")
BLOCKED = (
    Said("ligne bloquée par le contrôle des données personnelles", "row withheld by the privacy gate"),
    Said("lignes bloquées par le contrôle des données personnelles", "rows withheld by the privacy gate"),
)
TIGHTER: dict[str, Callable[[Any, Any], bool]] = {
    "required": lambda before, after: bool(after) and not before,
    "unique": lambda before, after: bool(after) and not before,
    "minimum": lambda before, after: after is not None and (before is None or _number(after) > _number(before)),
    "maximum": lambda before, after: after is not None and (before is None or _number(after) < _number(before)),
    "minLength": lambda before, after: after is not None and (before is None or after > before),
    "maxLength": lambda before, after: after is not None and (before is None or after < before),
    "pattern": lambda before, after: after is not None,
    "enum": lambda before, after: (
        after is not None and (before is None or not set(map(str, before)) <= set(map(str, after)))
    ),
}


class Level(IntEnum):
    """How much a change may disturb a consumer."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def label(self) -> Said:
        """As people read it; descriptors keep the name."""
        return LABELS[self]


LABELS = {
    Level.PATCH: Said("révision", "patch"),
    Level.MINOR: Said("mineure", "minor"),
    Level.MAJOR: Said("majeure", "major"),
}


@dataclass(frozen=True)
class Reason:
    """One thing that changed, and what it does to the number."""

    level: Level
    fr: str
    en: str


def number(previous: str, reasons: list[Reason]) -> str:
    """The version after `previous`. Raises `ValueError` without a reason: no change, no version."""
    major, minor, patch = (int(part) for part in previous.split("."))
    level = max(reason.level for reason in reasons)
    if level is Level.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if level is Level.MINOR else f"{major}.{minor}.{patch + 1}"


def reasons(before: Mapping[str, Any], after: Mapping[str, Any], counts: Mapping[str, Counts]) -> list[Reason]:
    """Why `after` is another version than `before` (two descriptors), most disturbing first; empty when it is not.

    `counts`: changes of rows by table, for the tables that both have. Snapshots alone, and where rows were in them,
    make no version: the values are the same.
    """
    old, new = _tables(before), _tables(after)
    found = [
        Reason(Level.MAJOR, f"table « {name} » retirée", f'table "{name}" removed') for name in old if name not in new
    ]
    found += [
        Reason(Level.MINOR, f"table « {name} » ajoutée", f'table "{name}" added') for name in new if name not in old
    ]
    for name in (name for name in new if name in old):
        found += _schema(name, old[name]["schema"], new[name]["schema"])
        found += _rows(name, counts.get(name, Counts()))
        if _compared(old[name]) != _compared(new[name]):
            found.append(Reason(Level.PATCH, f"{name} : description revue", f"{name}: description revised"))
    found += _package(before, after)
    return sorted(found, key=lambda reason: -reason.level)


def _tables(document: Mapping[str, Any]) -> dict[str, Any]:
    tables = [item for item in document["resources"] if isinstance(item.get("schema"), dict)]
    return {item["name"]: item for item in tables if not str(item.get("path", "")).startswith("qualite/")}


def _compared(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: resource.get(key) for key in ("title", "title_en", "description", "description_en")}


def _rows(name: str, counts: Counts) -> Iterator[Reason]:
    for level, value, one, many in (
        (Level.MINOR, counts.added, Said("ligne ajoutée", "row added"), Said("lignes ajoutées", "rows added")),
        (Level.PATCH, counts.removed, Said("ligne retirée", "row removed"), Said("lignes retirées", "rows removed")),
        (Level.PATCH, counts.withheld, *BLOCKED),
        (
            Level.PATCH,
            counts.changed,
            Said("valeur modifiée", "value changed"),
            Said("valeurs modifiées", "values changed"),
        ),
    ):
        if value:
            found = counted(value, one, many)
            yield Reason(level, f"{name} : {found.fr}", f"{name}: {found.en}")


def _schema(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    old = {item["name"]: item for item in before["fields"]}
    new = {item["name"]: item for item in after["fields"]}
    for field in (field for field in old if field not in new):
        yield Reason(Level.MAJOR, f"{name} : champ « {field} » retiré", f'{name}: field "{field}" removed')
    for field in (field for field in new if field not in old):
        yield Reason(Level.MINOR, f"{name} : champ « {field} » ajouté", f'{name}: field "{field}" added')
    kept = [field for field in old if field in new]
    if [field for field in new if field in old] != kept or list(new)[: len(kept)] != kept:
        yield Reason(Level.MAJOR, f"{name} : colonnes réordonnées", f"{name}: columns reordered")
    if before.get("primaryKey", []) != after.get("primaryKey", []):
        yield Reason(Level.MAJOR, f"{name} : clé primaire changée", f"{name}: primary key changed")
    if before.get("missingValues", [""]) != after.get("missingValues", [""]):
        yield Reason(Level.MAJOR, f"{name} : valeurs absentes codées autrement", f"{name}: missing values changed")
    yield from _foreign(name, before.get("foreignKeys", []), after.get("foreignKeys", []))
    for field in kept:
        yield from _field(f"{name}.{field}", old[field], new[field])


def _foreign(name: str, before: list[Any], after: list[Any]) -> Iterator[Reason]:
    if any(key not in before for key in after):
        yield Reason(Level.MAJOR, f"{name} : clé étrangère ajoutée", f"{name}: foreign key added")
    elif before != after:
        yield Reason(Level.MINOR, f"{name} : clé étrangère retirée", f"{name}: foreign key removed")


def _field(place: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    nature = [key for key in ("type", "format", "scale") if before.get(key) != after.get(key)]
    if nature or bool(before.get("codelist")) != bool(after.get("codelist")):
        yield Reason(Level.MAJOR, f"{place} : type changé", f"{place}: type changed")
    old, new = before.get("constraints", {}), after.get("constraints", {})
    for rule in sorted({*old, *new}):
        was, now = old.get(rule), new.get(rule)
        if was == now:
            continue
        if rule not in TIGHTER or TIGHTER[rule](was, now):
            yield Reason(Level.MAJOR, f"{place} : {rule} resserré", f"{place}: {rule} tightened")
        elif rule == "enum" and now is not None and set(map(str, was)) == set(map(str, now)):
            yield Reason(Level.PATCH, f"{place} : codes réordonnés", f"{place}: codes reordered")
        elif rule == "enum" and now is not None:
            yield Reason(Level.MINOR, f"{place} : liste de codes étendue", f"{place}: code list grown")
        else:
            yield Reason(Level.MINOR, f"{place} : {rule} desserré", f"{place}: {rule} loosened")
    if _described(before) != _described(after):
        yield Reason(Level.PATCH, f"{place} : description revue", f"{place}: description revised")


def _described(field: Mapping[str, Any]) -> dict[str, Any]:
    """What a field says beside its nature. Examples were written in their own type once, and are text now: no change
    of the data."""
    seen = {"type", "format", "scale", "codelist", "constraints"}
    described = {key: value for key, value in field.items() if key not in seen}
    return described | ({"example": example_text(described["example"])} if "example" in described else {})


def _package(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    if before.get("licenses") != after.get("licenses"):
        yield Reason(Level.MAJOR, "licence changée", "licence changed")
    for name, fr, en in (
        ("constats", "résultats des contrôles mis à jour", "findings updated"),
        ("rejets", "lignes écartées mises à jour", "rejected rows updated"),
    ):
        if _content(before, name) != _content(after, name):
            yield Reason(Level.PATCH, fr, en)
    others = {key for key in (*before, *after) if key not in (*OWN, "licenses", "sources")}
    same = all(before.get(key) == after.get(key) for key in others)
    if not same or _sources(before) != _sources(after):
        yield Reason(Level.PATCH, "description du jeu de données revue", "package description revised")


def _content(document: Mapping[str, Any], name: str) -> Any:
    return next((item.get("content") for item in document["resources"] if item["name"] == name), None)


def _sources(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in item.items() if k != "snapshots"} for item in document.get("sources", [])]


def _number(bound: Any) -> Any:
    """A bound of a constraint, comparable with another of its field: numbers as numbers, dates as their text."""
    try:
        return float(bound)
    except ValueError:
        return bound


FIRST_REASON = Reason(Level.MAJOR, "première version", "first version")
