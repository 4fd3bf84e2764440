"""Who is covered: each commune and each person once, with the shipped geography and the people of the year."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.errors import ArobaseError
from pipelines.domains.territories.derived.coverage import Units, classed, coverage_by_edition, size_classes
from pipelines.domains.territories.derived.inequalities import people_within_reach
from pipelines.geo.geography import load_geography
from pipelines.schema import load_table
from pipelines.schema.arrow import typed
from pipelines.tables import derivation
from pipelines.tables.rows import decimal
from tests.domains.territories.derived.builders import PROJECT, awards, figures, laureates

RIVIERA, RIVIERA_MEMBERS = "200041507", {"97110", "97113", "97125", "97128"}
GEOGRAPHY = load_geography(PROJECT.reference)


def derive(name, table, totals=None):
    made = derivation(name)({"label/palmares": table, "label/laureats": laureates(table, totals)}, PROJECT)
    return typed(made, load_table(PROJECT.schemas, "territoires-numeriques", name)).to_pylist()


def only(rows, **wanted):
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1
    return found[0]


def test_an_intercommunal_body_covers_its_members_once():
    table = awards({"edition": 2017, "code": RIVIERA, "nature": "epci"}, {"edition": 2017, "code": "97113"})
    covered = coverage_by_edition(table, GEOGRAPHY)[0]
    assert covered.all == RIVIERA_MEMBERS
    assert covered.laureates == {"97113"}
    assert covered.bodies == 2
    row = only(derive("couverture_departements", table), departement_code="971")
    assert (row["communes_laureates_nombre"], row["communes_couvertes_nombre"]) == (1, 4)
    assert row["population_couverte"] == GEOGRAPHY.population_of(RIVIERA_MEMBERS, 2019)


def test_a_laureate_said_by_two_sources_is_one_laureate():
    one = {"edition": 2009, "code": "25056"}
    assert coverage_by_edition(awards(one, one), GEOGRAPHY)[0].bodies == 1


@pytest.mark.parametrize(("code", "commune"), [("75113", "75056"), ("69383", "69123"), ("13201", "13055")])
def test_an_arrondissement_does_not_cover_the_whole_of_its_city(code, commune):
    """An award to the 13th arrondissement of Paris says nothing of two million people."""
    award = {"edition": 2018, "code": code, "nature": "arrondissement_municipal", "code_actuel": commune}
    covered = coverage_by_edition(awards(award), GEOGRAPHY)[0]
    assert (covered.all, covered.laureates, covered.bodies) == (frozenset(), frozenset(), 1)


def test_a_former_commune_covers_the_one_that_holds_its_place():
    table = awards({"edition": 2009, "code": "76476", "nature": "ancienne_commune", "code_actuel": "76476"})
    assert coverage_by_edition(table, GEOGRAPHY)[0].all == {"76476"}
    gone = awards({"edition": 2009, "code": "74093", "nature": "ancienne_commune", "code_actuel": "74010"})
    assert coverage_by_edition(gone, GEOGRAPHY)[0].all == {"74010"}


def test_a_body_that_is_no_more_covers_nothing_but_counts_as_a_laureate():
    table = awards({"edition": 2006, "code": "247900001", "nature": "ancien_epci", "code_actuel": "200041333"})
    covered = coverage_by_edition(table, GEOGRAPHY)[0]
    assert (covered.all, covered.bodies) == (frozenset(), 1)
    assert all(row["gini"] is None for row in derive("inegalites", table))


def test_a_reference_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ArobaseError):
        load_geography(tmp_path)


def test_a_code_that_no_commune_has_covers_nothing():
    assert coverage_by_edition(awards({"edition": 2006, "code": "00000"}), GEOGRAPHY)[0].all == frozenset()
    assert GEOGRAPHY.covered_by("epci", None, None) == frozenset()


def test_a_fact_that_is_not_resolved_covers_nobody_and_makes_no_edition():
    assert coverage_by_edition(awards({"edition": 2013}), GEOGRAPHY) == []


def test_overseas_is_counted_like_the_rest():
    table = awards({"edition": 2022, "code": "98817"}, {"edition": 2022, "code": "97608"})
    rows = derive("couverture_departements", table)
    assert len(rows) == 109
    assert {row["departement_code"] for row in rows if row["communes_couvertes_nombre"]} == {"976", "988"}
    assert only(rows, departement_code="988")["outre_mer"] is True
    assert only(rows, departement_code="75")["outre_mer"] is False
    assert only(rows, departement_code="984")["part_population"] is None, "nobody lives there in the reference"


def test_every_breakdown_adds_up_to_the_country():
    table = awards({"edition": 2017, "code": RIVIERA, "nature": "epci"}, {"edition": 2017, "code": "2A004"})
    people = GEOGRAPHY.population_of(RIVIERA_MEMBERS | {"2A004"}, 2019)
    departements, regions = derive("couverture_departements", table), derive("couverture_regions", table)
    sizes = derive("couverture_tailles", table)
    breakdowns = [
        departements,
        regions,
        *([row for row in sizes if row["decoupage"] == name] for name in ("taille", "rural_urbain")),
    ]
    for rows in breakdowns:
        assert sum(row["communes_nombre"] for row in rows) == 34_969
        assert sum(row["population"] for row in rows) == GEOGRAPHY.population_of(GEOGRAPHY.communes, 2019)
        assert sum(row["communes_couvertes_nombre"] for row in rows) == 5
        assert sum(row["population_couverte"] for row in rows) == people
    assert len(regions) == 26


@given(st.lists(st.sampled_from(sorted(GEOGRAPHY.communes)), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_people_are_counted_once_whatever_the_laureates(codes):
    bodies = [{"edition": 2017, "code": RIVIERA, "nature": "epci"}] if len(codes) % 2 else []
    covered = coverage_by_edition(awards(*({"edition": 2017, "code": code} for code in codes), *bodies), GEOGRAPHY)[0]
    expected = set(codes) | (RIVIERA_MEMBERS if bodies else set())
    assert covered.all == expected
    assert GEOGRAPHY.population_of(covered.all) == sum(GEOGRAPHY.communes[code].population for code in expected)


def test_the_curve_over_departements_ends_at_one_and_has_its_index():
    facts = awards({"edition": 2017, "code": "75056"})
    rows = [row for row in derive("courbes_inegalites", facts) if row["decoupage"] == "departement"]
    assert (rows[0]["rang"], rows[0]["unite"], float(rows[0]["part_population_cumulee"])) == (0, None, 0.0)
    assert (rows[-1]["unite"], float(rows[-1]["part_couverte_cumulee"])) == ("75", 1.0)
    # Paris alone, wholly covered: the index is what the rest of the population weighs.
    everybody = GEOGRAPHY.population_of(GEOGRAPHY.communes, 2019)
    share = 1 - Fraction(GEOGRAPHY.population_of({"75056"}, 2019), everybody)
    (measure,) = [row for row in derive("inegalites", facts) if row["decoupage"] == "departement"]
    assert str(measure["gini"]) == decimal(share)
    assert (measure["etat"], measure["motif"], measure["millesime"]) == ("calcule", None, 2019)


def test_below_80_per_cent_no_measure_is_computed_and_each_says_why():
    facts = awards({"edition": 2017, "code": "75056"}, {"edition": 2017, "code": "13063"})
    totals = figures({"edition": 2017, "mesure": "labellises", "nombre": 331})
    for row in derive("inegalites", facts, totals):
        assert (row["etat"], row["motif"], row["gini"]) == ("non_calcule", "non calculé : 2 sur 331 connus", None)
        assert (row["connus_nombre"], row["total_publie"]) == (2, 331)
    assert derive("courbes_inegalites", facts, totals) == []
    for row in derive("couverture_tailles", facts, totals):
        assert row["communes_couvertes_nombre"] is row["part_population"] is None
        assert row["motif"] == "non calculé : 2 sur 331 connus"


@pytest.mark.parametrize(("total", "computed"), [(10, True), (11, False), (None, False)])
def test_the_threshold_is_80_per_cent_of_a_published_total(total, computed):
    facts = awards(*({"edition": 2017, "code": code} for code in sorted(GEOGRAPHY.communes)[:8]))
    totals = figures(*([{"edition": 2017, "mesure": "labellises", "nombre": total}] if total else []))
    assert {row["etat"] == "calcule" for row in derive("inegalites", facts, totals)} == {computed}


def test_where_laureates_are_missing_the_index_has_bounds():
    facts = awards(*({"edition": 2017, "code": code} for code in sorted(GEOGRAPHY.communes)[:9]))
    totals = figures({"edition": 2017, "mesure": "labellises", "nombre": 10})
    for row in derive("inegalites", facts, totals):
        assert row["gini_minimum"] <= row["gini"] <= row["gini_maximum"]


def test_size_classes_are_those_of_the_code_list_and_leave_no_hole():
    for name in ("taille", "rural_urbain"):
        classes = size_classes(PROJECT, name)
        assert list(classed(pd.Series([0, 10**8]), classes)) == [classes[0][0], classes[-1][0]]
        for (_, _, most), (_, least, _) in pairwise(classes):
            assert most + 1 == least
    with pytest.raises(ValueError, match="no population class"):
        classed(pd.Series([5]), [("x", 0, 4)])


def test_a_class_without_a_commune_stands_in_the_table():
    classes = [("vide", -2, -1), ("tous", 0, None)]
    (covered,) = coverage_by_edition(awards({"edition": 2017, "code": "97113"}), GEOGRAPHY)
    counts = Units(GEOGRAPHY, {"essai": classes}).count("essai", covered)
    assert list(counts.index) == ["vide", "tous"]
    assert counts.loc["vide"].tolist() == [0, 0, 0, 0, 0]
    assert counts.loc["tous"].tolist()[2:4] == [1, 1]


@given(st.fractions(0, 1))
def test_shares_are_written_to_the_nearest_millionth(share):
    assert abs(Fraction(decimal(share)) - share) <= Fraction(1, 2 * 10**6)
    assert len(decimal(share)) == 8


def test_a_territory_that_contradicts_its_printed_departement_stays_out():
    row = {"edition": 2026, "code": "97101", "resolution_alerte": "departement_contredit|commune_ou_epci"}
    assert coverage_by_edition(awards(row), GEOGRAPHY) == []
    settled = {"edition": 2026, "code": "97101"}
    assert coverage_by_edition(awards(row, settled), GEOGRAPHY)[0].all == {"97101"}


def test_a_body_covers_its_members_of_the_year_and_the_vintage_is_named():
    code, years = next(
        (code, years)
        for code, years in sorted(GEOGRAPHY.vintages.items())
        if {2019, 2026} <= set(years) and years[2019] - years[2026]
    )
    covered = coverage_by_edition(awards({"edition": 2019, "code": code, "nature": "epci"}), GEOGRAPHY)[0]
    assert covered.all == years[2019]
    assert covered.all != GEOGRAPHY.members[code]
    row = derive("couverture_regions", awards({"edition": 2017, "code": RIVIERA, "nature": "epci"}))[0]
    assert (row["membres_millesimes"], row["population_millesime"]) == ("2019", 2019)


@pytest.mark.parametrize(("edition", "vintage"), [(1999, 2019), (2017, 2019), (2022, 2022), (2026, 2026), (2031, 2026)])
def test_people_are_those_of_the_year_or_of_the_nearest_vintage_which_is_named(edition, vintage):
    row = only(derive("couverture_departements", awards({"edition": edition, "code": "57463"})), departement_code="57")
    assert row["population_millesime"] == vintage
    counted = pq.read_table(PROJECT.reference / "populations_millesimes.parquet").to_pylist()
    (metz,) = [
        line["population"]
        for line in counted
        if line["commune_code"] == "57463" and line["premier_millesime"] <= vintage <= line["dernier_millesime"]
    ]
    assert row["population_couverte"] == metz


def test_people_of_communes_that_merged_later_are_counted_where_they_live_today():
    # Annecy had absorbed its five neighbours by 2017; Saint-Denis absorbed Pierrefitte-sur-Seine in 2025.
    before, after = GEOGRAPHY.communes_at(2024)["93066"], GEOGRAPHY.communes_at(2025)["93066"]
    assert abs(before.population - after.population) < after.population // 20


def test_people_that_a_vintage_does_not_tell_are_those_of_the_nearest_that_does():
    assert "97608" not in GEOGRAPHY.people[2019]
    assert GEOGRAPHY.communes_at(2019)["97608"].population == GEOGRAPHY.people[2021]["97608"]


def test_the_bound_on_unknown_laureates_counts_people_of_the_same_vintage():
    assert people_within_reach(GEOGRAPHY, 2017, 0) == 0
    largest = people_within_reach(GEOGRAPHY, 2017, 1)
    assert largest >= GEOGRAPHY.population_of(GEOGRAPHY.covered_by("epci", "200054781", None, 2017), 2019)
