"""Findings on the tables of inquiries: what the law's checks missed, and what the sources contradict.

Belongs here: handing constats to the register of findings, and the consistency of inquiry tables. Does not: the law
(`controles.py`), which publishes every result in `controles_legaux`; only misses and doubts become findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.domains.inquiries.law.avis import libelle_contraire
from pipelines.domains.inquiries.law.controles import contester, controler_regle
from pipelines.domains.inquiries.law.enquete import LINKED, PACKAGE, Objet, enquetes
from pipelines.domains.inquiries.law.regles import regles
from pipelines.findings.registry import Finding, Outcome, finding_rule

ENQUETES, CONTROLES = f"{PACKAGE}/enquetes", f"{PACKAGE}/controles_legaux"
SOURCE = "source_url"
LOI = "Article de chaque règle de la table controles_legaux"
DIT = {
    "non_conforme": Said("non conforme d'après les faits connus", "not compliant from the known facts"),
    "a_verifier": Said("à vérifier d'après les faits connus", "to be checked from the known facts"),
}
FAITS = tuple(f"{PACKAGE}/{name}" for name in LINKED)


@finding_rule("LOI-01", reads=[CONTROLES, ENQUETES, *FAITS], base=LOI, certainty="lu")
def textes_lus(tables: Mapping[str, pa.Table], project: Project) -> Iterable[Finding]:
    """Les contrôles légaux manqués ou à vérifier dont le texte a été lu, ou qui sont de pure logique."""
    return _de_la_loi(tables, project, ("lu", "logique", "observe"))


@finding_rule("LOI-02", reads=[CONTROLES, ENQUETES, *FAITS], base=LOI, certainty="partiel")
def textes_lus_en_partie(tables: Mapping[str, pa.Table], project: Project) -> Iterable[Finding]:
    """Les contrôles légaux à vérifier dont le texte n'a été lu qu'en partie ; ils ne sont jamais des manquements."""
    return _de_la_loi(tables, project, ("partiel",))


@finding_rule("LOI-03", reads=[CONTROLES, ENQUETES, *FAITS], base=LOI, certainty="memoire")
def textes_de_memoire(tables: Mapping[str, pa.Table], project: Project) -> Iterable[Finding]:
    """Les contrôles légaux à vérifier dont le texte n'a pas été relu ; ils ne sont jamais des manquements."""
    return _de_la_loi(tables, project, ("memoire",))


def _de_la_loi(tables: Mapping[str, pa.Table], project: Project, certitudes: tuple[str, ...]) -> Iterator[Finding]:
    reelles = {ligne["enquete_id"]: ligne for ligne in _reelles(tables)}
    lues = {enquete.id: enquete for enquete in enquetes(tables)}
    issues: dict[str, Outcome] = {"non_conforme": "non_conforme", "a_verifier": "a_verifier"}
    recours, connues = contester(project, PACKAGE), regles()
    for ligne in tables[CONTROLES].to_pylist():
        issue = issues.get(ligne["resultat"])
        if issue is None or ligne["certitude"] not in certitudes or ligne["enquete_id"] not in reelles:
            continue
        titre = connues[ligne["regle"]].titre
        reserve = controler_regle(ligne["regle"], lues[ligne["enquete_id"]]).resultat.remarque
        dit = DIT[issue]
        yield Finding(
            "controles_legaux",
            (ligne["enquete_id"], ligne["regle"]),
            "resultat",
            issue,
            ligne["calcul"] or "",
            f"{titre.fr} ({ligne['regle']}) : {dit.fr}{f' – {reserve.fr}' if reserve else ''}. {ligne['calcul']}. "
            f"{ligne['base_legale']}. {recours.fr}",
            f"{titre.en} ({ligne['regle']}): {dit.en}{f' – {reserve.en}' if reserve else ''}. {recours.en}",
            _source(reelles[ligne["enquete_id"]]),
            base=ligne["base_legale"],
        )


@finding_rule("ENQ-01", reads=[ENQUETES], base="Décompte inclusif des arrêtés et avis d'enquête", certainty="observe")
def duree_publiee(tables: Mapping[str, pa.Table], project: Project) -> Iterable[Finding]:
    """La durée publiée est celle que donnent les dates publiées, jour d'ouverture et jour de clôture compris."""
    recours = contester(project, PACKAGE)
    for ligne in _reelles(tables):
        publiee, calculee = ligne["duree_publiee_jours"], ligne["duree_inclusive_jours"]
        if publiee is None or calculee is None or publiee == calculee or ligne["cloture_initiale_date"] is not None:
            continue
        calcul = f"{ligne['cloture_date']} − {ligne['ouverture_date']} + 1 = {calculee} jours ≠ {publiee}"
        yield Finding(
            "enquetes",
            (ligne["enquete_id"],),
            "duree_publiee_jours",
            "a_verifier",
            calcul,
            f"La source annonce {publiee} jours ; ses dates en donnent {calculee}. {recours.fr}",
            f"The source announces {publiee} days; its dates give {calculee}. {recours.en}",
            _source(ligne),
        )


@finding_rule("ENQ-02", reads=[ENQUETES], base="Un numéro du tribunal par désignation", certainty="observe")
def numero_partage(tables: Mapping[str, pa.Table], project: Project) -> Iterable[Finding]:
    """Deux enquêtes n'ont pas le même numéro du tribunal administratif ; sinon l'un des deux est à vérifier."""
    recours = contester(project, PACKAGE)
    par_numero: dict[str, list[dict[str, Any]]] = {}
    for ligne in _reelles(tables):
        if ligne["tribunal_numero"]:
            par_numero.setdefault(str(ligne["tribunal_numero"]), []).append(ligne)
    for numero, porteuses in sorted(par_numero.items()):
        for ligne in porteuses if len(porteuses) > 1 else ():
            autres = ", ".join(str(autre["enquete_id"]) for autre in porteuses if autre is not ligne)
            yield Finding(
                "enquetes",
                (str(ligne["enquete_id"]),),
                "tribunal_numero",
                "a_verifier",
                f"{len(porteuses)} enquêtes > 1 pour {numero}",
                f"Le numéro {numero} est aussi celui de {autres}. {recours.fr}",
                f"Number {numero} is also that of {autres}. {recours.en}",
                tuple(adresse for porteuse in porteuses for adresse in _source(porteuse)),
            )


@finding_rule(
    "ENQ-04",
    reads=[f"{PACKAGE}/enquete_objets", ENQUETES],
    base="Comparaison de l'avis codé et des mots de la source",
    certainty="logique",
)
def avis_dementi(tables: Mapping[str, pa.Table], project: Project) -> Iterable[Finding]:
    """L'avis codé (favorable, favorable sous réserves, défavorable) s'accorde avec les mots de la source."""
    recours = contester(project, PACKAGE)
    reelles = {ligne["enquete_id"]: ligne for ligne in _reelles(tables)}
    for ligne in tables[f"{PACKAGE}/enquete_objets"].to_pylist():
        avis, libelle = ligne["avis"], ligne["avis_libelle_source"]
        objet = Objet(ligne["objet_type"], avis, libelle=libelle)
        if ligne["enquete_id"] not in reelles or libelle_contraire(objet) is None:
            continue
        yield Finding(
            "enquete_objets",
            (ligne["enquete_id"], str(ligne["rang"])),
            "avis",
            "a_verifier",
            f"{avis} ≠ « {libelle} »",
            f"L'avis est codé « {avis} » ; la source écrit « {libelle} ». {recours.fr}",
            f'The opinion is coded "{avis}"; the source says "{libelle}". {recours.en}',
            _source(reelles[ligne["enquete_id"]]),
        )


@finding_rule(
    "ENQ-03", reads=[f"{PACKAGE}/enquete_territoires", ENQUETES], base="Code officiel géographique", certainty="logique"
)
def territoire_ouvert(tables: Mapping[str, pa.Table], project: Project) -> Iterable[Finding]:
    """Chaque nom lu dans la source désigne un territoire officiel ; un nom ambigu n'est rattaché à aucun, et ses
    candidats sont donnés."""
    recours = contester(project, PACKAGE)
    reelles = {ligne["enquete_id"]: ligne for ligne in _reelles(tables)}
    for ligne in tables[f"{PACKAGE}/enquete_territoires"].to_pylist():
        if ligne["territoire_code"] or ligne["enquete_id"] not in reelles:
            continue
        candidats = ligne["resolution_candidats"] or "aucun"
        candidates = ligne["resolution_candidats"] or "none"
        yield Finding(
            "enquete_territoires",
            (ligne["enquete_id"], str(ligne["rang"])),
            "territoire_code",
            "a_verifier",
            f"candidats : {candidats}",
            f"« {ligne['nom_imprime']} » n'est rattaché à aucun territoire ; candidats : {candidats}. {recours.fr}",
            f'"{ligne["nom_imprime"]}" is matched to no territory; candidates: {candidates}. {recours.en}',
            _source(reelles[ligne["enquete_id"]]),
        )


def _reelles(tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    return [ligne for ligne in tables[ENQUETES].to_pylist() if not ligne["exemple"]]


def _source(ligne: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(ligne[SOURCE]),) if ligne[SOURCE] else ()
