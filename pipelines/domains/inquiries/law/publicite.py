"""Rules on what the public is told: the order, notices in newspapers, the site, the content of the notice.

Belongs here: EP-07, EP-11 to EP-13, EP-15 to EP-18. Does not: posters (`affichage.py`), nor any number; those are in
`regles.csv`. What was read never proves that nothing else was published: a late notice is a breach only where the rows
say that they contain them all.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import DES_MOIS, UN_AN
from pipelines.domains.inquiries.law.delais import en_jours, jours
from pipelines.domains.inquiries.law.enquete import Enquete, Publicite
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
from pipelines.findings.versions import RuleVersion
from pipelines.geo.names import normalise

_ENTRE_PARENTHESES = re.compile(r"\([^()]*\)")
_SITE = re.compile(r"\.(?:fr|com|net|info|re|nc|bzh)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:le|la|les|l) (?=.)")
TOUTES_CONNUES = "parutions_toutes_connues"
PARUTION_INCERTAINE = Said(
    "une parution sans rang, sans titre de journal ou au titre voisin d'un autre peut être celle qui manque",
    "a notice without a rank, without a newspaper's title or with a title close to another may be the missing one",
)
TROP_TOT = Said(
    "une date précède l'ouverture de plus d'un an : elle est probablement fausse",
    "a date comes more than a year before the opening: it is probably wrong",
)
RAPPEL_LOIN = Said(
    "un rappel est à plus de six mois de l'ouverture : une des deux dates est probablement fausse",
    "a reminder is more than six months away from the opening: one of the two dates is probably wrong",
)
MENTIONS = (
    *("objet", "decisions_possibles", "autorite", "nom_et_qualites", "ouverture", "duree", "adresse_dossier"),
    *("lieux_et_horaires", "poste_informatique", "adresses_de_depot", "evaluation_environnementale"),
)
EVALUATION = "evaluation environnementale"


def avance(premier: date, jour: date, minimum: int) -> tuple[bool, str]:
    """Whether `jour` comes `minimum` days before the opening, and the arithmetic."""
    nombre = (premier - jour).days
    return nombre >= minimum, f"{premier} − {jour} = {en_jours(nombre)} {'≥' if nombre >= minimum else '<'} {minimum}"


def trop_tot(premier: date, jour: date) -> bool:
    """Whether a day is too long before the opening to be that of a notice of this inquiry: it is
    another's, or its year is wrong."""
    return premier - jour > UN_AN


def titres(parutions: Collection[Publicite]) -> set[str]:
    """The newspapers of some notices, one for each title however it is written; a notice without a title may be of any
    of the others, and counts only where there is no other.

    A title that another one begins with may be the same newspaper ("Le Télégramme", "Le Télégramme de Brest"): both
    count as one.
    """
    named = _ecrits(parutions)
    distincts = {nom for nom in named if not any(nom.startswith(f"{autre} ") for autre in named)}
    return distincts or {"" for _ in parutions}


def _ecrits(parutions: Collection[Publicite]) -> set[str]:
    return {_titre(parution.nom) for parution in parutions if parution.nom}


def _titre(nom: str) -> str:
    """The key of a title: "L'Éveil", "Eveil", "L EVEIL (27)" and "leveil.fr" but for its article are one newspaper."""
    return _ARTICLE.sub("", normalise(_SITE.sub("", _ENTRE_PARENTHESES.sub(" ", nom).strip())))


@regle(
    "EP-07",
    "Délai entre l'arrêté et l'ouverture",
    "Time between the order and the opening",
    preuve="La date de l'arrêté qui ouvre l'enquête et celle de l'ouverture, concordantes, à moins de quinze jours, "
    "sous le "
    "texte lu (2012 à 2016).",
)
def arrete_avant_ouverture(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'arrêté qui ouvre l'enquête est pris quinze jours au moins avant l'ouverture. Un arrêté postérieur à
    l'ouverture, ou pris avec la prolongation, n'est pas celui qui ouvre l'enquête : il est à vérifier."""
    if enquete.arrete is None or enquete.ouverture is None:
        return non_evalue("date de l'arrêté d'ouverture" if enquete.arrete is None else "date d'ouverture")
    respecte, calcul = avance(enquete.ouverture, enquete.arrete, version.number("avance_jours"))
    if respecte:
        return incoherent(calcul, TROP_TOT) if trop_tot(enquete.ouverture, enquete.arrete) else conforme(calcul)
    if enquete.arrete > enquete.ouverture:
        remarque = Said(
            f"arrêté du {enquete.arrete}, ouverture le {enquete.ouverture} : un autre arrêté a ouvert l'enquête",
            f"order of {enquete.arrete}, opening on {enquete.ouverture}: another order opened the inquiry",
        )
        return incoherent(calcul, remarque)
    autres = {item.jour for code in ("prolongation", "avis_modificatif") for item in enquete.survenus(code)}
    if enquete.arrete in autres:
        remarque = Said("la date est celle d'un arrêté modificatif", "the date is that of an amending order")
        return a_verifier(calcul, remarque)
    if any(item.jour < enquete.arrete for item in enquete.survenus("arrete_ouverture")):
        remarque = Said("un arrêté antérieur a été lu", "an earlier order was read")
        return a_verifier(calcul, remarque)
    return non_conforme(calcul)


@regle(
    "EP-11",
    "Premier avis dans la presse",
    "First notice in the press",
    preuve="Toutes les parutions de l'avis, la source écrivant qu'elles y sont toutes, et moins de deux journaux (un "
    "pour "
    "une enquête parcellaire) à temps.",
)
def premier_avis(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'avis paraît dans deux journaux (un seul pour une enquête parcellaire) avant l'ouverture : quinze jours au moins
    pour une enquête environnementale, huit pour une enquête d'expropriation ou du CRPA. Un autre journal a pu le
    publier : un avis tardif est à vérifier, sauf si la source écrit qu'elle donne toutes les parutions."""
    parutions = enquete.parutions(rang=1)
    if not parutions:
        return non_evalue("dates de première parution dans la presse")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum, voulus = version.number("avance_jours"), version.number("journaux")
    vus = [(parution, *avance(enquete.ouverture, parution.jour, minimum)) for parution in parutions]
    calcul = " ; ".join(dict.fromkeys(dit for _, _, dit in vus))
    plausibles = [parution for parution, _, _ in vus if not trop_tot(enquete.ouverture, parution.jour)]
    a_temps = titres([parution for parution, respecte, _ in vus if respecte and parution in plausibles])
    if len(a_temps) >= voulus:
        return conforme(calcul, _diffusion(enquete))
    if len(plausibles) < len(parutions):
        return incoherent(calcul, TROP_TOT)
    return _premier_avis_manquant(enquete, calcul, en_retard=not all(respecte for _, respecte, _ in vus))


def _premier_avis_manquant(enquete: Enquete, calcul: str, *, en_retard: bool) -> Resultat:
    """Fewer newspapers in time than are asked: a breach where the rows say that they contain them all."""
    if enquete.fait(TOUTES_CONNUES):
        return a_verifier(calcul, PARUTION_INCERTAINE) if _parution_incertaine(enquete) else non_conforme(calcul)
    if not en_retard:
        return non_evalue("parution dans un second journal", calcul)
    remarque = Said("l'avis a pu paraître dans un autre journal", "the notice may have appeared in another newspaper")
    return a_verifier(calcul, remarque)


def _parution_incertaine(enquete: Enquete) -> bool:
    """Whether a newspaper's notice lacks the rank or the title by which it would count, or may be of the same newspaper
    as another or of another one."""
    parutions = [item for item in enquete.publicites if item.support == "journal"]
    sans = any(item.rang is None or not item.nom for item in parutions)
    return sans or len(titres(parutions)) < len(_ecrits(parutions))


def _diffusion(enquete: Enquete) -> Said | None:
    """A reserve where several départements are concerned: that both newspapers are sold in each was not read."""
    if len(enquete.departements) < 2:
        return None
    return Said(
        "la diffusion des deux journaux dans chaque département n'a pas été lue",
        "that both newspapers are sold in each département was not read",
    )


@regle(
    "EP-12",
    "Rappel de l'avis dans la presse",
    "Second notice in the press",
    preuve="Toutes les parutions de l'avis, la source écrivant qu'elles y sont toutes, et moins de deux journaux (un "
    "pour "
    "une enquête parcellaire) dans les huit premiers jours.",
)
def rappel(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'avis est rappelé dans les huit premiers jours de l'enquête, dans chacun des journaux. Une parution plus tardive
    n'est pas forcément ce rappel (avis de prolongation) : elle est à vérifier."""
    rappels = enquete.parutions(rang=2)
    if not rappels:
        return non_evalue("date de la seconde parution")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    limite = enquete.ouverture + jours(version.number("rappel_jours") - 1)
    dates = ", ".join(dict.fromkeys(str(parution.jour) for parution in rappels))
    calcul = f"{dates} dans [{enquete.ouverture}, {limite}]"
    dedans = [parution for parution in rappels if enquete.ouverture <= parution.jour <= limite]
    if len(titres(dedans)) >= version.number("journaux"):
        return conforme(calcul)
    if any(abs(parution.jour - enquete.ouverture) > DES_MOIS for parution in rappels):
        return incoherent(calcul, RAPPEL_LOIN)
    return _rappel_manquant(enquete, calcul, hors_delai=len(dedans) < len(rappels))


def _rappel_manquant(enquete: Enquete, calcul: str, *, hors_delai: bool) -> Resultat:
    """Fewer reminders in time than are asked: a breach where the rows say that they contain them all."""
    if enquete.fait(TOUTES_CONNUES):
        return a_verifier(calcul, PARUTION_INCERTAINE) if _parution_incertaine(enquete) else non_conforme(calcul)
    if not hors_delai:
        return non_evalue("rappel dans un second journal", calcul)
    return a_verifier(calcul, Said("un autre rappel a pu paraître", "another reminder may have appeared"))


@regle(
    "EP-13",
    "Opération d'importance nationale",
    "Operation of national importance",
    preuve="La mention que l'opération est d'importance nationale, et toutes les parutions, la source écrivant "
    "qu'elles y "
    "sont toutes.",
    faits=("importance_nationale",),
)
def importance_nationale(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Pour une opération d'importance nationale, l'avis paraît aussi dans deux journaux à diffusion nationale."""
    nationale = enquete.fait("importance_nationale")
    if nationale is None:
        return non_evalue("importance nationale de l'opération")
    if not nationale:
        return non_applicable(Said("opération sans importance nationale", "not an operation of national importance"))
    parutions: list[date] | None = enquete.fait("parutions_nationales")
    if parutions is None or enquete.ouverture is None:
        return non_evalue("parutions dans des journaux nationaux" if parutions is None else "date d'ouverture")
    return _dans_deux_journaux_nationaux(enquete, enquete.ouverture, parutions, version)


def _dans_deux_journaux_nationaux(
    enquete: Enquete, ouverture: date, parutions: list[date], version: RuleVersion
) -> Resultat:
    minimum, voulus = version.number("avance_jours"), version.number("journaux")
    vues = [avance(ouverture, jour, minimum) for jour in parutions]
    calcul = " ; ".join(calcul for _, calcul in vues)
    plausibles = [not trop_tot(ouverture, jour) for jour in parutions]
    if sum(respecte and plausible for (respecte, _), plausible in zip(vues, plausibles, strict=True)) >= voulus:
        return conforme(calcul)
    if not all(plausibles):
        return incoherent(calcul, TROP_TOT)
    if enquete.fait(TOUTES_CONNUES):
        return non_conforme(calcul)
    remarque = Said("l'avis a pu paraître dans un autre journal", "the notice may have appeared in another newspaper")
    return a_verifier(calcul, remarque)


@regle(
    "EP-15",
    "Avis en ligne",
    "Online notice",
    preuve="Aucune : la page lue n'est pas forcément la première, ni celle de l'autorité organisatrice.",
)
def avis_en_ligne(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'avis est publié sur le site de l'autorité organisatrice quinze jours au moins avant l'ouverture."""
    pages = [item for item in enquete.publicites if item.support == "web" and item.rang in (None, 1)]
    if not pages:
        return non_evalue("date de mise en ligne de l'avis")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    lues = [item.jour for item in pages if not trop_tot(enquete.ouverture, item.jour)]
    retenue = min(lues or [item.jour for item in pages])
    respecte, calcul = avance(enquete.ouverture, retenue, version.number("avance_jours"))
    if not lues:
        return incoherent(calcul, TROP_TOT)
    if respecte:
        remarque = Said(
            "la page lue n'est pas forcément celle de l'autorité organisatrice",
            "the page that was read may not be that of the organising authority",
        )
        return conforme(calcul, remarque)
    remarque = Said(
        "la page lue n'est pas forcément la première, ni celle de l'autorité organisatrice",
        "the page that was read may not be the first one, nor that of the organising authority",
    )
    return a_verifier(calcul, remarque)


@regle(
    "EP-16",
    "Dossier en ligne, sur papier et sur un poste informatique",
    "File online, on paper and on a computer on site",
    preuve="Le nombre de lieux où le dossier est sur papier et de postes informatiques, dont l'un est nul.",
    faits=("lieux_papier", "postes_informatiques"),
)
def dossier(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Pendant toute l'enquête, le dossier est en ligne, sur papier en un lieu au moins, et sur un poste informatique
    gratuit."""
    lieux, postes = enquete.fait("lieux_papier"), enquete.fait("postes_informatiques")
    wanted = (
        ("adresse du dossier en ligne", enquete.dossier_url),
        ("nombre de lieux où le dossier est sur papier", lieux),
        ("nombre de postes informatiques", postes),
    )
    manques = [nom for nom, valeur in wanted if valeur is None]
    if manques:
        return non_evalue(", ".join(manques))
    return conforme_si(lieux >= 1 and postes >= 1, f"dossier en ligne ; lieux papier : {lieux} ; postes : {postes}")


@regle(
    "EP-17",
    "Contenu de l'avis",
    "Content of the notice",
    preuve="Le texte entier de l'avis, relevé mention par mention, sans l'une de celles que l'article demande.",
    faits=("mentions_de_l_avis",),
)
def contenu_de_l_avis(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'avis donne l'objet, les décisions possibles, l'autorité, le nom et les qualités du commissaire enquêteur,
    l'ouverture et la durée, les adresses et lieux du dossier, le poste informatique, les adresses de dépôt, et
    l'existence d'une évaluation environnementale."""
    lues: list[str] | None = enquete.fait("mentions_de_l_avis")
    if lues is None:
        return non_evalue("texte entier de l'avis")
    absentes = [mention.replace("_", " ") for mention in MENTIONS if mention not in lues]
    calcul = f"{len(MENTIONS) - len(absentes)} mentions sur {len(MENTIONS)}"
    if not absentes:
        return conforme(calcul)
    if absentes == [EVALUATION] and not enquete.evaluation_environnementale:
        remarque = Said(
            "aucune évaluation environnementale n'a été lue : l'avis a pu n'en avoir aucune à annoncer",
            "no environmental assessment was read: the notice may have had none to announce",
        )
        return a_verifier(f"{calcul} ; absentes : {EVALUATION}", remarque)
    return non_conforme(f"{calcul} ; absentes : {', '.join(absentes)}")


@regle(
    "EP-18",
    "Voie électronique",
    "Electronic observations",
    preuve="Aucune aujourd'hui : le texte n'a été lu que dans une note.",
)
def voie_electronique(enquete: Enquete, version: RuleVersion) -> Resultat:
    """Le public peut adresser ses observations par voie électronique : courriel ou registre dématérialisé."""
    if enquete.registre_url:
        return conforme("registre dématérialisé publié")
    courriel = enquete.fait("courriel_de_depot")
    if courriel is None:
        return non_evalue("adresse de dépôt électronique")
    return conforme_si(bool(courriel), "courriel de dépôt" if courriel else "ni courriel ni registre")


def premiere(enquete: Enquete, support: str) -> date | None:
    return min((item.jour for item in enquete.publicites if item.support == support), default=None)
