"""Rules on what follows the closing: summary, reply, report, conclusions, availability, decision.

Belongs here: EP-19, EP-21 to EP-23, EP-25 to EP-28, EP-31 to EP-33, PC-03 to PC-05, and handing over in time. Does not:
any number; those are in `regles.csv`.
"""

from __future__ import annotations

from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.delais import jours, plus_mois, premier_jour_ouvre
from pipelines.domains.inquiries.law.durees import URGENCE, URGENCE_SANITAIRE
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.registre import (
    Resultat,
    Version,
    a_verifier,
    conforme,
    conforme_si,
    incoherent,
    non_applicable,
    non_conforme,
    non_evalue,
    regle,
)

DELAI_ACCORDE = Said("un délai supplémentaire a pu être accordé", "more time may have been granted")
AVANT_SON_DEPART = Said("la date précède celle d'où court le délai", "the date comes before the time limit starts")
AVIS_FAVORABLE_SOUS_RESERVES = "favorable_sous_reserves"


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
        calcul = f"{jour} − {depart} = {nombre} jours {'≤' if nombre <= maximum else '>'} {maximum}"
    if jour < depart:
        return incoherent(calcul, AVANT_SON_DEPART)
    if jour <= limite:
        return conforme(calcul)
    ouvre = premier_jour_ouvre(limite, enquete.departements)
    if jour <= ouvre:
        told = Said(
            f"le délai finit le {limite}, jour non ouvré ; le premier jour ouvré est le {ouvre}",
            f"the time limit ends on {limite}, not a working day; the next working day is {ouvre}",
        )
        return a_verifier(calcul, told)
    if depart <= URGENCE_SANITAIRE[1] and jour >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, URGENCE)
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
def fenetre_des_observations(enquete: Enquete, version: Version) -> Resultat:
    """Les observations sont reçues entre l'ouverture et la clôture, à l'heure que l'arrêté fixe."""
    recues: list[date] | None = enquete.fait("jours_des_observations")
    if not recues:
        return non_evalue("dates des observations")
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    calcul = f"[{min(recues)}, {max(recues)}] dans [{enquete.ouverture}, {enquete.cloture}]"
    if enquete.ouverture <= min(recues) and max(recues) <= enquete.cloture:
        return conforme(calcul)
    told = Said("une observation est datée hors de l'enquête", "an observation is dated outside the inquiry")
    return incoherent(calcul, told)


@regle(
    "EP-21",
    "Procès-verbal de synthèse",
    "Summary minutes",
    preuve="La date de réception du registre par le commissaire enquêteur et celle du procès-verbal, à plus de huit "
    "jours, "
    "sous le texte lu (2012 à 2016).",
)
def proces_verbal(enquete: Enquete, version: Version) -> Resultat:
    """Le procès-verbal de synthèse est remis au maître d'ouvrage dans les huit jours de la réception du registre, à
    défaut de cette date dans les huit jours de la clôture."""
    if enquete.pv_synthese is None:
        return non_evalue("date du procès-verbal de synthèse")
    reception: date | None = enquete.fait("reception_du_registre")
    depart = reception or enquete.cloture
    if depart is None:
        return non_evalue("date de réception du registre")
    vu = remise(enquete, depart, enquete.pv_synthese, version.nombre("delai_jours"))
    if vu.resultat == "non_conforme" and reception is None:
        told = Said(
            "le délai court de la réception du registre, non lue",
            "the time limit starts when the register is received, a date that was not read",
        )
        return a_verifier(vu.calcul or "", told)
    return vu


@regle(
    "EP-22",
    "Mémoire en réponse",
    "Statement in reply",
    preuve="Aucune : répondre est une faculté du maître d'ouvrage, et aucune sanction n'est connue.",
)
def memoire_en_reponse(enquete: Enquete, version: Version) -> Resultat:
    """Le maître d'ouvrage peut répondre au procès-verbal de synthèse dans les quinze jours. C'est une faculté : une
    réponse plus tardive n'est pas un manquement, elle est seulement signalée."""
    if enquete.pv_synthese is None or enquete.memoire_reponse is None:
        manque = "procès-verbal de synthèse" if enquete.pv_synthese is None else "mémoire en réponse"
        return non_evalue(f"date du {manque}")
    vu = remise(enquete, enquete.pv_synthese, enquete.memoire_reponse, version.nombre("delai_jours"))
    if vu.resultat != "non_conforme":
        return vu
    told = Said(
        "les quinze jours sont une faculté du maître d'ouvrage, sans sanction connue",
        "the fifteen days are an option of the project owner; no sanction is known",
    )
    return a_verifier(vu.calcul or "", told)


@regle(
    "EP-23",
    "Remise du rapport",
    "Delivery of the report",
    preuve="La clôture et la remise du rapport, plus éloignées que le délai lu, et la mention qu'aucun délai "
    "supplémentaire "
    "n'a été accordé.",
)
def remise_du_rapport(enquete: Enquete, version: Version) -> Resultat:
    """Le rapport et les conclusions sont remis dans les trente jours (un mois avant 2012 et hors du code de
    l'environnement) de la clôture, ou à la date d'un délai supplémentaire accordé. Sans la mention qu'aucun délai n'a
    été accordé, un rapport tardif est seulement à vérifier."""
    if enquete.rapport is None or enquete.cloture is None:
        return non_evalue("date du rapport" if enquete.rapport is None else "date de clôture")
    if "delai_mois" in version.parametres:
        vu = remise(enquete, enquete.cloture, enquete.rapport, version.nombre("delai_mois"), mois=True)
    else:
        vu = remise(enquete, enquete.cloture, enquete.rapport, version.nombre("delai_jours"))
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
    if enquete.fait("delai_supplementaire_accorde") is False:
        return vu
    return a_verifier(calcul, DELAI_ACCORDE)


@regle(
    "EP-25",
    "Sens des conclusions",
    "Meaning of the conclusions",
    preuve="Aucune : un nombre de réserves qui contredit l'avis montre une donnée fausse, pas un manquement.",
)
def sens_des_conclusions(enquete: Enquete, version: Version) -> Resultat:
    """Les conclusions sont favorables, favorables sous réserves ou défavorables, et les réserves sont énoncées si et
    seulement si l'avis en dépend ; hors du code de l'environnement, elles sont favorables ou non."""
    rendus = [objet for objet in enquete.objets if objet.avis]
    if not rendus:
        return non_evalue("sens des conclusions")
    avis = ", ".join(dict.fromkeys(objet.avis or "" for objet in rendus))
    sous_reserves = [objet for objet in rendus if objet.avis == AVIS_FAVORABLE_SOUS_RESERVES]
    if sous_reserves and "sous réserves" not in version.parametres["avis"]:
        connus = version.parametres["avis"]
        return a_verifier(
            avis, Said(f"le texte ne connaît que : {connus}", "the text has no opinion with reservations")
        )
    comptes = [objet for objet in rendus if objet.reserves is not None]
    for objet in comptes:
        if bool(objet.reserves) != (objet.avis == AVIS_FAVORABLE_SOUS_RESERVES):
            told = Said(
                f"avis « {objet.avis} », {_reserves(objet.reserves or 0)}",
                f'opinion "{objet.avis}", reservations stated: {objet.reserves}',
            )
            return incoherent(f"{avis} ; {_reserves(objet.reserves or 0)}", told)
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
def enquete_unique(enquete: Enquete, version: Version) -> Resultat:
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
    told = Said("le nombre d'objets est un codage du projet", "the number of subjects was coded by the project")
    return a_verifier(calcul, told)


@regle(
    "EP-27",
    "Complément des conclusions",
    "Supplement to the conclusions",
    preuve="La date de réception des conclusions et celle de la lettre au tribunal, à plus de quinze jours.",
    faits=("reception_des_conclusions", "lettre_au_tribunal"),
)
def complement_des_conclusions(enquete: Enquete, version: Version) -> Resultat:
    """L'autorité qui trouve les conclusions insuffisantes en informe le tribunal dans les quinze jours de leur
    réception."""
    if not enquete.survenus("conclusions_completees"):
        return non_applicable(Said("aucun complément lu", "no supplement was read"))
    reception, lettre = enquete.fait("reception_des_conclusions"), enquete.fait("lettre_au_tribunal")
    if reception is None or lettre is None:
        return non_evalue("dates de réception des conclusions et de la lettre au tribunal")
    return remise(enquete, reception, lettre, version.nombre("delai_jours"))


@regle(
    "EP-28",
    "Mise à disposition du rapport",
    "Report made available",
    preuve="La date de fin de mise à disposition du rapport, moins d'un an après la clôture.",
    faits=("fin_de_mise_a_disposition",),
)
def mise_a_disposition(enquete: Enquete, version: Version) -> Resultat:
    """Le rapport et les conclusions restent à la disposition du public un an après la clôture."""
    fin: date | None = enquete.fait("fin_de_mise_a_disposition")
    if fin is None or enquete.cloture is None:
        return non_evalue("fin de la mise à disposition du rapport" if fin is None else "date de clôture")
    limite = plus_mois(enquete.cloture, version.nombre("mise_a_disposition_mois"))
    calcul = f"{fin} {'≥' if fin >= limite else '<'} {limite}"
    if fin < enquete.cloture:
        return incoherent(calcul, AVANT_SON_DEPART)
    return conforme_si(fin >= limite, calcul)


@regle(
    "EP-31",
    "Conclusions défavorables",
    "Unfavourable conclusions",
    preuve="Aucune : une délibération qui n'a pas été trouvée a pu être prise.",
    faits=("deliberation_motivee",),
)
def conclusions_defavorables(enquete: Enquete, version: Version) -> Resultat:
    """Quand les conclusions sont défavorables et le maître d'ouvrage une collectivité, une délibération motivée réitère
    la demande."""
    if not any(objet.avis for objet in enquete.objets):
        return non_evalue("sens des conclusions")
    if not any(objet.avis == "defavorable" for objet in enquete.objets):
        return non_applicable(Said("aucune conclusion défavorable", "no unfavourable conclusion"))
    collectivite = enquete.fait("maitre_ouvrage_collectivite")
    if collectivite is False:
        return non_applicable(
            Said("le maître d'ouvrage n'est pas une collectivité", "the project owner is not a local authority")
        )
    deliberation = enquete.fait("deliberation_motivee")
    if collectivite is None or deliberation is None:
        return non_evalue("nature du maître d'ouvrage" if collectivite is None else "délibération motivée")
    if deliberation:
        return conforme("délibération motivée : oui")
    told = Said("une délibération a pu être prise depuis", "a resolution may have been passed since")
    return a_verifier("délibération motivée : non", told)


@regle(
    "EP-32",
    "Délai de la déclaration d'utilité publique",
    "Time for the declaration of public utility",
    preuve="La clôture et la déclaration d'utilité publique, à plus d'un an (dix-huit mois par décret en Conseil "
    "d'État).",
    faits=("declaration_d_utilite_publique",),
)
def declaration_d_utilite_publique(enquete: Enquete, version: Version) -> Resultat:
    """La déclaration d'utilité publique intervient au plus tard un an après la clôture (dix-huit mois par décret en
    Conseil d'État)."""
    if not any(objet.type == "dup" for objet in enquete.objets):
        told = Said("aucune déclaration d'utilité publique en objet", "no declaration of public utility is at stake")
        return non_applicable(told)
    acte: date | None = enquete.fait("declaration_d_utilite_publique")
    if acte is None or enquete.cloture is None:
        return non_evalue("date de la déclaration d'utilité publique" if acte is None else "date de clôture")
    is_decree = enquete.fait("decret_en_conseil_d_etat")
    mois = version.nombre("delai_mois")
    vu = remise(enquete, enquete.cloture, acte, mois + 6 if is_decree else mois, mois=True)
    if vu.resultat == "non_conforme" and is_decree is None and acte <= plus_mois(enquete.cloture, mois + 6):
        told = Said(
            "un décret en Conseil d'État aurait six mois de plus",
            "a decree of the Conseil d'État would have six months more",
        )
        return a_verifier(vu.calcul or "", told)
    return vu


@regle(
    "EP-33",
    "Validité de l'enquête",
    "Validity of the inquiry",
    preuve="La décision et le début des travaux, à plus de cinq ans, la source écrivant que la validité n'a pas été "
    "prolongée.",
    faits=("debut_des_travaux",),
)
def validite(enquete: Enquete, version: Version) -> Resultat:
    """Les travaux commencent dans les cinq ans de la décision, sinon une nouvelle enquête est faite."""
    decision, travaux = enquete.fait("decision"), enquete.fait("debut_des_travaux")
    if decision is None or travaux is None:
        return non_evalue("dates de la décision et du début des travaux")
    limite = plus_mois(decision, version.nombre("validite_mois"))
    calcul = f"{travaux} {'≤' if travaux <= limite else '>'} {limite}"
    if travaux < decision:
        return incoherent(calcul, AVANT_SON_DEPART)
    is_extended = enquete.fait("validite_prolongee")
    if travaux > limite and decision <= URGENCE_SANITAIRE[1] and travaux >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, URGENCE)
    if travaux <= limite or is_extended:
        return conforme(calcul)
    return non_evalue("prolongation de la validité", calcul) if is_extended is None else non_conforme(calcul)


@regle(
    "PC-03",
    "Réunions de la consultation parallélisée",
    "Meetings of the parallel consultation",
    preuve="Aucune aujourd'hui : le texte n'a été lu qu'en partie, et une autre réunion a pu se tenir.",
)
def reunions(enquete: Enquete, version: Version) -> Resultat:
    """Deux réunions publiques se tiennent, l'une dans les quatorze premiers jours, l'autre dans les quatorze
    derniers."""
    tenues = [item.jour for item in enquete.survenus("reunion_publique")]
    if len(tenues) < 2 or enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("dates des deux réunions publiques" if len(tenues) < 2 else "dates de la consultation")
    marge = jours(version.nombre("reunion_jours"))
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
def rapport_de_la_consultation(enquete: Enquete, version: Version) -> Resultat:
    """Le rapport et les conclusions sont remis dans les trois semaines de la clôture."""
    if enquete.rapport is None or enquete.cloture is None:
        return non_evalue("date du rapport" if enquete.rapport is None else "date de clôture")
    return remise(enquete, enquete.cloture, enquete.rapport, version.nombre("rapport_jours"))


@regle(
    "PC-05",
    "Publication des observations au fil de la consultation",
    "Observations published during the consultation",
    preuve="Aucune aujourd'hui : le texte n'a été lu que dans une page secondaire.",
    faits=("observations_publiees_au_fil",),
)
def publication_au_fil(enquete: Enquete, version: Version) -> Resultat:
    """Les observations et les réponses sont publiées à mesure qu'elles arrivent."""
    publiees = enquete.fait("observations_publiees_au_fil")
    if publiees is None:
        return non_evalue("dates de publication des observations")
    return conforme_si(bool(publiees), f"publication au fil de la consultation : {'oui' if publiees else 'non'}")
