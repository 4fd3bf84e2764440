"""Exports of form tools: system columns leave before the file is kept, because some of them say who answered.

Belongs here: a CSV without some of its columns. Does not: reading it (`records/formats/`).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from pipelines.core.text import Said
from pipelines.sources.descriptions import Part
from pipelines.sources.errors import CollectError
from pipelines.sources.registry import Fetched, Unchanged

DELIMITERS = ";,\t"


@dataclass(frozen=True)
class Dropped:
    """System columns of a tool: all of them, those that are personal, those that the YAML keeps."""

    system: tuple[str, ...]
    personal: tuple[str, ...]
    keep: tuple[str, ...] = ()


def without_columns(got: Fetched | Unchanged, part: Part, columns: Dropped, source: str) -> Fetched | Unchanged:
    """The same file without its system columns, as UTF-8. Raises `CollectError` when the YAML keeps a personal one."""
    personal = [name for name in columns.keep if name in columns.personal]
    if personal:
        expected = Said("des colonnes sans donnée personnelle", "columns that are not personal")
        raise CollectError(source=source, found=f"parameters.keep: {', '.join(personal)}", expected=expected)
    if isinstance(got, Unchanged):
        return got
    encoding = part.options.get("encoding", "utf-8-sig")
    try:
        text = got.path.read_bytes().decode(encoding)
    except UnicodeDecodeError as error:
        found = Said(f"octet {error.start}", f"byte {error.start}")
        raise CollectError(source=source, found=found, expected=f"{encoding} (options.encoding)") from None
    head = text.split("\n", 1)[0]
    delimiter = part.options.get("delimiter") or max(DELIMITERS, key=head.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = rows[: part.options.get("header_rows", 1)]
    gone = {
        index
        for row in header
        for index, cell in enumerate(row)
        if cell.strip() in columns.system and cell.strip() not in columns.keep
    }
    with got.path.open("w", encoding=encoding.removesuffix("-sig"), newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerows([cell for index, cell in enumerate(row) if index not in gone] for row in rows)
    names = sorted({row[index].strip() for row in header for index in gone if index < len(row)} - {""})
    return replace(got, content=None, fetch=dict(got.fetch) | {"dropped": names})
