"""Rules on what is decided after the report: availability, unfavourable conclusions, public utility, validity.

Belongs here: EP-28, EP-31 to EP-33. Does not: the report itself (`suites.py`), nor any number; those are in
`regles.csv`.
"""

from __future__ import annotations

from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.delais import plus_mois
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.regles import (
    Resultat,
    a_verifier,
    conforme,
    conforme_si,
    incoherent,
    non_applicable,
    non_conforme,
    non_evalue,
    regle,
)
from pipelines.domains.inquiries.law.reserves import URGENCE, URGENCE_SANITAIRE
from pipelines.domains.inquiries.law.suites import AVANT_SON_DEPART, remise
from pipelines.findings.versions import RuleVersion


@regle(
    "EP-28",
    "Mise à disposition du rapport",
    "Report made available",
    preuve="La date de fin de mise à disposition du rapport, moins d'un an après la clôture.",
    faits=("fin_de_mise_a_disposition",),
)
def mise_a_disposition(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le rapport et les conclusions restent à la disposition du public un an après la clôture."""
    fin: date | None = enquete.fait("fin_de_mise_a_disposition")
    if fin is None or enquete.cloture is None:
        return non_evalue("fin de la mise à disposition du rapport" if fin is None else "date de clôture")
    limite = plus_mois(enquete.cloture, version.number("mise_a_disposition_mois"))
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
def conclusions_defavorables(enquete: Enquete, version: RuleVersion) -> Resultat:
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
    remarque = Said("une délibération a pu être prise depuis", "a resolution may have been passed since")
    return a_verifier("délibération motivée : non", remarque)


@regle(
    "EP-32",
    "Délai de la déclaration d'utilité publique",
    "Time for the declaration of public utility",
    preuve="La clôture et la déclaration d'utilité publique, à plus d'un an (dix-huit mois par décret en Conseil "
    "d'État).",
    faits=("declaration_d_utilite_publique",),
    derniere_cloture=True,
)
def declaration_d_utilite_publique(enquete: Enquete, version: RuleVersion) -> Resultat:
    """La déclaration d'utilité publique intervient au plus tard un an après la clôture (dix-huit mois par décret en
    Conseil d'État)."""
    if not any(objet.type == "dup" for objet in enquete.objets):
        remarque = Said(
            "aucune déclaration d'utilité publique en objet", "no declaration of public utility is at stake"
        )
        return non_applicable(remarque)
    acte: date | None = enquete.fait("declaration_d_utilite_publique")
    if acte is None or enquete.cloture is None:
        return non_evalue("date de la déclaration d'utilité publique" if acte is None else "date de clôture")
    is_decree = enquete.fait("decret_en_conseil_d_etat")
    mois = version.number("delai_mois")
    vu = remise(enquete, enquete.cloture, acte, mois + 6 if is_decree else mois, mois=True)
    if vu.resultat == "non_conforme" and is_decree is None and acte <= plus_mois(enquete.cloture, mois + 6):
        remarque = Said(
            "un décret en Conseil d'État aurait six mois de plus",
            "a decree of the Conseil d'État would have six months more",
        )
        return a_verifier(vu.calcul or "", remarque)
    return vu


@regle(
    "EP-33",
    "Validité de l'enquête",
    "Validity of the inquiry",
    preuve="La décision et le début des travaux, à plus de cinq ans, la source écrivant que la validité n'a pas été "
    "prolongée.",
    faits=("debut_des_travaux",),
)
def validite(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Les travaux commencent dans les cinq ans de la décision, sinon une nouvelle enquête est faite."""
    decision, travaux = enquete.fait("decision"), enquete.fait("debut_des_travaux")
    if decision is None or travaux is None:
        return non_evalue("dates de la décision et du début des travaux")
    limite = plus_mois(decision, version.number("validite_mois"))
    calcul = f"{travaux} {'≤' if travaux <= limite else '>'} {limite}"
    if travaux < decision:
        return incoherent(calcul, AVANT_SON_DEPART)
    is_extended = enquete.fait("validite_prolongee")
    if travaux > limite and decision <= URGENCE_SANITAIRE[1] and travaux >= URGENCE_SANITAIRE[0]:
        return a_verifier(calcul, URGENCE)
    if is_extended and travaux > plus_mois(limite, version.number("validite_mois")):
        remarque = Said(
            "une prolongation ne dépasse pas la durée de la validité",
            "an extension is not longer than the validity itself",
        )
        return a_verifier(calcul, remarque)
    if travaux <= limite or is_extended:
        return conforme(calcul)
    return non_evalue("prolongation de la validité", calcul) if is_extended is None else non_conforme(calcul)
