"""Tables of the label that follow from its other tables: editions, applications, territories met.

Belongs here: gathering what the rows say, and agreeing only where all sources agree. Does not: settling a conflict, or
saying that there is one (`domains/label/rules/`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.label.derived.completeness import completeness
from pipelines.geo.geography import Area, load_geography
from pipelines.schema import CodeList, load_codelist
from pipelines.tables.frames import frame, rows_of
from pipelines.tables.registry import derived
from pipelines.tables.rows import joined, text_table

Row = Mapping[str, Any]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@derived("editions")
def editions(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row a year of edition that any table of the label names."""
    awards = _by_edition(tables["label/palmares"])
    figures = _by_edition(tables["label/totaux_publies"])
    counts = completeness(frame(tables["label/laureats"]), frame(tables["label/totaux_publies"])).reset_index()
    known = {row["edition"]: row for row in rows_of(counts)}
    names = load_codelist(project.schemas, "noms_label")
    years = sorted({*awards, *figures})

    def rows() -> Iterator[dict[str, Any]]:
        for year in years:
            counted = known.get(year, {"connus_nombre": 0, "taux_connu": None})
            yield {
                **_edition(year, awards.get(year, []), figures.get(year, []), names),
                "laureats_connus_nombre": counted["connus_nombre"],
                "taux_connu": counted["taux_connu"],
            }

    return text_table(project, "label/editions", rows())


def _edition(year: int, awards: list[Row], figures: list[Row], names: CodeList) -> dict[str, Any]:
    def printed(measure: str) -> list[str]:
        return [row["valeur_publiee"] for row in figures if row["mesure"] == measure and row["valeur_publiee"]]

    def agreed(measure: str) -> int | None:
        exact = {row["nombre"] for row in figures if row["mesure"] == measure and row["precision"] == "exact"}
        return exact.pop() if len(exact) == 1 else None

    days = {day for day in printed("ceremonie_date") if _DAY.fullmatch(day)}
    labelled = [row for row in figures if row["mesure"] == "labellises"]
    return {
        "edition": year,
        "numero": agreed("numero_edition"),
        "numeros_publies": joined(printed("numero_edition")),
        "nom_label": next(code.code for code in names.codes if code.is_valid_on(date(year, 7, 1))),
        "ceremonie_date": next(iter(days)) if len(days) == 1 else None,
        "ceremonie_dates_publiees": joined(printed("ceremonie_date")),
        "ceremonie_lieux_publies": joined(printed("ceremonie_lieu")),
        "labellises_nombre": agreed("labellises"),
        "labellises_publies": joined(
            " ".join(part for part in (row["valeur_publiee"], row["unite_publiee"]) if part) for row in labelled
        ),
        "candidats_nombre": agreed("candidats"),
        "faits_connus_nombre": len(awards),
        "collectivites_connues_nombre": len({territory(row) for row in awards} - {None}),
        "sources_nombre": len({row["source_reference"] for row in (*awards, *figures)}),
    }


@derived("candidatures")
def applications(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row a territory and an edition for which sheets were filed; a sheet without either is in no application."""
    sheets: dict[tuple[int, str, str], list[Row]] = defaultdict(list)
    for row in tables["candidatures/actions"].to_pylist():
        body = territory(row)
        if row["edition"] is not None and body is not None:
            sheets[(row["edition"], *body)].append(row)
    rows = (_application(*key, found) for key, found in sorted(sheets.items()))
    return text_table(project, "candidatures/candidatures", rows)


def _application(edition: int, code: str, nature: str, sheets: list[Row]) -> dict[str, Any]:
    days = [sheet["date_fiche"] for sheet in sheets if sheet["date_fiche"]]
    return {
        "edition": edition,
        "territoire_code": code,
        "territoire_nature": nature,
        "territoire_nom": min(sheet["territoire_nom"] for sheet in sheets),
        "actions_nombre": len(sheets),
        "premiere_fiche_date": min(days, default=None),
        "derniere_fiche_date": max(days, default=None),
        "exemple": all(sheet["exemple"] for sheet in sheets),
    }


@derived("collectivites")
def bodies(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row a territory that was matched in awards or actions."""
    geography = load_geography(project.reference)
    met: dict[tuple[str, str], list[Row]] = defaultdict(list)
    awarded: dict[tuple[str, str], set[int]] = defaultdict(set)
    for key in ("label/palmares", "label/actions"):
        for row in tables[key].to_pylist():
            body = territory(row)
            if body is None:
                continue
            met[body].append(row)
            if key == "label/palmares":
                awarded[body].add(row["edition"])

    def rows() -> Iterator[dict[str, Any]]:
        for (code, nature), found in sorted(met.items()):
            known = [row for row in found if row.get("departement_code")]
            departement = known[0]["departement_code"] if known else None
            region = known[0]["region_code"] if known else None
            years = awarded[(code, nature)]
            yield {
                "code": code,
                "nature": nature,
                "nom": geography.names.get((nature, code)) or min(row["territoire_nom"] for row in found),
                "departement_code": departement,
                "departement_nom": _name(geography.departements, departement),
                "region_code": region,
                "region_nom": _name(geography.regions, region),
                "population": geography.populations.get((nature, code)),
                "code_actuel": next((row["code_actuel"] for row in found if row.get("code_actuel")), None),
                "noms_publies": joined(row.get("nom_publie") for row in found),
                "premiere_edition": min(years, default=None),
                "derniere_edition": max(years, default=None),
                "editions_nombre": len(years),
            }

    return text_table(project, "label/collectivites", rows())


def territory(row: Row) -> tuple[str, str] | None:
    """The territory of a row as (code, nature), None when it has no code: a code alone is not unique."""
    code, nature = row["territoire_code"], row["territoire_nature"]
    return (code, nature) if code and nature else None


def _by_edition(table: pa.Table) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in table.to_pylist():
        if row["edition"] is not None:
            found[row["edition"]].append(row)
    return found


def _name(areas: Mapping[str, Area], code: str | None) -> str | None:
    area = areas.get(code) if code else None
    return area.name if area else None
