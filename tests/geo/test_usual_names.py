"""Usual names of groups of communes, which no reference has: never an answer, always candidates."""

from __future__ import annotations

import pytest

from tests.geo.builders import resolved


@pytest.mark.parametrize(
    ("printed", "candidates"),
    [
        ("Grand Lyon", ("200046977", "243800935")),
        ("Métropole du Grand Lyon", ("200046977",)),
        ("Lille Métropole", ("200093201",)),
        ("Eurométropole de Metz", ("200039865",)),
        ("Vannes agglo", ("200067932",)),
        ("Grand Albigeois", ("248100737",)),
        ("GrandAngoulême", ("200071827",)),
        ("Brest Métropole Océane", ("242900314",)),
    ],
)
@pytest.mark.parametrize("nature", ["epci", None])
def test_a_usual_name_has_the_bodies_that_it_may_mean_as_candidates(printed, candidates, nature):
    found = resolved(printed, nature=nature, day="2024-01-01")
    assert (found.code, found.candidates) == (None, candidates)


def test_before_the_first_vintage_a_usual_name_has_candidates_too():
    found = resolved("Grand Lyon", nature="epci", day="2009-12-15")
    assert (found.code, found.alerts) == (None, ("epci_sans_historique",))
    assert "200046977" in found.candidates


def test_a_group_where_a_source_says_commune_is_a_candidate_and_the_contradiction_is_told():
    found = resolved("Rennes Métropole", nature="commune", departement="35", day="2024-01-01")
    assert (found.code, found.candidates) == (None, ("243500139",))
    assert "nature_contredite" in found.alerts


@pytest.mark.parametrize("printed", ["Grand", "Pays", "Métropole", "Grand Nord", "Le Grand Xyzabc", "Communauté"])
def test_a_name_without_a_word_that_distinguishes_means_nobody(printed):
    assert resolved(printed, nature="epci", day="2024-01-01").code is None


def test_a_place_beside_the_name_leaves_out_the_bodies_elsewhere():
    assert resolved("Grand Lyon", nature="epci", departement="69", day="2024-01-01").candidates == ("200046977",)
