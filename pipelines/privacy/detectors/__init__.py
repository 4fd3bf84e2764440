"""Detectors of personal data in one text: one file a family, found by being there.

Belongs here: the register. A detector says where a text shows a pattern; it knows neither tables nor the allow list.
A new detector is a new file in this folder with a decorated function, and nothing else changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from pipelines.core.registry import Registry
from pipelines.core.text import Said

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]


@dataclass(frozen=True)
class Detector:
    """`find(text)` gives the spans of the pattern in an unmasked text; `sieve` is an RE2 expression that matches every
    raw text in which it may find something, so that whole columns are sifted without entering Python."""

    rule: str
    sieve: str
    find: Finder


# Digests and random identifiers: their digits say nothing. A NIR of Corsica and a German IBAN are hexadecimal too.
_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_UUIDS = re.compile(rf"(?<![0-9A-Za-z]){_UUID}(?![0-9A-Za-z])")
_CODES = re.compile(rf"(?<![0-9A-Za-z])(?:{_UUID}|(?=[0-9]{{0,127}}[A-Fa-f])[0-9A-Fa-f]{{12,128}})(?![0-9A-Za-z])")


def without_uuids(text: str) -> str:
    """The text with its UUIDs blanked, each of its own length: every place stays where it was."""
    return _UUIDS.sub(lambda match: "#" * len(match[0]), text)


def without_codes(text: str) -> str:
    """The text with its UUIDs blanked, and its hexadecimal of 12 characters or more that has a letter."""
    return _CODES.sub(lambda match: "#" * len(match[0]), text)


_DECIMAL = re.compile(r"(?<![\w.,])\d+[.,]\d{3,}(?![.,]?\w)")


def is_of_a_decimal(match: re.Match[str]) -> bool:
    """Whether a match is in one number with its fraction ("337177.46824"): no telephone and no NIR is parted once,
    before so many digits, and none is a fraction."""
    near = max(0, match.start() - _NEAR)
    found = _DECIMAL.finditer(match.string, near, match.end() + _NEAR)
    return any(decimal.start() <= match.start() and match.end() <= decimal.end() for decimal in found)


_NEAR = 20
"""Characters beside a match in which a number that it is of begins and ends."""


def accepted(pattern: re.Pattern[str], text: str, is_right: Callable[[re.Match[str]], bool]) -> Iterator[re.Match[str]]:
    """The matches that are right. After one that is not, the search goes on one character further, not at its end:
    digits before a number, or a word before a name, hide nothing. Linear for a pattern whose matches are bounded."""
    place = 0
    while match := pattern.search(text, place):
        if is_right(match):
            place = max(match.end(), match.start() + 1)
            yield match
        else:
            place = match.start() + 1


DETECTORS: Registry[Detector] = Registry(
    Said("un détecteur de données personnelles", "a detector of personal data"), "detectors", __name__
)


def detector(rule: str, *, sieve: str) -> Callable[[Finder], Finder]:
    """Register a detector. Raises `NameTaken` when two share a rule."""

    def register(function: Finder) -> Finder:
        DETECTORS.register(rule, Detector(rule, sieve, function), function)
        return function

    return register


@cache
def detectors() -> tuple[Detector, ...]:
    """All detectors, by rule."""
    return tuple(DETECTORS.values())
