"""Large CSV files are read piece by piece: whatever the pieces, what is read is what one reading of the whole gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.core.errors import ArobaseError
from pipelines.formats import delimited, end_marks, records
from pipelines.formats.encoding import FEW, is_utf8
from tests.formats.builders import a_file, a_part, part_reading

CELLS = st.text(alphabet=st.sampled_from('ab1é ,"\n\r'), max_size=6)
QUOTED = CELLS.map(lambda cell: '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n\r') else cell)
LINES = st.lists(st.one_of(st.tuples(QUOTED, QUOTED).map(",".join), CELLS, st.just("1,2")), max_size=12)
ENDS = st.sampled_from(["", "\n\x1a1,2\n", "\n", "\r\n", "\n\n", "\x1a", "\n1,\udcff"])
WHOLE = 1 << 40


def read(path: Path, piece: int, large: int, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    """What is read, or the error that is told, in words that can be compared."""
    monkeypatch.setattr(records, "PIECE", piece)
    monkeypatch.setattr(delimited, "LARGE", large)
    monkeypatch.setattr(end_marks, "TAIL", min(end_marks.TAIL, path.stat().st_size))
    try:
        found = part_reading(path, a_part())
    except ArobaseError as error:
        return type(error).__name__, error.message("fr")
    table = found.table
    return "read", (table.to_pylist(), table.schema.metadata, found.faults, found.notices)


@example(["\n,\r,"], "", 1)
@example([',"11""\n"', "", ",\n,\r"], "\r\n", 1)
@example([',"1\n"', "\r"], "\r\n", 1)
@given(LINES, ENDS, st.integers(1, 40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pieces_of_any_size_give_what_the_whole_gives(tmp_path: Path, lines: list[str], end: str, piece: int) -> None:
    plain = "".join(f"{row},x\n" for row in range(12))  # a head that is long enough to be told by itself
    text = "a,b\n" + plain + "\n".join(lines) + end
    path = a_file(tmp_path, text.encode("utf-8", "surrogateescape"))
    with pytest.MonkeyPatch.context() as patch:
        whole = read(path, WHOLE, WHOLE, patch)
        assert read(path, piece, WHOLE, patch) == whole
        assert read(path, 4 * len(plain) // 2, 0, patch) == whole
        assert read(path, 64 + piece, 0, patch) == whole


def test_a_large_regular_file_is_never_in_memory_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_file(tmp_path, "a,b\n" + "".join(f'{row},"deux\nlignes"\n' for row in range(500)))
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read whole"))
    kind, (rows, *_) = read(path, 1000, 0, monkeypatch)
    assert (kind, len(rows), rows[-1]["_position"]) == ("read", 500, 2 + 2 * 499)


def test_a_carriage_return_in_quotes_costs_a_large_file_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, "a,b\r\n" + "".join(f'{row},"deux\rlignes"\r\n' for row in range(500)))
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read whole"))
    kind, (rows, *_) = read(path, 1000, 0, monkeypatch)
    assert (kind, len(rows), rows[-1]["b"]) == ("read", 500, "deux\rlignes")


def test_a_record_that_is_longer_than_a_piece_is_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "PIECE", 4)
    first, *others = b'1,"a\nb\nc\nd e"\n', b"2,b\n", b"3,c\n"
    body = memoryview(first + b"".join(others))
    assert [bytes(piece) for piece in records.whole_records(body)] == [first, *others]


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\xf4\x90\x80\x80"])
def test_of_many_bytes_as_of_few_it_is_told_whether_they_are_utf8(wrong: bytes) -> None:
    many = "é".encode() * FEW
    assert is_utf8(many)
    assert not is_utf8(many + wrong)
    assert not is_utf8(wrong)
