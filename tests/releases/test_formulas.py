"""A text that begins as a formula does is no formula in the files for spreadsheets, and can be had back as it was."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipelines.releases.csvfile import with_formulas, without_formulas, write_excel_csv
from pipelines.releases.verify import verify
from tests.releases.builders import PRIZES, Row, published

FORMULAS = [
    '=HYPERLINK("https://elsewhere.example/","Prix")',
    "+33 1 23",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "=1+1;2",
    "＝1+1",
    "'=1+1",
    "''+x",
    "-",
]
PLAIN = ["Ville", "a=b", "'ville'", "l'an 2024", " =1", "", "1-2"]


def rows(names: list[str]) -> list[Row]:
    return [{"prix_id": f"p{place:02}", "annee": "2024", "nom": name} for place, name in enumerate(names)]


def cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["nom"] for row in csv.DictReader(file, delimiter=";")]


def test_no_text_is_a_formula_and_every_text_can_be_had_back(tmp_path: Path) -> None:
    release = published(tmp_path, prizes=rows([*FORMULAS, *PLAIN]))
    there = cells(release / "data" / "excel" / "prix.csv")
    assert [with_formulas(cell) for cell in there] == [*FORMULAS, *PLAIN]
    assert there[len(FORMULAS) :] == PLAIN
    assert all(cell.startswith("'") for cell in there[: len(FORMULAS)])
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    for place, cell in enumerate(there, start=1):
        assert sheet.cell(place, 1, cell or None).data_type != "f"
    assert sheet.cell(99, 1, FORMULAS[0]).data_type == "f"  # this is what a spreadsheet would have made of it


def test_the_other_files_hold_the_texts_as_they_are(tmp_path: Path) -> None:
    names = [name for name in [*FORMULAS, *PLAIN] if name and "\r" not in name]
    release = published(tmp_path, prizes=rows(names))
    assert pq.read_table(release / "data" / "prix.parquet").column("nom").to_pylist() == names
    with (release / "data" / "prix.csv").open(encoding="utf-8", newline="") as file:
        assert [row["nom"] for row in csv.DictReader(file)] == names
    sheet = CalamineWorkbook.from_path(str(release / "data" / "ods" / "prix.ods")).get_sheet_by_index(0)
    # This reader drops the sign that OpenDocument has for a tab.
    assert [row[2] for row in sheet.to_python()[1:]] == [name.replace("\t", "") for name in names]
    document = zipfile.ZipFile(release / "data" / "ods" / "prix.ods").read("content.xml").decode()
    assert "table:formula" not in document
    assert verify(release.parents[1]).is_sound


def test_numbers_keep_their_sign(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array([-1, 2]), "t": pa.array(["-1", "x"])})
    write_excel_csv(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == "n;t\n-1;'-1\n2;x\n"


def test_a_file_of_earlier_code_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.releases import csvfile

    with monkeypatch.context() as earlier:
        earlier.setattr(csvfile, "without_formulas", lambda table: table)
        release = published(tmp_path, prizes=rows(FORMULAS))
    assert cells(release / "data" / "excel" / "prix.csv") == FORMULAS
    assert verify(release.parents[1]).is_sound


@given(st.lists(st.text(alphabet="'=+-@\t\rab ＝", max_size=6), min_size=1))
def test_every_text_has_a_form_of_its_own(names: list[str]) -> None:
    table = pa.table({"nom": pa.array(names), "code": pa.array(names).dictionary_encode()})
    made = without_formulas(table)
    for column in made.columns:
        found = column.cast(pa.string()).to_pylist()
        assert [with_formulas(cell) for cell in found] == names
        assert not any(cell[:1] in "=+-@\t\r＝" for cell in found if cell)


def test_what_holds_no_formula_is_the_same_table() -> None:
    table = pa.table({"nom": pa.array([row["nom"] for row in PRIZES])})
    assert without_formulas(table) is table
