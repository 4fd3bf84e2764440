"""The search index: a territory is found by any of its names, and the first letters are answered without a wait."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.catalogue import write_catalogue
from pipelines.catalogue.search_index import ANSWERS, FIRST, INDEX, PIECES, by_word, first_answers, shards
from pipelines.catalogue.territories import Territories, Territory
from pipelines.geo.other_names import other_names
from tests.catalogue.builders import BASE, a_catalogue, an_award, texts_published

REPOSITORY = Path(__file__).resolve().parents[2]
BEFORE_DATA = 60_000  # bytes
READ_FIRST = ("index.html", "static/style.css", "static/theme.css", "static/search.js", "static/icon.svg")


def of_names(*names: str) -> Territories:
    """One territory a name, none told of more than another."""
    found = {
        ("commune", f"{place:05d}"): Territory("commune", f"{place:05d}", {name: None})
        for place, name in enumerate(names)
    }
    return Territories([], found)


def pieces_with(territories: Territories, code: str, **also: list[str]) -> set[str]:
    """The beginnings under which a commune stands."""
    words = by_word(territories, {("commune", name.removeprefix("c")): told for name, told in also.items()})
    return {start for start, lines in shards(words).items() if any(line[2] == code for line in lines)}


def test_a_territory_is_found_by_each_telling_word_of_each_of_its_names() -> None:
    names = {"Saint-Cergy": None, "Le Vieux Bourg": None}
    known = Territories([], {("commune", "95127"): Territory("commune", "95127", names)})
    assert pieces_with(known, "95127") == {"ce", "vi", "bo", "95"}


def test_what_an_apostrophe_parts_is_found_without_it() -> None:
    assert pieces_with(of_names("L'Haÿ-les-Roses"), "00000") == {"ha", "ro", "lh", "00"}


def test_a_territory_is_found_by_its_former_names_and_postal_codes() -> None:
    found = pieces_with(of_names("Châlons-en-Champagne"), "00000", c00000=["51000", "Treffort", "CHALONS EN CHAMPAGNE"])
    assert found == {"ch", "tr", "51", "00"}
    (line,) = shards(by_word(of_names("Eu"), {("commune", "00000"): ["Eu", "76260", "Ville d'Eu"]}))["eu"]
    assert line == ["Eu", "commune", "00000", "", "", "76260", "Ville d'Eu"]


def test_the_reference_gives_former_names_absorbed_communes_and_postal_codes() -> None:
    known = other_names(REPOSITORY / "sources" / "reference")
    assert known["commune", "51108"] == ["51000", "Châlons-sur-Marne"]
    assert {"Treffort", "Cuisiat", "Treffort-Cuisiat", "01370"} <= set(known["commune", "01426"])
    assert known["epci", "200006930"] == ["CC du Haut Allier"]


def test_a_project_without_a_reference_has_no_other_names(tmp_path: Path) -> None:
    assert other_names(tmp_path) == {}


def test_the_index_is_json_that_names_pages_that_are_there(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95"), an_award("2024", "2A004", "2A")])
    catalogue = a_catalogue(tmp_path)
    starts = json.loads((catalogue / INDEX / f"{PIECES}.json").read_text(encoding="utf-8"))
    pieces = [path for path in (catalogue / INDEX).glob("*.json") if path.stem not in (PIECES, FIRST)]
    assert sorted(path.stem for path in pieces) == starts != []
    for piece in [*pieces, catalogue / INDEX / f"{FIRST}.json"]:
        told = json.loads(piece.read_text(encoding="utf-8"))
        lines = [line for found in told.values() for line in found] if isinstance(told, dict) else told
        for line in lines:
            page = line[4] or f"territoires/{line[1]}-{line[2]}.html"
            assert (catalogue / page).is_file()
            assert (catalogue / "en" / page).is_file()


def test_other_names_reach_the_index_and_no_page(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95")])
    also = {("commune", "95127"): ["Vieux Nom"], ("commune", "01001"): ["Rien Publié"]}
    write_catalogue(tmp_path / "releases", tmp_path / "catalogue", base_url=BASE, also=also)
    index = tmp_path / "catalogue" / INDEX
    assert "Vieux Nom" in (index / "vi.json").read_text(encoding="utf-8")
    assert not (index / "ri.json").exists()


def test_a_piece_of_many_territories_is_told_apart_by_longer_beginnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.catalogue.search_index.PIECE", 2)
    known = of_names("Mons", "Montagne", "Mont Noir", "Mont", "Mont Blanc", "Moi", "Aube")
    made = {start: [line[0] for line in lines] for start, lines in shards(by_word(known, {})).items()}
    assert made["moi"] == ["Moi"]
    assert made["mons"] == ["Mons"]
    assert made["mont"] == ["Mont", "Mont Blanc", "Mont Noir"], "words that end here cannot be told apart"
    assert made["monta"] == ["Montagne"]
    assert made["au"] == ["Aube"]
    assert {"mo", "mon"}.isdisjoint(made)


def test_two_letters_are_answered_by_whoever_is_named_so_then_by_whoever_is_told_of_most(tmp_path: Path) -> None:
    rows = [{**an_award("2024", f"0100{place}", "01"), "territoire_nom": name} for place, name in enumerate(
        ["Euzet", "Eurville", "Eu", "Eulmont", "Eup", "Eus", "Euvy"]
    )]  # fmt: skip
    rows += [{**rows[6], "edition": "2025"}]
    texts_published(tmp_path, "un", "prix", rows)
    a_catalogue(tmp_path)
    told = json.loads((tmp_path / "catalogue" / INDEX / f"{FIRST}.json").read_text(encoding="utf-8"))
    assert [line[0] for line in told["eu"]] == ["Eu", "Euvy", "Eulmont", "Eup", "Eurville"]


def test_every_beginning_of_two_letters_has_first_answers() -> None:
    words = by_word(of_names("Paris", "Y", "Saint", "Le Havre"), {})
    assert set(first_answers(words)) == {"pa", "y", "sa", "ha", "00"}
    assert all(0 < len(lines) <= ANSWERS for lines in first_answers(words).values())


def test_the_page_and_what_it_searches_with_are_small_before_any_data(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95")])
    catalogue = a_catalogue(tmp_path)
    assert sum((catalogue / name).stat().st_size for name in READ_FIRST) < BEFORE_DATA
