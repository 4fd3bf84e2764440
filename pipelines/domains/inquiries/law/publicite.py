"""Rules on what the public is told: the order, notices in newspapers, posters, the site, the content of the notice.

Belongs here: EP-07, EP-11 to EP-18, PC-02. Does not: any number; those are in `regles.csv`. One published date never
proves the two newspapers, and a page of a third party is not the authority's: those misses are to be verified.
"""

from __future__ import annotations

from datetime import date

from pipelines.domains.inquiries.law.delais import jours
from pipelines.domains.inquiries.law.enquete import Enquete, Publicite
from pipelines.domains.inquiries.law.registre import (
    Resultat,
    Version,
    a_verifier,
    conforme_si,
    non_applicable,
    non_evalue,
    regle,
)


def avance(premier: date, jour: date, minimum: int) -> tuple[bool, str]:
    """Whether `jour` comes `minimum` days before the opening, and the arithmetic."""
    nombre = (premier - jour).days
    return nombre >= minimum, f"{premier} − {jour} = {nombre} jours {'≥' if nombre >= minimum else '<'} {minimum}"


def titres(parutions: tuple[Publicite, ...]) -> set[str]:
    """The newspapers of some notices; those without a name count as one."""
    return {parution.nom or "" for parution in parutions}


@regle("EP-07", "Délai entre l'arrêté et l'ouverture")
def arrete_avant_ouverture(enquete: Enquete, version: Version) -> Resultat:
    """L'arrêté qui ouvre l'enquête est pris quinze jours au moins avant l'ouverture."""
    if enquete.arrete is None or enquete.ouverture is None:
        return non_evalue("date de l'arrêté d'ouverture" if enquete.arrete is None else "date d'ouverture")
    return conforme_si(*avance(enquete.ouverture, enquete.arrete, version.nombre("avance_jours")))


@regle("EP-11", "Premier avis dans la presse")
def premier_avis(enquete: Enquete, version: Version) -> Resultat:
    """L'avis paraît dans deux journaux (un seul pour une enquête parcellaire) avant l'ouverture : quinze jours au moins
    pour une enquête environnementale, huit pour une enquête d'expropriation ou du CRPA."""
    parutions = enquete.parutions(rang=1)
    if not parutions:
        return non_evalue("dates de première parution dans la presse")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum, voulus = version.nombre("avance_jours"), version.nombre("journaux")
    vus = [(parution, *avance(enquete.ouverture, parution.jour, minimum)) for parution in parutions]
    calcul = " ; ".join(dict.fromkeys(dit for _, _, dit in vus))
    a_temps = titres(tuple(parution for parution, respecte, _ in vus if respecte))
    if len(a_temps) >= voulus:
        return conforme_si(True, calcul)
    if all(respecte for _, respecte, _ in vus):
        return non_evalue("parution dans un second journal", calcul)
    if len(titres(parutions)) >= voulus:
        return conforme_si(False, calcul)
    return a_verifier(calcul, "une seule parution lue ne prouve rien des autres journaux")


@regle("EP-12", "Rappel de l'avis dans la presse")
def rappel(enquete: Enquete, version: Version) -> Resultat:
    """L'avis est rappelé dans les huit premiers jours de l'enquête, dans chacun des journaux."""
    rappels = enquete.parutions(rang=2)
    if not rappels:
        return non_evalue("date de la seconde parution")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    limite = enquete.ouverture + jours(version.nombre("rappel_jours") - 1)
    dates = ", ".join(dict.fromkeys(str(parution.jour) for parution in rappels))
    calcul = f"{dates} dans [{enquete.ouverture}, {limite}]"
    if not all(enquete.ouverture <= parution.jour <= limite for parution in rappels):
        return conforme_si(False, calcul)
    if len(titres(rappels)) < version.nombre("journaux"):
        return non_evalue("rappel dans un second journal", calcul)
    return conforme_si(True, calcul)


@regle("EP-13", "Opération d'importance nationale")
def importance_nationale(enquete: Enquete, version: Version) -> Resultat:
    """Pour une opération d'importance nationale, l'avis paraît aussi dans deux journaux à diffusion nationale."""
    nationale = enquete.fait("importance_nationale")
    if nationale is None:
        return non_evalue("importance nationale de l'opération")
    if not nationale:
        return non_applicable("opération sans importance nationale")
    parutions: list[date] | None = enquete.fait("parutions_nationales")
    if parutions is None or enquete.ouverture is None:
        return non_evalue("parutions dans des journaux nationaux" if parutions is None else "date d'ouverture")
    minimum = version.nombre("avance_jours")
    vues = [avance(enquete.ouverture, jour, minimum) for jour in parutions]
    a_temps = sum(respecte for respecte, _ in vues)
    return conforme_si(
        a_temps >= version.nombre("journaux"), " ; ".join(calcul for _, calcul in vues) or "aucune parution"
    )


@regle("EP-14", "Affichage")
def affichage(enquete: Enquete, version: Version) -> Resultat:
    """L'avis est affiché avant l'ouverture (quinze jours, ou huit pour une enquête d'expropriation ou du CRPA) et
    pendant toute l'enquête."""
    affiches = [item for item in enquete.publicites if item.support == "affichage"]
    if not affiches:
        return non_evalue("date d'affichage")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    vues = [avance(enquete.ouverture, item.jour, version.nombre("avance_jours")) for item in affiches]
    calcul, respecte = " ; ".join(dict.fromkeys(dit for _, dit in vues)), all(a_temps for a_temps, _ in vues)
    retraits = [item.retrait for item in affiches if item.retrait]
    if not retraits or enquete.cloture is None:
        return conforme_si(respecte, calcul, "date de retrait de l'affiche non lue")
    retrait = min(retraits)
    calcul += f" ; retrait {retrait} {'≥' if retrait >= enquete.cloture else '<'} {enquete.cloture}"
    return conforme_si(respecte and retrait >= enquete.cloture, calcul)


@regle("EP-15", "Avis en ligne")
def avis_en_ligne(enquete: Enquete, version: Version) -> Resultat:
    """L'avis est publié sur le site de l'autorité organisatrice quinze jours au moins avant l'ouverture."""
    pages = [item for item in enquete.publicites if item.support == "web" and item.rang in (None, 1)]
    if not pages:
        return non_evalue("date de mise en ligne de l'avis")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    respecte, calcul = avance(enquete.ouverture, min(item.jour for item in pages), version.nombre("avance_jours"))
    if not respecte:
        return a_verifier(calcul, "la page lue n'est pas forcément la première, ni celle de l'autorité organisatrice")
    return conforme_si(True, calcul, "la page lue n'est pas forcément celle de l'autorité organisatrice")


@regle("EP-16", "Dossier en ligne, sur papier et sur un poste informatique")
def dossier(enquete: Enquete, version: Version) -> Resultat:
    """Pendant toute l'enquête, le dossier est en ligne, sur papier en un lieu au moins, et sur un poste informatique
    gratuit."""
    lieux, postes = enquete.fait("lieux_papier"), enquete.fait("postes_informatiques")
    manques = [
        nom
        for nom, valeur in (
            ("adresse du dossier en ligne", enquete.dossier_url or enquete.registre_url),
            ("nombre de lieux où le dossier est sur papier", lieux),
            ("nombre de postes informatiques", postes),
        )
        if valeur is None
    ]
    if manques:
        return non_evalue(", ".join(manques))
    return conforme_si(lieux >= 1 and postes >= 1, f"dossier en ligne ; {lieux} lieu(x) papier ; {postes} poste(s)")


MENTIONS = (
    *("objet", "decisions_possibles", "autorite", "nom_et_qualites", "ouverture", "duree", "adresse_dossier"),
    *("lieux_et_horaires", "poste_informatique", "adresses_de_depot", "evaluation_environnementale"),
)


@regle("EP-17", "Contenu de l'avis")
def contenu_de_l_avis(enquete: Enquete, version: Version) -> Resultat:
    """L'avis dit l'objet, les décisions possibles, l'autorité, le nom et les qualités du commissaire enquêteur,
    l'ouverture et la durée, les adresses et lieux du dossier, le poste informatique, les adresses de dépôt, et
    l'existence d'une évaluation environnementale."""
    lues: set[str] | None = enquete.fait("mentions_de_l_avis")
    if lues is None:
        return non_evalue("texte entier de l'avis")
    absentes = [mention for mention in MENTIONS if mention not in lues]
    calcul = f"{len(MENTIONS) - len(absentes)} mentions sur {len(MENTIONS)}"
    return conforme_si(not absentes, calcul + (f" ; absentes : {', '.join(absentes)}" if absentes else ""))


@regle("EP-18", "Voie électronique")
def voie_electronique(enquete: Enquete, version: Version) -> Resultat:
    """Le public peut adresser ses observations par voie électronique : courriel ou registre dématérialisé."""
    if enquete.registre_url:
        return conforme_si(True, "registre dématérialisé publié")
    courriel = enquete.fait("courriel_de_depot")
    if courriel is None:
        return non_evalue("adresse de dépôt électronique")
    return conforme_si(bool(courriel), "courriel de dépôt" if courriel else "ni courriel ni registre")


@regle("PC-02", "Avis de la consultation parallélisée")
def avis_de_la_consultation(enquete: Enquete, version: Version) -> Resultat:
    """L'avis de consultation est mis en ligne, affiché et publié quinze jours au moins avant l'ouverture."""
    if not enquete.publicites:
        return non_evalue("dates de l'avis")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum = version.nombre("avance_jours")
    premiers = {support: _premiere(enquete, support) for support in ("web", "affichage", "journal")}
    absents = [support for support, jour in premiers.items() if jour is None]
    vues = [avance(enquete.ouverture, jour, minimum) for jour in premiers.values() if jour is not None]
    calcul = " ; ".join(dict.fromkeys(dit for _, dit in vues))
    if not all(respecte for respecte, _ in vues):
        return a_verifier(calcul, "la date lue n'est pas forcément la première")
    return non_evalue(f"date de l'avis : {', '.join(absents)}", calcul) if absents else conforme_si(True, calcul)


def _premiere(enquete: Enquete, support: str) -> date | None:
    return min((item.jour for item in enquete.publicites if item.support == support), default=None)
