"""Names of groups of communes to the EPCI of the day.

Belongs here: matching by official name, by core and type, by part of the name, by acronym. Does not: communes.

The reference knows every EPCI from 2019 on, and of earlier ones only those that still lived then. So before 2019 a
different type or a mere part of the name proves nothing: the body may have been another one that is gone.
"""

from __future__ import annotations

from pipelines.geo.entities import Entity
from pipelines.geo.epci_names import looks_like_an_acronym, type_and_core
from pipelines.geo.gazetteer import FIRST_EPCI_VINTAGE, Gazetteer
from pipelines.geo.hints import Hints
from pipelines.geo.names import Printed, normalise
from pipelines.geo.outcome import Resolution, resolved, unresolved
from pipelines.geo.spelling import neighbour


def resolve_group(
    printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer, *, bare: bool = False
) -> Resolution:
    """The EPCI of a printed name. `bare`: nothing says that it is one, so only its whole name will do."""
    kind, core = type_and_core(printed.key)
    if not core:
        return unresolved("nom_inconnu")
    found = _here(gazetteer.epci_by_core.get(core, []), hints)
    same_type = [entity for entity in found if not kind or entity.kind == kind or entity.kind.startswith(kind)]
    if same_type:
        method = "epci_nom" if kind or len(same_type) == 1 else "epci_type"
        return _only(same_type, method, "certaine", day)
    if found:
        return _other_type(found, day)
    if bare:
        return unresolved("nom_inconnu")
    return _forgiving(printed, (kind, core), hints, day, gazetteer)


def _forgiving(
    printed: Printed, said: tuple[str | None, str], hints: Hints, day: str | None, gazetteer: Gazetteer
) -> Resolution:
    """What an EPCI may still be called by when nothing bears its whole name: an acronym, a misprint, a part."""
    kind, core = said
    if looks_like_an_acronym(printed.name):
        return _acronym(printed, hints, day, gazetteer)
    near = [
        entity
        for name in neighbour(core, sorted(gazetteer.epci_by_core), alone=not hints.departements)
        for entity in _here(gazetteer.epci_by_core[name], hints)
        if not kind or entity.kind == kind
    ]
    if near:
        answer = _only(near, "graphie_voisine", "probable", day)
        return answer.with_alert("graphie_corrigee") if answer.code else answer
    words = set(core.split())
    wider = [
        entity
        for name, entities in gazetteer.epci_by_core.items()
        if words < set(name.split())
        for entity in _here(entities, hints)
        if entity.lives_on(day) and (not kind or entity.kind == kind)
    ]
    if wider and kind and day and int(day[:4]) >= FIRST_EPCI_VINTAGE:
        return _only(wider, "epci_partiel", "probable", day)
    return unresolved("nom_inconnu", tuple(entity.code for entity in wider))


def _here(found: list[Entity], hints: Hints) -> list[Entity]:
    return [one for one in found if not hints.departements or hints.departements & set(one.departements)]


def _only(found: list[Entity], method: str, certainty: str, day: str | None) -> Resolution:
    """The one EPCI among those of the day, under its name of the day; several are candidates."""
    by_code = {entity.code: entity for entity in sorted(found, key=lambda one: -one.rank(day))}
    alive = [entity for entity in by_code.values() if entity.lives_on(day)] or list(by_code.values())
    if len(alive) > 1:
        return unresolved("homonymes", tuple(entity.code for entity in alive))
    # A body that was born before the first vintage is known to have existed only from that vintage on.
    is_known = day is None or int(day[:4]) >= FIRST_EPCI_VINTAGE
    sure = certainty if is_known and alive[0].lives_on(day) else "probable"
    return resolved(alive[0], method, sure, day, rivals=tuple(by_code))


def _other_type(found: list[Entity], day: str | None) -> Resolution:
    if day is not None and int(day[:4]) < FIRST_EPCI_VINTAGE:
        return unresolved("type_epci_different", tuple(entity.code for entity in found))
    answer = _only(found, "epci_type", "probable", day)
    return answer.with_alert("type_epci_different")


def _acronym(printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer) -> Resolution:
    """An acronym is in no register and several bodies share it: only with a place beside it, and only when alone."""
    named = [key for key in map(normalise, hints.unread) if key]
    found = _here(gazetteer.epci_by_acronym.get(printed.name.upper(), []), hints)
    spelt = [one for one in found if any(type_and_core(key)[1] in (type_and_core(one.key)[1],) for key in named)]
    if spelt:
        return _only(spelt, "sigle", "probable", day)
    codes = tuple(entity.code for entity in found)
    if not hints.departements or hints.unread:
        return unresolved("sigle", codes)
    return _only(found, "sigle", "probable", day) if found else unresolved("nom_inconnu")


def groups_around(key: str, departement: str | None, day: str | None, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Codes of the EPCI of a département whose name holds every word of a commune's: what a bare name may also mean."""
    words = set(key.split())
    return tuple(
        entity.code
        for core, entities in gazetteer.epci_by_core.items()
        if words <= set(core.split())
        for entity in entities
        if departement in entity.departements and entity.lives_on(day)
    )
