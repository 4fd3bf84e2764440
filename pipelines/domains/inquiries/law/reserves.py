"""Reserves: why a breach that a rule computes is not certain, whatever the rule.

Belongs here: what puts the dates, the place or the law of a whole inquiry in doubt. Does not: any rule, nor the choice
of a regime (`regimes.py`). A breach under a reserve is only to be verified.
"""

from __future__ import annotations

from datetime import date

from pipelines.core.text import Said
from pipelines.domains.inquiries.law.concordance import est_trop_longue, sont_discordantes
from pipelines.domains.inquiries.law.enquete import Enquete

# Time-limits were suspended in the health emergency of 2020, and how inquiries were held was adapted (ordonnance
# 2020-306, not re-read).
URGENCE_SANITAIRE = (date(2020, 3, 12), date(2020, 6, 23))
URGENCE = Said(
    "délais suspendus pendant l'urgence sanitaire de 2020, texte non relu",
    "time limits were suspended during the 2020 health emergency; that text was not read",
)
ENQUETE_DE_L_URGENCE = Said(
    "enquête tenue pendant l'urgence sanitaire de 2020, dont le texte n'a pas été relu",
    "inquiry held during the 2020 health emergency; that text was not read",
)
DATES_CONTREDITES = Said(
    "les dates de l'enquête se contredisent (EP-01)", "the dates of the inquiry contradict each other (EP-01)"
)
LIEU_INCONNU = Said(
    "le département n'est pas connu : une collectivité d'outre-mer peut avoir son propre code",
    "the département is not known: an overseas collectivity may have a code of its own",
)
CLOTURE_DOUTEUSE = Said(
    "la clôture lue peut être celle d'avant une prolongation ou une suspension",
    "the closing that was read may be that before an extension or a suspension",
)

INACHEVEE = Said(
    "la source écrit que l'enquête a été annulée ou interrompue",
    "the source says that the inquiry was cancelled or broken off",
)


def ensemble(*remarques: Said | None) -> Said | None:
    """Several reserves as one; None when there is none."""
    ecrites = list(dict.fromkeys(remarque for remarque in remarques if remarque is not None))
    if not ecrites:
        return None
    return Said(" ; ".join(remarque.fr for remarque in ecrites), "; ".join(remarque.en for remarque in ecrites))


def suite_des_dates(enquete: Enquete) -> list[tuple[Said, date]]:
    """The dates that were read of an inquiry, in the order in which they come."""
    deplacee = enquete.cloture_initiale if enquete.cloture_initiale != enquete.cloture else None
    suite = [
        (Said("désignation", "appointment"), enquete.designation),
        (Said("arrêté", "order"), enquete.arrete),
        (Said("ouverture", "opening"), enquete.ouverture),
        (Said("clôture d'abord prévue", "closing first planned"), deplacee),
        (Said("clôture", "closing"), enquete.cloture),
        (Said("rapport", "report"), enquete.rapport),
        (Said("mise en ligne du rapport", "report put on line"), enquete.rapport_en_ligne),
    ]
    return [(nom, jour) for nom, jour in suite if jour is not None]


def reserve_sur_les_faits(enquete: Enquete) -> Said | None:
    """What puts any breach of this inquiry in doubt: dates that deny each other, the health emergency, an unknown
    place, an inquiry that was called off."""
    lieu = None if enquete.departements else LIEU_INCONNU
    fin = INACHEVEE if enquete.inachevee else None
    return ensemble(_dates_contredites(enquete), _urgence(enquete), lieu, fin)


def cloture_douteuse(enquete: Enquete) -> bool:
    """Whether the closing may not be the last one: an extension of which only one closing was read, a suspension of
    which no resumption was, or a later end that an event sets."""
    if enquete.cloture is None:
        return False
    if enquete.suspendue and not enquete.survenus("reprise"):
        return True
    moved = [*enquete.survenus("prolongation"), *enquete.survenus("reprise")]
    if any(item.echeance is not None and item.echeance > enquete.cloture for item in moved):
        return True
    if enquete.cloture_initiale is not None:
        return False
    return enquete.prolongee and not any(item.echeance == enquete.cloture for item in moved)


def _dates_contredites(enquete: Enquete) -> Said | None:
    jours = [jour for _, jour in suite_des_dates(enquete)]
    doubtful = jours != sorted(jours) or sont_discordantes(enquete) or est_trop_longue(enquete)
    return DATES_CONTREDITES if doubtful else None


def _urgence(enquete: Enquete) -> Said | None:
    """Whether the inquiry was ordered, open or closed in the emergency; one that would last years has a wrong date."""
    connus = [jour for jour in (enquete.arrete, enquete.ouverture, enquete.cloture) if jour is not None]
    if not connus or max(connus) < URGENCE_SANITAIRE[0] or min(connus) > URGENCE_SANITAIRE[1]:
        return None
    return ENQUETE_DE_L_URGENCE if min(connus) >= URGENCE_SANITAIRE[0].replace(year=2019) else None
