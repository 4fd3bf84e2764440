"""Figures of one page that add up, do not, or cannot be added."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.domains.label.rules.builders import OTHER_PAGE, figure, findings, outcome


def levels(edition, *numbers, first=5, **more):
    return [figure(edition, f"arobases_{first - rank}", number, **more) for rank, number in enumerate(numbers)]


def test_the_levels_of_2006_add_up_with_the_simple_mentions():
    page = [figure(2006, "labellises", 223), *levels(2006, 10, 24, 57, 64, 57, 11)]
    assert outcome("LAB-01", totaux_publies=page) == ("conforme", "10 + 24 + 57 + 64 + 57 + 11 = 223 = 223")


def test_the_levels_of_2006_do_not_add_up_without_them():
    page = [figure(2006, "labellises", 223), *levels(2006, 10, 24, 57, 64, 57)]
    assert outcome("LAB-01", totaux_publies=page) == ("non_conforme", "10 + 24 + 57 + 64 + 57 = 212 ≠ 223")


def test_levels_that_a_page_leaves_out_are_named_and_nothing_is_concluded():
    page = [figure(2011, "labellises", 303), *levels(2011, 24, 28, 106)]
    assert outcome("LAB-01", totaux_publies=page) == ("non_evalue", "24 + 28 + 106 + ? ; total 303")


def test_an_approximate_level_makes_the_sum_one_to_verify():
    about_forty = figure(2016, "arobases_1", 40, precision="approche")
    page = [figure(2016, "labellises", 163), *levels(2016, 30, 25, 31, 37), about_forty]
    assert outcome("LAB-01", totaux_publies=page) == ("a_verifier", "30 + 25 + 31 + 37 + 40 = 163 = 163")


def test_figures_of_two_pages_are_never_added_together():
    page = [figure(2006, "labellises", 223), *levels(2006, 10, 24, 57, 64, 57, 11, page=OTHER_PAGE)]
    assert findings("LAB-01", totaux_publies=page) == []


@given(st.lists(st.integers(0, 500), min_size=5, max_size=5), st.integers(-3, 3))
def test_levels_conform_exactly_when_their_sum_is_the_total(numbers, gap):
    total = sum(numbers) + gap
    if total >= 0:
        page = [figure(2020, "labellises", total), *levels(2020, *numbers)]
        assert outcome("LAB-01", totaux_publies=page)[0] == ("conforme" if gap == 0 else "non_conforme")


def test_territories_towns_and_villages_of_2018_add_up():
    kinds = {"territoires": 12, "villes": 151, "villages": 42}
    page = [figure(2018, "labellises", 205), *(figure(2018, name, number) for name, number in kinds.items())]
    assert outcome("LAB-02", totaux_publies=page) == ("conforme", "12 + 151 + 42 = 205 = 205")


def test_the_population_classes_of_2006_sum_to_one_less_than_the_participants():
    bounds = {">100000": 14, "<3000": 29, "21000-100000": 72, "3000-20000": 107}
    classes = [figure(2006, "classe_population", number, detail=name) for name, number in bounds.items()]
    page = [figure(2006, "candidats", 223), *classes]
    assert outcome("LAB-03", totaux_publies=page) == ("non_conforme", "29 + 107 + 72 + 14 = 222 ≠ 223")


def test_population_classes_without_a_total_say_nothing():
    assert findings("LAB-03", totaux_publies=[figure(2006, "classe_population", 29, detail="<3000")]) == []


def recalled(number):
    return figure(2017, "arobases_4_ou_5", 69, detail=f"2016={number}", page=OTHER_PAGE)


def test_the_best_levels_of_2016_are_one_fewer_than_recalled_in_2017():
    rows = [*levels(2016, 30, 25), recalled(56)]
    assert outcome("LAB-04", totaux_publies=rows) == ("non_conforme", "30 + 25 = 55 ≠ 56")
    rows = [*levels(2016, 30, 25), recalled(55)]
    assert outcome("LAB-04", totaux_publies=rows) == ("conforme", "30 + 25 = 55 = 55")


def test_a_recall_without_both_levels_or_without_a_year_says_nothing():
    assert findings("LAB-04", totaux_publies=[*levels(2016, 30), recalled(56)]) == []
    assert findings("LAB-04", totaux_publies=[figure(2017, "arobases_4_ou_5", 69)]) == []


def test_a_recalled_sum_needs_both_levels_of_one_page_as_exact_numbers():
    rows = [*levels(2016, 30, 25)[:1], *levels(2016, 30, 25)[:1], recalled(56)]
    assert findings("LAB-04", totaux_publies=rows) == []
    unknown = [figure(2016, "arobases_5", 30), figure(2016, "arobases_4", None), recalled(56)]
    assert findings("LAB-04", totaux_publies=unknown) == []
