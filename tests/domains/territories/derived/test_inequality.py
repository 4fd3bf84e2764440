"""Lorenz and Gini, against cases worked by hand, another definition, and what must never change them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domains.territories.derived.inequality import Unit, gini, lorenz


def people(*pairs):
    return [Unit(f"{rank:03d}", population, covered) for rank, (population, covered) in enumerate(pairs)]


def unit_lists():
    counts = st.integers(1, 10**7).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total)))
    return st.lists(counts, min_size=1, max_size=30).map(lambda pairs: people(*pairs))


def test_two_equal_units_of_which_one_is_wholly_covered():
    # Worked by hand: points (0, 0) (1/2, 0) (1, 1); the area under the curve is 1/4, so Gini is 1/2.
    points = lorenz(people((100, 100), (100, 0)))
    assert [(point.population, point.people) for point in points] == [(0, 0), (Fraction(1, 2), 0), (1, 1)]
    assert gini(points) == Fraction(1, 2)


def test_three_units_worked_by_hand():
    # Populations 100, 200, 300, covered 10, 60, 180: shares 1/10, 3/10, 6/10; people 250.
    # x: 1/6, 1/2, 1; y: 1/25, 7/25, 1. Sum of trapezes: 1/6·1/25 + 1/3·8/25 + 1/2·32/25 = 113/150; Gini 37/150.
    assert gini(lorenz(people((100, 10), (200, 60), (300, 180)))) == Fraction(37, 150)


def test_one_small_unit_covered_in_a_large_country_is_nearly_complete_inequality():
    assert gini(lorenz(people((1, 1), (999_999, 0)))) == 1 - Fraction(1, 10**6)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.integers(1, 100))
def test_units_covered_alike_have_no_inequality(populations, per_cent):
    units = [Unit(str(rank), 100 * size, per_cent * size) for rank, size in enumerate(populations)]
    assert gini(lorenz(units)) == 0


def test_nobody_covered_has_no_index():
    points = lorenz(people((10, 0), (20, 0)))
    assert gini(points) is None
    assert all(point.people is None for point in points)
    assert gini(lorenz([])) is None


@given(unit_lists())
def test_the_index_lies_between_equality_and_one(units):
    index = gini(lorenz(units))
    assert index is None or 0 <= index < 1


@given(unit_lists(), st.integers(2, 50))
def test_the_index_does_not_change_when_everything_is_larger(units, times):
    larger = [Unit(unit.code, unit.population * times, unit.covered * times) for unit in units]
    assert gini(lorenz(larger)) == gini(lorenz(units))


@given(unit_lists(), st.randoms(use_true_random=False))
def test_the_curve_does_not_depend_on_the_order_of_units(units, chance):
    shuffled = list(units)
    chance.shuffle(shuffled)
    assert lorenz(shuffled) == lorenz(units)


@given(unit_lists())
def test_the_index_does_not_change_when_every_unit_is_cut_in_two_alike(units):
    doubled = [Unit(unit.code + half, unit.population, unit.covered) for unit in units for half in "ab"]
    assert gini(lorenz(doubled)) == gini(lorenz(units))


@given(unit_lists())
def test_the_index_is_the_mean_difference_of_shares_over_twice_the_mean_share(units):
    # The other definition: Σᵢⱼ pᵢ pⱼ |rᵢ − rⱼ| / (2 r), p the share of population, r the share covered.
    total, covered = sum(unit.population for unit in units), sum(unit.covered for unit in units)
    if covered:
        shares = [(Fraction(unit.population, total), Fraction(unit.covered, unit.population)) for unit in units]
        spread = sum(p * q * abs(r - s) for p, r in shares for q, s in shares)
        assert gini(lorenz(units)) == spread / (2 * Fraction(covered, total))


@given(unit_lists())
def test_the_curve_rises_and_bends_upwards(units):
    points = lorenz(units)
    slopes = [
        (after.people - before.people) / (after.population - before.population)
        for before, after in pairwise(points)
        if after.people is not None
    ]
    assert slopes == sorted(slopes)
    assert points[-1].population == 1


@pytest.mark.parametrize("unit", [Unit("a", 0, 0), Unit("a", 5, 6), Unit("a", 5, -1)])
def test_a_unit_that_cannot_be_is_refused(unit):
    with pytest.raises(ValueError, match="a: "):
        lorenz([unit])
