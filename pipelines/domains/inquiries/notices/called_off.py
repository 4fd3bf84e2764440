"""Whether a notice says that the inquiry does not take place as announced: cancelled, put off, suspended, broken off.

Belongs here: those sentences. Does not: the dates that they make wrong (`periods.py`).
"""

from __future__ import annotations

import re

from pipelines.domains.inquiries.notices.reading import NOT_READ, Fact, read

_INQUIRY = r"enquetes?(?:\s+publiques?)?(?:\s+(?:unique|conjointe|complementaire|parcellaire))?"
# An inquiry is feminine: "annulée" is said of it, "annulé" at most in a heading above it.
_WORD = "annule|reporte|ajourne|suspendu|interrompu|repousse|differe"
_DONE = rf"(?P<done>{_WORD})es?\b(?!\s+(?:par|devant)\s+le\s+(?:tribunal|juge))"
_WAYS = (
    # "Report de l'enquête publique", "avis d'annulation d'enquête".
    re.compile(
        rf"\b(?P<noun>annulation|report|ajournement|suspension|interruption)\s+(?:de\s+(?:l'|la\s+presente\s+|cette\s+)|d'(?:une\s+)?){_INQUIRY}"
    ),
    # "ANNULÉ – Enquête publique", "REPORTÉE : enquête publique".
    re.compile(rf"(?:^|[.;!\n]\s*)(?P<done>{_WORD})e?s?\W{{1,5}}(?:l'|avis\s+d')?{_INQUIRY}"),
    # "L'enquête publique … est annulée", "enquête publique reportée".
    re.compile(rf"\b{_INQUIRY}(?P<gap>[^.;]{{0,160}}?)\s(?:est|a\s+ete|sera|etait|fut)\s+(?:donc\s+|egalement\s+)?{_DONE}"),
    re.compile(rf"\b{_INQUIRY}(?:\s+(?:prevue\s+|programmee\s+)?du\s[^.;:]{{0,60}}?\d{{4}})?\s*[,(:–-]?\s*{_DONE}"),
    re.compile(rf"\b{_INQUIRY}(?P<gap>[^.;]{{0,160}}?)\s(?:n'aura\s+pas\s+lieu|ne\s+se\s+tiendra\s+pas|n'a\s+pas\s+eu\s+lieu)"),
    # The order that opened it is no more.
    re.compile(rf"\barrete\b(?P<gap>[^.;]{{0,160}}?\b{_INQUIRY}[^.;]{{0,160}}?)\s(?:est|a\s+ete)\s+(?P<order>abroge|retire|annule)\b"),
)  # fmt: skip
# What else a notice calls off, or says only to be possible.
_SOMETHING_ELSE = re.compile(
    r"permanence|reunion|deliberation|decision|jugement|\bdont\b|seance|visite|conseil|dossier"
)
_MAYBE = re.compile(
    r"(?:\bcas\b|peut|pourr|susceptible|eventuel|\bsi\b|sauf|possib|demande\w*|\bpas\b|\bnon\b|\bni\b|sans)[^.;]{0,60}$"
)
_SAID = {
    "annul": "annulée",
    "report": "reportée",
    "repouss": "reportée",
    "differ": "reportée",
    "ajourn": "ajournée",
    "suspen": "suspendue",
    "interr": "interrompue",
    "abrog": "annulée (arrêté abrogé)",
    "retir": "annulée (arrêté retiré)",
}


# "La clôture de l'enquête est reportée" extends it.
_PART_OF_IT = re.compile(
    r"\b(?:cloture|fermeture|fin|duree|rapport|siege|registres?|permanences?)\s+(?:de\s+)?(?:l'|cette\s+|la\s+presente\s+)$"
)


def read_called_off(text: str) -> Fact:
    """What a folded text says became of the inquiry, in French words; not read where it says nothing."""
    for way in _WAYS:
        for match in way.finditer(text):
            before = text[max(0, match.start() - 60) : match.start()]
            gap = match.groupdict().get("gap") or ""
            if _PART_OF_IT.search(before) or _MAYBE.search(before) or _MAYBE.search(gap) or _SOMETHING_ELSE.search(gap):
                continue
            return read(_said(match))
    return NOT_READ


def _said(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups.get("order"):
        stem = groups["order"]
        return "annulée (arrêté annulé)" if stem.startswith("annul") else _stem(stem)
    word = groups.get("done") or groups.get("noun")
    return _stem(word) if word else "non tenue"


def _stem(word: str) -> str:
    return next(said for stem, said in _SAID.items() if word.startswith(stem))
