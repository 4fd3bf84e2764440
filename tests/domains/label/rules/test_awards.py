"""Levels that exist, mentions in their years, titles in their years, laureates against figures, names."""

from __future__ import annotations

from tests.domains.label.rules.builders import OTHER_PAGE, award, figure, finding, findings, outcome


def test_a_level_without_arobase_existed_in_2006_and_no_more_in_2009():
    assert outcome("LAB-13", palmares=[award(2006, "A", 0)]) == ("conforme", "1 niveaux dans [0, 5]")
    found = finding("LAB-13", palmares=[award(2009, "A", 0), award(2009, "B", 5)])
    assert (found["resultat"], found["cle"], found["calcul"]) == ("non_conforme", "id-1", "0 hors de [1, 5] pour 2009")


def test_a_level_that_is_not_stated_is_not_checked():
    assert findings("LAB-13", palmares=[award(2023, "69266")]) == []


def a_mention(code, edition, first=None, last=None):
    years = {"annee_debut": first or edition, "annee_fin": last or edition}
    return {"mention_code": code, "edition": edition, "nom_publie": "Les Mureaux", **years}


def test_a_title_is_not_given_again_while_it_lasts():
    first = {**a_mention("arobase_verte", 2021, last=2023), "territoire_code": "78440", "territoire_nature": "commune"}
    again = {**first, "edition": 2022, "annee_debut": 2022, "annee_fin": 2024}
    later = {**first, "edition": 2024, "annee_debut": 2024, "annee_fin": 2026}
    assert outcome("LAB-20", mentions=[first, again]) == ("a_verifier", "2022 ≤ 2023, fin du titre de 2021")
    assert outcome("LAB-20", mentions=[first, later]) == ("conforme", "2024 > 2023, fin du titre de 2021")


def test_two_pages_that_name_one_title_are_one_title():
    first = {**a_mention("arobase_verte", 2021, last=2023), "territoire_code": "78440", "territoire_nature": "commune"}
    assert findings("LAB-20", mentions=[first, {**first, "source_reference": OTHER_PAGE}]) == []
    assert findings("LAB-20", mentions=[{**first, "annee_fin": 2021}, {**first, "annee_fin": 2021}]) == []


def test_every_laureate_of_the_best_level_known():
    facts = [award(2006, "A", 5), award(2006, "B", 5), award(2006, "B", 5, page=OTHER_PAGE), award(2006, "C", 4)]
    published = [figure(2006, "arobases_5", 2)]
    assert outcome("LAB-15", palmares=facts, totaux_publies=published) == ("conforme", "2 connus = 2 publiés")


def test_fewer_known_than_published_is_no_breach():
    found = finding("LAB-15", palmares=[award(2006, "A", 5)], totaux_publies=[figure(2006, "labellises", 223)])
    assert (found["resultat"], found["calcul"]) == ("non_evalue", "1 connus < 223 publiés")
    assert "222" in found["message"]


def test_more_known_than_published_is_one():
    facts = [award(2018, "A", 1), award(2018, "B", 1)]
    published = [figure(2018, "arobases_1", 1)]
    assert outcome("LAB-15", palmares=facts, totaux_publies=published) == ("non_conforme", "2 connus > 1 publiés")


def test_places_without_a_code_are_counted_by_their_settled_name():
    place = {"territoire_code": None, "territoire_nature": "hors_code", "territoire_nom": "Bromont (Québec)"}
    facts = [award(2006, "Bromont", 5, **place), award(2006, "Bromont (Québec)", 5, page=OTHER_PAGE, **place)]
    published = [figure(2006, "arobases_5", 1)]
    assert outcome("LAB-15", palmares=facts, totaux_publies=published)[0] == "conforme"


def test_titles_of_excellence_are_counted_among_mentions():
    mentions = [a_mention(code, 2021, last=2023) for code in ("territoire_excellence_numerique", "arobase_verte")]
    published = [figure(2021, "excellences", 1)]
    assert outcome("LAB-15", mentions=mentions, totaux_publies=published)[0] == "conforme"


def test_approximate_and_other_figures_are_not_counted_against_rows():
    published = [figure(2016, "arobases_1", 40, precision="approche"), figure(2021, "fiches", 12040)]
    assert findings("LAB-15", totaux_publies=published) == []


def unresolved(name, **more):
    return award(2013, name, territoire_code=None, territoire_nature=None, territoire_nom=None, **more)


def test_an_ambiguous_name_is_given_with_its_candidates():
    found = finding("LAB-17", palmares=[unresolved("Allonnes", resolution_candidats="28004|49002|72003")])
    assert (found["resultat"], found["calcul"]) == ("a_verifier", "28004|49002|72003")


def test_a_name_without_any_candidate_is_said_to_have_none():
    assert outcome("LAB-17", palmares=[unresolved("Atlantide")]) == ("a_verifier", "aucun candidat")


def test_a_place_outside_the_code_is_settled():
    place = {"territoire_code": None, "territoire_nature": "hors_code", "territoire_nom": "Yoff (Sénégal)"}
    assert outcome("LAB-17", palmares=[award(2000, "Yoff", **place)]) == ("non_applicable", "hors_code")


def test_a_contradiction_met_while_resolving_is_passed_on():
    facts = [award(2026, "Les Abymes", resolution_alerte="departement_contredit", territoire_code="97101")]
    assert outcome("LAB-17", palmares=facts) == ("a_verifier", "departement_contredit")
    assert findings("LAB-17", palmares=[award(2026, "97101")]) == []


def test_names_of_actions_are_looked_at_too():
    action = {"action_id": "15291", "nom_publie": "Mérignac", "resolution_candidats": "16216|33281"}
    found = finding("LAB-17", actions=[action])
    assert (found["table"], found["cle"], found["sources"]) == ("actions", "15291", None)


def test_one_page_that_names_a_laureate_under_two_forms():
    facts = [
        award(2000, "14327", nom_publie="Hérouville St Clair"),
        award(2000, "14327", nom_publie="Hérouville Saint Clair"),
    ]
    assert outcome("LAB-18", palmares=facts) == ("a_verifier", "Hérouville Saint Clair ; Hérouville St Clair")
    assert findings("LAB-18", palmares=facts[:1]) == []


def moved(before, after, move, year=2018):
    facts = [award(year, "78383", before), award(2019, "78383", after, evolution=move)]
    return outcome("LAB-19", palmares=facts)


def test_a_level_kept_or_raised_fits_the_edition_before():
    assert moved(5, 5, "maintien") == ("conforme", "5 − 0 = 5 ; niveau de 2018 : 5")
    assert moved(2, 3, "hausse_1")[0] == "conforme"
    assert moved(3, 5, "hausse_1") == ("non_conforme", "5 − 1 = 4 ; niveau de 2018 : 3")
    assert moved(4, 5, "maintien")[0] == "non_conforme"


def test_a_change_is_compared_with_the_edition_just_before_only():
    facts = [award(2018, "78383", 5), award(2020, "78383", 5, evolution="maintien")]
    between = [figure(2019, "labellises", 234)]
    assert outcome("LAB-19", palmares=facts, totaux_publies=between) == ("non_evalue", "5 − 0 = 5 ; niveau de 2019 : ?")


def test_a_first_edition_has_none_before_it():
    found = finding("LAB-19", palmares=[award(2000, "A", 4, evolution="maintien")])
    assert found["calcul"] == "4 − 0 = 4 ; niveau de l’édition précédente : ?"


def test_a_new_laureate_or_a_level_not_stated_is_not_compared():
    facts = [award(2017, "A", 1, evolution="nouveau"), award(2017, "B", None, evolution="hausse_1")]
    assert findings("LAB-19", palmares=facts) == []


UNSETTLED = {"territoire_code": None, "territoire_nature": None, "territoire_nom": None}


def test_names_that_are_not_settled_prove_no_surplus():
    """Two spellings may be one town, and two towns may have one name."""
    spelt = [award(2006, name, 5, **UNSETTLED) for name in ("Vandoeuvre", "Vandœuvre-lès-Nancy")]
    published = [figure(2006, "arobases_5", 1)]
    assert outcome("LAB-15", palmares=spelt, totaux_publies=published) == ("a_verifier", "2 connus > 1 publiés")


def test_a_level_that_pages_contradict_proves_no_surplus():
    facts = [award(2011, "A", 5), award(2011, "A", 4, page=OTHER_PAGE), award(2011, "B", 5)]
    published = [figure(2011, "arobases_5", 1)]
    assert outcome("LAB-15", palmares=facts, totaux_publies=published) == ("a_verifier", "2 connus > 1 publiés")


def test_a_change_is_not_compared_over_an_edition_of_which_nothing_is_known():
    facts = [award(2018, "A", 3), award(2020, "A", 5, evolution="maintien")]
    assert outcome("LAB-19", palmares=facts)[0] == "non_evalue"
    over_2010 = [award(2009, "A", 3), award(2011, "A", 5, evolution="maintien")]
    assert outcome("LAB-19", palmares=over_2010)[0] == "non_conforme"


def test_a_change_of_a_name_that_is_not_settled_is_not_compared():
    facts = [award(2019, "Bassens", 3, **UNSETTLED), award(2020, "Bassens", 5, evolution="maintien", **UNSETTLED)]
    assert outcome("LAB-19", palmares=facts)[0] == "non_evalue"


def test_an_edition_that_no_page_counts_is_to_be_verified():
    counted = [figure(year, "labellises", 1) for year in (2009, 2011, 2026)]
    for edition in (1998, 2010, 2028, 2099):
        found = finding("LAB-21", palmares=[award(edition, "69123", 5)], totaux_publies=counted)
        assert (found["resultat"], found["cle"]) == ("a_verifier", str(edition))
    for edition in (2009, 2011, 2017, 2027):
        assert findings("LAB-21", palmares=[award(edition, "69123", 5)], totaux_publies=counted) == []


def test_without_any_figure_no_edition_is_doubted():
    assert findings("LAB-21", palmares=[award(2099, "69123", 5)], totaux_publies=[]) == []
