"""The history of EPCI before the packages: the yearly files of the Ministry of the Interior, as two tables.

Belongs here: reading those files, and following each body to today. Does not: writing files (`build_territories.py`).

The files are the "liste et composition des EPCI à fiscalité propre" of the Direction générale des collectivités
locales, one a year since 1999, as a workbook (.xls, .xlsx) or as CSV; docs/territories.md says where they are
published. A line is a member commune of a body on 1 January. Columns are known by name, whatever year is in it:

    siren_epci (or siren)   nom_complet (raison_sociale, nom_epci)   nj_epci2012 (nature_juridique, nature)
    insee (code_insee)      pmun_epci_2012, pmun_2012 (municipal populations; ptot_… where there is none)

The year is that of a column `annee`, else of the columns' names, else of the file's name. A file without its columns, a
body with two names or two natures in one year, a commune in two bodies: the build stops, with file and line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.geo.names import normalise

Rows = list[dict[str, Any]]
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
ALIASES = {
    "code": ("siren_epci", "siren", "n_siren", "num_siren", "epci"),
    "nom": ("nom_complet", "raison_sociale", "nom_epci", "nom_du_groupement", "libelle_epci"),
    "type": ("nj_epci", "nature_juridique", "nature", "nature_epci"),
    "commune": ("insee", "insee_com", "code_insee", "codgeo", "depcom", "insee_membre"),
    "annee": ("annee", "an", "millesime"),
    "epci_population": ("pmun_epci", "ptot_epci"),
    "population": ("pmun", "pmun_com", "ptot", "ptot_com"),
}
NEEDED = ("code", "nom", "type", "commune")
# Natures as the files write them, and as the reference does.
TYPES = {"ME": "METRO", "MET": "METRO", "METRO": "METRO", "METLYON": "MET69", "MET69": "MET69"}
LONG_TYPES = {
    "communaute de communes": "CC", "communaute d agglomeration": "CA", "communaute urbaine": "CU",
    "metropole": "METRO", "syndicat d agglomeration nouvelle": "SAN", "communaute de villes": "CV",
    "district": "DISTRICT",
}  # fmt: skip
SUFFIXES = (".csv", ".txt", ".xls", ".xlsx", ".ods")


class HistoryUnusable(SystemExit):
    """A file is not what this reader was written for."""


@dataclass
class _Body:
    """One body of one year."""

    name: str
    kind: str
    population: int | None
    members: dict[str, int | None] = field(default_factory=dict)


def epci_history(folder: Path, present: Rows, now_in: Mapping[str, str]) -> tuple[Rows, Rows]:
    """Bodies by year, and their members by year.

    `present`: communes of today as the packages have them; `now_in`: the EPCI of today of each commune of today. Raises
    `HistoryUnusable`.
    """
    years = _read(folder)
    home = {row["code"]: row["departement"] for row in present if row["type"] == "commune-actuelle"}
    merged = {old: row["code"] for row in present for old in row.get("anciensCodes", [])}
    merged |= {row["code"]: row["chefLieu"] for row in present if "chefLieu" in row and row["code"] not in home}
    living = set(now_in.values())
    bodies: Rows = []
    members: Rows = []
    for year in sorted(years):
        for code, body in sorted(years[year].items()):
            today = [commune if commune in home else merged.get(commune, commune) for commune in body.members]
            heirs = {now_in.get(commune) for commune in today}
            heir = code if code in living else heirs.pop() if len(heirs) == 1 else None
            bodies.append(
                {
                    "annee": year,
                    "code": code,
                    "nom": body.name,
                    "cle": normalise(body.name),
                    "type": body.kind,
                    "departements_codes": " ".join(_departements(body)),
                    "membres_nombre": len(body.members),
                    "population": body.population,
                    "code_actuel": heir,
                }
            )
            members += [
                {"annee": year, "epci_code": code, "commune_code": commune, "population": population}
                for commune, population in sorted(body.members.items())
            ]
    return bodies, members


def _departements(body: _Body) -> list[str]:
    """Départements of the members, the one with most people first; with most members where people are not told."""
    weights: dict[str, tuple[int, int]] = {}
    for commune, population in body.members.items():
        code = commune[:3] if commune[:2] in ("97", "98") else commune[:2]
        people, number = weights.get(code, (0, 0))
        weights[code] = (people + (population or 0), number + 1)
    return sorted(weights, key=lambda code: (-weights[code][0], -weights[code][1], code))


def _read(folder: Path) -> dict[int, dict[str, _Body]]:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise HistoryUnusable(f"{folder}: no file of the history; expected {', '.join(SUFFIXES)}")
    years: dict[int, dict[str, _Body]] = {}
    owners: dict[tuple[int, str], tuple[str, str]] = {}
    for path in paths:
        lines = list(_lines(path))
        start, columns, written = _header(path, lines)
        for place, line in enumerate(lines[start:], start=start + 1):
            cells = {name: _text(line[index]) if index < len(line) else "" for name, index in columns.items()}
            if not cells["code"] and not cells["commune"]:
                continue
            where = f"{path.name}, line {place}"
            year = _year(where, cells.get("annee", ""), written, path.name)
            _add(where, years.setdefault(year, {}), cells, owners, year)
    return years


def _add(
    where: str,
    bodies: dict[str, _Body],
    cells: Mapping[str, str],
    owners: dict[tuple[int, str], tuple[str, str]],
    year: int,
) -> None:
    code, commune = cells["code"].zfill(9), cells["commune"].upper().zfill(5)
    if not re.fullmatch(r"\d{9}", code) or not re.fullmatch(r"(?:\d{2}|2[AB])\d{3}", commune):
        raise HistoryUnusable(
            f"{where}: SIREN {cells['code']!r}, commune {cells['commune']!r}; expected 9 and 5 digits"
        )
    kind = _kind(where, cells["type"])
    people = _number(where, cells.get("epci_population", ""))
    body = bodies.setdefault(code, _Body(cells["nom"], kind, people))
    if (body.name, body.kind) != (cells["nom"], kind):
        raise HistoryUnusable(f"{where}: {code} is {body.kind} {body.name!r} and {kind} {cells['nom']!r} in {year}")
    owner = owners.setdefault((year, commune), (code, where))
    if owner[0] != code or (commune in body.members):
        raise HistoryUnusable(f"{where}: {commune} was met in {owner[0]} ({owner[1]})")
    body.members[commune] = _number(where, cells.get("population", ""))


def _kind(where: str, text: str) -> str:
    short = text.strip().upper()
    known = LONG_TYPES.get(normalise(text)) or TYPES.get(short, short)
    if not re.fullmatch(r"[A-Z]{2,8}(?:69)?", known):
        raise HistoryUnusable(f"{where}: nature {text!r}; expected CC, CA, CU, SAN, ME…")
    return known


def _number(where: str, text: str) -> int | None:
    digits = re.sub(r"[\s\u202f\u00a0]", "", text).removesuffix(".0")
    if not digits:
        return None
    if not digits.isdigit():
        raise HistoryUnusable(f"{where}: population {text!r}; expected a whole number")
    return int(digits)


def _header(path: Path, lines: list[list[Any]]) -> tuple[int, dict[str, int], set[int]]:
    """Where the records start, the columns by what they hold, the years that the columns' names state."""
    for start, line in enumerate(lines[:20]):
        names = [_text(cell) for cell in line]
        bare = [normalise(YEAR.sub(" ", name.replace("_", " "))).replace(" ", "_") for name in names]
        bare = [re.sub(r"_?(?:19|20)\d{2}$", "", name) for name in bare]
        columns = {
            what: next(bare.index(alias) for alias in aliases if alias in bare)
            for what, aliases in ALIASES.items()
            if any(alias in bare for alias in aliases)
        }
        if all(what in columns for what in NEEDED):
            written = {int(found[-4:]) for name in names for found in re.findall(r"(?:19|20)\d{2}$", name)}
            return start + 1, columns, written
    missing = ", ".join("/".join(ALIASES[what]) for what in NEEDED)
    raise HistoryUnusable(f"{path.name}: no header line with {missing}")


def _year(where: str, said: str, written: set[int], name: str) -> int:
    if said:
        if not YEAR.fullmatch(said[:4]):
            raise HistoryUnusable(f"{where}: year {said!r}")
        return int(said[:4])
    years = written or {int(found) for found in YEAR.findall(name)}
    if len(years) != 1:
        raise HistoryUnusable(f"{name}: {len(years)} years in the columns' names and in the file's name; expected one")
    return next(iter(years))


def _lines(path: Path) -> Iterator[list[Any]]:
    if path.suffix.lower() in (".csv", ".txt"):
        text = _decoded(path)
        delimiter = max(";,\t", key=text.split("\n", 1)[0].count)
        yield from csv.reader(text.splitlines(), delimiter=delimiter)
        return
    from python_calamine import CalamineWorkbook

    for name in (book := CalamineWorkbook.from_path(str(path))).sheet_names:
        lines = book.get_sheet_by_name(name).to_python()
        if len(lines) > 1:
            yield from lines
            return


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
