"""Coverage of départements, regions and population classes by the known laureates of each edition.

Belongs here: who is covered, counted once whatever the number of laureates that cover them. Does not: inequality
(`inequality.py`). An edition of which no laureate is known has no row: nothing is known is not zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.territories.derived.knowledge import LAUREATES, knowledge_by_edition
from pipelines.geo.geography import COMMUNAL, VINTAGE, Geography, load_geography
from pipelines.schema import load_codelist
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table

Numbers = np.ndarray[Any, np.dtype[np.int64]]
AWARDS = "label/palmares"
PACKAGE = "territoires-numeriques"
# The alert of a territory that is not in the département printed beside its name.
CONTRADICTED = "departement_contredit"
BY_SIZE = ("taille", "rural_urbain")
"""The breakdowns of communes by their people."""


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


COUNTS = (
    "communes_nombre",
    "population",
    "communes_laureates_nombre",
    "communes_couvertes_nombre",
    "population_couverte",
)


@lru_cache(maxsize=16)  # five tables count the same communes
def communes_frame(geography: Geography, vintage: int) -> pd.DataFrame:
    """The communes of today, with their people of a vintage: code, departement, region, population. Not to be
    changed."""
    communes = geography.communes_at(vintage).values()
    return pd.DataFrame(
        [(one.code, one.departement, one.region, one.population) for one in communes],
        columns=["code", "departement", "region", "population"],
    )


@lru_cache(maxsize=4)
def places_of(geography: Geography) -> Mapping[str, int]:
    """By code, the line of each commune of today in `communes_frame`."""
    return {code: place for place, code in enumerate(geography.communes)}


@dataclass(frozen=True)
class Grouped:
    """The communes of `communes_frame`, in the units of a breakdown: the number of each one's unit, none where it is
    negative, and the people of each. A unit may be without a commune."""

    units: tuple[str, ...]
    numbers: Numbers
    people: Numbers

    def sums(self, values: Numbers) -> Numbers:
        """Of a value of each commune, the sum by unit: exact, for sums stay far below 2**53."""
        has_unit = self.numbers >= 0
        found = np.bincount(self.numbers[has_unit], values[has_unit], len(self.units))
        return found.astype(np.int64)


def counts_by(grouped: Grouped, places: Mapping[str, int], covered: Covered) -> pd.DataFrame:
    """Communes and people of each unit, and those of them that are covered: whole numbers, by unit in order.

    `places`: where each commune is among those that are grouped.
    """
    is_covered, is_laureate = (_marked(places, some) for some in (covered.all, covered.laureates))
    counts = {
        "communes_nombre": grouped.sums(np.ones_like(grouped.people)),
        "population": grouped.sums(grouped.people),
        "communes_laureates_nombre": grouped.sums(is_laureate),
        "communes_couvertes_nombre": grouped.sums(is_covered),
        "population_couverte": grouped.sums(grouped.people * is_covered),
    }
    return pd.DataFrame(counts, index=list(grouped.units))


def _marked(places: Mapping[str, int], communes: Iterable[str]) -> Numbers:
    """1 in the place of each of some communes, 0 elsewhere."""
    found = np.zeros(len(places), np.int64)
    found[[places[code] for code in communes if code in places]] = 1
    return found


def with_shares(counts: Mapping[str, int]) -> dict[str, Any]:
    """A line of counts with its shares, exact; a share of nothing is absent."""
    communes, people = counts["communes_nombre"], counts["population"]
    return {
        **counts,
        "part_communes": Fraction(counts["communes_couvertes_nombre"], communes) if communes else None,
        "part_population": Fraction(counts["population_couverte"], people) if people else None,
    }


def lines_of(counts: pd.DataFrame) -> Iterator[tuple[str, dict[str, int]]]:
    """The units of a frame of counts, each with its line."""
    for code, *values in counts[list(COUNTS)].itertuples():
        yield str(code), dict(zip(COUNTS, map(int, values), strict=True))


def size_classes(project: Project, breakdown: str) -> list[tuple[str, int, int | None]]:
    """The classes of a breakdown: code, least and most population, both included; None is no limit."""
    found = []
    for entry in load_codelist(project.schemas, "classes_population").codes:
        more = dict(entry.more)
        if more["decoupage"] == breakdown:
            found.append((entry.code, int(more["minimum"]), int(more["maximum"]) if more["maximum"] else None))
    return found


def classed(population: pd.Series, classes: list[tuple[str, int, int | None]]) -> pd.Series:
    """The class of each commune, a categorical in the order of the classes.

    Raises `ValueError` when the classes leave a hole.
    """
    found = pd.Series(None, index=population.index, dtype="object")
    for code, least, most in reversed(classes):
        holds = population >= least if most is None else population.between(least, most)
        found = found.mask(holds, code)
    if found.isna().any():
        raise ValueError(f"no population class holds {population[found.isna()].iloc[0]}")
    return found.astype(pd.CategoricalDtype([code for code, _, _ in classes], ordered=True))


@dataclass
class Units:
    """The communes of today, and the unit of each by breakdown, with the people of each edition's own vintage.

    `classes`: of the breakdowns by size; any other breakdown is a column of `communes_frame`.
    """

    geography: Geography
    classes: Mapping[str, list[tuple[str, int, int | None]]] = field(default_factory=dict)

    def count(self, breakdown: str, covered: Covered) -> pd.DataFrame:
        """The counts of every unit of a breakdown (`counts_by`), as an edition counts them."""
        grouped = _grouped(self.geography, covered.people, breakdown, tuple(self.classes.get(breakdown, ())))
        return counts_by(grouped, places_of(self.geography), covered)


@lru_cache(maxsize=128)  # the breakdowns of all vintages: five tables count by them
def _grouped(
    geography: Geography, vintage: int, breakdown: str, classes: tuple[tuple[str, int, int | None], ...]
) -> Grouped:
    communes = communes_frame(geography, vintage)
    if classes:
        found = classed(communes["population"], list(classes))
        numbers, units = found.cat.codes.to_numpy(), found.cat.categories
    else:
        numbers, units = pd.factorize(communes[breakdown], sort=True)
    people = communes["population"].to_numpy(np.int64)
    return Grouped(tuple(map(str, units)), numbers.astype(np.int64), people)


@derived("couverture_departements")
def departements(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row an edition and a département or overseas collectivity, also where nobody is covered."""
    geography = load_geography(project.reference)
    known = knowledge_by_edition(tables[LAUREATES])
    units = Units(geography)

    def rows() -> Iterator[dict[str, Any]]:
        for covered in coverage_by_edition(tables[AWARDS], geography):
            known_of_edition = known[covered.edition].row()
            counts = units.count("departement", covered).reindex(list(geography.departements), fill_value=0)
            for code, line in lines_of(counts):
                area = geography.departements[code]
                about = {"departement_code": code, "departement_nom": area.name, "region_code": area.region}
                yield {
                    "edition": covered.edition, **about, "outre_mer": area.is_overseas,
                    **with_shares(line), **covered.says, **known_of_edition,
                }  # fmt: skip

    return text_table(project, f"{PACKAGE}/couverture_departements", rows())


@derived("couverture_regions")
def regions(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row an edition and a region or overseas collectivity, also where nobody is covered."""
    geography = load_geography(project.reference)
    known = knowledge_by_edition(tables[LAUREATES])
    units = Units(geography)

    def rows() -> Iterator[dict[str, Any]]:
        for covered in coverage_by_edition(tables[AWARDS], geography):
            known_of_edition = known[covered.edition].row()
            counts = units.count("region", covered).reindex(list(geography.regions), fill_value=0)
            for code, line in lines_of(counts):
                area = geography.regions[code]
                about = {"edition": covered.edition, "region_code": code, "region_nom": area.name}
                yield {**about, "outre_mer": area.is_overseas, **with_shares(line), **covered.says, **known_of_edition}

    return text_table(project, f"{PACKAGE}/couverture_regions", rows())


@derived("couverture_tailles")
def sizes(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per edition, breakdown (size classes; under and over 2,000 inhabitants) and class.

    What is covered is counted only where enough laureates are known: a press list names large towns more often.
    """
    geography = load_geography(project.reference)
    known = knowledge_by_edition(tables[LAUREATES])
    units = Units(geography, {name: size_classes(project, name) for name in BY_SIZE})

    def rows() -> Iterator[dict[str, Any]]:
        for covered in coverage_by_edition(tables[AWARDS], geography):
            knowledge = known[covered.edition]
            known_of_edition = {**knowledge.row(), **knowledge.state()}
            for name in BY_SIZE:
                for code, line in lines_of(units.count(name, covered)):
                    about = {"edition": covered.edition, "decoupage": name, "classe": code}
                    shares = with_shares(line)
                    if not knowledge.is_enough:
                        shares = {key: shares[key] for key in ("communes_nombre", "population")}
                    yield {**about, **shares, **covered.says, **known_of_edition}

    return text_table(project, f"{PACKAGE}/couverture_tailles", rows())
