"""Territories: every table that declares one is told, on the page of each, and found by its name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urldefrag

import pytest

from pipelines.catalogue.model import read_holdings
from pipelines.catalogue.territories import Territories, folded, gather, key_text
from pipelines.releases import Warned
from pipelines.releases.retract import retract
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


def test_two_communes_of_one_name_have_titles_of_their_own(tmp_path: Path) -> None:
    same = {"territoire_nom": "Sainte-Marie", "nom_publie": "Sainte-Marie"}
    awards = [an_award("2024", "35294", "35") | same, an_award("2024", "97228", "972") | same]
    texts_published(tmp_path, "un", "prix", awards)
    pages = sorted((a_catalogue(tmp_path) / "territoires").glob("commune-*.html"))
    titles = [re.search("<title>(.*)</title>", page.read_text(encoding="utf-8")) for page in pages]
    assert [title[1] for title in titles if title] == [
        f"Sainte-Marie (Commune, {code}) – Arobase" for code in (35, 972)
    ]


def test_a_territory_is_told_what_holds_for_its_rows_and_not_what_was_wrong_before_them(tmp_path: Path) -> None:
    made_up = Warned("Données fictives.", "Made-up data.")
    before = Warned("Les versions d'avant étaient fausses.", "Versions before were wrong.", is_notice=True)
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95")], warnings=[made_up, before])
    page = (a_catalogue(tmp_path) / "territoires/commune-95127.html").read_text(encoding="utf-8")
    assert "Données fictives." in page
    assert "étaient fausses" not in page


def test_made_up_rows_tell_of_no_real_place(tmp_path: Path) -> None:
    awards = [an_award("2024", "95127", "95") | {"exemple": "true"}, an_award("2025", "01001", "01") | {"exemple": ""}]
    texts_published(tmp_path, "un", "prix", awards)
    texts_published(tmp_path, "deux", "prix", [an_award("2024", "57463", "57")], example=True)
    assert [item.code for item in known(tmp_path).all if item.tables] == ["01001"]


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


def test_a_departement_is_not_above_itself_nor_named_by_its_code(tmp_path: Path) -> None:
    rows = [{**an_award("2024", "95001", "95"), "departement_nom": "Val-d'Oise"}]
    rows.append({**an_award("2024", "95002", "95"), "departement_nom": "95"})
    texts_published(tmp_path, "label", "palmares", rows)
    page = (a_catalogue(tmp_path) / "territoires" / "departement-95.html").read_text(encoding="utf-8")
    assert page.count("<li><a") - page.count('<li><a href="commune') == 2
    assert "Aussi nommé" not in page


def test_a_territory_is_listed_in_the_level_above_it_and_never_in_itself(tmp_path: Path) -> None:
    above = {"departement_code": "95", "region_code": "11"}
    rows = [
        {**an_award("2024", code, "95", nature=nature), **above}
        for code, nature in (("95001", "commune"), ("95", "departement"), ("11", "region"))
    ]
    rows[2]["departement_code"] = ""
    texts_published(tmp_path, "label", "palmares", rows)
    folder = a_catalogue(tmp_path) / "territoires"
    inside = {
        name: re.findall(r'<li><a href="([^"]*)\.html">Lieu', page[page.index("Territoires présents dans") :])
        for name in ("departement-95", "region-11")
        if "Territoires présents dans" in (page := (folder / f"{name}.html").read_text(encoding="utf-8"))
    }
    assert inside == {"departement-95": ["commune-95001"], "region-11": ["departement-95"]}


def test_the_values_of_a_cell_are_told_apart_as_words_are(tmp_path: Path) -> None:
    texts_published(tmp_path, "un", "prix", [an_award("2024", "95127", "95") | {"noms": "L'Isle|Lisle"}])
    catalogue = a_catalogue(tmp_path)
    assert "L’Isle\u202f; Lisle" in (catalogue / "territoires/commune-95127.html").read_text(encoding="utf-8")
    assert "L'Isle; Lisle" in (catalogue / "en/territoires/commune-95127.html").read_text(encoding="utf-8")


def test_a_page_with_more_rows_than_it_shows_leads_to_all_of_them(tmp_path: Path) -> None:
    rows = [an_award(str(2000 + year), "01001", "01") for year in range(12)]
    texts_published(tmp_path, "label", "palmares", rows)
    page = (a_catalogue(tmp_path) / "territoires" / "commune-01001.html").read_text(encoding="utf-8")
    assert "12\u00a0lignes" in page.replace("&nbsp;", "\u00a0")
    assert "les 8 premières sont ici" in page
    assert "../label/table-palmares.html?est.territoire_code=01001&amp;est.territoire_nature=commune" in page


def republished(outputs: Path, *rows: dict[str, str]) -> Path:
    """One more version of `label`, and the catalogue after it."""
    texts_published(outputs, "label", "palmares", list(rows))
    return a_catalogue(outputs)


def test_a_version_that_changes_one_place_rewrites_the_page_of_no_other(tmp_path: Path) -> None:
    one, other = an_award("2024", "01001", "01"), an_award("2024", "02002", "02")
    first = republished(tmp_path, one, other) / "territoires"
    before = {path.name: path.read_bytes() for path in first.glob("*.html")}
    republished(tmp_path, {**one, "arobases": "3"}, other)
    changed = {path.name for path in first.glob("*.html") if path.read_bytes() != before[path.name]}
    assert changed == {"commune-01001.html"}
    assert "inchangée depuis la version <a" in before["commune-01001.html"].decode()


def test_a_page_says_since_which_version_its_rows_are_what_they_are(tmp_path: Path) -> None:
    one, other, third = (an_award("2024", f"0100{place}", "01") for place in (1, 2, 3))
    republished(tmp_path, one, other, third)
    republished(tmp_path, one, {**other, "arobases": "3"}, third)
    folder = republished(tmp_path, one, {**other, "arobases": "3"}, {**third, "arobases": "2"}) / "territoires"
    versions = [
        re.findall(r"label/version-([\d.]+)\.html", (folder / f"commune-{code}.html").read_text(encoding="utf-8"))
        for code in ("01001", "01002", "01003")
    ]
    assert versions == [["1.0.0"], ["1.0.1"], ["1.0.2"]]


def test_what_a_retracted_version_changed_is_told_since_the_next_one(tmp_path: Path) -> None:
    """What was so in the retracted version cannot be read any more; since the next one it surely is."""
    one, other = an_award("2024", "01001", "01"), an_award("2024", "02002", "02")
    republished(tmp_path, one, other)
    republished(tmp_path, {**one, "arobases": "4"}, other)
    republished(tmp_path, {**one, "arobases": "4"}, {**other, "arobases": "2"})
    retract(tmp_path / "releases", "label", "1.0.1", "Valeur fausse.", now=datetime(2026, 3, 4, tzinfo=UTC))
    page = (a_catalogue(tmp_path) / "territoires/commune-01001.html").read_text(encoding="utf-8")
    assert re.findall(r"label/version-([\d.]+)\.html", page) == ["1.0.2"]
