"""Rules on how long an inquiry lasts.

Belongs here: EP-02 to EP-04, EP-30, VOIRIE-15. Does not: any number; those are in `regles.csv`.
A duration that favours the public is never a breach, and dates that contradict each other prove nothing.
"""

from __future__ import annotations

from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import UN_AN
from pipelines.domains.inquiries.law.delais import dernier_jour, duree_inclusive, en_jours, plus_mois
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.regles import (
    Resultat,
    a_verifier,
    conforme,
    incoherent,
    non_applicable,
    non_conforme,
    non_evalue,
    regle,
)
from pipelines.findings.versions import RuleVersion

CLOTURE_AVANT = Said("la clôture précède l'ouverture", "the closing comes before the opening")
# No inquiry is known to last less: a date is wrong, or it was broken off.
PLUS_COURTE_VUE = 8
TROP_COURTE_POUR_ETRE_VRAIE = Said(
    "une enquête dure plus de quelques jours : une des deux dates est probablement fausse",
    "an inquiry lasts more than a few days: one of the two dates is probably wrong",
)
TROP_LONGUE_POUR_ETRE_VRAIE = Said(
    "une enquête ne dure pas plus d'un an : une des deux dates est probablement fausse",
    "an inquiry does not last more than a year: one of the two dates is probably wrong",
)
PLUS_LONG = Said(
    "plus long que le texte ne le demande : cela favorise le public",
    "longer than the text asks: that favours the public",
)


def duree_dite(enquete: Enquete) -> str:
    """The arithmetic of the duration before any extension."""
    return f"{enquete.cloture_prevue} − {enquete.ouverture} + 1"


def bornes_manquantes(enquete: Enquete) -> str | None:
    """The fact that is missing to count the duration before any extension. The dates of an inquiry that was suspended
    or called off do not say how long it was open."""
    if enquete.suspendue:
        return "nombre de jours d'enquête hors suspension"
    if enquete.inachevee:
        return "jour où l'enquête a pris fin (elle a été annulée ou interrompue)"
    if enquete.ouverture is None:
        return "date d'ouverture"
    if enquete.cloture_prevue is None:
        return "date de clôture initiale" if enquete.prolongee else "date de clôture"
    return None


def bornes(enquete: Enquete) -> tuple[date, date]:
    """The opening and the closing before any extension; asked once none is missing."""
    assert enquete.ouverture is not None
    assert enquete.cloture_prevue is not None
    return enquete.ouverture, enquete.cloture_prevue


def bornes_impossibles(ouverture: date, cloture: date) -> Resultat | None:
    """That the closing comes before the opening, or more than a year after it; None where both dates can be true."""
    if cloture < ouverture:
        return incoherent(f"{cloture} < {ouverture}", CLOTURE_AVANT)
    if cloture - ouverture > UN_AN:
        calcul = f"{cloture} − {ouverture} + 1 = {en_jours(duree_inclusive(ouverture, cloture))}"
        return incoherent(calcul, TROP_LONGUE_POUR_ETRE_VRAIE)
    return None


def trop_court(enquete: Enquete, calcul: str) -> Resultat:
    """A duration below the least that the text asks: a breach, unless the duration that the source announces denies its
    own dates, or no inquiry is that short."""
    if duree_inclusive(*bornes(enquete)) < PLUS_COURTE_VUE:
        return incoherent(calcul, TROP_COURTE_POUR_ETRE_VRAIE)
    return contredite(enquete, calcul) or non_conforme(calcul)


def contredite(enquete: Enquete, calcul: str) -> Resultat | None:
    """That the duration which the source announces denies its own dates; None where it does not."""
    ouverture, cloture = bornes(enquete)
    nombre = duree_inclusive(ouverture, cloture)
    if enquete.duree_publiee is not None and enquete.duree_publiee != nombre:
        annonce = enquete.duree_publiee
        remarque = Said(
            f"la source annonce {en_jours(annonce)}, ses dates en donnent {nombre}",
            f"the source announces {annonce} days, its dates give {nombre}",
        )
        return incoherent(calcul, remarque)
    return None


@regle(
    "EP-02",
    "Durée minimale",
    "Minimum length",
    preuve="Les dates d'ouverture et de clôture prévue, lues et concordantes, plus proches que la durée minimale d'un "
    "texte lu en entier.",
)
def duree_minimale(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'enquête dure au moins le temps que la loi fixe, jour d'ouverture et jour de clôture compris : un mois puis
    trente jours pour une enquête environnementale, quinze jours pour une enquête d'expropriation ou du CRPA."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if impossible := bornes_impossibles(ouverture, cloture):
        return impossible
    if "duree_minimale_mois" in version.parameters:
        limite = dernier_jour(ouverture, version.number("duree_minimale_mois"))
        is_long_enough = cloture >= limite
        calcul = f"{cloture} {'≥' if is_long_enough else '<'} {limite}"
        return conforme(calcul) if is_long_enough else trop_court(enquete, calcul)
    return _duree_en_jours(enquete, version)


def _duree_en_jours(enquete: Enquete, version: RuleVersion) -> Resultat:
    """The least duration in days, which since 2017 depends on an environmental assessment."""
    depend_de_l_evaluation = version.name.startswith("env_2017")
    if depend_de_l_evaluation and enquete.evaluation_environnementale is False:
        remarque = Said(
            "pas d'évaluation environnementale : durée réduite, règle EP-03",
            "no environmental assessment: reduced length, rule EP-03",
        )
        return non_applicable(remarque)
    minimum, nombre = version.number("duree_minimale_jours"), duree_inclusive(*bornes(enquete))
    calcul = f"{duree_dite(enquete)} = {en_jours(nombre)} {'≥' if nombre >= minimum else '<'} {minimum}"
    if nombre >= minimum:
        return conforme(calcul)
    if depend_de_l_evaluation and enquete.evaluation_environnementale is None:
        return non_evalue("existence d'une évaluation environnementale", calcul)
    return trop_court(enquete, calcul)


@regle(
    "EP-03",
    "Durée réduite sans évaluation environnementale",
    "Length reduced without environmental assessment",
    preuve="Aucune aujourd'hui : la phrase de l'article n'a été lue dans aucun texte.",
)
def duree_reduite(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Sans évaluation environnementale, l'enquête peut être réduite, mais pas à moins de quinze jours."""
    if enquete.evaluation_environnementale:
        return non_applicable(
            Said(
                "évaluation environnementale : durée pleine, règle EP-02",
                "environmental assessment: full length, rule EP-02",
            )
        )
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if impossible := bornes_impossibles(ouverture, cloture):
        return impossible
    minimum, nombre = version.number("duree_minimale_jours"), duree_inclusive(ouverture, cloture)
    calcul = f"{duree_dite(enquete)} = {en_jours(nombre)} {'≥' if nombre >= minimum else '<'} {minimum}"
    if nombre < minimum:
        return trop_court(enquete, calcul)
    if enquete.evaluation_environnementale is None:
        return non_evalue("existence d'une évaluation environnementale", calcul)
    return conforme(calcul)


@regle(
    "EP-04",
    "Durée maximale",
    "Maximum length",
    preuve="La clôture d'abord prévue, lue comme telle, plus de deux mois après l'ouverture, sans suspension.",
)
def duree_maximale(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'enquête ne dure pas plus de deux mois, hors prolongation, suspension et enquête complémentaire."""
    if enquete.suspendue:
        return non_applicable(Said("enquête suspendue", "suspended inquiry"))
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if impossible := bornes_impossibles(ouverture, cloture):
        return impossible
    limite = plus_mois(ouverture, version.number("duree_maximale_mois"))
    calcul = f"{cloture} {'≤' if cloture <= limite else '>'} {limite}"
    if cloture <= limite:
        return conforme(calcul)
    if enquete.cloture_initiale is None:
        return a_verifier(
            calcul,
            Said(
                "une prolongation non lue expliquerait la durée",
                "an extension that was not read would explain the length",
            ),
        )
    return contredite(enquete, calcul) or non_conforme(calcul)


@regle(
    "EP-30",
    "Enquête complémentaire",
    "Supplementary inquiry",
    preuve="Les dates d'ouverture et de clôture, lues et concordantes, à moins de quinze jours. Une enquête plus "
    "longue "
    "n'est jamais un manquement.",
)
def complementaire(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Une enquête complémentaire dure quinze jours (au moins quinze avant le 28 avril 2017), et son rapport suit la
    clôture de quinze jours au plus."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if impossible := bornes_impossibles(ouverture, cloture):
        return impossible
    attendu, nombre = version.number("duree_jours"), duree_inclusive(ouverture, cloture)
    is_exact = version.parameters["duree_lecture"] == "exactement"
    if nombre == attendu:
        signe = "="
    elif nombre < attendu:
        signe = "<"
    else:
        signe = "≠" if is_exact else "≥"
    calcul = f"{duree_dite(enquete)} = {en_jours(nombre)} {signe} {attendu}"
    rapport_tardif = False
    if enquete.rapport and enquete.cloture:
        delai, maximum = (enquete.rapport - enquete.cloture).days, version.number("rapport_jours")
        rapport_tardif = delai > maximum
        calcul += (
            f" ; {enquete.rapport} − {enquete.cloture} = {en_jours(delai)} {'>' if rapport_tardif else '≤'} {maximum}"
        )
    if nombre < attendu:
        return trop_court(enquete, calcul)
    if rapport_tardif:
        remarque = Said("un délai supplémentaire a pu être accordé", "more time may have been granted")
        return a_verifier(calcul, remarque)
    if is_exact and nombre > attendu:
        return a_verifier(calcul, PLUS_LONG)
    return conforme(calcul)


@regle(
    "VOIRIE-15",
    "Durée des enquêtes de voirie",
    "Length of road inquiries",
    preuve="Les dates d'ouverture et de clôture, lues et concordantes, à moins de quinze jours, sous le texte lu "
    "(jusqu'en "
    "2015). Une enquête plus longue n'est jamais un manquement.",
)
def voirie(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Une enquête de voirie communale ou de chemin rural dure quinze jours, exactement selon le texte."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if impossible := bornes_impossibles(ouverture, cloture):
        return impossible
    attendu, nombre = version.number("duree_jours"), duree_inclusive(ouverture, cloture)
    calcul = f"{duree_dite(enquete)} = {en_jours(nombre)} {'=' if nombre == attendu else '≠'} {attendu}"
    if nombre < attendu:
        return trop_court(enquete, calcul)
    if nombre > attendu:
        return a_verifier(calcul, PLUS_LONG)
    return conforme(calcul)
