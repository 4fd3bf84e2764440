"""Invented forms with leaks of more than thirty kinds: what is found, what is held wrongly. Seeds differ from run
sizes."""

from __future__ import annotations

import pytest

from benchmarks.privacy.generated import generate, person_of
from benchmarks.privacy.measure import Measured, measure


def missed(result: Measured) -> list[str]:
    """The bars that a result does not reach."""
    low = [
        f"{kind}: {recall}"
        for kind, recall in result.recall.items()
        if recall < (1.0 if kind.startswith(("own_", "fichier_")) else 0.98)
    ]
    low += [f"{len(result.recall)} kinds"] if len(result.recall) < 30 else []
    low += [f"clean rows held: {result.clean_held}"] if result.clean_held >= 0.01 else []
    return low + ([f"precision: {result.precision}"] if result.precision <= 0.9 else [])


@pytest.mark.parametrize("seed", [101, 4242])
def test_leaks_are_found_and_clean_rows_pass(seed: int) -> None:
    assert missed(measure(generate(3000, seed, share=0.4))) == []


@pytest.mark.heavy
def test_a_hundred_thousand_forms_hold_the_bars() -> None:
    assert missed(measure(generate(100_000, 777))) == []


def test_no_report_repeats_a_leaked_value() -> None:
    made = generate(400, 5, share=1.0)
    told = str(measure(made).report).lower()
    for row in range(made.public.num_rows):
        person = person_of(made.personal, row)
        assert person.courriel.lower() not in told
        assert person.telephone not in told


def test_the_same_seed_makes_the_same_set() -> None:
    assert generate(50, 3).public.equals(generate(50, 3).public)
    assert not generate(50, 3).public.equals(generate(50, 4).public)
