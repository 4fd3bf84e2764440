"""Addresses of machines: IPv4, IPv6 and MAC. They lead to the person who sat before one (CJEU, C-582/14, Breyer)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, detector

_V4 = re.compile(r"(?<![\w.,/-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d|,\d)")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:{1,2}){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:-])")
_HEX = "[0-9A-Fa-f]"  # hours have groups of two: in three groups of an IPv6 that follow each other one has three digits
_ANNOUNCED = re.compile(r"\bip(?:v[46])?\b[^.;]{0,25}$", re.IGNORECASE)
# Before four numbers these say that they number a text, a version or a heading of a nomenclature.
_NUMBERING = re.compile(
    r"(?:\b(?:articles?|art|chapitres?|sections?|paragraphes?|annexes?|titres?|parties?|rubriques?|pi[èe]ces?|lots?|prix|postes?|versions?|v"
    r"|figures?|tableaux?|points?|r[ée]vision|release|n°|num[ée]ro|nomenclature|cerfa|build|l|r|d)|§|n°|et|ou|,|à)\s?\.?\s?$",
    re.IGNORECASE,
)
_NOBODY = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("0.0.0.0/8"), ipaddress.ip_network("255.0.0.0/8"))


@detector(
    "adresse_ip",
    sieve=rf"(^|[^\w.,/-])(\d{{1,3}}\.){{3}}\d{{1,3}}|({_HEX}{{2}}[:-]){{5}}{_HEX}{{2}}"
    rf"|{_HEX}{{3}}::?{_HEX}{{1,4}}::?{_HEX}|{_HEX}::?{_HEX}{{3,4}}::?{_HEX}|{_HEX}::?{_HEX}{{1,4}}::?{_HEX}{{3}}",
)
def machine_addresses(text: str) -> Iterator[Span]:
    """IPv4, IPv6 and MAC addresses. Four numbers of one or two digits that number an article, a version or a heading
    ("rubrique 3.1.2.0") are free; so is what every machine calls itself (127.0.0.1)."""
    for match in _V4.finditer(text):
        if _is_v4(match[0]) and (_is_telling(match[0], text[max(0, match.start() - 30) : match.start()])):
            yield match.span()
    for match in _V6.finditer(text):
        if _is_v6(match[0]):
            yield match.span()
    for match in _MAC.finditer(text):
        if any(character.isalpha() for character in match[0]) or ":" in match[0]:
            yield match.span()


def _is_v4(written: str) -> bool:
    parts = written.split(".")
    if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts):
        return False
    address = ipaddress.IPv4Address(".".join(str(int(part)) for part in parts))  # digits of any script
    return not any(address in network for network in _NOBODY)


def _is_telling(written: str, before: str) -> bool:
    if _ANNOUNCED.search(before):
        return True
    numbers = [int(part) for part in written.split(".")]
    if max(numbers) < 20:
        return False
    return max(numbers) > 99 or not _NUMBERING.search(before)


def _is_v6(written: str) -> bool:
    groups = [group for group in written.split(":") if group]
    if len(groups) < 3 or max(map(len, groups)) < 3 or not any(map(str.isdigit, written)):
        return False
    try:
        address = ipaddress.IPv6Address(written)
    except ValueError:
        return False
    return not address.is_loopback
