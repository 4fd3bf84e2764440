"""Rules on what the public is told: the order, notices in newspapers, posters, the site, the content of the notice.

Belongs here: EP-07, EP-11 to EP-18, PC-02. Does not: any number; those are in `regles.csv`. What was read never proves
that nothing else was published: a late notice is a breach only where the rows say that they hold them all, and a day on
which a poster was seen proves that it was there, never that it was not there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.delais import jours
from pipelines.domains.inquiries.law.enquete import Enquete, Publicite
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

TOUTES_CONNUES = "parutions_toutes_connues"
AFFICHES_TOUTES_CONNUES = "affiches_toutes_connues"
AUTRE_AFFICHE = Said("une autre affiche a pu être posée", "another poster may have been put up")
PARUTION_INCERTAINE = Said(
    "une parution sans rang ou sans titre de journal peut être celle qui manque",
    "a notice without a rank or without a newspaper's title may be the missing one",
)
MENTIONS = (
    *("objet", "decisions_possibles", "autorite", "nom_et_qualites", "ouverture", "duree", "adresse_dossier"),
    *("lieux_et_horaires", "poste_informatique", "adresses_de_depot", "evaluation_environnementale"),
)


def avance(premier: date, jour: date, minimum: int) -> tuple[bool, str]:
    """Whether `jour` comes `minimum` days before the opening, and the arithmetic."""
    nombre = (premier - jour).days
    return nombre >= minimum, f"{premier} − {jour} = {nombre} jours {'≥' if nombre >= minimum else '<'} {minimum}"


def titres(parutions: Iterable[Publicite]) -> set[str]:
    """The newspapers of some notices; those without a name count as one."""
    return {parution.nom or "" for parution in parutions}


@regle(
    "EP-07",
    "Délai entre l'arrêté et l'ouverture",
    "Time between the order and the opening",
    preuve="La date de l'arrêté qui ouvre l'enquête et celle de l'ouverture, concordantes, à moins de quinze jours, "
    "sous le "
    "texte lu (2012 à 2016).",
)
def arrete_avant_ouverture(enquete: Enquete, version: Version) -> Resultat:
    """L'arrêté qui ouvre l'enquête est pris quinze jours au moins avant l'ouverture. Un arrêté postérieur à
    l'ouverture, ou pris avec la prolongation, n'est pas celui qui ouvre l'enquête : il est à vérifier."""
    if enquete.arrete is None or enquete.ouverture is None:
        return non_evalue("date de l'arrêté d'ouverture" if enquete.arrete is None else "date d'ouverture")
    respecte, calcul = avance(enquete.ouverture, enquete.arrete, version.nombre("avance_jours"))
    if respecte:
        return conforme(calcul)
    if enquete.arrete > enquete.ouverture:
        told = Said(
            f"arrêté du {enquete.arrete}, ouverture le {enquete.ouverture} : un autre arrêté a ouvert l'enquête",
            f"order of {enquete.arrete}, opening on {enquete.ouverture}: another order opened the inquiry",
        )
        return incoherent(calcul, told)
    autres = {item.jour for code in ("prolongation", "avis_modificatif") for item in enquete.survenus(code)}
    if enquete.arrete in autres:
        told = Said("la date est celle d'un arrêté modificatif", "the date is that of an amending order")
        return a_verifier(calcul, told)
    if any(item.jour < enquete.arrete for item in enquete.survenus("arrete_ouverture")):
        told = Said("un arrêté antérieur a été lu", "an earlier order was read")
        return a_verifier(calcul, told)
    return non_conforme(calcul)


@regle(
    "EP-11",
    "Premier avis dans la presse",
    "First notice in the press",
    preuve="Toutes les parutions de l'avis, la source écrivant qu'elles y sont toutes, et moins de deux journaux (un "
    "pour "
    "une enquête parcellaire) à temps.",
)
def premier_avis(enquete: Enquete, version: Version) -> Resultat:
    """L'avis paraît dans deux journaux (un seul pour une enquête parcellaire) avant l'ouverture : quinze jours au moins
    pour une enquête environnementale, huit pour une enquête d'expropriation ou du CRPA. Un autre journal a pu le
    publier : un avis tardif est à vérifier, sauf si la source écrit qu'elle donne toutes les parutions."""
    parutions = enquete.parutions(rang=1)
    if not parutions:
        return non_evalue("dates de première parution dans la presse")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum, voulus = version.nombre("avance_jours"), version.nombre("journaux")
    vus = [(parution, *avance(enquete.ouverture, parution.jour, minimum)) for parution in parutions]
    calcul = " ; ".join(dict.fromkeys(dit for _, _, dit in vus))
    a_temps = titres(parution for parution, respecte, _ in vus if respecte)
    if len(a_temps) >= voulus:
        return conforme(calcul, _diffusion(enquete))
    if enquete.fait(TOUTES_CONNUES):
        return a_verifier(calcul, PARUTION_INCERTAINE) if _parution_incertaine(enquete) else non_conforme(calcul)
    if all(respecte for _, respecte, _ in vus):
        return non_evalue("parution dans un second journal", calcul)
    told = Said("l'avis a pu paraître dans un autre journal", "the notice may have appeared in another newspaper")
    return a_verifier(calcul, told)


def _parution_incertaine(enquete: Enquete) -> bool:
    """Whether a newspaper's notice lacks the rank or the title by which it would count."""
    parutions = [item for item in enquete.publicites if item.support == "journal"]
    return any(item.rang is None or not item.nom for item in parutions)


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
def rappel(enquete: Enquete, version: Version) -> Resultat:
    """L'avis est rappelé dans les huit premiers jours de l'enquête, dans chacun des journaux. Une parution plus tardive
    n'est pas forcément ce rappel (avis de prolongation) : elle est à vérifier."""
    rappels = enquete.parutions(rang=2)
    if not rappels:
        return non_evalue("date de la seconde parution")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    limite = enquete.ouverture + jours(version.nombre("rappel_jours") - 1)
    dates = ", ".join(dict.fromkeys(str(parution.jour) for parution in rappels))
    calcul = f"{dates} dans [{enquete.ouverture}, {limite}]"
    dedans = [parution for parution in rappels if enquete.ouverture <= parution.jour <= limite]
    if len(titres(dedans)) >= version.nombre("journaux"):
        return conforme(calcul)
    if enquete.fait(TOUTES_CONNUES):
        return a_verifier(calcul, PARUTION_INCERTAINE) if _parution_incertaine(enquete) else non_conforme(calcul)
    if len(dedans) == len(rappels):
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
def importance_nationale(enquete: Enquete, version: Version) -> Resultat:
    """Pour une opération d'importance nationale, l'avis paraît aussi dans deux journaux à diffusion nationale."""
    nationale = enquete.fait("importance_nationale")
    if nationale is None:
        return non_evalue("importance nationale de l'opération")
    if not nationale:
        return non_applicable(Said("opération sans importance nationale", "not an operation of national importance"))
    parutions: list[date] | None = enquete.fait("parutions_nationales")
    if parutions is None or enquete.ouverture is None:
        return non_evalue("parutions dans des journaux nationaux" if parutions is None else "date d'ouverture")
    minimum = version.nombre("avance_jours")
    vues = [avance(enquete.ouverture, jour, minimum) for jour in parutions]
    calcul = " ; ".join(calcul for _, calcul in vues)
    if sum(respecte for respecte, _ in vues) >= version.nombre("journaux"):
        return conforme(calcul)
    if enquete.fait(TOUTES_CONNUES):
        return non_conforme(calcul)
    told = Said("l'avis a pu paraître dans un autre journal", "the notice may have appeared in another newspaper")
    return a_verifier(calcul, told)


@regle(
    "EP-14",
    "Affichage",
    "Posting",
    preuve="Tous les affichages, la source écrivant qu'ils y sont tous, avec leur date de pose (rang 1), et non celle "
    "d'un constat, et tous trop proches de l'ouverture ou retirés avant la clôture d'abord prévue.",
)
def affichage(enquete: Enquete, version: Version) -> Resultat:
    """L'avis est affiché avant l'ouverture (quinze jours, ou huit pour une enquête d'expropriation ou du CRPA) et
    pendant toute l'enquête. Un constat prouve que l'affiche était là ce jour-là ; il ne prouve pas qu'elle n'y était
    pas avant. Une autre affiche a pu être posée : une affiche tardive est à vérifier, sauf si la source écrit qu'elle
    donne tous les affichages."""
    affiches = [item for item in enquete.publicites if item.support == "affichage"]
    if not affiches:
        return non_evalue("date d'affichage")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum = version.nombre("avance_jours")
    lieux = _par_lieu(affiches)
    vues = {lieu: avance(enquete.ouverture, min(_jours(items)), minimum) for lieu, items in lieux.items()}
    calcul = " ; ".join(dict.fromkeys(dit for _, dit in vues.values()))
    if not all(respecte for respecte, _ in vues.values()):
        return _affiche_tardive(calcul, affiches, enquete, minimum)
    retraits = _retraits_precoces(lieux, enquete)
    if retraits:
        retrait = min(retraits)
        partout = len(retraits) == len(lieux) and not any(item.is_observation for item in affiches)
        return _affiche_retiree(f"{calcul} ; retrait {retrait} < {enquete.cloture}", max(retraits), partout, enquete)
    return conforme(calcul, _duree_de_l_affichage(affiches))


def _affiche_tardive(calcul: str, affiches: list[Publicite], enquete: Enquete, minimum: int) -> Resultat:
    """A poster late in one place: a breach where every poster is known with the day of its posting, and all are
    late."""
    if all(item.is_observation for item in affiches):
        return non_evalue("date de pose de l'affiche", calcul)
    ouverture = enquete.ouverture
    if ouverture is not None and min(_jours(affiches)) <= ouverture - jours(minimum):
        told = Said("une autre affiche était là à temps", "another poster was there in time")
        return a_verifier(calcul, told)
    if not enquete.fait(AFFICHES_TOUTES_CONNUES):
        return a_verifier(calcul, AUTRE_AFFICHE)
    if any(item.is_observation for item in affiches):
        told = Said(
            "la date de pose d'une affiche n'est pas connue", "the day on which one poster went up is not known"
        )
        return a_verifier(calcul, told)
    return non_conforme(calcul)


def _par_lieu(affiches: list[Publicite]) -> dict[str, list[Publicite]]:
    """Posters by place. A place of which only an observation is known proves nothing of its own: it is left out where a
    posting is known, and all observations count together where none is."""
    found: dict[str, list[Publicite]] = {}
    for item in affiches:
        found.setdefault(item.nom or "", []).append(item)
    posted = {lieu: items for lieu, items in found.items() if any(not item.is_observation for item in items)}
    return posted or {"": affiches}


def _jours(affiches: Iterable[Publicite]) -> list[date]:
    """Every day on which the poster is known to have been there."""
    return [jour for item in affiches for jour in (item.jour, item.constat) if jour is not None]


def _retraits_precoces(lieux: Mapping[str, list[Publicite]], enquete: Enquete) -> list[date]:
    """The day on which the poster of each place went for good, where that was before the closing."""
    retraits = []
    for items in lieux.values():
        dernier = max((item.retrait for item in items if item.retrait), default=None)
        if dernier is None or enquete.cloture is None:
            continue
        was_there_later = max(_jours(items)) >= enquete.cloture
        if dernier < enquete.cloture and not was_there_later:
            retraits.append(dernier)
    return retraits


def _affiche_retiree(calcul: str, dernier: date, partout: bool, enquete: Enquete) -> Resultat:
    """A poster taken down before the closing: a breach where every poster is known, and all went before the planned
    closing. `dernier`: when the last of them went; `partout`: whether one went in every place."""
    if enquete.cloture_prevue is not None and dernier < enquete.cloture_prevue:
        if partout and enquete.fait(AFFICHES_TOUTES_CONNUES):
            return non_conforme(calcul)
        return a_verifier(calcul, AUTRE_AFFICHE)
    if not partout:
        return a_verifier(calcul, AUTRE_AFFICHE)
    told = Said("l'affiche est restée jusqu'à la clôture d'abord prévue", "the poster stayed until the planned closing")
    return a_verifier(calcul, told)


def _duree_de_l_affichage(affiches: Iterable[Publicite]) -> Said | None:
    if any(item.retrait for item in affiches):
        return None
    return Said("date de retrait de l'affiche non lue", "when the poster was taken down was not read")


@regle(
    "EP-15",
    "Avis en ligne",
    "Online notice",
    preuve="Aucune : la page lue n'est pas forcément la première, ni celle de l'autorité organisatrice.",
)
def avis_en_ligne(enquete: Enquete, version: Version) -> Resultat:
    """L'avis est publié sur le site de l'autorité organisatrice quinze jours au moins avant l'ouverture."""
    pages = [item for item in enquete.publicites if item.support == "web" and item.rang in (None, 1)]
    if not pages:
        return non_evalue("date de mise en ligne de l'avis")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    respecte, calcul = avance(enquete.ouverture, min(item.jour for item in pages), version.nombre("avance_jours"))
    if respecte:
        told = Said(
            "la page lue n'est pas forcément celle de l'autorité organisatrice",
            "the page that was read may not be that of the organising authority",
        )
        return conforme(calcul, told)
    told = Said(
        "la page lue n'est pas forcément la première, ni celle de l'autorité organisatrice",
        "the page that was read may not be the first one, nor that of the organising authority",
    )
    return a_verifier(calcul, told)


@regle(
    "EP-16",
    "Dossier en ligne, sur papier et sur un poste informatique",
    "File online, on paper and on a computer on site",
    preuve="Le nombre de lieux où le dossier est sur papier et de postes informatiques, dont l'un est nul.",
    faits=("lieux_papier", "postes_informatiques"),
)
def dossier(enquete: Enquete, version: Version) -> Resultat:
    """Pendant toute l'enquête, le dossier est en ligne, sur papier en un lieu au moins, et sur un poste informatique
    gratuit."""
    lieux, postes = enquete.fait("lieux_papier"), enquete.fait("postes_informatiques")
    wanted = (
        ("adresse du dossier en ligne", enquete.dossier_url or enquete.registre_url),
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
def contenu_de_l_avis(enquete: Enquete, version: Version) -> Resultat:
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
    return non_conforme(f"{calcul} ; absentes : {', '.join(absentes)}")


@regle(
    "EP-18",
    "Voie électronique",
    "Electronic observations",
    preuve="Aucune aujourd'hui : le texte n'a été lu que dans une note.",
)
def voie_electronique(enquete: Enquete, version: Version) -> Resultat:
    """Le public peut adresser ses observations par voie électronique : courriel ou registre dématérialisé."""
    if enquete.registre_url:
        return conforme("registre dématérialisé publié")
    courriel = enquete.fait("courriel_de_depot")
    if courriel is None:
        return non_evalue("adresse de dépôt électronique")
    return conforme_si(bool(courriel), "courriel de dépôt" if courriel else "ni courriel ni registre")


@regle(
    "PC-02",
    "Avis de la consultation parallélisée",
    "Notice of the parallel consultation",
    preuve="Aucune : la date lue n'est pas forcément la première.",
)
def avis_de_la_consultation(enquete: Enquete, version: Version) -> Resultat:
    """L'avis de consultation est mis en ligne, affiché et publié quinze jours au moins avant l'ouverture."""
    if not enquete.publicites:
        return non_evalue("dates de l'avis")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum = version.nombre("avance_jours")
    premiers = {support: _premiere(enquete, support) for support in ("web", "affichage", "journal")}
    absents = [support for support, jour in premiers.items() if jour is None]
    vues = [avance(enquete.ouverture, jour, minimum) for jour in premiers.values() if jour is not None]
    calcul = " ; ".join(dict.fromkeys(dit for _, dit in vues))
    if not all(respecte for respecte, _ in vues):
        told = Said("la date lue n'est pas forcément la première", "the date that was read may not be the first one")
        return a_verifier(calcul, told)
    return non_evalue(f"date de l'avis : {', '.join(absents)}", calcul) if absents else conforme(calcul)


def _premiere(enquete: Enquete, support: str) -> date | None:
    return min((item.jour for item in enquete.publicites if item.support == support), default=None)
