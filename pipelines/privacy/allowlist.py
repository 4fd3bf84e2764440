"""What may be published although it looks personal, each with its legal basis: `schemas/privacy/admis.csv`.

Belongs here: reading the list and asking it. Does not: any entry; those are data, reviewed like a schema.

Columns: `admis_id`, `table`, `champ` (`package/table` and field, shell wildcards), `regle` (of the gate, wildcards),
`motif` (regular expression that the whole passage has to match; empty: any), `contexte` (regular expression over the
text around, in which `§` stands for the passage; empty: any), `base` (legal basis), `certitude` (`S` read, `M` from
memory), `justification`. Case does not count in the two expressions."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.core.text import Said
from pipelines.privacy.errors import AllowListInvalid
from pipelines.schema import Privacy, TableSchema
from pipelines.schema.tables import ORGANISATION

COLUMNS = ("admis_id", "table", "champ", "regle", "motif", "contexte", "base", "certitude", "justification")
PLACES = "lieu_officiel"  # entries with this rule name the fields whose place names explain a word of the strong test
_AROUND = 160


@dataclass(frozen=True)
class Allowed:
    """One entry of the list."""

    id: str
    table: str
    field: str
    rule: str
    passage: str
    context: str
    basis: str
    certainty: str
    reason: str

    def covers(self, table: str, field: str, rule: str) -> bool:
        return fnmatchcase(table, self.table) and fnmatchcase(field, self.field) and fnmatchcase(rule, self.rule)

    def accepts(self, text: str, start: int, end: int) -> bool:
        """Whether the passage `text[start:end]` is what the entry speaks of."""
        if self.passage and not re.fullmatch(self.passage, text[start:end], re.IGNORECASE):
            return False
        if not self.context:
            return True
        around = f"{text[max(0, start - _AROUND) : start]}§{text[end : end + _AROUND]}"
        return re.search(self.context, around, re.IGNORECASE) is not None


OF_AN_ORGANISATION = ("courriel", "telephone", "telephone_en_lettres", "adresse_postale", "coordonnees", "nom_de_champ")
"""What a field that is declared `about: organisation` may hold: how an establishment is reached, and where it is."""


@dataclass(frozen=True)
class AllowList:
    """The entries, in the order of their file."""

    entries: tuple[Allowed, ...] = ()
    _covering: dict[tuple[str, str, str], tuple[Allowed, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __iter__(self) -> Iterator[Allowed]:
        return iter(self.entries)

    def reason(self, table: str, field: str, rule: str, text: str, span: tuple[int, int]) -> Allowed | None:
        """The entry that lets a passage through, or none."""
        place = (table, field, rule)
        if place not in self._covering:
            self._covering[place] = tuple(entry for entry in self.entries if entry.covers(*place))
        return next((entry for entry in self._covering[place] if entry.accepts(text, *span)), None)

    def with_fields(self, package: str, schemas: Mapping[str, TableSchema]) -> AllowList:
        """The list, and an entry for each public field of a package that its schema declares to be of organisations."""
        declared = [
            Allowed(f"{name}.{item.name}", f"{package}/{name}", item.name, rule, "", "", item.basis, "S", item.about)
            for name, schema in schemas.items()
            for item in schema.fields
            if item.about == ORGANISATION and item.privacy is Privacy.PUBLIC
            for rule in OF_AN_ORGANISATION
        ]
        return AllowList((*self.entries, *declared)) if declared else self

    def places(self, table: str, fields: Iterable[str]) -> frozenset[str]:
        """The fields of a table that hold official place names."""
        return frozenset(
            name for name in fields if any(entry.rule == PLACES and entry.covers(table, name, PLACES) for entry in self)
        )


def load_allow_list(schemas: Path) -> AllowList:
    """Read `schemas/privacy/admis.csv`. Raises `AllowListInvalid`; a missing file is an empty list: nothing is let
    through."""
    path, name = schemas / "privacy" / "admis.csv", "schemas/privacy/admis.csv"
    if not path.is_file():
        return AllowList()
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            found = ", ".join(reader.fieldnames or ()) or Said("rien", "nothing")
            raise AllowListInvalid(file=name, place=Said("ligne 1", "line 1"), found=found, expected=", ".join(COLUMNS))
        entries = tuple(_entry(row, reader.line_num, name) for row in reader)
    ids = [entry.id for entry in entries]
    twice = sorted({item for item in ids if ids.count(item) > 1})
    if twice:
        expected = Said("des identifiants uniques", "identifiers that come once")
        raise AllowListInvalid(file=name, place="admis_id", found=", ".join(twice), expected=expected)
    return AllowList(entries)


def _entry(row: dict[str, str | None], line: int, file: str) -> Allowed:
    def wrong(column: str, found: str | Said, expected: str | Said) -> AllowListInvalid:
        place = Said(f"ligne {line}, {column}", f"line {line}, {column}")
        return AllowListInvalid(file=file, place=place, found=found, expected=expected)

    for column in ("admis_id", "table", "champ", "regle", "base", "justification"):
        if not (row[column] or "").strip():
            expected = Said("une base légale", "a legal basis") if column == "base" else Said("une valeur", "a value")
            raise wrong(column, Said("rien", "nothing"), expected)
    if row["certitude"] not in ("S", "M"):
        raise wrong("certitude", repr(row["certitude"]), Said("S ou M", "S or M"))
    for column in ("motif", "contexte"):
        try:
            re.compile(row[column] or "")
        except re.error as error:
            raise wrong(column, str(error), Said("une expression régulière", "a regular expression")) from None
    return Allowed(*(row[column] or "" for column in COLUMNS))
