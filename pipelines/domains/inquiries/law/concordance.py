"""Whether the dates that were read of an inquiry agree: only a day that the others do not deny may choose the law.

Belongs here: which dates cannot both be true, and the day by which an inquiry is dated. Does not: any rule, nor the
choice of a regime (`regimes.py`). A year that is typed wrong looks like any other date: what shows it is the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.delais import jours
from pipelines.domains.inquiries.law.enquete import Enquete

UN_AN = jours(366)
# An appointment, or the application of a parallel consultation, may wait for years; a report, or an inquiry that is
# extended and suspended, too.
TROIS_ANS = jours(3 * 366)
# What is usual, to tell which of two dates the others bear out.
PEU_APRES_L_ARRETE, PLUS_LONGUE_VUE = jours(150), jours(190)
DISCORDANTES = Said(
    "l'arrêté et l'ouverture ne s'accordent pas (plus d'un an, ou dans le désordre) : l'une des deux dates est fausse",
    "the order and the opening do not agree (more than a year apart, or in the wrong order): one of the two is wrong",
)
# A time limit of days that is passed by this much was rather read with a wrong year.
DES_MOIS = jours(180)
ANNEE_FAUSSE = Said(
    "le délai serait dépassé de plus de six mois : une année est peut-être fausse",
    "the time limit would be exceeded by more than six months: a year may be wrong",
)
TROP_LOIN = Said(
    "deux dates sont à plus d'un an l'une de l'autre : une année est probablement fausse",
    "two dates are more than a year apart: a year is probably wrong",
)


def s_accordent(arrete: date, ouverture: date) -> bool:
    """Whether an order can be the one that opened an inquiry on that day."""
    return arrete <= ouverture <= arrete + UN_AN


def sont_discordantes(enquete: Enquete) -> bool:
    """Whether order and opening were both read and cannot both be true."""
    if enquete.arrete is None or enquete.ouverture is None:
        return False
    return not s_accordent(enquete.arrete, enquete.ouverture)


def est_trop_longue(enquete: Enquete) -> bool:
    """Whether the inquiry would have been open for more than a year without a suspension: a date is wrong."""
    if enquete.ouverture is None or enquete.suspendue:
        return False
    fins = [jour for jour in (enquete.cloture_initiale, enquete.cloture) if jour is not None]
    return any(jour - enquete.ouverture > UN_AN for jour in fins)


def jour_sur(enquete: Enquete) -> date | None:
    """The day by which an inquiry is dated: that of its order, else of its opening.

    Where they do not agree, the one that the other dates bear out; None where they bear out neither, or both. One that
    stands alone is not certain where every other date denies it.
    """
    arrete, ouverture = enquete.arrete, enquete.ouverture
    if arrete is not None and ouverture is not None:
        if s_accordent(arrete, ouverture):
            return arrete
        if enquete.cloture is not None and ouverture < arrete <= enquete.cloture <= ouverture + PLUS_LONGUE_VUE:
            return ouverture  # the order is that of an extension
        tenus = [jour for jour in (arrete, ouverture) if any(_confirme(enquete, jour))]
        return tenus[0] if len(tenus) == 1 else None
    seul = arrete or ouverture
    vus = list(_confirme(enquete, seul)) if seul else []
    return seul if any(vus) or not vus else None


def designation_sure(enquete: Enquete) -> date | None:
    """The day of the appointment, unless the order, the opening or the closing denies it."""
    suite = jour_sur(enquete) or enquete.cloture
    if enquete.designation is None or suite is None:
        return enquete.designation
    return enquete.designation if enquete.designation <= suite <= enquete.designation + TROIS_ANS else None


def demande_sure(enquete: Enquete) -> date | None:
    """The day of the application, unless the order, the opening or the closing denies it."""
    suite = jour_sur(enquete) or enquete.cloture
    if enquete.demande is None or suite is None:
        return enquete.demande
    return enquete.demande if enquete.demande <= suite <= enquete.demande + TROIS_ANS else None


def annee(enquete: Enquete) -> str:
    """The year under which an inquiry is counted: of its order or opening, else closing, report; "inconnue" where its
    dates contradict each other."""
    if enquete.arrete or enquete.ouverture:
        sur = jour_sur(enquete)
        return str(sur.year) if sur else "inconnue"
    return next((str(jour.year) for jour in (enquete.cloture, enquete.rapport) if jour), "inconnue")


def _confirme(enquete: Enquete, jour: date) -> Iterator[bool]:
    """For each other date that was read, whether it is near `jour`, the day of the order or of the opening."""
    tot, tard = (jour, jour + PEU_APRES_L_ARRETE) if jour == enquete.arrete else (jour, jour)
    premiers = [item.jour for item in enquete.publicites if item.rang == 1]
    pendant = [enquete.cloture_initiale, enquete.cloture, *(item.jour for item in enquete.permanences)]
    apres = [enquete.pv_synthese, enquete.memoire_reponse, enquete.rapport]
    for vus, au_plus_tot, au_plus_tard in (
        ([enquete.designation, *premiers], -UN_AN, jours(0)),
        (pendant, jours(0), PLUS_LONGUE_VUE),
        (apres, jours(0), UN_AN),
    ):
        yield from (tot + au_plus_tot <= vu <= tard + au_plus_tard for vu in vus if vu is not None)
