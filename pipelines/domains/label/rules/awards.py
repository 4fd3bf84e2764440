"""Rules on awards and mentions: ranges, years, counts against figures, applications, names, repetitions.

Belongs here: rules that start from rows of awards. Does not: comparing sources (`conflicts.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.domains.label.rules.rows import (
    ACTIONS,
    AWARDS,
    FIGURES,
    MENTIONS,
    Row,
    addresses,
    grouped,
    is_exact,
    is_settled,
    laureate,
    rows,
)
from pipelines.findings.registry import Finding, Outcome, finding_rule
from pipelines.schema import load_codelist

BDT_2009 = "https://banquedesterritoires.fr/record-seize-communes-se-hissent-en-tete-du-label-villes-internet-2009"
MUREAUX = "http://les-nouvelles-des-mureaux.com/spip.php?article3224&debut_article_actuel=5"
WITHOUT_EDITION = {2010}  # the edition of December 2009 was followed by that of early 2011
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


@finding_rule("LAB-20", reads=(MENTIONS,), base=f"Durée des titres, liste de codes mentions ; {MUREAUX}")
def title_not_given_again_while_it_lasts(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Un titre qui dure trois ans (territoire d'excellence numérique, arobase verte) n'est pas donné de nouveau à la
    même collectivité tant qu'il court : sinon l'une des deux éditions est à vérifier."""
    lasting = [row for row in rows(tables, MENTIONS) if row["annee_fin"] > row["annee_debut"]]
    for (who, code), items in grouped(lasting, lambda row: (laureate(row), row["mention_code"])).items():
        by_year = grouped(sorted(items, key=lambda row: int(row["annee_debut"])), lambda row: int(row["annee_debut"]))
        for before, after in pairwise(by_year):
            ends = by_year[before][0]["annee_fin"]
            overlaps = after <= ends
            row = by_year[after][0]
            yield Finding(
                table="mentions",
                key=(row["mention_id"],),
                field="annee_debut",
                outcome="a_verifier" if overlaps else "conforme",
                arithmetic=f"{after} {'≤' if overlaps else '>'} {ends}, fin du titre de {before}",
                fr=f"{row['nom_publie']}, « {code} » : titre de {before}, et de nouveau de {after}.",
                en=f'{row["nom_publie"]}, "{code}": title of {before}, and again of {after}.',
                sources=addresses([*by_year[before], *by_year[after]]),
                aspect=who,
            )


@finding_rule(
    "LAB-15",
    reads=(FIGURES, AWARDS, MENTIONS),
    base="Décompte des lauréats connus, territoire par territoire",
    version="2",
)
def figures_against_rows(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Le nombre publié n'est pas dépassé par les lauréats connus. Quand ils sont moins nombreux, aucun écart n'est à
    constater : le palmarès connu est incomplet. Quand ils sont plus nombreux, des noms non rattachés ou des niveaux
    contredits sont à vérifier."""
    awards = grouped(rows(tables, AWARDS), lambda row: int(row["edition"]))
    mentions = grouped(rows(tables, MENTIONS), lambda row: int(row["edition"]))
    for figure in rows(tables, FIGURES):
        if not is_exact(figure):
            continue
        edition, measure, doubtful = figure["edition"], figure["mesure"], set()
        if measure == "labellises":
            named = awards.get(edition, [])
        elif measure in [f"arobases_{level}" for level in range(6)]:
            named = [row for row in awards.get(edition, []) if row["arobases"] == int(measure[-1])]
            doubtful = _of_several_levels(awards.get(edition, []))
        elif measure == "excellences":
            named = [
                row for row in mentions.get(edition, []) if row["mention_code"] == "territoire_excellence_numerique"
            ]
        else:
            continue
        yield _count_finding(figure, named, doubtful)


def _of_several_levels(awards: list[Row]) -> set[str]:
    """The awarded authorities of an edition to which pages give different levels."""
    levelled = grouped((row for row in awards if row["arobases"] is not None), laureate)
    return {who for who, items in levelled.items() if len({row["arobases"] for row in items}) > 1}


def _count_finding(figure: Row, named: list[Row], doubtful: set[str]) -> Finding:
    """`doubtful`: those whose level pages contradict, so that they may not be of this level."""
    known, published = len({laureate(row) for row in named}), figure["nombre"]
    outcome: Outcome
    if known < published:
        outcome, sign = "non_evalue", "<"
        fr, en = f"{published - known} lauréats ne sont pas connus", f"{published - known} awarded bodies unknown"
    elif known == published:
        outcome, sign, fr, en = "conforme", "=", "tous les lauréats sont connus", "every awarded body is known"
    else:
        sure = len({laureate(row) for row in named if is_settled(row)} - doubtful)
        outcome, sign = ("non_conforme" if sure > published else "a_verifier"), ">"
        fr, en = "plus de lauréats connus qu'annoncés", "more awarded bodies known than announced"
        if outcome == "a_verifier":
            fr += ", dont certains au nom ou au niveau incertain"
            en += ", some of an uncertain name or level"
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


@finding_rule("LAB-17", reads=(AWARDS, ACTIONS), base="Code officiel géographique ; corrections sourcées du projet")
def names_are_settled(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Chaque nom lu dans une source désigne un territoire du code officiel géographique. Un nom ambigu reste ouvert :
    ses candidats sont donnés, et une personne tranche par une correction sourcée."""
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
        fr, en = f"« {name} » : rattaché, avec une alerte", f'"{name}": matched, with a warning'
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


@finding_rule(
    "LAB-21", reads=(AWARDS, FIGURES), base="Éditions dont une page donne un total, un numéro ou la cérémonie"
)
def edition_was_held(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """L'édition d'un palmarès est l'une de celles que des pages comptent ou datent, ou la suivante. Aucune n'est datée
    de 2010 : celle de décembre 2009 a été suivie de celle du début de 2011. Une autre année est à vérifier ; elle peut
    être celle de la cérémonie, ou une faute de frappe."""
    counted = {int(row["edition"]) for row in rows(tables, FIGURES)}
    if not counted:
        return
    first, last = min(counted), max(counted) + 1
    for edition, items in sorted(grouped(rows(tables, AWARDS), lambda row: int(row["edition"])).items()):
        if first <= edition <= last and (edition not in WITHOUT_EDITION or edition in counted):
            continue
        yield Finding(
            table="editions",
            key=(str(edition),),
            field="edition",
            outcome="a_verifier",
            arithmetic=f"{edition} : ni total ni cérémonie ; éditions connues de {first} à {last - 1}",
            fr=f"Édition {edition} : aucune page ne la compte ni ne la date.",
            en=f"Edition {edition}: no page counts or dates it.",
            sources=addresses(items),
        )


@finding_rule("LAB-18", reads=(AWARDS,), base="Une page ne nomme un lauréat qu'une fois par édition")
def laureate_named_once_a_page(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Une page ne nomme pas deux fois le même lauréat pour la même édition, même si son nom est écrit de deux
    façons."""
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
                en=f"Edition {edition}: {len(items)} rows of the same page for one awarded body.",
                sources=addresses(items),
                aspect=who,
            )


@finding_rule("LAB-19", reads=(AWARDS, FIGURES), base="Comparaison avec l'édition précédente du lauréat", version="2")
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
        is_next = before is not None and set(range(before + 1, row["edition"])) <= WITHOUT_EDITION
        earlier = levels.get((before, laureate(row)), []) if is_next and is_settled(row) else []
        move, level = MOVES[row["evolution"]], row["arobases"]
        outcome: Outcome = "non_evalue"
        if earlier:
            outcome = "conforme" if level - move in earlier else "non_conforme"
        expected = " ou ".join(str(one) for one in earlier) or "?"
        yield Finding(
            table="palmares",
            key=(row["fait_id"],),
            field="evolution",
            outcome=outcome,
            arithmetic=f"{level} − {move} = {level - move} ; niveau de {before or 'l’édition précédente'} : {expected}",
            fr=f"{row['nom_publie']}, édition {row['edition']} : {_change_label(outcome).fr}.",
            en=f"{row['nom_publie']}, edition {row['edition']}: {_change_label(outcome).en}.",
            sources=addresses([row]),
        )


def _change_label(outcome: Outcome) -> Said:
    if outcome == "non_evalue":
        return Said("il manque le niveau précédent", "the level before is missing")
    if outcome == "conforme":
        return Said("l'évolution annoncée s'accorde avec le niveau précédent", "the change fits the level before")
    return Said("l'évolution annoncée contredit le niveau précédent", "the change contradicts the level before")
