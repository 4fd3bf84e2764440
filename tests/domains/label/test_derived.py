"""Editions, applications and territories met, as they follow from the rows of the label."""

from __future__ import annotations

from datetime import date

from pipelines.schema import load_table
from pipelines.schema.arrow import typed
from pipelines.tables import derivation
from tests.domains.territories.derived.builders import PROJECT, actions, awards, figures, laureates, sheets


def derive(name, **tables):
    built = {"palmares": awards(), "totaux_publies": figures(), "actions": actions()} | tables
    built["laureats"] = laureates(built["palmares"], built["totaux_publies"])
    made = derivation(name)({f"label/{key}": table for key, table in built.items()}, PROJECT)
    return typed(made, load_table(PROJECT.schemas, "label", name)).to_pylist()


def edition(*rows):
    return derive("editions", totaux_publies=figures(*({"edition": 2012, **row} for row in rows)))[0]


def test_an_edition_is_known_by_its_year_from_any_table():
    rows = derive(
        "editions",
        palmares=awards({"edition": 2017, "code": "73008"}),
        totaux_publies=figures({"edition": 2002, "mesure": "autre", "valeur_publiee": "six towns"}),
    )
    assert [row["edition"] for row in rows] == [2002, 2017]


def test_an_agreed_number_is_kept_and_a_disputed_one_left_open():
    agreed = edition(
        {"mesure": "numero_edition", "valeur_publiee": "13", "nombre": 13},
        {"mesure": "numero_edition", "valeur_publiee": "13", "nombre": 13},
    )
    assert (agreed["numero"], agreed["numeros_publies"]) == (13, "13")
    disputed = edition(
        {"mesure": "numero_edition", "valeur_publiee": "17", "nombre": 17},
        {"mesure": "numero_edition", "valeur_publiee": "18", "nombre": 18},
    )
    assert (disputed["numero"], disputed["numeros_publies"]) == (None, "17|18")


def test_two_dates_for_one_ceremony_leave_it_undated():
    days = [{"mesure": "ceremonie_date", "valeur_publiee": f"2012-02-0{day}", "precision": None} for day in (6, 7)]
    row = edition(*days)
    assert row["ceremonie_date"] is None
    assert row["ceremonie_dates_publiees"] == "2012-02-06|2012-02-07"
    assert edition(days[0])["ceremonie_date"] == date(2012, 2, 6)


def test_a_date_that_is_not_to_the_day_is_only_shown_as_printed():
    row = edition({"mesure": "ceremonie_date", "valeur_publiee": "2025-02-06/07 (congress)", "precision": None})
    assert (row["ceremonie_date"], row["ceremonie_dates_publiees"]) == (None, "2025-02-06/07 (congress)")


def test_an_approximate_number_never_becomes_the_number_of_an_edition():
    row = edition({"mesure": "labellises", "valeur_publiee": "plus de 300", "nombre": 300, "precision": "approche"})
    assert (row["labellises_nombre"], row["labellises_publies"]) == (None, "plus de 300")


def test_units_are_shown_with_the_numbers_that_they_count():
    row = edition(
        {"mesure": "labellises", "valeur_publiee": "331", "nombre": 331, "unite_publiee": "communes"},
        {"mesure": "labellises", "valeur_publiee": "331", "nombre": 331},
    )
    assert (row["labellises_nombre"], row["labellises_publies"]) == (331, "331|331 communes")


def test_the_label_changed_its_name_in_2014():
    rows = derive("editions", palmares=awards({"edition": 2013, "code": "95203"}, {"edition": 2014, "code": "31555"}))
    assert [row["nom_label"] for row in rows] == ["ville_internet", "territoires_villes_villages_internet"]


def test_known_laureates_are_distinct_territories():
    facts = awards(
        {"edition": 2009, "code": "25056"}, {"edition": 2009, "code": "25056"}, {"edition": 2009, "nom_publie": "Yoff"}
    )
    row = derive("editions", palmares=facts)[0]
    assert (row["faits_connus_nombre"], row["collectivites_connues_nombre"]) == (3, 1)
    assert (row["laureats_connus_nombre"], row["taux_connu"]) == (2, None)
    row = derive(
        "editions", palmares=facts, totaux_publies=figures({"edition": 2009, "mesure": "labellises", "nombre": 8})
    )[0]
    assert (row["laureats_connus_nombre"], str(row["taux_connu"])) == (2, "0.250000")


def a_sheet(**more):
    place = {"territoire_code": "13063", "territoire_nature": "commune", "territoire_nom": "Miramas"}
    return {"edition": 2024, "date_fiche": date(2023, 9, 12), **place, **more}


def applied(*filed):
    made = derivation("candidatures")({"candidatures/actions": sheets(*filed)}, PROJECT)
    return typed(made, load_table(PROJECT.schemas, "candidatures", "candidatures")).to_pylist()


def test_an_application_is_the_set_of_its_sheets():
    rows = applied(a_sheet(), a_sheet(date_fiche=date(2023, 10, 1)), a_sheet(date_fiche=None))
    assert len(rows) == 1
    assert rows[0]["actions_nombre"] == 3
    assert (rows[0]["premiere_fiche_date"], rows[0]["derniere_fiche_date"]) == (date(2023, 9, 12), date(2023, 10, 1))


def test_a_sheet_without_edition_or_territory_is_in_no_application():
    assert applied(a_sheet(edition=None), a_sheet(territoire_code=None)) == []


def test_an_application_of_example_sheets_says_so():
    assert applied(a_sheet(exemple=True))[0]["exemple"] is True
    assert applied(a_sheet(exemple=True), a_sheet())[0]["exemple"] is False


def test_a_territory_met_has_its_official_name_and_all_its_printed_ones():
    facts = awards(
        {"edition": 2008, "code": "88160", "nom_publie": "Epinal", "departement_code": "88", "region_code": "44"},
        {"edition": 2009, "code": "88160", "nom_publie": "Épinal"},
        {"edition": 2009, "nom_publie": "Yoff"},
    )
    rows = derive("collectivites", palmares=facts)
    assert len(rows) == 1
    row = rows[0]
    assert (row["nom"], row["noms_publies"]) == ("Épinal", "Epinal|Épinal")
    assert (row["departement_nom"], row["region_nom"]) == ("Vosges", "Grand Est")
    assert (row["premiere_edition"], row["derniere_edition"], row["editions_nombre"]) == (2008, 2009, 2)
    assert row["population"] > 0


def test_a_territory_that_is_no_more_keeps_the_name_that_it_was_given():
    facts = awards({"edition": 2009, "code": "00001", "nature": "ancienne_commune", "territoire_nom": "Jadis"})
    row = derive("collectivites", palmares=facts)[0]
    assert (row["nom"], row["population"], row["departement_nom"]) == ("Jadis", None, None)


def test_the_same_code_with_two_natures_is_two_territories():
    facts = awards({"edition": 2009, "code": "01015"}, {"edition": 2009, "code": "01015", "nature": "commune_deleguee"})
    assert [(row["code"], row["nature"], row["nom"]) for row in derive("collectivites", palmares=facts)] == [
        ("01015", "commune", "Arboys en Bugey"),
        ("01015", "commune_deleguee", "Arbignieu"),
    ]


def test_a_territory_of_an_action_that_never_won_is_met_without_an_edition():
    described = {"territoire_code": "13063", "territoire_nature": "commune", "code_actuel": "13063"}
    rows = derive("collectivites", actions=actions(described))
    assert (rows[0]["editions_nombre"], rows[0]["premiere_edition"], rows[0]["code_actuel"]) == (0, None, "13063")


def test_a_laureate_is_one_whatever_the_pages_that_name_it():
    facts = awards(
        {"edition": 2011, "code": "33449", "arobases": 5},
        {"edition": 2011, "code": "33449", "arobases": 5, "source_reference": "https://example.org/autre"},
        {"edition": 2011, "code": "33281", "arobases": 4},
        {"edition": 2012, "code": "33281"},
    )
    rows = laureates(facts).to_pylist()
    told = {
        (row["edition"], row["territoire_code"]): (row["arobases"], row["niveau_etat"], row["faits_nombre"])
        for row in rows
    }
    assert told == {
        (2011, "33281"): (4, "source_unique", 1),
        (2011, "33449"): (5, "accord", 2),
        (2012, "33281"): (None, "non_connu", 1),
    }


def test_sources_that_conflict_leave_no_level():
    facts = awards(
        {"edition": 2011, "code": "33449", "arobases": 5},
        {"edition": 2011, "code": "33449", "arobases": 4, "source_reference": "https://example.org/autre"},
    )
    (row,) = laureates(facts).to_pylist()
    assert (row["arobases"], row["conflit"], row["niveaux_publies"], row["sources_nombre"]) == (None, True, "4|5", 2)


def test_the_identifier_of_a_laureate_does_not_depend_on_who_names_it():
    one = laureates(awards({"edition": 2011, "code": "33449"})).to_pylist()[0]["laureat_id"]
    other = laureates(
        awards({"edition": 2011, "code": "33449", "source_reference": "https://example.org/b"})
    ).to_pylist()
    assert other[0]["laureat_id"] == one


def test_no_award_makes_no_laureate():
    assert laureates(awards()).num_rows == 0


def test_how_many_five_arobases_in_2017_is_a_count():
    facts = awards({"edition": 2017, "code": "73008", "arobases": 5}, {"edition": 2017, "code": "13063", "arobases": 4})
    totals = figures({"edition": 2017, "mesure": "labellises", "nombre": 331})
    rows = laureates(facts, totals).to_pylist()
    assert sum(row["arobases"] == 5 for row in rows) == 1
    assert {(row["connus_nombre"], row["total_publie"], str(row["taux_connu"])) for row in rows} == {
        (2, 331, "0.006042")
    }


def test_a_domain_names_the_laureates_that_pages_place_in_it():
    facts = awards(
        {"edition": 2017, "code": "94041", "territoire_nom": "Ivry-sur-Seine", "domaine_code": "gouvernement_ouvert"},
        {"edition": 2018, "code": "94033", "domaine_code": "gouvernement_ouvert"},
    )
    rows = {row["domaine_code"]: row for row in derive("domaines", palmares=facts)}
    assert len(rows) == 7
    told = rows["gouvernement_ouvert"]
    assert (told["laureats_connus_nombre"], told["laureats_connus"]) == (1, "Ivry-sur-Seine")
    assert rows["teletravail"]["laureats_connus_nombre"] == 0
    assert {(row["connus_nombre"], row["taux_connu"]) for row in rows.values()} == {(1, None)}
