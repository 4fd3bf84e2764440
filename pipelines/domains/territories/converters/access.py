"""Converters of the files of Arcep, Insee, Eurostat and DITP on access.

Belongs here: the ways in which these files write counts, codes, dates and flags. Does not: any computation over several
rows (`derived/`).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pipelines.mapping.registry import Text, Unreadable, converter

RURAL_CLASSES = frozenset({"5", "6", "7"})
ASKED_SINCE_2022 = frozenset({"I_IUGOV1", "I_IGOVANYS"})
ABSENT = frozenset({"NA", "N/A", "nc", "-"})
_COUNT = re.compile(r"(\d+)(?:[.,]0+)?")
# A département that exists, then a number within it: "00000", "20004" and "99999" are no communes.
_COMMUNE = re.compile(r"(?:0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5])(?!000)\d{3}|97[1-8](?!00)\d{2}|98[46-9](?!00)\d{2}")
_DEPARTEMENT = re.compile(r"0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]|97[1-8]|98[46789]")
_SHARE = re.compile(r"(\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)\s?%?")
_ZONE = re.compile(rf"D({_DEPARTEMENT.pattern})")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_YES, _NO = frozenset({"1", "1.0", "true", "oui", "vrai"}), frozenset({"0", "0.0", "false", "non", "faux"})


@converter("locaux")
def premises(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A count of premises, or the sum of several columns that overlap nowhere; `NA` and blanks are absent.

    A column that the file does not have, or a blank, adds nothing to a sum. One that says `NA` was not counted: then
    there is no sum. With `names_of_one: true` the columns are names of one measure over time: the first that is there
    is taken.
    """
    if not options.get("names_of_one") and any(text in ABSENT for text in texts):
        return None
    counts = [count for text in texts if (count := _count(text)) is not None]
    if not counts:
        return None
    return str(counts[0] if options.get("names_of_one") else sum(counts))


@converter("part_de_locaux")
def share_of_premises(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The first count over the second, in per cent to two decimals; absent where there are no premises.

    Raises `Unreadable` where the part is greater than the whole.
    """
    part, whole = (_count(text) for text in texts)
    if part is None or not whole:
        return None
    if part > whole:
        raise Unreadable(f"au plus {whole} locaux", f"at most {whole} premises")
    return _two_decimals(Fraction(100 * part, whole))


@converter("locaux_nuls")
def no_premises(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """Whether a file counts no premises at all, which is no data: `true` or `false`."""
    return _boolean(not _count(texts[0]))


@converter("commune_insee")
def commune_code(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The code of a municipality, with the leading zero that a spreadsheet took: 1004 and 1004.0 are 01004."""
    text = texts[0]
    if text is None:
        return None
    code = text.upper().removesuffix(".0")
    if code.isascii() and code.isdigit() and len(code) == 4:
        code = f"0{code}"
    if not _COMMUNE.fullmatch(code):
        raise Unreadable(
            "un code de commune, comme 01004 ou 2A004", "the code of a municipality, such as 01004 or 2A004"
        )
    return code


@converter("departement_insee")
def departement_code(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The code of a département, with the leading zero that a spreadsheet took: 1 is 01. Raises `Unreadable`."""
    text = texts[0]
    if text is None:
        return None
    code = text.upper().zfill(2)
    if not _DEPARTEMENT.fullmatch(code):
        raise Unreadable("un code de département, comme 01 ou 2A", "the code of a département, such as 01 or 2A")
    return code


@converter("code_de_zone")
def zone_code(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The département of a zone of DITP: D15 is 15."""
    found = _ZONE.fullmatch(texts[0] or "")
    if not found:
        raise Unreadable("une zone comme D15", "a zone such as D15")
    return found[1]


@converter("fin_de_mois")
def end_of_month(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The last day of the month of a date: DITP prints the first day of a quarter's last month."""
    text = texts[0]
    if text is None:
        return None
    found = _DAY.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12:
        raise Unreadable("une date AAAA-MM-JJ", "a date YYYY-MM-DD")
    year, month = int(found[1]), int(found[2])
    return date(year, month, calendar.monthrange(year, month)[1]).isoformat()


@converter("pourcentage")
def percentage(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A share in per cent, with a decimal point or comma; `NA` is absent. Raises `Unreadable` outside 0 to 100.

    A sign of per cent after it is left out; so are the powers of ten by which programs write small numbers (`3e-05`).
    """
    text = texts[0]
    if text is None or text in ABSENT:
        return None
    found = _SHARE.fullmatch(text.replace(",", "."))
    if not found or Fraction(found[1]) > 100:
        raise Unreadable("une part de 0 à 100", "a share from 0 to 100")
    return format(Decimal(found[1]), "f")


@converter("zero_de_mayotte")
def zero_of_mayotte(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """Whether a share is a zero of Mayotte, which may be no network or no data: `true` or `false`."""
    share, zone = texts
    is_zero = share is not None and re.fullmatch(r"0+([.,]0+)?", share) is not None
    return _boolean(is_zero and zone == "D976")


@converter("oui_non_source")
def flag(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """`true` or `false` from 1 and 0, true and false, oui and non; absent where nothing is said."""
    text = (texts[0] or "").casefold()
    if text in _YES:
        return "true"
    if text in _NO:
        return "false"
    if not text or texts[0] in ABSENT:
        return None
    raise Unreadable("0 ou 1", "0 or 1")


@converter("classe_densite")
def density_class(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The class among seven: from the column of seven levels where there is one, else from the only column.

    Since 2025 the file has two columns, and the one that had seven classes has three: the column of seven levels,
    named first, is the one that counts.
    """
    text = next((text for text in texts if text), None)
    if text is not None and text not in {str(number) for number in range(1, 8)}:
        raise Unreadable("une classe de 1 à 7", "a class from 1 to 7")
    return text


@converter("densite_rurale")
def is_rural(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """Whether the density class of a municipality is rural (5 to 7): `true` or `false`. Columns as `classe_densite`."""
    found = density_class(texts, options)
    return None if found is None else _boolean(found in RURAL_CLASSES)


@converter("rupture_eurostat")
def break_before(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """Whether the series breaks with a value: Eurostat flags it (`b`), or it is the first of the questions of 2022."""
    flags, indicator, year = texts
    starts = indicator in ASKED_SINCE_2022 and year == "2022"
    return _boolean(starts or "b" in (flags or ""))


def _count(text: Text) -> int | None:
    """A count, "NA" and blanks being none; "123,0" is 123. Raises `Unreadable`."""
    if text is None or text in ABSENT:
        return None
    found = _COUNT.fullmatch(text.replace("\u202f", "").replace("\u00a0", "").replace(" ", ""))
    if not found:
        raise Unreadable("un nombre entier, ou NA", "a whole number, or NA")
    return int(found[1])


def _boolean(is_so: bool) -> str:
    return "true" if is_so else "false"


def _two_decimals(value: Fraction) -> str:
    hundredths = (200 * value.numerator + value.denominator) // (2 * value.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
