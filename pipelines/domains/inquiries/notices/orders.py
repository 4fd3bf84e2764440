"""The number and the date of the opening order, as a notice prints them.

Belongs here: "arrêté n° 2021-82 du 8 février 2021". Does not: the dates of the inquiry. A number is kept as it is
printed: it may look like a date or a year without being one.
"""

from __future__ import annotations

import re

from pipelines.domains.inquiries.notices.pieces import DATE, parse_date
from pipelines.domains.inquiries.notices.reading import NOT_READ, Fact, read
from pipelines.domains.inquiries.notices.years import single_day

_KIND = (
    r"(?:pr[eé]fectoral|inter-?pr[eé]fectoral|interd[eé]partemental|municipal|communautaire|m[eé]tropolitain|conjoint|"
    r"d'ouverture|du\s+maire)"
)
_SIGN = r"(?:n\s*[°o]\s*|numero\s+)"
# Up to the date, or to the words that never belong to a number.
_NUMBER = r"(?P<number>[\w./-]+(?:\s*[/_-]\s*[\w./-]+|\s+(?=[A-Z0-9/_-]+\s+(?:du|en\s+date))[A-Z0-9/_-]+)*)"
_ORDER = re.compile(
    rf"\barr[eê]t[eé]s?\b(?:\s+{_KIND})*(?:\s+de\s+(?:la|monsieur|madame)?[^,;.\d°]{{0,40}}?)?\s*,?\s*"
    rf"(?:{_SIGN}{_NUMBER}|(?P<bare>[A-Z]{{2,}}[A-Z]*(?:/[A-Z0-9]+)+))?"
    r"\s*,?\s*(?:(?:en\s+date\s+)?du\s*(?=\d|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|signe\s+le\s+|$|(?=[,;.]|\s+portant|\s+prescriv|\s+relatif))",
    re.IGNORECASE,
)
# A number that stands alone before its date, when its form cannot be the rank of an amendment: "n°41-2017-07-006 du …".
_BARE_NUMBER = re.compile(r"(?<!\w)n\s*°\s*(?P<number>\w+(?:[/-]\w+)+)\s+du\s+(?=\d)", re.IGNORECASE)
# The numbers of other acts: the court's decision, a deliberation, a file.
_OTHER_ACT = re.compile(r"(?:decision|ordonnance|deliberation|dossier|permis|tribunal)\b[^.;]*$|\be\s?\d{8}\s*/")
_DATE = re.compile(DATE)
# Orders that change an inquiry which another one opened: "prolongée par arrêté …", "arrêté modificatif …", "arrêté …
# portant prolongation". Their date is after the opening, and is no opening order's.
_CHANGES = r"(?:prolong|prorog|suspen|annul|report|modifi|rectifi|abrog|retir|interromp)\w*"
_CHANGED_BY = re.compile(rf"\b{_CHANGES}[^.;]{{0,30}}?\bpar\s+(?:l'|un\s+|decision\s+du\s+)?(?:arrete\s+(?:\w+\s+)?)?$")
_OF_A_CHANGE = re.compile(
    rf"\barretes?\s+(?:\w+\s+){{0,2}}(?:modificatif|rectificatif|complementaire)|portant\s+{_CHANGES}"
)
_THEN_CHANGES = re.compile(
    rf"^\s*,[^.;]*?\benquete\b[^.;]*?\b(?:est|sera|a\s+ete)\s+{_CHANGES}|^\s*,?\s*portant\s+{_CHANGES}"
    r"|^\s*,?\s*(?:prolonge|proroge|suspend|annul|report|modifi|rectifi|abroge|retir|interromp)ant\b"
)
_OPENS_IT = re.compile(r"\bprescri|\bordonn|\ba\s+ouvert|portant\s+ouverture|il\s+(?:sera|est|a\s+ete)\s+procede")
# General orders that every notice quotes: on the posters of 24 April 2012 and 9 September 2021.
_GENERAL = re.compile(r"^[^.;]{0,60}?\b(?:caracteristiques|dimensions|affichage)\b")


def read_order(text: str, folded: str) -> tuple[Fact, Fact]:
    """(number, date) of the first order that the text names; `folded` is the folded text, of the same length.

    An order that extends, suspends, cancels or amends is not the one that opened, and is left out; so are the general
    orders on posters. The number comes from the text as printed. A date without its year stays unread: an order number
    often contains another year.
    """
    for match in (*_ORDER.finditer(text), *_BARE_NUMBER.finditer(text)):
        number = match["number"] or match.groupdict().get("bare")
        printed = _DATE.match(folded, match.end())
        if (not number and not printed) or _OTHER_ACT.search(folded[max(0, match.start() - 40) : match.end()]):
            continue
        if _is_no_opening_order(folded, match, printed.end() if printed else match.end()):
            continue
        day = parse_date(printed[0]) if printed else None
        return (
            read(number.rstrip(".,-/")) if number and _looks_like_number(number) else NOT_READ,
            single_day(day) if day and day.year else NOT_READ,
        )
    return NOT_READ, NOT_READ


def _is_no_opening_order(folded: str, match: re.Match[str], end: int) -> bool:
    before, after = folded[max(0, match.start() - 60) : match.start()], folded[end : end + 300]
    own = folded[max(0, match.start() - 40) : end].rpartition(". ")[2]
    if _CHANGED_BY.search(before) or _OF_A_CHANGE.search(own) or _GENERAL.search(after):
        return True
    change = _THEN_CHANGES.search(after)
    return change is not None and not _OPENS_IT.search(change[0])


def _looks_like_number(number: str) -> bool:
    return any(letter.isdigit() for letter in number) or "/" in number
