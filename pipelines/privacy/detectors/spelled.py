"""Telephone numbers written in words: "zéro six douze trente-quatre cinquante-six soixante-dix-huit"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, detector

_UNITS = [
    "zero",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
]
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_PLAIN = str.maketrans("éÉèÈ", "eeee")
_WORD = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze"
    r"|seize|vingts?|trente|quarante|cinquante|soixante|septante|huitante|octante|nonante|et|\d{1,2})"
)
_RUN = re.compile(rf"(?<!\w){_WORD}(?:[\s,.\-–/]+{_WORD}){{4,}}(?!\w)", re.IGNORECASE)


def _spoken() -> dict[str, str]:
    """Every way to say a number of 0 to 99, as words without hyphens, and its digits."""
    numerals = {word: str(value) for value, word in enumerate(_UNITS)}
    numerals |= {"une": "1"} | {f"dix {_UNITS[unit]}": str(10 + unit) for unit in (7, 8, 9)}
    for ten, value in _TENS.items():
        numerals[ten] = str(value)
        for unit in range(1, 10):
            numerals[f"{ten} {_UNITS[unit]}"] = numerals[f"{ten} et {_UNITS[unit]}"] = str(value + unit)
    for ten, value in (("septante", 70), ("huitante", 80), ("octante", 80), ("nonante", 90)):  # Belgium, Switzerland
        numerals[ten] = str(value)
        for unit in range(1, 10):
            numerals[f"{ten} {_UNITS[unit]}"] = numerals[f"{ten} et {_UNITS[unit]}"] = str(value + unit)
    for unit in range(20):
        tail = _UNITS[unit] if unit < 17 else f"dix {_UNITS[unit - 10]}"
        if unit >= 10:
            numerals[f"soixante {tail}"] = numerals[f"soixante et {tail}"] = str(60 + unit)
        numerals[f"quatre vingt {tail}" if unit else "quatre vingt"] = str(80 + unit)
        numerals[f"quatre vingts {tail}" if unit else "quatre vingts"] = str(80 + unit)
    return numerals


_SAID = _spoken()
_LONGEST = max(phrase.count(" ") + 1 for phrase in _SAID)


def _readings(words: list[str], start: int = 0) -> set[str]:
    """The strings of digits that `words[start:]` may say, shorter than 16 digits."""
    readings: list[set[str]] = [set() for _ in range(len(words) + 1)]
    readings[len(words)] = {""}
    for place in range(len(words) - 1, start - 1, -1):
        if words[place].isdigit():
            readings[place] |= {words[place] + rest for rest in readings[place + 1] if len(rest) < 14}
        for size in range(1, min(_LONGEST, len(words) - place) + 1):
            value = _SAID.get(" ".join(words[place : place + size]))
            if value is not None:
                readings[place] |= {value + rest for rest in readings[place + size] if len(rest) < 14}
    return readings[start]


_NUMBER = re.compile(r"0[1-9]\d{8}|(?:00)?33[1-9]\d{8}|(?:00)?(?:590|594|596|262)\d{9}")
_SIEVE = (
    r"(?i)(zéro|zero|trente.trois|deux.cent|cinq.cent)[\s,.\-–/]+(un|deux|trois|quatre|cinq|six|sept|huit|neuf|z|\d)"
)


@detector("telephone_en_lettres", sieve=_SIEVE)
def spelled_phones(text: str) -> Iterator[Span]:
    """Runs of number words, at most a few of them in digits, of which some reading is a telephone number.

    Every reading is tried ("soixante dix" says 70 or 60 10): a run is held as soon as one of them is a number.
    """
    for run in _RUN.finditer(text):
        words = re.split(r"[\s,.\-–/]+", run[0].lower().translate(_PLAIN))
        if sum(not word.isdigit() for word in words) < 3:
            continue
        starts = [
            place for place, word in enumerate(words) if word in ("zero", "trente") or word.startswith(("0", "33"))
        ]
        if any(
            _NUMBER.fullmatch(reading)
            for place in starts
            for end in range(place + 5, min(len(words), place + 24) + 1)
            for reading in _readings(words[place:end])
        ):
            yield run.span()
