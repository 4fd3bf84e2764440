"""Bounds of the Gini index over everything that the unknown laureates could be.

Belongs here: the two bounds. Does not: how many laureates are unknown, or how many people each could cover.
Both are guaranteed, not estimated: whatever completes the known coverage within the budget is between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipelines.domains.territories.derived.inequality import Unit, gini, lorenz


def gini_bounds(units: Sequence[Unit], budget: int) -> tuple[Fraction, Fraction]:
    """The least and the greatest Gini index once at most `budget` more people are covered, anywhere.

    Least: people are added where coverage is lowest, which no other addition makes more equal. Greatest: were every
    covered person a unit of their own, the index would be one minus the share of people covered; gathering people into
    units only lowers it. Raises `ValueError` without people.
    """
    people = sum(unit.population for unit in units)
    if not people:
        raise ValueError("no people in these units")
    least = gini(lorenz(raised(units, budget)))
    covered = sum((Fraction(unit.covered) for unit in units), Fraction(0))
    return (least if least is not None else Fraction(0)), 1 - covered / people


def raised(units: Sequence[Unit], budget: int) -> list[Unit]:
    """The units with `budget` more people covered, those covered least first, as water fills a basin."""
    level = water_level(units, budget)
    return [Unit(unit.code, unit.population, max(Fraction(unit.covered), level * unit.population)) for unit in units]


def water_level(units: Sequence[Unit], budget: int) -> Fraction:
    """The share that the least covered units reach once `budget` people are added to them; at most 1."""
    ordered = sorted(units, key=lambda unit: Fraction(unit.covered) / unit.population)
    filled_people, filled_covered = 0, Fraction(0)
    for rank, unit in enumerate(ordered):
        filled_people += unit.population
        filled_covered += unit.covered
        reached = (filled_covered + budget) / filled_people
        is_last = rank + 1 == len(ordered)
        if is_last or reached <= Fraction(ordered[rank + 1].covered) / ordered[rank + 1].population:
            return min(reached, Fraction(1))
    return Fraction(0)
