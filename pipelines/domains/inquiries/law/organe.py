"""Rules on who conducts the inquiry: designation, commission, substitutes, replacement, closing of the registers.

Belongs here: EP-08 to EP-10, EP-24, EP-34. Does not: any name; who conducts an inquiry is not a fact here. The
independence of the examiner (L123-5) cannot be checked from open data and has no rule.
"""

from __future__ import annotations

from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import designation_sure, jour_sur
from pipelines.domains.inquiries.law.delais import jours
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
from pipelines.domains.inquiries.law.suites import DELAI_ACCORDE, remise
from pipelines.findings.versions import RuleVersion


def jour_de_designation(enquete: Enquete) -> date | None:
    """The day that chooses the law on substitutes."""
    return designation_sure(enquete) or jour_sur(enquete)


@regle(
    "EP-08",
    "Délai de désignation par le tribunal",
    "Time for the court's appointment",
    preuve="La date de saisine du tribunal et celle de la désignation, à plus de quinze jours.",
    faits=("saisine_du_tribunal",),
)
def designation(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le tribunal administratif désigne le commissaire enquêteur ou la commission dans les quinze jours de sa
    saisine."""
    saisine: date | None = enquete.fait("saisine_du_tribunal")
    if saisine is None or enquete.designation is None:
        manque = "date de saisine du tribunal" if saisine is None else "date de désignation"
        return non_evalue(manque, remarque=_numero(enquete))
    vu = remise(enquete, saisine, enquete.designation, version.number("delai_jours"))
    if vu.resultat == "non_conforme" and _designe_de_nouveau(enquete):
        remarque = Said(
            "la date peut être celle d'une seconde désignation", "the date may be that of a second appointment"
        )
        return a_verifier(vu.calcul or "", remarque)
    return vu


def _designe_de_nouveau(enquete: Enquete) -> bool:
    """Whether an earlier or later appointment was read, so that the date may not be that of the first."""
    anciennes = [item for item in enquete.survenus("designation") if item.jour != enquete.designation]
    return bool(anciennes or enquete.survenus("designation_modificative") or enquete.survenus("remplacement"))


def _numero(enquete: Enquete) -> Said | None:
    """What became of the court's number where the source writes it otherwise; never a reason for a breach."""
    lu, regulier = enquete.tribunal_imprime, enquete.tribunal
    if not lu or lu == regulier:
        return None
    if regulier is None:
        return Said(f"numéro « {lu} » dans la source, non reconnu", f'number "{lu}" in the source, not recognised')
    return Said(
        f"numéro « {lu} » dans la source, ramené à {regulier}", f'number "{lu}" in the source, read as {regulier}'
    )


@regle(
    "EP-09",
    "Nombre impair de membres",
    "Odd number of members",
    preuve="Le nombre de membres de la commission, pair.",
)
def nombre_impair(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'enquête est conduite par un commissaire enquêteur, ou par une commission d'un nombre impair de membres."""
    membres = enquete.membres
    if enquete.organe == "commissaire_enqueteur":
        if membres not in (None, 1):
            remarque = Said(
                f"un commissaire enquêteur, et {membres} membres", f"a single examiner, and {membres} members"
            )
            return incoherent(f"{membres} membres", remarque)
        membres = 1
    if membres is None:
        return non_evalue("nombre de membres de la commission" if enquete.organe else "organe de l'enquête")
    if membres < 1:
        remarque = Said("une enquête est conduite par une personne au moins", "someone conducts an inquiry")
        return incoherent(f"{membres} membre", remarque)
    calcul = f"{membres} {'membres' if membres > 1 else 'membre'}, nombre {'impair' if membres % 2 else 'pair'}"
    if membres % 2 == 0 and enquete.suppleant:
        remarque = Said(
            "un suppléant a pu être compté avec les membres", "a substitute may have been counted with the members"
        )
        return a_verifier(calcul, remarque)
    if membres % 2 == 0 and enquete.organe is None:
        remarque = Said("l'organe de l'enquête n'est pas connu", "who conducts the inquiry is not known")
        return a_verifier(calcul, remarque)
    return conforme_si(membres % 2 == 1, calcul)


@regle(
    "EP-10",
    "Suppléants",
    "Substitutes",
    preuve="L'absence de suppléant, écrite dans la source, pour une désignation de juin 2012 à décembre 2016.",
    datation=jour_de_designation,
)
def suppleants(enquete: Enquete, version: RuleVersion) -> Resultat:
    """De juin 2012 à décembre 2016, un suppléant au moins est désigné. Du 1er janvier 2017 au 11 mars 2023, l'article
    L123-4 n'en demande pas ; R123-5 en nommait jusqu'au 27 avril 2017, et son application aux procédures en cours n'a
    pas été lue : rien n'est affirmé. Depuis le 12 mars 2023, un ou plusieurs suppléants sont de nouveau nommés."""
    regle_du_jour = version.parameters["suppleant"]
    if regle_du_jour == "permis":
        return non_applicable(
            Said(
                "suppléants permis pour une consultation parallélisée",
                "substitutes are allowed for a parallel consultation",
            )
        )
    if enquete.suppleant is None:
        return non_evalue("désignation d'un suppléant")
    vu = "désigné" if enquete.suppleant else "absent"
    calcul = f"suppléant {vu} ; {regle_du_jour.replace('_', ' ')} le {jour_de_designation(enquete)}"
    if regle_du_jour == "non_requis":
        remarque = Said(
            "L123-4 ne demande aucun suppléant à cette date ; l'application de R123-5 aux procédures en cours n'a pas "
            "été "
            "lue",
            "L123-4 asks for no substitute on that date; how R123-5 applied to procedures under way was not read",
        )
        return a_verifier(calcul, remarque)
    if enquete.suppleant:
        return conforme(calcul)
    if designation_sure(enquete) is None:
        remarque = Said(
            "la date de désignation n'est pas connue, ou contredit les autres : le texte d'avant peut s'appliquer",
            "the date of the appointment is not known, or contradicts the others: the text before may hold",
        )
        return a_verifier(calcul, remarque)
    return non_conforme(calcul)


@regle(
    "EP-24",
    "Rapport après remplacement",
    "Report after a replacement",
    preuve="La date de nomination du remplaçant et celle du rapport, à plus de trente jours, et la mention qu'aucun "
    "délai "
    "supplémentaire n'a été accordé.",
)
def remplacement(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le commissaire enquêteur nommé en remplacement rend son rapport dans les trente jours de sa nomination."""
    remplacements = enquete.survenus("remplacement")
    if not remplacements:
        return non_applicable(Said("aucun remplacement lu", "no replacement was read"))
    if enquete.rapport is None:
        return non_evalue("date du rapport")
    nomination, maximum = remplacements[-1].jour, version.number("delai_jours")
    vu = remise(enquete, nomination, enquete.rapport, maximum)
    if vu.resultat == "non_conforme" and enquete.fait("delai_supplementaire_accorde") is not False:
        return a_verifier(
            f"{enquete.rapport} > {nomination} + {maximum} jours = {nomination + jours(maximum)}", DELAI_ACCORDE
        )
    return vu


@regle(
    "EP-34",
    "Clôture des registres",
    "Closing of the registers",
    preuve="L'auteur de la clôture des registres, pour une enquête environnementale, autre que le commissaire "
    "enquêteur.",
    faits=("registres_clos_par",),
)
def cloture_des_registres(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Les registres sont clos par la personne que la loi désigne : le commissaire enquêteur depuis 2012 pour une
    enquête environnementale, le maire ou le préfet pour une enquête d'expropriation ou du CRPA."""
    par: str | None = enquete.fait("registres_clos_par")
    if par is None:
        return non_evalue("auteur de la clôture des registres")
    attendu = version.parameters["cloture_registre"]
    calcul = f"clos par {par.replace('_', ' ')} ; attendu : {attendu.replace('_', ' ')}"
    if par in attendu.split("_ou_"):
        return conforme(calcul)
    if attendu != "commissaire_enqueteur":
        remarque = Said(
            "le commissaire enquêteur clôt les registres quand l'enquête n'a lieu que dans une commune",
            "the examiner closes the registers where the inquiry takes place in a single municipality",
        )
        return a_verifier(calcul, remarque)
    return non_conforme(calcul)
