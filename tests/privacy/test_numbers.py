"""Columns of numbers, dates and instants, which are read only where somebody's value may be one, hide nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import AllowList, PersonalValues, gate, scan_folder
from pipelines.privacy.everyone import _RUNS, _numbers_alone, _numbers_in
from pipelines.privacy.gate import FEW_ROWS, OWN_VALUE, GateReport
from pipelines.privacy.scanning import Scan
from pipelines.privacy.seen import Seen, are_numbers
from pipelines.privacy.sifting import suspect_passages
from pipelines.schema.arrow import as_text, number_text
from tests.privacy.test_known import Own, a_table, at

NUMBERS = st.sampled_from([1, 12, 612345678, 33612345678, 1980, 12041980, 19800412, 44000, 100_000])
FLOATS = st.sampled_from([1.5, 612345678.0, 1e-05, 1e300, 1980.0, float("inf"), float("nan"), 120419.8])
DAYS = st.sampled_from([date(1980, 4, 12), date(2024, 2, 29)])
INSTANTS = st.sampled_from([datetime(1980, 4, 12, 6, 12, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)])
DECIMALS = st.sampled_from([Decimal("6123456.78"), Decimal("1980.04"), Decimal("0.10")])
CELLS = (NUMBERS, FLOATS, DAYS, INSTANTS, DECIMALS, st.booleans())
TYPES = (pa.int64(), pa.float64(), pa.date32(), pa.timestamp("s", "UTC"), pa.decimal128(10, 2), pa.bool_())
NAMES = ("n", "f", "j", "i", "d", "b")
VALUES = st.sampled_from(
    (
        *("06 12 34 56 78", "+33 6 12 34 56 78", "1980-04-12", "12/04/1980", "612345678", "19800412", "1e-05", "Inf"),
        *("12 T 10", "zete", "true", "12", "1980 04 12", "04 12t06", "Martin", "e 1980", "12 rue de 44000", "nan"),
        *("1980@04.12", "zete.1980@ex.org", "6123456 78"),
    )
)
FIELDS = st.sampled_from(["telephone", "nom", "prenom", "naissance", "adresse", "courriel", "observation", "numero"])
RECORDS = st.lists(st.lists(st.tuples(FIELDS, VALUES), min_size=1, max_size=3), min_size=1, max_size=4)


def of_somebody(report: GateReport) -> list[tuple[int, str, str]]:
    return sorted((hold.row, hold.field, hold.rule) for hold in report.holds if hold.rule.startswith(OWN_VALUE))


def drawn(data: st.DataObject, rows: int) -> pa.Table:
    columns = [data.draw(st.lists(st.none() | cells, min_size=rows, max_size=rows)) for cells in CELLS]
    words = data.draw(st.lists(st.sampled_from(["mairie", "Martin", ""]), min_size=rows, max_size=rows))
    typed = [pa.array(cells, kind) for cells, kind in zip(columns, TYPES, strict=True)]
    return pa.table([*typed, pa.array(words)], [*NAMES, "mot"])


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.data())
def test_rows_hold_in_numbers_what_they_hold_in_words(records: list[Own], data: st.DataObject) -> None:
    personal = PersonalValues({at(place): tuple(own) for place, own in enumerate(records)})
    origins = a_table({}, list(range(len(records))))
    table = drawn(data, len(records))
    found = []
    for cells in (table, as_text(table)):
        whole = pa.table([*cells.columns, *origins.columns], [*cells.column_names, *origins.column_names])
        found.append(of_somebody(gate({"p/t": whole}, personal, AllowList())))
    assert found[0] == found[1]


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.data())
def test_a_table_in_a_file_holds_in_numbers_what_it_holds_in_words(records: list[Own], data: st.DataObject) -> None:
    everyone = PersonalValues({at(place): tuple(own) for place, own in enumerate(records)}).everyone()
    table = drawn(data, 3)
    found = [
        of_somebody(Scan(AllowList(), everyone).table("a.parquet", cells.column_names, cells))
        for cells in (table, as_text(table))
    ]
    assert found[0] == found[1]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", fullmatch=True), max_size=5))
def test_numbers_alone_are_read_together_as_one_by_one(texts: list[str]) -> None:
    places, found = _numbers_alone(pa.array(texts, pa.large_string()))
    alone = [
        (place, number)
        for place, text in enumerate(texts)
        for run in _RUNS.findall(text)
        for number in _numbers_in(run)
    ]
    assert set(zip(places.tolist(), found.to_pylist(), strict=True)) == set(alone)


def test_numbers_with_a_fraction_are_nobodys_telephone_and_nir() -> None:
    random = np.random.default_rng(33)
    texts = ["337177.46824", "33.612345678", "336850.35513", "12.0033612345678", "0.612345678", "5.0612345678"]
    texts += ["8.415515689194882", "399793.228279317", "47.9529481758076", "6.896981573698161"]
    texts += [f"33{text}" for text in map(number_text, (random.random(20_000) * 10_000).round(7).tolist())]
    texts += list(map(number_text, (random.random(20_000) * 10.0 ** random.integers(-4, 9, 20_000)).tolist()))
    found = suspect_passages(pa.array([*texts, *(text.replace(".", ",") for text in texts)], pa.large_string()))
    assert {passage.rule for passages in found.values() for passage in passages} <= {"coordonnees"}


@pytest.mark.parametrize("rows", [1, FEW_ROWS + 1])
def test_a_number_of_a_table_is_no_point_in_the_file_for_spreadsheets(rows: int, tmp_path: Path) -> None:
    path = tmp_path / "data" / "excel" / "t.csv"
    path.parent.mkdir(parents=True)
    path.write_text("surface;mot\n" + "332095,6186371;332096,6186371\n" * rows, encoding="utf-8")
    seen = Seen(unread={"p/t": frozenset({"surface"})})
    report = scan_folder(tmp_path, AllowList(), seen=seen, package="p")
    assert {(hold.field, hold.rule) for hold in report.holds} == {("mot", "coordonnees")}


def test_finite_numbers_dates_and_instants_are_numbers() -> None:
    values = [[1], [1.5], [date(1980, 4, 12)], [datetime(1980, 4, 12, tzinfo=UTC)], [Decimal("0.10")], [True]]
    columns = [pa.chunked_array([pa.array(own, kind)]) for own, kind in zip(values, TYPES, strict=True)]
    assert list(map(are_numbers, columns)) == [True, True, True, True, True, False]


@pytest.mark.parametrize("column", [pa.array([float("inf")]), pa.array([Decimal(1)], pa.decimal128(38, 0))])
def test_what_may_have_a_letter_or_be_as_long_as_a_digest_is_none(column: pa.Array) -> None:
    assert not are_numbers(pa.chunked_array([column]))
