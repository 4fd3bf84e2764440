"""Which correction a changed value comes from: what `CHANGES.md`, `arobase diff` and the page of a version lead to.

Belongs here: the field by which a table names a correction, and the correction of each changed row. Does not: what a
correction says (the table `corrections`), nor why a value changed (`causes.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import key_text, text
from pipelines.releases.diff import CHANGED

CORRECTIONS = "corrections"
"""The table of a package that contains what persons settled, where there is one."""
CAUSE = r"(^|[+/])correction($|[+/])"


def correction_link(schema: Mapping[str, Any]) -> tuple[str, str] | None:
    """The field of a published table that names a correction, and the key that it names; None where there is none."""
    for key in schema.get("foreignKeys", ()):
        if key["reference"]["resource"] == CORRECTIONS:
            (own,), (named,) = _several(key["fields"]), _several(key["reference"]["fields"])
            return own, named
    return None


def _several(names: str | Sequence[str]) -> Sequence[str]:
    """The fields of a key: Table Schema writes a single one as a text or as a list."""
    return [names] if isinstance(names, str) else names


def caused_by_correction(changes: pa.Table) -> pa.Table:
    """The changed values of which a correction is a cause, alone or with others."""
    changed = changes.filter(pc.equal(changes.column("nature"), CHANGED))  # few, or none of a first version
    return changed.filter(pc.match_substring_regex(changed.column("cause"), CAUSE))


def corrections_of(keys: Iterable[str], by: Sequence[str], field: str, tables: Iterable[pa.Table]) -> dict[str, str]:
    """The correction of each row that has one, by key: in the first of `tables` (the newest) that names one.

    `tables`: each with the fields of the key and `field`.
    """
    wanted = pa.array(dict.fromkeys(keys), pa.string())
    found: dict[str, str] = {}
    for table in tables:
        if not len(wanted) or not {*by, field} <= set(table.column_names):
            continue
        places = pc.index_in(wanted, value_set=key_text(table, by))
        named = text(table.column(field)).take(places).to_pylist()
        for key, value in zip(wanted.to_pylist(), named, strict=True):
            if value is not None:
                found.setdefault(key, value)
    return found
