"""Withdrawals: records that must leave what is published, `sources/retraits/*.csv`.

Columns: `source`, `part`, `champ`, `cle` (the record whose column `champ` contains `cle`), `motif`, `date`
(AAAA-MM-JJ). The motive names no person, and the key is one of the source's own identifiers, never a name.

A connector may report withdrawals too, as `withdrawn` in what a snapshot says of its fetch: `number` (the record's
column `numero`), `reason`, `date`. The records are gone from that snapshot; the lines say why to those who compare
releases.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.shown import shown_as_code
from pipelines.core.text import Said
from pipelines.sources import Capture
from pipelines.storage.spool import filtered

STATED_BY_CONNECTORS, NUMBER = "_connecteurs.csv", "numero"
COLUMNS = ("source", "part", "champ", "cle", "motif", "date")


class WithdrawalUnusable(ArobaseError):
    """A line of a file of withdrawals cannot be applied: nothing of the source is published until it is fixed."""

    code: ClassVar[str] = "withdrawal-unusable"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "{file}, ligne {line}, {column} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{file}, line {line}, {column}: {found}; expected: {expected}."


@dataclass(frozen=True)
class Withdrawal:
    """One record to leave out, and where that was asked."""

    source: str
    part: str
    field: str
    key: str
    reason: str
    day: date
    file: str
    line: int


def load_withdrawals(folder: Path) -> list[Withdrawal]:
    """Every line of every file of the folder, files by name. Raises `WithdrawalUnusable`."""
    found: list[Withdrawal] = []
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
        file_name = f"sources/retraits/{path.name}"
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise _unusable(file_name, 1, missing[0], ", ".join(reader.fieldnames or ()) or "—", ", ".join(COLUMNS))
            found.extend(_withdrawal(row, file_name, line) for line, row in enumerate(reader, start=2))
    return found


def withdrawals_of_connectors(captures: Iterable[Capture]) -> bytes:
    """What connectors say was withdrawn, as a file (`STATED_BY_CONNECTORS`); empty when they say nothing."""
    lines = [
        (
            capture.source,
            part.part,
            NUMBER,
            str(item["number"]),
            item.get("reason") or "suppression",
            (item.get("date") or part.obtained.isoformat())[:10],
        )
        for capture in captures
        for part in capture.parts
        for item in part.fetch.get("withdrawn", ())
    ]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([COLUMNS, *sorted(lines)])
    return written.getvalue().encode() if lines else b""


def without_withdrawn(
    records: pa.Table, withdrawals: Iterable[Withdrawal], *, source: str, part: str
) -> tuple[pa.Table, int]:
    """The records of a part that stay, and how many left. Raises `WithdrawalUnusable` when the column is not there."""
    gone = 0
    for item in withdrawals:
        if (item.source, item.part) != (source, part):
            continue
        if item.field not in records.column_names or item.field.startswith("_"):
            known = ", ".join(name for name in records.column_names if not name.startswith("_"))
            raise _unusable(item.file, item.line, "champ", repr(item.field), known)
        cells = pc.fill_null(pc.utf8_trim_whitespace(records.column(item.field)), "")
        stays = pc.not_equal(cells, item.key)
        gone += records.num_rows - (pc.sum(stays).as_py() or 0)
        records = filtered(records, stays)
    return records, gone


def _withdrawal(raw: dict[str, str | None], file: str, line: int) -> Withdrawal:
    row = {name: (raw[name] or "").strip() for name in COLUMNS}
    for column in COLUMNS[:5]:
        if not row[column]:
            raise _unusable(file, line, column, Said("vide", "empty"), Said("un texte", "a text"))
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        raise _unusable(file, line, "date", shown_as_code(row["date"]), Said("AAAA-MM-JJ", "YYYY-MM-DD")) from None
    return Withdrawal(row["source"], row["part"], row["champ"], row["cle"], row["motif"], day, file, line)


def _unusable(file: str, line: int, column: str, found: str | Said, expected: str | Said) -> WithdrawalUnusable:
    return WithdrawalUnusable(file=file, line=line, column=column, found=found, expected=expected)
