"""Rules on the course of an inquiry: order of events, durations, extension, suspension.

Belongs here: EP-01 to EP-06, EP-20, EP-29, EP-30, PC-01, VOIRIE-15. Does not: any number; those are in `regles.csv`.
"""

from __future__ import annotations

from itertools import pairwise

from pipelines.domains.inquiries.law.delais import duree_inclusive, jours, plus_mois
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.registre import (
    Resultat,
    Version,
    a_verifier,
    conforme_si,
    non_applicable,
    non_evalue,
    regle,
)


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


def duree(enquete: Enquete) -> int:
    """The duration before any extension, both days counted; asked once no bound is missing."""
    assert enquete.ouverture is not None
    assert enquete.cloture_prevue is not None
    return duree_inclusive(enquete.ouverture, enquete.cloture_prevue)


@regle("EP-01", "Ordre des événements")
def ordre(enquete: Enquete, version: Version) -> Resultat:
    """La désignation précède l'arrêté, qui précède l'ouverture, puis viennent la clôture, le rapport et sa mise en
    ligne."""
    suite = [
        ("désignation", enquete.designation),
        ("arrêté", enquete.arrete),
        ("ouverture", enquete.ouverture),
        ("clôture", enquete.cloture),
        ("rapport", enquete.rapport),
        ("mise en ligne du rapport", enquete.rapport_en_ligne),
    ]
    connus = [(nom, jour) for nom, jour in suite if jour is not None]
    if len(connus) < 2:
        return non_evalue("au moins deux dates de l'enquête")
    calcul = " ≤ ".join(f"{nom} {jour}" for nom, jour in connus)
    return conforme_si(all(avant[1] <= apres[1] for avant, apres in pairwise(connus)), calcul)


@regle("EP-02", "Durée minimale")
def duree_minimale(enquete: Enquete, version: Version) -> Resultat:
    """L'enquête dure au moins le temps que la loi fixe, jour d'ouverture et jour de clôture compris : un mois puis
    trente jours pour une enquête environnementale, quinze jours pour une enquête d'expropriation ou du CRPA."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    assert enquete.ouverture is not None
    assert enquete.cloture_prevue is not None
    if "duree_minimale_mois" in version.parametres:
        limite = plus_mois(enquete.ouverture, version.nombre("duree_minimale_mois")) - jours(1)
        return conforme_si(enquete.cloture_prevue >= limite, f"{enquete.cloture_prevue} ≥ {limite}")
    minimum, nombre = version.nombre("duree_minimale_jours"), duree_inclusive(enquete.ouverture, enquete.cloture_prevue)
    if enquete.evaluation_environnementale is False and version.version.startswith("env_2017"):
        return non_applicable("pas d'évaluation environnementale : durée réduite, règle EP-03")
    calcul = f"{duree_dite(enquete)} = {nombre} jours {'≥' if nombre >= minimum else '<'} {minimum}"
    if nombre < minimum and enquete.evaluation_environnementale is None and version.version.startswith("env_2017"):
        return non_evalue("existence d'une évaluation environnementale", calcul)
    return conforme_si(nombre >= minimum, calcul)


@regle("EP-03", "Durée réduite sans évaluation environnementale")
def duree_reduite(enquete: Enquete, version: Version) -> Resultat:
    """Sans évaluation environnementale, l'enquête peut être réduite, mais pas à moins de quinze jours."""
    if enquete.evaluation_environnementale:
        return non_applicable("évaluation environnementale : durée pleine, règle EP-02")
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    minimum, nombre = version.nombre("duree_minimale_jours"), duree(enquete)
    calcul = f"{duree_dite(enquete)} = {nombre} jours {'≥' if nombre >= minimum else '<'} {minimum}"
    if enquete.evaluation_environnementale is None and nombre >= minimum:
        return non_evalue("existence d'une évaluation environnementale", calcul)
    return conforme_si(nombre >= minimum, calcul)


@regle("EP-04", "Durée maximale")
def duree_maximale(enquete: Enquete, version: Version) -> Resultat:
    """L'enquête ne dure pas plus de deux mois, hors prolongation, suspension et enquête complémentaire."""
    if enquete.survenus("suspension"):
        return non_applicable("enquête suspendue")
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    assert enquete.ouverture is not None
    assert enquete.cloture_prevue is not None
    limite = plus_mois(enquete.ouverture, version.nombre("duree_maximale_mois"))
    calcul = f"{enquete.cloture_prevue} {'≤' if enquete.cloture_prevue <= limite else '>'} {limite}"
    if enquete.cloture_prevue > limite and enquete.cloture_initiale is None:
        return a_verifier(calcul, "une prolongation non lue expliquerait la durée")
    return conforme_si(enquete.cloture_prevue <= limite, calcul)


@regle("EP-05", "Durée de la prolongation")
def prolongation(enquete: Enquete, version: Version) -> Resultat:
    """Une prolongation, décidée avec ses motifs, ne dépasse pas quinze ou trente jours selon le régime."""
    if not enquete.prolongee:
        return non_applicable("aucune prolongation lue")
    if enquete.cloture_initiale is None or enquete.cloture is None:
        return non_evalue("date de clôture initiale" if enquete.cloture_initiale is None else "date de clôture")
    maximum, nombre = version.nombre("prolongation_jours"), (enquete.cloture - enquete.cloture_initiale).days
    signe = "≤" if nombre <= maximum else ">"
    calcul = f"{enquete.cloture} − {enquete.cloture_initiale} = {nombre} jours {signe} {maximum}"
    return conforme_si(0 < nombre <= maximum, calcul)


@regle("EP-06", "Annonce de la prolongation")
def annonce_de_la_prolongation(enquete: Enquete, version: Version) -> Resultat:
    """La prolongation est décidée assez tôt avant la clôture d'abord prévue, pour que le public l'apprenne avant
    elle."""
    if not enquete.prolongee:
        return non_applicable("aucune prolongation lue")
    decisions = enquete.survenus("prolongation")
    if not decisions:
        return non_evalue("date de la décision de prolongation")
    if enquete.cloture_initiale is None:
        return non_evalue("date de clôture initiale")
    preavis = version.nombre("preavis_jours")
    limite = enquete.cloture_initiale - jours(preavis)
    decision = decisions[0].jour
    calcul = f"{decision} {'≤' if decision <= limite else '>'} {enquete.cloture_initiale} − {preavis} jours = {limite}"
    return conforme_si(decision <= limite, calcul)


@regle("EP-20", "Permanences pendant l'enquête")
def permanences(enquete: Enquete, version: Version) -> Resultat:
    """Chaque permanence se tient entre l'ouverture et la clôture, en heure locale."""
    if not enquete.permanences:
        return non_evalue("dates des permanences")
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    dates = ", ".join(dict.fromkeys(str(item.jour) for item in enquete.permanences))
    calcul = f"{dates} dans [{enquete.ouverture}, {enquete.cloture}]"
    if not all(enquete.ouverture <= item.jour <= enquete.cloture for item in enquete.permanences):
        return conforme_si(False, calcul)
    tardives = [
        item.fin
        for item in enquete.permanences
        if item.jour == enquete.cloture and item.fin and enquete.cloture_heure and item.fin > enquete.cloture_heure
    ]
    if tardives:
        heures = f"{calcul} ; {enquete.cloture} {tardives[0]} > {enquete.cloture_heure}"
        return a_verifier(heures, "une permanence finit après l'heure de clôture")
    return conforme_si(True, calcul)


@regle("EP-29", "Suspension et reprise")
def suspension(enquete: Enquete, version: Version) -> Resultat:
    """L'enquête n'est suspendue qu'une fois, six mois au plus ; elle reprend ensuite pour trente jours au moins."""
    suspensions, reprises = enquete.survenus("suspension"), enquete.survenus("reprise")
    if not suspensions:
        return non_applicable("aucune suspension lue")
    if len(suspensions) > 1:
        return conforme_si(False, f"{len(suspensions)} suspensions > 1")
    if not reprises or enquete.cloture is None:
        return non_evalue("date de reprise" if not reprises else "date de clôture")
    arret, reprise = suspensions[0].jour, reprises[0].jour
    limite, minimum = plus_mois(arret, version.nombre("suspension_mois")), version.nombre("reprise_jours")
    reste = duree_inclusive(reprise, enquete.cloture)
    calcul = (
        f"reprise {reprise} {'≤' if reprise <= limite else '>'} {limite} ; {enquete.cloture} − {reprise} + 1 = {reste} "
        f"jours {'≥' if reste >= minimum else '<'} {minimum}"
    )
    return conforme_si(arret <= reprise <= limite and reste >= minimum, calcul)


@regle("EP-30", "Enquête complémentaire")
def complementaire(enquete: Enquete, version: Version) -> Resultat:
    """Une enquête complémentaire dure quinze jours (au moins quinze avant le 28 avril 2017), et son rapport suit la
    clôture de quinze jours au plus."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    attendu, nombre = version.nombre("duree_jours"), duree(enquete)
    exacte = version.parametres["duree_lecture"] == "exactement"
    respecte = nombre == attendu if exacte else nombre >= attendu
    signe = "=" if nombre == attendu else "≥" if respecte else "≠" if exacte else "<"
    calcul = f"{duree_dite(enquete)} = {nombre} jours {signe} {attendu}"
    if enquete.rapport and enquete.cloture:
        delai, maximum = (enquete.rapport - enquete.cloture).days, version.nombre("rapport_jours")
        calcul += (
            f" ; {enquete.rapport} − {enquete.cloture} = {delai} jours {'≤' if delai <= maximum else '>'} {maximum}"
        )
        respecte = respecte and delai <= maximum
    return conforme_si(respecte, calcul)


@regle("PC-01", "Durée de la consultation parallélisée")
def consultation_parallelisee(enquete: Enquete, version: Version) -> Resultat:
    """La consultation dure trois mois ou, quand l'avis de l'autorité environnementale est requis, un mois de plus que
    le délai imparti à celle-ci."""
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    mois = version.nombre("duree_mois")
    delai = enquete.fait("delai_autorite_environnementale_mois")
    attendues = {plus_mois(enquete.ouverture, mois)} | ({plus_mois(enquete.ouverture, delai + 1)} if delai else set())
    respecte = any(enquete.cloture in (jour, jour - jours(1)) for jour in attendues)
    calcul = f"{enquete.cloture} pour {enquete.ouverture} + {mois} mois = {plus_mois(enquete.ouverture, mois)}"
    if not respecte and delai is None:
        return non_evalue("délai imparti à l'autorité environnementale", calcul)
    return conforme_si(respecte, calcul)


@regle("VOIRIE-15", "Durée des enquêtes de voirie")
def voirie(enquete: Enquete, version: Version) -> Resultat:
    """Une enquête de voirie communale ou de chemin rural dure exactement quinze jours."""
    if manque := bornes_manquantes(enquete):
        return non_evalue(manque)
    attendu, nombre = version.nombre("duree_jours"), duree(enquete)
    return conforme_si(
        nombre == attendu, f"{duree_dite(enquete)} = {nombre} jours {'=' if nombre == attendu else '≠'} {attendu}"
    )
