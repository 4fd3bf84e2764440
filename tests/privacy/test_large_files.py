"""Large tables of a release are looked through some rows at a time: what is held is what one reading would hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.formats import records
from pipelines.privacy import (
    AllowList,
    GateReport,
    PersonalValues,
    Seen,
    distinct,
    files,
    gate,
    large_files,
    scan_folder,
)
from tests.often import in_parts
from tests.privacy.builders import RECORD, SOLENE

PERSONAL = PersonalValues({RECORD: tuple(SOLENE.items())})
CELLS = st.sampled_from(
    ["rien", "", "000000123", "jean.dupont@example.org", "06 12 34 56 78", "deux\nlignes", 'un "mot"', *SOLENE.values()]
)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["48.856613", "48.8", ""])), min_size=1, max_size=9)


def held(folder: Path, *, large: int, piece: int = 1 << 20, personal: PersonalValues = PERSONAL) -> GateReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LARGE", large)
        patch.setattr(records, "PIECE", piece)
        patch.setattr(large_files, "ROWS", 2)
        return scan_folder(folder, AllowList(), personal)


@in_parts(2)
@given(ROWS, st.integers(1, 60), st.booleans())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_is_held_as_at_one_reading(
    tmp_path: Path, rows: list[tuple[str, str, str]], piece: int, is_french: bool
) -> None:
    names = ["note", "lat", "lon"]
    mark, delimiter = ("\ufeff", ";") if is_french else ("", ",")
    quoted = [[cell if cell.isalnum() else '"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    lines = [names, *([note, lat, lat] for note, _, lat in quoted)]
    text = mark + "".join(delimiter.join(line) + "\n" for line in lines)
    (tmp_path / "table.csv").write_bytes(text.encode())
    columns = [[row[0] for row in rows], [row[1] for row in rows]]
    pq.write_table(pa.table(columns, ["note", "autre"]), tmp_path / "table.parquet")
    assert set(held(tmp_path, large=1, piece=piece).holds) == set(held(tmp_path, large=1 << 40).holds)


@pytest.mark.parametrize(
    "content",
    [
        b'a,b\n1,x"y\n2,"jean.dupont@example.org\n',
        b"a,b\n1,2,3\njean.dupont@example.org\n",
        b"\xff\xfea\x00,\x00b\x00\n\x00",
    ],
)
def test_a_file_that_is_not_plain_is_read_whole(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "table.csv").write_bytes(content)
    assert held(tmp_path, large=1).holds == held(tmp_path, large=1 << 40).holds


def test_what_is_no_parquet_file_is_held(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").write_bytes(b"\x00PAR1" * 10)
    found = held(tmp_path, large=1)
    assert found == held(tmp_path, large=1 << 40)
    assert found.by_rule() == {"fichier_illisible": 1}


TYPED = pa.table({"note": ["rien", "encore rien", "rien"], "montant": [1.5, 2.25, 1.5], "nombre": [1, 2, 3]})


def a_release(folder: Path, *, amount: str = "2.25") -> None:
    """The files of one table, of which a release has three."""
    (folder / "data" / "excel").mkdir(parents=True)
    text = f"note,montant,nombre\nrien,1.5,1\nencore rien,{amount},2\nrien,1.5,3\n"
    (folder / "data" / "table.csv").write_text(text)
    (folder / "data" / "excel" / "table.csv").write_text(text.replace(",", ";"))
    pq.write_table(TYPED, folder / "data" / "table.parquet")


def a_gate() -> Seen:
    """What the gate knows of the table."""
    known = Seen()
    assert gate({"paquet/table": TYPED}, PersonalValues(), AllowList(), seen=known).is_clean
    return known


def read(monkeypatch: pytest.MonkeyPatch, folder: Path, known: Seen) -> tuple[GateReport, int]:
    """What is held of a release, and how many times a CSV file was read."""
    times: list[Path] = []
    rows_of_csv = large_files._rows_of_csv

    def counted(path: Path, delimiter: str, width: int) -> Iterator[pa.Table]:
        times.append(path)
        return rows_of_csv(path, delimiter, width)

    monkeypatch.setattr(large_files, "_rows_of_csv", counted)
    monkeypatch.setattr(files, "LARGE", 1)
    return scan_folder(folder, AllowList(), seen=known, package="paquet"), len(times)


def test_each_file_of_a_table_that_the_gate_knows_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_release(tmp_path)
    report, times = read(monkeypatch, tmp_path, a_gate())
    assert report.is_clean
    assert times == 2


def test_a_file_that_says_something_else_than_its_table_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_release(tmp_path, amount="06 12 34 56 78")
    report, _ = read(monkeypatch, tmp_path, a_gate())
    assert {(hold.place, hold.row, hold.field, hold.rule) for hold in report.holds} == {
        ("data/table.csv", 1, "montant", "telephone"),
        ("data/excel/table.csv", 1, "montant", "telephone"),
    }


def test_many_numbers_are_looked_at_as_they_go_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct, "MANY", 1)
    a_release(tmp_path, amount="06 12 34 56 78")
    report, _ = read(monkeypatch, tmp_path, a_gate())
    assert len(report.holds) == 2


def test_a_number_that_is_somebodys_is_held_in_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"numero": [612345678, 1]}), tmp_path / "table.parquet")
    somebody = PersonalValues({RECORD: (("telephone", "06 12 34 56 78"),)})
    for large in (1, 1 << 40):
        assert [hold.field for hold in held(tmp_path, large=large, personal=somebody).holds] == ["numero"]


def test_a_number_long_enough_to_be_a_pattern_is_looked_at_in_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"numero": [1, 2, 33612345678, 4]}), tmp_path / "table.parquet")
    whole, in_rows = (held(tmp_path, large=large, personal=PersonalValues()) for large in (1 << 40, 1))
    assert whole == in_rows


def test_texts_that_repeat_are_looked_at_once_and_held_in_each_row(tmp_path: Path) -> None:
    words = pa.array(["rien", "jean.dupont@example.org", "rien", "jean.dupont@example.org"]).dictionary_encode()
    pq.write_table(pa.table({"note": words}), tmp_path / "table.parquet")
    for large in (1, 1 << 40):
        found = held(tmp_path, large=large, personal=PersonalValues()).holds
        assert [(hold.row, hold.rule) for hold in found] == [(1, "courriel"), (3, "courriel")]
