"""What code lists are called where they are published: `schemas/codelists/titles.yaml`.

Belongs here: reading that file. Does not: the lists (`codelists.py`), nor their tables (`codelist_tables.py`). A list
that the file does not name is called by the name of its own file, and so are columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.core.checked_yaml import Fault, read_checked
from pipelines.core.text import Said
from pipelines.schema.errors import CodeListTitlesError

FILE = "titles.yaml"
SCHEMA = Path(__file__).with_name("codelist_titles.schema.json")


@dataclass(frozen=True)
class CodeListTitles:
    """The title of a list, as it is within a sentence, and those of the columns that are its own."""

    title: Said
    columns: Mapping[str, Said] = field(default_factory=dict)

    def of_column(self, name: str) -> Said:
        """The title of a column, with a capital."""
        title = self.columns.get(name, _of_file(name))
        return Said(_with_capital(title.fr), _with_capital(title.en))


def titles_of(schemas: Path, codelist: str) -> CodeListTitles:
    """What a code list is called. Raises `CodeListTitlesError` when the file of titles is not what it should be."""
    path = schemas / "codelists" / FILE
    known = _read(path, path.stat().st_mtime_ns) if path.is_file() else {}
    return known.get(codelist) or CodeListTitles(_of_file(codelist))


@lru_cache(maxsize=64)
def _read(path: Path, _modified: int) -> dict[str, CodeListTitles]:
    """Read once per version of the file."""
    file = f"schemas/codelists/{FILE}"
    try:
        document = read_checked(path, SCHEMA)
    except Fault as fault:
        raise CodeListTitlesError(file=file, **fault.facts) from None
    lists = sorted(item.stem for item in path.parent.glob("*.csv"))
    for name in document.value or {}:
        if name not in lists:
            found = Said("aucune liste de ce nom", "no list of this name")
            line = document.line((name,))
            raise CodeListTitlesError(file=file, line=line, key=name, found=found, expected=", ".join(lists))
    return {name: _titles(raw) for name, raw in (document.value or {}).items()}


def _titles(raw: Mapping[str, Any]) -> CodeListTitles:
    columns = {name: Said(own["title"], own["title_en"]) for name, own in raw.get("columns", {}).items()}
    return CodeListTitles(Said(raw["title"], raw["title_en"]), columns)


def _of_file(name: str) -> Said:
    """A name as it is in files, as words."""
    words = name.replace("_", " ")
    return Said(words, words)


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
