"""Names of groups of communes to the EPCI of the day.

Belongs here: matching by official name, by core and type, by part of the name, by acronym. Does not: communes, nor who
existed on a day (`bodies.py`).

A body that did not exist on the day is never the answer: it is a candidate. Where the reference does not say who
existed then, nobody is the answer.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.geo.bodies import Bodies
from pipelines.geo.entities import Entity
from pipelines.geo.epci_names import family, looks_like_an_acronym, type_and_core
from pipelines.geo.gazetteer import Gazetteer
from pipelines.geo.hints import Hints
from pipelines.geo.names import Printed, normalise
from pipelines.geo.outcome import Resolution, resolved, unresolved
from pipelines.geo.spelling import neighbour
from pipelines.geo.usual_names import bodies_usually_called


def resolve_group(
    printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer, *, bare: bool = False
) -> Resolution:
    """The EPCI of a printed name. `bare`: nothing says that it is one, so only its whole name will do."""
    kind, core = type_and_core(printed.key)
    if not core:
        return unresolved("nom_inconnu")
    bodies = gazetteer.bodies_on(day)
    if bodies is None:
        return _of_an_unknown_day(kind, core, hints, gazetteer)
    found = _here(bodies.by_core.get(core, []), hints)
    if found:
        return _by_whole_name(found, kind, day, bodies)
    gone = _here(gazetteer.epci_by_core.get(core, []), hints)
    if gone and not looks_like_an_acronym(printed.name):
        return unresolved("epci_inexistant", _codes(gone))
    if bare:
        return unresolved("nom_inconnu", _usual(kind, core, hints, bodies.by_core))
    return _forgiving(printed, hints, day, gazetteer, bodies)


def _by_whole_name(found: list[Entity], kind: str | None, day: str | None, bodies: Bodies) -> Resolution:
    """Among bodies of that name, those of the type that was printed; without one, the slip of a pen in the type."""
    same_type = [entity for entity in found if _is_of(entity, kind)]
    if same_type:
        method = "epci_nom" if kind or len(same_type) == 1 else "epci_type"
        return _only(same_type, method, "certaine", day, bodies)
    answer = _only(found, "epci_type", "probable", day, bodies)
    return answer.with_alert("type_epci_different") if answer.code else answer


def _of_an_unknown_day(kind: str | None, core: str, hints: Hints, gazetteer: Gazetteer) -> Resolution:
    """Nobody, with those that have the name in the years that are known."""
    found = _here(gazetteer.epci_by_core.get(core, []), hints)
    if found and not any(_is_of(entity, kind) for entity in found):
        return unresolved("type_epci_different", _codes(found))
    if not found:
        near = neighbour(core, sorted(gazetteer.epci_by_core), alone=not hints.departements)
        found = _here([entity for name in near for entity in gazetteer.epci_by_core[name]], hints)
    if not found and kind:
        found = _here(_wider(core, gazetteer.epci_by_core), hints)
        found = [entity for entity in found if entity.until is None and _is_of(entity, kind)]
    return unresolved("epci_sans_historique", _codes(found) or _usual(kind, core, hints, gazetteer.epci_by_core))


def _forgiving(printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer, bodies: Bodies) -> Resolution:
    """What an EPCI may still be called by when nothing has its whole name: an acronym, a misprint, a part."""
    kind, core = type_and_core(printed.key)
    if looks_like_an_acronym(printed.name) or printed.name.upper() in gazetteer.known_acronyms:
        return _acronym(printed, hints, day, gazetteer, bodies)
    near = [
        entity
        for name in neighbour(core, bodies.names, alone=not hints.departements)
        for entity in _here(bodies.by_core[name], hints)
        if not kind or family(entity.kind) == kind
    ]
    if near:
        answer = _only(near, "graphie_voisine", "probable", day, bodies)
        return answer.with_alert("graphie_corrigee") if answer.code else answer
    wider = [entity for entity in _here(_wider(core, bodies.by_core), hints) if entity.lives_on(day)]
    wider = [entity for entity in wider if not kind or family(entity.kind) == kind]
    if wider and kind:
        return _only(wider, "epci_partiel", "probable", day, bodies)
    return unresolved("nom_inconnu", _codes(wider) or _usual(kind, core, hints, bodies.by_core))


def _usual(kind: str | None, core: str, hints: Hints, by_core: dict[str, list[Entity]]) -> tuple[str, ...]:
    """Those that it may be a usual name of; of the type that was printed where one of them is."""
    found = _here(bodies_usually_called(core, by_core), hints)
    return _codes([entity for entity in found if _is_of(entity, kind)] or found)


def _wider(core: str, by_core: dict[str, list[Entity]]) -> list[Entity]:
    """Those whose name contains every word of a core, and more."""
    words = set(core.split())
    return [entity for name, entities in by_core.items() if words < set(name.split()) for entity in entities]


def _is_of(entity: Entity, kind: str | None) -> bool:
    """Whether a body is of the type that a name announces: none, and a mere "communauté", announce no one type."""
    return not kind or family(entity.kind) == kind


def _codes(found: list[Entity]) -> tuple[str, ...]:
    return tuple(entity.code for entity in found)


def _here(found: list[Entity], hints: Hints) -> list[Entity]:
    return [one for one in found if not hints.departements or hints.departements & set(one.departements)]


def _only(found: list[Entity], method: str, certainty: str, day: str | None, bodies: Bodies) -> Resolution:
    """The one EPCI among those of the day, under its name of the day where that is known; several are candidates."""
    by_code = {entity.code: entity for entity in sorted(found, key=lambda one: -one.rank(day))}
    if len(by_code) > 1:
        bearing = [entity for entity in by_code.values() if _bears_it(entity, day, bodies)]
        if len(bearing) != 1:
            return unresolved("homonymes", tuple(by_code))
        # The others had that name in another year only.
        by_code = {bearing[0].code: bearing[0]}
        certainty = "probable"
    entity = next(iter(by_code.values()))
    sure = certainty if _bears_it(entity, day, bodies) else "probable"
    official = bodies.of_the_day.get(entity.code)
    entity = entity if official is None else replace(official, departements=entity.departements)
    return resolved(entity, method, sure, day, rivals=_codes(found))


def _bears_it(entity: Entity, day: str | None, bodies: Bodies) -> bool:
    """Whether a body had that very name on the day."""
    official = bodies.of_the_day.get(entity.code)
    if official is None:
        return entity.lives_on(day)
    return (official.key, official.kind) == (entity.key, entity.kind)


def _acronym(printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer, bodies: Bodies) -> Resolution:
    """An acronym that is listed is its body's; any other, which several share: only with a place, and when alone."""
    listed = gazetteer.known_acronyms.get(printed.name.upper())
    if listed is not None:
        same = [one for entities in bodies.by_core.values() for one in entities if one.code == listed]
        own = _here(sorted(set(same), key=lambda one: one.rank(day)), hints)
        return _only(own[:1], "sigle", "certaine", day, bodies) if own else unresolved("sigle", (listed,))
    named = [key for key in map(normalise, hints.unread) if key]
    found = _here(bodies.by_acronym.get(printed.name.upper(), []), hints)
    spelt = [one for one in found if any(type_and_core(key)[1] in (type_and_core(one.key)[1],) for key in named)]
    if spelt:
        return _only(spelt, "sigle", "probable", day, bodies)
    if not hints.departements or hints.unread:
        return unresolved("sigle", _codes(found))
    return _only(found, "sigle", "probable", day, bodies) if found else unresolved("nom_inconnu")


def or_a_group(found: Resolution, printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer) -> Resolution:
    """What was found of a name that a source calls a commune's; where no commune has it, with the groups that do as
    candidates."""
    if found.code or found.candidates:
        return found
    group = resolve_group(printed, hints, day, gazetteer, bare=True)
    codes = tuple(dict.fromkeys((*((group.code,) if group.code else ()), *group.candidates)))
    return replace(found, candidates=codes).with_alert("nature_contredite") if codes else found


def groups_around(key: str, departement: str | None, day: str | None, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Codes of the EPCI of a département whose name contains every word of a commune's: what a bare name may also mean.

    Where the reference does not say who existed then, those that it knows of other years stand for them: they are said
    to be rivals, and never the answer.
    """
    words = set(key.split())
    bodies = gazetteer.bodies_on(day)
    by_core = gazetteer.epci_by_core if bodies is None else bodies.by_core
    return tuple(
        dict.fromkeys(
            entity.code
            for core, entities in by_core.items()
            if words <= set(core.split())
            for entity in entities
            if departement in entity.departements and entity.lives_on(day)
        )
    )
