"""How a portal and a release differ, in a person's words."""

from __future__ import annotations

import pytest

from pipelines.portals.states import Difference


@pytest.mark.parametrize(
    ("place", "in_english"),
    [
        ("jeu", "dataset"),
        ("jeu.title", "dataset.title"),
        ("ressource a1", "resource a1"),
        ("jeu/csv", "jeu/csv"),
        ("ressources/csv.url", "ressources/csv.url"),
    ],
)
def test_a_place_is_told_in_the_readers_language_and_a_table_by_its_name(place: str, in_english: str) -> None:
    difference = Difference(place, "a", None)
    assert difference.told("fr") == f"{place}: a → —"
    assert difference.told("en") == f"{in_english}: a → —"
