"""Corrections: what a person settled about a name, `sources/corrections/*.csv`, with reason and source.

Belongs here: reading and validating them, finding the one for a name in its context. Does not: any resolution.

Columns: `nom_imprime` and `contexte`, matched exactly (an empty context holds everywhere; a correction for the very
context comes first); `code` and `nature` of the territory (an empty code: outside the code, or a body that no shipped
vintage knows); `nom`, for what has no code; `code_actuel`, its heir of today where known; `motif`, `source_url`, `date`
and `auteur`, a role and not a person.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from pipelines.core.text import Said
from pipelines.geo.errors import CorrectionUnusable
from pipelines.geo.gazetteer import Gazetteer

COLUMNS = (
    "nom_imprime", "contexte", "code", "nature", "nom", "code_actuel", "motif", "source_url", "date", "auteur",
)  # fmt: skip
CODELESS = ("hors_code", "ancien_epci")
EMPTY = Said("(vide)", "(empty)")
VALUES = Said(f"{len(COLUMNS)} valeurs", f"{len(COLUMNS)} values")
SOURCE = Said("une adresse, ou une publication datée", "an address, or a publication with its date")
OFFICIAL = Said("un code du code officiel géographique", "a code of the official geographic code")
COMMUNES = ("commune", "commune_deleguee", "commune_associee", "arrondissement_municipal", "ancienne_commune")
GROUPS = ("epci", "ept")
AREAS = ("departement", "region", "collectivite_outre_mer")
_ADDRESS = re.compile(r"https?://\S+|[^\s].*\d{4}.*")


@dataclass(frozen=True)
class Correction:
    """One settled name: `printed` in the `context` where it applies. `place` is "file:line", for who asks why."""

    printed: str
    context: str
    code: str | None
    nature: str
    name: str | None
    present: str | None
    reason: str
    source: str
    day: str
    author: str
    place: str

    @property
    def id(self) -> str:
        """Its identifier, which rows that it settled carry: made of the printed name and the context alone."""
        mark = "\x1f".join((self.printed, self.context))
        return f"cor-{sha256(mark.encode()).hexdigest()[:12]}"


class Corrections:
    """Corrections by (name as printed, context)."""

    def __init__(self, found: dict[tuple[str, str], Correction]) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Correction]:
        return iter(self._found.values())

    def of(self, name: str, context: str | None) -> Correction | None:
        """The correction of that name in that context, else in every context, else None."""
        return self._found.get((name, context or "")) or self._found.get((name, ""))


def load_corrections(folder: Path, gazetteer: Gazetteer) -> Corrections:
    """Every correction of a folder. Raises `CorrectionUnusable` for the first line that does not hold."""
    found: dict[tuple[str, str], Correction] = {}
    for path in sorted(folder.glob("*.csv")):
        for line, row in _lines(path):
            key = (row["nom_imprime"], row["contexte"])
            if key in found:
                raise _unusable(path, line, "nom_imprime", row["nom_imprime"], _single(found[key].place))
            _check(row, path, line, gazetteer)
            found[key] = Correction(
                printed=row["nom_imprime"],
                context=row["contexte"],
                code=row["code"] or None,
                nature=row["nature"],
                name=row["nom"] or None,
                present=row["code_actuel"] or None,
                reason=row["motif"],
                source=row["source_url"],
                day=row["date"],
                author=row["auteur"],
                place=f"{path.name}:{line}",
            )
    return Corrections(found)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise _unusable(path, 1, missing[0], ", ".join(reader.fieldnames or []), ", ".join(COLUMNS))
        for row in reader:
            if None in row or None in row.values():
                raise _unusable(path, reader.line_num, COLUMNS[-1], row[COLUMNS[0]], VALUES)
            yield reader.line_num, {column: value.strip() for column, value in row.items()}


def _check(row: dict[str, str], path: Path, line: int, gazetteer: Gazetteer) -> None:
    for column in ("nom_imprime", "motif", "source_url", "auteur"):
        if not row[column]:
            raise _unusable(path, line, column, EMPTY, Said("un texte", "a text"))
    if not _ADDRESS.fullmatch(row["source_url"]):
        raise _unusable(path, line, "source_url", row["source_url"], SOURCE)
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        raise _unusable(path, line, "date", row["date"], Said("AAAA-MM-JJ", "YYYY-MM-DD")) from None
    if row["nature"] not in (*COMMUNES, *GROUPS, *AREAS, *CODELESS):
        raise _unusable(path, line, "nature", row["nature"], ", ".join((*COMMUNES, *GROUPS, *AREAS, *CODELESS)))
    if (row["nature"] in CODELESS) == bool(row["code"]):
        natures = ", ".join(CODELESS)
        expected = Said(
            f"un code, sauf pour {natures}, qui n'en ont pas", f"a code, but for {natures}, which have none"
        )
        raise _unusable(path, line, "code", row["code"] or EMPTY, expected)
    if row["nature"] in CODELESS and not row["nom"]:
        raise _unusable(
            path, line, "nom", EMPTY, Said("le nom de ce qui n'a pas de code", "the name of what has no code")
        )
    for column in ("code", "code_actuel"):
        if row[column] and not _known(row[column], gazetteer):
            raise _unusable(path, line, column, row[column], OFFICIAL)


def _known(code: str, gazetteer: Gazetteer) -> bool:
    is_area = code in gazetteer.departements or code in gazetteer.regions
    return is_area or bool(gazetteer.coded(code)) or any(one.code == code for one in gazetteer.epci)


def _single(place: str) -> Said:
    return Said(f"un seul choix ({place})", f"a single choice ({place})")


def _unusable(path: Path, line: int, column: str, value: str | Said, expected: str | Said) -> CorrectionUnusable:
    file = f"sources/corrections/{path.name}"
    return CorrectionUnusable(file=file, line=line, column=column, value=value, expected=expected)
