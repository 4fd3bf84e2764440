"""Inequality of coverage: the Lorenz curve and the Gini index, in exact fractions.

Belongs here: the two measures, for any units. Does not: who is covered (`coverage.py`), or the tables
(`inequalities.py`).
Definition: units in order of their share of people covered, least first; abscissa the cumulated share of population,
ordinate the cumulated share of people covered; Gini = 1 − Σ (xᵢ − xᵢ₋₁)(yᵢ + yᵢ₋₁). 0 when every unit is covered alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True)
class Unit:
    """A unit with people in it (`population` above 0), of whom `covered` are covered."""

    code: str
    population: int
    covered: int | Fraction


@dataclass(frozen=True)
class Point:
    """A point of a Lorenz curve after a unit; `people` is None when nobody at all is covered."""

    code: str | None
    population: Fraction
    people: Fraction | None


def lorenz(units: Sequence[Unit]) -> list[Point]:
    """The curve of these units, from the origin; units covered alike are in order of their codes.

    Raises `ValueError` for a unit without people or with more people covered than it has.
    """
    for unit in units:
        if not 0 <= unit.covered <= unit.population or unit.population == 0:
            raise ValueError(f"{unit.code}: {unit.covered} covered of {unit.population}")
    ordered = sorted(units, key=lambda unit: (Fraction(unit.covered) / unit.population, unit.code))
    population, people = sum(unit.population for unit in units), sum(unit.covered for unit in units)
    points = [Point(None, Fraction(0), Fraction(0) if people else None)]
    reached, covered = 0, Fraction(0)
    for unit in ordered:
        reached, covered = reached + unit.population, covered + unit.covered
        points.append(Point(unit.code, Fraction(reached, population), covered / people if people else None))
    return points


def gini(points: Sequence[Point]) -> Fraction | None:
    """The Gini index of a Lorenz curve, between 0 and 1; None when nobody is covered."""
    twice_the_area = Fraction(0)
    for before, after in pairwise(points):
        if before.people is None or after.people is None:
            return None
        twice_the_area += (after.population - before.population) * (after.people + before.people)
    return 1 - twice_the_area if len(points) > 1 else None
