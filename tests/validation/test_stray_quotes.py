"""Quotes that delimit nothing: `arobase check` never calls such a file valid, whatever Frictionless makes of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.commands.check import command
from pipelines.formats.quotes import Cutter, QuoteFault, swallows
from pipelines.validation import stray_quotes as module
from pipelines.validation.inputs import Reading
from pipelines.validation.stray_quotes import stray_quotes
from pipelines.validation.unpacking import UNPACKING

SCHEMA = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}]}
CELLS = st.text(alphabet=st.sampled_from('ab1é ";,\n\r\t'), max_size=6)
SWALLOWED = 'a,b\nA,"B\nC,D\nE,"F\nG,H\n'
"""A quote is left open on line 2 and closed by that of line 4: three lines pass as one record."""


def found(path: Path, **reading: Any) -> list[tuple[int, int, str]]:
    return [(item.first, item.last, str(item.fault)) for item in stray_quotes(path, Reading(**reading))]


def a_file(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n1,"x"y\n2,z\n', [(2, 2, QuoteFault.TEXT_AFTER)]),
        ('a,b\n1,"x\n2,y\n3,z\n', [(2, 4, QuoteFault.NEVER_CLOSED)]),
        ('a,b\n1,"x\n2,y"\n3,z\n', [(2, 3, QuoteFault.SWALLOWED)]),
        (SWALLOWED, [(2, 4, QuoteFault.TEXT_AFTER)]),
        ('a,b\n1,"3, rue A\nBât. B"\n', []),
        ('a,b\n1,un écran 5" large\n', []),
        ('a,b\n1,"un ""mot"" cité"\n', []),
        ('a,b\n1,""\n', []),
        ("a,b\n1,2\n", []),
        ('"a","b"\n"1","2"\n', []),
        ('a,b\n1,"2"', []),
        ('a,b\n1,"2', [(2, 2, QuoteFault.NEVER_CLOSED)]),
    ],
)
def test_each_fault_is_told_with_its_lines(tmp_path: Path, text: str, expected: list[Any]) -> None:
    assert found(a_file(tmp_path, text)) == expected


def test_a_file_is_looked_through_whatever_it_is_packed_in_and_written_in(tmp_path: Path) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("t.csv", SWALLOWED)
    expected = [(2, 4, QuoteFault.TEXT_AFTER)]
    assert found(a_file(tmp_path, gzip.compress(SWALLOWED.encode()), "t.csv.gz")) == expected
    assert found(a_file(tmp_path, zipped.getvalue(), "t.zip"), member="t.csv") == expected
    assert found(a_file(tmp_path, SWALLOWED.encode("utf-16"), "u.csv"), encoding="utf-16") == expected
    assert found(a_file(tmp_path, b"\xef\xbb\xbf" + SWALLOWED.encode(), "v.csv")) == expected


def test_a_dialect_decides_what_quotes_and_where_the_rule_does_not_hold(tmp_path: Path) -> None:
    path = a_file(tmp_path, "a;b\n1;'x'y\n")
    assert found(path, dialect={"csv": {"delimiter": ";", "quoteChar": "'"}}) == [(2, 2, QuoteFault.TEXT_AFTER)]
    assert found(path, dialect={"csv": {"delimiter": ";"}}) == []
    assert found(a_file(tmp_path, 'a,b\n1, "x"\n'), dialect={"csv": {"skipInitialSpace": True}}) == []
    assert found(a_file(tmp_path, 'a,b\n1,"x\\"y"\n'), dialect={"csv": {"escapeChar": "\\"}}) == []


def in_one_cut(text: str) -> list[tuple[int, int, str]]:
    """What the rule says of every record of a text that is cut as a whole."""
    records = list(Cutter(",").records(text))
    width = len(records[0].cells)
    faults = [(record.first, record.last, record.fault) for record in records]
    for number, record in enumerate(records):
        if number and record.fault is None and swallows(record.cells, ",", width):
            faults[number] = (record.first, record.last, QuoteFault.SWALLOWED)
    return [(first, last, str(fault)) for first, last, fault in faults if fault is not None]


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5),
    stray=st.integers(0, 60),
    window=st.integers(1, 30),
    written_in=st.tuples(st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])),
)
def test_windows_and_the_look_at_bytes_find_what_one_cut_of_the_whole_text_finds(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    stray: int,
    window: int,
    written_in: tuple[str, str],
) -> None:
    end, encoding = written_in
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([("a", "b"), *rows])
    written = text.getvalue()
    folder = tmp_path_factory.mktemp("quotes")
    for content in (written, written[:stray] + '"' + written[stray:]):
        if any(mark == "\r" and content[place + 1 : place + 2] != "\n" for place, mark in enumerate(content)):
            continue  # a return alone ends no line: such a file has no result on its records
        path = a_file(folder, content.encode(encoding))
        assert found(path, encoding=encoding) == in_one_cut(content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "WINDOW", window)
            patch.setattr(module, "FIRST", window)
            assert found(path, encoding=encoding) == in_one_cut(content)


def test_only_records_that_may_be_at_fault_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST", 10)
    cut: list[str] = []
    records = Cutter.records

    def watched(self: Cutter, text: str, line: int = 1) -> Any:
        cut.append(text)
        return records(self, text, line)

    monkeypatch.setattr(Cutter, "records", watched)
    lines = ['1,"rue\nA"\n', '2,"b, c"\n', '3,"x\n4,y"\n', "5,z\n"]
    assert found(a_file(tmp_path, "a,b\n" * 4 + "".join(lines * 50)))[0] == (8, 9, QuoteFault.SWALLOWED)
    assert set(cut[2:]) == {lines[2]}


def test_a_gzip_file_that_only_python_unpacks_is_looked_through_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def __enter__(self) -> Any:
            raise UNPACKING

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr("isal.igzip.open", lambda _: Broken())
    path = a_file(tmp_path, gzip.compress(SWALLOWED.encode()), "t.csv.gz")
    assert found(path) == [(2, 4, QuoteFault.TEXT_AFTER)]


@pytest.mark.parametrize("longest", [40, 1 << 26])
def test_a_quote_left_open_at_the_start_of_a_long_file_is_told(
    tmp_path: Path, longest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", longest)
    monkeypatch.setattr(module, "WINDOW", 16)
    monkeypatch.setattr(module, "FIRST", 16)
    ((first, last, fault),) = found(a_file(tmp_path, 'a,b\n1,"x\n' + "2,y\n" * 40))
    assert (first, fault) == (2, QuoteFault.NEVER_CLOSED)
    assert last == 42 if longest > 40 else 2 < last < 42


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_a_file_that_frictionless_calls_valid_is_not_when_a_quote_took_lines_along(tmp_path: Path) -> None:
    path = a_file(tmp_path, SWALLOWED)
    schema = a_file(tmp_path, json.dumps(SCHEMA), "schema.json")
    rejects = tmp_path / "rejects"
    done = run(str(path), "--schema", str(schema), "--lang", "fr", "--rejects", str(rejects))
    assert done.exit_code == 1
    assert "Lignes 2–4 : du texte suit le guillemet fermant" in done.output
    assert QuoteFault.TEXT_AFTER in rejects.with_suffix(".csv").read_text(encoding="utf-8")
    told = json.loads(run(str(path), "--schema", str(schema), "--format", "json").output)
    assert told["valid"] is False
    assert told["tasks"][0]["valid"] is True
    assert told["quotes"][0]["lines"] == [2, 4]
    lines = run(str(path), "--schema", str(schema), "--format", "csv").output.splitlines()
    assert any(QuoteFault.TEXT_AFTER in line for line in lines)


def test_a_table_of_a_package_is_held_to_the_same_rule(tmp_path: Path) -> None:
    a_file(tmp_path, SWALLOWED)
    package = {"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": SCHEMA}]}
    descriptor = a_file(tmp_path, json.dumps(package), "datapackage.json")
    assert run(str(descriptor)).exit_code == 1


def test_rows_beyond_the_limit_are_not_looked_at(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'a,b\n1,2\n3,"x"y\n')
    schema = a_file(tmp_path, json.dumps(SCHEMA), "schema.json")
    assert run(str(path), "--schema", str(schema), "--limit-rows", "1").exit_code == 0
    assert run(str(path), "--schema", str(schema), "--limit-rows", "2").exit_code == 1
