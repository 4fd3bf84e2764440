"""Coverage of départements, regions and population classes by the known laureates of each edition.

Belongs here: who is covered, counted once whatever the number of laureates that cover them. Does not: inequality
(`inequality.py`). An edition of which no laureate is known has no row: nothing is known is not zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.territories.derived.knowledge import LAUREATES, knowledge_by_edition
from pipelines.geo.geography import COMMUNAL, VINTAGE, Commune, Geography, load_geography
from pipelines.schema import load_codelist
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table

AWARDS = "label/palmares"
PACKAGE = "territoires-numeriques"
# The alert of a territory that is not in the département printed beside its name.
CONTRADICTED = "departement_contredit"


@dataclass(frozen=True)
class Covered:
    """Communes of one edition. `laureates`: as laureates themselves; `all`: with the members of laureate bodies.

    `bodies`: how many distinct territories are known laureates, covered communes or not. `vintages`: those of the
    reference whose members of laureate bodies were counted; `people`: the one whose populations are.
    """

    edition: int
    laureates: frozenset[str]
    all: frozenset[str]
    bodies: int
    vintages: tuple[int, ...] = ()
    people: int = VINTAGE

    @property
    def says(self) -> dict[str, Any]:
        """The vintages that were counted with, as fields of the coverage tables."""
        return {
            "membres_millesimes": "|".join(map(str, self.vintages)) or None,
            "population_millesime": self.people,
        }


@dataclass(frozen=True)
class Counts:
    """Communes and people of a unit, and those of them that are covered."""

    communes: int
    population: int
    laureates: int
    covered: int
    people: int

    def row(self) -> dict[str, Any]:
        """As fields of the coverage tables; a share of nothing is absent."""
        return {
            "communes_nombre": self.communes,
            "population": self.population,
            "communes_laureates_nombre": self.laureates,
            "communes_couvertes_nombre": self.covered,
            "population_couverte": self.people,
            "part_communes": Fraction(self.covered, self.communes) if self.communes else None,
            "part_population": Fraction(self.people, self.population) if self.population else None,
        }


def coverage_by_edition(awards: pa.Table, geography: Geography) -> list[Covered]:
    """Who is covered, edition by edition, in order of years. `awards`: the table label/palmares.

    A territory that contradicts the département printed beside it counts for nothing until a person settles it.
    """
    names = ("edition", "territoire_nature", "territoire_code", "code_actuel", "resolution_alerte")
    columns = (awards.column(name).to_pylist() for name in names)
    laureates: dict[int, set[str]] = defaultdict(set)
    every: dict[int, set[str]] = defaultdict(set)
    bodies: dict[int, set[tuple[str, str]]] = defaultdict(set)
    vintages: dict[int, set[int]] = defaultdict(set)
    for edition, nature, code, present, alerts in zip(*columns, strict=True):
        if code is None or CONTRADICTED in (alerts or "").split("|"):
            continue
        communes = geography.covered_by(nature, code, present, edition)
        vintage = geography.vintage_of(code, edition) if nature not in COMMUNAL else None
        if vintage is not None and communes:
            vintages[edition].add(vintage)
        bodies[edition].add((nature, code))
        every[edition] |= communes
        if nature in COMMUNAL:
            laureates[edition] |= communes
    return [
        Covered(
            edition,
            frozenset(laureates[edition]),
            frozenset(every[edition]),
            len(bodies[edition]),
            tuple(sorted(vintages[edition])),
            geography.people_vintage(edition),
        )
        for edition in sorted(bodies)
    ]


class Area(list[Commune]):
    """The communes of a unit; their people and their codes are counted once, however many editions are held to them."""

    @cached_property
    def population(self) -> int:
        return sum(commune.population for commune in self)

    @cached_property
    def people_by_code(self) -> dict[str, int]:
        return {commune.code: commune.population for commune in self}


def units(communes: Iterable[Commune], unit_of: Callable[[Commune], str]) -> dict[str, Area]:
    """Communes by unit, in order of codes."""
    found: dict[str, Area] = defaultdict(Area)
    for commune in communes:
        found[unit_of(commune)].append(commune)
    return dict(sorted(found.items()))


@dataclass
class Breakdown:
    """The communes of today by unit, with the people of each edition's own vintage; made once a vintage.

    `make` puts communes in units, all units in their order.
    """

    geography: Geography
    make: Callable[[Iterable[Commune]], dict[str, Area]]
    _made: dict[int, dict[str, Area]] = field(default_factory=dict)

    def of(self, covered: Covered) -> dict[str, Area]:
        """The units as an edition counts them."""
        if covered.people not in self._made:
            self._made[covered.people] = self.make(self.geography.communes_at(covered.people).values())
        return self._made[covered.people]


def breakdown(geography: Geography, unit_of: Callable[[Commune], str]) -> Breakdown:
    """The communes by what `unit_of` says of each."""
    return Breakdown(geography, lambda communes: units(communes, unit_of))


def count(unit: Area, covered: Covered) -> Counts:
    """What is covered among these communes."""
    people = unit.people_by_code
    reached = covered.all & people.keys()
    return Counts(
        communes=len(unit),
        population=unit.population,
        laureates=len(covered.laureates & people.keys()),
        covered=len(reached),
        people=sum(people[code] for code in reached),
    )


def size_classes(project: Project, breakdown: str) -> list[tuple[str, int, int | None]]:
    """The classes of a breakdown: code, least and most population, both included; None is no limit."""
    found = []
    for entry in load_codelist(project.schemas, "classes_population").codes:
        more = dict(entry.more)
        if more["decoupage"] == breakdown:
            found.append((entry.code, int(more["minimum"]), int(more["maximum"]) if more["maximum"] else None))
    return found


def class_of(population: int, classes: list[tuple[str, int, int | None]]) -> str:
    """The class of a commune. Raises `ValueError` when the classes leave a hole."""
    for code, least, most in classes:
        if least <= population and (most is None or population <= most):
            return code
    raise ValueError(f"no population class holds {population}")


def by_class(geography: Geography, classes: list[tuple[str, int, int | None]]) -> Breakdown:
    """The communes by class of population, in the order of the classes; a class without a commune is there, empty."""

    def make(communes: Iterable[Commune]) -> dict[str, Area]:
        found = units(communes, lambda commune: class_of(commune.population, classes))
        return {code: found.get(code, Area()) for code, _, _ in classes}

    return Breakdown(geography, make)


@derived("couverture_departements")
def departements(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row an edition and a département or overseas collectivity, also where nobody is covered."""
    geography = load_geography(project.reference)
    known = knowledge_by_edition(tables[LAUREATES])
    by_departement = breakdown(geography, lambda commune: commune.departement)

    def rows() -> Iterator[dict[str, Any]]:
        for covered in coverage_by_edition(tables[AWARDS], geography):
            shown, found = known[covered.edition].row(), by_departement.of(covered)
            for code, area in geography.departements.items():
                about = {"departement_code": code, "departement_nom": area.name, "region_code": area.region}
                yield {
                    "edition": covered.edition, **about, "outre_mer": area.is_overseas,
                    **count(found.get(code, Area()), covered).row(), **covered.says, **shown,
                }  # fmt: skip

    return text_table(project, f"{PACKAGE}/couverture_departements", rows())


@derived("couverture_regions")
def regions(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row an edition and a region or overseas collectivity, also where nobody is covered."""
    geography = load_geography(project.reference)
    known = knowledge_by_edition(tables[LAUREATES])
    by_region = breakdown(geography, lambda commune: commune.region)

    def rows() -> Iterator[dict[str, Any]]:
        for covered in coverage_by_edition(tables[AWARDS], geography):
            shown, found = known[covered.edition].row(), by_region.of(covered)
            for code, area in geography.regions.items():
                about = {"edition": covered.edition, "region_code": code, "region_nom": area.name}
                counted = count(found.get(code, Area()), covered).row()
                yield {**about, "outre_mer": area.is_overseas, **counted, **covered.says, **shown}

    return text_table(project, f"{PACKAGE}/couverture_regions", rows())


@derived("couverture_tailles")
def sizes(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per edition, breakdown (size classes; under and over 2,000 inhabitants) and class.

    What is covered is counted only where enough laureates are known: a press list names large towns more often.
    """
    geography = load_geography(project.reference)
    known = knowledge_by_edition(tables[LAUREATES])
    breakdowns = {name: by_class(geography, size_classes(project, name)) for name in ("taille", "rural_urbain")}

    def rows() -> Iterator[dict[str, Any]]:
        for covered in coverage_by_edition(tables[AWARDS], geography):
            knowledge = known[covered.edition]
            shown = {**knowledge.row(), **knowledge.state()}
            for name, classes in breakdowns.items():
                for code, communes in classes.of(covered).items():
                    about = {"edition": covered.edition, "decoupage": name, "classe": code}
                    counted = count(communes, covered).row()
                    if not knowledge.is_enough:
                        counted = {key: counted[key] for key in ("communes_nombre", "population")}
                    yield {**about, **counted, **covered.says, **shown}

    return text_table(project, f"{PACKAGE}/couverture_tailles", rows())
