"""When somebody was born: "née le 12/03/1985", "date de naissance : 12 mars 1985"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, accepted, detector

_MONTH = (
    r"(?:janv(?:ier|\.)?|f[ée]v(?:r(?:ier|\.)?|\.)?|mars|avr(?:il|\.)?|mai|juin|juil(?:let|\.)?|ao[ûu]t|sept(?:embre|\.)?"
    r"|oct(?:obre|\.)?|nov(?:embre|\.)?|d[ée]c(?:embre|\.)?)"
)
_YEAR = r"(?:1[89]|20)\d{2}"
_DATE = (
    rf"(?:\d{{1,2}}(?:er)?\s?{_MONTH}\s?{_YEAR}|\d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?(?:{_YEAR}|\d{{2}})|{_YEAR}[./-]\d{{2}}[./-]\d{{2}}"
    rf"|\d{{2}}\s\d{{2}}\s{_YEAR})(?!\d)"
)
_BORN = re.compile(
    rf"\b(?:n[ée]e?s?|n[ée]\(e\)s?|n[ée]·e|naissance|born|d\.?d\.?n\.?)\b[)]?(?P<between>[^.;\n\d]{{0,40}}?)\s?(?P<date>{_DATE})",
    re.IGNORECASE,
)
# "12/03/1985 (date de naissance)": the word comes after.
_DATE_SAID = re.compile(
    rf"(?<!\d)(?P<date>{_DATE})\s?[,(:–-]?\s?(?:date\s(?:et\slieu\s)?de\snaissance|n[ée]\(e\)|naissance\b|d\.?d\.?n\b)",
    re.IGNORECASE,
)
# What is born without being a person. "née de la fusion", "la commune nouvelle, née le 1er janvier 2019".
_THINGS = re.compile(
    r"\b(?:communes?|communaut[ée]s?|intercommunalit[ée]s?|agglom[ée]rations?|m[ée]tropoles?|associations?|syndicats?|soci[ée]t[ée]s?"
    r"|entreprises?|collectivit[ée]s?|collectifs?|f[ée]d[ée]rations?|agences?|labels?|projets?|id[ée]es?|d[ée]marches?|programmes?|r[ée]gions?"
    r"|d[ée]partements?|cantons?|[ée]coles?|universit[ée]s?|instituts?|services?|offices?|[ée]tablissements?|festivals?|r[ée]seaux?|plateformes?"
    r"|sites?|lois?|dispositifs?|epci|epic|sem|spl|sas|sarl|fusion|initiatives?|partenariats?|clubs?|compagnies?|entit[ée]s?|structures?"
    r"|ville|ligne|journal|revue|march[ée]s?|parcs?|r[ée]serves?)\b[^.;]{0,80}$"
)


@detector(
    "date_naissance",
    sieve=r"(?i)(^|[^\pL\d_])(n[ée]e?s?|naissance|born|d\.?d\.?n\.?)[^\pL\d][^.;\n\d]{0,45}\d"
    r"|\d\s?[,(:–-]?\s?(date\s(et\slieu\s)?de\s)?(naissance|n[ée]\(e\)|d\.?d\.?n)",
)
def births(text: str) -> Iterator[Span]:
    """A whole date after "né", "née", "naissance" or "DDN", or before "date de naissance". A municipality or a body is
    born too, and is free."""
    yield from (match.span() for match in accepted(_BORN, text, _is_of_a_person))
    yield from (match.span() for match in _DATE_SAID.finditer(text))


def _is_of_a_person(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 120) : match.start()].lower()
    return not _THINGS.search(before) and not _THINGS.search(match["between"].lower())
