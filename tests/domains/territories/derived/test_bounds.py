"""Bounds of the Gini index: whatever the unknown laureates are, the index is between them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domains.territories.derived.bounds import gini_bounds, raised
from pipelines.domains.territories.derived.inequality import Unit, gini, lorenz


def people(*pairs):
    return [Unit(f"{rank:03d}", population, covered) for rank, (population, covered) in enumerate(pairs)]


def index(units):
    found = gini(lorenz(units))
    return Fraction(0) if found is None else found


@st.composite
def completed(draw):
    """Units, a budget, and one way of spending some of it."""
    populations = draw(st.lists(st.integers(1, 60), min_size=1, max_size=6))
    known = [draw(st.integers(0, population)) for population in populations]
    added = [draw(st.integers(0, population - covered)) for population, covered in zip(populations, known, strict=True)]
    budget = sum(added) + draw(st.integers(0, 20))
    before = people(*zip(populations, known, strict=True))
    after = people(*((size, old + new) for size, old, new in zip(populations, known, added, strict=True)))
    return before, budget, after


@given(completed())
def test_every_completion_lies_between_the_bounds(case):
    before, budget, after = case
    least, greatest = gini_bounds(before, budget)
    assert least <= index(after) <= greatest


@given(completed())
def test_no_budget_leaves_the_least_at_the_index_itself(case):
    before, _, _ = case
    assert gini_bounds(before, 0)[0] == index(before)


@given(completed())
def test_water_spends_the_budget_and_no_more(case):
    before, budget, _ = case
    poured = sum(Fraction(unit.covered) for unit in raised(before, budget)) - sum(unit.covered for unit in before)
    room = sum(unit.population - unit.covered for unit in before)
    assert poured == min(budget, room)


def test_two_units_worked_by_hand():
    # 100 and 100 people, 50 and 0 covered: 25 more to the second leave 1/2 and 1/4; curve (1/2, 1/3), Gini 1/6.
    assert gini_bounds(people((100, 50), (100, 0)), 25) == (Fraction(1, 6), Fraction(3, 4))


def test_units_without_people_have_no_bounds():
    with pytest.raises(ValueError, match="no people"):
        gini_bounds([], 10)
