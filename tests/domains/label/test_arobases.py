"""Levels, mentions and numbers in all the ways that pages print them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.mapping.registry import CONVERTERS, Unreadable

CODELISTS = Path(__file__).resolve().parents[3] / "schemas" / "codelists"


def convert(name, *texts, **options):
    return CONVERTERS[name](texts, options)


@pytest.mark.parametrize(
    ("printed", "level"),
    [
        ("@@@", "3"), ("5@", "5"), ("5 @", "5"), ("« 5 @ » sur 5", "5"), ("5@/5", "5"), ("4 arobases sur 5", "4"),
        ("trois arobases", "3"), ("une arobase", "1"), ("un arobase", "1"), ("cinq @", "5"), ("3ème @", "3"),
        ("sa 5e arobase", "5"), ("5ᵉ arobase", "5"), ("cinquième arobase", "5"), ("cinquième @", "5"),
        ("première arobase", "1"), ("4 étoiles", "4"), ("2 arobase(s)", "2"), ("Aucune arobase", "0"), ("0", "0"),
        ("5", "5"), ("4 arobases @@@@: Rixheim", "4"), ("@@: Ottmarsheim", "2"), ("Arras (62) @@@", "3"),
        ("Wingles (62) @", "1"), ("@", "1"), ("5@ pour @Villes_Internet", "5"),
        ("3 @, écrire à mairie@example.org", "3"), ("mention Ville Internet", "0"), ("simple mention", "0"),
    ],
)  # fmt: skip
def test_a_level_is_read_however_it_is_printed(printed, level):
    assert convert("arobases", printed) == level


@pytest.mark.parametrize(
    "printed",
    [
        "@BG76230", "@Villes_Internet", "mairie@example.org", "contact5@example.org", "[email protected]", "label", "7",
        "@@@@@@", "3 arobases @@@@", "passée de 3@ à 4@", "six arobases",
    ],
)  # fmt: skip
def test_what_is_no_level_or_two_is_refused(printed):
    with pytest.raises(Unreadable):
        convert("arobases", printed)


@pytest.mark.parametrize("printed", [None, "hors concours", "label « hors concours »"])
def test_no_level_was_awarded(printed):
    assert convert("arobases", printed) is None


@given(
    st.integers(1, 5), st.sampled_from(["", " ", "\u00a0"]), st.sampled_from(["@", "arobases", "Arobases", "étoiles"])
)
def test_a_counted_level_is_the_count(level, gap, unit):
    assert convert("arobases", f"{level}{gap}{unit}") == str(level)
    assert convert("arobases", "@" * level) == str(level)


def test_laureates_stand_side_by_side_without_a_blank():
    text = "Noyelles-Godault (62)@@@Saulzoir (59) @@@Anzin (59) @@@@CA Amiens Métropole (80) @@@@"
    listed = json.loads(convert("laureats", text))
    assert [(one["nom"], one["departement"], one["arobases"]) for one in listed] == [
        ("Noyelles-Godault", "62", "3"),
        ("Saulzoir", "59", "3"),
        ("Anzin", "59", "4"),
        ("CA Amiens Métropole", "80", "4"),
    ]


def test_a_laureate_of_one_arobase_is_no_handle():
    listed = json.loads(convert("laureats", "Evin-Malmaison (62) @Hazebrouk (59) @Wingles (62)@"))
    assert [one["nom"] for one in listed] == ["Evin-Malmaison", "Hazebrouk", "Wingles"]


def test_a_list_without_departements_is_read():
    listed = json.loads(convert("laureats", "Metz @@@@@, Agen @@@@"))
    assert [(one["nom"], one["departement"]) for one in listed] == [("Metz", None), ("Agen", None)]


@pytest.mark.parametrize("text", ["rien", "Metz @@@@@@", "Metz @@@ puis autre chose"])
def test_a_list_that_cannot_be_read_whole_is_refused(text):
    with pytest.raises(Unreadable):
        convert("laureats", text)


def test_no_list_is_no_laureate():
    assert convert("laureats", None) is None


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("arobase vert(e)", "arobase_verte"), ("Transition écologique", "arobase_verte"),
        ("Numérique responsable et durable", "arobase_verte"), ("numérique éducatif", "numerique_educatif"),
        ("Territoire d'excellence numérique", "territoire_excellence_numerique"),
        ("Territoires d'Excellence Numérique", "territoire_excellence_numerique"),
        ('label "Ville Internet des intercommunalités"', "ville_internet_intercommunalites"),
        ("label « hors concours »", "hors_concours"), ("mention d'honneur", "mention_honneur"),
        ("mention « libre »", "logiciel_libre"), ("simple mention", "mention_ville_internet"),
        ("mention Ville Internet", "mention_ville_internet"), ("Médiation numérique", "mediation_numerique"),
        ("démocratie locale", "democratie_locale"), ("gouvernement ouvert", "gouvernement_ouvert"),
        ("réseau social", "reseau_social"), ("coopération internationale", "cooperation_internationale"),
        ("solidarité numérique", "solidarite_numerique"), ("télétravail", "teletravail"),
        ("accessibilité", "accessibilite"), ("action mise en avant : « bonne appli »", "action_mise_en_avant"),
        ("récompensée pour son comité de pilotage", "action_mise_en_avant"),
        ("mentionnée pour l'accessibilité de son site", "action_mise_en_avant"),
    ],
)  # fmt: skip
def test_one_mention_has_several_names(printed, code):
    assert convert("mention", printed) == code


def test_every_code_of_a_mention_is_in_the_code_list():
    from pipelines.domains.label.converters.mentions import WORDINGS

    with (CODELISTS / "mentions.csv").open(encoding="utf-8", newline="") as file:
        known = {row["code"] for row in csv.DictReader(file)}
    assert {code for _, code in WORDINGS} | {"action_mise_en_avant", "autre"} == known


def test_a_bare_mention_is_the_level_without_arobase_until_2016_only():
    assert convert("mention", "mention", "2006") == "mention_ville_internet"
    with pytest.raises(Unreadable):
        convert("mention", "mention", "2018")
    with pytest.raises(Unreadable):
        convert("mention", "mention")


def test_an_unknown_mention_is_refused_unless_the_mapping_says_what_it_becomes():
    with pytest.raises(Unreadable):
        convert("mention", "prix du jury")
    assert convert("mention", "prix du jury", otherwise="autre") == "autre"
    assert convert("mention", None) is None


@pytest.mark.parametrize(
    ("printed", "number", "precision"),
    [
        ("331", "331", "exact"), ("une quarantaine", "40", "approche"), ('40 ("une quarantaine")', "40", "approche"),
        ("11 (25 in total)", "11", "exact"), ("190 (in the 9 territoires)", "190", "exact"),
        ('"plus de 230" collectivités', "230", "approche"), ("près de 8000", "8000", "approche"),
        ("une petite dizaine", "10", "approche"), ("12 764 hab.", "12764", "exact"),
        ("12\u202f764", "12764", "exact"), ("2,5 km²", "2.5", "exact"), ("252 (in the 10 EPCI)", "252", "exact"),
    ],
)  # fmt: skip
def test_a_published_number_is_read_with_its_precision(printed, number, precision):
    assert convert("nombre_publie", printed) == number
    assert convert("nombre_publie", printed, output="approximation") == precision


@pytest.mark.parametrize("printed", ["beaucoup", '"plus de 300" communes + "une petite dizaine" CC/CA', "de 30 à 40"])
def test_no_number_or_two_are_refused_unless_the_mapping_lets_them_be_absent(printed):
    with pytest.raises(Unreadable):
        convert("nombre_publie", printed)
    assert convert("nombre_publie", printed, otherwise="absent") is None


def test_an_absent_number_stays_absent():
    assert convert("nombre_publie", None) is None


def test_arobases_set_apart_by_blanks_are_counted_together():
    assert (convert("arobases", "@ @ @"), convert("arobases", "Arras (62) @ @")) == ("3", "2")


@pytest.mark.parametrize("printed", ["de 1 à 5 @", "une à cinq arobases", "4,5 @"])
def test_a_range_or_a_part_of_a_number_is_no_level(printed):
    with pytest.raises(Unreadable):
        convert("arobases", printed)


def test_a_name_keeps_the_brackets_of_its_own():
    found = json.loads(convert("laureats", "Bors (Canton de Tude-et-Lavalette) (16) @@ - Lens (62) @"))
    assert [(one["nom"], one["departement"]) for one in found] == [
        ("Bors (Canton de Tude-et-Lavalette)", "16"),
        ("Lens", "62"),
    ]


def test_a_name_without_a_level_is_not_left_out_of_a_list():
    with pytest.raises(Unreadable):
        convert("laureats", "Lille (59) Arras (62) @@")


@pytest.mark.parametrize("printed", ["+ de 300", "~300", "300+", "> 300"])
def test_a_sign_makes_a_number_approximate(printed):
    assert convert("nombre_publie", printed) == "300"
    assert convert("nombre_publie", printed, output="approximation") == "approche"


def test_a_number_in_millions_is_not_the_number_of_millions():
    with pytest.raises(Unreadable):
        convert("nombre_publie", "26 millions d'habitants")


@pytest.mark.parametrize(
    "printed",
    [
        "4 @@@", "3 ou 4 @", "trois ou quatre arobases", "3-4 @", "3 à 4 @", "2 et 3 @", "vingt-trois arobases",
        "trente et un arobases", "@3", "@ x3", "2×@",
    ],
)  # fmt: skip
def test_of_two_levels_none_is_guessed(printed):
    with pytest.raises(Unreadable):
        convert("arobases", printed)


@pytest.mark.parametrize(
    ("printed", "level"),
    [("3 @@@", "3"), ("de 3 à 4 @", "4"), ("3.0", "3"), ("4,0", "4"), ("Arras (62) - 4 @", "4"), ("59 @@@", "3")],
)
def test_a_level_said_in_two_ways_or_by_a_spreadsheet_is_read(printed, level):
    assert convert("arobases", printed) == level


def test_signs_set_apart_in_a_list_are_one_level():
    found = json.loads(convert("laureats", "Arras (62) @@@ ; Lens (62) @ @"))
    assert [(one["nom"], one["arobases"]) for one in found] == [("Arras", "3"), ("Lens", "2")]


def test_a_level_without_a_name_is_no_laureate():
    with pytest.raises(Unreadable):
        convert("laureats", "Arras (62) @@ ; @@@ ; Lens (62) @")


@pytest.mark.parametrize(
    "printed", ["une demi-douzaine", "plusieurs dizaines", "des centaines", "deux centaines", "80 %", "-3"]
)
def test_a_quantity_that_is_no_number_of_things_is_refused(printed):
    with pytest.raises(Unreadable):
        convert("nombre_publie", printed)


@pytest.mark.parametrize(
    "printed",
    [
        "numérique éducatif et démocratie locale", "candidate à la mention démocratie locale",
        "arobase verte (non renouvelée)", "sans mention", "aucune mention Ville Internet",
    ],
)  # fmt: skip
def test_two_mentions_or_one_that_was_not_given_are_none_of_the_list(printed):
    assert convert("mention", printed, "2022", otherwise="autre") == "autre"
    with pytest.raises(Unreadable):
        convert("mention", printed, "2022")


def test_one_mention_said_in_two_ways_is_one():
    assert convert("mention", "arobase verte, mention transition écologique", "2022") == "arobase_verte"
