"""The texts and the keys of a JSON document.

Belongs here: going through one that was read. Does not: reading it (`opening.py`), checking its texts (`scanning.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.privacy.looks import Text
from pipelines.privacy.scanning import Scan


def keys_of(document: object, *, without: str | None = None) -> Iterable[str]:
    """The distinct keys of a JSON document; `without`: a key whose value is not looked into."""
    found: dict[str, None] = {}
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found.update(dict.fromkeys(value))
            waiting += [inner for key, inner in value.items() if key != without and isinstance(inner, dict | list)]
        elif isinstance(value, list):
            waiting += [inner for inner in value if isinstance(inner, dict | list)]
    return found


def walk(value: object, pointer: str, row: int, scan: Scan) -> Iterator[Text]:
    """The texts of a JSON document, keys among them, each with its pointer; a key that is held is `*` in pointers.

    A list of two or three decimal numbers is one text too: it may be a point.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield row, pointer, key
            label = key if scan.may_tell(key) else "*"
            yield from walk(inner, f"{pointer}/{label}", row, scan)
    elif isinstance(value, list):
        if len(value) in (2, 3) and all(isinstance(item, float) for item in value):
            yield row, pointer, ", ".join(repr(item) for item in value[:2])
        for place, inner in enumerate(value):
            yield from walk(inner, f"{pointer}/{place}", row, scan)
    elif isinstance(value, str):
        yield row, pointer, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield row, pointer, f"{pointer.rsplit('/', 1)[-1]}: {value}"
