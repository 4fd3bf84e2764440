"""Laureates: one row per edition and body, whatever the number of pages that name it; and the domains of 2017.

Belongs here: gathering claims, and retaining a level only where all sources agree. Does not: settling a conflict, or
saying that there is one (`rules/conflicts.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pandas as pd
import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.label.derived.completeness import completeness, published_totals, share
from pipelines.domains.label.rules.rows import laureate
from pipelines.schema import load_codelist
from pipelines.tables.frames import frame, rows_of
from pipelines.tables.registry import derived
from pipelines.tables.rows import joined, text_table

DOMAINS_EDITION = 2017
KEPT = ("territoire_code", "territoire_nature", "departement_code", "region_code", "code_actuel")


@derived("laureats")
def laureates(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per edition and known laureate, with the level on which all sources agree and how much is known."""
    claims = with_body(frame(tables["label/palmares"]))
    if claims.empty:
        return text_table(project, "label/laureats", [])
    found = claims.groupby(["edition", "corps"], sort=True)
    data = pd.DataFrame(
        {
            "collectivite_nom": found[["territoire_nom", "nom_publie"]].apply(_name),
            **{name: found[name].first() for name in KEPT},
            "niveaux_publies": found["arobases"].agg(joined),
            "niveaux_nombre": found["arobases"].nunique(),
            "arobases": found["arobases"].first(),
            "niveau_sources": found[["arobases", "source_reference"]].apply(_pages_with_a_level),
            "evolution": found["evolution"].agg(_agreed),
            "mentions": found["mention_code"].agg(joined),
            "distinction": found["distinction"].agg(joined),
            "faits_nombre": found.size(),
            "sources_nombre": found["source_reference"].nunique(),
            "sources": found["source_reference"].agg(joined),
        }
    ).reset_index()
    data["conflit"] = data["niveaux_nombre"] > 1
    data.loc[data["conflit"], "arobases"] = pd.NA
    data["niveau_etat"] = [
        _state(count, pages) for count, pages in zip(data["niveaux_nombre"], data["niveau_sources"], strict=True)
    ]
    data["laureat_id"] = [laureate_id(year, body) for year, body in zip(data["edition"], data["corps"], strict=True)]
    known = completeness(data, frame(tables["label/totaux_publies"]))
    return text_table(project, "label/laureats", rows_of(data.join(known, on="edition")))


def with_body(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims, each with its body (`corps`): nature and code, else the settled name, else the name in the source."""
    return claims.assign(corps=claims.apply(laureate, axis="columns") if len(claims) else [])


def laureate_id(edition: int, body: str) -> str:
    """The identifier of a laureate: it does not change when another page names the same body."""
    mark = f"{edition}\x1f{body}"
    return f"lau-{sha256(mark.encode()).hexdigest()[:12]}"


def _name(group: pd.DataFrame) -> str:
    settled = group["territoire_nom"].dropna()
    return str(min(settled) if len(settled) else min(group["nom_publie"]))


def _pages_with_a_level(group: pd.DataFrame) -> int:
    return int(group.dropna(subset=["arobases"])["source_reference"].nunique())


def _agreed(values: pd.Series) -> str | None:
    """The one value that all who give one agree on."""
    given = set(values.dropna())
    return given.pop() if len(given) == 1 else None


def _state(levels: int, pages: int) -> str:
    if levels == 0:
        return "non_connu"
    if levels > 1:
        return "conflit"
    return "accord" if pages > 1 else "source_unique"


@derived("domaines")
def domains(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per thematic domain of 2017: the laureates and the actions that pages place in it."""
    claims, actions = frame(tables["label/palmares"]), frame(tables["label/actions"])
    of_2017 = with_body(claims[(claims["edition"] == DOMAINS_EDITION) & claims["domaine_code"].notna()])
    actions = actions[(actions["annee_action"] == DOMAINS_EDITION) & actions["domaine_code"].notna()]
    announced = published_totals(frame(tables["label/totaux_publies"]), "mentions_thematiques").get(DOMAINS_EDITION)
    known = int(of_2017["corps"].nunique())
    rows = []
    for code in load_codelist(project.schemas, "domaines_2017").codes:
        named = of_2017[of_2017["domaine_code"] == code.code]
        rows.append(
            {
                "domaine_code": code.code,
                "libelle": code.label_fr,
                "laureats_connus_nombre": int(named["corps"].nunique()),
                "laureats_connus": joined(named["territoire_nom"].fillna(named["nom_publie"])),
                "actions_connues_nombre": int((actions["domaine_code"] == code.code).sum()),
                "mentions_annoncees_nombre": None if announced is None else int(announced),
                "connus_nombre": known,
                "taux_connu": share(known, announced),
            }
        )
    return text_table(project, "label/domaines", rows)
