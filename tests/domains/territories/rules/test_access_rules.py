"""Figures of access whose unit is doubtful or that do not add up, and counts of premises that were not made."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from pipelines.findings import run_rules
from pipelines.mapping.registry import CONVERTERS
from tests.domains.label.rules.builders import PROJECT, table

PACKAGE = "territoires-numeriques"
PAGE = "https://example.org/page"


def found(name: str, rows: list[dict]) -> list[dict]:
    tables: dict[str, pa.Table] = {f"{PACKAGE}/{name}": table(f"{PACKAGE}/{name}", rows)}
    return run_rules(PACKAGE, tables, PROJECT).to_pylist()


def shares(*values: float) -> list[dict]:
    about = {"serie": "essai", "date_reference": date(2022, 9, 30), "source_url": PAGE}
    return [{**about, "departement_code": f"{rank:02d}", "part_fibre": value} for rank, value in enumerate(values, 1)]


def test_shares_of_one_at_most_are_perhaps_no_percentages():
    (one,) = found("acces_fixe_departements", shares(0.82, 0.5, 0, 0.91, 1, 0.3))
    assert (one["regle"], one["resultat"], one["calcul"]) == ("TER-01", "a_verifier", "5 parts, la plus grande 1 ≤ 1")


def test_a_small_share_among_others_is_a_percentage():
    assert found("acces_fixe_departements", shares(0.4, 0.5, 0.9, 1, 36, 0.3)) == []
    assert found("acces_fixe_departements", shares(0.4, 0.5)) == []


@pytest.mark.parametrize(("later", "told"), [(0.82, ["80 puis 0.82"]), (8.2, []), (82.0, []), (None, [])])
def test_a_share_that_falls_a_hundredfold_is_perhaps_no_percentage(later: float | None, told: list[str]):
    about = {"serie": "essai", "departement_code": "15", "source_url": PAGE}
    days = [(date(2022, 3, 31), 80.0), (date(2022, 6, 30), later), (date(2022, 9, 30), 83.0)]
    rows = [{**about, "date_reference": day, "part_fibre": share} for day, share in days]
    assert [one["calcul"] for one in found("acces_fixe_departements", rows) if one["regle"] == "TER-03"] == told


def test_a_share_that_rises_from_one_per_cent_is_a_percentage():
    about = {"serie": "essai", "departement_code": "15", "source_url": PAGE}
    days = [(date(2018, 3, 31), 0.0), (date(2018, 6, 30), 1.0), (date(2018, 9, 30), 0.6), (date(2019, 9, 30), 40.0)]
    rows = [{**about, "date_reference": day, "part_fibre": share} for day, share in days]
    assert found("acces_fixe_departements", rows) == []


def a_departement(population: int | None, *classes: int | None) -> dict:
    people = {f"habitants_classe_{number}": count for number, count in enumerate(classes, 1)}
    return {"departement_code": "15", "population": population, "source_url": PAGE, **people}


def test_classes_that_do_not_make_the_population_are_told():
    (one,) = found("ruralite_departements", [a_departement(100, 10, 10, 10, 10, 10, 10, 10)])
    assert (one["regle"], one["calcul"]) == ("TER-02", "10 + 10 + 10 + 10 + 10 + 10 + 10 = 70 ≠ 100")


def test_classes_that_make_it_or_are_secret_are_not():
    assert found("ruralite_departements", [a_departement(70, 10, 10, 10, 10, 10, 10, 10)]) == []
    assert found("ruralite_departements", [a_departement(70, 10, None, 10, 10, 10, 10, 10)]) == []


@pytest.mark.parametrize(
    ("cells", "options", "count"),
    [
        (("5", None, "3", "2"), {}, "10"),
        (("5", None, "NA", "2"), {}, None),
        (("NA",), {}, None),
        (("NA", "7"), {"names_of_one": True}, "7"),
    ],
)
def test_a_sum_of_which_a_part_was_not_counted_is_no_count(
    cells: tuple[str | None, ...], options: dict, count: str | None
):
    assert CONVERTERS["locaux"](cells, options) == count
