"""E-mail addresses and telephone numbers, written plainly or dressed up.

Telephone plans: Arcep's national numbering plan; overseas prefixes +590, +594, +596, +262, +269, +508, +681, +687,
+689."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, accepted, detector, is_of_a_decimal, without_codes

TLD = (
    "fr|com|org|net|eu|info|gouv|re|gp|mq|gf|nc|pf|pm|wf|yt|bzh|paris|alsace|corsica|io|be|ch|lu|de|es|it|uk|us|ca|edu|pro"
    "|biz|asso|coop|me|online|site|tech|dev|app|example|test"
)
_DOT = r"(?:\s*[(\[{<]\s*(?:dot|point|\.)\s*[)\]}>]\s*|\s+(?:dot|point)\s+|\s?\.\s?)"
_SIGN = re.compile(
    r"(?P<plain>@)|\s*@\s*|(?P<said>\s*[(\[{<]\s*(?:at|arr?obase?)\s*[)\]}>]\s*)|\s*[(\[{<]\s*(?:@|at|a|à|arr?obase?|chez)\s*[)\]}>]\s*|\s+(?:at|arr?obase?|chez)\s+"
    r"|(?P<joined>_(?:at|arr?obase?)_)",
    re.IGNORECASE,
)
_APART = re.compile(r"\s{1,3}")
_LOCAL = re.compile(r"[\w.+'-]*\w$")
_QUOTED_LOCAL = re.compile(r"[\"“”][^\"“”\n]{0,60}\w[^\"“”\n]{0,3}[\"“”]$")
_PLAIN_DOMAIN = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}\b")
_DRESSED_DOMAIN = re.compile(rf"[a-z0-9à-ÿ][\w-]*(?:{_DOT}[\w-]+)*?{_DOT}(?:{TLD})\b", re.IGNORECASE)
# "jeanne_at_example.org": nothing between the labels but a dot, tight or in words, or code would be an address.
_JOINED_DOMAIN = re.compile(
    rf"[^\W_][^\W_-]{{0,62}}(?:-[^\W_-]{{1,62}}){{0,5}}(?:(?:\.|_dot_|_point_)[^\W_](?:[^\W_]|-){{0,62}}){{0,3}}?"
    rf"(?:\.|_dot_|_point_)(?:{TLD})(?![^\W_]|-)",
    re.IGNORECASE,
)


@detector(
    "courriel",
    sieve=r"(?i)@|[(\[{<]\s*(at|a|à|arr?obase?|chez)\s*[)\]}>]|\s(at|arr?obase?|chez)\s|_(at|arr?obase?)_",
)
def emails(text: str) -> Iterator[Span]:
    """E-mail addresses: plain, spaced out, quoted, or with `(at)`, `[at]`, `_at_`, `arobase`, `point` in words.

    Where the sign is neither a tight `@` nor "(at)", the last label has to be a usual top-level domain: the label's
    own "5 @" and "4 arobases" are no addresses.
    """
    for sign in _SIGN.finditer(text):
        before = text[max(0, sign.start() - 64) : sign.start()]
        local = _LOCAL.search(before)
        if local is None:
            # "jeanne d"@example.org; the language of a literal in Turtle ("…"@fr) has no dot
            quoted = _QUOTED_LOCAL.search(before) if sign["plain"] else None
            domain = _PLAIN_DOMAIN.match(text, sign.end()) if quoted else None
            if quoted and domain:
                yield sign.start() - len(quoted[0]), domain.end()
            continue
        if sign["joined"]:
            domain = _JOINED_DOMAIN.match(text, sign.end())
            if domain is not None:
                yield sign.start() - len(local[0]), domain.end()
            continue
        domain = _PLAIN_DOMAIN.match(text, sign.end()) if sign["plain"] or sign["said"] else None
        apart = _APART.match(text, sign.end()) if sign["plain"] else None  # "jeanne@ example.org", or on the next line
        domain = domain or _DRESSED_DOMAIN.match(text, apart.end() if apart else sign.end())
        if domain is not None:
            yield sign.start() - len(local[0]), domain.end()


_DOTS = "·•∙⋅・"
_SEPARATOR = rf"[\s.\-–—/_{_DOTS}]{{0,3}}"
_NATIONAL = re.compile(rf"(?<![\w+])(?<!\d[.,/-])\(?0{_SEPARATOR}[1-9]\)?(?:{_SEPARATOR}\d){{8}}(?!\d)")
_IN_BRACKETS = re.compile(r"\(0[1-9]\)\d{8}$")  # with a gap it may be a département and a code: "Nice (06) 20241234"
_ABROAD = re.compile(
    rf"(?:(?<![\w])(?<!\d[.,])00|\+)\s?\(?(?:(?:33|590|594|596|262|269)\)?{_SEPARATOR}(?:\(\s?0\s?\)|0)?(?:{_SEPARATOR}\d){{9}}"
    rf"|(?:508|681|687|689|269|262)\)?{_SEPARATOR}(?:\d{_SEPARATOR}){{5,8}}\d)(?!\d)"
)
# The prefix of France without a sign before it.
_BARE_PREFIX = re.compile(rf"(?<![\w.,/-])33\)?{_SEPARATOR}[67](?:{_SEPARATOR}\d){{8}}(?!\d)")
_ANNOUNCED = re.compile(
    r"\b(?:t[ée]l(?:[ée]phone)?\.?|portable|mobile|gsm|vini)\s*(?:\.|:"
    r"|n°)?\s*(?P<number>0[1-9](?:[\s.]?\d{2}){4}|\d{2}(?:[\s.]?\d{2}){2,3})(?!\s?\d)",
    re.IGNORECASE,
)
# Pairs parted by colons, before hours are blanked: five of them, no more, are no hour and no address of a device.
_COLONS = re.compile(r"(?<![\w.:+-])0[1-9](?::\d{2}){4}(?![\w:]|[.,]\d)")
# A letter O for a zero, in pairs that are all parted: of a mobile number only, as "O3 10 20 30 40" is ozone.
_WITH_LETTERS = re.compile(
    rf"(?<![\w.+-])[0Oo][67](?P<gap>[ .\-–/{_DOTS}])[\dOo]{{2}}(?:(?P=gap)[\dOo]{{2}}){{3}}(?!\w)"
)
# After these words ten digits are a number however they are parted: "06088 07010" without them is two municipalities.
_SAID_TO_BE = re.compile(
    r"\b(?:t[ée]l(?:[ée]phone)?\.?|portable|mobile|gsm|(?:r?appele[rz]|joindre|joignable)(?:-moi)?\s(?:le|au))[ :]{1,3}"
    rf"(?:n°\s?)?(?P<number>[0Oo] ?[1-9](?:[ .\-–/{_DOTS}]?[\dOo]){{8}})(?!\s?[\dOo]|\w)",
    re.IGNORECASE,
)
# Codes of the countries whose numbers are written most in France, and how many digits follow (E.164, national plans).
_COUNTRIES = {
    "1": (10, 10), "7": (10, 10), "20": (9, 10), "27": (9, 9), "30": (10, 10), "31": (9, 9), "32": (8, 9),
    "34": (9, 9), "36": (8, 9), "39": (8, 11), "40": (9, 9), "41": (9, 9), "43": (7, 12), "44": (9, 10),
    "45": (8, 8), "46": (7, 9), "47": (8, 8), "48": (9, 9), "49": (7, 12), "52": (10, 10), "54": (10, 11),
    "55": (10, 11), "61": (9, 9), "81": (9, 10), "84": (9, 10), "86": (10, 11), "90": (10, 10), "91": (10, 10),
    "212": (9, 9), "213": (8, 9), "216": (8, 8), "221": (9, 9), "222": (8, 8), "223": (8, 8), "225": (8, 10),
    "226": (8, 8), "227": (8, 8), "228": (8, 8), "229": (8, 10), "230": (7, 8), "235": (8, 8), "237": (8, 9),
    "241": (7, 8), "242": (9, 9), "243": (9, 9), "261": (9, 10), "352": (6, 9), "351": (9, 9), "353": (7, 9),
    "354": (7, 7), "358": (5, 10), "359": (8, 9), "376": (6, 9), "377": (8, 9), "380": (9, 9), "381": (8, 9),
    "385": (8, 9), "386": (8, 8), "420": (9, 9), "421": (9, 9), "590": (9, 9), "599": (7, 8), "961": (7, 8),
    "972": (8, 9),
}  # fmt: skip
# The other codes: after "+", or where "00" is apart from what follows.
_OTHERS = {
    "51": (9, 9), "53": (8, 8), "56": (9, 9), "57": (10, 10), "58": (10, 10), "60": (8, 10), "62": (8, 12),
    "63": (8, 10), "64": (8, 10), "65": (8, 8), "66": (8, 9), "82": (8, 10), "92": (9, 10), "93": (9, 9),
    "94": (9, 9), "95": (8, 10), "98": (10, 10), "211": (9, 9), "218": (8, 9), "220": (7, 7), "224": (8, 9),
    "231": (7, 9), "232": (8, 8), "233": (9, 9), "234": (8, 10), "236": (8, 8), "238": (7, 7), "239": (7, 7),
    "240": (9, 9), "244": (9, 9), "245": (7, 9), "248": (7, 7), "249": (9, 9), "250": (9, 9), "251": (9, 9),
    "252": (7, 9), "253": (8, 8), "254": (9, 9), "255": (9, 9), "256": (9, 9), "257": (8, 8), "258": (8, 9),
    "260": (9, 9), "263": (9, 9), "264": (8, 9), "265": (7, 9), "266": (8, 8), "267": (7, 8), "268": (8, 8),
    "269": (7, 7), "291": (7, 7), "297": (7, 7), "298": (6, 6), "299": (6, 6), "350": (8, 8), "355": (8, 9),
    "356": (8, 8), "357": (8, 8), "370": (8, 8), "371": (8, 8), "372": (7, 8), "373": (8, 8), "374": (8, 8),
    "375": (9, 9), "378": (6, 10), "382": (8, 8), "383": (8, 8), "387": (8, 9), "389": (8, 8), "421": (9, 9),
    "423": (7, 9), "501": (7, 7), "502": (8, 8), "503": (8, 8), "504": (8, 8), "505": (8, 8), "506": (8, 8),
    "507": (7, 8), "509": (8, 8), "591": (8, 8), "592": (7, 7), "593": (8, 9), "595": (8, 9), "597": (6, 7),
    "598": (8, 8), "670": (7, 8), "673": (7, 7), "675": (7, 8), "678": (7, 7), "679": (7, 7), "850": (8, 10),
    "852": (8, 8), "853": (8, 8), "855": (8, 9), "856": (8, 10), "880": (8, 10), "886": (8, 9), "960": (7, 7),
    "962": (8, 9), "963": (8, 9), "964": (8, 10), "965": (7, 8), "966": (8, 9), "967": (7, 9), "968": (8, 8),
    "970": (8, 9), "971": (8, 9), "973": (8, 8), "974": (8, 8), "975": (7, 8), "976": (8, 8), "977": (8, 10),
    "992": (9, 9), "993": (8, 8), "994": (9, 9), "995": (9, 9), "996": (9, 9), "998": (9, 9),
}  # fmt: skip
_ALL = {**_OTHERS, **_COUNTRIES}
_MEASURED = re.compile(r"\s?(?:[kM]?€|euros?\b|EUR\b|%|hab|m²|m2\b|m³|ha\b|km|tonnes?\b|kW|MW|GW)")
_FOREIGN = re.compile(
    r"(?:(?<![\w+])\+|(?<![\w.,+-])00[ .]?(?=[1-9]))(?P<number>\d(?:[ \u00a0\u202f.\-–/()]{0,3}\d){6,14})(?!\d)"
)
_AMOUNT = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+")
_NO_NUMBER = r"(?!0[1-9](?:[\s.\-/]?\d{2}){4}(?!\d))"  # "n° 12 : 06 12 34 56 78": after the sign a number is no minute
_CALENDAR = re.compile(  # the digit is before what looks behind it, so that only digits are tried
    r"\d(?<!\d\d)(?:\d{3}-\d{2}-\d{2}|\d?([/.-])\d{1,2}\1(?:19|20)\d{2}"
    rf"|\d?\s?[hH:]\s?{_NO_NUMBER}\d{{2}})(?!\d)"
)
_ANNOUNCING = ("tel", "tél", "portable", "mobile", "gsm", "vini")
_SAYING = (*_ANNOUNCING, "appele", "joindre", "joignable")
_GROUPS = re.compile(r"\d+")
_SERVICES = ("080", "081", "082", "089")  # Arcep: special numbers, of services only


_GAP = rf"[\s.\-–—/_(){_DOTS}]*"


@detector(
    "telephone",
    # As many digits as the shortest number has, and no zero where none can be: most identifiers stay outside.
    sieve=rf"(?i)\+({_GAP}\d){{8}}|\b00{_GAP}[1-9]({_GAP}\d){{7}}|\b0{_GAP}[1-9]({_GAP}\d){{8}}"
    rf"|\b33{_GAP}[67]({_GAP}\d){{8}}"
    rf"|\b0[1-9](:\d\d){{4}}|\b[0o][67]([\s.\-–/{_DOTS}][\do]{{2}}){{4}}"
    rf"|(t[ée]l([ée]phone)?\.?|portable|mobile|gsm|appele[rz]|joindre|joignable)(-moi)?(\s(le|au))?[\s:]{{1,3}}(n°\s?)?"
    rf"[0o]([\s.\-–/{_DOTS}]?[\do]){{9}}"
    r"|(t[ée]l([ée]phone)?\.?|portable|mobile|gsm|vini)\s*(\.|:|n°)?\s*\d\d",
)
def phones(text: str) -> Iterator[Span]:
    """Telephone numbers, national (ten digits from 0) or with a country prefix, whatever is between the digits.

    Random identifiers, dates and hours are blanked first; digits in groups of five or more are codes, unless the number
    is in one piece.
    """
    blanked = _CALENDAR.sub(lambda match: "#" * len(match[0]), without_codes(text))
    if any(prefix in blanked for prefix in ("+", "00", "33")):
        yield from (match.span() for match in _ABROAD.finditer(blanked))
        yield from (match.span() for match in _BARE_PREFIX.finditer(blanked) if not is_of_a_decimal(match))
        yield from (match.span() for match in accepted(_FOREIGN, blanked, _is_foreign))
    yield from (match.span() for match in accepted(_NATIONAL, blanked, _is_national))
    yield from (match.span() for match in _COLONS.finditer(text) if _is_no_service(match[0]))
    yield from (match.span() for match in _WITH_LETTERS.finditer(text) if "O" in match[0].upper())
    lower = blanked.lower()
    for match in _SAID_TO_BE.finditer(text) if any(word in lower for word in _SAYING) else ():
        if _is_no_service(match["number"]):
            yield match.span("number")
    for match in _ANNOUNCED.finditer(blanked) if any(word in lower for word in _ANNOUNCING) else ():
        yield match.span("number")


def _is_national(match: re.Match[str]) -> bool:
    """Whether ten digits are written as a number is: in one piece, or in groups of four or less; and are not those of a
    service, which nobody is called at ("0 800 …", "0 825 …")."""
    groups = _GROUPS.findall(match[0])
    if "".join(groups).startswith(_SERVICES):
        return False
    sizes = [len(group) for group in groups]
    text = match.string
    is_glued = text[match.end() : match.end() + 1].isalpha() or text[max(0, match.start() - 1)] in "-_"
    is_bracketed = _IN_BRACKETS.match(match[0]) is not None
    return ((sizes == [10] or is_bracketed) and not is_glued) or max(sizes) <= 4


def _is_no_service(written: str) -> bool:
    digits = re.sub(r"\D", "", written.replace("O", "0").replace("o", "0"))
    return digits[1] != "0" and not digits.startswith(_SERVICES)


def _is_foreign(match: re.Match[str]) -> bool:
    """Whether digits after "+" or "00" are a number of another country: a known code, as many digits as its plan has.

    "+12 500 habitants" and "+1 234 567 890" are amounts; zeros in front of a code without any gap pad it."""
    written = match["number"]
    digits = re.sub(r"\(\s?0\s?\)|\D", "", written)  # "+41 (0)79": what is dialled at home only
    is_in_one_piece = written == digits
    if match[0].startswith("0") and is_in_one_piece and len(digits) > 11:
        return False
    if len(digits) < 11 and _AMOUNT.fullmatch(written):
        return False
    plans = _COUNTRIES
    is_padded = match[0].startswith("0") and is_in_one_piece
    is_measured = _AMOUNT.fullmatch(written) and _MEASURED.match(match.string, match.end())
    if not is_padded and not is_measured:
        plans = _ALL
    return any(
        least <= len(digits) - len(code) <= most
        for size in (1, 2, 3)
        for code in (digits[:size],)
        for least, most in (plans.get(code, (99, 0)),)
    )
