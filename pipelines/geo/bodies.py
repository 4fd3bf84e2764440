"""The groups of communes of one day: which bodies existed, and every name by which a page of then may call them.

Belongs here: who existed, under which names. Does not: choosing one for a printed name (`groups.py`).

From the first vintage of the packages on, every body is known by year. Before, bodies are known only where the history
of the Ministry of the Interior was given to `scripts/build_territories.py`: each of its files is the state of a
1 January. A year between two known ones contains the bodies that both have. Where nothing says who existed, the answer
is None, and nobody is chosen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipelines.geo.entities import Entity
from pipelines.geo.epci_names import acronym, type_and_core
from pipelines.geo.names import normalise, take_apart

# A page may use the name that a body had shortly before, or took shortly after.
NEIGHBOURING_YEARS = 2
Year = dict[str, Entity]


@dataclass(frozen=True)
class Bodies:
    """Bodies of one day. `of_the_day`: each under its official name, by code; empty where names have dates of their own
    (`Entity.since`)."""

    of_the_day: Year = field(default_factory=dict)
    by_core: dict[str, list[Entity]] = field(default_factory=dict)
    by_acronym: dict[str, list[Entity]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entities: Iterable[Entity], official: Year | None = None) -> Bodies:
        """Bodies under all the names given, found by name without its type and by acronym."""
        by_core: dict[str, list[Entity]] = defaultdict(list)
        by_acronym: dict[str, list[Entity]] = defaultdict(list)
        codes = set()
        for entity in entities:
            codes.add(entity.code)
            for core in _cores_of(entity):
                by_core[core].append(entity)
            if entity.until is None:
                by_acronym[acronym(entity.kind, type_and_core(entity.key)[1])].append(entity)
        return cls(official or {}, dict(by_core), dict(by_acronym), frozenset(codes))

    @property
    def names(self) -> list[str]:
        """The names without their types, in order."""
        return sorted(self.by_core)


def _cores_of(entity: Entity) -> list[str]:
    """The names of a body without its type, each once."""
    cores = [type_and_core(key)[1] for key in keys_of(entity.name)]
    if entity.kind == "SAN":
        # "San" also begins names of communes of Corsica: it is a type only where the reference says so.
        cores += [core.removeprefix("san ") for core in cores]
    return list(dict.fromkeys(cores))


def keys_of(name: str) -> tuple[str, ...]:
    """The keys of an official name: whole, without its brackets, and what they hold when that is a name itself.

    "CA Territoire de la Côte Ouest (TCO)" is also printed without "(TCO)".
    """
    apart = take_apart(name)
    long = [normalise(part) for part in apart.brackets if " " in part]
    return tuple(dict.fromkeys((normalise(name), apart.key, *long)))


def acronyms_in(name: str) -> tuple[str, ...]:
    """The acronyms that an official name says of itself: "(CIREST)", and the first word of "CIVIS (Communauté…)"."""
    apart = take_apart(name)
    found = [part for part in apart.brackets if part.isupper() and " " not in part and 3 <= len(part) <= 8]
    if any(" " in part for part in apart.brackets):
        found += [word for word in apart.name.split() if word.isupper() and 4 <= len(word) <= 8]
    return tuple(found)


def bodies_between(years: dict[int, Year], year: int) -> Bodies | None:
    """The bodies of a year that is in `years`, or between two that do, under their names of the years around.

    `years`: by year, each body's entity under its name of then. None where nothing says who existed.
    """
    own = years.get(year)
    if own is None:
        before = _nearest(years, (year - 1, year - 2))
        after = _nearest(years, (year + 1, year + 2))
        if before is None or after is None:
            return None
        own = {code: entity for code, entity in before.items() if code in after}
    found: dict[tuple[str, str, str], Entity] = {}
    for other in range(year - NEIGHBOURING_YEARS, year + NEIGHBOURING_YEARS + 1):
        for code, entity in years.get(other, {}).items():
            if code in own:
                found.setdefault((code, entity.kind, entity.key), replace(entity, present=own[code].present))
    return Bodies.of(found.values(), own)


def _nearest(years: dict[int, Year], wanted: tuple[int, ...]) -> Year | None:
    return next((years[year] for year in wanted if year in years), None)
