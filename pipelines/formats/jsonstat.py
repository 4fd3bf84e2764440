"""JSON-stat 2.0 as text columns: one row a value, a column a dimension with its code, its label beside it.

Source: https://json-stat.org/full/: values are in row-major order of `id` and `size`, as a list or by place; `status`
flags (estimated, provisional…) have the same places. A place without a value gives no row.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.formats.content import Content
from pipelines.formats.documents import json_text, tabulate
from pipelines.formats.errors import Damaged, FormatError
from pipelines.formats.registry import Records, reader


@reader("jsonstat")
def read_jsonstat(content: Content) -> Records:
    """A position is the value's place in the cube, from 1. Raises `Damaged`, `FormatError` for another shape."""
    try:
        document = json.loads(content.data)
    except ValueError as error:
        raise Damaged(file=content.file, detail=str(error), format="jsonstat") from None
    try:
        rows = list(_rows(document))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise FormatError(
            file=content.file, place="JSON-stat", found=f"{error}", expected="id, size, dimension, value"
        ) from None
    return tabulate(content, iter(rows), "JSON-stat", {"updated": document.get("updated")})


def _rows(document: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    names, values, status = document["id"], document["value"], document.get("status", {})
    categories = [_categories(document["dimension"][name]["category"]) for name in names]
    if [len(item) for item in categories] != document["size"]:
        raise KeyError("size")
    for place, chosen in enumerate(itertools.product(*categories)):
        value = _at(values, place)
        if value is None:
            continue
        row: dict[str, Any] = {}
        for name, (code, label) in zip(names, chosen, strict=True):
            row |= {name: code, f"{name}_libelle": label}
        yield place + 1, row | {"valeur": json_text(value), "statut": _at(status, place)}


def _categories(category: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Codes in their order, with their labels."""
    labels, index = category.get("label", {}), category.get("index")
    codes = (
        list(labels) if index is None else index if isinstance(index, list) else sorted(index, key=index.__getitem__)
    )
    return [(code, labels.get(code)) for code in codes]


def _at(values: Any, place: int) -> Any:
    if isinstance(values, str):
        return values
    if isinstance(values, list):
        return values[place] if place < len(values) else None
    return values.get(str(place))
