"""The reading `territoire`: a name as printed, and what is beside it, to the official territory.

Belongs here: the words of mappings for what `pipelines/geo/` does. Does not: any rule of resolution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.core.project import Project
from pipelines.geo import Query, Resolution, load_corrections, load_gazetteer, resolve
from pipelines.mapping.registry import Reading, Text, Unreadable, reading

INPUTS = ("nom", "nature", "departement", "indice", "code", "code_postal", "annee", "date", "contexte")
NATURES = {
    "": None, "commune": "commune", "ville": "commune", "village": "commune", "epci": "epci", "territoire": "epci",
    "intercommunalite": "epci", "departement": "departement", "region": "region",
    "collectivite_outre_mer": "collectivite_outre_mer", "other": "autre", "autre": "autre",
}  # fmt: skip
_DAY = re.compile(r"(\d{4})(-\d{2}-\d{2})?")


@reading("territoire")
def territory(project: Project, options: Mapping[str, Any]) -> Reading:
    """The official territory of a printed name.

    Inputs: `nom`; beside it any of `nature` (commune, epci, autre…), `departement` (one or several, as codes or names),
    `indice` (a free text that may name a territory), `code` and `code_postal` (a lost leading zero is given back),
    `annee` or `date` (the state of the territories on that day, 1 January for a year), `contexte` (what corrections
    are matched on: usually the address of the page). An option of an input's name stands for the absent cell.

    Outputs: `code`, `nature`, `nom`, `departement_code`, `region_code`, `code_actuel`, `methode`, `certitude`,
    `candidats` and `alerte` (codes joined by "|"), and `correction`, the identifier of the correction that settled it.
    Without a name and without a code, every output is absent. An open
    question has no code and the method `aucune`. Raises `Unreadable` for a nature or a date that is none.
    """
    gazetteer = load_gazetteer(project.reference)
    corrections = load_corrections(project.corrections, gazetteer)

    def read(texts: Mapping[str, Text]) -> Mapping[str, Text]:
        given = {name: texts.get(name) or options.get(name) for name in INPUTS}
        if not given["nom"] and not given["code"]:
            return {}
        return _outputs(resolve(_query(given), gazetteer, corrections))

    return read


def _query(given: Mapping[str, Any]) -> Query:
    nature = str(given["nature"] or "").strip().lower()
    if nature not in NATURES:
        names = ", ".join(name for name in NATURES if name)
        raise Unreadable(f"une nature de territoire : {names}", f"a kind of territory: {names}")
    day = given["date"] or given["annee"]
    match = _DAY.fullmatch(str(day)) if day else None
    if day and match is None:
        raise Unreadable("une année AAAA ou une date AAAA-MM-JJ", "a year YYYY or a date YYYY-MM-DD")
    return Query(
        name=str(given["nom"] or ""),
        nature=NATURES[nature],
        departement=given["departement"],
        hint=given["indice"],
        code=given["code"],
        postal_code=given["code_postal"],
        day=None if match is None else match.group(1) + (match.group(2) or "-01-01"),
        context=given["contexte"],
    )


def _outputs(found: Resolution) -> Mapping[str, Text]:
    return {
        "code": found.code,
        "nature": found.nature,
        "nom": found.name,
        "departement_code": found.departement,
        "region_code": found.region,
        "code_actuel": found.present,
        "methode": found.method,
        "certitude": found.certainty,
        "candidats": "|".join(found.candidates) or None,
        "alerte": "|".join(found.alerts) or None,
        "correction": found.correction,
    }
