"""Precise positions, which are where somebody lives unless the allow list says what they are of: degrees, metres of a
French projection, plus codes, grids.

Belongs here: the ways in which one text writes a point. Does not: postal addresses (`places.py`), points cut into two
columns (`columns.py`).

About a metre is precise: five decimals of a degree, or a metre of a projection that is not rounded to hundreds. A plus
code of ten digits is a square of 14 metres, which is a house.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, accepted, detector
from pipelines.privacy.detectors.places import LIVES

_NUMBER = r"[-+]?\d{1,3}[.,]\d{5,}"
_PAIR = re.compile(
    rf"(?:(?<![\w.,])|(?<=[NSEOW])(?<![\w.,][NSEOW]))(?P<one>{_NUMBER})\s*°?\s*(?P<after>[NSEOW])?\s*[,;/ |]\s*"
    rf"(?P<before>[NSEOW])?\s?(?P<two>{_NUMBER})(?:\s?°?\s?[NSEOW]\b|(?!\w|\.\d))"
)
_LABELLED = re.compile(rf"\bm?(?:lat(?:itude)?|lon(?:g(?:itude)?)?|lng)\b\W{{0,3}}(?P<value>{_NUMBER})", re.IGNORECASE)
_SEXAGESIMAL = re.compile(
    r"\d{1,3}\s?°\s?(?:\d{1,2}\s?['’′]\s?\d{1,2}(?:[.,]\d{1,9})?\s?(?:\"|''|″|”)?|\d{1,2}[.,]\d{3,9}\s?['’′]?)\s?[NSEOW]\b"
)
# Latitude and longitude of the metropole, the Antilles and Guiana, Reunion and Mayotte, the Pacific, Saint-Pierre.
_FRANCE = (
    (41, 51.5, -5.5, 10), (2, 18.5, -63.5, -51), (-22, -12, 44, 56), (-28, -7, -180, -134), (-23, -13, 158, 180),
    (46, 47.5, -57, -55.5),
)  # fmt: skip

# Metres to the east and to the north: Lambert-93 (EPSG:2154), UTM of Reunion, Mayotte and the Antilles (2975, 4471,
# 5490). Amounts and identifiers are seldom in these.
_PROJECTED = (
    (90_000, 1_260_000, 6_030_000, 7_120_000), (310_000, 385_000, 7_630_000, 7_700_000),
    (495_000, 545_000, 8_550_000, 8_620_000), (440_000, 760_000, 1_580_000, 2_020_000),
)  # fmt: skip
# Lambert II extended (27572) and UTM of Guiana (2972): numbers as amounts are, so only where "X =" says what they are.
_PROJECTED_IF_SAID = ((40_000, 1_210_000, 1_610_000, 2_690_000), (100_000, 490_000, 230_000, 640_000))
_METRES = r"(?:\d{1,2} ?)?\d{3} ?\d{3}(?:[.,]\d{1,9})?"
_PROJECTED_PAIR = re.compile(
    rf"(?<![\w.,/-])(?P<said>(?:[XYENxyen]|est|nord)\s?[=:]\s?)?(?<!\d )(?P<one>{_METRES})\s?m?\s?[,;/| )]\s?[(|]?\s?"
    rf"(?:et\s)?(?:(?:[XYENxyen]|est|nord)\s?[=:]?\s?)?(?P<two>{_METRES})"
    r"(?![\w€%]|[ .,]\d|\s?(?:€|euros?\b|%|habitants|ha\b))"
)
_BEFORE_A_POINT = re.compile(r"\W*(?:SRID=\d{1,5};)?\W*(?:POINT)?\W*", re.IGNORECASE)
_AFTER_A_POINT = re.compile(r"\s?m?\W*")

_CODE = "23456789CFGHJMPQRVWX"
_PLUS_CODE = re.compile(
    rf"(?<![\w+/=-])(?:(?P<full>[2-9C][2-9CFGHJMPQRV][{_CODE}]{{6}})|(?P<short>[{_CODE}]{{2,6}}))\+(?P<rest>[{_CODE}]{{2,7}})(?![\w+/=])",
    re.IGNORECASE,
)
_TOWN_AFTER = re.compile(r"\s?,?\s?(?-i:[A-ZÀ-ÖØ-ÞŒ])[\w'’-]{2}")
_THREE_WORDS = re.compile(
    r"(?:(?<![\w:/])///|\b(?:what3words|w3w)(?:\.com/|\s?[:=]?\s?/{0,3}))[^\W\d_]{2,30}(?:\.[^\W\d_]{2,30}){2}(?!\w|\.\w)",
    re.IGNORECASE,
)
# Zones and bands of UTM that France is in; squares of ten metres or less.
_GRID = re.compile(
    r"(?<!\w)(?:(?:29|3[0-2])[TU]|20[PQ]|2[12]N|38[KL]|40K|5[78]K|[5-8][K-M]|21[TU])\s?[A-HJ-NP-Z]{2}\s?(?:\d{4}\s?\d{4}|\d{5}\s?\d{5})(?!\w)"
)
_GEOHASH = re.compile(r"\bgeohash\b\W{0,3}[0-9b-hjkmnp-z]{8,12}\b", re.IGNORECASE)


def in_france(latitude: float, longitude: float) -> bool:
    """Whether a point (decimal degrees, WGS 84) is in the rectangle of some part of France."""
    return any(south <= latitude <= north and west <= longitude <= east for south, north, west, east in _FRANCE)


def is_projected(one: str, two: str, *, is_said: bool) -> bool:
    """Whether two written numbers are metres of a French projection, in either order, and not rounded to hundreds.

    `is_said`: whether something says that they are coordinates, so that projections count whose numbers are common."""
    numbers = [float(number.replace(" ", "").replace(",", ".")) for number in (one, two)]
    if all(number % 100 == 0 for number in numbers):
        return False
    areas = (*_PROJECTED, *_PROJECTED_IF_SAID) if is_said else _PROJECTED
    return any(
        west <= east_of <= east and south <= north_of <= north
        for east_of, north_of in (numbers, reversed(numbers))
        for west, east, south, north in areas
    )


def _is_in_france(match: re.Match[str]) -> bool:
    one, two = (float(match[name].replace(",", ".")) for name in ("one", "two"))
    said = match["after"] or match["before"]  # with the letters of the compass "61.53" may be west of Greenwich
    signs = ((1, 1), (1, -1), (-1, 1), (-1, -1)) if said else ((1, 1),)
    return any(in_france(one * a, two * b) or in_france(two * b, one * a) for a, b in signs)


def _is_a_home(match: re.Match[str]) -> bool:
    """Whether metres are a precise point: parts of a metre, all that is written, or where somebody lives. A project's
    point is told in whole metres after the name of its projection ("Coordonnées Lambert 93 : X = …")."""
    text, start = match.string, match.start()
    if not is_projected(match["one"], match["two"], is_said=bool(match["said"])):
        return False
    has_parts = all("." in match[name] or "," in match[name] for name in ("one", "two"))
    is_whole = _BEFORE_A_POINT.fullmatch(text[:start][-60:]) and _AFTER_A_POINT.fullmatch(text[match.end() :][:60])
    return has_parts or bool(is_whole) or bool(LIVES.search(text[max(0, start - 120) : start].lower()))


def _is_a_house(match: re.Match[str]) -> bool:
    """Whether a plus code is of ten digits or more and in France; one without its first digits needs a town beside
    it."""
    digits = (match["full"] or match["short"]).upper()
    if match["full"]:
        latitude, longitude = _corner(digits)
        return in_france(latitude + 0.0005, longitude + 0.0005)
    written = digits + match["rest"].upper()
    is_mixed = any(sign.isdigit() for sign in written) and any(sign.isalpha() for sign in written)
    text, end = match.string, match.end()
    is_whole = not text[: match.start()].strip() and not text[end:].strip(" .")
    return len(digits) == 4 and is_mixed and (is_whole or bool(_TOWN_AFTER.match(text, end)))


def _corner(digits: str) -> tuple[float, float]:
    """The south-west corner of the square of a plus code's first eight digits (Open Location Code, by Google)."""
    places = [_CODE.index(digit) for digit in digits]
    sizes = (20.0, 1.0, 0.05, 0.0025)
    latitude = sum(place * size for place, size in zip(places[::2], sizes, strict=True)) - 90
    longitude = sum(place * size for place, size in zip(places[1::2], sizes, strict=True)) - 180
    return latitude, longitude


_MILLIONS = r"0?[1-8] ?\d{3} ?\d{3}"
_BETWEEN = r"([.,]\d{1,9})?\s?m?\s?[,;/| )]\s?[(|]?\s?(et\s)?(([xyen]|est|nord)\s?[=:]?\s?)?"
"""What is between two numbers of metres, for the sieve."""


@detector(
    "coordonnees",
    sieve=r"(?i)\d[.,]\d{5,}\s*°?\s*[NSEOW]?\s*[,;/ |]\s*([NSEOW]\s?)?[-+]?\d{1,3}[.,]\d{5}|(lat|lon"
    r"|lng)[a-z]*\W{0,3}[-+]?\d{1,3}[.,]\d{5}|\d\s?°\s?\d{1,2}(\s?['’′]|[.,]\d{3})"
    # Of two numbers of metres the one to the north has seven digits, unless something says that they are coordinates.
    # Each begins a word: within identifiers of digits and letters there would be too much to keep in mind.
    rf"|\b{_MILLIONS}{_BETWEEN}\d{{3}}|\b(\d{{1,2}} ?)?\d{{3}} ?\d{{3}}{_BETWEEN}{_MILLIONS}"
    rf"|\b([xyen]|est|nord)\s?[=:]\s?(\d{{1,2}} ?)?\d{{3}} ?\d{{3}}{_BETWEEN}\d"
    rf"|\b([{_CODE}]{{4}}){{1,2}}\+[{_CODE}]{{2}}"
    r"|///[^\W\d_]|(what3words|w3w).{0,8}\pL"
    r"|\b\d{1,2}[c-x]\s?[a-z]{2}\s?\d{4,5}\s?\d{4}|geohash",
)
def precise_positions(text: str) -> Iterator[Span]:
    """A point of France to about one metre: decimal degrees in either order, degrees and minutes, metres of a
    projection; or a code of a point: plus code, three words, military grid, geohash."""
    yield from (match.span() for match in accepted(_PAIR, text, _is_in_france))
    yield from (match.span() for match in accepted(_PROJECTED_PAIR, text, _is_a_home))
    yield from (match.span() for match in accepted(_PLUS_CODE, text, _is_a_house) if "+" in text)
    for pattern in (_LABELLED, _SEXAGESIMAL, _THREE_WORDS, _GRID, _GEOHASH):
        for match in pattern.finditer(text):
            yield match.span()
