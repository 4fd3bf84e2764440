"""What award lists and application sheets do to values, and how each is read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.core.project import Project
from pipelines.mapping.registry import CONVERTERS, READINGS, Unreadable
from pipelines.privacy.detectors.positions import in_france

PROJECT = Project.at(Path(__file__).resolve().parents[3])


def convert(name, *texts, **options):
    return CONVERTERS[name](texts, options)


def look(name, options=None, **texts):
    return READINGS[name](PROJECT, options or {})(texts)


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [('derived from "x"', "derived from", "true"), ("sic", "Sic", "true"), ("sic", "x", "false"), (None, "x", "false")],
)
def test_a_note_contains_a_wording_or_not(text, known, expected):
    assert convert("contient", text, texte=known) == expected


def test_a_citation_has_no_web_address():
    assert convert("adresse_ou_citation", "Le Monde, 2 février 2017, « Un palmarès »") is None
    assert convert("adresse_ou_citation", "https://epiais-rhus.fr/?p=1778") == "https://epiais-rhus.fr/?p=1778"
    assert convert("adresse_ou_citation", None) is None


@pytest.mark.parametrize("mention", ["Territoire d'excellence numérique", "arobase vert(e)", "Transition écologique"])
def test_excellence_and_the_green_arobase_hold_three_years(mention):
    assert look("validite_mention", mention=mention, annee="2021")["fin"] == "2023"


@pytest.mark.parametrize("mention", ["Numérique éducatif", "mention d'honneur", "label « hors concours »"])
def test_other_mentions_hold_the_year_of_their_edition(mention):
    read = look("validite_mention", mention=mention, annee="2018")
    assert (read["debut"], read["fin"]) == ("2018", "2018")


def test_a_mention_of_unknown_wording_keeps_its_award():
    assert look("validite_mention", mention="prix du public", annee="2018")["code"] == "autre"


def test_a_mention_without_an_edition_is_refused_and_no_mention_is_nothing():
    with pytest.raises(Unreadable):
        look("validite_mention", mention="arobase verte", annee=None)
    assert look("validite_mention", mention=None, annee="2021") == {}


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("démocratie locale 5", ("mentions_par_theme", "democratie_locale", "5", "exact")),
        ("Transition écologique 5", ("mentions_par_theme", "arobase_verte", "5", "exact")),
        ("démocratie locale (number cut in stored text)", ("autre", None, None, None)),
        ("17 collectivités got a special mention", ("autre", None, None, None)),
        ("nombre de pages 12", ("autre", None, None, None)),
        (None, ("autre", None, None, None)),
    ],
)
def test_a_count_of_one_theme_is_read_and_anything_else_kept_as_printed(passage, expected):
    read = look("passage_mentions", passage=passage)
    assert tuple(read.get(name) for name in ("mesure", "detail", "nombre", "precision")) == expected


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("29 participants de moins de 3000 habitants", ("classe_population", "<3000", "29", "exact")),
        ("107 participants de 3000 à 20000 habitants", ("classe_population", "3000-20000", "107", "exact")),
        ("14 participants de plus de 100000 habitants", ("classe_population", ">100000", "14", "exact")),
        ("26 millions d'habitants", ("habitants", None, "26000000", "approche")),
        ("plus de 4 millions d'habitants", ("habitants", None, "4000000", "approche")),
        ("12764 habitants", ("habitants", None, "12764", "exact")),
        ("11784 fiches", ("fiches", None, "11784", "exact")),
        ("plus de 12000 fiches", ("fiches", None, "12000", "approche")),
        ("48 % de 3 000 à 20 000 habitants", ("autre", None, None, None)),
        ("69 collectivités à quatre ou cinq arobases (56 en 2016)", ("arobases_4_ou_5", "2016=56", "69", "exact")),
        ("69 collectivités à quatre ou cinq arobases", ("arobases_4_ou_5", None, "69", "exact")),
        ("450 élus et acteurs locaux présents", ("presents", None, "450", "exact")),
        ("41 nouveaux candidats", ("autre", None, None, None)),
    ],
)
def test_a_figure_is_read_where_its_wording_is_known(passage, expected):
    read = look("passage_chiffres", passage=passage)
    assert tuple(read.get(name) for name in ("mesure", "detail", "nombre", "precision")) == expected


def test_a_label_is_found_in_its_own_version_of_the_framework():
    options = {"liste": "enjeux", "referentiel": "2014"}
    assert look("taxonomie", options, libelle="Qualité de la vie quotidienne")["code"] == "2014-2c"
    assert look("taxonomie", options, libelle="Efficacité des ser-vices publics")["code"] == "2014-1a"


def test_no_version_of_the_framework_is_mapped_onto_another():
    assert look("taxonomie", {"liste": "enjeux", "referentiel": "2014"}, libelle="Démocratie locale")["code"] is None
    axes = {"liste": "axes", "referentiel": "2014"}
    assert look("taxonomie", axes, libelle="Partage des connaissances")["code"] is None
    assert look("taxonomie", axes, libelle="Partage de la connaissance")["code"] == "2014-3"


def test_a_list_of_one_version_needs_no_version_named():
    assert look("taxonomie", {"liste": "domaines_2017"}, libelle="Télétravail")["code"] == "teletravail"
    assert look("taxonomie", {"liste": "domaines_2017"}, libelle="éducation")["code"] is None
    assert look("taxonomie", {"liste": "domaines_2017"}, libelle=None) == {}


def test_two_families_of_sheet_identifiers_are_told_apart():
    assert convert("identifiant_fiche", "15291.0") == "15291"
    assert convert("identifiant_fiche", "15291", output="famille") == "numerique"
    digest = "761ACF01691F54AA606F41E8B3F95CDE"
    assert convert("identifiant_fiche", digest) == digest.lower()
    assert convert("identifiant_fiche", digest, output="famille") == "md5"
    assert convert("identifiant_fiche", None) is None


@pytest.mark.parametrize("text", ["0", "1.5292E+04", "57425fa3218c78dd964b4195", "A12"])
def test_a_third_family_of_identifiers_is_refused(text):
    with pytest.raises(Unreadable):
        convert("identifiant_fiche", text)


def test_html_breaks_become_lines_again():
    assert (
        convert("texte_de_fiche", "Un<br/>deux <BR /> trois &amp; quatre\r\ncinq") == "Un\ndeux\ntrois & quatre\ncinq"
    )
    assert convert("texte_de_fiche", "<br/>") is None
    assert convert("texte_de_fiche", None) is None


@pytest.mark.parametrize("text", ["2016-09-05", "2016-09-05 00:00:00", "2016-09-05T10:00:00", "05/09/2016", "5/9/2016"])
def test_a_sheet_date_is_read_in_its_two_forms(text):
    assert convert("date_de_fiche", text) == "2016-09-05"


@pytest.mark.parametrize("text", ["2016-02-30", "31/02/2016", "septembre 2016", "42618"])
def test_what_is_no_date_is_refused(text):
    for name in ("date_de_fiche", "edition_de_fiche"):
        with pytest.raises(Unreadable):
            convert(name, text)


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        ("2017-11-10", "2018"),
        ("2017-11-30", "2018"),
        ("2017-12-01", "2019"),
        ("2018-01-15", "2019"),
        ("2009-10-06", "2009"),
        ("2009-12-20", "2011"),
        ("2010-09-01", "2011"),
        (None, None),
    ],
)
def test_a_sheet_competes_for_the_edition_whose_call_is_open(day, edition):
    assert convert("edition_de_fiche", day) == edition


def test_a_place_stands_for_the_intercommunal_body_that_it_names():
    assert convert("collectivite_de_fiche", "autre", "CA du Pays Ajaccien", "Ajaccio") == "CA du Pays Ajaccien"
    assert convert("collectivite_de_fiche", "Ville / Village", "CA du Pays Ajaccien", "Ajaccio") == "Ajaccio"
    assert convert("collectivite_de_fiche", "autre", "Cabinet médical", "Istres") == "Istres"
    assert convert("collectivite_de_fiche", None, None, "Istres") == "Istres"
    assert convert("collectivite_de_fiche", "autre", "Association Exemple", None) == "Association Exemple"


@pytest.mark.parametrize(
    ("text", "code"),
    [("1034", "01034"), ("8480.0", "08480"), ("97113", "97113"), ("2a004", "2A004"), (None, None)],
)
def test_a_municipal_code_gets_its_zero_back(text, code):
    assert convert("code_commune", text) == code


@pytest.mark.parametrize("text", ["1.034E+03", "034", "2C004", "975011"])
def test_what_is_no_municipal_code_is_refused(text):
    with pytest.raises(Unreadable):
        convert("code_commune", text)


def test_a_postal_code_gets_its_zero_back():
    assert convert("code_postal", "8000") == "08000"
    assert convert("code_postal", None) is None
    with pytest.raises(Unreadable):
        convert("code_postal", "F-75001")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12 764 hab.", "12764"),
        ("12\u202f764 habitants", "12764"),
        ("1.234.567", "1234567"),
        ("3615.0", "3615"),
        (None, None),
    ],
)
def test_french_numbers_lose_their_spaces_and_units(text, number):
    assert convert("nombre_francais", text) == number


@pytest.mark.parametrize("text", ["2,5 km²", "environ 300", "12 76"])
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(Unreadable):
        convert("nombre_francais", text)


def test_zero_zero_is_no_place_on_earth():
    assert convert("coordonnee", "0", "0.0", axe="latitude") is None
    assert convert("coordonnee", "0", "6.5", axe="latitude") == "0"
    assert convert("coordonnee", None, "6.5", axe="longitude") is None
    assert convert("coordonnee", "48.5", None, axe="latitude") is None


def test_coordinates_keep_four_decimals_and_read_a_decimal_comma():
    assert convert("coordonnee", "43,529742", "5.447427", axe="latitude") == "43.5297"
    assert convert("coordonnee", "16.2", "-61.500000", axe="longitude") == "-61.5"


@pytest.mark.parametrize(("latitude", "longitude"), [("91", "5"), ("nord", "5"), ("NaN", "5"), ("Infinity", "5")])
def test_coordinates_that_cannot_be_are_refused(latitude, longitude):
    with pytest.raises(Unreadable):
        convert("coordonnee", latitude, longitude, axe="latitude")


@pytest.mark.parametrize(
    ("latitude", "longitude", "slip"),
    [
        ("2,3522", "48,8566", "échangées"),
        ("-61.53", "16.24", "échangées"),
        ("55.45", "-20.88", "échangées"),
        ("16.24", "61.53", "négative"),
    ],
)
@pytest.mark.parametrize("axis", ["latitude", "longitude"])
def test_coordinates_that_a_slip_takes_out_of_france_are_refused(latitude, longitude, slip, axis):
    with pytest.raises(Unreadable) as refused:
        convert("coordonnee", latitude, longitude, axe=axis)
    assert slip in refused.value.expected_fr


@pytest.mark.parametrize(("latitude", "longitude"), [("45.3", "-72.7"), ("14.76", "-17.47"), ("-22.2", "166.4")])
def test_a_place_far_away_is_kept(latitude, longitude):
    assert convert("coordonnee", latitude, longitude, axe="longitude") == longitude


@given(st.decimals(-90, 90, places=7), st.decimals(-180, 180, places=7))
def test_a_coordinate_is_never_more_precise_than_ten_metres(latitude, longitude):
    slips = ((longitude, latitude), (latitude, -longitude))
    assume(in_france(latitude, longitude) or not any(in_france(*slip) for slip in slips))
    read = convert("coordonnee", str(latitude), str(longitude), axe="latitude")
    if read is not None:
        assert len(read.partition(".")[2]) <= 4
        assert abs(float(read) - float(latitude)) <= 0.00005 + 1e-12


def test_a_sheet_of_a_town_is_tied_by_its_code():
    place = {"type": "Ville / Village", "nom": "Mairie", "ville": "Villers-Semeuse"}
    read = look("territoire_de_fiche", **place, code="8480", code_postal="8000")
    assert (read["code"], read["departement_code"]) == ("08480", "08")


@pytest.mark.parametrize(
    ("name", "town", "code", "siren"),
    [
        ("CA du Pays Ajaccien", "Ajaccio", "2A004", "242010056"),
        ("CA La Riviéra du Levant", "Le Gosier", "97113", "200041507"),
    ],
)
def test_a_sheet_of_an_intercommunal_body_is_tied_to_it(name, town, code, siren):
    read = look("territoire_de_fiche", type="autre", nom=name, ville=town, code=code, code_postal=None)
    assert (read["code"], read["nature"]) == (siren, "epci")


def test_an_intercommunal_body_without_a_code_is_looked_for_in_all_france():
    assert look("territoire_de_fiche", type="autre", nom="CA La Riviéra du Levant")["code"] == "200041507"


def test_a_sheet_without_a_place_has_no_territory():
    assert not look("territoire_de_fiche", type="autre", nom="association Villes Internet").get("code")
