"""The period of an inquiry in a notice: opening, closing, hours, closing before an extension.

Belongs here: the sentences that announce a period ("du … au …", "ouverte le … close le …"), and those that look like it
and are not. Does not: the year of a date (`years.py`). Whatever is not certain is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipelines.domains.inquiries.notices.pieces import BARE_DAY, DATE, HOUR, parse_date, parse_hour
from pipelines.domains.inquiries.notices.reading import NOT_READ, Fact, Status, ambiguous, contradicted, read
from pipelines.domains.inquiries.notices.years import period, single_day

_INCLUDED = r"(?:\s*,?\s*\(?(?:inclus(?:e|ivement)?|compris(?:e)?)\)?)?"
_HOUR_LEAD = r"(?:\s*[,-])?\s*\(?\s*(?:jusqu'?\s*)?(?:a\s+partir\s+de\s+|a\s+compter\s+de\s+|des\s+|a\s+|,\s*)?"
# What follows an hour that belongs to the date; a second hour would make it the hours of every day.
_HOUR_END = rf"\s*\)?(?!\s*(?:-|a|/|et)\s*{HOUR})"
_LINK = r"\s*[,-]?\s*(?:et\s+)?(?:jusqu'?\s*)?au\s*"
_OPENING_TAIL = rf"{_INCLUDED}(?:(?:\s*[,(-]\s*ouverture)?{_HOUR_LEAD}(?P<opening_hour>{HOUR}){_HOUR_END})?{_INCLUDED}"
_CLOSING_TAIL = rf"{_INCLUDED}(?:(?:\s*[,(-]\s*cloture)?{_HOUR_LEAD}(?P<closing_hour>{HOUR}){_HOUR_END})?"
_FROM_TO = re.compile(
    rf"(?P<opening>{DATE}|{BARE_DAY}){_OPENING_TAIL}(?:{_LINK}|\s+et\s+(?P<between>le)\s+)(?P<closing>{DATE}){_CLOSING_TAIL}"
)
_EXTENDED = re.compile(
    rf"(?:prolonge|proroge|rallonge|etendue?)\w*[^.;]{{0,60}}?jusqu'?\s*au\s+(?P<closing>{DATE}){_CLOSING_TAIL}"
)
_EXTENSION = re.compile(
    r"\b(?:prolong|prorog|rallong)(?!ation\s+eventuelle)\w*|(?:cloture|\bfin|enquete)\b[^.;]{0,60}?\s(?:report|etend|repouss)\w*"
)
_MAYBE = re.compile(
    r"(?:peut|pourra|pourrait|susceptible|eventuel\w*|sauf|possib\w*|decider|cas)\W(?:[^.;]{0,60})$|\b(?:pas|aucune|sans|non)\s+(?:etre\s+|ete\s+)?$"
)
_OPENS = re.compile(
    rf"(?:date\s+d'?\s*ouverture|\bouverture|\bouverte?|s'ouvrira|debutera|commencera|\bdebut|"
    rf"a\s+(?:debute|commence)|s'est\s+ouverte)\b(?P<gap>[^\d.;]{{0,50}}?)"
    rf"(?P<opening>{DATE}){_OPENING_TAIL}"
)
_CLOSES = re.compile(
    rf"(?:date\s+de\s+(?:cloture|fermeture|fin)|\bcloture|\bclose|s'achevera|se\s+terminera|prendra\s+fin|"
    rf"s'est\s+(?:achevee|terminee|close)|a\s+pris\s+fin|\bfin)\b"
    rf"(?P<gap>[^\d.;]{{0,50}}?)(?P<closing>{DATE}){_CLOSING_TAIL}"
)
# "C'est le 2 novembre 2011 que l'enquête a débuté": the date comes first.
_OF_THE_INQUIRY = r"\s+que\s+(?:l'|cette\s+|ladite\s+)enquete(?:\s+publique)?\s+"
_OPENED_ON = re.compile(
    rf"c'est\s+(?:le\s+)?(?P<opening>{DATE}){_OPENING_TAIL}{_OF_THE_INQUIRY}"
    r"(?:a\s+(?:debute|commence|ete\s+ouverte)|s'est\s+ouverte)(?P<gap>)"
)
_CLOSED_ON = re.compile(
    rf"c'est\s+(?:le\s+)?(?P<closing>{DATE}){_CLOSING_TAIL}{_OF_THE_INQUIRY}"
    r"(?:a\s+(?:pris\s+fin|ete\s+close)|s'est\s+(?:achevee|terminee|close))(?P<gap>)"
)
# "ouverte pour une durée de 30 jours à compter du 1er mars", and the closing that may follow: "soit jusqu'au …".
_OPENS_FOR = re.compile(
    rf"\bouverte?\b[^.;\d]{{0,40}}?\b\d{{1,3}}\s+jours\b[^.;\d]{{0,40}}?\ba\s+(?:compter|partir)\s+du\s+(?P<gap>)"
    rf"(?P<opening>{DATE}){_OPENING_TAIL}"
)
_UNTIL = re.compile(rf"(?P<gap>[^.;/]{{0,90}}?)\bjusqu'?\s*au\s+(?P<closing>{DATE}){_CLOSING_TAIL}")
_UNTIL_OF_ELSE = re.compile(r"dossier|observation|consult|registre|depos|affich|contribu|courri|\d{4}")
# The hour of the closing distinguished from its date.
_CLOSING_HOUR = re.compile(
    rf"\b(?:cloture|fermeture)(?:\s+(?:de\s+l'enquete(?:\s+publique)?|des?\s+registres?|du\s+registre))?\s*:?\s+"
    rf"a\s+(?P<hour>{HOUR}){_HOUR_END}"
)
# The period before an extension: "initialement prévue (du … au | jusqu'au) …".
_PLANNED = re.compile(
    rf"\b(?:initialement|d'abord|primitivement)\s+(?:prevue?|fixee?|annoncee?|programmee?)\s+(?:du\s+(?P<opening>{DATE}|{BARE_DAY})"
    rf"{_OPENING_TAIL}\s+)?(?:jusqu'?\s*)?au\s+(?P<closing>{DATE}){_CLOSING_TAIL}"
)
# Hours of another place than the seat, for a seat overseas: the local ones are kept, or none.
_PARIS_TIME = re.compile(r"heures?\s+(?:de\s+)?(?:(?:la\s+)?metropole|paris|francaise|metropolitaine)")
# Periods of something else than the inquiry, by the words between "enquête" (or the sentence's start) and the dates.
_SOMETHING_ELSE = re.compile(
    r"affich|rapport|conclusions|permanence|concertation|suspen|repren|\breprise|ferme[es]|conges|vacances|"
    r"reunion\s+(?:publique|d')|exposition|inscription|initialement|au\s+lieu|devait|annule|reporte|mise?\s+en\s+ligne|"
    r"debat\s|publie|electoral|rectifi|erron|prolong|travaux\s+(?:se|du|aur|commenc|debut|dur)|"
    r"conseil\s+\w+\s+du|chantier|festival|circulation|\bn(?:e\s|')[^.;]{0,25}\bpas\b|"
    # Procedures of their own (environment code, L. 123-19; town planning code, L. 153-47).
    r"participation\s+(?:du\s+public\s+)?par\s+voie\s+electronique|mise\s+a\s+(?:la\s+)?disposition"
)
_OTHER_INQUIRY = re.compile(r"(?:precedent|premiere|ancienne|autre|derniere)\w*\s*$")
# "Report de l'enquête du …", "ANNULÉ – Enquête du …": those are not the dates on which it took place.
_CALLED_OFF_BEFORE = re.compile(
    r"\b(?:annul(?:ee?|ation)|report(?:ee?)?|ajourn\w+|suspension)\b\W*(?:de\s+(?:l'|cette\s+|la\s+presente\s+))?$"
)
_NOT_A_LABEL = re.compile(r"arrete|decision|\bavis|\bplis?\b|offre|heures?\s+d'?\s*$|horaires?")
_CALLED_OFF = re.compile(
    r"^(?![^.;]{0,60}\b(?:permanence|reunion))[^.;]{0,60}?(?:(?:est|a\s+ete|sera|sont|ont\s+ete)\s+(?:annule|reporte|suspendu|ajourne|interrompu)|n'aura\s+pas)"
    r"|^\W{0,4}(?:annule|reporte|ajourne)e?s?\b"
)


@dataclass(frozen=True)
class Period:
    """What a text says of the period; `spans` are the places of the text that said it."""

    opening_date: Fact = NOT_READ
    opening_hour: Fact = NOT_READ
    closing_date: Fact = NOT_READ
    closing_hour: Fact = NOT_READ
    initial_closing_date: Fact = NOT_READ
    spans: tuple[tuple[int, int], ...] = ()


def read_period(text: str, years: Iterable[int]) -> Period:
    """The period of a folded text. `years`: those in which the context lets the inquiry open."""
    matches = [match for match in _FROM_TO.finditer(text) if _is_period(match, text)]
    about = [match for match in matches if _is_about_inquiry(match, text)]
    # Where some announcements name the inquiry, those that do not may be of anything.
    about = [match for match in about if "enquete" in _clause_before(text, match.start())[1]] or about
    others = tuple(match.span() for match in matches if match not in about)
    if about:
        found = _agreed([_from_match(match, years) for match in about])
        after = max(match.end() for match in about)
    else:
        # Dates that were set aside (called off, of a poster…) must not come back as those of the inquiry.
        found, after = (Period() if matches else _from_labels(text, years)), 0
    if _PARIS_TIME.search(text):
        found = replace(found, opening_hour=NOT_READ, closing_hour=NOT_READ)
    found = replace(found, spans=(*found.spans, *others))
    return _with_extension(_with_closing_hour(found, text), text, after, years)


def _with_closing_hour(found: Period, text: str) -> Period:
    """The hour of the closing where it is apart from the date ("clôture à 19h00"), if there is only one."""
    if found.closing_hour.status is not Status.UNREAD or found.closing_date.value is None or _PARIS_TIME.search(text):
        return found
    hours = {match["hour"] for match in _CLOSING_HOUR.finditer(text)}
    return replace(found, closing_hour=_hour(hours.pop())) if len(hours) == 1 else found


def _is_period(match: re.Match[str], text: str) -> bool:
    """ "et le" joins two ends only after "entre le"."""
    return not match["between"] or text[: match.start()].rstrip().endswith("entre le")


def _clause_before(text: str, position: int) -> tuple[str, str]:
    """What is in the sentence before a position: up to its last "enquête", and from there on."""
    start = max((end.end() for end in re.finditer(r"[.;!?]\s(?!\d)", text[:position])), default=0)
    before = text[start:position]
    cut = max((word.start() for word in re.finditer(r"\benquetes?\b", before)), default=0)
    return before[:cut], before[cut:]


def _is_about_inquiry(match: re.Match[str], text: str) -> bool:
    head, clause = _clause_before(text, match.start())
    if _OTHER_INQUIRY.search(head) or _CALLED_OFF_BEFORE.search(head) or _SOMETHING_ELSE.search(clause):
        return False
    return not _CALLED_OFF.match(text[match.end() :])


def _from_match(match: re.Match[str], years: Iterable[int]) -> Period:
    opening, closing = parse_date(match["opening"]), parse_date(match["closing"])
    if opening is None or closing is None:
        return Period(spans=(match.span(),))
    first, last = period(opening, closing, years)
    return Period(first, _hour(match["opening_hour"]), last, _hour(match["closing_hour"]), spans=(match.span(),))


def _hour(printed: str | None) -> Fact:
    if printed is None:
        return NOT_READ
    value = parse_hour(printed)
    return read(value) if value else contradicted(None, f"« {printed.strip()} » n'est pas une heure")


def _agreed(found: Sequence[Period]) -> Period:
    """What several announcements of a period say together: their one value, or all of them as candidates."""
    values = {
        name: _one([getattr(item, name) for item in found]) for name in Period.__dataclass_fields__ if name != "spans"
    }
    return Period(**values, spans=tuple(span for item in found for span in item.spans))


def _one(facts: Sequence[Fact]) -> Fact:
    read = [fact for fact in facts if fact.status is not Status.UNREAD]
    values = sorted({fact.value for fact in read if fact.value})
    if len(values) > 1:
        return ambiguous(*values)
    valued = [fact for fact in read if fact.value]
    return (valued or read or [NOT_READ])[0]


def _from_labels(text: str, years: Iterable[int]) -> Period:
    """From "date d'ouverture : … ; date de clôture : …" and its like; each end only where exactly one is said."""
    opens = [match for match in _OPENS.finditer(text) if _is_label(match, text)] or list(_OPENED_ON.finditer(text))
    opens = opens or [match for match in _OPENS_FOR.finditer(text) if _is_label(match, text)]
    closes = [match for match in _CLOSES.finditer(text) if _is_label(match, text)] or list(_CLOSED_ON.finditer(text))
    closes = closes or [match for opening in opens if (match := _until(opening, text)) is not None]
    if len(opens) != 1 or len(closes) > 1:
        return Period()
    opening = parse_date(opens[0]["opening"])
    closing = parse_date(closes[0]["closing"]) if closes else None
    if opening is None:
        return Period()
    if closing is None:
        return Period(single_day(opening, years), _hour(opens[0]["opening_hour"]), spans=(opens[0].span(),))
    first, last = period(opening, closing, years)
    hours = _hour(opens[0]["opening_hour"]), _hour(closes[0]["closing_hour"])
    return Period(first, hours[0], last, hours[1], spans=(opens[0].span(), closes[0].span()))


def _until(opening: re.Match[str], text: str) -> re.Match[str] | None:
    """The closing that follows an opening in its own sentence, unless the words between speak of something else."""
    match = _UNTIL.match(text, opening.end())
    if match is None or _UNTIL_OF_ELSE.search(match["gap"]) or _SOMETHING_ELSE.search(match["gap"]):
        return None
    return match


def _is_label(match: re.Match[str], text: str) -> bool:
    head, clause = _clause_before(text, match.start())
    around = clause + match["gap"]
    return not (_OTHER_INQUIRY.search(head) or _SOMETHING_ELSE.search(around) or _NOT_A_LABEL.search(around))


def _with_extension(found: Period, text: str, after: int, years: Iterable[int]) -> Period:
    """The closing after a decided extension; an extension without its new date leaves the closing open."""
    decided = [
        match
        for match in _EXTENSION.finditer(text)
        if not _MAYBE.search(text[max(0, match.start() - 80) : match.start()])
    ]
    if not decided:
        return _with_interruption(found, text)
    extended = _EXTENDED.search(text, decided[0].start())
    printed = parse_date(extended["closing"]) if extended else None
    if extended is not None:
        found = _with_planned(found, text, extended, years)
    known = found.closing_date.value
    if extended is None or printed is None or decided[0].start() < after:
        return replace(found, closing_date=ambiguous(*([known] if known else [])), closing_hour=NOT_READ)
    context = [int(known[:4]), int(known[:4]) + 1] if known else []
    days = [single_day(printed, [year]) for year in context] if printed.year is None else [single_day(printed)]
    values = [fact for fact in days if fact.value and (known is None or known < fact.value)]
    closing = min(values, key=lambda fact: fact.value or "") if values else ambiguous()
    return replace(
        found,
        closing_date=closing,
        closing_hour=_hour(extended["closing_hour"]),
        initial_closing_date=found.closing_date,
        spans=(*found.spans, extended.span()),
    )


def _with_planned(found: Period, text: str, extended: re.Match[str], years: Iterable[int]) -> Period:
    """The period as it was first planned, where the sentence of the extension gives it ("initialement prévue …")."""
    planned = [match for match in _PLANNED.finditer(text) if match.end() <= extended.start()]
    if len(planned) != 1 or found.closing_date.value is not None:
        return found
    match = planned[0]
    closing, last = parse_date(match["closing"]), parse_date(extended["closing"])
    if closing is None or last is None:
        return found
    if closing.year is None and last.year is not None:
        closing = replace(closing, year=last.year)  # compared with the extension, which has to come after it
    spans = (*found.spans, match.span())
    hours = _hour(match["closing_hour"])
    if match["opening"]:
        opening = parse_date(match["opening"])
        if opening is None:
            return found
        first, end = period(opening, closing, years)
        hour = _hour(match["opening_hour"])
        return replace(found, opening_date=first, opening_hour=hour, closing_date=end, closing_hour=hours, spans=spans)
    return replace(found, closing_date=single_day(closing, years), closing_hour=hours, spans=spans)


def _with_interruption(found: Period, text: str) -> Period:
    """A suspension or a resumption moves the closing: it stays open."""
    if re.search(r"\bsuspendue|\breprendra|\breprise\s+de\s+l'enquete", text) and found.closing_date.value:
        return replace(found, closing_date=ambiguous(found.closing_date.value), closing_hour=NOT_READ)
    return found
