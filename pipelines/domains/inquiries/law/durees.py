"""Rules on the course of an inquiry: order of events, durations, extension, suspension.

Belongs here: EP-01 to EP-06, EP-20, EP-29, EP-30, PC-01, VOIRIE-15. Does not: any number; those are in `regles.csv`.
A duration that favours the public is never a breach, and dates that contradict each other prove nothing.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.delais import dernier_jour, duree_inclusive, jours, plus_mois
from pipelines.domains.inquiries.law.enquete import Enquete, Evenement
from pipelines.domains.inquiries.law.registre import (
    Resultat,
    Version,
    a_verifier,
    conforme,
    incoherent,
    non_applicable,
    non_conforme,
    non_evalue,
    regle,
)

# Time-limits were suspended in the health emergency of 2020 (ordonnance 2020-306, not re-read).
URGENCE_SANITAIRE = (date(2020, 3, 12), date(2020, 6, 23))
URGENCE = Said(
    "délais suspendus pendant l'urgence sanitaire de 2020, texte non relu",
    "time limits were suspended during the 2020 health emergency; that text was not read",
)
CLOTURE_AVANT = Said("la clôture précède l'ouverture", "the closing comes before the opening")
PLUS_LONG = Said(
    "plus long que le texte ne le demande : cela favorise le public",
    "longer than the text asks: that favours the public",
)
AUCUNE_PROLONGATION = Said("aucune prolongation lue", "no extension was read")


def duree_dite(enquete: Enquete) -> str:
    """The arithmetic of the duration before any extension."""
    return f"{enquete.cloture_prevue} − {enquete.ouverture} + 1"


def bornes_manquantes(enquete: Enquete) -> str | None:
    """The fact that is missing to count the duration before any extension."""
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


def trop_court(enquete: Enquete, calcul: str) -> Resultat:
    """A duration below the least that the text asks: a breach, unless the duration that the source announces denies its
    own dates."""
    return contredite(enquete, calcul) or non_conforme(calcul)


def contredite(enquete: Enquete, calcul: str) -> Resultat | None:
    """That the duration which the source announces denies its own dates; None where it does not."""
    ouverture, cloture = bornes(enquete)
    nombre = duree_inclusive(ouverture, cloture)
    if enquete.duree_publiee is not None and enquete.duree_publiee != nombre:
        annonce = enquete.duree_publiee
        told = Said(
            f"la source annonce {annonce} jours, ses dates en donnent {nombre}",
            f"the source announces {annonce} days, its dates give {nombre}",
        )
        return incoherent(calcul, told)
    return None


@regle(
    "EP-01",
    "Ordre des événements",
    "Order of events",
    preuve="Aucune : des dates dans le désordre montrent une donnée fausse, pas un manquement.",
)
def ordre(enquete: Enquete, version: Version) -> Resultat:
    """La désignation précède l'arrêté, qui précède l'ouverture, puis viennent la clôture, le rapport et sa mise en
    ligne. Quand deux dates se contredisent, l'une des deux est à vérifier."""
    suite = [
        (Said("désignation", "appointment"), enquete.designation),
        (Said("arrêté", "order"), enquete.arrete),
        (Said("ouverture", "opening"), enquete.ouverture),
        (Said("clôture", "closing"), enquete.cloture),
        (Said("rapport", "report"), enquete.rapport),
        (Said("mise en ligne du rapport", "report put on line"), enquete.rapport_en_ligne),
    ]
    connus = [(nom, jour) for nom, jour in suite if jour is not None]
    if len(connus) < 2:
        return non_evalue("au moins deux dates de l'enquête")
    calcul = " ≤ ".join(f"{nom.fr} {jour}" for nom, jour in connus)
    inverses = [(avant, apres) for avant, apres in pairwise(connus) if avant[1] > apres[1]]
    if not inverses:
        return conforme(calcul)
    (avant, jour_avant), (apres, jour_apres) = inverses[0]
    told = Said(
        f"{avant.fr} le {jour_avant}, après {apres.fr} le {jour_apres}",
        f"{avant.en} on {jour_avant}, after {apres.en} on {jour_apres}",
    )
    return incoherent(calcul, told)


@regle(
    "EP-02",
    "Durée minimale",
    "Minimum length",
    preuve="Les dates d'ouverture et de clôture prévue, lues et concordantes, plus proches que la durée minimale d'un "
    "texte lu en entier.",
)
def duree_minimale(enquete: Enquete, version: Version) -> Resultat:
    """L'enquête dure au moins le temps que la loi fixe, jour d'ouverture et jour de clôture compris : un mois puis
    trente jours pour une enquête environnementale, quinze jours pour une enquête d'expropriation ou du CRPA."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if cloture < ouverture:
        return incoherent(f"{cloture} < {ouverture}", CLOTURE_AVANT)
    if "duree_minimale_mois" in version.parametres:
        limite = dernier_jour(ouverture, version.nombre("duree_minimale_mois"))
        is_long_enough = cloture >= limite
        calcul = f"{cloture} {'≥' if is_long_enough else '<'} {limite}"
        return conforme(calcul) if is_long_enough else trop_court(enquete, calcul)
    return _duree_en_jours(enquete, version)


def _duree_en_jours(enquete: Enquete, version: Version) -> Resultat:
    """The least duration in days, which since 2017 depends on an environmental assessment."""
    depend_de_l_evaluation = version.version.startswith("env_2017")
    if depend_de_l_evaluation and enquete.evaluation_environnementale is False:
        told = Said(
            "pas d'évaluation environnementale : durée réduite, règle EP-03",
            "no environmental assessment: reduced length, rule EP-03",
        )
        return non_applicable(told)
    minimum, nombre = version.nombre("duree_minimale_jours"), duree_inclusive(*bornes(enquete))
    calcul = f"{duree_dite(enquete)} = {nombre} jours {'≥' if nombre >= minimum else '<'} {minimum}"
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
def duree_reduite(enquete: Enquete, version: Version) -> Resultat:
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
    if cloture < ouverture:
        return incoherent(f"{cloture} < {ouverture}", CLOTURE_AVANT)
    minimum, nombre = version.nombre("duree_minimale_jours"), duree_inclusive(ouverture, cloture)
    calcul = f"{duree_dite(enquete)} = {nombre} jours {'≥' if nombre >= minimum else '<'} {minimum}"
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
def duree_maximale(enquete: Enquete, version: Version) -> Resultat:
    """L'enquête ne dure pas plus de deux mois, hors prolongation, suspension et enquête complémentaire."""
    if enquete.survenus("suspension"):
        return non_applicable(Said("enquête suspendue", "suspended inquiry"))
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if cloture < ouverture:
        return incoherent(f"{cloture} < {ouverture}", CLOTURE_AVANT)
    limite = plus_mois(ouverture, version.nombre("duree_maximale_mois"))
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
    "EP-05",
    "Durée de la prolongation",
    "Length of the extension",
    preuve="Les deux clôtures, avant et après prolongation, plus éloignées que le texte lu ne le permet, sans "
    "suspension.",
)
def prolongation(enquete: Enquete, version: Version) -> Resultat:
    """Une prolongation, décidée avec ses motifs, ne dépasse pas quinze ou trente jours selon le régime."""
    if not enquete.prolongee:
        return non_applicable(AUCUNE_PROLONGATION)
    if enquete.cloture_initiale is None or enquete.cloture is None:
        return non_evalue("date de clôture initiale" if enquete.cloture_initiale is None else "date de clôture")
    maximum, nombre = version.nombre("prolongation_jours"), (enquete.cloture - enquete.cloture_initiale).days
    signe = "≤" if nombre <= maximum else ">"
    calcul = f"{enquete.cloture} − {enquete.cloture_initiale} = {nombre} jours {signe} {maximum}"
    if nombre <= 0:
        told = Said(
            "la clôture ne suit pas celle d'abord prévue", "the closing does not come after the one first planned"
        )
        return incoherent(calcul, told)
    if nombre <= maximum:
        return conforme(calcul)
    if enquete.survenus("suspension") or enquete.survenus("reprise"):
        return a_verifier(calcul, Said("une suspension a déplacé la clôture", "a suspension moved the closing"))
    return non_conforme(calcul)


@regle(
    "EP-06",
    "Annonce de la prolongation",
    "Announcement of the extension",
    preuve="La date de la première décision de prolongation et la clôture d'abord prévue, plus proches que le texte "
    "lu ne "
    "le permet.",
)
def annonce_de_la_prolongation(enquete: Enquete, version: Version) -> Resultat:
    """La prolongation est décidée assez tôt avant la clôture d'abord prévue, pour que le public l'apprenne avant
    elle."""
    if not enquete.prolongee:
        return non_applicable(AUCUNE_PROLONGATION)
    decisions = enquete.survenus("prolongation")
    if not decisions:
        return non_evalue("date de la décision de prolongation")
    if enquete.cloture_initiale is None:
        return non_evalue("date de clôture initiale")
    preavis = version.nombre("preavis_jours")
    limite = enquete.cloture_initiale - jours(preavis)
    decision = decisions[0].jour
    calcul = f"{decision} {'≤' if decision <= limite else '>'} {enquete.cloture_initiale} − {preavis} jours = {limite}"
    if decision <= limite:
        return conforme(calcul)
    if decision > enquete.cloture_initiale:
        told = Said("la décision suit la clôture qu'elle déplace", "the decision comes after the closing that it moves")
        return incoherent(calcul, told)
    return non_conforme(calcul)


@regle(
    "EP-20",
    "Permanences pendant l'enquête",
    "Sessions during the inquiry",
    preuve="Aucune : une permanence hors de l'enquête montre une date fausse, pas un manquement.",
)
def permanences(enquete: Enquete, version: Version) -> Resultat:
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
        told = Said(
            f"permanence le {dehors[0]}, enquête du {enquete.ouverture} au {enquete.cloture}",
            f"session on {dehors[0]}, inquiry from {enquete.ouverture} to {enquete.cloture}",
        )
        return incoherent(calcul, told)
    tardives = [
        item.fin
        for item in enquete.permanences
        if item.jour == enquete.cloture and item.fin and enquete.cloture_heure and item.fin > enquete.cloture_heure
    ]
    if tardives:
        heures = f"{calcul} ; {enquete.cloture} {tardives[0]} > {enquete.cloture_heure}"
        told = Said("une permanence finit après l'heure de clôture", "a session ends after the closing hour")
        return a_verifier(heures, told)
    return conforme(calcul)


@regle(
    "EP-29",
    "Suspension et reprise",
    "Suspension and resumption",
    preuve="Deux suspensions séparées par une reprise ; ou les dates de suspension, de reprise et de clôture, hors des "
    "délais d'un texte lu, et hors de l'urgence sanitaire de 2020.",
)
def suspension(enquete: Enquete, version: Version) -> Resultat:
    """L'enquête n'est suspendue qu'une fois, six mois au plus ; elle reprend ensuite pour trente jours au moins."""
    suspensions, reprises = enquete.survenus("suspension"), enquete.survenus("reprise")
    if not suspensions:
        return non_applicable(Said("aucune suspension lue", "no suspension was read"))
    if len(suspensions) > 1:
        return _plusieurs_suspensions(suspensions, reprises)
    if not reprises or enquete.cloture is None:
        return non_evalue("date de reprise" if not reprises else "date de clôture")
    return _suspension_unique(enquete, suspensions[0].jour, reprises[0].jour, enquete.cloture, version)


def _suspension_unique(enquete: Enquete, arret: date, reprise: date, cloture: date, version: Version) -> Resultat:
    if reprise < arret:
        told = Said("la reprise précède la suspension", "the resumption comes before the suspension")
        return incoherent(f"{reprise} < {arret}", told)
    if cloture < reprise:
        told = Said("la clôture précède la reprise", "the closing comes before the resumption")
        return incoherent(f"{cloture} < {reprise}", told)
    limite, minimum = plus_mois(arret, version.nombre("suspension_mois")), version.nombre("reprise_jours")
    reste = duree_inclusive(reprise, cloture)
    calcul = (
        f"reprise {reprise} {'≤' if reprise <= limite else '>'} {limite} ; {cloture} − {reprise} + 1 = {reste} "
        f"jours {'≥' if reste >= minimum else '<'} {minimum}"
    )
    if reprise <= limite and reste >= minimum:
        return conforme(calcul)
    if arret <= URGENCE_SANITAIRE[1] and reprise >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, URGENCE)
    # The closing first planned comes at most two months after the opening, hence after a suspension.
    is_first_closing = enquete.cloture_initiale is None and cloture <= plus_mois(arret, 2)
    if reprise <= limite and is_first_closing:
        told = Said("la clôture lue peut être celle d'avant la suspension", "the closing may be that before suspension")
        return a_verifier(calcul, told)
    return non_conforme(calcul)


def _plusieurs_suspensions(suspensions: tuple[Evenement, ...], reprises: tuple[Evenement, ...]) -> Resultat:
    """Several suspensions are a breach where a resumption stands between two; else they may be one, told twice."""
    calcul = f"{len(suspensions)} suspensions > 1"
    if any(avant.jour <= item.jour <= apres.jour for avant, apres in pairwise(suspensions) for item in reprises):
        return non_conforme(calcul)
    told = Said(
        "les deux dates sont peut-être celles d'une même suspension", "both dates may be those of one suspension"
    )
    return a_verifier(calcul, told)


@regle(
    "EP-30",
    "Enquête complémentaire",
    "Supplementary inquiry",
    preuve="Les dates d'ouverture et de clôture, lues et concordantes, à moins de quinze jours. Une enquête plus "
    "longue "
    "n'est jamais un manquement.",
)
def complementaire(enquete: Enquete, version: Version) -> Resultat:
    """Une enquête complémentaire dure quinze jours (au moins quinze avant le 28 avril 2017), et son rapport suit la
    clôture de quinze jours au plus."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if cloture < ouverture:
        return incoherent(f"{cloture} < {ouverture}", CLOTURE_AVANT)
    attendu, nombre = version.nombre("duree_jours"), duree_inclusive(ouverture, cloture)
    is_exact = version.parametres["duree_lecture"] == "exactement"
    if nombre == attendu:
        signe = "="
    elif nombre < attendu:
        signe = "<"
    else:
        signe = "≠" if is_exact else "≥"
    calcul = f"{duree_dite(enquete)} = {nombre} jours {signe} {attendu}"
    rapport_tardif = False
    if enquete.rapport and enquete.cloture:
        delai, maximum = (enquete.rapport - enquete.cloture).days, version.nombre("rapport_jours")
        rapport_tardif = delai > maximum
        calcul += f" ; {enquete.rapport} − {enquete.cloture} = {delai} jours {'>' if rapport_tardif else '≤'} {maximum}"
    if nombre < attendu:
        return trop_court(enquete, calcul)
    if rapport_tardif:
        told = Said("un délai supplémentaire a pu être accordé", "more time may have been granted")
        return a_verifier(calcul, told)
    if is_exact and nombre > attendu:
        return a_verifier(calcul, PLUS_LONG)
    return conforme(calcul)


@regle(
    "PC-01",
    "Durée de la consultation parallélisée",
    "Length of the parallel consultation",
    preuve="Les dates d'ouverture et de clôture et le délai imparti à l'autorité environnementale, pour une "
    "consultation "
    "plus courte que le texte ne le demande.",
)
def consultation_parallelisee(enquete: Enquete, version: Version) -> Resultat:
    """La consultation dure trois mois ou, quand l'avis de l'autorité environnementale est requis, un mois de plus que
    le délai imparti à celle-ci."""
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    if enquete.cloture < enquete.ouverture:
        return incoherent(f"{enquete.cloture} < {enquete.ouverture}", CLOTURE_AVANT)
    mois = version.nombre("duree_mois")
    delai = enquete.fait("delai_autorite_environnementale_mois")
    attendues = {plus_mois(enquete.ouverture, mois)}
    if delai:
        attendues.add(plus_mois(enquete.ouverture, delai + 1))
    respecte = any(enquete.cloture in (jour, jour - jours(1)) for jour in attendues)
    calcul = f"{enquete.cloture} pour {enquete.ouverture} + {mois} mois = {plus_mois(enquete.ouverture, mois)}"
    if respecte:
        return conforme(calcul)
    if delai is None:
        return non_evalue("délai imparti à l'autorité environnementale", calcul)
    if enquete.cloture > min(attendues):
        return a_verifier(calcul, PLUS_LONG)
    return non_conforme(calcul)


@regle(
    "VOIRIE-15",
    "Durée des enquêtes de voirie",
    "Length of road inquiries",
    preuve="Les dates d'ouverture et de clôture, lues et concordantes, à moins de quinze jours, sous le texte lu "
    "(jusqu'en "
    "2015). Une enquête plus longue n'est jamais un manquement.",
)
def voirie(enquete: Enquete, version: Version) -> Resultat:
    """Une enquête de voirie communale ou de chemin rural dure quinze jours, exactement selon le texte."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    ouverture, cloture = bornes(enquete)
    if cloture < ouverture:
        return incoherent(f"{cloture} < {ouverture}", CLOTURE_AVANT)
    attendu, nombre = version.nombre("duree_jours"), duree_inclusive(ouverture, cloture)
    calcul = f"{duree_dite(enquete)} = {nombre} jours {'=' if nombre == attendu else '≠'} {attendu}"
    if nombre < attendu:
        return trop_court(enquete, calcul)
    if nombre > attendu:
        return a_verifier(calcul, PLUS_LONG)
    return conforme(calcul)
