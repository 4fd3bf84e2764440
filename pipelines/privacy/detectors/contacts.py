"""E-mail addresses and telephone numbers, written plainly or dressed up.

Telephone plans: Arcep's national numbering plan; overseas prefixes +590, +594, +596, +262, +269, +508, +681, +687,
+689."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, detector

TLD = (
    "fr|com|org|net|eu|info|gouv|re|gp|mq|gf|nc|pf|pm|wf|yt|bzh|paris|alsace|corsica|io|be|ch|lu|de|es|it|uk|us|ca|edu|pro"
    "|biz|asso|coop|me|online|site|tech|dev|app|example|test"
)
_DOT = r"(?:\s*[(\[{<]\s*(?:dot|point|\.)\s*[)\]}>]\s*|\s+(?:dot|point)\s+|\s?\.\s?)"
_SIGN = re.compile(
    r"(?P<plain>@)|\s*@\s*|\s*[(\[{<]\s*(?:@|at|a|à|arr?obase?|chez)\s*[)\]}>]\s*|\s+(?:at|arr?obase?|chez)\s+",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"[\w.+'-]*\w$")
_PLAIN_DOMAIN = re.compile(r"(?:[a-z0-9à-ÿ][\wà-ÿ-]*\.)+[a-z]{2,}\b", re.IGNORECASE)
_DRESSED_DOMAIN = re.compile(rf"[a-z0-9à-ÿ][\w-]*(?:{_DOT}[\w-]+)*?{_DOT}(?:{TLD})\b", re.IGNORECASE)


@detector("courriel", sieve=r"(?i)@|[(\[{<]\s*(at|a|à|arr?obase?|chez)\s*[)\]}>]|\s(at|arr?obase?|chez)\s")
def emails(text: str) -> Iterator[Span]:
    """E-mail addresses: plain, spaced out, or with `(at)`, `[at]`, `arobase`, `point` in words.

    Where the sign is not a tight `@`, the last label has to be a usual top-level domain: the label's own "5 @" and
    "4 arobases" are no addresses.
    """
    for sign in _SIGN.finditer(text):
        local = _LOCAL.search(text[max(0, sign.start() - 64) : sign.start()])
        if local is None:
            continue
        domain = _PLAIN_DOMAIN.match(text, sign.end()) if sign["plain"] else None
        domain = domain or _DRESSED_DOMAIN.match(text, sign.end())
        if domain is not None:
            yield sign.start() - len(local[0]), domain.end()


_SEPARATOR = r"[\s.\-–—/_]{0,3}"
_NATIONAL = re.compile(rf"(?<![\w+])(?<!\d[.,/-])\(?0{_SEPARATOR}[1-9]\)?(?:{_SEPARATOR}\d){{8}}(?!\d)")
_ABROAD = re.compile(
    rf"(?:(?<![\w])00|\+)\s?(?:(?:33|590|594|596|262|269){_SEPARATOR}(?:\(\s?0\s?\)|0)?(?:{_SEPARATOR}\d){{9}}"
    rf"|(?:508|681|687|689|269|262){_SEPARATOR}(?:\d{_SEPARATOR}){{5,8}}\d)(?!\d)"
    rf"|(?<![\w.,/-])33{_SEPARATOR}[67](?:{_SEPARATOR}\d){{8}}(?!\d)"
)
_ANNOUNCED = re.compile(
    r"\b(?:t[ée]l(?:[ée]phone)?\.?|portable|mobile|gsm|vini)\s*(?:\.|:"
    r"|n°)?\s*(?P<number>\d{2}(?:[\s.]?\d{2}){2,3})(?!\s?\d)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(  # the digit stands before what looks behind it, so that only digits are tried
    r"\d(?<!\d\d)(?:\d{3}-\d{2}-\d{2}|\d?([/.-])\d{1,2}\1(?:19|20)\d{2}|\d?\s?[hH:]\s?\d{2})(?!\d)"
)
_ANNOUNCING = ("tel", "tél", "portable", "mobile", "gsm", "vini")
_GROUPS = re.compile(r"\d+")


@detector(
    "telephone",
    sieve=r"(?i)(\+|\b00|\b0|\(0|\b33)([\s.\-–—/_()]*\d){8}"
    r"|(t[ée]l([ée]phone)?\.?|portable|mobile|gsm|vini)\s*(\.|:|n°)?\s*\d\d",
)
def phones(text: str) -> Iterator[Span]:
    """Telephone numbers, national (ten digits from 0) or with a country prefix, whatever stands between the digits.

    Dates and hours are blanked first; digits in groups of five or more are codes, unless the number is in one piece.
    """
    blanked = _CALENDAR.sub(lambda match: "#" * len(match[0]), text)
    if any(prefix in blanked for prefix in ("+", "00", "33")):
        yield from (match.span() for match in _ABROAD.finditer(blanked))
    for match in _NATIONAL.finditer(blanked):
        sizes = [len(group) for group in _GROUPS.findall(match[0])]
        is_glued = blanked[match.end() : match.end() + 1].isalpha() or blanked[max(0, match.start() - 1)] in "-_"
        if (sizes == [10] and not is_glued) or max(sizes) <= 4:
            yield match.span()
    lower = blanked.lower()
    for match in _ANNOUNCED.finditer(blanked) if any(word in lower for word in _ANNOUNCING) else ():
        yield match.span("number")
