"""Names of organisations in a field for people's names: they identify nobody, and are not looked for.

Belongs here: which names are certainly an organisation's. Does not: searching. A body of the public is known by how its
name begins ("Commune de …"); a company or an association only where every other word is an ordinary one, since many
bear somebody's name ("SCI Kerléo", "Ferme Durand"), which stays looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.privacy.kinds import CIVILITIES, FIRST_NAMES
from pipelines.privacy.plain_words import SHORTEST, are_plain

_SMALL = "de|du|des|d|la|le|les|l"
# Before "de", "du", "des": what no person's name begins with.
_BODIES = (
    "administration|agence|assemblee|bureau|centre|chambre|college|comite syndical|communaute|commune|conseil|cour|"
    "departement|direction|ecole|etablissement public|etat|grand port(?: maritime)?|lycee|mairie|metropole|ministere|"
    "office|parc(?: naturel(?: regional| national)?)?|port|prefecture|rectorat|region|secretariat|service|services|"
    "sous prefecture|syndicat|tribunal|universite|ville|voies navigables"
)
_KINDS = (
    "administratif|administrative|communal|communale|d agglomeration|de communes|departemental|departementale|"
    "hospitalier|intercommunal|intercommunale|judiciaire|mixte|municipal|municipale|national|nationale|public|publique|regional|"
    "regionale|territorial|territoriale|urbaine"
)
_PUBLIC = re.compile(
    rf"^(?:(?:la|le|les|l) )?(?:{_BODIES})(?: (?:{_KINDS}))*(?: (?:{_SMALL}) [a-z]| (?:{_KINDS})$)|"
    r"^(?:la )?region (?:auvergne|bourgogne|bretagne|centre|corse|grand est|guadeloupe|guyane|hauts|ile|la reunion|"
    r"martinique|mayotte|normandie|nouvelle aquitaine|occitanie|pays|provence|reunion|sud)\b"
)
_FORMS = frozenset(
    ("association", "compagnie", "cooperative", "cuma", "earl", "entreprise", "epf", "epic", "eurl", "federation",
     "fondation", "gaec", "gie", "groupement", "sa", "sarl", "sas", "sasu", "sca", "scea", "sci", "scic", "scop", "sem",
     "snc", "societe", "spl", "syndicat", "union")
)  # fmt: skip
_OPERATORS = frozenset(
    ("ademe", "aprr", "apij", "brgm", "edf", "enedis", "engie", "grdf", "grtgaz", "ratp", "rte", "sncf", "vnf")
)
_ORDINARY = frozenset(
    (
        "amis",
        "carrieres",
        "chasse",
        "eolien",
        "eoliens",
        "eolienne",
        "eoliennes",
        "photovoltaiques",
        "reseau",
        "reseaux",
    )
)
_FIRST_WORDS = re.findall(r"(?:^|\|)([a-z]+)", re.sub(r"\(.*?\)", "", _BODIES))
MARKS = frozenset((*_FORMS, *_OPERATORS, *_FIRST_WORDS))
"""A folded name without any of these words is no organisation's, as far as can be told."""
# Another name may follow: "Mairie de Pau, Kerléo".
_SEVERAL = re.compile(r"[,;/&()\n\r]| [-–—] ")


def names_an_organisation(value: str, words: Sequence[str]) -> bool:
    """Whether a value, given with its folded words, is certainly the name of an organisation and of nobody."""
    if _SEVERAL.search(value) or any(word in CIVILITIES for word in words) or _has_first_name(words):
        return False
    if words and _OPERATORS.issuperset(words[:1]) and are_plain(_telling(words[1:])):
        return True
    if _PUBLIC.search(" ".join(words)):
        return True
    others = _telling([word for word in words if word not in _FORMS])
    return bool(others) and len(words) > len(others) and are_plain(others) and not _FORMS.isdisjoint(words)


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if len(word) >= SHORTEST and word not in _ORDINARY]


def _has_first_name(words: Sequence[str]) -> bool:
    """A first name that no "Saint" before it makes a place's."""
    before = ["", *words]
    return any(
        word in FIRST_NAMES and earlier not in ("saint", "sainte", "st", "ste")
        for earlier, word in zip(before, words, strict=False)
    )
