"""What the gate holds, lets through and tells. Everybody here is invented."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.core.project import Project
from pipelines.privacy import (
    AllowList,
    AllowListInvalid,
    PersonalDataFound,
    PersonalValues,
    gate,
    load_allow_list,
)
from pipelines.privacy.allowlist import COLUMNS
from tests.privacy.builders import RECORD, SOLENE, TABLE, a_table, gate_of

SCHEMAS = Project.here().schemas


def held(text: str, field: str = "resume", table: str = TABLE) -> set[str]:
    report = gate({table: pa.table({field: [text]})}, PersonalValues(), load_allow_list(SCHEMAS))
    return set(report.by_rule())


def test_a_clean_row_passes() -> None:
    report = gate_of({"titre": "Révision du PLU de Nantes", "note": None})
    assert report.is_clean
    assert report.cells == 6
    report.raise_if_held()


def test_a_hold_names_table_field_row_and_rule_but_never_the_value() -> None:
    report = gate_of({"titre": "PLU", "resume": "Vu avec Solène Quéméneur, 06 12 34 56 78"})
    assert {(hold.place, hold.field, hold.row, hold.rule) for hold in report.holds} == {
        (TABLE, "resume", 0, "telephone"),
        (TABLE, "resume", 0, "valeur_du_dossier:courriel"),
        (TABLE, "resume", 0, "valeur_du_dossier:nom"),
        (TABLE, "resume", 0, "valeur_du_dossier:telephone"),
    }
    with pytest.raises(PersonalDataFound) as raised:
        report.raise_if_held()
    for told in (*(raised.value.message(language) for language in ("fr", "en")), str(report), repr(raised.value.facts)):
        assert "Qu" not in told.replace("Quel", "")
        assert "12 34" not in told
    assert report.holds[0].record == RECORD


def test_the_key_of_a_row_is_told_unless_it_is_what_is_held() -> None:
    table = pa.table({"id": ["obs-1", "jean@example.org"], "note": ["M. Durand", "rien"]})
    report = gate({"p/t": table}, PersonalValues(), AllowList(), keys={"p/t": ["id"]})
    assert [(hold.row, hold.field, hold.key, hold.where()) for hold in report.holds] == [
        (0, "note", "id=obs-1", "1 (id=obs-1)"),
        (1, "id", "", "2"),
    ]


def test_provenance_tells_whose_values_to_look_for() -> None:
    table = pa.table({"id": ["a", "b", "c"], "note": ["Kerléo", "Kerléo", "Kerléo"]})
    origin = pa.table(
        {
            "id": ["a", "b", "b"],
            "_source": ["s", "s", "t"],
            "_snapshot": ["h"] * 3,
            "_part": ["p"] * 3,
            "_position": pa.array([1, 2, 3], pa.int64()),
        }
    )
    personal = PersonalValues({("t", "h", "p", 3): (("nom", "Kerléo"),), ("s", "h", "p", 1): (("nom", "Payet"),)})
    report = gate({"p/t": table}, personal, AllowList(), provenance={"p/t": origin}, keys={"p/t": ["id"]})
    assert report.quarantined("p/t") == [1]


def test_a_table_of_unknown_origin_is_searched_for_everybody() -> None:
    personal = PersonalValues({RECORD: tuple(SOLENE.items())})
    table = pa.table({"note": ["Quéméneur", "QUÉMÉNEUR Sol\u200bène", None]})
    assert gate({"p/t": table}, personal, AllowList()).quarantined("p/t") == [1]


@pytest.mark.parametrize("name", ["courriel", "Téléphone", "contact_email", "dateNaissance", "adresse_ip"])
def test_a_column_whose_name_announces_personal_data_is_held(name: str) -> None:
    report = gate({"p/t": pa.table({name: ["x"]})}, PersonalValues(), AllowList())
    assert [(hold.row, hold.rule, hold.where()) for hold in report.holds] == [(-1, "nom_de_champ", "-")]
    assert report.quarantined("p/t") == []


@pytest.mark.parametrize("name", ["territoire_nom", "commune_nom", "telephonie", "titre", "canal"])
def test_other_columns_are_not_held_for_their_name(name: str) -> None:
    assert gate({"p/t": pa.table({name: ["x"]})}, PersonalValues(), AllowList()).is_clean


def test_a_point_cut_in_two_columns_is_held_when_it_is_precise() -> None:
    table = pa.table({"latitude": [48.856613, 48.85, 48.85661, None], "longitude": [2.352222, 2.35, 120.12345, 2.1]})
    report = gate({"p/t": table}, PersonalValues(), AllowList())
    assert [(hold.row, hold.field, hold.rule) for hold in report.holds] == [(0, "latitude", "coordonnees")]


@pytest.mark.parametrize(
    ("north", "east"),
    [("Ylat", "Xlong"), ("lat_wgs84", "long_wgs84"), ("coordLat", "coordLon"), ("gps_latitude", "gps_longitude")],
)
def test_a_point_is_one_under_the_names_that_national_schemas_give_its_halves(north: str, east: str) -> None:
    report = gate({"p/t": pa.table({east: [2.352222], north: [48.856613]})}, PersonalValues(), AllowList())
    assert [(hold.field, hold.rule) for hold in report.holds] == [(north, "coordonnees")]


@pytest.mark.parametrize(
    ("east", "north"),
    [("x", "y"), ("X_L93", "Y_L93"), ("coord_x", "coord_y"), ("xl93", "yl93"), ("easting", "northing")],
)
def test_metres_cut_in_two_columns_are_held_as_degrees_are(east: str, north: str) -> None:
    table = pa.table({east: [652381.42, 652400, 652381, 12.5], north: [6862047.11, 6862000, 6862047, 13.5]})
    report = gate({"p/t": table}, PersonalValues(), AllowList())
    assert [(hold.row, hold.rule) for hold in report.holds] == [(0, "coordonnees"), (2, "coordonnees")]


def test_typed_columns_are_looked_at_too() -> None:
    table = pa.table({"nombre": [295109912611193, 5], "jour": [date(1970, 5, 1), None], "oui": [True, False]})
    assert gate({"p/t": table}, PersonalValues(), AllowList()).by_rule() == {"nir": 1}
    born = a_table({"note": "x"}).append_column("jour", pa.array([date(1970, 5, 1)]))
    report = gate({TABLE: born}, PersonalValues({RECORD: (("date_naissance", "1970-05-01"),)}), AllowList())
    assert report.by_rule() == {"valeur_du_dossier:date_naissance": 1}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("M. Jean Kerléo", "commissaire_enqueteur_nom"),
        ("M. Jean Kerléo, commissaire enquêteur, tiendra trois permanences", "resume"),
        ("le commissaire enquêteur, Mme Anne Payet, reçoit", "resume"),
        ("Monsieur Paul Hoarau, maire de Pau", "resume"),
        ("écrire à mairie@pau.example.org ou enquete-publique@example.org", "resume"),
        ("standard de la mairie : 05 59 00 00 00", "resume"),
    ],
)
def test_public_roles_and_services_are_let_through_by_the_list(text: str, field: str) -> None:
    assert held(text, field) == set()
    assert not gate({TABLE: pa.table({field: [text]})}, PersonalValues(), AllowList()).is_clean


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("M. Jean Kerléo a rencontré le commissaire enquêteur", "nom_civilite"),
        ("Mme Anne Payet, habitante, a écrit au maire", "nom_civilite"),
        ("mairie.jean.kerleo@example.org", "courriel"),
        ("villeneuve.jean@example.org", "courriel"),
        ("mairie, portable : 06 12 34 56 78", "telephone"),
        ("M. Kerléo, entrepreneur individuel", "nom_civilite"),
    ],
)
def test_people_beside_public_roles_are_held(text: str, rule: str) -> None:
    assert rule in held(text)


def test_a_company_may_bear_its_owners_name_but_a_sole_trader_is_a_person() -> None:
    allow, person = load_allow_list(SCHEMAS), {"nom": "Kerlouan"}
    assert gate_of({"maitre_ouvrage": "SARL Kerlouan et fils"}, person, allow).is_clean
    assert not gate_of({"maitre_ouvrage": "Kerlouan, EI"}, person, allow).is_clean
    assert not gate_of({"titre": "SARL Kerlouan et fils"}, person, allow).is_clean
    assert gate_of({"maitre_ouvrage": "SARL Kerlouan et fils"}, person, allow).allowed == {"personne-morale": 1}


def test_every_entry_of_the_list_says_its_basis_and_why() -> None:
    entries = list(load_allow_list(SCHEMAS))
    assert len(entries) > 5
    assert all(entry.basis and entry.reason for entry in entries)


def test_without_a_list_nothing_is_let_through(tmp_path: Path) -> None:
    assert list(load_allow_list(tmp_path)) == []


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["admis_id,table"], "ligne 1"),
        ([""], "ligne 1"),
        ([",".join(COLUMNS), "a,*,*,*,,,,S,parce que"], "base"),
        ([",".join(COLUMNS), "a,*,*,*,,,loi,X,parce que"], "certitude"),
        ([",".join(COLUMNS), "a,*,*,*,(,,loi,S,parce que"], "motif"),
        ([",".join(COLUMNS), "a,*,*,*,,,loi,S,parce que", "a,*,*,*,,,loi,S,encore"], "admis_id"),
    ],
)
def test_a_wrong_list_is_refused_with_its_place(tmp_path: Path, lines: list[str], place: str) -> None:
    (tmp_path / "privacy").mkdir()
    (tmp_path / "privacy" / "admis.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(AllowListInvalid) as raised:
        load_allow_list(tmp_path)
    assert place in raised.value.message("fr")
    assert "schemas/privacy/admis.csv" in raised.value.message("en")
    assert not re.search(r"ligne|vide|une |attendu", raised.value.message("en"))
