"""Usual names of groups of communes: "Grand Lyon", "Lille Métropole", "Vannes agglo", which no reference has.

Belongs here: which bodies such a name may mean, by the words that distinguish them. Does not: choosing one; a usual
name makes candidates only, for a person to settle.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.geo.entities import Entity

# Words that many bodies put around their town's name, or that their brand does.
_AROUND = frozenset(
    ("grand", "grande", "grands", "metropole", "metropolitaine", "eurometropole", "europeenne", "agglo", "agglopole",
     "agglomeration", "communaute", "communautes", "commune", "communes", "urbaine", "pays", "territoire", "cc", "ca",
     "cu", "interco", "intercommunalite")
)  # fmt: skip
_SMALL = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "sur", "a", "au", "aux"))
_GLUED = re.compile(r"^grand(?=[a-z]{5})")  # "GrandAngoulême"
MOST = 8


def bodies_usually_called(core: str, by_core: Mapping[str, list[Entity]]) -> list[Entity]:
    """The bodies that a usual name may mean: those whose names have all its distinctive words, else those all of whose
    words it has. None for a name that no word shows to be a group's."""
    words = set(core.split())
    telling = _telling(words)
    if not telling or telling == words - _SMALL:
        return []
    names = {name: _telling(set(name.split())) for name in by_core}
    wider = [name for name, own in names.items() if telling <= own]
    found = wider or [name for name, own in names.items() if own and own < telling and any(len(one) > 3 for one in own)]
    unique = {entity.code: entity for name in found for entity in by_core[name]}
    return list(unique.values()) if len(unique) <= MOST else []


def _telling(words: set[str]) -> set[str]:
    return {_GLUED.sub("", word) for word in words - _AROUND - _SMALL}
