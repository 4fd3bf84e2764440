"""Text that was damaged before it was published: replacement characters, and UTF-8 that was encoded twice.

Belongs here: finding such cells in what was read, and saying whether they are few enough to be only reported. Does not:
the encoding of the file itself (`encoding.py`); a value damaged in its source is published as it is, never repaired.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.formats.content import Content
from pipelines.formats.errors import DamagedText
from pipelines.formats.faults import positions_listed
from pipelines.storage.spool import by_chunk, places_where

SHARE = 0.01
"""The share of rows above which damaged text refuses the file; `options.damaged_text` sets another."""

REPLACED = "\ufffd"
# What the bytes 0x80 to 0xBF become when UTF-8 is read as Windows-1252 (or as Latin-1, for those that it lacks).
_TRAIL = "".join(
    dict.fromkeys(
        [bytes([byte]).decode("cp1252", errors="ignore") for byte in range(0x80, 0xC0)] + [*map(chr, range(0x80, 0xC0))]
    )
)
# Letters of French, then punctuation: « Ã© », « Â° », « Å“ », « â€™ ».
TWICE = f"[ÃÂÅ][{_TRAIL}]|â[€‚„]|ï»¿|ï¿½"
# The bytes that one of these patterns cannot do without, so that clean columns are passed over by a search of bytes.
_NEEDLES = tuple(text.encode() for text in (REPLACED, "Ã", "Â", "Å", "â€", "â‚", "â„", "ï»", "ï¿"))


def damaged_text(table: pa.Table, positions: pa.Array, content: Content) -> Iterator[Said]:
    """What to report of damaged cells, columns named and rows by their positions.

    Raises `DamagedText` where more rows than `options.damaged_text` allows (a share, 0.01) contain some.
    """
    allowed = float(content.options.get("damaged_text", SHARE))
    kinds = (
        (REPLACED, False, Said("le caractère de remplacement « � »", "the replacement character “�”")),
        (TWICE, True, Said("de l'UTF-8 encodé deux fois (« Ã© »)", "UTF-8 encoded twice (“Ã©”)")),
    )
    suspects = {
        table.column_names[place]: table.column(place) for place in places_where(table.columns, _may_be_damaged)
    }
    for pattern, is_regex, kind in kinds:
        found: Any = None
        names: list[str] = []
        for name, column in suspects.items():
            here = by_chunk(column, partial(_matches, pattern=pattern, is_regex=is_regex))
            if pc.any(here).as_py():
                names.append(name)
                found = here if found is None else pc.or_(found, here)
        if found is None:
            continue
        rows = positions.filter(found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found)
        columns_listed, listed = ", ".join(names), positions_listed(rows.to_pylist())
        if len(rows) > allowed * table.num_rows:
            share = f"{len(rows) / table.num_rows:.1%}"
            facts = {
                "kind": kind,
                "columns": columns_listed,
                "rows": listed,
                "share": share,
                "allowed": f"{allowed:.1%}",
            }
            raise DamagedText(file=content.file, **facts)
        yield Said(
            f"{kind.fr} dans le texte de la source, gardé tel quel : colonnes {columns_listed} ; positions {listed}",
            f"{kind.en} in the source's own text, kept as it is: columns {columns_listed}; positions {listed}",
        )


def _matches(cells: pa.Array, *, pattern: str, is_regex: bool) -> pa.Array:
    matches = pc.match_substring_regex(cells, pattern) if is_regex else pc.match_substring(cells, pattern)
    return pc.fill_null(matches, False)


def _may_be_damaged(cells: pa.Array) -> bool:
    """Whether their bytes contain what damaged text cannot do without: a quick no for most."""
    buffer = cells.buffers()[2] if pa.types.is_string(cells.type) and len(cells) else None
    if buffer is None or _is_ascii(buffer):
        return False
    data = memoryview(buffer).tobytes()
    return any(needle in data for needle in _NEEDLES)


def _is_ascii(buffer: pa.Buffer) -> bool:
    """Whether no byte of a buffer is beyond ASCII, of which damaged text always has one. Copies nothing."""
    import numpy

    return bool(numpy.frombuffer(buffer, numpy.uint8).max(initial=0) < 0x80)
