"""CSV and TSV: what is read, and where each record is."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.formats.errors import Damaged, FormatError, HeaderMissing, RowTooLong, WrongDelimiter
from tests.formats.builders import a_file, a_part, part_reading, positions, reading, records

CELLS = st.text(alphabet=st.sampled_from('ab1é ";,\n\r\t'), max_size=6)


def test_every_cell_is_the_text_that_was_written(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "code,nom\n01053,Bourg\n2A004,\n"), a_part())
    assert records(table) == [{"code": "01053", "nom": "Bourg"}, {"code": "2A004", "nom": ""}]


def test_each_record_carries_its_source_its_snapshot_its_part_and_its_line(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "a,b\n1,2\n3,4\n"), a_part())
    assert table.select(["_source", "_snapshot", "_part", "_position"]).to_pylist()[1] == {
        "_source": "mairie",
        "_snapshot": "ab" * 32,
        "_part": "part",
        "_position": 3,
    }


def test_a_line_break_in_quotes_moves_the_lines_that_follow(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, 'a,b\r\n"1\r\n\r\n1",2\r\n3,4\r\n'), a_part())
    assert positions(table) == [2, 5]
    assert records(table)[0]["a"] == "1\r\n\r\n1"


def test_a_line_break_in_a_header_becomes_a_space_and_the_printed_header_is_kept(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, '"Nom de la\ncommune ",b\nx,2\n'), a_part())
    assert records(table) == [{"Nom de la commune": "x", "b": "2"}]
    assert positions(table) == [3]
    assert json.loads(table.schema.metadata[b"headers"])[0] == "Nom de la\ncommune "


def test_blank_lines_are_passed_over_and_short_rows_lack_their_last_cells(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "a,b,c\n1,2,3\n\n4,5\n6,7,8,\n"), a_part())
    assert records(table) == [
        {"a": "1", "b": "2", "c": "3"},
        {"a": "4", "b": "5", "c": None},
        {"a": "6", "b": "7", "c": "8"},
    ]
    assert positions(table) == [2, 4, 5]


def test_rows_that_lack_cells_are_told(tmp_path: Path) -> None:
    found = part_reading(a_file(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8\n"), a_part())
    assert (positions(found.table), found.faults) == ([2, 3, 4], ())
    assert "lignes plus courtes que l'en-tête" in found.notices[0].fr


def test_a_record_that_a_line_break_cuts_is_refused_on_each_of_its_lines(tmp_path: Path) -> None:
    text = "nom;objet;dep\nArras;voirie\net parcs;62\nLens;ponts;62\nLille\n;eau\n;59\nDouai;quai;59\n"
    found = part_reading(a_file(tmp_path, text), a_part())
    assert positions(found.table) == [4, 8]
    assert [(fault.position, fault.rule) for fault in found.faults] == [
        (line, "enregistrement-coupe") for line in (2, 3, 5, 6, 7)
    ]


def test_a_line_between_quotes_is_not_a_cell(tmp_path: Path) -> None:
    found = part_reading(a_file(tmp_path, 'nom;dep\n"Arras;62"\nLens;62\n"Lille";59\n'), a_part())
    assert positions(found.table) == [3, 4]
    assert [(fault.position, fault.rule) for fault in found.faults] == [(2, "ligne-entre-guillemets")]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("lat;lon\n48,85;2,35\n50,29;2,78\n", ["lat", "lon"]),
        ("nom;objet, long;jour\nArras;a, b, c, d, e;1\nLens;x;2\n", ["nom", "objet, long", "jour"]),
        ("nom,objet\nArras,a;b;c;d\nLens,x\n", ["nom", "objet"]),
        # a quoted cell of several lines: its record is cut by the same delimiter as the others
        ('nom;menu;jour\nArras;"a, b, c\nd, e, f";1\nLens;"x, y, z\nx, y, z";2\n', ["nom", "menu", "jour"]),
        ('nom;jour\n"x, y, z' + 40 * "\nx, y, z" + '";1\nLens;2\n', ["nom", "jour"]),
    ],
)
def test_a_delimiter_is_what_cuts_all_lines_alike(tmp_path: Path, text: str, columns: list[str]) -> None:
    assert list(records(reading(a_file(tmp_path, text), a_part()))[0]) == columns


@pytest.mark.parametrize("mark", ["\ufeff", "\x1a", "\x1a\ufeff"])
def test_a_mark_between_two_files_opens_no_cell_and_its_quotes_quote(tmp_path: Path, mark: str) -> None:
    text = f'\ufeff\ufeff"nom";dep\nArras;62\n{mark}"nom";"dep"\n{mark}"Lens; la belle";62\n'
    found = part_reading(a_file(tmp_path, text), a_part())
    assert records(found.table) == [{"nom": "Arras", "dep": "62"}, {"nom": "Lens; la belle", "dep": "62"}]
    assert [(fault.position, fault.rule) for fault in found.faults] == [(3, "en-tete-repete")]
    assert "lignes 1, 3, 4" in found.notices[0].fr


def test_a_name_met_again_takes_no_name_that_another_column_has(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "nom,nom,nom (2),nom\na,b,c,d\n"), a_part())
    assert records(table) == [{"nom": "a", "nom (3)": "b", "nom (2)": "c", "nom (4)": "d"}]


def test_a_cell_longer_than_pythons_reader_takes_by_itself_is_read(tmp_path: Path) -> None:
    limit = csv.field_size_limit(131_072)
    try:
        table = reading(a_file(tmp_path, f"a,b\n{'x' * 200_000},2\n"), a_part())
    finally:
        csv.field_size_limit(limit)
    assert len(records(table)[0]["a"]) == 200_000


@pytest.mark.parametrize(("text", "line"), [("a\rz,b\n1,3\n", 1), ("a,b\n1\r2,3\n", 2)])
def test_a_line_that_a_carriage_return_alone_cuts_is_told(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(Damaged, match=f"line {line}: a carriage return alone") as raised:
        reading(a_file(tmp_path, text), a_part())
    assert f"ligne {line} : un retour chariot" in raised.value.message("fr")


def test_a_header_of_one_column_may_break_its_line(tmp_path: Path) -> None:
    assert records(reading(a_file(tmp_path, '"Nom de la\ncommune"\nx\n'), a_part())) == [{"Nom de la commune": "x"}]


def test_a_row_with_more_cells_than_columns_costs_itself_and_is_named_by_its_line(tmp_path: Path) -> None:
    found = part_reading(a_file(tmp_path, "a,b\n1,2\n1,2,3\n4,5\n"), a_part())
    assert records(found.table) == [{"a": "1", "b": "2"}, {"a": "4", "b": "5"}]
    assert [(fault.position, fault.rule) for fault in found.faults] == [(3, "ligne-trop-longue")]
    assert found.faults[0].message.fr == "Ligne 3 : 3 cellules ; attendu : 2 colonnes, comme l'en-tête."


def test_a_file_most_rows_of_which_are_longer_than_its_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowTooLong) as raised:
        reading(a_file(tmp_path, "a,b\n1,2\n1,2,3\n4,5,6\n"), a_part())
    assert raised.value.facts == {"file": "mairie/part", "line": 3, "cells": 3, "columns": 2}
    assert "options.header_row" in raised.value.message("en")


@pytest.mark.parametrize("title", ["Palmarès 2017", "Palmarès 2017,source : essai"])
def test_a_title_above_the_header_is_told_with_the_row_of_the_header(tmp_path: Path, title: str) -> None:
    part = a_part(options={"columns": ["a", "b", "c"]})
    with pytest.raises(HeaderMissing) as raised:
        reading(a_file(tmp_path, f"{title}\na,b,c\n1,2,3\n4,5,6\n"), part)
    assert "header_row: 2" in raised.value.message("fr")


def test_a_long_row_of_the_footer_is_one_of_its_rows(tmp_path: Path) -> None:
    text = "a,b\n1,2\n3,4\n5,6\n7,8\nTotal,x,y\n"
    found = part_reading(a_file(tmp_path, text), a_part(options={"footer": 1}))
    assert [row["a"] for row in records(found.table)] == ["1", "3", "5", "7"]
    assert not found.faults


@pytest.mark.parametrize(
    ("delimiter", "file_format"), [(";", "csv"), (",", "csv"), ("|", "csv"), ("\t", "tsv"), ("\t", "csv")]
)
def test_the_delimiter_is_detected_and_told(tmp_path: Path, delimiter: str, file_format: str) -> None:
    table = reading(a_file(tmp_path, f"a{delimiter}b\n1{delimiter}2\n"), a_part(file_format))
    assert records(table) == [{"a": "1", "b": "2"}]
    assert json.loads(table.schema.metadata[b"facts"])["delimiter"] == delimiter


def test_a_delimiter_that_changed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WrongDelimiter) as raised:
        reading(a_file(tmp_path, "a;b;c\n1;2;3\n"), a_part(options={"delimiter": ","}))
    assert raised.value.facts["count"] == 3


def test_a_header_merged_into_one_cell_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WrongDelimiter):
        reading(a_file(tmp_path, '"a;b;c"\n1;2;3\n'), a_part(options={"delimiter": ";"}))


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    assert records(reading(a_file(tmp_path, "nom\nx\ny\n"), a_part())) == [{"nom": "x"}, {"nom": "y"}]


def test_old_macintosh_line_ends_are_line_ends(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "a,b\r1,2\r3,4\r"), a_part())
    assert (records(table)[1], positions(table)) == ({"a": "3", "b": "4"}, [2, 3])


def test_columns_of_one_name_are_numbered_and_columns_without_a_name_too(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "nom,nom,,vide,\n1,2,3,,\n"), a_part())
    assert records(table) == [{"nom": "1", "nom (2)": "2", "colonne 3": "3", "vide": ""}]


def test_three_header_rows_name_the_columns_by_the_one_that_the_yaml_says(tmp_path: Path) -> None:
    content = "Groupe,,\nQuestion 1,Question 2,\nq1,,q3\n1,2,3\n"
    last = reading(a_file(tmp_path, content), a_part(options={"header_rows": 3}))
    second = reading(a_file(tmp_path, content), a_part(options={"header_rows": 3, "header_name": 2}))
    assert list(records(last)[0]) == ["q1", "Question 2", "q3"]
    assert list(records(second)[0]) == ["Question 1", "Question 2", "colonne 3"]
    assert positions(last) == [4]


def test_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "Export du 3 mai\n\na,b\n1,2\n"), a_part("csv", "a", options={"header_row": 3}))
    assert (records(table), positions(table)) == ([{"a": "1", "b": "2"}], [4])


def test_a_header_further_down_is_found_for_the_message(tmp_path: Path) -> None:
    with pytest.raises(HeaderMissing) as raised:
        reading(a_file(tmp_path, "Export,du 3 mai\n,\na,b\n1,2\n"), a_part("csv", "a", "b"))
    assert "options.header_row: 3" in raised.value.message("fr")


@pytest.mark.parametrize("rows", ["01004;Ambérieu\n", '01004;"Ambérieu ""x"""\n', "\n\n01004\n"])
@pytest.mark.parametrize("file_format", ["csv", "tsv"])
def test_a_blank_line_where_the_header_should_be_is_told_and_costs_no_more(
    tmp_path: Path, rows: str, file_format: str
) -> None:
    with pytest.raises(HeaderMissing) as raised:
        reading(a_file(tmp_path, f"\na;b\n{rows}"), a_part(file_format, "a", "b", options={"delimiter": ";"}))
    assert "options.header_row: 2" in raised.value.message("en")
    unread = a_part(file_format, options={"delimiter": ";"})
    with pytest.raises(RowTooLong):
        reading(a_file(tmp_path, f"\na;b\n{rows}"), unread)


def test_a_renamed_header_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(HeaderMissing) as raised:
        reading(a_file(tmp_path, "Code INSEE,Libellé\n1,2\n"), a_part("csv", "Code_INSEE", "Libellé"))
    assert raised.value.facts["missing"] == "Code_INSEE"
    assert "« Code_INSEE » s'appelle peut-être « Code INSEE »" in raised.value.message("fr")
    assert "Code INSEE, Libellé" in raised.value.message("en")


def test_a_header_that_nobody_reads_is_counted_and_not_shown(tmp_path: Path) -> None:
    """It may be somebody's name or address, in a file whose columns are people, or whose header is gone."""
    header = "ville,Andres Kerdoncuff,muriel.inventee@example.org,06 12 34 56 78,Simon"
    part = a_part("csv", "ville", "adresse", "courriel", "nom")
    with pytest.raises(HeaderMissing) as raised:
        reading(a_file(tmp_path, f"{header}\n1,2,3,4,5\n"), part)
    for language in ("fr", "en"):
        message = raised.value.message(language)
        assert not [word for word in ("Andres", "Kerdoncuff", "muriel", "06 12", "Simon") if word in message]
    assert "ville, 4 autres non montrées" in raised.value.message("fr")
    assert "ville, 4 others not shown" in raised.value.message("en")


def test_an_optional_column_that_is_absent_is_all_null(tmp_path: Path) -> None:
    part = a_part("csv", "a", "b", options={"optional": ["b"]})
    assert records(reading(a_file(tmp_path, "a\n1\n"), part)) == [{"a": "1", "b": None}]


def test_system_columns_are_dropped_at_the_door(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, "ipaddr,q1\n192.0.2.1,x\n"), a_part(options={"drop": ["ipaddr"]}))
    assert records(table) == [{"q1": "x"}]


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), end=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_python_writes_is_read_back_cell_for_cell_and_line_for_line(
    tmp_path: Path, rows: list[tuple[str, str]], end: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    lines = []
    for row in rows:
        # A line is what ends in a line feed; a lone carriage return inside quotes does not start one.
        lines.append(written.getvalue().count("\n") + 1)
        writer.writerow(row)
    part = a_part(options={"delimiter": ",", "encoding": "utf-8", "multiline": "accept", "repeated_header": "keep"})
    table = reading(a_file(tmp_path, written.getvalue()), part)
    assert [tuple(record.values()) for record in records(table)] == rows
    assert positions(table) == lines


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"header_row": 9}, "options.header_row: 9: 2 rows in all; expected: 1 header row."),
        ({"header_row": 2, "header_rows": 2}, "options.header_row: 2: 2 rows in all; expected: 2 header rows."),
    ],
)
def test_a_file_that_ends_before_its_header_is_refused_by_its_rows(
    tmp_path: Path, options: dict[str, int], told: str
) -> None:
    with pytest.raises(FormatError) as raised:
        reading(a_file(tmp_path, "a,b\n1,2\n"), a_part(options=options))
    assert raised.value.message("en").endswith(told)


def test_only_the_rows_up_to_the_header_are_looked_at(tmp_path: Path) -> None:
    content = "".join(f"note {number},\n" for number in range(11)) + "a,b\n1,2\n"
    table = reading(a_file(tmp_path, content), a_part("csv", "a", options={"header_row": 12}))
    assert (records(table), positions(table)) == ([{"a": "1", "b": "2"}], [13])


def test_quotes_in_ragged_or_spaced_rows_are_still_read(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, 'a,b\n"1\n",2\n\n"3"\n'), a_part())
    assert (records(table), positions(table)) == ([{"a": "1\n", "b": "2"}, {"a": "3", "b": None}], [2, 5])


def test_a_header_that_comes_again_in_capitals_is_refused(tmp_path: Path) -> None:
    found = part_reading(a_file(tmp_path, "Nom;Ville\nx;y\nNOM; VILLE\nz;w\n"), a_part())
    assert positions(found.table) == [2, 4]
    assert [(one.position, one.rule) for one in found.faults] == [(3, "en-tete-repete")]


def test_delimiters_behind_the_last_name_make_no_row_short(tmp_path: Path) -> None:
    found = part_reading(a_file(tmp_path, "a;b;\n1;2\n3;4\n"), a_part())
    assert (records(found.table), found.faults, found.notices) == ([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}], (), ())


def test_a_column_without_a_name_that_contains_something_is_told(tmp_path: Path) -> None:
    found = part_reading(a_file(tmp_path, "nom,montant,\nA,1,5\nB,2, \n"), a_part("csv", "nom", "montant"))
    assert [one.en for one in found.notices] == [
        "columns without a name in the header, which contain something: colonne 3"
    ]
    assert not part_reading(a_file(tmp_path, "nom,montant,\nA,1, \n"), a_part("csv", "nom")).notices


def test_a_name_that_two_columns_have_is_told_where_it_is_read(tmp_path: Path) -> None:
    path = a_file(tmp_path, "nom;a; a\nx;1;2\n")
    told = ["several columns of this name, the first of which is read: a"]
    assert [one.en for one in part_reading(path, a_part("csv", "nom", "a")).notices] == told
    assert not part_reading(path, a_part("csv", "nom")).notices


def test_what_follows_a_blank_line_is_told(tmp_path: Path) -> None:
    found = part_reading(a_file(tmp_path, "\na;b\n1;2\n\nc;d\n3;4\n\n\n5;6\n \n\n"), a_part(options={"header_row": 2}))
    assert positions(found.table) == [3, 5, 6, 9]
    assert [one.en for one in found.notices] == [
        "blank lines within the table; what follows is read as records: line 5, 9"
    ]


def test_a_delimiter_beyond_ascii_is_one_too(tmp_path: Path) -> None:
    assert records(reading(a_file(tmp_path, "a§b\n1§2\n"), a_part(options={"delimiter": "§"}))) == [
        {"a": "1", "b": "2"}
    ]


@pytest.mark.parametrize(
    ("under", "told"),
    [
        ("Source : INSEE;\n", "row 4 seems to be a note under the table, read as a record (options.stop_at: Source :)"),
        ("champ: France;\n(1) provisoire;\n", "row 4 seems to be a note under the table"),
        ("Sources-en-Bourgogne;\n", ""),
        ("Note : 3;5\n", ""),
        ("Lecture : x;\nAgen;5\n", ""),
    ],
)
def test_notes_under_a_table_are_told(tmp_path: Path, under: str, told: str) -> None:
    path = a_file(tmp_path, "commune;n\nArras;1\nLens;2\n" + under)
    notices = [one.en for one in part_reading(path, a_part()).notices if "note under" in one.en]
    assert [one[: len(told)] for one in notices] == ([told] if told else [])


def test_numbers_that_a_spreadsheet_shortened_are_told(tmp_path: Path) -> None:
    text = "siret;n\n1,23457E+13;1\n21620041400014;2\n 2.1E+13 ;E+2\nA1E+13;0699+3\n"
    found = part_reading(a_file(tmp_path, text), a_part())
    told = [one.en for one in found.notices if "shortened" in one.en]
    assert len(told) == 1
    assert told[0].startswith('"siret": ')
    assert told[0].endswith(": positions 2, 4")


@pytest.mark.parametrize("last", ["Total;5", "TOTAL général;5", ";Sous-total"])
def test_a_last_row_that_begins_as_a_total_is_told(tmp_path: Path, last: str) -> None:
    path = a_file(tmp_path, f"commune;nombre\nArras;2\nLens;3\n{last}\n")
    told = ["the last row (4) seems to be a total, read as a record (options.stop_at: Total)"]
    assert [one.en for one in part_reading(path, a_part()).notices] == told
    assert not part_reading(path, a_part(options={"footer": 1})).notices
    assert not part_reading(a_file(tmp_path, "commune;nombre\nTotalville;2\n"), a_part()).notices
