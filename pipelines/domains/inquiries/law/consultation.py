"""Rules on the parallel consultation (`consultation parallélisée`), from its length to its report.

Belongs here: PC-01 to PC-05. Does not: any number; those are in `regles.csv`.
"""

from __future__ import annotations

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.delais import jours, plus_mois
from pipelines.domains.inquiries.law.durees import PLUS_LONG, bornes_impossibles
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.publicite import TROP_TOT, avance, premiere, titres, trop_tot
from pipelines.domains.inquiries.law.regles import (
    Resultat,
    a_verifier,
    conforme,
    conforme_si,
    incoherent,
    non_conforme,
    non_evalue,
    regle,
)
from pipelines.domains.inquiries.law.suites import remise
from pipelines.findings.versions import RuleVersion

TROIS_MOIS = Said(
    "trois mois suffisent quand l'avis de l'autorité environnementale n'est pas requis",
    "three months are enough where the opinion of the environmental authority is not required",
)


@regle(
    "PC-01",
    "Durée de la consultation parallélisée",
    "Length of the parallel consultation",
    preuve="Les dates d'ouverture et de clôture et le délai imparti à l'autorité environnementale, pour une "
    "consultation "
    "plus courte que le texte ne le demande.",
)
def consultation_parallelisee(enquete: Enquete, version: RuleVersion) -> Resultat:
    """La consultation dure trois mois ou, quand l'avis de l'autorité environnementale est requis, un mois de plus que
    le délai imparti à celle-ci."""
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    if impossible := bornes_impossibles(enquete.ouverture, enquete.cloture):
        return impossible
    sans_avis = version.number("duree_mois")
    delai = enquete.fait("delai_autorite_environnementale_mois")
    mois = delai + 1 if delai else sans_avis
    attendue = plus_mois(enquete.ouverture, mois)
    calcul = f"{enquete.cloture} pour {enquete.ouverture} + {mois} mois = {attendue}"
    if enquete.cloture in (attendue, attendue - jours(1)):
        return conforme(calcul)
    if delai is None:
        return non_evalue("délai imparti à l'autorité environnementale", calcul)
    if enquete.cloture > attendue:
        return a_verifier(calcul, PLUS_LONG)
    is_enough = enquete.cloture >= plus_mois(enquete.ouverture, sans_avis) - jours(1)
    return a_verifier(calcul, TROIS_MOIS) if is_enough else non_conforme(calcul)


@regle(
    "PC-02",
    "Avis de la consultation parallélisée",
    "Notice of the parallel consultation",
    preuve="Aucune : la date lue n'est pas forcément la première.",
)
def avis_de_la_consultation(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'avis de consultation est mis en ligne, affiché et publié quinze jours au moins avant l'ouverture."""
    if not enquete.publicites:
        return non_evalue("dates de l'avis")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum = version.number("avance_jours")
    premiers = {support: premiere(enquete, support) for support in ("web", "affichage", "journal")}
    absents = [support for support, jour in premiers.items() if jour is None]
    vues = [avance(enquete.ouverture, jour, minimum) for jour in premiers.values() if jour is not None]
    calcul = " ; ".join(dict.fromkeys(dit for _, dit in vues))
    if any(trop_tot(enquete.ouverture, jour) for jour in premiers.values() if jour is not None):
        return incoherent(calcul, TROP_TOT)
    if not all(respecte for respecte, _ in vues):
        remarque = Said(
            "la date lue n'est pas forcément la première", "the date that was read may not be the first one"
        )
        return a_verifier(calcul, remarque)
    journaux = [item for item in enquete.publicites if item.support == "journal"]
    a_temps = titres([item for item in journaux if avance(enquete.ouverture, item.jour, minimum)[0]])
    if not absents and len(a_temps) < version.number("journaux"):
        absents = ["second journal"]
    return non_evalue(f"date de l'avis : {', '.join(absents)}", calcul) if absents else conforme(calcul)


@regle(
    "PC-03",
    "Réunions de la consultation parallélisée",
    "Meetings of the parallel consultation",
    preuve="Aucune aujourd'hui : le texte n'a été lu qu'en partie, et une autre réunion a pu se tenir.",
)
def reunions(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Deux réunions publiques se tiennent, l'une dans les quatorze premiers jours, l'autre dans les quatorze
    derniers."""
    tenues = [item.jour for item in enquete.survenus("reunion_publique")]
    if len(tenues) < 2 or enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("dates des deux réunions publiques" if len(tenues) < 2 else "dates de la consultation")
    marge = jours(version.number("reunion_jours"))
    premiere = any(enquete.ouverture <= jour <= enquete.ouverture + marge for jour in tenues)
    derniere = any(enquete.cloture - marge <= jour <= enquete.cloture for jour in tenues)
    calcul = (
        f"{tenues[0]} dans [{enquete.ouverture}, {enquete.ouverture + marge}] ; "
        f"{tenues[-1]} dans [{enquete.cloture - marge}, {enquete.cloture}]"
    )
    if premiere and derniere:
        return conforme(calcul)
    return a_verifier(calcul, Said("une autre réunion a pu se tenir", "another meeting may have been held"))


@regle(
    "PC-04",
    "Rapport de la consultation parallélisée",
    "Report of the parallel consultation",
    preuve="Aucune aujourd'hui : le délai n'a été lu dans aucun texte.",
)
def rapport_de_la_consultation(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le rapport et les conclusions sont remis dans les trois semaines de la clôture."""
    if enquete.rapport is None or enquete.cloture is None:
        return non_evalue("date du rapport" if enquete.rapport is None else "date de clôture")
    return remise(enquete, enquete.cloture, enquete.rapport, version.number("rapport_jours"))


@regle(
    "PC-05",
    "Publication des observations au fil de la consultation",
    "Observations published during the consultation",
    preuve="Aucune aujourd'hui : le texte n'a été lu que dans une page secondaire.",
    faits=("observations_publiees_au_fil",),
)
def publication_au_fil(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Les observations et les réponses sont publiées à mesure qu'elles arrivent."""
    publiees = enquete.fait("observations_publiees_au_fil")
    if publiees is None:
        return non_evalue("dates de publication des observations")
    return conforme_si(bool(publiees), f"publication au fil de la consultation : {'oui' if publiees else 'non'}")
