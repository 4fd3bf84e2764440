"""Rules on what follows the closing: summary, reply, report, conclusions.

Belongs here: EP-19, EP-21 to EP-23, EP-25 to EP-27, and handing over in time. Does not: what is decided after the
report (`decision.py`), nor any number; those are in `regles.csv`.
"""

from __future__ import annotations

from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.avis import SOUS_RESERVES, libelle_contraire
from pipelines.domains.inquiries.law.concordance import ANNEE_FAUSSE, DES_MOIS
from pipelines.domains.inquiries.law.delais import en_jours, jours, plus_mois, premier_jour_ouvre
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
from pipelines.domains.inquiries.law.reserves import URGENCE, URGENCE_SANITAIRE
from pipelines.findings.versions import RuleVersion

DELAI_ACCORDE = Said("un délai supplémentaire a pu être accordé", "more time may have been granted")
REMPLACE = Said(
    "le délai court de la nomination du remplaçant (règle EP-24)",
    "the time limit starts when the replacement is appointed (rule EP-24)",
)
AVANT_SON_DEPART = Said("la date précède celle d'où court le délai", "the date comes before the time limit starts")


def remise(enquete: Enquete, depart: date, jour: date, maximum: int, *, mois: bool = False) -> Resultat:
    """Whether `jour` comes at most `maximum` days (or months) after `depart`.

    A time limit that ends on a day that is not worked runs, for many acts, to the next working day: an act of that day
    is only to be verified.
    """
    if mois:
        limite = plus_mois(depart, maximum)
        calcul = f"{jour} {'≤' if jour <= limite else '>'} {limite}, {_mois_dits(maximum)} après {depart}"
    else:
        limite, nombre = depart + jours(maximum), (jour - depart).days
        calcul = f"{jour} − {depart} = {en_jours(nombre)} {'≤' if nombre <= maximum else '>'} {maximum}"
    if jour < depart:
        return incoherent(calcul, AVANT_SON_DEPART)
    if jour <= limite:
        return conforme(calcul)
    ouvre = premier_jour_ouvre(limite, enquete.departements)
    if jour <= ouvre:
        remarque = Said(
            f"le délai finit le {limite}, jour non ouvré ; le premier jour ouvré est le {ouvre}",
            f"the time limit ends on {limite}, not a working day; the next working day is {ouvre}",
        )
        return a_verifier(calcul, remarque)
    if depart <= URGENCE_SANITAIRE[1] and jour >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, URGENCE)
    # A limit of days or of one month; one of a year may well be passed by months.
    if limite - depart < DES_MOIS < jour - limite:
        return incoherent(calcul, ANNEE_FAUSSE)
    return non_conforme(calcul)


def _mois_dits(nombre: int) -> str:
    return "un mois" if nombre == 1 else f"{nombre} mois"


@regle(
    "EP-19",
    "Fenêtre des observations",
    "Period of observations",
    preuve="Aucune : une observation hors de l'enquête montre une date fausse, pas un manquement.",
    faits=("jours_des_observations",),
)
def fenetre_des_observations(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Les observations sont reçues entre l'ouverture et la clôture, à l'heure que l'arrêté fixe."""
    recues: list[date] | None = enquete.fait("jours_des_observations")
    if not recues:
        return non_evalue("dates des observations")
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    calcul = f"[{min(recues)}, {max(recues)}] dans [{enquete.ouverture}, {enquete.cloture}]"
    if enquete.ouverture <= min(recues) and max(recues) <= enquete.cloture:
        return conforme(calcul)
    remarque = Said("une observation est datée hors de l'enquête", "an observation is dated outside the inquiry")
    return incoherent(calcul, remarque)


@regle(
    "EP-21",
    "Procès-verbal de synthèse",
    "Summary minutes",
    preuve="La date de réception du registre par le commissaire enquêteur et celle du procès-verbal, à plus de huit "
    "jours, "
    "sous le texte lu (2012 à 2016).",
)
def proces_verbal(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le procès-verbal de synthèse est remis au maître d'ouvrage dans les huit jours de la réception du registre, à
    défaut de cette date dans les huit jours de la clôture."""
    if enquete.pv_synthese is None:
        return non_evalue("date du procès-verbal de synthèse")
    reception: date | None = enquete.fait("reception_du_registre")
    depart = reception or enquete.cloture
    if depart is None:
        return non_evalue("date de réception du registre")
    vu = remise(enquete, depart, enquete.pv_synthese, version.number("delai_jours"))
    if vu.resultat == "non_conforme" and reception is None:
        remarque = Said(
            "le délai court de la réception du registre, non lue",
            "the time limit starts when the register is received, a date that was not read",
        )
        return a_verifier(vu.calcul or "", remarque)
    return vu


@regle(
    "EP-22",
    "Mémoire en réponse",
    "Statement in reply",
    preuve="Aucune : répondre est une faculté du maître d'ouvrage, et aucune sanction n'est connue.",
)
def memoire_en_reponse(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le maître d'ouvrage peut répondre au procès-verbal de synthèse dans les quinze jours. C'est une faculté : une
    réponse plus tardive n'est pas un manquement, elle est seulement signalée."""
    if enquete.pv_synthese is None or enquete.memoire_reponse is None:
        manque = "procès-verbal de synthèse" if enquete.pv_synthese is None else "mémoire en réponse"
        return non_evalue(f"date du {manque}")
    vu = remise(enquete, enquete.pv_synthese, enquete.memoire_reponse, version.number("delai_jours"))
    if vu.resultat != "non_conforme":
        return vu
    remarque = Said(
        "les quinze jours sont une faculté du maître d'ouvrage, sans sanction connue",
        "the fifteen days are an option of the project owner; no sanction is known",
    )
    return a_verifier(vu.calcul or "", remarque)


@regle(
    "EP-23",
    "Remise du rapport",
    "Delivery of the report",
    preuve="La clôture et la remise du rapport, plus éloignées que le délai lu, et la mention qu'aucun délai "
    "supplémentaire "
    "n'a été accordé.",
    derniere_cloture=True,
)
def remise_du_rapport(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le rapport et les conclusions sont remis dans les trente jours (un mois avant 2012 et hors du code de
    l'environnement) de la clôture, ou à la date d'un délai supplémentaire accordé. Sans la mention qu'aucun délai n'a
    été accordé, un rapport tardif est seulement à vérifier."""
    if enquete.rapport is None or enquete.cloture is None:
        return non_evalue("date du rapport" if enquete.rapport is None else "date de clôture")
    if "delai_mois" in version.parameters:
        vu = remise(enquete, enquete.cloture, enquete.rapport, version.number("delai_mois"), mois=True)
    else:
        vu = remise(enquete, enquete.cloture, enquete.rapport, version.number("delai_jours"))
    if enquete.rapport < enquete.cloture or vu.resultat == "conforme":
        return vu
    return _rapport_tardif(enquete, enquete.rapport, vu)


def _rapport_tardif(enquete: Enquete, rapport: date, vu: Resultat) -> Resultat:
    """A report that came after its time: whether more time was granted, or may have been."""
    calcul = vu.calcul or ""
    reports = [item.echeance or item.jour for item in enquete.survenus("echeance_rapport_reportee")]
    if reports:
        echeance = max(reports)
        in_time = rapport <= echeance
        calcul = f"{calcul} ; {rapport} {'≤' if in_time else '>'} {echeance}, délai accordé"
        return conforme(calcul) if in_time else a_verifier(calcul, DELAI_ACCORDE)
    if vu.resultat == "a_verifier":
        return vu
    cloture = enquete.cloture or rapport
    if cloture <= URGENCE_SANITAIRE[1] and rapport >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, URGENCE)
    is_refused = enquete.fait("delai_supplementaire_accorde") is False
    if is_refused and not enquete.survenus("remplacement"):
        return vu
    return a_verifier(calcul, REMPLACE if is_refused else DELAI_ACCORDE)


@regle(
    "EP-25",
    "Sens des conclusions",
    "Meaning of the conclusions",
    preuve="Aucune : un nombre de réserves qui contredit l'avis montre une donnée fausse, pas un manquement.",
)
def sens_des_conclusions(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Les conclusions sont favorables, favorables sous réserves ou défavorables, et les réserves sont énoncées si et
    seulement si l'avis en dépend ; hors du code de l'environnement, elles sont favorables ou non. Un avis que les mots
    de la source démentent est à vérifier."""
    rendus = [objet for objet in enquete.objets if objet.avis]
    if not rendus:
        return non_evalue("sens des conclusions")
    avis = ", ".join(dict.fromkeys(objet.avis or "" for objet in rendus))
    sous_reserves = [objet for objet in rendus if objet.avis == SOUS_RESERVES]
    if sous_reserves and "sous réserves" not in version.parameters["avis"]:
        connus = version.parameters["avis"]
        return a_verifier(
            avis, Said(f"le texte ne connaît que : {connus}", "the text has no opinion with reservations")
        )
    dementis = [objet for objet in rendus if libelle_contraire(objet)]
    if dementis:
        code, libelle = dementis[0].avis, dementis[0].libelle
        remarque = Said(f"avis « {code} », écrit « {libelle} »", f'opinion "{code}", worded "{libelle}"')
        return incoherent(f"{avis} ; « {libelle} »", remarque)
    comptes = [objet for objet in rendus if objet.reserves is not None]
    for objet in comptes:
        if bool(objet.reserves) != (objet.avis == SOUS_RESERVES):
            remarque = Said(
                f"avis « {objet.avis} », {_reserves(objet.reserves or 0)}",
                f'opinion "{objet.avis}", reservations stated: {objet.reserves}',
            )
            return incoherent(f"{avis} ; {_reserves(objet.reserves or 0)}", remarque)
    return conforme(avis + (f" ; {_reserves(comptes[0].reserves or 0)}" if comptes else ""))


def _reserves(nombre: int) -> str:
    return f"{nombre} réserves énoncées" if nombre > 1 else f"{nombre} réserve énoncée"


@regle(
    "EP-26",
    "Conclusions d'une enquête unique",
    "Conclusions of a single inquiry",
    preuve="Aucune : le nombre d'objets est un codage du projet, il ne prouve pas qu'une conclusion manque.",
    faits=("rapports_nombre", "conclusions_nombre"),
)
def enquete_unique(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Une enquête unique donne lieu à un rapport unique et à des conclusions motivées au titre de chacune des
    enquêtes."""
    if enquete.famille != "enquete_unique":
        return non_applicable(Said("l'enquête n'est pas unique", "not a single inquiry"))
    rapports, conclusions = enquete.fait("rapports_nombre"), enquete.fait("conclusions_nombre")
    if rapports is None or conclusions is None:
        return non_evalue("nombre de rapports et de conclusions")
    attendues = len(enquete.objets)
    calcul = f"rapports : {rapports} ; conclusions : {conclusions} pour {attendues} objets"
    if rapports == 1 and conclusions == attendues:
        return conforme(calcul)
    remarque = Said("le nombre d'objets est un codage du projet", "the number of subjects was coded by the project")
    return a_verifier(calcul, remarque)


@regle(
    "EP-27",
    "Complément des conclusions",
    "Supplement to the conclusions",
    preuve="La date de réception des conclusions et celle de la lettre au tribunal, à plus de quinze jours.",
    faits=("reception_des_conclusions", "lettre_au_tribunal"),
)
def complement_des_conclusions(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'autorité qui trouve les conclusions insuffisantes en informe le tribunal dans les quinze jours de leur
    réception."""
    if not enquete.survenus("conclusions_completees"):
        return non_applicable(Said("aucun complément lu", "no supplement was read"))
    reception, lettre = enquete.fait("reception_des_conclusions"), enquete.fait("lettre_au_tribunal")
    if reception is None or lettre is None:
        return non_evalue("dates de réception des conclusions et de la lettre au tribunal")
    return remise(enquete, reception, lettre, version.number("delai_jours"))
