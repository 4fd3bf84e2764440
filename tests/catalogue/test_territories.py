"""Territories: every table that declares one is told, on the page of each, and found by its name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urldefrag

import pytest

from pipelines.catalogue.model import read_holdings
from pipelines.catalogue.territories import Territories, folded, gather, key_text, shards
from pipelines.releases import Warned
from tests.catalogue.builders import a_catalogue, an_award, another_package, texts_published


def known(outputs: Path) -> Territories:
    return gather(read_holdings(outputs / "releases"))


def named(code: str, official: str, source: str, **more: str) -> dict[str, str]:
    return {**an_award("2024", code, "95"), "territoire_nom": official, "nom_publie": source, **more}


def test_a_catalogue_without_territories_has_no_page_of_them(tmp_path: Path) -> None:
    another_package(tmp_path)
    catalogue = a_catalogue(tmp_path)
    assert not (catalogue / "territoires").exists()
    assert "Et ma commune" not in (catalogue / "index.html").read_text(encoding="utf-8")


def test_a_territory_has_all_its_rows_of_every_table_and_is_told_where_there_is_none(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95"), an_award("2025", "95127", "95", "3")])
    texts_published(tmp_path, "deux", "aides", [an_award("2023", "01001", "01")])
    page = (a_catalogue(tmp_path) / "territoires/commune-95127.html").read_text(encoding="utf-8")
    assert page.count("Toute la ligne") == 2
    unknown = page[page.index("Ce que nous ne savons pas") :]
    assert "deux/table-aides.html" in unknown
    assert "un/table-prix.html" not in unknown


def test_a_territory_is_told_what_holds_for_its_rows_and_not_what_was_wrong_before_them(tmp_path: Path) -> None:
    made_up = Warned("Données fictives.", "Made-up data.")
    before = Warned("Les versions d'avant étaient fausses.", "Versions before were wrong.", is_notice=True)
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95")], warnings=[made_up, before])
    page = (a_catalogue(tmp_path) / "territoires/commune-95127.html").read_text(encoding="utf-8")
    assert "Données fictives." in page
    assert "étaient fausses" not in page


def test_the_whole_row_is_asked_for_by_its_key(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95")])
    page = (a_catalogue(tmp_path) / "en/territoires/commune-95127.html").read_text(encoding="utf-8")
    link = re.search(r'href="([^"]*#cle=[^"]*)"', page)
    assert link is not None
    target, fragment = urldefrag(link[1])
    assert target == "../un/table-prix.html"
    assert parse_qs(fragment) == {"cle": ["0000"]}


def test_keys_are_written_as_the_preview_reads_them() -> None:
    assert key_text({"a": "x|y", "b": "\\"}, ["a", "b"]) == "x\\|y | \\\\"


def test_kinds_that_share_a_code_are_not_one_territory(tmp_path: Path) -> None:
    texts_published(
        tmp_path,
        "un",
        "prix",
        [an_award("2024", "01015", "01"), an_award("2024", "01015", "01", nature="ancienne_commune")],
    )
    catalogue = a_catalogue(tmp_path)
    assert (catalogue / "territoires/commune-01015.html").is_file()
    assert (catalogue / "territoires/ancienne_commune-01015.html").is_file()


def test_rows_without_a_code_are_given_to_nobody(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "", "95"), an_award("2024", "95127", "95")])
    found = known(tmp_path)
    assert {(item.kind, item.code) for item in found.all} == {("commune", "95127"), ("departement", "95")}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("Saint-Étienne", "saint etienne"),
        ("L’Île", "l ile"),
    ],
)
def test_names_are_searched_without_accents_hyphens_and_apostrophes(name: str, key: str) -> None:
    assert folded(name) == key


def test_a_territory_is_found_by_each_telling_word_of_each_of_its_names(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [named("95127", "Saint-Cergy", "Le Vieux Bourg")])
    pieces = {start for start, lines in shards(known(tmp_path)).items() if any(line[2] == "95127" for line in lines)}
    assert pieces == {"ce", "vi", "bo", "95"}


def test_other_names_are_those_that_a_reader_would_not_take_for_the_same(tmp_path: Path) -> None:
    rows = [named("95127", "Cergy-Pontoise", "CERGY PONTOISE"), named("95127", "Cergy-Pontoise", "Ville nouvelle")]
    texts_published(tmp_path, "un", "prix", rows)
    (town,) = known(tmp_path).of_kind("commune")
    assert (town.name, town.other_names) == ("Cergy-Pontoise", ["Ville nouvelle"])


def test_a_former_territory_points_at_the_one_of_today(tmp_path: Path) -> None:
    rows = [
        named("01015", "Ancien Lieu", "Ancien Lieu", code_actuel="01002"),
        named("01002", "Lieu Nouveau", "Lieu Nouveau", code_actuel="01002"),
    ]
    texts_published(tmp_path, "un", "prix", rows)
    catalogue = a_catalogue(tmp_path)
    page = (catalogue / "territoires/commune-01015.html").read_text(encoding="utf-8")
    assert 'Aujourd’hui\u00a0: <a href="commune-01002.html">Lieu Nouveau</a>' in page


def test_the_index_is_json_that_names_pages_that_are_there(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95"), an_award("2024", "2A004", "2A")])
    catalogue = a_catalogue(tmp_path)
    pieces = list((catalogue / "territoires/recherche").glob("*.json"))
    assert pieces
    for piece in pieces:
        for line in json.loads(piece.read_text(encoding="utf-8")):
            assert (catalogue / line[4]).is_file()
            assert (catalogue / "en" / line[4]).is_file()


def test_a_departement_is_not_above_itself_nor_named_by_its_code(tmp_path: Path) -> None:
    rows = [{**an_award("2024", "95001", "95"), "departement_nom": "Val-d'Oise"}]
    rows.append({**an_award("2024", "95002", "95"), "departement_nom": "95"})
    texts_published(tmp_path, "label", "palmares", rows)
    page = (a_catalogue(tmp_path) / "territoires" / "departement-95.html").read_text(encoding="utf-8")
    assert page.count("<li><a") - page.count('<li><a href="commune') == 2
    assert "Aussi nommé" not in page


def test_a_page_with_more_rows_than_it_shows_leads_to_all_of_them(tmp_path: Path) -> None:
    rows = [an_award(str(2000 + year), "01001", "01") for year in range(12)]
    texts_published(tmp_path, "label", "palmares", rows)
    page = (a_catalogue(tmp_path) / "territoires" / "commune-01001.html").read_text(encoding="utf-8")
    assert "dont les 8 premières ici" in page
    assert "../label/table-palmares.html?contient=01001&amp;colonne=territoire_code" in page
