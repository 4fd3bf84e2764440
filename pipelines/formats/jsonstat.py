"""JSON-stat 2.0 as text columns: one row per value, one column per dimension with its code, its label beside it.

Source: https://json-stat.org/full/: values are in row-major order of `id` and `size`, as a list or by place; `status`
flags (estimated, provisional…) have the same places. A place without a value gives no row.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.documents import damaged, tabulate
from pipelines.formats.encoding import decoded
from pipelines.formats.errors import FormatError
from pipelines.formats.faults import LISTED
from pipelines.formats.header import clean
from pipelines.formats.json_values import NotJson, Repeated, json_text, loads
from pipelines.formats.registry import Records, reader

OWN = ("valeur", "statut")
"""The columns that are no dimension's."""


@reader("jsonstat")
def read_jsonstat(content: Content) -> Records:
    """A position is the value's place in the cube, from 1. Raises `Damaged`, `FormatError` for another shape."""
    text = decoded(content)
    try:
        document = loads(text.data)
    except ValueError as error:
        raise damaged(content, error) from None
    try:
        rows = list(_rows(document))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise _misfit(content, str(error)) from None
    updated = document.get("updated")
    notices = [*text.notices, *_without_value(document)]
    return tabulate(
        content,
        iter(rows),
        "JSON-stat",
        {"updated": updated if isinstance(updated, str) and updated.isascii() else None},
        notices,
    )


def _without_value(document: Mapping[str, Any]) -> Iterator[Said]:
    """What to report of the places that have a status and no value: they make no record."""
    status, value = document.get("status"), document["value"]
    if not status or isinstance(status, str):
        return
    flags = _placed(status, math.prod(document["size"]), "status")
    values = dict(enumerate(value)) if isinstance(value, list) else {int(place): one for place, one in value.items()}
    found = Counter(str(flag) for place, flag in flags.items() if flag is not None and values.get(place) is None)
    if found:
        listed = ", ".join(f"{flag} × {count}" for flag, count in sorted(found.items())[:LISTED])
        french = f"places qui ont un statut et pas de valeur, laissées : {listed}"
        yield Said(french, f"places that have a status and no value, left out: {listed}")


def _misfit(content: Content, found: str) -> FormatError:
    return FormatError(file=content.file, place="JSON-stat", found=found, expected="id, size, dimension, value")


def _rows(document: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The values that are there, each at its place. Raises `ValueError` for a cube that does not fit its sizes."""
    _check_once(document)
    names = document["id"]
    categories = [_categories(document["dimension"][name]["category"]) for name in names]
    sizes = [len(item) for item in categories]
    if sizes != document["size"] or len(set(names)) != len(names):
        raise ValueError(f"size {document['size']}, dimensions {sizes}")
    columns = [clean(column) for name in names for column in (name, f"{name}_libelle")]
    twice = sorted({column for column in (*columns, *OWN) if [*columns, *OWN].count(column) > 1})
    if twice:
        raise ValueError(f"id: {', '.join(twice)} × 2")
    count = math.prod(sizes)
    values = _placed(document["value"], count, "value")
    status = document.get("status") or {}
    flags = {} if isinstance(status, str) else _placed(status, count, "status")
    for place, value in sorted(values.items()):
        if value is None:
            continue
        row: dict[str, Any] = {}
        for name, (code, label) in zip(names, _codes(place, categories), strict=True):
            row |= {name: code, f"{name}_libelle": label}
        number = value if isinstance(value, NotJson) else json_text(value)
        yield place + 1, row | {"valeur": number, "statut": status if isinstance(status, str) else flags.get(place)}


def _check_once(document: Any) -> None:
    """Raises `ValueError` for an object of the cube, its values apart, that names a member twice."""
    if isinstance(document, Repeated):
        raise ValueError(f"{document.member} × 2")
    for name, inner in document.items() if isinstance(document, dict) else ():
        if name not in ("value", "extension", "link"):
            _check_once(inner)


def _codes(place: int, categories: list[list[tuple[str, str | None]]]) -> list[tuple[str, str | None]]:
    """The category of each dimension at a place, the last dimension turning fastest."""
    chosen = []
    for item in reversed(categories):
        place, rank = divmod(place, len(item))
        chosen.append(item[rank])
    return chosen[::-1]


def _placed(found: Any, count: int, name: str) -> dict[int, Any]:
    """Values by their place, from a list of all of them or from an object. Raises `ValueError` where they do not
    fit."""
    if isinstance(found, list):
        if len(found) != count and (found or name == "value"):
            raise ValueError(f"{name}: {len(found)}, size: {count}")
        return dict(enumerate(found))
    if not isinstance(found, dict):
        raise ValueError(f"{name}: {type(found).__name__}")
    if isinstance(found, Repeated):
        raise ValueError(f"{name}: {found.member} × 2")
    placed = {}
    for place, value in found.items():
        if not (place.isascii() and place.isdigit() and len(place) < 19 and int(place) < count):
            raise ValueError(f"{name}: {place[:20]!r}, size: {count}")
        if int(place) in placed:
            raise ValueError(f"{name}: {int(place)} × 2")
        placed[int(place)] = value
    return placed


def _categories(category: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Codes in their order, with their labels. Raises `ValueError` for an index that is no order."""
    labels, index = category.get("label", {}), category.get("index")
    if index is None:
        codes = list(labels)
    elif isinstance(index, list):
        codes = index
    else:
        codes = sorted(index, key=index.__getitem__)
        if [index[code] for code in codes] != list(range(len(codes))):
            raise ValueError(f"index: {len(codes)}")
    if len(set(codes)) != len(codes) or not all(isinstance(code, str) for code in codes):
        raise ValueError(f"index: {len(set(codes))}/{len(codes)}")
    return [(code, labels.get(code)) for code in codes]
