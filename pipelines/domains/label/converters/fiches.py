"""Converters and readings of application sheets: the exchange workbook of the label's platform.

Belongs here: what that workbook does to values (codes that lost their zero, 0/0 coordinates, `<br/>`, two families of
identifiers). Does not: resolving a name, which is the reading `territoire`. Facts: makinacorpus/atlaas, 2014–2015.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from pipelines.core.project import Project
from pipelines.geo.names import strip_accents
from pipelines.mapping.registry import READINGS, Reading, Text, Unreadable, converter, reading
from pipelines.privacy.detectors.positions import in_france

_NUMBER_ID = re.compile(r"([1-9]\d*)(?:\.0)?")
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_INSEE = re.compile(r"(\d{4,5})(?:\.0)?|(2[ABab]\d{3})")
_POSTAL = re.compile(r"(\d{4,5})(?:\.0)?")
_FRENCH_NUMBER = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d+)(?:\.0)?\s*(?:hab\.?|habitants?)?")
_GROUPING = re.compile(r"[ \u00a0\u202f.]")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_INTERCOMMUNAL = re.compile(r"(?:CA|CC|CU|EPT|communauté|métropole|agglomération|syndicat)\b", re.IGNORECASE)
_MAYOR = re.compile(r"(?:(?:m|mme|monsieur|madame)\.? )?(?:l[ea] )?maire(?: d[eu'].+)?")
_ELECTED = re.compile(
    r"\b(?:elue?|(?:maire|president|presidente)[- ]adjointe?|adjointe? (?:au|a la|du) maire|"
    r"conseill(?:er|ere) (?:municipale?|communautaire|departementale?|regionale?)|(?:vice-)?presidente?)\b"
)
_FUNCTIONS = tuple(
    (code, re.compile(rf"\b(?:{words})\b"))
    for code, words in (
        ("correspondant", "correspondante?"),
        ("numerique", "numeriques?|informatiques?|systemes? d'information|dsi|tic|internet|web"),
        ("communication", "communication|webmestre|webmaster"),
        ("direction", "direct(?:eur|rice) general[e]?|dgs|dga|secretaire generale?|secretaire de mairie"),
    )
)
_YES = ("oui", "true", "vrai", "1", "x", "o")
LIMITS = {"latitude": 90, "longitude": 180}
# Observed: ceremonies in November or December of the edition's year up to 2009, in January or February from 2011 on.
LAST_YEAR_END_EDITION = 2009


@converter("identifiant_fiche")
def sheet_identifier(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The identifier of a sheet: a number without ".0", or an MD5 in lower case; `output: famille` says which.

    Raises `Unreadable` for anything else: one column mixes the two families and must not take in a third one unseen.
    """
    text = texts[0]
    if text is None:
        return None
    wants_family = options.get("output") == "famille"
    if _MD5.fullmatch(text):
        return "md5" if wants_family else text.lower()
    if match := _NUMBER_ID.fullmatch(text):
        return "numerique" if wants_family else match[1]
    raise Unreadable("un nombre, ou un MD5 de 32 caractères", "a number, or an MD5 of 32 characters")


@converter("texte_de_fiche")
def sheet_text(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A text with `<br/>` made lines again and HTML entities made letters; blank around lines goes."""
    if texts[0] is None:
        return None
    lines = html.unescape(_BREAK.sub("\n", texts[0])).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).strip() or None


@converter("date_de_fiche")
def sheet_day(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """An ISO date from an ISO date, with or without hours, or from JJ/MM/AAAA. Raises `Unreadable`."""
    day = _day(texts[0])
    return None if day is None else day.isoformat()


@converter("edition_de_fiche")
def sheet_edition(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The edition for which a sheet of that date competes. Raises `Unreadable` for what is no date.

    Inferred, and no more than that: participation runs until November (closed on 10 November 2017 for 2018), and the
    ceremony is held in January or February of the edition's year since 2011, in November or December of it up to 2009.
    So a sheet counts for the next edition when dated up to 30 November, for the one after in December.
    """
    day = _day(texts[0])
    if day is None:
        return None
    call = day.year if day.month <= 11 else day.year + 1
    return str(call if call <= LAST_YEAR_END_EDITION else call + 1)


@converter("collectivite_de_fiche")
def sheet_body(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The body that a place stands for, from (type, name, town): the intercommunal body it names, else its town.

    A place without a town is shown by its name, which is not looked up: a library is no municipality.
    """
    kind, name, town = texts
    return name if _is_intercommunal(kind, name) else town or name


@converter("fonction_de_fiche")
def sheet_function(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The function of a person as a code of the list `fonctions`, from the title entered and the column "elected".

    Whatever is entered, a name too, only a code comes out. A title decides before the column: it is the more exact.
    """
    title, elected = (strip_accents(text or "").casefold().strip() for text in texts)
    if _MAYOR.fullmatch(title):
        return "maire"
    if elected in _YES or _ELECTED.search(title):
        return "elu"
    if not title:
        return "non_precisee"
    return next((code for code, words in _FUNCTIONS if words.search(title)), "autre")


@converter("code_commune")
def municipal_code(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """An official municipal code, its lost leading zero given back (1034 → 01034). Raises `Unreadable`."""
    if texts[0] is None:
        return None
    match = _INSEE.fullmatch(texts[0])
    if match is None:
        raise Unreadable("un code commune de cinq caractères", "a municipal code of five characters")
    return match[2].upper() if match[2] else match[1].zfill(5)


@converter("code_postal")
def postal_code(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A postal code, its lost leading zero given back. Raises `Unreadable`."""
    if texts[0] is None:
        return None
    match = _POSTAL.fullmatch(texts[0])
    if match is None:
        raise Unreadable("un code postal de cinq chiffres", "a postal code of five digits")
    return match[1].zfill(5)


@converter("nombre_francais")
def french_number(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A whole number as the French write it: "12 764 hab." gives 12764. Raises `Unreadable`."""
    if texts[0] is None:
        return None
    match = _FRENCH_NUMBER.fullmatch(texts[0])
    if match is None:
        raise Unreadable("un nombre entier, comme « 12 764 hab. »", 'a whole number, such as "12 764 hab."')
    return str(int(_GROUPING.sub("", match[1])))


@converter("coordonnee")
def coordinate(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The option `axe` (latitude or longitude) of (latitude, longitude), to four decimals; a decimal comma is read.

    Absent when either is, and for 0/0, which is how the platform writes "unknown". Raises `Unreadable` beyond ±90/±180,
    and for a point outside France that is in France once its halves are exchanged, or its longitude is west.
    """
    axis: str = options["axe"]
    if texts[0] is None or texts[1] is None:
        return None
    values = {"latitude": _decimal(texts[0]), "longitude": _decimal(texts[1])}
    if values["latitude"] == 0 == values["longitude"]:
        return None
    if abs(values[axis]) > LIMITS[axis]:
        limit = LIMITS[axis]
        raise Unreadable(f"des degrés de −{limit} à {limit}", f"degrees from −{limit} to {limit}")
    _check_halves(float(values["latitude"]), float(values["longitude"]))
    rounded = values[axis].quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    return format(rounded.normalize() + 0, "f")


def _check_halves(latitude: float, longitude: float) -> None:
    """Raises `Unreadable` where one of two common slips explains why a point is not in France."""
    if in_france(latitude, longitude):
        return
    if in_france(longitude, latitude):
        raise Unreadable(
            "une latitude puis une longitude (échangées, celles-ci sont en France)",
            "a latitude, then a longitude (exchanged, these are in France)",
        )
    if in_france(latitude, -longitude):
        raise Unreadable(
            "une longitude négative à l'ouest (avec l'autre signe, ce point est en France)",
            "a negative longitude in the west (with the other sign, this point is in France)",
        )


@reading("territoire_de_fiche")
def sheet_place(project: Project, options: Mapping[str, Any]) -> Reading:
    """The territory of a sheet's place: the intercommunal body that it names, else the municipality of its code.

    Inputs `type`, `nom`, `ville`, `code`, `code_postal`; outputs as the reading `territoire`. Raises `Unreadable`.
    """
    resolve = READINGS["territoire"](project, {})

    def read(texts: Mapping[str, Text]) -> Mapping[str, Text]:
        code = municipal_code((texts.get("code"),), {})
        if _is_intercommunal(texts.get("type"), texts.get("nom")):
            return resolve({"nom": texts.get("nom"), "nature": "epci", "departement": _departement(code)})
        place = {"nom": texts.get("ville"), "nature": "commune", "code": code}
        return resolve({**place, "code_postal": postal_code((texts.get("code_postal"),), {})})

    return read


def _is_intercommunal(kind: Text, name: Text) -> bool:
    return (kind or "").strip().lower() == "autre" and bool(_INTERCOMMUNAL.match(name or ""))


def _departement(code: Text) -> Text:
    return None if code is None else code[: 3 if code.startswith(("97", "98")) else 2]


def _day(text: Text) -> date | None:
    if text is None:
        return None
    iso, french = _ISO_DAY.fullmatch(text), _FRENCH_DAY.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if french:
            return date(int(french[3]), int(french[2]), int(french[1]))
    except ValueError:
        pass  # a day that no month has is refused below, as any other text
    raise Unreadable("une date AAAA-MM-JJ ou JJ/MM/AAAA", "a date YYYY-MM-DD or DD/MM/YYYY")


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Unreadable("des degrés décimaux", "decimal degrees")
    return value
