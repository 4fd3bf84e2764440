"""Rules on what follows the closing: summary, reply, report, conclusions, availability, decision.

Belongs here: EP-19, EP-21 to EP-23, EP-25 to EP-28, EP-31 to EP-33, PC-03 to PC-05. Does not: any number; those are in
`regles.csv`.
"""

from __future__ import annotations

from datetime import date

from pipelines.domains.inquiries.law.delais import jours, plus_mois
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

# Time-limits were suspended in the health emergency of 2020 (ordonnance 2020-306, not re-read).
URGENCE_SANITAIRE = (date(2020, 3, 12), date(2020, 6, 23))


def delai(premier: date, dernier: date, maximum: int) -> tuple[bool, str]:
    """Whether at most `maximum` days separate two days, and the arithmetic."""
    nombre = (dernier - premier).days
    return nombre <= maximum, f"{dernier} − {premier} = {nombre} jours {'≤' if nombre <= maximum else '>'} {maximum}"


@regle("EP-19", "Fenêtre des observations")
def fenetre_des_observations(enquete: Enquete, version: Version) -> Resultat:
    """Les observations sont reçues entre l'ouverture et la clôture, à l'heure que l'arrêté fixe."""
    recues: list[date] | None = enquete.fait("jours_des_observations")
    if not recues:
        return non_evalue("dates des observations")
    if enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("date d'ouverture" if enquete.ouverture is None else "date de clôture")
    calcul = f"[{min(recues)}, {max(recues)}] dans [{enquete.ouverture}, {enquete.cloture}]"
    return conforme_si(enquete.ouverture <= min(recues) and max(recues) <= enquete.cloture, calcul)


@regle("EP-21", "Procès-verbal de synthèse")
def proces_verbal(enquete: Enquete, version: Version) -> Resultat:
    """Le procès-verbal de synthèse est remis au maître d'ouvrage dans les huit jours de la réception du registre, à
    défaut de cette date dans les huit jours de la clôture."""
    if enquete.pv_synthese is None:
        return non_evalue("date du procès-verbal de synthèse")
    reception: date | None = enquete.fait("reception_du_registre")
    depart = reception or enquete.cloture
    if depart is None:
        return non_evalue("date de réception du registre")
    respecte, calcul = delai(depart, enquete.pv_synthese, version.nombre("delai_jours"))
    if not respecte and reception is None:
        return a_verifier(calcul, "le délai court de la réception du registre, non lue")
    return conforme_si(respecte, calcul)


@regle("EP-22", "Mémoire en réponse")
def memoire_en_reponse(enquete: Enquete, version: Version) -> Resultat:
    """Le maître d'ouvrage répond au procès-verbal de synthèse dans les quinze jours."""
    if enquete.pv_synthese is None or enquete.memoire_reponse is None:
        manque = "procès-verbal de synthèse" if enquete.pv_synthese is None else "mémoire en réponse"
        return non_evalue(f"date du {manque}")
    return conforme_si(*delai(enquete.pv_synthese, enquete.memoire_reponse, version.nombre("delai_jours")))


@regle("EP-23", "Remise du rapport")
def remise_du_rapport(enquete: Enquete, version: Version) -> Resultat:
    """Le rapport et les conclusions sont remis dans les trente jours (un mois avant 2012 et hors du code de
    l'environnement) de la clôture, ou à la date d'un délai supplémentaire accordé."""
    if enquete.rapport is None or enquete.cloture is None:
        return non_evalue("date du rapport" if enquete.rapport is None else "date de clôture")
    if "delai_mois" in version.parametres:
        limite = plus_mois(enquete.cloture, version.nombre("delai_mois"))
        signe = "≤" if enquete.rapport <= limite else ">"
        respecte, calcul = (
            enquete.rapport <= limite,
            f"{enquete.rapport} {signe} {limite}, un mois après {enquete.cloture}",
        )
    else:
        respecte, calcul = delai(enquete.cloture, enquete.rapport, version.nombre("delai_jours"))
    if respecte:
        return conforme_si(True, calcul)
    reports = [item.echeance or item.jour for item in enquete.survenus("echeance_rapport_reportee")]
    if reports:
        echeance = max(reports)
        signe = "≤" if enquete.rapport <= echeance else ">"
        return conforme_si(
            enquete.rapport <= echeance, f"{calcul} ; {enquete.rapport} {signe} {echeance}, délai accordé"
        )
    if enquete.fait("delai_supplementaire_accorde") is False:
        return conforme_si(False, calcul)
    if enquete.cloture <= URGENCE_SANITAIRE[1] and enquete.rapport >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, "délais suspendus pendant l'urgence sanitaire de 2020, texte non relu")
    return a_verifier(calcul, "un délai supplémentaire a pu être accordé")


@regle("EP-25", "Sens des conclusions")
def sens_des_conclusions(enquete: Enquete, version: Version) -> Resultat:
    """Les conclusions sont favorables, favorables sous réserves ou défavorables, et les réserves sont énoncées si et
    seulement si l'avis en dépend ; hors du code de l'environnement, elles sont favorables ou non."""
    rendus = [objet for objet in enquete.objets if objet.avis]
    if not rendus:
        return non_evalue("sens des conclusions")
    avis = ", ".join(dict.fromkeys(objet.avis or "" for objet in rendus))
    sous_reserves = [objet for objet in rendus if objet.avis == "favorable_sous_reserves"]
    if sous_reserves and "sous réserves" not in version.parametres["avis"]:
        return a_verifier(avis, f"le texte ne connaît que : {version.parametres['avis']}")
    comptes = [objet for objet in rendus if objet.reserves is not None]
    contredits = [objet for objet in comptes if bool(objet.reserves) != (objet.avis == "favorable_sous_reserves")]
    if contredits:
        return conforme_si(False, f"{avis} ; {contredits[0].reserves} réserve(s) énoncée(s)")
    return conforme_si(True, avis + (f" ; {comptes[0].reserves} réserve(s) énoncée(s)" if comptes else ""))


@regle("EP-26", "Conclusions d'une enquête unique")
def enquete_unique(enquete: Enquete, version: Version) -> Resultat:
    """Une enquête unique donne lieu à un rapport unique et à des conclusions motivées au titre de chacune des
    enquêtes."""
    if enquete.famille != "enquete_unique":
        return non_applicable("l'enquête n'est pas unique")
    rapports, conclusions = enquete.fait("rapports_nombre"), enquete.fait("conclusions_nombre")
    if rapports is None or conclusions is None:
        return non_evalue("nombre de rapports et de conclusions")
    attendues = len(enquete.objets)
    calcul = f"{rapports} rapport(s) ; {conclusions} conclusion(s) pour {attendues} objet(s)"
    return conforme_si(rapports == 1 and conclusions == attendues, calcul)


@regle("EP-27", "Complément des conclusions")
def complement_des_conclusions(enquete: Enquete, version: Version) -> Resultat:
    """L'autorité qui juge les conclusions insuffisantes en informe le tribunal dans les quinze jours de leur
    réception."""
    if not enquete.survenus("conclusions_completees"):
        return non_applicable("aucun complément lu")
    reception, lettre = enquete.fait("reception_des_conclusions"), enquete.fait("lettre_au_tribunal")
    if reception is None or lettre is None:
        return non_evalue("dates de réception des conclusions et de la lettre au tribunal")
    return conforme_si(*delai(reception, lettre, version.nombre("delai_jours")))


@regle("EP-28", "Mise à disposition du rapport")
def mise_a_disposition(enquete: Enquete, version: Version) -> Resultat:
    """Le rapport et les conclusions restent à la disposition du public un an après la clôture."""
    fin: date | None = enquete.fait("fin_de_mise_a_disposition")
    if fin is None or enquete.cloture is None:
        return non_evalue("fin de la mise à disposition du rapport" if fin is None else "date de clôture")
    limite = plus_mois(enquete.cloture, version.nombre("mise_a_disposition_mois"))
    return conforme_si(fin >= limite, f"{fin} {'≥' if fin >= limite else '<'} {limite}")


@regle("EP-31", "Conclusions défavorables")
def conclusions_defavorables(enquete: Enquete, version: Version) -> Resultat:
    """Quand les conclusions sont défavorables et le maître d'ouvrage une collectivité, une délibération motivée réitère
    la demande."""
    if not any(objet.avis for objet in enquete.objets):
        return non_evalue("sens des conclusions")
    if not any(objet.avis == "defavorable" for objet in enquete.objets):
        return non_applicable("aucune conclusion défavorable")
    collectivite = enquete.fait("maitre_ouvrage_collectivite")
    if collectivite is False:
        return non_applicable("le maître d'ouvrage n'est pas une collectivité")
    deliberation = enquete.fait("deliberation_motivee")
    if collectivite is None or deliberation is None:
        return non_evalue("nature du maître d'ouvrage" if collectivite is None else "délibération motivée")
    return conforme_si(bool(deliberation), f"délibération motivée : {'oui' if deliberation else 'non'}")


@regle("EP-32", "Délai de la déclaration d'utilité publique")
def declaration_d_utilite_publique(enquete: Enquete, version: Version) -> Resultat:
    """La déclaration d'utilité publique intervient au plus tard un an après la clôture (dix-huit mois par décret en
    Conseil d'État)."""
    if not any(objet.type == "dup" for objet in enquete.objets):
        return non_applicable("aucune déclaration d'utilité publique en objet")
    acte: date | None = enquete.fait("declaration_d_utilite_publique")
    if acte is None or enquete.cloture is None:
        return non_evalue("date de la déclaration d'utilité publique" if acte is None else "date de clôture")
    mois = version.nombre("delai_mois") + (6 if enquete.fait("decret_en_conseil_d_etat") else 0)
    limite = plus_mois(enquete.cloture, mois)
    return conforme_si(acte <= limite, f"{acte} {'≤' if acte <= limite else '>'} {limite}")


@regle("EP-33", "Validité de l'enquête")
def validite(enquete: Enquete, version: Version) -> Resultat:
    """Les travaux commencent dans les cinq ans de la décision, sinon une nouvelle enquête est faite."""
    decision, travaux = enquete.fait("decision"), enquete.fait("debut_des_travaux")
    if decision is None or travaux is None:
        return non_evalue("dates de la décision et du début des travaux")
    limite = plus_mois(decision, version.nombre("validite_mois"))
    if travaux > limite and enquete.fait("validite_prolongee") is None:
        return non_evalue("prolongation de la validité", f"{travaux} > {limite}")
    respecte = travaux <= limite or bool(enquete.fait("validite_prolongee"))
    return conforme_si(respecte, f"{travaux} {'≤' if travaux <= limite else '>'} {limite}")


@regle("PC-03", "Réunions de la consultation parallélisée")
def reunions(enquete: Enquete, version: Version) -> Resultat:
    """Deux réunions publiques se tiennent, l'une dans les quatorze premiers jours, l'autre dans les quatorze
    derniers."""
    tenues = [item.jour for item in enquete.survenus("reunion_publique")]
    if len(tenues) < 2 or enquete.ouverture is None or enquete.cloture is None:
        return non_evalue("dates des deux réunions publiques" if len(tenues) < 2 else "dates de la consultation")
    marge = jours(version.nombre("reunion_jours"))
    premiere = enquete.ouverture <= tenues[0] <= enquete.ouverture + marge
    derniere = enquete.cloture - marge <= tenues[-1] <= enquete.cloture
    calcul = (
        f"{tenues[0]} dans [{enquete.ouverture}, {enquete.ouverture + marge}] ; "
        f"{tenues[-1]} dans [{enquete.cloture - marge}, {enquete.cloture}]"
    )
    return conforme_si(premiere and derniere, calcul)


@regle("PC-04", "Rapport de la consultation parallélisée")
def rapport_de_la_consultation(enquete: Enquete, version: Version) -> Resultat:
    """Le rapport et les conclusions sont remis dans les trois semaines de la clôture."""
    if enquete.rapport is None or enquete.cloture is None:
        return non_evalue("date du rapport" if enquete.rapport is None else "date de clôture")
    return conforme_si(*delai(enquete.cloture, enquete.rapport, version.nombre("rapport_jours")))


@regle("PC-05", "Publication des observations au fil de la consultation")
def publication_au_fil(enquete: Enquete, version: Version) -> Resultat:
    """Les observations et les réponses sont publiées à mesure qu'elles arrivent."""
    publiees = enquete.fait("observations_publiees_au_fil")
    if publiees is None:
        return non_evalue("dates de publication des observations")
    return conforme_si(bool(publiees), f"publication au fil de la consultation : {'oui' if publiees else 'non'}")
