"""Rules on awards and mentions: ranges, years, counts against figures, applications, names, repetitions.

Belongs here: rules that start from rows of awards. Does not: comparing sources (`conflicts.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.label.rules.rows import (
    ACTIONS,
    APPLICATIONS,
    AWARDS,
    FIGURES,
    MENTIONS,
    Row,
    addresses,
    grouped,
    is_exact,
    laureate,
    rows,
)
from pipelines.findings.registry import Finding, Outcome, finding_rule
from pipelines.schema import load_codelist

BDT_2009 = "https://banquedesterritoires.fr/record-seize-communes-se-hissent-en-tete-du-label-villes-internet-2009"
MUREAUX = "http://les-nouvelles-des-mureaux.com/spip.php?article3224&debut_article_actuel=5"
MOVES = {"maintien": 0, "hausse_1": 1}


@finding_rule("LAB-13", reads=(AWARDS,), base=f"Liste de codes arobases ; {BDT_2009}", certainty="observe")
def level_in_range(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Le niveau d'un lauréat existe pour son édition : d'une à cinq arobases ; la simple mention sans arobase n'existe
    qu'avant 2009."""
    codes = {int(code.code): code for code in load_codelist(project.schemas, "arobases").codes}
    for edition, items in grouped(
        (row for row in rows(tables, AWARDS) if row["arobases"] is not None), lambda row: int(row["edition"])
    ).items():
        wrong = [row for row in items if not codes[row["arobases"]].is_valid_on(date(edition, 12, 31))]
        for row in wrong:
            yield Finding(
                table="palmares",
                key=(row["fait_id"],),
                field="arobases",
                outcome="non_conforme",
                arithmetic=f"{row['arobases']} hors de [1, 5] pour {edition}",
                fr=f"{row['nom_publie']}, édition {edition} : niveau qui n'existait pas.",
                en=f"{row['nom_publie']}, edition {edition}: a level that did not exist.",
                sources=addresses([row]),
            )
        if not wrong:
            least = min(level for level, code in codes.items() if code.is_valid_on(date(edition, 12, 31)))
            yield Finding(
                table="editions",
                key=(str(edition),),
                field=None,
                outcome="conforme",
                arithmetic=f"{len(items)} niveaux dans [{least}, {max(codes)}]",
                fr=f"Édition {edition} : tous les niveaux connus existent.",
                en=f"Edition {edition}: every known level exists.",
                sources=addresses(items),
            )


@finding_rule("LAB-14", reads=(MENTIONS,), base=f"Liste de codes mentions ; {MUREAUX}", certainty="lu")
def mention_in_its_years(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Une mention est donnée pour une édition où elle existait, et dure le temps prévu : trois ans pour le territoire
    d'excellence numérique et l'arobase verte, un an pour les autres."""
    codes = load_codelist(project.schemas, "mentions")
    for row in rows(tables, MENTIONS):
        code, first, last = codes[row["mention_code"]], row["annee_debut"], row["annee_fin"]
        years = int(dict(code.more)["duree_annees"])
        known_from = code.valid_from.year if code.valid_from else None
        known_to = code.valid_to.year if code.valid_to else None
        exists = (known_from is None or known_from <= first) and (known_to is None or first <= known_to)
        holds = first == row["edition"] and last - first + 1 == years
        span = f"[{known_from or '…'}, {known_to or '…'}]"
        yield Finding(
            table="mentions",
            key=(row["mention_id"],),
            field="annee_debut" if not exists else "annee_fin",
            outcome="conforme" if exists and holds else "non_conforme",
            arithmetic=f"{first} dans {span} ; {last} − {first} + 1 = {last - first + 1}, prévu {years}",
            fr=f"{row['nom_publie']}, « {code.label_fr} » : {'dans' if exists and holds else 'hors de'} ses années.",
            en=f'{row["nom_publie"]}, "{code.label_en}": {"within" if exists and holds else "out of"} its years.',
            sources=addresses([row]),
        )


@finding_rule(
    "LAB-15", reads=(FIGURES, AWARDS, MENTIONS), base="Décompte des lauréats connus, territoire par territoire"
)
def figures_against_rows(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Le nombre publié n'est pas dépassé par les lauréats connus. Quand ils sont moins nombreux, aucun écart n'est à
    constater : le palmarès connu est incomplet."""
    awards = grouped(rows(tables, AWARDS), lambda row: int(row["edition"]))
    mentions = grouped(rows(tables, MENTIONS), lambda row: int(row["edition"]))
    for figure in rows(tables, FIGURES):
        if not is_exact(figure):
            continue
        edition, measure = figure["edition"], figure["mesure"]
        if measure == "labellises":
            named = awards.get(edition, [])
        elif measure in [f"arobases_{level}" for level in range(6)]:
            named = [row for row in awards.get(edition, []) if row["arobases"] == int(measure[-1])]
        elif measure == "excellences":
            named = [
                row for row in mentions.get(edition, []) if row["mention_code"] == "territoire_excellence_numerique"
            ]
        else:
            continue
        yield _count_finding(figure, named)


def _count_finding(figure: Row, named: list[Row]) -> Finding:
    known, published = len({laureate(row) for row in named}), figure["nombre"]
    outcome: Outcome
    if known < published:
        outcome, sign = "non_evalue", "<"
        fr, en = f"il manque {published - known} lauréats au palmarès connu", f"{published - known} laureates unknown"
    elif known == published:
        outcome, sign, fr, en = "conforme", "=", "tous les lauréats sont connus", "every laureate is known"
    else:
        outcome, sign = "non_conforme", ">"
        fr, en = "plus de lauréats connus qu'annoncés", "more laureates known than announced"
    return Finding(
        table="totaux_publies",
        key=(figure["total_id"],),
        field="nombre",
        outcome=outcome,
        arithmetic=f"{known} connus {sign} {published} publiés",
        fr=f"Édition {figure['edition']}, « {figure['mesure']} » : {fr}.",
        en=f'Edition {figure["edition"]}, "{figure["mesure"]}": {en}.',
        sources=addresses([figure, *named]),
    )


@finding_rule("LAB-16", reads=(AWARDS, APPLICATIONS), base="Règlement du label : nul n'est labellisé sans candidature")
def award_has_an_application(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Chaque lauréat a déposé un dossier pour l'édition. Sans aucun dossier réel connu pour une édition, rien n'est
    évalué : le projet n'en reçoit pas, ou seulement un exemple."""
    filed = grouped(rows(tables, APPLICATIONS), lambda row: int(row["edition"]))
    by_edition = grouped(rows(tables, AWARDS), lambda row: int(row["edition"]))
    for edition, awards in sorted(by_edition.items()):
        applications = filed.get(edition, [])
        applicants = {f"{row['territoire_nature']}:{row['territoire_code']}" for row in applications}
        bodies = grouped((row for row in awards if row["territoire_code"]), laureate)
        if all(row["exemple"] for row in applications):
            met = len(applicants & set(bodies))
            yield Finding(
                table="editions",
                key=(str(edition),),
                field=None,
                outcome="non_evalue",
                arithmetic=f"{len(bodies)} lauréats ; 0 dossier réel ; {met} dossiers d'exemple",
                fr=f"Édition {edition} : il manque les dossiers de candidature réels.",
                en=f"Edition {edition}: the real applications are missing.",
            )
            continue
        for who, items in bodies.items():
            has_filed, name = who in applicants, items[0]["territoire_nom"]
            yield Finding(
                table="palmares",
                key=(min(row["fait_id"] for row in items),),
                field=None,
                outcome="conforme" if has_filed else "non_conforme",
                arithmetic=f"{int(has_filed)} dossier pour {edition}, sur {len(applications)}",
                fr=f"{name}, édition {edition} : {'dossier déposé' if has_filed else 'récompense sans candidature'}.",
                en=f"{name}, edition {edition}: {'application filed' if has_filed else 'award without application'}.",
                sources=addresses(items),
                aspect=who,
            )


@finding_rule("LAB-17", reads=(AWARDS, ACTIONS), base="Code officiel géographique ; corrections sourcées du projet")
def names_are_settled(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Chaque nom imprimé désigne un territoire du code officiel géographique. Un nom ambigu n'est pas deviné : ses
    candidats sont donnés, et une personne tranche par une correction sourcée."""
    for key, identifier in ((AWARDS, "fait_id"), (ACTIONS, "action_id")):
        for row in rows(tables, key):
            found = _name_finding(row, key.split("/")[1], row[identifier])
            if found is not None:
                yield found


def _name_finding(row: Row, table: str, identifier: str) -> Finding | None:
    name, nature, candidates = row["nom_publie"], row["territoire_nature"], row["resolution_candidats"]
    outcome: Outcome
    if row["territoire_code"]:
        if not row["resolution_alerte"]:
            return None
        outcome, field, arithmetic = "a_verifier", "resolution_alerte", row["resolution_alerte"]
        fr, en = f"« {name} » : rattaché, avec une alerte", f'"{name}": tied, with a warning'
    elif nature is not None:
        outcome, field, arithmetic = "non_applicable", "territoire_code", str(nature)
        fr, en = f"« {name} » : sans code officiel", f'"{name}": has no official code'
    else:
        outcome, field, arithmetic = "a_verifier", "territoire_code", candidates or "aucun candidat"
        fr, en = f"« {name} » : à trancher", f'"{name}": to be settled'
    return Finding(
        table=table,
        key=(identifier,),
        field=field,
        outcome=outcome,
        arithmetic=arithmetic,
        fr=f"{fr}.",
        en=f"{en}.",
        sources=addresses([row]),
    )


@finding_rule("LAB-18", reads=(AWARDS,), base="Une page ne nomme un lauréat qu'une fois par édition")
def laureate_named_once_a_page(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Une page ne nomme pas deux fois le même lauréat pour la même édition, fût-ce sous deux formes de son nom."""
    key_of = grouped(rows(tables, AWARDS), lambda row: (row["edition"], row["source_reference"], laureate(row)))
    for (edition, _, who), items in key_of.items():
        if len(items) > 1:
            names = sorted(row["nom_publie"] for row in items)
            yield Finding(
                table="palmares",
                key=(min(row["fait_id"] for row in items),),
                field="nom_publie",
                outcome="a_verifier",
                arithmetic=" ; ".join(names),
                fr=f"Édition {edition} : {len(items)} lignes de la même page pour un lauréat.",
                en=f"Edition {edition}: {len(items)} rows of the same page for one laureate.",
                sources=addresses(items),
                aspect=who,
            )


@finding_rule("LAB-19", reads=(AWARDS, FIGURES), base="Comparaison avec l'édition précédente connue du lauréat")
def change_fits_the_edition_before(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """L'évolution annoncée (niveau conservé, une arobase de plus) s'accorde avec le niveau de l'édition précédente,
    s'il est connu."""
    awards = rows(tables, AWARDS)
    years = {row["edition"] for row in (*awards, *rows(tables, FIGURES))}
    levels = {
        who: sorted({row["arobases"] for row in items})
        for who, items in grouped(
            (row for row in awards if row["arobases"] is not None), lambda row: (row["edition"], laureate(row))
        ).items()
    }
    for row in awards:
        if row["evolution"] not in MOVES or row["arobases"] is None:
            continue
        before = max((year for year in years if year < row["edition"]), default=None)
        earlier = levels.get((before, laureate(row)), [])
        move, level = MOVES[row["evolution"]], row["arobases"]
        outcome: Outcome = "non_evalue"
        if earlier:
            outcome = "conforme" if level - move in earlier else "non_conforme"
        shown = " ou ".join(str(one) for one in earlier) or "?"
        yield Finding(
            table="palmares",
            key=(row["fait_id"],),
            field="evolution",
            outcome=outcome,
            arithmetic=f"{level} − {move} = {level - move} ; niveau de {before or 'l’édition précédente'} : {shown}",
            fr=f"{row['nom_publie']}, édition {row['edition']} : {_told(outcome)[0]}.",
            en=f"{row['nom_publie']}, edition {row['edition']}: {_told(outcome)[1]}.",
            sources=addresses([row]),
        )


def _told(outcome: Outcome) -> tuple[str, str]:
    if outcome == "non_evalue":
        return "il manque le niveau précédent", "the level before is missing"
    if outcome == "conforme":
        return "l'évolution annoncée s'accorde avec le niveau précédent", "the change fits the level before"
    return "l'évolution annoncée contredit le niveau précédent", "the change contradicts the level before"
