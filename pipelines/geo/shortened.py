"""Names that begin longer ones: "La Seyne" for La Seyne-sur-Mer, "Evry" for Évry-Courcouronnes.

Belongs here: which longer names a printed one begins, and when one of them forbids an answer. Does not: any other way
to find a name (`resolution.py`).

A town is often printed by its first words. Such a name is never given to another place: the towns that it begins are
candidates. An official name of the printed département is kept, since it is complete as it is.
"""

from __future__ import annotations

from pipelines.geo.entities import Entity
from pipelines.geo.gazetteer import Gazetteer
from pipelines.geo.names import without_article

# Where nothing says where a place is, a town this large, and so many times larger, is what a page may well mean.
TOWN, TIMES = 5_000, 5
# From here on the answer is no longer certain.
SMALL_TOWN, FEW_TIMES = 2_000, 2
# A first word such as "Saint" begins thousands of names: the most populated are candidates.
MOST = 20


def longer_names(
    keys: tuple[str, ...], departements: frozenset[str], day: str | None, gazetteer: Gazetteer, *, exact: bool = False
) -> list[Entity]:
    """The communes of the day whose name begins with all words of one of the keys and goes on, or has an article that
    the key lacks ("Mont-Dore" for Le Mont-Dore), most populated first.

    `departements`: only those; none: all of France. `exact`: an article must be printed as it is, else it may be lost.
    """
    found: dict[str, Entity] = {}
    for key in keys:
        for entity in gazetteer.beginning_with(key):
            is_here = not departements or entity.departement in departements
            is_literal = not exact or entity.key.startswith(f"{key} ")
            if is_here and is_literal and entity.lives_on(day):
                found[entity.code] = entity
        for entity in _with_an_article(key, gazetteer):
            if (not departements or entity.departement in departements) and entity.lives_on(day):
                found[entity.code] = entity
    return sorted(found.values(), key=lambda entity: (-(entity.population or 0), entity.code))


def _with_an_article(key: str, gazetteer: Gazetteer) -> list[Entity]:
    """The communes whose name is a key without an article, and an article before it."""
    if without_article(key) != key or not gazetteer.named(key):
        return []
    return [entity for entity in gazetteer.named_but_for_the_article(key) if entity.key != key]


def candidates_of(longer: list[Entity]) -> tuple[str, ...]:
    """The codes of the most populated of them."""
    return tuple(entity.code for entity in longer[:MOST])


def much_larger(longer: list[Entity], entity: Entity) -> list[Entity]:
    """Those beside which `entity` is so small that its bare name may well mean one of them."""
    return _larger(longer, entity, TOWN, TIMES)


def larger(longer: list[Entity], entity: Entity) -> list[Entity]:
    """Those that are large enough, and larger enough than `entity`, to make the answer doubtful."""
    return _larger(longer, entity, SMALL_TOWN, FEW_TIMES)


def _larger(longer: list[Entity], entity: Entity, least: int, times: int) -> list[Entity]:
    own = max(entity.population or 0, 1)
    return [other for other in longer if (other.population or 0) >= max(least, times * own)]
