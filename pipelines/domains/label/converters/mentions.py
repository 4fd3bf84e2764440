"""Converters of mentions and of published numbers: many wordings of one thing, and numbers that are not exact.

Belongs here: from a printed mention to its code in `schemas/codelists/mentions.csv`; from a printed number to digits.
Does not: how long a mention holds, or whether numbers add up (`rules/`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.geo.names import normalise
from pipelines.mapping.registry import Text, Unreadable, converter

# Wording (as a key) to code, the more specific wording first. Sources: pages cited in the code list.
WORDINGS: tuple[tuple[str, str], ...] = (
    (r"ville internet des intercommunalites", "ville_internet_intercommunalites"),
    (r"territoires? d excellence numerique|^ten$", "territoire_excellence_numerique"),
    (r"hors concours", "hors_concours"),
    (r"mentions? d honneur", "mention_honneur"),
    (r"arobases? vert|transition ecologique|numerique responsable", "arobase_verte"),
    (r"democratie locale", "democratie_locale"),
    (r"mediation numerique", "mediation_numerique"),
    (r"numerique educatif", "numerique_educatif"),
    (r"gouvernement ouvert", "gouvernement_ouvert"),
    (r"reseau(?:x)? socia(?:l|ux)", "reseau_social"),
    (r"cooperation internationale", "cooperation_internationale"),
    (r"solidarites? numeriques?", "solidarite_numerique"),
    (r"teletravail", "teletravail"),
    (r"accessibilite", "accessibilite"),
    (r"^(?:mention )?libre$|logiciels? libres?", "logiciel_libre"),
    (r"^(?:une |la )?(?:simple mention|mention ville internet|mention)$", "mention_ville_internet"),
)
# A sentence about one action is no named mention, whatever words are in it.
_ACTION = re.compile(r"^(?:action mise en avant|(?:est |a ete )?(?:recompensee?s?|mentionnee?s?|distinguee?s?) pour)\b")
# A mention that was not given, or is not given any more.
_NOT_GIVEN = re.compile(
    r"\b(?:candidat\w*|postul\w*|nomine\w*|finaliste\w*|sans|aucune?|non|pas|perdu\w*|perd|retiree?|expiree?)\b"
)
_FIRST_MENTION_YEAR = 2017  # before it, a bare "mention" is the level without arobase; since, it is thematic

_TENS = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
_ABOUT = re.compile(
    r"\b(?:plus|moins|pres|environ|autour|quelque|presque|about|around|nearly|almost|more|less|over|at least)\b"
    r"|une petite|une bonne|" + "|".join(_TENS)
)
# "Une demi-douzaine" is no dozen, "plusieurs dizaines" no ten, "80 %" no count, "-3" nothing that is counted.
_NO_COUNT = re.compile(r"\b(?:demi|demie|tiers|quart)\b|%|(?:^|\s)[-−]\s*\d")
_ABOUT_SIGNS = re.compile(r"[~≈±]|\+\s*(?:de\b|d'|\d)|\d\s*\+|[<>≤≥]")
_SCALED = re.compile(r"\d\s*(?:milliers?|millions?|milliards?|k\b|m\b)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\d.,])\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?![\d])|\d+(?:,\d+)?")


@converter("mention")
def mention(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The code of a printed mention, from (text) or (text, year of the edition).

    "Arobase vert(e)", "Transition écologique" and "Numérique responsable et durable" are one mention. A bare "mention"
    is the level without arobase up to 2016, and unreadable afterwards, because it then says nothing. Unreadable too are
    two mentions in one text, and one that is said not to be given ("candidate", "non renouvelée"). Option `otherwise`:
    the code for a wording that is not known; without it, raises `Unreadable`.
    """
    text, year = texts[0], texts[1] if len(texts) > 1 else None
    if text is None:
        return None
    key = normalise(text.replace("(e)", "e").replace("(s)", "s"))
    if _ACTION.match(key):
        return "action_mise_en_avant"
    found = list(dict.fromkeys(code for wording, code in WORDINGS if re.search(wording, key)))
    code = found[0] if len(found) == 1 and not _NOT_GIVEN.search(key) else None
    if key == "mention" and (year is None or year >= str(_FIRST_MENTION_YEAR)):
        code = None
    code = code or options.get("otherwise")
    if code is None:
        raise Unreadable("une mention de la liste mentions.csv", "a mention of the list mentions.csv")
    return code


@converter("nombre_publie")
def published_number(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The number that a page prints, or with the option `output: approximation` whether it is "exact" or "approche".

    "une quarantaine" gives 40, approche; "40 ("une quarantaine")" too; "plus de 230" gives 230, approche; "11 (25 in
    total)" gives 11, exact: what is in brackets explains, and weakens only when it says "about". Thousands may be
    set apart by a blank; a decimal comma becomes a point. Raises `Unreadable` for no number ("plusieurs dizaines"), for
    one in millions or in per cent, for a half, or for two that would have to be added; option `otherwise: absent`
    gives nothing instead.
    """
    text = texts[0]
    if text is None:
        return None
    found = _number(text)
    if found is None:
        if options.get("otherwise") == "absent":
            return None
        raise Unreadable("un nombre, en chiffres ou en dizaines", "one number, in figures or in tens")
    number, is_about = found
    return ("approche" if is_about else "exact") if options.get("output") == "approximation" else number


def _number(text: str) -> tuple[str, bool] | None:
    outside = re.sub(r"\([^()]*\)", " ", text).strip()
    if _SCALED.search(outside) or _NO_COUNT.search(outside):
        return None
    key = normalise(outside)
    is_about = bool(_ABOUT.search(normalise(text)) if _DIGITS.search(outside) else _ABOUT.search(key))
    is_about = is_about or bool(_ABOUT_SIGNS.search(outside))
    figures = _DIGITS.findall(outside)
    tens = [value for word, value in _TENS.items() if re.search(rf"\b{word}\b", key)]
    if len(figures) + len(tens) != 1:
        return None
    if tens:
        return str(tens[0]), True
    digits = re.sub(r"[ .\u00a0\u202f]", "", figures[0]).replace(",", ".")
    return digits, is_about
