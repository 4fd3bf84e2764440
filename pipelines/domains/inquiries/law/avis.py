"""Outcomes as the source writes them, held against the code that was given to them.

Belongs here: which codes of `enquete_avis` a wording allows. Does not: any rule, nor giving a code; a source, or the
person who collected it, gives it.
"""

from __future__ import annotations

import re

from pipelines.domains.inquiries.law.enquete import Objet
from pipelines.geo.names import normalise

FAVORABLE, SOUS_RESERVES, DEFAVORABLE = "favorable", "favorable_sous_reserves", "defavorable"
_CONTRE = re.compile(r"\b(?:defavorables?|(?:pas|non|peu) favorables?)\b")
_POUR = re.compile(r"\bfavorables?\b")
# A reserve of something else than the opinion: "la réserve naturelle", "une réserve d'eau".
_RESERVE = re.compile(r"\breserves?\b(?! (?:naturelles?|fonciere|incendie|de substitution|d eau|de biosphere))")
_SANS_RESERVE = re.compile(r"\b(?:sans|ni|aucune|pas de) (?:aucune |la moindre )?reserves?\b")


def avis_possibles(libelle: str | None) -> frozenset[str] | None:
    """The outcomes that a wording allows; None where it says none, or several at once.

    "Favorable" alone leaves open whether there are reserves. "Sous réserve" and "sans réserve" settle it;
    recommendations are no reserves.
    """
    key = normalise(libelle or "")
    contre, reste = bool(_CONTRE.search(key)), _CONTRE.sub(" ", key)
    pour = bool(_POUR.search(reste))
    if contre == pour:
        return None
    if contre:
        return frozenset({DEFAVORABLE})
    sans = bool(_SANS_RESERVE.search(reste))
    avec = bool(_RESERVE.search(_SANS_RESERVE.sub(" ", reste)))
    if sans and avec:
        return None
    if sans:
        return frozenset({FAVORABLE})
    return frozenset({SOUS_RESERVES}) if avec else frozenset({FAVORABLE, SOUS_RESERVES})


def libelle_contraire(objet: Objet) -> str | None:
    """The wording of the source where it denies the code of the outcome; None where it does not."""
    possibles = avis_possibles(objet.libelle)
    if objet.avis is None or possibles is None or objet.avis in possibles:
        return None
    return objet.libelle
