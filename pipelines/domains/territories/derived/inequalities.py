"""The tables `inegalites` and `courbes_inegalites`: computed only of editions of which enough laureates are known.

Belongs here: gathering coverage, measure, bounds and completeness. Does not: the measure (`inequality.py`), its bounds
(`bounds.py`), the threshold (`knowledge.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.territories.derived.bounds import gini_bounds
from pipelines.domains.territories.derived.coverage import (
    AWARDS,
    BY_SIZE,
    PACKAGE,
    Units,
    coverage_by_edition,
    lines_of,
    size_classes,
)
from pipelines.domains.territories.derived.inequality import Unit, gini, lorenz
from pipelines.domains.territories.derived.knowledge import LAUREATES, Knowledge, knowledge_by_edition
from pipelines.geo.geography import Geography, load_geography
from pipelines.tables.registry import derived
from pipelines.tables.rows import text_table


@dataclass(frozen=True)
class Measured:
    """One edition over one breakdown: the units with people, those of them that are covered, and what is known.

    `vintage`: of the populations.
    """

    edition: int
    vintage: int
    breakdown: str
    units: tuple[Unit, ...]
    people_covered: int
    knowledge: Knowledge


@derived("inegalites")
def inequalities(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per edition and breakdown: the Gini index and its bounds, or why it is not computed."""
    geography = load_geography(project.reference)

    def rows() -> Iterator[dict[str, Any]]:
        for item in measured(tables, project, geography):
            row = {"edition": item.edition, "decoupage": item.breakdown, "population_couverte": item.people_covered}
            row |= {**item.knowledge.state(), **item.knowledge.row(), "millesime": item.vintage}
            if item.knowledge.is_enough:
                least, greatest = gini_bounds(
                    item.units, people_within_reach(geography, item.edition, item.knowledge.unknown)
                )
                row |= {"gini": gini(lorenz(item.units)), "gini_minimum": least, "gini_maximum": greatest}
            yield row

    return text_table(project, f"{PACKAGE}/inegalites", rows())


@derived("courbes_inegalites")
def curves(tables: Mapping[str, pa.Table], project: Project) -> pa.Table:
    """One row per point of the Lorenz curves that may be drawn."""

    def rows() -> Iterator[dict[str, Any]]:
        for item in measured(tables, project, load_geography(project.reference)):
            points = lorenz(item.units) if item.knowledge.is_enough else []
            for rank, point in enumerate(points):
                yield {
                    "edition": item.edition,
                    "decoupage": item.breakdown,
                    "rang": rank,
                    "unite": point.code,
                    "part_population_cumulee": point.population,
                    "part_couverte_cumulee": point.people,
                }

    return text_table(project, f"{PACKAGE}/courbes_inegalites", rows())


def measured(tables: Mapping[str, pa.Table], project: Project, geography: Geography) -> Iterator[Measured]:
    """Every edition over every breakdown, in their order."""
    units = Units(geography, {name: size_classes(project, name) for name in BY_SIZE})
    known = knowledge_by_edition(tables[LAUREATES])
    for covered in coverage_by_edition(tables[AWARDS], geography):
        people = geography.population_of(covered.all, covered.people)
        for name in ("departement", *BY_SIZE):
            found = tuple(_units(units.count(name, covered)))
            yield Measured(covered.edition, covered.people, name, found, people, known[covered.edition])


def _units(counts: pd.DataFrame) -> Iterator[Unit]:
    """The units that have people."""
    for code, line in lines_of(counts):
        if line["population"]:
            yield Unit(code, line["population"], line["population_couverte"])


def people_within_reach(geography: Geography, year: int, unknown: int) -> int:
    """The most people that so many unknown laureates of a year could cover, municipalities or intercommunal bodies."""
    vintage = geography.people_vintage(year)
    towns = [commune.population for commune in geography.communes_at(vintage).values()]
    codes = {*geography.members, *geography.vintages}
    bodies = [geography.population_of(geography.covered_by("epci", code, None, year), vintage) for code in codes]
    return sum(nlargest(unknown, towns + bodies))
