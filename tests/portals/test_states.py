"""How a portal and a release differ, in a person's words."""

from __future__ import annotations

import pytest

from pipelines.portals.comparison import Difference, State, differences


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
    assert difference.message("fr") == f"{place}: a → —"
    assert difference.message("en") == f"{in_english}: a → —"


def test_a_difference_is_told_whole() -> None:
    long = "é" * 500
    assert Difference("jeu.description", long, f"{long}a").message() == f"jeu.description: {long} → {long}a"


def test_everything_that_is_to_be_made_is_counted() -> None:
    wanted = State({"title": "Prix"}, {"prix/csv": {"title": "Prix (CSV)"}, "prix/parquet": {"name": "Parquet"}})
    told = [(item.place, item.wanted) for item in differences(None, wanted)]
    assert told == [("jeu", "Prix"), ("prix/csv", "Prix (CSV)"), ("prix/parquet", "Parquet")]
