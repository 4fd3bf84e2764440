"""The fast reader beside Python's own: the same cells, whatever the dialect, the encoding and the cuts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.validation import blocks, cutter, skipped_spaces, transcoding
from pipelines.validation.cutter import CutSource, NotPlain, Writing
from pipelines.validation.transcoding import BYTEWISE, as_utf8

WIDTH = 3
PLAIN = st.text(alphabet="ab é\t", max_size=4)
SPACES = st.sampled_from(["", "", " ", "   "])
QUOTED = st.text(alphabet='ab é",\n\r', max_size=5).map(lambda text: '"' + text.replace('"', '""') + '"')
CELL = st.tuples(SPACES, st.one_of(PLAIN, QUOTED)).map("".join)
LINE = st.tuples(st.lists(CELL, min_size=WIDTH, max_size=WIDTH).map(",".join), st.sampled_from(["\n", "\n", "\r\n"]))
TABLES = st.lists(LINE.map("".join), max_size=6).map(lambda lines: "x,y,z\n" + "".join(lines))


def fast(path: Path, writing: Writing) -> list[list[str]]:
    """All cells but the header, by the fast reader. Raises `NotPlain`."""
    source = CutSource(path, writing, WIDTH)
    return [block.cells(index) for block, _ in source.examined(lambda block: None) for index in range(len(block))]


@settings(deadline=None, max_examples=400)
@given(TABLES, st.booleans(), st.sampled_from(["utf-8", "cp1252"]), st.sampled_from([1, 30, 1 << 20]))
def test_the_cells_are_those_of_pythons_reader(
    tmp_path_factory: pytest.TempPathFactory, text: str, skips: bool, encoding: str, size: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "t.csv"
    path.write_text(text, encoding=encoding, newline="")
    wanted = list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=skips))[1:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutter, "SIZE", size)
        try:
            assert fast(path, Writing(encoding=encoding, skips_spaces=skips)) == wanted
        except NotPlain:
            # Only a space before a quote that the dialect does not skip is irregular in such a table.
            assert not skips
            assert ' "' in text


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('  "a,b",  c\n', ["a,b", "c"]),
        ('"  a",  "  b"\n', ["  a", "  b"]),
        ('  """a",b\n', ['"a', "b"]),
        ('""" a",b\n', ['" a', "b"]),
        ('a, ""\n', ["a", ""]),
        ("a,   ", ["a", ""]),
        ('a, "b\n  c"\n', ["a", "b\n  c"]),
        ("\t a, \tb\n", ["\t a", "\tb"]),
        (" \u00a0a,  \ufeffb\n", ["\u00a0a", "\ufeffb"]),
    ],
)
def test_only_the_spaces_before_a_cell_are_skipped(text: str, cells: list[str], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(",".join("xyz"[: len(cells)]) + "\n" + text, encoding="utf-8", newline="")
    source = CutSource(path, Writing(skips_spaces=True), len(cells))
    assert [block.cells(0) for block, _ in source.examined(lambda block: None)] == [cells]
    assert next(csv.reader([text], skipinitialspace=True)) == cells or "\n" in text[:-1]


@pytest.mark.parametrize(("memory", "size"), [(1 << 30, 4 << 20), (128 << 20, 2 << 20), (64, 1 << 20)])
def test_blocks_are_smaller_where_there_is_little_memory(memory: int, size: int) -> None:
    assert cutter.size_of_blocks(memory) == size


def test_a_wide_table_that_is_streamed_is_held_a_few_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "CELLS", 100)
    rows = [["x"] * 30] * 7
    source = blocks.StreamSource(lambda: enumerate(rows, start=2), 30)
    assert [len(block) for block, _ in source.examined(lambda block: None)] == [3, 3, 1]
    assert [blocks.rows_together(width) for width in (0, 1, 1000)] == [100, 100, 1]


def test_a_block_is_copied_only_where_a_quoted_cell_stands_behind_spaces() -> None:
    def moved(data: bytes) -> memoryview | None:
        return skipped_spaces.behind_quotes(memoryview(data), ord('"'))

    assert moved(b'a,  b\n"c", d\n') == b'a,  b\n"c", d\n'
    assert moved(b'a,  "b"\n') == b'a,"  b"\n'
    assert moved(b'a,  " b"\n') is None
    assert moved(b'" a",b,"c"') is None  # the last byte is the quote, and is before none


@pytest.mark.parametrize("encoding", sorted(BYTEWISE))
def test_every_byte_becomes_the_character_that_it_is(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcoding, "PIECE", 5)
    for code in range(256):
        for before in (b"plain text;", bytes(range(0xE0, 0xE6))):
            data = before + bytes([code])
            try:
                wanted = data.decode(encoding).encode()
            except UnicodeDecodeError:
                with pytest.raises(UnicodeDecodeError):
                    as_utf8(memoryview(data), encoding)
            else:
                assert as_utf8(memoryview(data), encoding) == wanted
    assert as_utf8(memoryview(b""), encoding) == b""
