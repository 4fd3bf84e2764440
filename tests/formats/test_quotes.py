"""Quotes that delimit nothing: the lines concerned are refused, never passed as one record, and the others are read."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.formats import PartReading, read_part
from pipelines.formats.errors import Damaged, NoRecordReadable
from pipelines.formats.quotes import Cutter, QuoteFault, are_regular
from tests.formats.builders import a_file, a_part, positions, records

TEXTS = st.text(alphabet=st.sampled_from('ab;"\n\r\\ '), max_size=30)


def reading_of(folder: Path, content: str, **options: object) -> PartReading:
    return read_part(a_part(options=options), a_file(folder, content), source="mairie", snapshot="ab" * 32)


@pytest.mark.parametrize(
    ("content", "refused", "kept"),
    [
        ('commune;note\nArras;"non ferme\nLens;2\nLille;"x"\nRoubaix;5\n', [2, 3, 4], ["Roubaix"]),
        ('c;n\nA;"ouvert ; 2e\nB;2\nC;3\nD;dit "le Grand"\nE;7\n', [2, 3, 4, 5], ["E"]),
        ('c;n\nA;"L"Oise"\nB;2\n', [2], ["B"]),
        ('c;n\nA;"ouvert\nB;2\nC;5"\nD;6\n', [2, 3, 4], ["D"]),
        ('c;n\nA;1\nB;"ouvert\nC;3\n', [3, 4], ["A"]),
        ('c;n\r\nA;"x" y\r\nB;2\r\n', [2], ["B"]),
        ('c;n\nA; "91"\nB;2\n', [2], ["B"]),
        ('c;n\nA;  "dit ""le Grand""" \nB;2\n', [2], ["B"]),
        ('c;n\nA;\u00a0"ouvert\nB;2\n', [2], ["B"]),
        ('c;n\n"A;91\nB;2\nC";3\nD;4\n', [2, 3, 4], ["D"]),
        ('c;n\n"A;91\nB";2\nD;4\n', [2, 3], ["D"]),
        ('c;n\n"A;91\nB;2\n";3\nD;4\n', [2, 3, 4], ["D"]),
        ('c;n;m\nA;"1;2\nB;3;4\nC;5";6\nD;7;8\n', [2, 3, 4], ["D"]),
        ('c;n;m\r\nA;"1;2\r\nC;5";6\r\nD;7;8\r\n', [2, 3], ["D"]),
    ],
)
def test_the_lines_that_a_wrong_quote_takes_along_are_refused(
    tmp_path: Path, content: str, refused: list[int], kept: list[str]
) -> None:
    found = reading_of(tmp_path, content)
    assert sorted(fault.position for fault in found.faults) == refused
    assert [row[found.table.column_names[0]] for row in records(found.table)] == kept
    assert not set(positions(found.table)) & set(refused)
    assert str(refused[0]) in found.faults[0].message.fr


@pytest.mark.parametrize(
    "content",
    [
        'c;n\nA;"deux\nlignes"\nB;2\n',
        'c;n\nA;"une note ; suite\nAutre note ; fin"\n',
        'c;n\nA;dit "le Grand"\n',
        'c;n\nA;"avec ""guillemets"""\n',
        'c;n\n"A\nB";2\n',
        'c;n\nA;"x" \n',
        'c;n\nA; dit "le Grand"\n',
        'c;n\nA; "le Grand" est dit\n',
        'c;n\nA; "\n',
        'c;n\n"Fermé;\nsauf lundi";2\n',
        'c;n\n"Bât. A; 2e\nParis";2\n',
        'c;n;m\nA;"10;rue X\nParis";6\n',
    ],
)
def test_quotes_that_delimit_cells_are_left_alone(tmp_path: Path, content: str) -> None:
    found = reading_of(tmp_path, content)
    assert not found.faults
    assert [list(row.values()) for row in records(found.table)] == list(
        csv.reader(io.StringIO(content, newline=""), delimiter=";")
    )[1:]


def test_lines_that_look_like_records_may_be_accepted(tmp_path: Path) -> None:
    content = 'c;n\nA;"ouvert\nB;2"\n'
    with pytest.raises(NoRecordReadable):
        reading_of(tmp_path, content)
    assert records(reading_of(tmp_path, content, multiline="accept").table) == [{"c": "A", "n": "ouvert\nB;2"}]


def test_a_quote_that_takes_most_of_a_file_along_is_a_damaged_file(tmp_path: Path) -> None:
    content = "c;n\n" + 'A;"ouvert\n' + "B;2\n" * 1_500
    with pytest.raises(Damaged) as raised:
        reading_of(tmp_path, content)
    assert "ligne 2" in raised.value.message("fr")


def test_another_escape_and_another_quote_are_read_where_the_yaml_says_so(tmp_path: Path) -> None:
    escaped = 'c;n\nA;"dit \\"le Grand\\" \\\\ x"\nB;a\\;b\n'
    rows = records(reading_of(tmp_path, escaped, escape="\\").table)
    assert [row["n"] for row in rows] == ['dit "le Grand" \\ x', "a;b"]
    assert records(reading_of(tmp_path, "c;n\n'A;B';2\n", quote="'").table) == [{"c": "A;B", "n": "2"}]
    assert records(reading_of(tmp_path, 'c;n\n"A;2\n', quote="none").table) == [{"c": '"A', "n": "2"}]


def test_a_header_met_again_is_refused_dropped_or_kept(tmp_path: Path) -> None:
    content = "\ufeffc;n\nA;1\n\ufeffc;n\nB;2\n"
    found = reading_of(tmp_path, content)
    assert ([fault.rule for fault in found.faults], positions(found.table)) == (["en-tete-repete"], [2, 4])
    assert "marque d'ordre" in found.notices[0].fr
    assert positions(reading_of(tmp_path, content, repeated_header="drop").table) == [2, 4]
    assert positions(reading_of(tmp_path, content, repeated_header="keep").table) == [2, 3, 4]


def test_a_nul_refuses_its_row_and_an_end_mark_is_left_out(tmp_path: Path) -> None:
    found = reading_of(tmp_path, "c;n\nA;a\x00b\nB;c\n")
    assert ([fault.position for fault in found.faults], positions(found.table)) == ([2], [3])
    ended = reading_of(tmp_path, "c;n\r\nA;1\r\n\x1a")
    assert (records(ended.table), len(ended.notices)) == ([{"c": "A", "n": "1"}], 1)


def test_totals_under_a_csv_are_left_out_where_the_yaml_says_so(tmp_path: Path) -> None:
    content = "c;n\nA;1\nB;2\nTotal;3\nSource;x\n"
    assert positions(reading_of(tmp_path, content, stop_at="Total").table) == [2, 3]
    assert positions(reading_of(tmp_path, content, footer=2).table) == [2, 3]


@given(text=TEXTS)
def test_regular_quotes_are_cut_as_python_cuts_them(text: str) -> None:
    if not are_regular(text.encode(), ";") or "\r" in text:
        return
    expected = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") if row]
    assert [record.cells for record in Cutter(";").records(text)] == expected


@given(text=TEXTS)
def test_every_line_of_a_text_belongs_to_one_record(text: str) -> None:
    plain = text.replace("\r", "")
    found = list(Cutter(";").records(plain))
    assert all(first.last < second.first for first, second in pairwise(found))
    assert all(record.last <= plain.count("\n") + 1 for record in found)
    strict = [record for record in found if record.fault in (QuoteFault.TEXT_AFTER, QuoteFault.NEVER_CLOSED)]
    if not strict and not any('" ' in line for line in plain.split("\n")):
        list(csv.reader(io.StringIO(plain, newline=""), delimiter=";", strict=True))
