"""Quick proofs say yes to a whole column only where Python's own readers accept every cell."""

from __future__ import annotations

import datetime
import decimal
import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.validation.fast.proofs import FORMS
from pipelines.validation.fast.quick import days, moments, numbers, one_width

ONE_WIDTH = [FORMS["uuid"], "EP-[0-9]{6}", r"\d{5}", "[ab]x[a-c]", "é", "a|b", "(ab){2}", "a*", "[^a]b", "a{70}"]
NEAR = st.text(alphabet="0123456789abcxEP-é\n:TZ ", max_size=8)


def texts(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.string())


@given(st.sampled_from(ONE_WIDTH), st.lists(NEAR, min_size=1, max_size=4))
def test_a_pattern_of_one_width_says_yes_only_to_what_python_matches(pattern: str, cells: list[str]) -> None:
    quick = one_width(pattern)
    if quick is not None and quick(texts(*cells)):
        assert all(re.fullmatch(pattern, cell) for cell in cells)


@pytest.mark.parametrize("pattern", ["é", "a|b", "a*", "[^a]b", "a{70}", "[é]", "", "(a", "[abc][b-d][e-f]ghijkl"])
def test_a_pattern_that_is_not_of_few_plain_classes_has_no_quick_proof(pattern: str) -> None:
    assert one_width(pattern) is None


def test_cells_of_the_pattern_are_proved_wherever_the_column_begins() -> None:
    quick = one_width("EP-[0-9]{6}")
    assert quick is not None
    assert quick(texts("x", "EP-000001", "EP-999999").slice(1))
    assert not quick(texts("EP-000001", "EP-99999x"))


@pytest.mark.parametrize("cells", [[], [None], ["ab", None], ["a", "bcd"], ["ab", "abc", "a"]])
def test_cells_that_are_missing_or_of_another_width_are_not_proved(cells: list[str | None]) -> None:
    quick = one_width("[a-z]{2}")
    assert quick is not None
    assert not quick(texts(*cells))


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_every_day_from_the_year_1000_is_one(day: datetime.date) -> None:
    assert days(texts(day.isoformat()))


@pytest.mark.parametrize(
    "cell", ["2023-02-29", "2024-02-30", "0999-12-31", "0000-01-01", "2024-1-5", "2024-01-05 ", "2024-01-05\n", ""]
)
def test_no_other_cell_is_a_day(cell: str) -> None:
    assert not days(texts("2024-02-29", cell))


@given(st.dates(min_value=datetime.date(1000, 1, 1)), st.times())
def test_every_second_from_the_year_1000_is_a_moment(day: datetime.date, time: datetime.time) -> None:
    assert moments()(texts(f"{day.isoformat()}T{time.replace(microsecond=0).isoformat()}Z"))


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-05T24:00:00Z",
        "2024-01-05T23:59:60Z",
        "2024-01-05 10:20:30Z",
        "2024-01-05T10:20:30z",
        "0999-01-05T10:20:30Z",
    ],
)
def test_no_other_cell_is_a_moment(cell: str) -> None:
    assert not moments()(texts("2024-01-05T10:20:30Z", cell))


def test_an_empty_column_is_left_to_the_form() -> None:
    assert not days(texts())


@given(st.lists(st.text(alphabet="0123456789.", max_size=18), min_size=1, max_size=3))
def test_columns_of_digits_and_points_that_are_proved_hold_numbers_in_the_order_of_floats(cells: list[str]) -> None:
    if numbers(texts(*cells)):
        values = [decimal.Decimal(cell) for cell in cells]
        assert sorted(values) == sorted(values, key=float)
        assert len(set(values)) == len({float(value) for value in values})


def test_plain_numbers_are_proved_wherever_the_column_begins() -> None:
    assert numbers(texts("x", "12.50", "007", "0").slice(1))


@pytest.mark.parametrize("cell", ["", "-1", "1e5", "NaN", "inf", "1.2.3", ".", "1,5", " 1", "9007199254740993", None])
def test_no_other_cell_is_a_plain_number(cell: str | None) -> None:
    assert not numbers(texts("12.5", cell))


def test_cells_of_no_byte_at_all_are_no_numbers() -> None:
    assert not numbers(texts("", ""))
