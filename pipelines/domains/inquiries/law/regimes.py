"""Regimes of inquiries: which law applied, by the family and the day of the opening order.

Belongs here: choosing a regime. Does not: checking a rule under it. The table of regimes is data, `regimes.csv`.
Today's date is never asked.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import (
    DISCORDANTES,
    demande_sure,
    designation_sure,
    jour_sur,
    sont_discordantes,
)
from pipelines.domains.inquiries.law.delais import jours
from pipelines.domains.inquiries.law.enquete import Enquete
from pipelines.domains.inquiries.law.reserves import ensemble

REGIMES = Path(__file__).parent / "regimes.csv"
EXPROPRIATION = {"dup", "parcellaire", "servitude"}
# Their own environment codes: the national articles were not read as applying there.
DROIT_PROPRE = {
    "977": "de Saint-Barthélemy",
    "984": "des Terres australes et antarctiques françaises",
    "986": "de Wallis-et-Futuna",
    "987": "de la Polynésie française",
    "988": "de la Nouvelle-Calédonie",
    "989": "de La Passion-Clipperton",
}
# Collectivities that write their own law on some subjects only (code général des collectivités territoriales, LO6414-1
# and LO6314-3): those local codes were not read, and how national ones are adapted there was not either.
COLLECTIVITES = {"975": "Saint-Pierre-et-Miquelon", "978": "Saint-Martin"}
URBANISME = frozenset(
    {
        *("plu_elaboration", "plu_revision", "plu_revision_allegee", "plu_modification", "plu_modification_simplifiee"),
        *("plui_elaboration", "plui_revision", "plui_modification", "mise_en_compatibilite", "carte_communale", "scot"),
        *("rlp", "pda", "permis_construire", "permis_amenager", "plan_programme"),
    }
)
VOIRIE = frozenset({"voirie_classement", "chemin_rural_alienation"})
ENERGIE = frozenset({"eolien", "photovoltaique"})
DROITS_LOCAUX = (
    ("975", URBANISME, "de l'urbanisme"),
    ("978", URBANISME, "de l'urbanisme"),
    ("978", VOIRIE, "de la voirie"),
    ("978", ENERGIE, "de l'énergie"),
)
# Subjects whose inquiries had (until May 2012) or still have texts of their own, which were not read. An inquiry on
# water could follow the expropriation code, for fifteen days.
FIN_DES_TEXTES_PROPRES = date(2012, 5, 31)
EOLIEN_CLASSE = date(2011, 8, 25)  # wind turbines are classified facilities since then (décret 2011-984)
TEXTES_PROPRES = (
    (frozenset({"icpe_autorisation", "carriere_mine", "autorisation_environnementale"}), "aux installations classées"),
    (frozenset({"iota_loi_eau"}), "à la loi sur l'eau"),
    (frozenset({"afaf"}), "à l'aménagement foncier"),
)
TOUJOURS_PROPRES = (
    (frozenset({"asa"}), "aux associations syndicales"),
    (frozenset({"ig_inpi"}), "aux indications géographiques"),
)
ENVIRONNEMENT = frozenset({"env_1985", "env_2012", "env_2017", "complementaire"})
# Mayotte became a département on that day; before, national codes held there only where they said so.
MAYOTTE_DEPARTEMENT = date(2011, 3, 31)
# Consultations that are no inquiry: no rule of inquiries applies, and which text does is named.
SANS_ENQUETE = {
    "participation_l123_19_2": Said(
        "participation du public à une décision individuelle (code de l'environnement, L123-19-2), et non enquête",
        "public participation in an individual decision (environment code, L123-19-2), not an inquiry",
    ),
    "consultation_enregistrement": Said(
        "consultation du public sur une installation classée soumise à enregistrement (code de l'environnement, "
        "L512-7-1 et suivants), et non enquête",
        "public consultation on a registered classified facility (environment code, L512-7-1 and following), not an "
        "inquiry",
    ),
    "concertation_prealable": Said(
        "concertation préalable (code de l'environnement, L121-15-1 et suivants), et non enquête",
        "prior consultation (environment code, L121-15-1 and following), not an inquiry",
    ),
}
# An order precedes the opening by weeks: this near after a change of law, the opening alone does not decide the regime.
PROCHE = jours(90)
# Families that sources use for several laws ("unique", "conjointe", "complémentaire" of expropriation or of roads), and
# those of expropriation, which another subject may take to the environment code.
SELON_LES_OBJETS = frozenset({"enquete_conjointe", "enquete_unique", "enquete_complementaire"})
D_EXPROPRIATION = frozenset({"enquete_dup", "enquete_parcellaire"})
TRANSITION = Said(
    "arrêté d'avant un changement de droit, ouverture d'après : les dispositions transitoires n'ont pas été lues",
    "the order comes before a change of law and the opening after it: the transitional provisions were not read",
)
CHEMIN_RURAL = Said(
    "l'article lu est celui des voies communales ; celui des chemins ruraux d'une seule commune n'a pas été lu",
    "the article that was read is that of municipal roads; that of rural paths in a single municipality was not read",
)
CONTREDITES = "date certaine de l'arrêté ou de l'ouverture (celles qui ont été lues contredisent les autres dates)"
OUVERTURE_PROCHE = Said(
    "arrêté non daté : régime d'une ouverture proche d'un changement de droit",
    "order not dated: the regime is that of an opening close to a change of law",
)


@dataclass(frozen=True)
class Choix:
    """The regime of an inquiry and the day that chose it; else `manque`, the fact that would. `reserve`: why the choice
    is not certain."""

    regime: str | None
    jour: date | None = None
    manque: str | None = None
    reserve: Said | None = None


@dataclass(frozen=True)
class _Regime:
    regime: str
    famille: str
    valide_du: date
    valide_au: date | None


@cache
def _regimes() -> tuple[_Regime, ...]:
    with REGIMES.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Regime(
                item["regime"],
                item["famille"],
                date.fromisoformat(item["valide_du"]),
                date.fromisoformat(item["valide_au"]) if item["valide_au"] else None,
            )
            for item in csv.DictReader(file)
        )


def choisir(enquete: Enquete) -> Choix:
    """The regime, by the family and the day of the order; else of the opening; else where designation and closing frame
    it within one regime. Parallel consultations go by the day of the application. A day that the other dates deny
    chooses nothing."""
    if enquete.famille in SANS_ENQUETE:
        return Choix(enquete.famille)
    famille = _famille_de_droit(enquete)
    if famille is None:
        return Choix(None, manque="famille de droit de l'enquête")
    propre = droit_local(enquete)
    if propre:
        return Choix(None, manque=f"{propre}, non lu")
    if famille == "consultation_parallelisee":
        manque = "date de dépôt de la demande"
        manque += " (celle qui a été lue contredit les autres dates)" if enquete.demande else ""
        return _a_date(famille, demande_sure(enquete), enquete, manque=manque)
    choix = _par_l_arrete(famille, enquete)
    propre = _texte_propre(choix, enquete)
    return Choix(None, choix.jour, manque=propre) if propre else choix


def _texte_propre(choix: Choix, enquete: Enquete) -> str | None:
    """The text that may rule the inquiry on its subject instead of the environment code; None where there is none."""
    if choix.regime not in ENVIRONNEMENT or choix.jour is None:
        return None
    types = {objet.type for objet in enquete.objets}
    if "eolien" in types and choix.jour >= EOLIEN_CLASSE:
        types.add("icpe_autorisation")
    for sujets, droit in TOUJOURS_PROPRES:
        if types & sujets:
            return f"droit propre {droit}, non lu"
    for sujets, droit in TEXTES_PROPRES if choix.jour <= FIN_DES_TEXTES_PROPRES else ():
        if types & sujets:
            return f"droit propre {droit} avant juin 2012, non lu"
    return None


def droit_local(enquete: Enquete) -> str | None:
    """The local law that may rule the inquiry instead of the national codes; None where there is none."""
    for code in enquete.departements:
        if code in DROIT_PROPRE:
            return f"droit propre {DROIT_PROPRE[code]}"
        if code in COLLECTIVITES:
            local = _droit_de_la_collectivite(code, enquete)
            if local:
                return local
        jour = jour_sur(enquete) or enquete.cloture
        if code == "976" and jour and jour < MAYOTTE_DEPARTEMENT:
            return f"droit applicable à Mayotte avant le {MAYOTTE_DEPARTEMENT}"
    return None


def _droit_de_la_collectivite(code: str, enquete: Enquete) -> str | None:
    """The local law on the objects of the inquiry; also where its objects do not say the subject."""
    nom = COLLECTIVITES[code]
    types = {objet.type for objet in enquete.objets}
    if enquete.famille == "enquete_voirie":
        types |= VOIRIE
    for collectivite, sujets, droit in DROITS_LOCAUX:
        if collectivite == code and types & sujets:
            return f"droit local {droit} de {nom}"
    if not types or "autre" in types:
        return f"objet de l'enquête, dont dépend le droit local de {nom}"
    return None


def reserve_locale(enquete: Enquete) -> Said | None:
    """A reserve where a national code holds with adaptations that were not read."""
    nom = next((COLLECTIVITES[code] for code in enquete.departements if code in COLLECTIVITES), None)
    if nom is None:
        return None
    return Said(
        f"les adaptations des codes nationaux à {nom} n'ont pas été lues",
        f"how the national codes are adapted to {nom} was not read",
    )


def _par_l_arrete(famille: str, enquete: Enquete) -> Choix:
    if enquete.arrete is None and enquete.ouverture is None:
        return _encadre(famille, enquete)
    jour = jour_sur(enquete)
    choix = _a_date(famille, jour, enquete, manque=CONTREDITES)
    if choix.regime is None or jour is None:
        return choix
    reserve = DISCORDANTES if sont_discordantes(enquete) else None
    if jour == enquete.arrete:
        fin = None if reserve else enquete.ouverture
        reserve = TRANSITION if fin and _change(famille, jour, fin) else reserve
    elif _change(famille, jour - PROCHE, jour):
        reserve = ensemble(reserve, OUVERTURE_PROCHE)
    return replace(choix, reserve=ensemble(choix.reserve, reserve))


def _change(famille: str, avant: date, apres: date) -> bool:
    """Whether the law of a family changed between two days."""
    return apres > avant and regime_le(famille, avant) != regime_le(famille, apres)


def regime_le(famille: str, jour: date) -> str | None:
    """The regime of a family on a day; None before the first, and for a family without a regime."""
    for item in _regimes():
        if item.famille == famille and item.valide_du <= jour and (item.valide_au is None or jour <= item.valide_au):
            return item.regime
    return None


def regimes_possibles(enquete: Enquete) -> frozenset[str]:
    """The regimes that the family leaves open, whatever the day; every regime when the family is not known."""
    familles = {enquete.famille}
    if enquete.famille == "enquete_conjointe":
        familles = {"enquete_environnementale", "enquete_dup"}
    if _famille_de_droit(enquete) is None and enquete.famille in SELON_LES_OBJETS | D_EXPROPRIATION:
        types = {objet.type for objet in enquete.objets}
        familles |= {"enquete_environnementale"} if enquete.famille in D_EXPROPRIATION else set()
        familles |= {"enquete_dup", "enquete_parcellaire"} if types & EXPROPRIATION else set()
        familles |= {"enquete_voirie"} if types & VOIRIE else set()
    connus = frozenset(item.regime for item in _regimes() if item.famille in familles)
    if enquete.famille == "enquete_voirie":
        connus |= {"chemin_rural_pluricommunal"}
    return connus or frozenset(item.regime for item in _regimes())


def _famille_de_droit(enquete: Enquete) -> str | None:
    """The family whose law applies: joint inquiries go by their objects; mixed ones are left open."""
    if enquete.famille == "indeterminee":
        return None
    types = {objet.type for objet in enquete.objets}
    famille = _famille_des_objets(types) if enquete.famille == "enquete_conjointe" else enquete.famille
    # L110-1 of the expropriation code sends an operation that affects the environment to the environment code.
    if famille == "enquete_dup" and enquete.evaluation_environnementale:
        return None
    if famille in D_EXPROPRIATION and types & EXPROPRIATION and types - EXPROPRIATION - {"autre"}:
        return None
    hors_environnement = bool(types) and types <= EXPROPRIATION | VOIRIE
    if famille in SELON_LES_OBJETS and hors_environnement and not enquete.evaluation_environnementale:
        return None
    return famille


def _famille_des_objets(types: set[str]) -> str | None:
    """The family of a joint inquiry, where all its objects are of one law."""
    if not types or "autre" in types:
        return None
    if types == {"parcellaire"}:
        return "enquete_parcellaire"
    if types <= EXPROPRIATION:
        return "enquete_dup"
    if types <= VOIRIE:
        return "enquete_voirie"
    return None if types & (EXPROPRIATION | VOIRIE) else "enquete_environnementale"


def _a_date(famille: str, jour: date | None, enquete: Enquete, *, manque: str | None = None) -> Choix:
    if jour is None:
        return Choix(None, manque=manque)
    regime = regime_le(famille, jour)
    if regime is None:
        return Choix(None, jour, manque=f"droit applicable le {jour}, non lu")
    rural = any(objet.type == "chemin_rural_alienation" for objet in enquete.objets)
    if regime != "voirie_communale" or not rural:
        return Choix(regime, jour)
    if enquete.communes > 1:
        return Choix("chemin_rural_pluricommunal", jour)
    return Choix(regime, jour, reserve=CHEMIN_RURAL)


def _encadre(famille: str, enquete: Enquete) -> Choix:
    manque = "date de l'arrêté d'ouverture"
    designation, cloture = designation_sure(enquete), enquete.cloture
    if designation is None or cloture is None:
        return Choix(None, manque=manque)
    if regime_le(famille, designation) != regime_le(famille, cloture):
        return Choix(None, manque=manque)
    return _a_date(famille, cloture, enquete)
