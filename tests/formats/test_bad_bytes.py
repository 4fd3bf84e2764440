"""Files that are not what they should be: each gets an error that names the file, the place and who can fix it."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile
from pathlib import Path

import pytest

from pipelines.core.errors import ResponsibleParty
from pipelines.formats.errors import (
    Damaged,
    EmptyFile,
    FormatError,
    MemberAmbiguous,
    MemberMissing,
    NoRows,
    NotWhatItSays,
    TooLarge,
    WrongEncoding,
)
from tests.formats.builders import a_file, a_part, an_xls, an_xlsx, reading, records


@pytest.mark.parametrize("file_format", ["csv", "tsv", "xlsx", "xls", "ods", "json", "jsonl", "parquet"])
@pytest.mark.parametrize("content", [b"", b" \r\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(tmp_path: Path, file_format: str, content: bytes) -> None:
    with pytest.raises(EmptyFile) as raised:
        reading(a_file(tmp_path, content), a_part(file_format))
    assert raised.value.responsible is ResponsibleParty.SOURCE
    assert "mairie/part" in raised.value.message("fr")


def test_an_encoded_blank_is_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        reading(a_file(tmp_path, "\n \n".encode("utf-16")), a_part())


@pytest.mark.parametrize("content", ["a,b\n", "a,b"])
def test_a_header_alone_is_zero_rows(tmp_path: Path, content: str) -> None:
    with pytest.raises(NoRows):
        reading(a_file(tmp_path, content), a_part())


@pytest.mark.parametrize(("file_format", "content"), [("json", "[]"), ("xlsx", None)])
def test_zero_rows_are_an_error_unless_the_yaml_allows_them(
    tmp_path: Path, file_format: str, content: str | None
) -> None:
    path = a_file(tmp_path, content) if content else an_xlsx(tmp_path / "x", {"A": [["a"]]})
    with pytest.raises(NoRows):
        reading(path, a_part(file_format, "a"))
    table = reading(path, a_part(file_format, "a", expect={"rows": {"min": 0}}))
    assert (table.num_rows, "a" in table.column_names, "_position" in table.column_names) == (0, True, True)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"PK\x03\x04rest", "zip"),
        (b"<!DOCTYPE html><title>x", "HTML"),
        (b"\n <html>", "HTML"),
        (b"%PDF-1.7", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<?xml version='1.0'?>", "xml"),
    ],
)
def test_a_file_that_is_not_a_csv_is_named_for_what_it_is(tmp_path: Path, head: bytes, word: str) -> None:
    with pytest.raises(NotWhatItSays) as raised:
        reading(a_file(tmp_path, head), a_part("csv"))
    assert all(word in raised.value.message(language) for language in ("fr", "en"))


def test_an_old_workbook_under_a_new_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotWhatItSays):
        reading(an_xls(tmp_path / "x", [["a"], [1]]), a_part("xlsx"))


def test_text_is_no_workbook_and_no_parquet(tmp_path: Path) -> None:
    for file_format in ("xlsx", "xls", "ods", "parquet"):
        with pytest.raises(NotWhatItSays):
            reading(a_file(tmp_path, "a,b\n1,2\n"), a_part(file_format))


def test_windows_text_under_utf8_names_line_byte_and_likely_encoding(tmp_path: Path) -> None:
    with pytest.raises(WrongEncoding) as raised:
        reading(a_file(tmp_path, "nom\nok\nSéné\n".encode("cp1252")), a_part(options={"encoding": "utf-8"}))
    facts = raised.value.facts
    assert (facts["line"], facts["offset"], facts["likely"]) == (3, 8, "cp1252")


def test_utf16_under_utf8_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongEncoding) as raised:
        reading(a_file(tmp_path, "nom\nx\n".encode("utf-16")), a_part(options={"encoding": "utf-8"}))
    assert raised.value.facts["likely"] == "utf-16"


def test_utf8_under_windows_1252_is_told_before_it_becomes_nonsense(tmp_path: Path) -> None:
    with pytest.raises(WrongEncoding) as raised:
        reading(a_file(tmp_path, "nom\nSéné\n"), a_part(options={"encoding": "cp1252"}))
    assert (raised.value.facts["likely"], raised.value.facts["line"]) == ("utf-8", 2)


def test_bytes_that_the_declared_encoding_lacks_are_told(tmp_path: Path) -> None:
    with pytest.raises(WrongEncoding):
        reading(a_file(tmp_path, b"nom\n\x81\xe9\n"), a_part(options={"encoding": "cp1252"}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_an_undeclared_encoding_is_detected(tmp_path: Path, encoding: str) -> None:
    table = reading(a_file(tmp_path, "nom,code\nSéné,56243\nOrléans,45234\n".encode(encoding)), a_part())
    assert records(table)[0] == {"nom": "Séné", "code": "56243"}


def test_a_cut_workbook_is_damaged(tmp_path: Path) -> None:
    whole = an_xlsx(tmp_path / "x", {"A": [["a"], *([index] for index in range(500))]}).read_bytes()
    with pytest.raises(Damaged):
        reading(a_file(tmp_path, whole[: len(whole) // 2]), a_part("xlsx"))


def test_a_workbook_with_one_wrong_byte_is_damaged(tmp_path: Path) -> None:
    whole = bytearray(an_xlsx(tmp_path / "x", {"A": [["a"], *([index] for index in range(500))]}).read_bytes())
    whole[whole.index(b"xl/worksheets/sheet1.xml") + 200] ^= 0xFF
    with pytest.raises(Damaged):
        reading(a_file(tmp_path, bytes(whole)), a_part("xlsx"))


def test_a_cut_old_workbook_is_damaged(tmp_path: Path) -> None:
    whole = an_xls(tmp_path / "x", [["a"], *([index] for index in range(500))]).read_bytes()
    with pytest.raises(Damaged):
        reading(a_file(tmp_path, whole[:600]), a_part("xls"))


def test_a_cut_parquet_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        reading(a_file(tmp_path, b"PAR1" + b"x" * 50), a_part("parquet"))


def test_cut_json_is_damaged_and_names_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(Damaged) as raised:
        reading(a_file(tmp_path, '[\n{"a": 1},\n{"a"'), a_part("json"))
    assert "line 3, column " in str(raised.value)


def test_a_cut_line_of_json_lines_is_named(tmp_path: Path) -> None:
    with pytest.raises(Damaged) as raised:
        reading(a_file(tmp_path, '{"a": 1}\n\n{"a": '), a_part("jsonl"))
    assert "line 3, column " in str(raised.value)


def test_a_column_that_takes_a_reserved_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        reading(a_file(tmp_path, "_position,a\n1,2\n"), a_part())


def test_a_gzip_file_is_unpacked_all_its_members_and_a_cut_one_is_damaged(tmp_path: Path) -> None:
    packed = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")
    part = a_part(options={"compression": "gzip"})
    assert len(records(reading(a_file(tmp_path, packed), part))) == 2
    with pytest.raises(Damaged):
        reading(a_file(tmp_path, packed[:-6]), part)
    with pytest.raises(Damaged):
        reading(a_file(tmp_path, packed[:12] + b"\xff" * 9), part)
    with pytest.raises(NotWhatItSays):
        reading(a_file(tmp_path, "a,b\n1,2\n"), part)


def a_zip(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("dossier")
        for name, content in files.items():
            archive.writestr(f"dossier/{name}.csv", content)
    return packed.getvalue()


def test_a_file_in_an_archive_is_read_by_its_name_and_the_only_one_without(tmp_path: Path) -> None:
    two = a_file(tmp_path, a_zip(un=b"a\n1\n", deux=b"a\n2\n"))
    named = a_part(options={"compression": "zip", "member": "deux.csv"})
    assert records(reading(two, named)) == [{"a": "2"}]
    with pytest.raises(MemberMissing) as raised:
        reading(two, a_part(options={"compression": "zip"}))
    assert "dossier/un.csv, dossier/deux.csv" in raised.value.message("en")
    one = a_file(tmp_path, a_zip(un=b"a\n1\n"))
    assert records(reading(one, a_part(options={"compression": "zip"}))) == [{"a": "1"}]


def test_what_a_system_adds_to_an_archive_is_no_second_file(tmp_path: Path) -> None:
    """An archive that a Mac made of one file was refused: it had three."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("x/a.csv", "__MACOSX/x/._a.csv", "x/.DS_Store", "Thumbs.db"):
            archive.writestr(name, "a\n1\n")
    file = a_file(tmp_path, packed.getvalue())
    assert records(reading(file, a_part(options={"compression": "zip"}))) == [{"a": "1"}]
    with pytest.raises(MemberMissing):
        reading(file, a_part(options={"compression": "zip", "member": "b.csv"}))


def test_a_file_of_an_archive_that_only_looks_like_the_wanted_one_is_said_to(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(unicodedata.normalize("NFD", "données.csv"), "a\n1\n")
    with pytest.raises(MemberMissing) as raised:
        reading(a_file(tmp_path, packed.getvalue()), a_part(options={"compression": "zip", "member": "données.csv"}))
    assert "(the same letters, accents apart: Unicode NFD)" in raised.value.message("en")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a.csv", "a.csv"), ("x/a.csv", "y/a.csv")])
def test_a_file_that_an_archive_holds_twice_is_said_to_be_there_twice(tmp_path: Path, names: tuple[str, str]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for rank, name in enumerate(names):
            archive.writestr(name, f"a\n{rank}\n")
    file = a_file(tmp_path, packed.getvalue())
    with pytest.raises(MemberAmbiguous) as raised:
        reading(file, a_part(options={"compression": "zip", "member": "a.csv"}))
    assert f'2 files "a.csv" ({", ".join(names)})' in raised.value.message("en")


def test_a_bomb_is_stopped_whatever_its_archive(tmp_path: Path) -> None:
    zeros = b"0" * 30_000_000
    with pytest.raises(TooLarge):
        reading(a_file(tmp_path, gzip.compress(zeros)), a_part(options={"compression": "gzip"}))
    with pytest.raises(TooLarge):
        reading(a_file(tmp_path, a_zip(un=zeros)), a_part(options={"compression": "zip"}))
    with pytest.raises(TooLarge) as raised:
        reading(a_file(tmp_path, a_zip(un=zeros)), a_part("xlsx"))
    assert raised.value.facts["ratio"] > 200


def test_the_limit_is_the_yaml_s_when_it_says_one(tmp_path: Path) -> None:
    part = a_part(options={"compression": "gzip", "maximum_size": 10})
    with pytest.raises(TooLarge):
        reading(a_file(tmp_path, gzip.compress(b"a,b\n1,2\n3,4\n")), part)
