"""The messy cases of names, codes and territories, read from the shipped reference with no correction."""

from __future__ import annotations

import pytest

from tests.geo.builders import code, resolved


@pytest.mark.parametrize(
    ("printed", "departement", "expected"),
    [
        ("Hazebrouk", "59", "59295"),
        ("Sucé-sur-Edre", None, "44201"),
        ("Tsingony", "976", "97617"),
        ("Faches Thumesnil", None, "59220"),
        ("Ivry sur Seine", None, "94041"),
        ("l'Isle-Adam", None, "95313"),
        ("Hérouville St Clair", None, "14327"),
        ("Villeneuve-D'Ascq", "59", "59009"),
        ("Vivier-au-court", None, "08488"),
        ("Epinal", None, "88160"),
        ("Les Trois-Ilets", None, "97231"),
        ("Marcq-en-Baroeul", "59", "59378"),
        ("la Turballe", None, "44211"),
        ("la commune du Fresnay-sur-Sarthe", None, "72138"),
        ("Abymes", "971", "97101"),
        ("Hoerdt", None, "67205"),
        ("Paris 18ème", "75", "75118"),
        ("Marseille 1er", None, "13201"),
        ("Lyon 3e arrondissement", None, "69383"),
    ],
)
def test_a_spelling_is_forgiven(printed, departement, expected):
    assert code(printed, departement=departement) == expected


def test_a_misprint_is_said_to_be_one():
    found = resolved("Sucé-sur-Edre")
    assert (found.method, found.certainty, found.alerts) == ("graphie_voisine", "probable", ("graphie_corrigee",))


@pytest.mark.parametrize("printed", ["Lion", "Cirkiwi", "Vandoeuvre", "Bromont", "Yoff"])
def test_a_short_or_unknown_name_is_not_corrected(printed):
    assert code(printed) is None


@pytest.mark.parametrize(
    ("printed", "rivals"),
    [
        ("La Rochelle", ("17300", "70450")),
        ("Bassens", ("33032", "73031")),
        ("Allonnes", ("28004", "49002", "72003")),
        ("Changé", ("53054", "72058")),
    ],
)
def test_homonyms_without_a_departement_stay_open_with_all_their_candidates(printed, rivals):
    found = resolved(printed, nature="commune")
    assert (found.code, found.candidates, found.alerts) == (None, rivals, ("homonymes",))


def test_a_departement_settles_homonyms():
    assert code("Bassens", departement="33") == "33032"
    assert code("Bassens", departement="73 - Savoie") == "73031"
    assert code("Le Port", departement="09") == "09231"
    assert code("Le Port", departement="974") == "97407"


def test_an_accent_that_was_printed_counts_and_one_that_was_lost_does_not():
    assert "71085" not in resolved("Changé").candidates
    assert "71085" in resolved("Change").candidates


@pytest.mark.parametrize("hint", ["territory as published: Guadeloupe", "dans la Guadeloupe", "Guadeloupe"])
def test_a_territory_in_words_settles_homonyms(hint):
    assert code("Sainte-Anne") is None
    assert code("Sainte-Anne", hint=hint) == "97128"


def test_a_departement_in_words_and_an_old_region_are_hints():
    assert code("Longchamps", hint="dans l'Eure") == "27372"
    assert code("Bassens", hint="région Rhône-Alpes") == "73031"
    assert code("Merville", hint="Nord-Pas-de-Calais") == "59400"


def test_a_note_that_merely_mentions_a_departement_is_no_hint():
    assert code("Bassens", hint="une manche gagnée dans le nord, 26 en Savoie peut-être") is None


def test_a_department_in_brackets_settles_homonyms():
    assert code("Merville (59)") == "59400"


def test_a_postal_code_in_brackets_is_no_departement():
    assert code("Montévrain (77144)") == "77307"
    assert code("Bassens (33530)") == "33032"


def test_a_postal_code_in_its_column_may_have_lost_its_zero():
    assert code("Saint-Denis", postal_code="1000") != code("Saint-Denis", postal_code="97400")
    assert code("Saint-Denis-lès-Bourg", postal_code="1000") == "01344"


def test_a_wrong_departement_is_recorded_when_the_name_is_the_only_one():
    found = resolved("Les Abymes (94)")
    assert (found.code, found.method, found.alerts) == ("97101", "nom_unique", ("departement_contredit",))
    assert found.certainty == "probable"


def test_a_wrong_departement_does_not_choose_among_homonyms():
    found = resolved("La Rochelle", departement="94")
    assert (found.code, found.candidates) == (None, ("17300", "70450"))


def test_a_wrong_departement_is_not_forgiven_when_a_name_like_it_is_there():
    """Laberlière is in Oise only, but La Berlière is in Ardennes: which of the two was misprinted cannot be known."""
    found = resolved("Laberlière", departement="08", nature="commune")
    assert (found.code, found.candidates, found.alerts) == (None, ("08061", "60329"), ("departement_contredit",))


def test_a_former_name_elsewhere_than_said_stays_open():
    assert code("Cran-Gevrier", departement="94", day="2024-01-01") is None


@pytest.mark.parametrize("printed", ["Bromont (Québec)", "Agen (Québec)"])
def test_a_place_said_to_be_elsewhere_is_not_looked_for_in_france(printed):
    assert resolved(printed).alerts == ("precision_inconnue",)


def test_corsica_has_two_departements_and_a_postal_prefix_that_is_neither():
    assert code("Bastia", departement="2b", nature="commune") == "2B033"
    assert code("Ajaccio", departement="20", nature="commune") == "2A004"
    assert code("Ajaccio", postal_code="20000", nature="commune") == "2A004"


def test_overseas_collectivities_have_communes():
    found = resolved("Le Mont-Doré", hint="territory as published: Nouvelle-Calédonie")
    assert (found.code, found.departement, found.region) == ("98817", "988", "988")
    assert resolved("Nouvelle-Calédonie", nature="collectivite_outre_mer").code == "988"


def test_departements_and_regions_are_found_by_name_and_by_code():
    assert code("Département de l'Eure", nature="departement") == "27"
    assert code("Normandie", nature="region") == "28"
    assert code("971", nature="departement") == "971"
    assert code("Atlantide", nature="departement") is None


def test_a_label_belongs_to_the_commune_of_its_day():
    then = resolved("Notre-Dame-de-Gravenchon", day="2009-01-01")
    assert (then.code, then.nature, then.name, then.present) == (
        "76476", "commune", "Notre-Dame-de-Gravenchon", "76476",
    )  # fmt: skip
    gevrier = resolved("Cran-Gevrier", day="2011-01-01")
    assert (gevrier.code, gevrier.nature, gevrier.present) == ("74093", "commune", "74010")


@pytest.mark.parametrize(
    ("printed", "present"),
    [
        ("Lanslebourg-Mont-Cenis", "73290"),
        ("Le Chesnay", "78158"),
        ("Château-Gontier", "53062"),
    ],
)
def test_merged_communes_lead_to_those_of_today(printed, present):
    assert resolved(printed, day="2012-01-01").present == present


def test_a_commune_that_is_gone_is_said_to_be_former():
    found = resolved("Cran-Gevrier", day="2024-01-01")
    assert found.code == "74093"
    assert found.nature in ("ancienne_commune", "commune_deleguee")
    assert found.certainty == "probable"
    assert "plus_une_commune" in found.alerts


def test_what_is_left_of_a_name_in_two_places_stays_open():
    found = resolved("La Perrière", day="2025-12-08")
    assert (found.code, found.candidates) == (None, ("61325", "73198"))


def test_a_bare_name_is_the_commune_and_the_group_that_bears_it_too_is_its_rival():
    found = resolved("Saint-Avold", day="2017-01-01")
    assert (found.code, found.certainty, found.candidates) == ("57606", "probable", ("200067502",))
    assert found.alerts == ("commune_ou_epci",)
    assert resolved("Saint-Avold", day="2017-01-01", nature="commune").certainty == "certaine"


def test_one_name_may_be_a_commune_or_a_group_and_the_nature_decides():
    assert code("Arras", nature="commune") == "62041"
    assert code("Arras", nature="epci") == "200033579"


def test_a_kind_that_is_no_territory_is_not_looked_for():
    assert resolved("Agen", nature="autre").alerts == ("nature_autre",)


def test_a_printed_code_is_checked_against_the_name():
    assert resolved("Nantes", code="44109").method == "code"
    assert code("Bourg-en-Bresse", code="1053") == "01053"
    assert resolved("Hazebrouk", code="59295", departement="59").method == "graphie_voisine"
    assert code("CA Amiens Métropole", code="248000531") == "248000531"


def test_a_code_and_a_name_that_contradict_each_other_settle_nothing():
    found = resolved("Nantes", code="35238", nature="commune")
    assert (found.code, found.candidates) == (None, ("35238", "44109"))
    assert found.alerts == ("code_et_nom_se_contredisent",)


def test_a_code_stands_when_its_name_is_known_nowhere():
    found = resolved("Mairie annexe du quartier sud", code="44109")
    assert (found.code, found.certainty, found.alerts) == ("44109", "probable", ("nom_inconnu",))


def test_an_unknown_code_leaves_the_word_to_the_name():
    found = resolved("Nantes", code="99999", nature="commune")
    assert (found.code, found.alerts) == ("44109", ("code_inconnu",))


def test_a_code_that_a_commune_and_its_delegated_commune_share_follows_the_name():
    assert resolved("Arbignieu", code="01015").nature == "commune_deleguee"
    assert resolved("Arboys en Bugey", code="01015").nature == "commune"


def test_a_misprint_between_two_names_stays_open():
    found = resolved("Sazreay", departement="36")
    assert (found.code, len(found.candidates)) == (None, 2)


def test_brackets_that_are_part_of_an_official_name_are_no_hint():
    assert code("Château-Chinon (Ville)", departement="58") == "58062"
    assert code("Bors (Canton de Charente-Sud)") == "16053"


def test_five_digits_that_fit_no_homonym_choose_none():
    assert code("Bassens (75001)") is None


def test_a_departement_that_is_none_is_said_and_chooses_nothing():
    found = resolved("Bassens", departement="96", nature="commune")
    assert (found.code, found.alerts) == (None, ("homonymes", "departement_inconnu"))


@pytest.mark.parametrize("brackets", ["(33)", "(33, Gironde)", "(Gironde, 33)", "(Gironde)", "(commune, 33)"])
def test_brackets_may_name_the_departement_in_several_ways(brackets):
    assert code(f"Bassens {brackets}") == "33032"


def test_a_figure_in_brackets_is_no_departement():
    assert resolved("Bassens (33 lauréats)").alerts == ("precision_inconnue",)


@pytest.mark.parametrize("name", ["SAINT-DENIS CEDEX", "Saint-Denis Cedex 2", "Saint-Denis cedex (93)"])
def test_cedex_is_no_part_of_a_name(name: str) -> None:
    assert code(name, departement="93", nature="commune") == "93066"
    assert code("Sophia Antipolis Cedex", nature="commune") is None


def test_a_code_of_no_commune_of_the_day_is_said_to_be_one() -> None:
    for name, gone, today in (("Ajaccio", "20004", "2A004"), ("Freigné", "49144", "44180")):
        found = resolved(name, code=gone, day="2024-01-01", nature="commune")
        assert (found.certainty, found.alerts, found.present) == ("probable", ("plus_une_commune",), today)
    assert resolved("Freigné", code="49144", day="2015-01-01").alerts == ()
    assert resolved("Arbignieu", code="01015").alerts == ("plus_une_commune",)
