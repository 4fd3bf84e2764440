"""Code lists: the closed vocabularies of the domain, `schemas/codelists/*.csv`.

Columns: `code`, `libelle_fr`, `libelle_en`, `valide_du`, `valide_au` (ISO dates or empty), `source`; a list may carry
more columns of its own (a parent code, a version), kept in `Code.more`. A code is never reused with another meaning.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from pipelines.core.text import Language, Said
from pipelines.schema.errors import SchemaFileError, SchemaNotFound

COLUMNS = ("code", "libelle_fr", "libelle_en", "valide_du", "valide_au", "source")


@dataclass(frozen=True)
class Code:
    """One entry of a code list."""

    code: str
    label_fr: str
    label_en: str
    valid_from: date | None
    valid_to: date | None
    source: str
    more: tuple[tuple[str, str], ...] = ()

    def label(self, language: Language) -> str:
        return self.label_fr if language == "fr" else self.label_en

    def is_valid_on(self, day: date) -> bool:
        """Both ends included; an absent end is open."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class CodeList:
    """A code list, in the order of its file."""

    name: str
    codes: tuple[Code, ...]

    def __contains__(self, code: object) -> bool:
        return any(entry.code == code for entry in self.codes)

    def __getitem__(self, code: str) -> Code:
        """Raises `KeyError` when the list has no such code."""
        for entry in self.codes:
            if entry.code == code:
                return entry
        raise KeyError(f"{self.name}: {code}")

    @property
    def values(self) -> list[str]:
        return [entry.code for entry in self.codes]


def load_codelist(schemas: Path, name: str) -> CodeList:
    """Read `schemas/codelists/<name>.csv`. Raises `SchemaNotFound`, `SchemaFileError`."""
    path = schemas / "codelists" / f"{name}.csv"
    if not path.is_file():
        raise SchemaNotFound(file=f"schemas/codelists/{name}.csv", asked_by=Said("un schéma", "a schema"))
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read(path: Path, _modified: int) -> CodeList:
    """Read once per version of the file."""
    name = f"schemas/codelists/{path.name}"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        header = reader.fieldnames or []
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            raise SchemaFileError(
                file=name,
                place=Said("ligne 1", "line 1"),
                found=", ".join(header) or Said("(vide)", "(empty)"),
                expected=", ".join(missing),
            )
        codes: list[Code] = []
        seen: set[str] = set()
        for line, row in enumerate(reader, start=2):
            if not row["code"] or row["code"] in seen:
                raise SchemaFileError(
                    file=name,
                    place=Said(f"ligne {line}, code", f"line {line}, code"),
                    found=repr(row["code"]),
                    expected=Said("un code unique, non vide", "a code that is unique and not empty"),
                )
            seen.add(row["code"])
            codes.append(_code(row, name, line))
    return CodeList(path.stem, tuple(codes))


def _code(row: dict[str, str], file: str, line: int) -> Code:
    dates: list[date | None] = []
    for column in ("valide_du", "valide_au"):
        try:
            dates.append(date.fromisoformat(row[column]) if row[column] else None)
        except ValueError:
            raise SchemaFileError(
                file=file,
                place=Said(f"ligne {line}, {column}", f"line {line}, {column}"),
                found=repr(row[column]),
                expected=Said("AAAA-MM-JJ", "YYYY-MM-DD"),
            ) from None
    more = tuple((key, value) for key, value in row.items() if key not in COLUMNS and key is not None)
    return Code(row["code"], row["libelle_fr"], row["libelle_en"], dates[0], dates[1], row["source"], more)
