"""Workbooks: cells as a person would write them down."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.formats.errors import Damaged, HeaderMissing, SheetMissing
from pipelines.formats.sheet_cells import cell_text
from tests.formats.builders import a_part, an_ods, an_xls, an_xlsx, part_reading, positions, reading, records

ROWS: list[list[Any]] = [["Nom ", "code_insee"], ["Bourg", 1053], ["Ajaccio", "2A004"]]


@pytest.mark.parametrize("file_format", ["xlsx", "xls", "ods"])
def test_the_three_kinds_of_workbook_read_the_same(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / "classeur"
    if file_format == "xlsx":
        an_xlsx(path, {"Feuille 1": ROWS})
    elif file_format == "xls":
        an_xls(path, ROWS)
    else:
        an_ods(path, ROWS)
    table = reading(path, a_part(file_format, "Nom", "code_insee"))
    assert records(table) == [{"Nom": "Bourg", "code_insee": "1053"}, {"Nom": "Ajaccio", "code_insee": "2A004"}]
    assert positions(table) == [2, 3]


def test_a_date_a_number_a_boolean_and_a_duration_are_as_a_person_writes_them(tmp_path: Path) -> None:
    cells = [
        datetime.date(2026, 6, 22),
        datetime.datetime(2026, 6, 22, 8, 30),  # noqa: DTZ001 - a workbook's moments have no zone
        datetime.time(8, 30),
        datetime.timedelta(hours=30),
        12.5,
        True,
        21000000000000,
    ]
    path = an_xlsx(tmp_path / "x", {"A": [list("abcdefg"), cells]})
    texts = list(records(reading(path, a_part("xlsx")))[0].values())
    assert texts == ["2026-06-22", "2026-06-22T08:30:00", "08:30:00", "30:00:00", "12.5", "true", "21000000000000"]


def test_a_number_that_lost_its_digits_keeps_its_exponent_and_is_told(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["siret"], [2.1e20]]})
    table = reading(path, a_part("xlsx"))
    assert records(table) == [{"siret": "2.1e+20"}]
    assert json.loads(table.schema.metadata[b"facts"])["exponents"] == [{"row": 2, "column": "siret"}]


def test_a_code_typed_in_scientific_notation_is_left_to_the_validator(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["code"], ["1.034E+03"]]})
    assert records(reading(path, a_part("xlsx"))) == [{"code": "1.034E+03"}]


def test_a_serial_number_is_a_date_in_the_columns_that_the_yaml_says(tmp_path: Path) -> None:
    path = an_xlsx(
        tmp_path / "x",
        {"A": [["jour", "nombre"], [46195, 46195], ["46195", "x"], ["juin", 0], [0, 1], [None, 1], [True, 1]]},
    )
    table = reading(path, a_part("xlsx", options={"dates": ["jour"]}))
    assert [record["jour"] for record in records(table)] == ["2026-06-22", "2026-06-22", "juin", "0", None, "true"]
    assert records(table)[0]["nombre"] == "46195"
    late = reading(path, a_part("xlsx", options={"dates": ["jour"], "epoch": 1904}))
    assert records(late)[0]["jour"] == "2030-06-23"


def test_a_serial_number_counts_from_the_day_that_the_workbook_says(tmp_path: Path) -> None:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    path = an_xlsx(tmp_path / "x.xlsx", {"A": [["jour"], [44197]]})
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book.save(path)
    assert records(reading(path, a_part("xlsx", options={"dates": ["jour"]}))) == [{"jour": "2025-01-02"}]
    early = reading(path, a_part("xlsx", options={"dates": ["jour"], "epoch": 1900}))
    assert records(early) == [{"jour": "2021-01-01"}]


def test_a_serial_number_keeps_its_time(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["jour"], [45000.75], ["45000.5"], ["4_5000"]]})
    table = reading(path, a_part("xlsx", options={"dates": ["jour"]}))
    assert [record["jour"] for record in records(table)] == ["2023-03-15T18:00:00", "2023-03-15T12:00:00", "4_5000"]


@pytest.mark.parametrize("year", [2024, "2024", 1968])
def test_a_year_among_days_is_no_day_of_1905(tmp_path: Path, year: int | str) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["jour"], [45000], [year]]})
    found = part_reading(path, a_part("xlsx", options={"dates": ["jour"]}))
    assert records(found.table) == [{"jour": "2023-03-15"}]
    assert [(fault.position, fault.rule) for fault in found.faults] == [(3, "date-hors-calendrier")]


def test_a_whole_number_of_sixteen_digits_has_no_decimal(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["code"], [1234567890123456.0]]})
    assert records(reading(path, a_part("xlsx"))) == [{"code": "1234567890123456"}]


def test_the_header_may_stand_lower_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["Titre"], [], ["a", "b"], [], [1, 2], [None, None], [3]]})
    table = reading(path, a_part("xlsx", "a", options={"header_row": 3}))
    assert (records(table), positions(table)) == ([{"a": "1", "b": "2"}, {"a": "3", "b": None}], [5, 7])


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize(("above", "before"), [(0, 0), (1, 0), (0, 1), (2, 0), (5, 3)])
def test_rows_and_columns_without_a_cell_before_the_table_are_counted(
    tmp_path: Path, form: str, above: int, before: int
) -> None:
    lead: list[str] = [""] * before
    rows = [*[[]] * above, [*lead, "a", "b"], [*lead, "x", "y"], [*lead, "z", "t"]]
    make: dict[str, Callable[[Path, Any], Path]] = {
        "xlsx": lambda path, found: an_xlsx(path, {"A": [[cell or None for cell in row] for row in found]}),
        "xls": an_xls,
        "ods": an_ods,
    }
    table = reading(make[form](tmp_path / "x", rows), a_part(form, "a", options={"header_row": above + 1}))
    assert (records(table), positions(table)) == ([{"a": "x", "b": "y"}, {"a": "z", "b": "t"}], [above + 2, above + 3])


def test_a_code_shown_with_its_zeros_is_read_in_its_row_below_rows_without_a_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for place, value in {"B3": "code", "B4": 1001, "B5": 62041}.items():
        sheet[place] = value
    sheet["B4"].number_format = "00000"
    book.save(tmp_path / "x")
    table = reading(tmp_path / "x", a_part("xlsx", "code", options={"header_row": 3}))
    assert [record["code"] for record in records(table)] == ["01001", "62041"]


def test_a_missing_sheet_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path / "x", {"Action": [["a"], [1]], "Lieux": [["a"], [1]]})
    with pytest.raises(SheetMissing) as raised:
        reading(path, a_part("xlsx", options={"sheet": "Actions"}))
    assert raised.value.message("fr") == (
        "mairie/part : la feuille « Actions » est absente (« Action » ?) ; feuilles présentes : Action, Lieux."
    )


def test_an_empty_sheet_lacks_the_columns_that_are_read(tmp_path: Path) -> None:
    with pytest.raises(HeaderMissing):
        reading(an_xlsx(tmp_path / "x", {"A": []}), a_part("xlsx", "a"))


def test_a_merged_header_line_is_found_where_it_is(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["Identité", None], ["nom", "code"], ["x", 1]]})
    with pytest.raises(HeaderMissing) as raised:
        reading(path, a_part("xlsx", "nom", "code"))
    assert "options.header_row: 2" in raised.value.message("en")


def test_a_zip_that_holds_no_workbook_is_damaged(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("note.txt", "rien")
    with pytest.raises(Damaged):
        reading(tmp_path / "x", a_part("xlsx"))


def test_a_number_that_is_none_is_an_empty_cell() -> None:
    assert cell_text(float("nan")) is None


@pytest.mark.parametrize("name", ["xl/worksheets/Sheet1.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_workbook_with_two_files_of_one_name_is_refused(tmp_path: Path, name: str) -> None:
    path = an_xlsx(tmp_path / "x", {"A": [["code"], [1]]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, archive.read("xl/worksheets/sheet1.xml").replace(b"<v>1</v>", b"<v>2</v>"))
    with pytest.raises(Damaged, match="twice"):
        reading(path, a_part("xlsx", "code"))
