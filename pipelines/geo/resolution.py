"""From a name as printed to the official territory, or to the open question of which one.

Belongs here: the order of the methods, and what each may conclude. Does not: the reference (`gazetteer.py`), what
persons settled (`corrections.py`), the names of groups of communes (`groups.py`).

Nothing is guessed. When several territories remain, there is no code and all of them are candidates; when one remains,
the others that share the name stay written as its rivals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.geo.corrections import Correction, Corrections
from pipelines.geo.entities import Entity
from pipelines.geo.epci_names import announces_an_epci, looks_like_an_acronym
from pipelines.geo.gazetteer import Gazetteer
from pipelines.geo.groups import groups_around, or_a_group, resolve_group
from pipelines.geo.hints import Hints, departements_in, hint_in_text, hints_in_brackets
from pipelines.geo.names import (
    Printed,
    keeps_the_accents_of,
    normalise,
    spelled_out,
    spoken_variants,
    take_apart,
)
from pipelines.geo.outcome import Resolution, resolved, unresolved
from pipelines.geo.shortened import MOST, candidates_of, larger, longer_names, much_larger
from pipelines.geo.spelling import neighbour, resembling

# A commune that was gone this long before the date is no rival of one that lives.
_FORGOTTEN_YEARS = 10
_DISTRICT = re.compile(r"^(paris|lyon|marseille) (\d{1,2})(?:er|eme|e|nd|ieme)?(?: arr(?:ondissement|dt)?)?$")
# A name of this many inhabitants is known beyond its département: one that is printed there was misplaced.
KNOWN_EVERYWHERE = 10_000


@dataclass(frozen=True)
class Query:
    """A name as printed and what is beside it. `nature`: commune, epci, departement, region, autre, or None."""

    name: str
    nature: str | None = None
    departement: str | None = None
    hint: str | None = None
    code: str | None = None
    postal_code: str | None = None
    day: str | None = None
    context: str | None = None


def resolve(query: Query, gazetteer: Gazetteer, corrections: Corrections) -> Resolution:
    """The territory of a query: by correction, by code, then by name from the most literal to the most forgiving."""
    settled = corrections.of(query.name, query.context)
    if settled is not None:
        return _corrected(settled, query, gazetteer)
    found = _by_code(query, gazetteer) if query.code else _by_name(query, gazetteer)
    unread = query.departement and query.departement.strip() and not departements_in(query.departement, gazetteer)
    return found.with_alert("departement_inconnu") if unread else found


def _by_name(query: Query, gazetteer: Gazetteer) -> Resolution:
    printed = _printed(query.name, gazetteer)
    hints = _hints(query, printed, gazetteer)
    if query.nature == "autre":
        return unresolved("nature_autre")
    if query.nature in ("departement", "region", "collectivite_outre_mer"):
        return _area(printed, query.nature, gazetteer)
    if query.nature == "epci" or announces_an_epci(printed.key):
        alert = "nature_contredite" if query.nature == "commune" else ""
        return resolve_group(printed, hints, query.day, gazetteer).with_alert(alert)
    found = _commune(printed, hints, query.day, gazetteer)
    ending = or_a_group if query.nature else _of_unsaid_nature
    return ending(found, printed, hints, query.day, gazetteer)


def _of_unsaid_nature(
    found: Resolution, printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer
) -> Resolution:
    """A bare name is a commune's; where an EPCI of the place has it too, that is said and the answer is less sure.

    A name that is also a département's or a region's is nobody's while its nature is unsaid.
    """
    areas = _areas_named(printed.key, found, hints, gazetteer)
    if areas:
        own = (found.code,) if found.code else ()
        return unresolved("nature_non_dite", (*own, *found.candidates, *areas))
    if found.code is None:
        if found.candidates:
            return found
        group = resolve_group(printed, hints, day, gazetteer, bare=not looks_like_an_acronym(printed.name))
        return group if group.code or group.candidates else found
    around = groups_around(printed.key, found.departement, day, gazetteer)
    if not around:
        return found
    rivals = tuple(sorted({*found.candidates, *around}))
    return replace(found, certainty="probable", candidates=rivals).with_alert("commune_ou_epci")


def _areas_named(key: str, found: Resolution, hints: Hints, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Codes of the départements and regions of that name that what was printed beside it does not rule out.

    Paris is one territory under both natures, and so is a commune whose printed département is not the area's own.
    """
    areas = [area for area in (*gazetteer.departements.values(), *gazetteer.regions.values()) if area.key == key]
    open_ones = []
    for area in areas:
        within = set(area.departements)
        is_elsewhere = bool(hints.departements) and not hints.departements & within
        is_the_same = found.departement in within and gazetteer.has_one_commune(found.departement or "")
        if not is_elsewhere and not is_the_same:
            open_ones.append(area.code)
    return tuple(open_ones)


def _printed(name: str, gazetteer: Gazetteer) -> Printed:
    """The name taken apart, unless its brackets are its own ("Château-Chinon (Ville)", also as "la commune de …")."""
    whole = normalise(name)
    has_its_own = "(" in name and any(map(gazetteer.named, spoken_variants(whole)))
    return Printed(name, whole, ()) if has_its_own else take_apart(name)


def _hints(query: Query, printed: Printed, gazetteer: Gazetteer) -> Hints:
    columns = departements_in(query.departement, gazetteer)
    five = frozenset({query.postal_code.zfill(5)} if query.postal_code and query.postal_code.isdigit() else ())
    hints = Hints(columns, five) | hint_in_text(query.hint, gazetteer)
    return hints | hints_in_brackets(printed.brackets, gazetteer)


def _corrected(settled: Correction, query: Query, gazetteer: Gazetteer) -> Resolution:
    if settled.code is None:
        nature, name, present = settled.nature, settled.name, settled.present
        return Resolution(None, nature, name, None, None, present, "correction", "certaine", correction=settled.id)
    entity = _of_nature(settled.code, settled.nature, query.day, gazetteer)
    answer = resolved(entity, "correction", "certaine", query.day)
    name, present = settled.name or answer.name, settled.present or answer.present
    return replace(answer, nature=settled.nature, name=name, present=present, correction=settled.id)


def _of_nature(code: str, nature: str, day: str | None, gazetteer: Gazetteer) -> Entity:
    """The territory of a code that a correction names, under the name of the day; its existence was checked on load."""
    if nature in ("departement", "collectivite_outre_mer", "region"):
        return (gazetteer.regions if nature == "region" else gazetteer.departements)[code]
    if nature in ("epci", "ept"):
        bodies = gazetteer.bodies_on(day)
        if bodies is not None and code in bodies.of_the_day:
            return bodies.of_the_day[code]
        same = [entity for entity in gazetteer.epci if entity.code == code]
        return min(same, key=lambda entity: entity.rank(day))
    found = gazetteer.coded(code)
    return min(found, key=lambda entity: (entity.nature != nature, entity.rank(day)))


def _by_code(query: Query, gazetteer: Gazetteer) -> Resolution:
    """A printed code: it wins over the name, unless the name is another territory's; then nobody wins."""
    code = (query.code or "").strip().upper()
    code = code.zfill(5) if code.isdigit() and len(code) == 4 else code
    found = gazetteer.coded(code) or [entity for entity in gazetteer.epci if entity.code == code]
    if not found:
        answer = _by_name(query, gazetteer)
        return answer.with_alert("code_inconnu")
    key = _printed(query.name, gazetteer).key
    same = [entity for entity in found if entity.key in spoken_variants(key)]
    best = min(same or found, key=lambda entity: entity.rank(query.day))
    if same:
        rank = 0 if best.nature == "epci" else best.rank(query.day)
        alert = "plus_une_commune" if rank > 1 else ""
        return resolved(best, "code", "probable" if rank == 3 else "certaine", query.day, alert=alert)
    named = _by_name(query, gazetteer)
    if named.code == code:
        return named
    if named.code or named.candidates:
        others = tuple(dict.fromkeys((code, *((named.code,) if named.code else ()), *named.candidates)))
        return unresolved("code_et_nom_se_contredisent", others)
    return resolved(best, "code", "probable", query.day, alert="nom_inconnu")


def _area(printed: Printed, nature: str, gazetteer: Gazetteer) -> Resolution:
    areas = gazetteer.regions if nature == "region" else gazetteer.departements
    keys = spoken_variants(re.sub(r"^(?:departement|region|conseil \w+) ", "", printed.key))
    found = [entity for code, entity in areas.items() if entity.key in keys or code == printed.name.upper()]
    return resolved(found[0], "nom_normalise", "certaine", None) if len(found) == 1 else unresolved("nom_inconnu")


def _commune(printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer) -> Resolution:
    if hints.unread:
        return unresolved("precision_inconnue", tuple(entity.code for entity in _named(printed, gazetteer)))
    found = _named(printed, gazetteer)
    method = "nom"
    if not found:
        found, method = gazetteer.named_but_for_the_article(printed.key), "article"
    kept = [entity for entity in found if _agrees(entity, hints)]
    if kept:
        answer = _choose(printed, kept, hints, day, method)
        return _unless_shortened(answer, printed, hints, day, gazetteer) if answer.code else answer
    longer = _longer(printed, hints, day, gazetteer)
    if longer and (found or hints.departements or hints.five_digits):
        # A town of the place begins so: the name is no other town's, nor a misprint.
        others = tuple(sorted({entity.code for entity in found}))
        return unresolved("nom_abrege", (*candidates_of(longer), *others[:MOST]))
    if found:
        return _contradicted(printed, found, hints, day, gazetteer)
    near = _neighbours(printed, hints, gazetteer)
    if longer:
        return unresolved("nom_abrege", (*candidates_of(longer), *(entity.code for entity in near)))
    return _misprinted(printed, near, hints, day)


def _misprinted(printed: Printed, near: list[Entity], hints: Hints, day: str | None) -> Resolution:
    """The only place of a neighbouring spelling; several are candidates."""
    if not near:
        return unresolved("nom_inconnu")
    answer = _choose(printed, near, hints, day, "graphie_voisine")
    return answer.with_alert("graphie_corrigee") if answer.code else answer


def _keys(printed: Printed) -> tuple[str, ...]:
    """Every key that the name may stand for, most literal first."""
    return tuple(dict.fromkeys(variant for key in spelled_out(printed.name) for variant in spoken_variants(key)))


def _longer(
    printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer, *, exact: bool = False
) -> list[Entity]:
    """The communes of the day that the name begins, where what is beside it says that the place is."""
    literal = exact and not hints.departements
    found = longer_names(_keys(printed), hints.departements, day, gazetteer, exact=literal)
    return [entity for entity in found if _agrees(entity, hints)]


def _unless_shortened(
    answer: Resolution, printed: Printed, hints: Hints, day: str | None, gazetteer: Gazetteer
) -> Resolution:
    """The answer, unless its name is what a page may print for a longer one: then it is doubtful, or nobody's."""
    by_name = answer.method in ("nom_exact", "nom_normalise")
    longer = _longer(printed, hints, day, gazetteer, exact=by_name)
    # A commune that was enlarged and renamed may have kept its code; under another code it is another territory.
    longer = [entity for entity in longer if entity.code != answer.code]
    if answer.code is None or not longer:
        return answer
    own = min(gazetteer.coded(answer.code), key=lambda entity: entity.rank(day))
    is_official = by_name and answer.nature in ("commune", "arrondissement_municipal")
    said_where = bool(hints.departements or hints.five_digits)
    towns = much_larger(longer, own)
    if longer and (not is_official or (towns and not said_where)):
        return unresolved("nom_abrege", (answer.code, *candidates_of(towns or longer)))
    doubtful = towns if said_where else larger(longer, own)
    if not doubtful:
        return answer
    rivals = tuple(sorted({*answer.candidates, *candidates_of(doubtful)}))
    return replace(answer, certainty="probable", candidates=rivals)


def _named(printed: Printed, gazetteer: Gazetteer) -> list[Entity]:
    district = _DISTRICT.match(printed.key)
    if district is not None:
        number = int(district.group(2))
        key = f"{district.group(1)} {number}{'er' if number == 1 else 'e'} arrondissement"
        return gazetteer.named(key)
    found: dict[tuple[str, str, str | None], Entity] = {}
    for key in _keys(printed):
        found |= {(entity.code, entity.nature, entity.until): entity for entity in gazetteer.named(key)}
    return list(found.values())


def _agrees(entity: Entity, hints: Hints) -> bool:
    if hints.departements and entity.departement not in hints.departements:
        return False
    if not hints.five_digits:
        return True
    # Five digits in brackets are a postal code for one printer and a commune's code for another.
    known = {entity.code, entity.present, *entity.postal_codes.split()}
    if entity.postal_codes:
        return bool(hints.five_digits & known)
    return any(code[:2] == (entity.departement or "")[:2] for code in hints.five_digits) or bool(
        hints.five_digits & known
    )


def _is_in_the_said_departement(entity: Entity, hints: Hints) -> bool:
    own = entity.departement or ""
    return bool(hints.five_digits) and all(code[: len(own)] == own for code in hints.five_digits)


def _choose(printed: Printed, found: list[Entity], hints: Hints, day: str | None, method: str) -> Resolution:
    # Letters can be laid side by side only where the keys are the same.
    dressed = [one for one in found if method == "nom" and keeps_the_accents_of(printed.name, one.name)]
    alike = dressed or found
    best = _one_a_code(alike, day)
    first = min(entity.rank(day) for entity in best)
    # Without a commune of the day, a delegated commune and a former one are equals: both are what is left of a name.
    likely = [entity for entity in best if entity.rank(day) == first or (first and _still_counts(entity, day))]
    others = tuple(entity.code for entity in best if entity not in likely and _still_counts(entity, day))
    if len(likely) > 1:
        return unresolved("homonymes", tuple(entity.code for entity in likely) + others)
    entity = likely[0]
    if method == "nom":
        method = "nom_exact" if entity.name == printed.name else "nom_normalise"
        method = "nom_ancien" if entity.until is not None and entity.rank(day) else method
    said_where = bool(hints.departements or hints.five_digits)
    sure = entity.rank(day) == 0 and method in ("nom_exact", "nom_normalise") and (said_where or not others)
    alert = "plus_une_commune" if first > 1 else ""
    return resolved(entity, method, "certaine" if sure else "probable", day, rivals=others, alert=alert)


def _one_a_code(found: list[Entity], day: str | None) -> list[Entity]:
    """A commune and its delegated commune share a code and often a name: the one of the day stands for both."""
    best: dict[str, Entity] = {}
    for entity in found:
        rival = best.get(entity.code)
        if rival is None or entity.rank(day) < rival.rank(day):
            best[entity.code] = entity
    return [best[code] for code in sorted(best)]


def _still_counts(entity: Entity, day: str | None) -> bool:
    year = int(day[:4]) if day else 2010
    return entity.until is None or int(entity.until[:4]) > year - _FORGOTTEN_YEARS


def _neighbours(printed: Printed, hints: Hints, gazetteer: Gazetteer) -> list[Entity]:
    alone = not hints.departements
    found: list[Entity] = []
    for variant in _keys(printed):
        near = neighbour(variant, gazetteer.keys_in(hints.departements, variant[:1]), alone=alone)
        found = [entity for key in near for entity in gazetteer.named(key) if _agrees(entity, hints)]
        if found:
            break
    return found


def _contradicted(
    printed: Printed, found: list[Entity], hints: Hints, day: str | None, gazetteer: Gazetteer
) -> Resolution:
    """The name exists, but elsewhere than said: kept only when it is the only one, a town's, and nothing there is like
    it."""
    near = resembling(printed.key, gazetteer.keys_in(hints.departements)) if hints.departements else []
    codes = {entity.code for entity in found}
    best = _one_a_code(found, day)[0]
    if not hints.departements and _is_in_the_said_departement(best, hints) and len(codes) == 1:
        # The postal code of a company or of a part of a town is in no list, but its first digits say where it is.
        return resolved(best, "nom_unique", "probable", day, alert="code_postal_contredit")
    # The name of a small place is also that of hamlets and quarters elsewhere: then the département is right.
    is_a_town = (best.population or 0) >= KNOWN_EVERYWHERE
    if near or len(codes) > 1 or best.rank(day) > 0 or not is_a_town:
        like = {entity.code for key in near for entity in gazetteer.named(key) if _agrees(entity, hints)}
        return unresolved("departement_contredit", tuple(sorted(codes | like)))
    return resolved(best, "nom_unique", "probable", day, alert="departement_contredit")
