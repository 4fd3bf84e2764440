"""Records that must leave what is published, as `sources/retraits/*.csv` asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.mapping.withdrawals import WithdrawalUnusable, load_withdrawals, without_withdrawn

HEADER = "source,part,champ,cle,motif,date\n"
LINE = "formulaires,dossiers,numero,12,demande de retrait,2026-11-23\n"
RECORDS = pa.table({"numero": ["11", " 12 ", None], "_source": ["formulaires"] * 3})


def asked(folder: Path, *lines: str, header: str = HEADER, name: str = "retraits.csv") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(header + "".join(lines), encoding="utf-8")
    return folder


def test_without_a_folder_nothing_is_withdrawn(tmp_path: Path) -> None:
    assert load_withdrawals(tmp_path / "retraits") == []


def test_every_line_of_every_file_is_read(tmp_path: Path) -> None:
    asked(tmp_path / "r", LINE, name="b.csv")
    asked(tmp_path / "r", LINE.replace("12", "7", 1), name="a.csv", header="\ufeff" + HEADER)
    found = load_withdrawals(tmp_path / "r")
    assert [(item.key, item.file, item.line) for item in found] == [
        ("7", "sources/retraits/a.csv", 2),
        ("12", "sources/retraits/b.csv", 2),
    ]
    assert found[1].day == date(2026, 11, 23)


def test_the_record_of_the_key_leaves_and_the_others_stay(tmp_path: Path) -> None:
    found = load_withdrawals(asked(tmp_path / "r", LINE, LINE.replace("formulaires", "autre")))
    kept, gone = without_withdrawn(RECORDS, found, source="formulaires", part="dossiers")
    assert (kept.column("numero").to_pylist(), gone) == (["11", None], 1)
    untouched, none = without_withdrawn(RECORDS, found, source="formulaires", part="liaisons")
    assert (untouched.num_rows, none) == (3, 0)


@pytest.mark.parametrize(
    ("lines", "header", "column", "line"),
    [
        ([LINE], HEADER.replace("cle,", ""), "cle", 1),
        ([], "", "source", 1),
        ([LINE, LINE.replace(",12,", ",,")], HEADER, "cle", 3),
        ([LINE.replace(",12,", ",  ,")], HEADER, "cle", 2),
        ([LINE.replace("2026-11-23", "23/11/2026")], HEADER, "date", 2),
        ([LINE.replace(",2026-11-23", "")], HEADER, "date", 2),
    ],
)
def test_a_line_that_cannot_be_applied_is_told_by_its_place(
    tmp_path: Path, lines: list[str], header: str, column: str, line: int
) -> None:
    with pytest.raises(WithdrawalUnusable) as raised:
        load_withdrawals(asked(tmp_path / "r", *lines, header=header))
    assert (raised.value.facts["column"], raised.value.facts["line"]) == (column, line)
    assert f"ligne {line}" in raised.value.message("fr")


def test_blanks_around_what_was_typed_change_nothing(tmp_path: Path) -> None:
    typed = LINE.strip().replace(",", " , ") + " \n"
    (found,) = load_withdrawals(asked(tmp_path / "r", f" {typed}"))
    assert (found.source, found.part, found.field, found.key) == ("formulaires", "dossiers", "numero", "12")
    _kept, gone = without_withdrawn(RECORDS, [found], source="formulaires", part="dossiers")
    assert (gone, found.day, found.reason) == (1, date(2026, 11, 23), "demande de retrait")


@pytest.mark.parametrize("column", ["identifiant", "_source"])
def test_a_column_that_the_records_lack_stops_the_source(tmp_path: Path, column: str) -> None:
    found = load_withdrawals(asked(tmp_path / "r", LINE.replace("numero", column)))
    with pytest.raises(WithdrawalUnusable, match="expected: numero"):
        without_withdrawn(RECORDS, found, source="formulaires", part="dossiers")
