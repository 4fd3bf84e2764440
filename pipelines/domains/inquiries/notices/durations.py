"""The duration that a notice prints: "33 jours consécutifs", "trente deux jours pleins", "quatre semaines".

Belongs here: durations of the inquiry, as opposed to the other numbers of days of a notice (time-limits, posters). Does
not: computing a duration from dates, except to hold it against the printed one.
"""

from __future__ import annotations

import re
from datetime import date

from pipelines.domains.inquiries.notices.pieces import NUMBER_IN_WORDS, number_of
from pipelines.domains.inquiries.notices.reading import NOT_READ, Fact, ambiguous, contradicted, read

_NUMBER = rf"(?:\d{{1,3}}|{NUMBER_IN_WORDS})"
_DURATION = re.compile(
    rf"(?<![\w/.,°-])(?P<number>{_NUMBER})(?:\s*\(\s*(?P<again>{_NUMBER})\s*\))?\s*\)?\s*(?P<unit>jours?|semaines?)(?![a-z])"
    r"(?P<kind>\s+(?:francs?|ouvres?|ouvrables?))?"
)
_ABOUT_INQUIRY = re.compile(
    r"duree|enquete(?:\s+\w+){0,2}\s+de\s*$|durant|dure(?:ra)?\b|pendants?|\bsoit\b|periode|\bpour\b|\btotal\b|\($"
)
_LIMIT_BEFORE = re.compile(
    r"delai|dans\s+les|moins|premiers|\bsous\b|prolong|maxim|minim|superieur|inferieur|affich|chaque|rapport|parution|"
    r"publi(?:e|cation)|suspen|recours|avant|apres|ouvert(?:e|ure)?\s+au\s+public"
)
_LIMIT_AFTER = re.compile(
    r"\s*(?:au\s+(?:moins|plus)|(?:\w+\s+)?avant|(?:\w+\s+)?apres|suivant|maxim|minim|supplementaire|de\s+retard|"
    r"a\s+compter\s+de\s+(?:la\s+(?:cloture|reception|publication|notification|remise)|sa))"
)


def read_duration(text: str, opening: str | None, closing: str | None) -> Fact:
    """The printed duration in days, both ends counted; `opening` and `closing` (ISO dates) are compared with it.

    Weeks count as seven days and leave open whether the last day is one more: they are read as seven times their number
    only where the dates settle it, or deny both.
    """
    durations = {
        number for match in _DURATION.finditer(text) if _is_duration(match, text) for number in _numbers(match)
    }
    if len(durations) != 1:
        return ambiguous(*sorted({str(days) for days, _ in durations})) if durations else NOT_READ
    days, weeks = next(iter(durations))
    count = None
    if opening and closing:
        count = (date.fromisoformat(closing) - date.fromisoformat(opening)).days + 1
    if weeks and (count is None or count == days + 1):
        return ambiguous(str(days), str(days + 1))
    if count is None or count == days:
        return read(str(days))
    return contradicted(str(days), f"{closing} − {opening} + 1 = {count} jours")


def _is_duration(match: re.Match[str], text: str) -> bool:
    before = text[max(0, match.start() - 45) : match.start()]
    near = re.split(r"[.;]\s", before)[-1]
    lead = _ABOUT_INQUIRY.search(near)
    if _LIMIT_AFTER.match(text, match.end()) or match["kind"]:
        return False
    if lead is None and not re.match(r"\s*(?:pleins?|consecuti)", text[match.end() :]):
        return False
    return not _LIMIT_BEFORE.search(near)


def _numbers(match: re.Match[str]) -> list[tuple[int, bool]]:
    """(days, whether printed in weeks), once for each way in which the number is printed."""
    weeks = match["unit"].startswith("semaine")
    printed = [number_of(text) for text in (match["number"], match["again"]) if text]
    return [(number * 7 if weeks else number, weeks) for number in printed]
