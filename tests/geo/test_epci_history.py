"""EPCI before the first vintage, from a small history in the layout of the Ministry of the Interior's yearly files.

`data/epci/` is invented: six bodies in 2006, 2007 and 2009, of which two have one name, one was renamed, one merged.
"""

from __future__ import annotations

import shutil
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.geo import Corrections, Gazetteer, Query, resolve
from pipelines.geo.gazetteer import HISTORY, HISTORY_MEMBERS
from pipelines.geo.geography import load_geography
from scripts.epci_history import HistoryUnusable, epci_history
from tests.geo.builders import DATA, PROJECT

TODAY = [
    {"code": code, "type": "commune-actuelle", "departement": code[:2], "anciensCodes": []}
    for code in ("89001", "89002", "89003", "89004", "10002", "10003", "51001", "51002", "77001", "77002")
] + [{"code": "89004", "type": "commune-deleguee", "chefLieu": "89003", "departement": "89"}]
NOW_IN = {"89001": "200000011", "89002": "200000011", "89003": "200009999", "89004": "200009999"}


@cache
def history():
    return epci_history(DATA / "epci", TODAY, NOW_IN)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    shutil.copytree(PROJECT.reference, folder, dirs_exist_ok=True)
    for name, rows in zip((HISTORY, HISTORY_MEMBERS), history(), strict=True):
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def ask(reference):
    known = Gazetteer(reference)

    def asked(name, year, **beside):
        return resolve(Query(name, "epci", day=f"{year}-01-01", **beside), known, Corrections({}))

    return asked


def test_the_yearly_files_are_read_by_the_names_of_their_columns():
    bodies, members = history()
    assert {row["annee"] for row in bodies} == {2006, 2007, 2009}
    first = bodies[0]
    assert (first["code"], first["nom"], first["type"]) == ("200000011", "CC du Val Inventé", "CC")
    assert (first["departements_codes"], first["membres_nombre"], first["population"]) == ("89", 2, 1900)
    assert {"annee": 2009, "epci_code": "200000037", "commune_code": "89005", "population": 950} in members


def test_each_body_is_followed_to_the_one_that_holds_its_place():
    bodies, _ = history()
    heirs = {row["code"]: row["code_actuel"] for row in bodies}
    assert heirs["200000011"] == "200000011"
    assert heirs["200000029"] == "200009999"
    assert heirs["200000060"] is None


def test_a_body_of_the_year_is_certain_under_its_name_of_the_year(ask):
    found = ask("communauté de communes du Val Inventé", 2006)
    assert (found.code, found.name, found.method, found.certainty) == (
        "200000011", "CC du Val Inventé", "epci_nom", "certaine",
    )  # fmt: skip


def test_a_name_of_a_neighbouring_year_is_probable_and_the_answer_bears_its_own(ask):
    found = ask("CC du Grand Val Inventé", 2007)
    assert (found.code, found.name, found.certainty) == ("200000011", "CC du Val Inventé", "probable")
    assert ask("CC du Grand Val Inventé", 2006).code is None


def test_a_body_that_did_not_exist_that_year_is_never_the_answer(ask):
    assert ask("CA des Deux Rives", 2009).code == "200000037"
    early = ask("CA des Deux Rives", 2006)
    assert early.code != "200000037"
    late = ask("CC des Deux Rives", 2009)
    assert late.code in (None, "200000037")


def test_a_year_between_two_known_ones_has_the_bodies_of_both(ask):
    assert ask("CC du Val Inventé", 2008).code == "200000011"
    assert ask("CC des Deux Rives", 2008).code is None


def test_a_year_that_no_file_is_near_stays_open(ask):
    for year in (1999, 2003, 2012, 2018):
        assert ask("CC du Val Inventé", year).alerts == ("epci_sans_historique",)


def test_two_bodies_of_one_name_need_their_departement(ask):
    assert ask("CC du Pays d'Essai", 2006).candidates == ("200000045", "200000052")
    assert ask("CC du Pays d'Essai", 2006, departement="51").code == "200000052"


def test_a_new_town_is_a_body_too(ask):
    assert ask("SAN de Ville-Nouvelle-d'Essai", 2007).code == "200000060"
    assert ask("syndicat d'agglomération nouvelle de Ville-Nouvelle-d'Essai", 2007).code == "200000060"


def test_the_history_changes_nothing_for_the_years_of_the_packages(ask):
    assert ask("CC du Pays des Achards", 2019).code == "248500530"


def test_members_are_those_of_the_year(reference):
    geography = load_geography(reference)
    assert geography.vintage_of("200000029", 2006) == 2006
    assert geography.covered_by("ancien_epci", "200000029", None, 2006) == {"89003", "89004"}
    assert geography.vintage_of("200041507", 2017) == 2019


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("nom_complet", "intitule", "no header line"),
        (";89002;", ";89001;", "was met in"),
        (
            "200000011;CC du Val Inventé;CC;FA;2;2000;1900;89;89002",
            "200000011;CC Autre;CC;FA;2;2000;1900;89;89002",
            "is CC",
        ),
        (";89001;", ";8900X;", "expected 9 and 5 digits"),
        (";1000;950", ";1000;9,5", "population"),
    ],
)
def test_a_file_that_does_not_add_up_stops_the_build_with_its_place(tmp_path, before, after, told):
    text = (DATA / "epci" / "epcicom2006.csv").read_text(encoding="utf-8").replace(before, after)
    (tmp_path / "epcicom2006.csv").write_text(text, encoding="utf-8")
    with pytest.raises(HistoryUnusable, match=told):
        epci_history(tmp_path, TODAY, NOW_IN)


def test_a_year_that_is_said_twice_or_never_stops_the_build(tmp_path):
    text = (DATA / "epci" / "epcicom2006.csv").read_text(encoding="utf-8")
    (tmp_path / "sans-annee.csv").write_text(text.replace("2006", ""), encoding="utf-8")
    with pytest.raises(HistoryUnusable, match="expected one"):
        epci_history(tmp_path, TODAY, NOW_IN)


def test_a_workbook_with_a_title_above_its_header_and_long_natures_is_read(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["Composition des EPCI à fiscalité propre"])
    sheet.append(["dept", "siren", "raison_sociale", "nature_juridique", "insee", "annee"])
    sheet.append(["89", 200000011, "CC du Val Inventé", "Communauté de communes", "89001", 2012])
    book.save(tmp_path / "liste.xlsx")
    [body], [member] = epci_history(tmp_path, TODAY, NOW_IN)
    assert (body["annee"], body["type"], member["commune_code"]) == (2012, "CC", "89001")
