"""What a spreadsheet shows and a reader of values does not see: errors, formulas, merged and hidden cells, codes."""

from __future__ import annotations

import datetime
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from pipelines.formats import PartReading, read_part
from pipelines.formats.errors import (
    Damaged,
    FormatError,
    FormulasNotComputed,
    NoRecordReadable,
    NotWhatItSays,
    PasswordProtected,
    SheetMissing,
    UsedAreaTooLarge,
)
from pipelines.formats.workbooks.number_formats import moment, shown_code
from pipelines.formats.workbooks.scan import cell_name
from tests.formats.builders import NAMESPACES, a_file, a_part, positions, records

Rows = list[list[Any]]


def reading_of(path: Path, file_format: str = "xlsx", **options: Any) -> PartReading:
    return read_part(a_part(file_format, options=options), path, source="mairie", snapshot="ab" * 32)


def facts(reading: PartReading) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reading.table.schema.metadata[b"facts"])
    return found


def a_book(path: Path, rows: Rows, change: Callable[[Any], None] = lambda sheet: None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    change(sheet)
    book.save(path)
    return path


def an_old_book(path: Path, change: Callable[[Any], None]) -> Path:
    book = xlwt.Workbook()
    change(book)
    book.save(str(path))
    return path


def an_open_document(path: Path, *tables: str, styles: str = "") -> Path:
    names = NAMESPACES + (
        ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    )
    content = (
        f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return path


def cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def number(value: str, shown: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}" {more}><text:p>{shown}</text:p>'
        "</table:table-cell>"
    )


def line(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def table(*lines: str, name: str = "A", more: str = "") -> str:
    return f'<table:table table:name="{name}" {more}>{"".join(lines)}</table:table>'


def without_caches(path: Path) -> Path:
    """A workbook as a writer that computes nothing leaves it: openpyxl writes formulas without their values."""
    return a_book(path, [["commune", "rang"], ["Arras", "=1+1"], ["Lens", "=2+2"]])


# --- error cells


def an_error(kind: str, path: Path) -> Path:
    if kind == "xlsx":
        return a_book(path, [["commune", "population"], ["Arras", 40000], ["Lens", "#N/A"], ["#REF!", 3]])
    if kind == "xls":
        return an_old_book(path, _old_errors)
    error = 'table:formula="of:=1/0" calcext:value-type="error"'
    rows = (
        line(cell("commune"), cell("population")),
        line(cell("Arras"), number("40000", "40 000")),
        line(cell("Lens"), cell("#N/A", error)),
        line(cell("#REF!", error), number("3", "3")),
    )
    return an_open_document(path, table(*rows))


def _old_errors(book: Any) -> None:
    sheet = book.add_sheet("A")
    for row, (name, count) in enumerate([("commune", "population"), ("Arras", 40000), ("Lens", None), (None, 3)]):
        for column, value in enumerate((name, count)):
            if value is not None:
                sheet.write(row, column, value)
    sheet.row(2).set_cell_error(1, 0x2A)
    sheet.row(3).set_cell_error(0, 0x17)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_an_error_cell_rejects_its_row_and_names_sheet_cell_and_code(tmp_path: Path, kind: str) -> None:
    found = reading_of(an_error(kind, tmp_path / "x"), kind)
    assert records(found.table) == [{"commune": "Arras", "population": "40000"}]
    assert [(one.position, one.column, one.code, one.rule) for one in found.faults] == [
        (3, "population", "#N/A", "cellule-en-erreur"),
        (4, "commune", "#REF!", "cellule-en-erreur"),
    ]
    assert "cellule B3 : #N/A" in found.faults[0].message.fr
    assert "cell B3: #N/A" in found.faults[0].message.en


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_an_error_cell_is_an_empty_one_where_the_yaml_says_so_or_its_column_is_dropped(
    tmp_path: Path, kind: str
) -> None:
    path = an_error(kind, tmp_path / "x")
    found = reading_of(path, kind, errors="absent")
    assert [row["population"] for row in records(found.table)] == ["40000", None, "3"]
    assert not found.faults
    assert [one.position for one in reading_of(path, kind, drop=["population"]).faults] == [4]


def test_a_sheet_of_errors_only_names_them(tmp_path: Path) -> None:
    with pytest.raises(NoRecordReadable) as raised:
        reading_of(a_book(tmp_path / "x", [["a", "b"], ["#DIV/0!", 1], [2, "#NULL!"]]))
    assert "A2: #DIV/0!" in raised.value.message("en")
    assert "B3 : #NULL!" in raised.value.message("fr")


# --- formulas


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_formula_that_nobody_computed_refuses_the_sheet(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "xlsx":
        without_caches(path)
    elif kind == "xls":
        an_old_book(path, _old_formulas)
    else:
        rows = [line(cell("commune"), cell("rang"))]
        rows += [line(cell(name), '<table:table-cell table:formula="of:=1+1"/>') for name in ("Arras", "Lens")]
        an_open_document(path, table(*rows))
    with pytest.raises(FormulasNotComputed) as raised:
        reading_of(path, kind)
    assert raised.value.facts["cells"] == "B2, B3"
    accepted = reading_of(path, kind, formulas="accept")
    assert [row["rang"] for row in records(accepted.table)] == [None, None]
    assert "rang" not in reading_of(path, kind, drop=["rang"]).table.column_names


def _old_formulas(book: Any) -> None:
    sheet = book.add_sheet("A")
    sheet.write(0, 0, "commune")
    sheet.write(0, 1, "rang")
    for row, name in enumerate(("Arras", "Lens"), start=1):
        sheet.write(row, 0, name)
        sheet.write(row, 1, xlwt.Formula("1+1"))


def a_sheet_of_xml(path: Path, rows: str, *, calculation: str = "", after: str = "") -> Path:
    """A workbook whose sheet is the XML that is given, in a namespace prefix of its own."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{relations}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="A" sheetId="1" '
        f'r:id="r1"/></sheets>{calculation}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{relations}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{after}</worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


def test_a_formula_that_gives_an_empty_text_was_computed(tmp_path: Path) -> None:
    rows = HEAD + '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>IF(A2=1,"","x")</f><v></v></c></row>'
    assert records(reading_of(a_sheet_of_xml(tmp_path / "x", rows)).table) == [{"a": "1", "b": None}]


def test_a_zero_that_awaits_its_computation_is_no_value(tmp_path: Path) -> None:
    rows = HEAD + '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2*2</f><v>0</v></c></row>'
    assert records(reading_of(a_sheet_of_xml(tmp_path / "x", rows)).table) == [{"a": "1", "b": "0"}]
    stale = a_sheet_of_xml(tmp_path / "y", rows, calculation='<calcPr fullCalcOnLoad="1"/>')
    with pytest.raises(FormulasNotComputed):
        reading_of(stale)


# --- merged cells


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_merged_cell_gives_its_value_to_all_its_rows(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    rows = [["departement", "commune"], ["62", "Arras"], [None, "Lens"], ["59", "Lille"]]
    if kind == "xlsx":
        a_book(path, rows, lambda sheet: sheet.merge_cells("A2:A3"))
    elif kind == "xls":
        an_old_book(path, _old_merged)
    else:
        covered = "<table:covered-table-cell/>"
        lines = (
            line(cell("departement"), cell("commune")),
            line(cell("62", 'table:number-rows-spanned="2"'), cell("Arras")),
            line(covered, cell("Lens")),
            line(cell("59"), cell("Lille")),
        )
        an_open_document(path, table(*lines))
    found = reading_of(path, kind)
    assert [row["departement"] for row in records(found.table)] == ["62", "62", "59"]
    assert facts(found)["merged_cells"] == 1
    assert [row["departement"] for row in records(reading_of(path, kind, merged="first").table)] == ["62", None, "59"]


def _old_merged(book: Any) -> None:
    sheet = book.add_sheet("A")
    for column, name in enumerate(("departement", "commune")):
        sheet.write(0, column, name)
    sheet.write_merge(1, 2, 0, 0, "62")
    for row, name in enumerate(("Arras", "Lens", "Lille"), start=1):
        sheet.write(row, 1, name)
    sheet.write(3, 0, "59")


def test_an_error_in_a_merged_cell_rejects_all_its_rows(tmp_path: Path) -> None:
    rows = [["a", "b"], ["#N/A", 1], [None, 2], ["x", 3]]
    found = reading_of(a_book(tmp_path / "x", rows, lambda sheet: sheet.merge_cells("A2:A3")))
    assert positions(found.table) == [4]
    assert sorted(one.position for one in found.faults) == [2, 3]


def test_a_heading_merged_over_a_whole_row_is_no_record(tmp_path: Path) -> None:
    rows = [["commune", "niveau"], ["Cinq arobases"], ["Arras", 5]]
    found = reading_of(a_book(tmp_path / "x", rows, lambda sheet: sheet.merge_cells("A2:B2")))
    assert records(found.table) == [{"commune": "Arras", "niveau": "5"}]
    assert [(one.position, one.rule) for one in found.faults] == [(2, "ligne-de-titre")]


# --- what is hidden


def two_sheets(path: Path, kind: str, state: str) -> Path:
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(["brouillon"])
        book.active.append([9])
        sheet = book.create_sheet("Palmarès")
        sheet.append(["commune"])
        sheet.append(["Arras"])
        book.active = 1
        book.worksheets[0].sheet_state = state
        book.save(path)
        return path
    if kind == "xls":

        def fill(book: Any) -> None:
            for rank, (name, head, value) in enumerate((("Sheet", "brouillon", 9), ("Palmarès", "commune", "Arras"))):
                sheet = book.add_sheet(name)
                sheet.write(0, 0, head)
                sheet.write(1, 0, value)
                sheet.visibility = {"hidden": 1, "veryHidden": 2}[state] if rank == 0 else 0
            book.active_sheet = 1

        return an_old_book(path, fill)
    hidden = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
    first = table(line(cell("brouillon")), line(cell("9")), name="Sheet", more='table:style-name="ta1"')
    return an_open_document(
        path, first, table(line(cell("commune")), line(cell("Arras")), name="Palmarès"), styles=hidden
    )


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_first_sheet_that_a_person_sees_is_read(tmp_path: Path, kind: str, state: str) -> None:
    path = two_sheets(tmp_path / "x", kind, state)
    found = reading_of(path, kind)
    assert records(found.table) == [{"commune": "Arras"}]
    assert (facts(found)["sheet"], facts(found)["hidden_sheets"]) == ("Palmarès", ["Sheet"])
    named = reading_of(path, kind, sheet="Sheet")
    assert records(named.table) == [{"brouillon": "9"}]
    assert [notice.en for notice in named.notices] == ['the sheet "Sheet" is hidden']


def test_a_workbook_without_a_visible_sheet_is_refused(tmp_path: Path) -> None:
    hidden = '<style:style style:name="t"><style:table-properties table:display="false"/></style:style>'
    path = an_open_document(tmp_path / "x", table(line(cell("a")), more='table:style-name="t"'), styles=hidden)
    with pytest.raises(SheetMissing):
        reading_of(path, "ods")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_hidden_row_is_read_and_told_or_left_out_and_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "xlsx":

        def hide(sheet: Any) -> None:
            sheet.row_dimensions[3].hidden = True
            sheet.column_dimensions["B"].hidden = True

        a_book(path, [["a", "b"], [1, 2], [3, 4]], hide)
    elif kind == "xls":

        def fill(book: Any) -> None:
            sheet = book.add_sheet("A")
            for row, cells in enumerate((("a", "b"), (1, 2), (3, 4))):
                for column, value in enumerate(cells):
                    sheet.write(row, column, value)
            sheet.row(2).hidden = True
            sheet.col(1).hidden = True

        an_old_book(path, fill)
    else:
        columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
        rows = (
            line(cell("a"), cell("b")),
            line(number("1", "1"), number("2", "2")),
            line(number("3", "3"), number("4", "4"), more='table:visibility="filter"'),
        )
        an_open_document(path, table(columns, *rows))
    found = reading_of(path, kind)
    assert len(records(found.table)) == 2
    assert [notice.fr.split(" : ", 1)[1] for notice in found.notices] == [
        "lignes masquées lues : 3",
        "colonnes masquées lues : b",
    ]
    left = reading_of(path, kind, hidden_rows="leave_out")
    assert positions(left.table) == [2]
    assert "laissées" in left.notices[0].fr


# --- codes


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_code_that_is_shown_with_its_zeros_is_read_as_shown(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "xlsx":

        def style(sheet: Any) -> None:
            sheet["A2"].number_format = "00000"
            sheet["B2"].number_format = "0.00"

        a_book(path, [["code", "taux"], [1004, 12.5]], style)
    elif kind == "xls":

        def fill(book: Any) -> None:
            sheet = book.add_sheet("A")
            sheet.write(0, 0, "code")
            sheet.write(0, 1, "taux")
            sheet.write(1, 0, 1004, xlwt.easyxf(num_format_str="00000"))
            sheet.write(1, 1, 12.5, xlwt.easyxf(num_format_str="0.00"))

        an_old_book(path, fill)
    else:
        rows = (line(cell("code"), cell("taux")), line(number("1004", "01004"), number("12.5", "12,50")))
        an_open_document(path, table(*rows))
    found = reading_of(path, kind)
    assert records(found.table) == [{"code": "01004", "taux": "12.5"}]
    assert records(reading_of(path, kind, zeros="as_stored").table) == [{"code": "1004", "taux": "12.5"}]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("00000", 1004, "01004"),
        ("00000;[Red]-00000", 1004, "01004"),
        ("[$-40C]00000", 1004, "01004"),
        ("000", 7, "007"),
        ("0#", 5, "05"),
        ('0#" "##" "##" "##" "##', 123456789, "01 23 45 67 89"),
        (r"000\ 000\ 000\ 00000", 1234567890123, "001 234 567 890123"),
        ('"FR"00000', 1004, "FR01004"),
        ("00000", 123456, None),
        ("00000", 1004.5, None),
        ("00000", -4, None),
        ("0", 4, None),
        ("#,##0", 1004, None),
        ("# ##0", 1004, None),
        ("0.00", 4, None),
        ("00%", 4, None),
        ("000E+00", 4, None),
        ("General", 4, None),
        ("@", 4, None),
        ("dd/mm/yyyy", 46195, None),
        ("[>=3000000000000]#;0#", 5, None),
    ],
)
def test_only_formats_of_codes_change_what_is_read(code: str, value: float, shown: str | None) -> None:
    expected = shown if code != r"000\ 000\ 000\ 00000" else "000 012 345 67890"
    if code == r"000\ 000\ 000\ 00000":
        value = 1234567890
    assert shown_code(value, code) == expected


def test_the_digits_of_a_code_may_be_had_without_the_text_between_them(tmp_path: Path) -> None:
    def style(sheet: Any) -> None:
        sheet["A2"].number_format = '0#" "##" "##" "##" "##'

    path = a_book(tmp_path / "x", [["telephone"], [123456789]], style)
    assert records(reading_of(path).table) == [{"telephone": "01 23 45 67 89"}]
    assert records(reading_of(path, zeros="digits").table) == [{"telephone": "0123456789"}]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("dd/mm/yyyy", "date"),
        ("mmm", "date"),
        ("h:mm", "time"),
        ("[h]:mm", "time"),
        ("[$-40C]d mmmm yyyy", "date"),
        ("0.0", None),
        ('0" jours"', None),
        ("General", None),
        ("Standard", None),
    ],
)
def test_a_format_tells_a_day_from_an_hour(code: str, kind: str | None) -> None:
    assert moment(code) == kind


def test_a_day_on_which_spreadsheets_do_not_agree_rejects_its_row(tmp_path: Path) -> None:
    def style(sheet: Any) -> None:
        for row in range(2, 7):
            sheet.cell(row, 1).number_format = "dd/mm/yyyy"

    path = a_book(tmp_path / "x", [["jour"], [60], [-5], [61], [0], [46195]], style)
    found = reading_of(path)
    assert [row["jour"] for row in records(found.table)] == ["1900-03-01", "2026-06-22"]
    assert [(one.position, one.rule) for one in found.faults] == [(row, "date-hors-calendrier") for row in (2, 3, 5)]
    plain = a_book(tmp_path / "y", [["jour"], [59], [61]])
    assert [one.position for one in reading_of(plain, dates=["jour"]).faults] == [2]


def test_an_hour_is_an_hour(tmp_path: Path) -> None:
    path = a_book(tmp_path / "x", [["heure"], [datetime.time(0, 0)], [datetime.time(8, 30)]])
    assert [row["heure"] for row in records(reading_of(path).table)] == ["00:00:00", "08:30:00"]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("[h]:mm", 1.5, "36:00:00"),
        ("[h]:mm:ss", 31.25, "750:00:00"),
        ("[mm]:ss", 0.5, "12:00:00"),
        ("h:mm", 0.5, "12:00:00"),
        ("h:mm", 45000.5, "2023-03-15T12:00:00"),
        ("h:mm", 1.5, None),
        ("h:mm:ss", 31.25, None),
    ],
)
def test_a_duration_is_no_time_of_day_of_january_1900(
    tmp_path: Path, code: str, value: float, shown: str | None
) -> None:
    def style(sheet: Any) -> None:
        sheet.cell(2, 2).number_format = code

    found = reading_of(a_book(tmp_path / "x", [["a", "b"], ["x", value], ["y", "z"]], style))
    assert [row["b"] for row in records(found.table)] == [*([] if shown is None else [shown]), "z"]
    assert [one.rule for one in found.faults] == (["date-hors-calendrier"] if shown is None else [])


def test_a_duration_of_an_old_workbook_is_one_too(tmp_path: Path) -> None:
    def style(book: Any) -> None:
        import xlwt

        sheet = book.add_sheet("A")
        sheet.write(0, 0, "duree")
        for row, code in enumerate(("[h]:mm", "h:mm"), start=1):
            sheet.write(row, 0, 1.5, xlwt.easyxf(num_format_str=code))

    found = reading_of(an_old_book(tmp_path / "x", style), "xls")
    assert records(found.table) == [{"duree": "36:00:00"}]
    assert [one.position for one in found.faults] == [3]


@pytest.mark.parametrize(
    ("value", "shown", "read"),
    [
        ("PT36H", "36:00", "36:00:00"),
        ("PT36H00M00S", "36:00:00", "36:00:00"),
        ("P1DT2H", "26:00", "26:00:00"),
        ("PT0S", "00:00", "00:00:00"),
        ("PT90M", "01:30", "01:30:00"),
        ("PT24H59M59.9999999S", "25:00:00", "25:00:00"),
        ("PT30H00M00.5S", "30:00:00,5", "30:00:00.500000"),
        ("-PT1H", "-01:00", "-01:00:00"),
        ("PT08H30M00S", "08:30", "08:30:00"),
        ("PT2160M", "2160:00", "36:00:00"),
        ("PT36H00M00S", "12:00", None),
    ],
)
def test_a_duration_of_an_open_document_is_read_in_hours(
    tmp_path: Path, value: str, shown: str, read: str | None
) -> None:
    kind = f'office:value-type="time" office:time-value="{value}"'
    time = f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"
    rows = (line(cell("a"), cell("b")), line(cell("x"), time), line(cell("y"), cell("z")))
    path = an_open_document(tmp_path / "x", table(*rows))
    found = reading_of(path, "ods")
    assert [row["b"] for row in records(found.table)] == [*([] if read is None else [read]), "z"]
    assert [one.rule for one in found.faults] == (["date-hors-calendrier"] if read is None else [])


@pytest.mark.parametrize("value", ["P1M", "P1Y2M3DT4H", "P2Y", "P1W", "P", "PT", "", "un mois"])
def test_a_duration_of_months_rejects_its_row(tmp_path: Path, value: str) -> None:
    kind = f'office:value-type="time" office:time-value="{value}"'
    time = f"<table:table-cell {kind}><text:p>1 mois</text:p></table:table-cell>"
    rows = (line(cell("a"), cell("b")), line(cell("x"), time), line(cell("y"), cell("z")))
    found = reading_of(an_open_document(tmp_path / "x", table(*rows)), "ods")
    assert [row["b"] for row in records(found.table)] == ["z"]
    assert [(one.position, one.rule) for one in found.faults] == [(2, "duree-incertaine")]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("y<text:tab/>z<text:line-break/>w", "y\tz\nw"),
        ("<text:span>y<text:tab/></text:span>z", "y\tz"),
        ('a<text:s text:c="3"/>b<text:line-break/>c</text:p><text:p>d', "a   b\nc\nd"),
        ("<office:annotation><text:p>n<text:tab/>n</text:p></office:annotation>y<text:tab/>z", "y\tz"),
    ],
)
def test_the_blanks_of_an_open_document_part_its_words(tmp_path: Path, text: str, read: str) -> None:
    header = line(cell("a"), cell("nom<text:line-break/>complet"))
    body = line(cell("x"), cell(text), more='table:number-rows-repeated="2"')
    found = records(reading_of(an_open_document(tmp_path / "x", table(header, body)), "ods").table)
    assert [list(row.values()) for row in found] == [["x", read]] * 2
    assert "nom complet" in found[0]


# --- the end of the records


def test_totals_and_notes_are_left_out_where_the_yaml_says_so(tmp_path: Path) -> None:
    rows = [["commune", "n"], ["Arras", 1], ["Lens", 2], ["Total", 3], ["Source : mairie"]]
    path = a_book(tmp_path / "x", rows)
    stopped = reading_of(path, stop_at="Total")
    assert (positions(stopped.table), facts(stopped)["rows_left_out"]) == ([2, 3], 2)
    assert positions(reading_of(path, stop_at=["Somme", "Tot"]).table) == [2, 3]
    assert positions(reading_of(path, footer=2).table) == [2, 3]
    unmet = reading_of(path, stop_at="Somme")
    assert positions(unmet.table) == [2, 3, 4, 5]
    assert "Somme" in unmet.notices[0].fr


# --- the used area, and readers that die


@pytest.mark.parametrize("place", ["XFD1048576", "BI1048576", "A1048576", "XFD1"])
def test_a_cell_that_is_far_away_is_refused_before_anything_is_allocated(tmp_path: Path, place: str) -> None:
    def far(sheet: Any) -> None:
        sheet[place] = "x"

    path = a_book(tmp_path / "x", [["a", "b"], ["x", 1]], far)
    if place in ("A1048576", "XFD1"):  # few enough to be read
        assert records(reading_of(path).table)[-1]["a"] == "x"
        return
    with pytest.raises(UsedAreaTooLarge) as raised:
        reading_of(path)
    assert raised.value.facts["corner"] == place
    with pytest.raises(UsedAreaTooLarge):
        reading_of(path, maximum_cells=100)


def test_a_repeated_row_of_an_open_document_counts_as_what_it_is(tmp_path: Path) -> None:
    far = line(cell("x", 'table:number-columns-repeated="1024"'), more='table:number-rows-repeated="1048000"')
    with pytest.raises(UsedAreaTooLarge):
        reading_of(an_open_document(tmp_path / "x", table(line(cell("a")), far)), "ods")


def test_a_reader_that_dies_is_an_error_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.formats.workbooks import cells

    child = a_file(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGABRT)\n", "child.py")
    monkeypatch.setattr(cells, "CHILD", child)
    with pytest.raises(Damaged) as raised:
        reading_of(a_book(tmp_path / "x", [["a"], [1]]))
    assert "signal 6" in raised.value.message("fr")


def test_a_reader_is_stopped_at_its_limit_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.formats.workbooks import cells

    monkeypatch.setattr(cells, "BASE", 1 << 20)
    with pytest.raises(Damaged):
        reading_of(a_book(tmp_path / "x", [["a"], *([number] for number in range(50))]))


# --- files that are not what their name says


SPREADSHEETML = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel">
<Styles><Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style></Styles>
<Worksheet ss:Name="Brouillon"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
<Worksheet ss:Name="Communes"><Table>
<Row><Cell><Data ss:Type="String">code</Data></Cell><Cell><Data ss:Type="String">commune</Data></Cell>
<Cell><Data ss:Type="String">jour</Data></Cell><Cell><Data ss:Type="String">departement</Data></Cell></Row>
<Row><Cell ss:StyleID="s1"><Data ss:Type="Number">1004</Data></Cell><Cell><Data ss:Type="String">Ambérieu</Data>
<Comment><Data>une note</Data></Comment></Cell><Cell><Data ss:Type="DateTime">2026-06-22T00:00:00.000</Data></Cell>
<Cell ss:MergeDown="1"><Data ss:Type="String">01</Data></Cell></Row>
<Row ss:Index="4"><Cell ss:Index="2"><Data ss:Type="String">Bourg</Data></Cell></Row>
<Row><Cell><Data ss:Type="Error">#N/A</Data></Cell><Cell><Data ss:Type="String">Gex</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_an_xls_that_is_spreadsheetml_is_read_as_what_it_is(tmp_path: Path) -> None:
    found = reading_of(a_file(tmp_path, SPREADSHEETML), "xls")
    assert records(found.table) == [
        {"code": "01004", "commune": "Ambérieu", "jour": "2026-06-22", "departement": "01"},
        {"code": None, "commune": "Bourg", "jour": None, "departement": None},
    ]
    assert (positions(found.table), [one.code for one in found.faults]) == ([2, 4], ["#N/A"])
    with pytest.raises(NotWhatItSays):
        reading_of(a_file(tmp_path, "<?xml version='1.0'?><a/>"), "xls")


def a_spreadsheetml(folder: Path, cells: str, *, columns: str = "", is_1904: bool = False) -> Path:
    """One row under the header of two columns; styles: a duration, a time, a day, a code, one that has the day's."""
    codes = {"duree": "[h]:mm:ss", "heure": "Short Time", "jour": "Short Date", "code": "00000", "point": "Fixed"}
    styles = "".join(
        f'<Style ss:ID="{name}"><NumberFormat ss:Format="{code}"/></Style>' for name, code in codes.items()
    )
    styles += '<Style ss:ID="enfant" ss:Parent="jour"><Font ss:Bold="1"/></Style>'
    day = '<ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel"><Date1904/></ExcelWorkbook>' if is_1904 else ""
    header = '<Row><Cell><Data ss:Type="String">a</Data></Cell><Cell><Data ss:Type="String">b</Data></Cell></Row>'
    namespace = "urn:schemas-microsoft-com:office:spreadsheet"
    text = (
        f'<?xml version="1.0"?><Workbook xmlns="{namespace}" xmlns:ss="{namespace}">{day}<Styles>{styles}</Styles>'
        f'<Worksheet ss:Name="A"><Table>{columns}{header}<Row>{cells}</Row>'
        '<Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    return a_file(folder, text)


@pytest.mark.parametrize(
    ("style", "data", "read"),
    [
        ("duree", "DateTime 1900-01-01T12:00:00.000", "36:00:00"),
        ("duree", "DateTime 1899-12-31T00:30:00.000", "00:30:00"),
        ("duree", "DateTime 1900-03-01T00:00:00.000", "1464:00:00"),
        ("duree", "DateTime 1904-01-02T12:00:00.000 1904", "36:00:00"),
        ("duree", "Number 1.5", "36:00:00"),
        ("heure", "DateTime 1899-12-31T08:30:00.000", "08:30:00"),
        ("heure", "DateTime 1904-01-01T08:30:00.000 1904", "08:30:00"),
        ("heure", "DateTime 2026-06-22T08:30:00.000", "2026-06-22T08:30:00"),
        ("heure", "DateTime 1900-01-01T12:00:00.000", None),
        ("heure", "Number 0.5", "12:00:00"),
        ("jour", "DateTime 2026-06-22T00:00:00.000", "2026-06-22"),
        ("jour", "DateTime 1900-01-15T00:00:00.000", "1900-01-15"),
        ("jour", "DateTime 1904-01-01T00:00:00.000 1904", "1904-01-01"),
        ("jour", "DateTime 1899-12-31T08:30:00.000", None),
        ("jour", "Number 46195", "2026-06-22"),
        ("jour", "Number 44733 1904", "2026-06-22"),
        ("jour", "Number 46195.5", "2026-06-22T12:00:00"),
        ("jour", "Number 12", None),
        ("enfant", "Number 46195", "2026-06-22"),
        ("point", "Number 46195", "46195"),
        ("aucun", "DateTime 2026-06-22T08:30:00.000", "2026-06-22T08:30:00"),
        ("aucun", "DateTime 1899-12-31T08:30:00.000", None),
    ],
)
def test_a_moment_of_spreadsheetml_is_what_its_cell_shows(
    tmp_path: Path, style: str, data: str, read: str | None
) -> None:
    kind, value, *calendar = data.split()
    cells = f'<Cell ss:Index="2" ss:StyleID="{style}"><Data ss:Type="{kind}">{value}</Data></Cell>'
    found = reading_of(a_spreadsheetml(tmp_path, cells, is_1904=bool(calendar)), "xls")
    assert [row["b"] for row in records(found.table)] == [*([] if read is None else [read]), None]
    assert [one.rule for one in found.faults] == (["date-hors-calendrier"] if read is None else [])


def test_a_style_of_spreadsheetml_may_be_that_of_its_column(tmp_path: Path) -> None:
    data = '<Cell><Data ss:Type="Number">1004</Data></Cell>'
    columns = '<Column ss:StyleID="code" ss:Span="1"/>'
    found = reading_of(a_spreadsheetml(tmp_path, data * 2, columns=columns), "xls")
    assert records(found.table)[0] == {"a": "01004", "b": "01004"}


@pytest.mark.parametrize(
    ("written", "read"), [("1", "true"), ("0", "false"), ("true", "true"), ("False", "false"), ("oui", "oui")]
)
def test_a_boolean_of_spreadsheetml_is_never_guessed(tmp_path: Path, written: str, read: str) -> None:
    cells = f'<Cell><Data ss:Type="Boolean">{written}</Data></Cell>'
    assert records(reading_of(a_spreadsheetml(tmp_path, cells), "xls").table)[0]["a"] == read


def test_spreadsheetml_may_be_utf16(tmp_path: Path) -> None:
    text = SPREADSHEETML.replace("UTF-8", "UTF-16").replace("utf-8", "utf-16")
    assert records(reading_of(a_file(tmp_path, text.encode("utf-16")), "xls").table)[0]["commune"] == "Ambérieu"


@pytest.mark.parametrize("index", ["1", "2"])
def test_a_cell_of_spreadsheetml_that_comes_twice_refuses_the_workbook(tmp_path: Path, index: str) -> None:
    data = '<Data ss:Type="Number">1</Data></Cell>'
    cells = f'<Cell>{data}<Cell>{data}<Cell ss:Index="{index}">{data}'
    with pytest.raises(Damaged, match="after column 2"):
        reading_of(a_spreadsheetml(tmp_path, cells), "xls")


def test_a_hidden_column_of_spreadsheetml_is_the_one_that_is_hidden(tmp_path: Path) -> None:
    columns = '<Column/><Column ss:Hidden="1"/>'
    found = reading_of(
        a_spreadsheetml(tmp_path, '<Cell><Data ss:Type="Number">1</Data></Cell>', columns=columns), "xls"
    )
    assert [notice.en for notice in found.notices] == ['sheet "A": hidden columns read: b']


def test_an_xls_that_is_a_web_page_is_read_as_what_it_is(tmp_path: Path) -> None:
    page = "<table><tr><th>code</th><th>commune</th></tr><tr><td>01004</td><td>Ambérieu</td></tr></table>"
    found = reading_of(a_file(tmp_path, f"<html><head><meta charset='utf-8'></head><body>{page}</body></html>"), "xls")
    assert records(found.table)[0] == {"code": "01004", "commune": "Ambérieu", "confiance": "1"}
    assert records(reading_of(a_file(tmp_path, page), "xls").table)[0]["commune"] == "Ambérieu"


def test_an_xls_that_is_an_xlsx_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = a_book(tmp_path / "x", [["a"], [1]])
    assert records(reading_of(path, "xls").table) == [{"a": "1"}]


def test_an_xls_that_is_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotWhatItSays):
        reading_of(a_file(tmp_path, "a\tb\n1\t2\n"), "xls")


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an xlsb part."""
    head = bytes([kind]) if kind < 128 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def an_xlsb(path: Path) -> Path:
    """Two sheets, the first hidden; in the second a code, an error, a hidden row and a merged cell."""

    def at(column: int, style: int = 0) -> bytes:
        return struct.pack("<II", column, style)

    def row(number: int, *, is_hidden: bool = False) -> bytes:
        return record(0, struct.pack("<IIHBBB", number, 0, 300, 0, 0x10 if is_hidden else 0, 0) + bytes(4))

    def text(column: int, words: str) -> bytes:
        return record(6, at(column) + wide(words))

    def real(column: int, value: float, style: int = 0) -> bytes:
        return record(5, at(column, style) + struct.pack("<d", value))

    def sheet(*parts: bytes, after: bytes = b"") -> bytes:
        extent = record(148, struct.pack("<IIII", 0, 4, 0, 1))
        return record(129) + extent + record(145) + b"".join(parts) + record(146) + after + record(130)

    data = sheet(
        row(0) + text(0, "code") + text(1, "commune"),
        row(1) + real(0, 1004.0, 1) + text(1, "Ambérieu"),
        row(2, is_hidden=True) + text(1, "Bourg"),
        row(3) + record(3, at(0) + b"\x2a") + text(1, "Gex"),
        after=record(177, struct.pack("<I", 1)) + record(176, struct.pack("<IIII", 1, 2, 0, 0)) + record(178),
    )
    styles = record(278) + record(615, struct.pack("<I", 1)) + record(44, struct.pack("<H", 164) + wide("00000"))
    styles += record(616) + record(617, struct.pack("<I", 2))
    styles += record(47, struct.pack("<HH", 0, 0) + bytes(12)) + record(47, struct.pack("<HH", 0, 164) + bytes(12))
    styles += record(618) + record(279)
    names = [(1, "r1", "Brouillon"), (0, "r2", "Communes")]
    book = record(131) + record(143)
    for state, relation, name in names:
        book += record(156, struct.pack("<II", state, 1) + wide(relation) + wide(name))
    book += record(144) + record(132)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relations = "".join(
        f'<Relationship Id="r{rank}" Type="{kind}/worksheet" Target="worksheets/sheet{rank}.bin"/>' for rank in (1, 2)
    )
    relations += f'<Relationship Id="r3" Type="{kind}/styles" Target="styles.bin"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{package}">{relations}</Relationships>')
        archive.writestr("xl/styles.bin", styles)
        archive.writestr("xl/worksheets/sheet1.bin", sheet(row(0) + text(0, "brouillon")))
        archive.writestr("xl/worksheets/sheet2.bin", data)
    return path


def test_a_binary_workbook_is_scanned_too_and_what_it_hides_is_told(tmp_path: Path) -> None:
    found = reading_of(an_xlsb(tmp_path / "x"), "xlsb")
    assert records(found.table) == [
        {"code": "01004", "commune": "Ambérieu"},
        {"code": "01004", "commune": "Bourg"},
    ]
    assert [(one.position, one.code) for one in found.faults] == [(4, "#N/A")]
    assert facts(found)["hidden_sheets"] == ["Brouillon"]
    assert any("formule jamais calculée" in notice.fr for notice in found.notices)
    assert any("lignes masquées lues : 3" in notice.fr for notice in found.notices)


def test_a_workbook_that_asks_for_a_password_says_so(tmp_path: Path) -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", "secret")
    with pytest.raises(PasswordProtected):
        reading_of(a_file(tmp_path, packed.getvalue()), "ods")


@pytest.mark.parametrize("content", [b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"<x>", b""])
def test_a_sheet_whose_xml_is_none_or_declares_entities_is_damaged(tmp_path: Path, content: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("content.xml", content)
    with pytest.raises(FormatError):
        reading_of(tmp_path / "x", "ods")


def test_a_cell_has_the_name_that_a_spreadsheet_gives_it() -> None:
    assert [cell_name(place) for place in ((0, 0), (1, 25), (2, 26), (1048575, 16383))] == [
        "A1",
        "Z2",
        "AA3",
        "XFD1048576",
    ]


@pytest.mark.parametrize(
    ("code", "value", "read"),
    [
        ("dd/mm/yyyy hh:mm", 45000.3402777, "2023-03-15T08:10:00"),
        ("dd/mm/yyyy hh:mm", 45000.5208333, "2023-03-15T12:30:00"),
        ("dd/mm/yyyy", 44197.0000001, "2021-01-01"),
        ("hh:mm", 0.34027777, "08:10:00"),
        ("dd/mm/yyyy", 2_958_465, "9999-12-31"),
        ("dd/mm/yyyy", 2_958_466, None),
        ("hh:mm", 2_958_466, None),
    ],
)
def test_a_moment_is_the_second_that_it_is_nearly_at(tmp_path: Path, code: str, value: float, read: str | None) -> None:
    def style(sheet: Any) -> None:
        sheet.cell(2, 2).number_format = code

    found = reading_of(a_book(tmp_path / "x", [["a", "b"], ["x", value], ["y", "z"]], style))
    assert [row["b"] for row in records(found.table)] == [*([] if read is None else [read]), "z"]
    assert [one.rule for one in found.faults] == (["date-hors-calendrier"] if read is None else [])


def a_changed_book(path: Path, row: str, *, more: str = "", ht: str = "15") -> Path:
    """A workbook of which the second row is written by hand, with what comes after it."""
    name = "xl/worksheets/sheet1.xml"
    before = zipfile.ZipFile(a_book(path, [["a", "b"], ["x", 1], ["y", 2]])).read(name).decode()
    start, end = before.index('<row r="2"'), before.index('<row r="3"')
    members = {}
    with zipfile.ZipFile(path) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    members[name] = f'{before[:start]}<row r="2" ht="{ht}">{row}</row>{more}{before[end:]}'.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for item, data in members.items():
            archive.writestr(item, data)
    return path


@pytest.mark.parametrize("number", ["INF", "NaN", "-INF"])
def test_a_number_that_is_none_rejects_its_row(tmp_path: Path, number: str) -> None:
    path = a_changed_book(tmp_path / "x", f'<c r="A2"><v>{number}</v></c><c r="B2"><v>1</v></c>')
    found = reading_of(path)
    assert [row["a"] for row in records(found.table)] == ["y"]
    assert [(one.position, one.rule) for one in found.faults] == [(2, "nombre-illisible")]


@pytest.mark.parametrize(
    ("row", "more"),
    [
        ('<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>', ""),
        ('<c r="A2"><v>1</v></c>', '<row r="2"><c r="A2"><v>5</v></c></row>'),
        ('<c r="A2"><v>1</v></c>', '<row r="1"><c r="A1"><v>5</v></c></row>'),
    ],
)
def test_a_cell_or_a_row_that_comes_twice_refuses_the_workbook(tmp_path: Path, row: str, more: str) -> None:
    with pytest.raises(Damaged, match=r"twice|after row"):
        reading_of(a_changed_book(tmp_path / "x", row, more=more))


def test_cells_of_a_row_may_come_in_any_order(tmp_path: Path) -> None:
    path = a_changed_book(tmp_path / "x", '<c r="B2"><v>1</v></c><c r="A2"><v>2</v></c>')
    assert records(reading_of(path).table)[0] == {"a": "2", "b": "1"}


def test_a_row_without_height_is_hidden(tmp_path: Path) -> None:
    path = a_changed_book(tmp_path / "x", '<c r="A2"><v>1</v></c>', ht="0")
    assert [one.en for one in reading_of(path).notices] == ['sheet "Sheet": hidden rows read: 2']


def test_a_cell_that_a_merged_one_covers_and_has_a_value_is_told(tmp_path: Path) -> None:
    covered = '<table:covered-table-cell office:value-type="string"><text:p>u</text:p></table:covered-table-cell>'
    merged = cell("m").replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"')
    rows = (line(cell("a"), cell("b")), line(merged, cell("x")), line(covered, cell("y")))
    found = reading_of(an_open_document(tmp_path / "x", table(*rows)), "ods")
    assert [row["a"] for row in records(found.table)] == ["m", "u"]
    assert [one.en for one in found.notices] == ['sheet "A": cells read that a merged cell covers: A3']


def test_a_text_of_no_type_is_a_text(tmp_path: Path) -> None:
    rows = (line(cell("a"), cell("b")), line("<table:table-cell><text:p>x</text:p></table:table-cell>", cell("y")))
    found = reading_of(an_open_document(tmp_path / "x", table(*rows)), "ods")
    assert records(found.table) == [{"a": "x", "b": "y"}]


def test_how_a_word_is_pronounced_is_no_part_of_it(tmp_path: Path) -> None:
    ruby = "<text:ruby><text:ruby-base>A</text:ruby-base><text:ruby-text>b</text:ruby-text></text:ruby>"
    rows = (line(cell("a"), cell("b")), line(cell(ruby), cell("y")))
    assert records(reading_of(an_open_document(tmp_path / "x", table(*rows)), "ods").table)[0]["a"] == "A"


def test_a_table_within_a_cell_refuses_the_workbook(tmp_path: Path) -> None:
    inner = f"x</text:p>{table(line(cell('in')))}<text:p>"
    rows = (line(cell("a"), cell("b")), line(cell(inner), cell("y")))
    with pytest.raises(Damaged, match="table within a cell"):
        reading_of(an_open_document(tmp_path / "x", table(*rows)), "ods")


def test_percentages_are_read_as_proportions_and_reported(tmp_path: Path) -> None:
    """12 % is 0.12 to every reader, and 12 where somebody typed it without the format."""

    def change(sheet: Any) -> None:
        for place, code in {"B2": "0%", "B3": "0.00%", "C2": '0" %"', "B5": "0.0 %;[Red]-0.0 %"}.items():
            sheet[place].number_format = code

    rows: Rows = [["nom", "part", "taux"], ["a", 0.07, 12], ["b", 0.28999999999999998, 1], ["c", 12, 2], ["d", -1.5, 3]]
    path = a_book(tmp_path / "x.xlsx", [*rows, ["e", 0, 4]], change)
    found = reading_of(path)
    assert [row["part"] for row in records(found.table)] == ["0.07", "0.29", "12", "-1.5", "0"]
    proportions, bare = (one.en for one in found.notices)
    assert "(12%: 0.12): part (" in proportions
    assert bare.endswith('"part": numbers without a percent sign among percentages, read as they are: rows 4')
    found = reading_of(path, percents="as_percentage")
    assert [row["part"] for row in records(found.table)] == ["7", "29", "12", "-150", "0"]
    assert [row["taux"] for row in records(found.table)] == ["12", "1", "2", "3", "4"]
    assert len(found.notices) == 1
    assert reading_of(path, percents="as_proportion").notices == found.notices
    assert not reading_of(path, drop=["part"]).notices


def test_percentages_are_known_in_every_format(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book.add_sheet("s")
        sheet.write(0, 0, "part")
        sheet.write(1, 0, 0.125, xlwt.easyxf(num_format_str="0.00%"))
        sheet.write(2, 0, 1, xlwt.easyxf(num_format_str="0%"))

    old = an_old_book(tmp_path / "x.xls", change)
    assert [row["part"] for row in records(reading_of(old, "xls", percents="as_percentage").table)] == ["12.5", "100"]
    share = number("0.125", "12,5 %").replace('"float"', '"percentage"')
    twice = line(share, more='table:number-rows-repeated="2"')
    found = reading_of(
        an_open_document(tmp_path / "x", table(line(cell("part")), twice)), "ods", percents="as_percentage"
    )
    assert [row["part"] for row in records(found.table)] == ["12.5", "12.5"]
    document = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles><Style ss:ID="p">'
        '<NumberFormat ss:Format="Percent"/></Style></Styles><Worksheet ss:Name="s"><Table><Row><Cell>'
        '<Data ss:Type="String">part</Data></Cell></Row><Row><Cell ss:StyleID="p"><Data ss:Type="Number">0.125</Data>'
        "</Cell></Row></Table></Worksheet></Workbook>"
    )
    found = reading_of(a_file(tmp_path, document), "xls", percents="as_percentage")
    assert [row["part"] for row in records(found.table)] == ["12.5"]


@pytest.mark.parametrize("shown", ["#DIV/0!", "#DIV/0 !", "#VALEUR\u00a0!", "#NOM\u202f?", "#N/D", "Err:502"])
def test_an_error_is_one_in_french_too(tmp_path: Path, shown: str) -> None:
    """A blank before its mark made `#DIV/0 !` the number 0 that is stored beside it."""
    wrong = number("0", shown, 'table:formula="of:=1/0"')
    rows = [line(cell("a"), cell("b")), line(wrong, cell("x")), line(number("1", "1"), cell("y"))]
    found = reading_of(an_open_document(tmp_path / "x", table(*rows)), "ods")
    assert [one.code for one in found.faults] == [shown]
    assert records(found.table) == [{"a": "1", "b": "y"}]
