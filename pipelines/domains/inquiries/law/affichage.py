"""Rules on posters, which are seen on some days and in some places only.

Belongs here: EP-14. Does not: other publicity (`publicite.py`), nor any number; those are in `regles.csv`. A day on
which a poster was seen proves that it was there, never that it was not there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.delais import jours
from pipelines.domains.inquiries.law.enquete import Enquete, Publicite
from pipelines.domains.inquiries.law.publicite import TROP_TOT, avance, trop_tot
from pipelines.domains.inquiries.law.regles import (
    Resultat,
    a_verifier,
    conforme,
    incoherent,
    non_conforme,
    non_evalue,
    regle,
)
from pipelines.findings.versions import RuleVersion

AFFICHES_TOUTES_CONNUES = "affiches_toutes_connues"


AUTRE_AFFICHE = Said("une autre affiche a pu être posée", "another poster may have been put up")


@regle(
    "EP-14",
    "Affichage",
    "Posting",
    preuve="Tous les affichages, la source écrivant qu'ils y sont tous, avec leur date de pose (rang 1), et non celle "
    "d'un constat, et tous trop proches de l'ouverture ou retirés avant la clôture d'abord prévue.",
)
def affichage(enquete: Enquete, version: RuleVersion) -> Resultat:
    """L'avis est affiché avant l'ouverture (quinze jours, ou huit pour une enquête d'expropriation ou du CRPA) et
    pendant toute l'enquête. Un constat prouve que l'affiche était là ce jour-là ; il ne prouve pas qu'elle n'y était
    pas avant. Une autre affiche a pu être posée : une affiche tardive est à vérifier, sauf si la source écrit qu'elle
    donne tous les affichages."""
    affiches = [item for item in enquete.publicites if item.support == "affichage"]
    if not affiches:
        return non_evalue("date d'affichage")
    if enquete.ouverture is None:
        return non_evalue("date d'ouverture")
    minimum = version.number("avance_jours")
    if doute := _dates_impossibles(affiches, enquete.ouverture):
        return incoherent(avance(enquete.ouverture, min(_jours(affiches)), minimum)[1], doute)
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


def _dates_impossibles(affiches: list[Publicite], ouverture: date) -> Said | None:
    if any(trop_tot(ouverture, jour) for jour in _jours(affiches)):
        return TROP_TOT
    if any(item.retrait is not None and item.retrait < item.jour for item in affiches):
        return Said("une affiche est retirée avant d'être posée", "a poster is taken down before it is put up")
    return None


def _affiche_tardive(calcul: str, affiches: list[Publicite], enquete: Enquete, minimum: int) -> Resultat:
    """A poster late in one place: a breach where every poster is known with the day of its posting, and all are
    late."""
    if all(item.is_observation for item in affiches):
        return non_evalue("date de pose de l'affiche", calcul)
    ouverture = enquete.ouverture
    if ouverture is not None and min(_jours(affiches)) <= ouverture - jours(minimum):
        remarque = Said("une autre affiche était là à temps", "another poster was there in time")
        return a_verifier(calcul, remarque)
    if not enquete.fait(AFFICHES_TOUTES_CONNUES):
        return a_verifier(calcul, AUTRE_AFFICHE)
    if any(item.is_observation for item in affiches):
        remarque = Said(
            "la date de pose d'une affiche n'est pas connue", "the day on which one poster went up is not known"
        )
        return a_verifier(calcul, remarque)
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
    remarque = Said(
        "l'affiche est restée jusqu'à la clôture d'abord prévue", "the poster stayed until the planned closing"
    )
    return a_verifier(calcul, remarque)


def _duree_de_l_affichage(affiches: Iterable[Publicite]) -> Said | None:
    if any(item.retrait for item in affiches):
        return None
    return Said("date de retrait de l'affiche non lue", "when the poster was taken down was not read")
