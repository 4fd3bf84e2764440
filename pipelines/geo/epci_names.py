"""The names of groups of communes: type and core, acronyms.

Belongs here: taking "communauté de communes de Parthenay" apart into CC and "parthenay"; the acronym that an official
name would make. Does not: knowing any EPCI.
"""

from __future__ import annotations

import re

# Type in the reference: what is written in front of, or after, the core. Longest first.
_WORDINGS: tuple[tuple[str, str], ...] = (
    ("communaute de communes", "CC"),
    ("communaute d agglomeration", "CA"),
    ("communaute de agglomeration", "CA"),
    ("communaute urbaine", "CU"),
    ("syndicat d agglomeration nouvelle", "SAN"),
    ("etablissement public territorial", "EPT"),
    ("communaute", ""),
    ("metropole", "METRO"),
    ("agglomeration", "CA"),
    ("cc", "CC"),
    ("ca", "CA"),
    ("cu", "CU"),
    ("ept", "EPT"),
)
# What the packages and the Ministry of the Interior call one type.
_FAMILIES = {"ME": "METRO", "MET": "METRO", "MET69": "METRO", "METLYON": "METRO"}
_LONG = {"CC": "c c", "CA": "c a", "CU": "c u", "METRO": "m", "EPT": "e p t"}
_LEADING = re.compile(r"^(?:de la|de l|du|des|de|d|la|le|les|l) (?=\S)")
_SMALL_WORDS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "sur", "a"})
_ACRONYM = re.compile(r"^[A-ZÀ-Ý][A-ZÀ-Ýa-z0-9]*[A-ZÀ-Ý0-9]$")


def type_and_core(key: str) -> tuple[str | None, str]:
    """The type that a name's key announces (None: none, "": a community of no stated type) and the rest.

    "ca la riviera du levant" gives ("CA", "riviera du levant"); "grand poitiers communaute urbaine" gives
    ("CU", "grand poitiers"). A core keeps "metropole" when it is after another type ("ca amiens metropole").
    """
    bare = _LEADING.sub("", key) if key.startswith(("la communaute", "la metropole", "l agglomeration")) else key
    for wording, kind in _WORDINGS:
        if bare.startswith(wording + " "):
            return kind, _core(bare[len(wording) + 1 :])
    for wording, kind in _WORDINGS[:5]:
        if bare.endswith(" " + wording):
            return kind, _core(bare[: -len(wording) - 1])
    return None, _core(bare)


def family(kind: str) -> str:
    """The type of a body, however the reference writes it: the métropole de Lyon is one too."""
    return _FAMILIES.get(kind.upper(), kind.upper())


def _core(rest: str) -> str:
    while (shorter := _LEADING.sub("", rest)) != rest:
        rest = shorter
    return rest


def announces_an_epci(key: str) -> bool:
    """Whether a printed name says by its wording that it is a group of communes."""
    kind, core = type_and_core(key)
    return kind is not None and bool(core)


def looks_like_an_acronym(printed: str) -> bool:
    """ "CAPA", "CACL": one word in capitals of three to eight letters."""
    return 3 <= len(printed) <= 8 and _ACRONYM.match(printed) is not None and printed.upper() == printed


def acronym(kind: str, core: str) -> str:
    """The acronym that a type and a core make: CA and "centre littoral" give "CACL"."""
    letters = [*_LONG.get(kind, "").split(), *(word[0] for word in core.split() if word not in _SMALL_WORDS)]
    return "".join(letters).upper()
