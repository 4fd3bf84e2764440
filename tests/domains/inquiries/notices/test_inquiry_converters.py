"""Converters and readings of inquiry records: what they read, and what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.project import Project
from pipelines.domains.inquiries.converters.inquiries import OVERSEAS_ZONES
from pipelines.mapping.registry import CONVERTERS, READINGS, Unreadable

ROOT = Path(__file__).parents[4]


def convert(name: str, *texts: str | None, **options: Any) -> str | None:
    return CONVERTERS[name](texts, options)


def look(name: str, **inputs: str | None) -> Mapping[str, str | None]:
    return READINGS[name](Project.at(ROOT), {})(inputs)


def test_an_identifier_is_the_digest_of_its_texts() -> None:
    assert convert("identifiant", "a", "b") == "f04cdced9736"
    assert convert("identifiant", "a", "b", prefix="enq") == "enq-f04cdced9736"


@settings(deadline=None)
@given(st.lists(st.text() | st.none(), min_size=1, max_size=4), st.lists(st.text() | st.none(), min_size=1, max_size=4))
def test_different_texts_have_different_identifiers(one: list[str | None], other: list[str | None]) -> None:
    said = [[text or "" for text in texts] for texts in (one, other)]
    if any(one) and any(other) and said[0] != said[1] and not any("\x1f" in text for text in (*said[0], *said[1])):
        assert convert("identifiant", *one) != convert("identifiant", *other)


def test_nothing_has_no_identifier() -> None:
    with pytest.raises(Unreadable):
        convert("identifiant", None, None)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("E21000002/97", "E21000002/97"),
        ("E24000008 /97", "E24000008/97"),
        ("E 16000279/44", "E16000279/44"),
        ("22000018/13", "E22000018/13"),
        ("E017000261/35", "E17000261/35"),
        ("E20000083/33 BIS", "E20000083/33"),
        ("E18-000060-87 COM EOL (36)", "E18000060/87"),
        ("E08000123/45", "E08000123/45"),
        ("E 1900169/80", None),
        ("E21000002/97 et E21000003/97", None),
        ("E21000002/97 (E 21000002 / 97)", "E21000002/97"),
        ("sans numéro", None),
        (None, None),
    ],
)
def test_court_numbers_lose_their_accidents(printed: str | None, number: str | None) -> None:
    assert convert("numero_tribunal", printed) == number


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("53 - Mayenne", "53"),
        ("10", "10"),
        ("2a", "2A"),
        ("974 - La Réunion", "974"),
        ("76;80", "76;80"),
        ("-", None),
        (None, None),
    ],
)
def test_departments_are_read_alone_or_with_their_names(printed: str | None, code: str | None) -> None:
    assert convert("departement", printed) == code


@pytest.mark.parametrize("printed", ["20", "20 - Corse", "Mayenne", "2C", "00", "96", "1"])
def test_what_is_no_department_is_refused(printed: str) -> None:
    with pytest.raises(Unreadable):
        convert("departement", printed)


def test_the_time_zone_is_that_of_the_first_department() -> None:
    assert convert("fuseau_horaire", "971") == "America/Guadeloupe"
    assert convert("fuseau_horaire", "2A;2B") == "Europe/Paris"
    assert convert("fuseau_horaire", None) is None
    assert all(ZoneInfo(zone) for zone in OVERSEAS_ZONES.values())


def test_durations_count_both_days() -> None:
    assert convert("duree_inclusive", "2026-02-23", "2026-03-27") == "33"
    assert convert("duree_inclusive", "2024-02-05", "2024-03-06") == "31"
    assert convert("duree_inclusive", "2024-02-05", None) is None
    assert convert("duree_inclusive", "-", "2024-02-05") is None
    assert convert("duree_exclusive", "30") == "31"
    assert convert("duree_exclusive", "-") is None


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("duree_inclusive", ("2026-03-27", "2026-02-23")),
        ("duree_inclusive", ("27/03/2026", "2026-04-23")),
        ("duree_exclusive", ("un mois",)),
        ("jour_utc", ("2025-06-18T13:23:16+02:00",)),
        ("jour_utc", ("2025-02-30T13:23:16+00:00",)),
        ("adresse_web", ("fiche 12",)),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, texts: tuple[str, ...]) -> None:
    with pytest.raises(Unreadable):
        convert(name, *texts)


def test_an_instant_gives_its_utc_day() -> None:
    assert convert("jour_utc", "2026-06-03T00:31:40+00:00") == "2026-06-03"
    assert convert("jour_utc", None) is None


def test_addresses_are_encoded_and_the_first_one_is_taken() -> None:
    assert (
        convert("adresse_web", "-", "https://www.example.org/avis d'enquete")
        == "https://www.example.org/avis%20d%27enquete"
    )
    assert convert("adresse_web", None, "-") is None


def test_lines_end_in_one_way() -> None:
    assert convert("texte_sur_lignes", "un  \r\ndeux\rtrois\n") == "un\ndeux\ntrois"
    assert convert("texte_sur_lignes", "\r\n") is None
    assert convert("texte_sur_lignes", None) is None


def test_an_outcome_for_several_objects_is_the_inquiry_s() -> None:
    assert convert("portee_avis", "eolien", "favorable") == "objet"
    assert convert("portee_avis", "dup;parcellaire", "favorable") == "enquete"
    assert convert("portee_avis", "eolien", None) is None


def test_places_of_inquiries_are_communes_or_departments() -> None:
    commune = look("territoire_enquete", nom="Saint-Zacharie", departement="13;83", date="2025-01-28", contexte=None)
    assert (commune["code"], commune["nature"], commune["alerte"]) == ("83120", "commune", None)
    department = look("territoire_enquete", nom="-", departement="53 - Mayenne", date=None, contexte=None)
    assert (department["code"], department["nature"], department["nom"]) == ("53", "departement", "Mayenne")
    assert look("territoire_enquete", nom=None, departement="-") == {}


def test_a_notice_fills_the_fields_of_an_inquiry() -> None:
    found = look("avis_enquete", texte="pendant 30 jours du 4 septembre au 4 octobre à 17h", annees="2023-08-01 2023")
    assert (found["ouverture_date"], found["cloture_date"], found["cloture_heure"]) == (
        "2023-09-04",
        "2023-10-04",
        "17:00",
    )
    assert found["alerte"] == "duree_publiee_jours : contradiction (2023-10-04 − 2023-09-04 + 1 = 31 jours)"
    assert look("avis_enquete", texte=None) == {}


def test_a_notice_that_leaves_its_year_open_says_its_candidates() -> None:
    found = look("avis_enquete", texte="du 4 septembre au 4 octobre", annees="2022 2023 bientôt")
    assert "ouverture_date : ambigu (2022-09-04 ou 2023-09-04)" in str(found["alerte"])
    assert "aucune valeur possible" in str(
        look("avis_enquete", texte="du 4 septembre au 4 octobre", annees=None)["alerte"]
    )
    assert look("avis_enquete", texte="du 4 septembre 2023 au 4 octobre 2023", annees=None)["alerte"] is None
