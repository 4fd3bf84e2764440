"""Rules on the course of an inquiry: order of events, extension, sessions, suspension.

Belongs here: EP-01, EP-05, EP-06, EP-20, EP-29. Does not: durations (`durees.py`), nor any number; those are in
`regles.csv`. Dates that contradict each other prove nothing.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import (
    ANNEE_FAUSSE,
    DES_MOIS,
    TROP_LOIN,
    est_trop_longue,
    sont_discordantes,
)
from pipelines.domains.inquiries.law.delais import duree_inclusive, en_jours, jours, plus_mois
from pipelines.domains.inquiries.law.enquete import Enquete, Evenement
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
from pipelines.domains.inquiries.law.reserves import URGENCE, URGENCE_SANITAIRE, suite_des_dates
from pipelines.findings.versions import RuleVersion

AUCUNE_PROLONGATION = Said("aucune prolongation lue", "no extension was read")


@regle(
    "EP-01",
    "Ordre des événements",
    "Order of events",
    preuve="Aucune : des dates dans le désordre montrent une donnée fausse, pas un manquement.",
)
def ordre(enquete: Enquete, version: RuleVersion) -> Resultat:
    """La désignation précède l'arrêté, qui précède l'ouverture, puis viennent la clôture, le rapport et sa mise en
    ligne. Quand deux dates se contredisent, l'une des deux est à vérifier."""
    connus = suite_des_dates(enquete)
    if len(connus) < 2:
        return non_evalue("au moins deux dates de l'enquête")
    calcul = _suite(connus)
    inverses = [(avant, apres) for avant, apres in pairwise(connus) if avant[1] > apres[1]]
    if not inverses:
        loin = sont_discordantes(enquete) or est_trop_longue(enquete)
        return incoherent(calcul, TROP_LOIN) if loin else conforme(calcul)
    (avant, jour_avant), (apres, jour_apres) = inverses[0]
    remarque = Said(
        f"{avant.fr} le {jour_avant}, après {apres.fr} le {jour_apres}",
        f"{avant.en} on {jour_avant}, after {apres.en} on {jour_apres}",
    )
    return incoherent(calcul, remarque)


def _suite(connus: list[tuple[Said, date]]) -> str:
    """The dates as a chain, each compared with the one before."""
    premier, *suivants = connus
    chaine, dernier = f"{premier[0].fr} {premier[1]}", premier[1]
    for nom, jour in suivants:
        chaine += f" {'≤' if dernier <= jour else '>'} {nom.fr} {jour}"
        dernier = jour
    return chaine


@regle(
    "EP-05",
    "Durée de la prolongation",
    "Length of the extension",
    preuve="Les deux clôtures, avant et après prolongation, plus éloignées que le texte lu ne le permet, sans "
    "suspension.",
    derniere_cloture=True,
)
def prolongation(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Une prolongation, décidée avec ses motifs, ne dépasse pas quinze ou trente jours selon le régime."""
    if not enquete.prolongee:
        return non_applicable(AUCUNE_PROLONGATION)
    if enquete.cloture_initiale is None or enquete.cloture is None:
        return non_evalue("date de clôture initiale" if enquete.cloture_initiale is None else "date de clôture")
    maximum, nombre = version.number("prolongation_jours"), (enquete.cloture - enquete.cloture_initiale).days
    signe = "≤" if nombre <= maximum else ">"
    calcul = f"{enquete.cloture} − {enquete.cloture_initiale} = {en_jours(nombre)} {signe} {maximum}"
    if nombre <= 0:
        remarque = Said(
            "la clôture ne suit pas celle d'abord prévue", "the closing does not come after the one first planned"
        )
        return incoherent(calcul, remarque)
    return conforme(calcul) if nombre <= maximum else _prolongation_longue(enquete, nombre, calcul)


def _prolongation_longue(enquete: Enquete, nombre: int, calcul: str) -> Resultat:
    if enquete.survenus("suspension") or enquete.survenus("reprise"):
        return a_verifier(calcul, Said("une suspension a déplacé la clôture", "a suspension moved the closing"))
    if len(enquete.survenus("prolongation")) > 1:
        remarque = Said(
            "plusieurs prolongations ont été lues : chacune a pu respecter le délai",
            "several extensions were read: each of them may have been short enough",
        )
        return a_verifier(calcul, remarque)
    return incoherent(calcul, ANNEE_FAUSSE) if jours(nombre) > DES_MOIS else non_conforme(calcul)


@regle(
    "EP-06",
    "Annonce de la prolongation",
    "Announcement of the extension",
    preuve="La date de la première décision de prolongation et la clôture d'abord prévue, plus proches que le texte "
    "lu ne "
    "le permet.",
)
def annonce_de_la_prolongation(enquete: Enquete, version: RuleVersion) -> Resultat:
    """La prolongation est décidée assez tôt avant la clôture d'abord prévue, pour que le public l'apprenne avant
    elle."""
    if not enquete.prolongee:
        return non_applicable(AUCUNE_PROLONGATION)
    decisions = enquete.survenus("prolongation")
    if not decisions or enquete.cloture_initiale is None:
        return non_evalue("date de clôture initiale" if decisions else "date de la décision de prolongation")
    preavis = version.number("preavis_jours")
    limite = enquete.cloture_initiale - jours(preavis)
    decision = decisions[0].jour
    calcul = f"{decision} {'≤' if decision <= limite else '>'} {enquete.cloture_initiale} − {preavis} jours = {limite}"
    if enquete.ouverture is not None and decision < enquete.ouverture:
        remarque = Said("la décision précède l'ouverture", "the decision comes before the opening")
        return incoherent(calcul, remarque)
    if decision <= limite:
        return conforme(calcul)
    if decision > enquete.cloture_initiale:
        remarque = Said(
            "la décision suit la clôture qu'elle déplace", "the decision comes after the closing that it moves"
        )
        return incoherent(calcul, remarque)
    return non_conforme(calcul)


@regle(
    "EP-20",
    "Permanences pendant l'enquête",
    "Sessions during the inquiry",
    preuve="Aucune : une permanence hors de l'enquête montre une date fausse, pas un manquement.",
)
def permanences(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Chaque permanence se tient entre l'ouverture et la clôture, en heure locale. Une permanence hors de ces dates est
    une date à vérifier."""
    if not enquete.permanences:
        return non_evalue("dates des permanences")
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    dates = ", ".join(dict.fromkeys(str(item.jour) for item in enquete.permanences))
    calcul = f"{dates} dans [{enquete.ouverture}, {enquete.cloture}]"
    dehors = [item.jour for item in enquete.permanences if not enquete.ouverture <= item.jour <= enquete.cloture]
    if dehors:
        remarque = Said(
            f"permanence le {dehors[0]}, enquête du {enquete.ouverture} au {enquete.cloture}",
            f"session on {dehors[0]}, inquiry from {enquete.ouverture} to {enquete.cloture}",
        )
        return incoherent(calcul, remarque)
    renversees = [item for item in enquete.permanences if item.debut and item.fin and item.fin <= item.debut]
    if renversees:
        heures = f"{renversees[0].jour}, de {renversees[0].debut} à {renversees[0].fin}"
        remarque = Said("une permanence finit avant de commencer", "a session ends before it begins")
        return incoherent(f"{calcul} ; {heures}", remarque)
    return _hors_des_heures(enquete, calcul) or conforme(calcul)


def _hors_des_heures(enquete: Enquete, calcul: str) -> Resultat | None:
    """A session of the first day that begins before the opening hour, or of the last that ends after the closing
    hour."""
    for item in enquete.permanences:
        if item.jour == enquete.ouverture and item.debut and (enquete.ouverture_heure or "") > item.debut:
            heures = f"{calcul} ; {item.jour} {item.debut} < {enquete.ouverture_heure}"
            remarque = Said(
                "une permanence commence avant l'heure d'ouverture", "a session begins before the opening hour"
            )
            return a_verifier(heures, remarque)
        if item.jour == enquete.cloture and item.fin and enquete.cloture_heure and item.fin > enquete.cloture_heure:
            heures = f"{calcul} ; {item.jour} {item.fin} > {enquete.cloture_heure}"
            remarque = Said("une permanence finit après l'heure de clôture", "a session ends after the closing hour")
            return a_verifier(heures, remarque)
    return None


@regle(
    "EP-29",
    "Suspension et reprise",
    "Suspension and resumption",
    preuve="Deux suspensions séparées par une reprise ; ou les dates de suspension, de reprise et de clôture, hors des "
    "délais d'un texte lu, et hors de l'urgence sanitaire de 2020.",
    derniere_cloture=True,
)
def suspension(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'enquête n'est suspendue qu'une fois, six mois au plus ; elle reprend ensuite pour trente jours au moins."""
    suspensions, reprises = enquete.survenus("suspension"), enquete.survenus("reprise")
    if not suspensions and enquete.suspendue:
        return non_evalue("date de la suspension")
    if not suspensions:
        return non_applicable(Said("aucune suspension lue", "no suspension was read"))
    if len(suspensions) > 1:
        return _plusieurs_suspensions(suspensions, reprises)
    if not reprises or enquete.cloture is None:
        return non_evalue("date de reprise" if not reprises else "date de clôture")
    return _suspension_unique(enquete, suspensions[0].jour, reprises[0].jour, enquete.cloture, version)


def _suspension_unique(enquete: Enquete, arret: date, reprise: date, cloture: date, version: RuleVersion) -> Resultat:
    if not arret <= reprise <= cloture:
        return _suite_impossible(arret, reprise, cloture)
    limite, minimum = plus_mois(arret, version.number("suspension_mois")), version.number("reprise_jours")
    reste = duree_inclusive(reprise, cloture)
    calcul = (
        f"reprise {reprise} {'≤' if reprise <= limite else '>'} {limite} ; {cloture} − {reprise} + 1 = {reste} "
        f"jours {'≥' if reste >= minimum else '<'} {minimum}"
    )
    if reprise <= limite and reste >= minimum:
        return conforme(calcul)
    if arret <= URGENCE_SANITAIRE[1] and reprise >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, URGENCE)
    if reprise > limite + DES_MOIS:
        return incoherent(calcul, ANNEE_FAUSSE)
    # The closing first planned comes at most two months after the opening, hence after a suspension.
    is_first_closing = enquete.cloture_initiale is None and cloture <= plus_mois(arret, 2)
    if reprise <= limite and is_first_closing:
        remarque = Said(
            "la clôture lue peut être celle d'avant la suspension", "the closing may be that before suspension"
        )
        return a_verifier(calcul, remarque)
    return non_conforme(calcul)


def _suite_impossible(arret: date, reprise: date, cloture: date) -> Resultat:
    if reprise < arret:
        remarque = Said("la reprise précède la suspension", "the resumption comes before the suspension")
        return incoherent(f"{reprise} < {arret}", remarque)
    remarque = Said("la clôture précède la reprise", "the closing comes before the resumption")
    return incoherent(f"{cloture} < {reprise}", remarque)


def _plusieurs_suspensions(suspensions: tuple[Evenement, ...], reprises: tuple[Evenement, ...]) -> Resultat:
    """Several suspensions are a breach where a resumption is between two; else they may be one, told twice."""
    calcul = f"{len(suspensions)} suspensions > 1"
    if any(avant.jour <= item.jour <= apres.jour for avant, apres in pairwise(suspensions) for item in reprises):
        return non_conforme(calcul)
    remarque = Said(
        "les deux dates sont peut-être celles d'une même suspension", "both dates may be those of one suspension"
    )
    return a_verifier(calcul, remarque)
