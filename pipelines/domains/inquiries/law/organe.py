"""Rules on who conducts the inquiry: designation, commission, alternates, replacement, independence.

Belongs here: EP-08 to EP-10, EP-24, EP-34, EP-35. Does not: any name; whoever conducts an inquiry is not a fact here.
"""

from __future__ import annotations

from datetime import date

from pipelines.domains.inquiries.law.delais import jours
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.registre import Resultat, Version, conforme_si, non_applicable, non_evalue, regle


def jour_de_designation(enquete: Enquete) -> date | None:
    """The day that chooses the law on alternates."""
    return enquete.designation or enquete.arrete or enquete.ouverture


@regle("EP-08", "Délai de désignation par le tribunal")
def designation(enquete: Enquete, version: Version) -> Resultat:
    """Le tribunal administratif désigne le commissaire enquêteur ou la commission dans les quinze jours de sa
    saisine."""
    saisine: date | None = enquete.fait("saisine_du_tribunal")
    remarque = None
    if enquete.tribunal_imprime and enquete.tribunal_imprime != enquete.tribunal:
        lu = f"ramené à {enquete.tribunal}" if enquete.tribunal else "non reconnu"
        remarque = f"numéro imprimé « {enquete.tribunal_imprime} », {lu}"
    if saisine is None or enquete.designation is None:
        manque = "date de saisine du tribunal" if saisine is None else "date de désignation"
        return non_evalue(manque, remarque=remarque)
    delai, maximum = (enquete.designation - saisine).days, version.nombre("delai_jours")
    calcul = f"{enquete.designation} − {saisine} = {delai} jours {'≤' if delai <= maximum else '>'} {maximum}"
    return conforme_si(0 <= delai <= maximum, calcul, remarque)


@regle("EP-09", "Nombre impair de membres")
def nombre_impair(enquete: Enquete, version: Version) -> Resultat:
    """L'enquête est conduite par un commissaire enquêteur, ou par une commission d'un nombre impair de membres."""
    membres = 1 if enquete.organe == "commissaire_enqueteur" and enquete.membres is None else enquete.membres
    if membres is None:
        return non_evalue("nombre de membres de la commission" if enquete.organe else "organe de l'enquête")
    return conforme_si(membres % 2 == 1, f"{membres} membre(s), nombre {'impair' if membres % 2 else 'pair'}")


@regle("EP-10", "Suppléants", datation=jour_de_designation)
def suppleants(enquete: Enquete, version: Version) -> Resultat:
    """De juin 2012 à avril 2017, un suppléant au moins est désigné ; ensuite il n'y en a plus, avant un retour dont le
    texte n'a pas été lu pour les désignations depuis mars 2023."""
    regle_du_jour = version.parametres["suppleant"]
    if regle_du_jour == "permis":
        return non_applicable("suppléants permis pour une consultation parallélisée")
    if regle_du_jour == "inconnu":
        return non_evalue("texte en vigueur depuis le 11 mars 2023", remarque="article non lu")
    if enquete.suppleant is None:
        return non_evalue("désignation d'un suppléant")
    calcul = (
        f"suppléant {'désigné' if enquete.suppleant else 'absent'} ; {regle_du_jour} le {jour_de_designation(enquete)}"
    )
    return conforme_si(enquete.suppleant == (regle_du_jour == "requis"), calcul)


@regle("EP-24", "Rapport après remplacement")
def remplacement(enquete: Enquete, version: Version) -> Resultat:
    """Le commissaire enquêteur nommé en remplacement rend son rapport dans les trente jours de sa nomination."""
    remplacements = enquete.survenus("remplacement")
    if not remplacements:
        return non_applicable("aucun remplacement lu")
    if enquete.rapport is None:
        return non_evalue("date du rapport")
    nomination, maximum = remplacements[-1].jour, version.nombre("delai_jours")
    limite = nomination + jours(maximum)
    signe = "≤" if enquete.rapport <= limite else ">"
    return conforme_si(
        enquete.rapport <= limite, f"{enquete.rapport} {signe} {nomination} + {maximum} jours = {limite}"
    )


@regle("EP-34", "Clôture des registres")
def cloture_des_registres(enquete: Enquete, version: Version) -> Resultat:
    """Les registres sont clos par la personne que la loi désigne : le commissaire enquêteur depuis 2012 pour une
    enquête environnementale, le maire ou le préfet pour une enquête d'expropriation ou du CRPA."""
    par: str | None = enquete.fait("registres_clos_par")
    if par is None:
        return non_evalue("auteur de la clôture des registres")
    attendu = version.parametres["cloture_registre"]
    return conforme_si(par in attendu.split("_ou_"), f"clos par {par} ; attendu : {attendu}")


@regle("EP-35", "Indépendance")
def independance(enquete: Enquete, version: Version) -> Resultat:
    """Nul ne conduit une enquête sur un projet auquel il est intéressé ou l'a été depuis moins de cinq ans."""
    return non_evalue("déclaration d'indépendance", remarque="ne se vérifie pas avec des données ouvertes")
