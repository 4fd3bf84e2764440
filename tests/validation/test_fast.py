"""Compiled proofs say yes only where Python's own readers do, and the same of a cell alone and among others."""

from __future__ import annotations

import codecs
import datetime
import decimal
import gzip
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from frictionless import Schema
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.validation import cutter, validate
from pipelines.validation.columns import CellMemory, Column
from pipelines.validation.fast.calendars import layout_of
from pipelines.validation.fast.cells import Cells
from pipelines.validation.fast.numbers import canonical_integers
from pipelines.validation.fast.patterns import exact_in_re2, is_plain, may_explode, parse, subset_in_re2
from pipelines.validation.fast.proofs import compile_proof
from pipelines.validation.fast.texts import UUID
from pipelines.validation.fast.widths import one_width
from pipelines.validation.readers import guarded_reader
from pipelines.validation.transcoding import BYTEWISE
from tests.validation.builders import PATTERNS
from tests.validation.cells import WORDS
from tests.validation.oracle import columns_of_cells

ONE_WIDTH = [UUID, "EP-[0-9]{6}", r"\d{5}", "[ab]x[a-c]", "é", "a|b", "(ab){2}", "a*", "[^a]b", "a{70}", "a$b", "a^b"]
NEAR = st.text(alphabet="0123456789abcxEP-é\n:TZ ", max_size=8)


def texts(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.string())


def a_field(**described: Any) -> Any:
    return Schema.from_descriptor({"fields": [{"name": "a", **described}]}).fields[0]


def proved(field: Any, *cells: str) -> list[bool]:
    """Which cells of one column the proof of a field accepts."""
    proof = compile_proof(field)
    assert proof is not None
    mask = proof.prove(texts(*cells))
    return [True] * len(cells) if mask is None else mask.tolist()


@settings(deadline=None)
@given(st.sampled_from(ONE_WIDTH), st.lists(NEAR, min_size=1, max_size=4))
def test_a_pattern_of_one_width_says_yes_only_to_what_python_matches(pattern: str, cells: list[str]) -> None:
    quick = one_width(pattern)
    if quick is not None and quick(texts(*cells)):
        assert all(re.match(f"^{pattern}$", cell) for cell in cells)


@pytest.mark.parametrize(
    "pattern", ["é", "a|b", "a*", "[^a]b", "a{70}", "[é]", "", "(a", "[abc][b-d][e-f]ghijkl", "a$b", "a^b", r"a\bb"]
)
def test_a_pattern_that_is_not_of_few_plain_classes_has_no_quick_proof(pattern: str) -> None:
    assert one_width(pattern) is None


def test_cells_of_the_pattern_are_proved_wherever_the_column_begins() -> None:
    quick = one_width("EP-[0-9]{6}")
    assert quick is not None
    assert quick(texts("x", "EP-000001", "EP-999999").slice(1))
    assert not quick(texts("EP-000001", "EP-99999x"))


@pytest.mark.parametrize("cells", [[], ["a", "bcd"], ["ab", "abc", "a"]])
def test_cells_of_another_width_are_not_proved(cells: list[str]) -> None:
    quick = one_width("[a-z]{2}")
    assert quick is not None
    assert not quick(texts(*cells))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_proved_of_a_cell_does_not_depend_on_the_others(seed: int) -> None:
    for described, field, cells in columns_of_cells(seed, 40_000):
        proof = compile_proof(field)
        if proof is None:
            continue
        distinct = list(dict.fromkeys(cells))[:150]
        mask = proof.prove(texts(*distinct))
        together = [True] * len(distinct) if mask is None else mask.tolist()
        alone = [proof.prove(texts(cell)) is None for cell in distinct]
        differing = [cell for cell, one, other in zip(distinct, together, alone, strict=True) if one != other]
        assert differing == [], described


@settings(deadline=None)
@given(st.dates(), st.sampled_from(["%d/%m/%Y", "%Y%m%d", "%d-%m-%Y", "%m.%d.%Y", "%Y-%m-%d"]))
def test_every_day_of_the_calendar_is_proved_in_formats_of_fixed_width(day: datetime.date, form: str) -> None:
    written = form.replace("%Y", f"{day.year:04}").replace("%m", f"{day.month:02}").replace("%d", f"{day.day:02}")
    assert proved(a_field(type="date", format=form), written) == [True]


@settings(deadline=None)
@given(st.datetimes(), st.sampled_from(["", "Z", "+01:00", "-23:59"]), st.sampled_from("T "))
def test_every_moment_is_proved_as_iso_8601_writes_it(moment: datetime.datetime, offset: str, separator: str) -> None:
    written = moment.isoformat(sep=separator) + offset
    assert proved(a_field(type="datetime"), written) == [True]


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("%d/%m/%Y", ["31/02/2024", "29/02/2023", "29/02/1900", "00/01/2024", "01/00/2024", "01/01/0000", "1/1/2024"]),
        ("%d/%m/%y", ["29/02/23", "29/02/1968", "30/02/68"]),
        ("%Y-%m-%d", ["2024-02-30", "2024-1-5", "2024-01-05 ", "2024-01-05\n", "２024-01-05", "2024-01-0\0", ""]),
    ],
)
def test_no_other_cell_is_a_day(form: str, cells: list[str]) -> None:
    assert proved(a_field(type="date", format=form), *cells) == [False] * len(cells)


@pytest.mark.parametrize("form", ["%d %b %Y", "%j/%Y", "%d/%d/%Y", "%Y %y", "%%Y", "é%Y", "%", "abc", "%d\t%m"])
def test_formats_that_vary_in_width_have_no_layout(form: str) -> None:
    assert layout_of(form) is None


def test_a_day_without_a_year_is_left_to_python() -> None:
    assert compile_proof(a_field(type="date", format="%d/%m")) is None


def test_bounds_are_read_in_the_format_of_the_field() -> None:
    limits = {"minimum": "01/03/2020", "maximum": "31/12/2020"}
    field = a_field(type="date", format="%d/%m/%Y", constraints=limits)
    cells = ["29/02/2020", "01/03/2020", "02/01/2021", "31/12/2020", "15/01/2019"]
    assert proved(field, *cells) == [False, True, False, True, False]


def test_years_of_two_digits_begin_in_1969_as_python_reads_them() -> None:
    field = a_field(type="date", format="%d/%m/%y", constraints={"maximum": "03/02/20"})
    assert proved(field, "05/01/68", "05/01/69", "05/01/99", "05/01/20", "05/01/21") == [False, True, True, True, False]


NUMBER = {"type": "number", "decimalChar": ",", "groupChar": " "}


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_every_french_number_is_proved(value: decimal.Decimal) -> None:
    written = f"{value:,}".replace(",", " ").replace(".", ",")
    assert proved(a_field(**NUMBER), written) == [True]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="0123456789.-", min_size=1, max_size=22), min_size=1, max_size=3), st.integers(-9, 99))
def test_bounds_of_numbers_are_those_of_decimals(cells: list[str], limit: int) -> None:
    field = a_field(type="number", constraints={"minimum": limit + 0.1})
    for cell, is_proved in zip(cells, proved(field, *cells), strict=True):
        if is_proved:
            assert decimal.Decimal(cell) >= decimal.Decimal(repr(limit + 0.1))


def test_a_long_number_that_comes_to_equal_its_bound_as_a_float_is_not_proved() -> None:
    field = a_field(type="number", constraints={"minimum": 0.1})
    cells = ["0.1", "0.09999999999999999999999", "0.10000000000000000000001", "0.2000000000000000000001"]
    assert proved(field, *cells) == [True, False, False, True]


@pytest.mark.parametrize(
    "written", [{"groupChar": " ;"}, {"groupChar": "1"}, {"groupChar": "-"}, {"groupChar": ","}, {"decimalChar": "e"}]
)
def test_numbers_that_are_written_in_odd_ways_are_left_to_frictionless(written: dict[str, str]) -> None:
    assert compile_proof(a_field(type="number", **{"decimalChar": ","} | written)) is None


@pytest.mark.parametrize(
    ("cells", "own"),
    [(["1", "-20", "0"], True), (["01"], False), (["-0"], False), (["1", "-01"], False), (["+1"], False)],
)
def test_integers_in_the_one_writing_that_stands_for_their_value(cells: list[str], own: bool) -> None:
    assert canonical_integers(texts(None, *cells)) is own


@pytest.mark.parametrize("pattern", PATTERNS)
def test_re2_says_of_plain_texts_what_python_says(pattern: str) -> None:
    exact = exact_in_re2(pattern)
    if exact is None or parse(pattern) is None:
        return
    cells = [text for text in WORDS if is_plain(text)]
    assert exact.matches(cells) == [re.match(f"^{pattern}$", text) is not None for text in cells]


PIECES = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s", "^", "$", r"\Z", "é", "(?:a|b)", "[^\\d]", ","]
)
GENERATED = st.recursive(
    PIECES,
    lambda inner: st.one_of(
        st.builds("".join, st.lists(inner, min_size=1, max_size=3)),
        st.builds("(?:{})".format, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "*?", "+?", "{0,2}", "{1,3}", "{2}"])),
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(GENERATED, st.lists(st.text(alphabet="ab1é ,\n\u00a0_", max_size=6), min_size=1, max_size=6))
def test_patterns_made_at_random_mean_the_same_in_re2(pattern: str, cells: list[str]) -> None:
    exact, subset = exact_in_re2(pattern), subset_in_re2(pattern)
    assert (exact is None) == (subset is None)
    if exact is None:
        return
    wanted = {cell: re.match(f"^{pattern}$", cell) is not None for cell in cells}
    for cell, found in zip(cells, exact.matches(cells), strict=True):
        assert found == wanted[cell] or (not is_plain(cell) and not found), (pattern, cell)


@settings(max_examples=200, deadline=None)
@given(GENERATED, st.text(alphabet="ab", min_size=30, max_size=200))
def test_a_pattern_that_is_not_run_under_a_clock_comes_to_an_end(pattern: str, cell: str) -> None:
    if parse(pattern) is None or may_explode(pattern):
        return
    found = re.match(f"^{pattern}$", cell + "!")  # without an end, so has the test
    exact = exact_in_re2(pattern)
    assert exact is None or exact.matches([cell + "!"]) == [found is not None], "what comes to an end is right, too"


def test_cells_are_looked_at_where_a_column_begins() -> None:
    cells = Cells.of(texts("x", "ab", "", "cde").slice(1))
    assert (cells.data.tobytes(), cells.lengths.tolist()) == (b"abcde", [2, 0, 3])
    assert len(Cells.of(texts())) == 0
    assert len(Cells.of(texts("", ""))) == 2


def test_cells_that_are_remembered_take_no_more_than_their_bytes() -> None:
    memory = CellMemory(50_000)
    field = a_field(type="object")
    column = Column(field, 1, guarded_reader(field, is_key=False), memory)
    for number in range(1000):
        column.validate(texts("x" * 1000 + str(number)))
        assert memory._held <= 50_000
    assert 0 < len(memory._readings) < 50


@pytest.mark.parametrize("encoding", sorted(BYTEWISE))
def test_an_encoding_of_one_byte_cuts_records_where_ascii_does(encoding: str) -> None:
    ascii_bytes = bytes(range(128))
    assert ascii_bytes.decode(encoding) == ascii_bytes.decode("ascii")
    assert codecs.lookup(encoding).name == encoding
    for code in range(128, 256):
        assert len(bytes([code]).decode(encoding, "replace")) == 1


@pytest.mark.parametrize(
    ("dialect", "encoding", "text"),
    [
        ({"delimiter": ";"}, "cp1252", "a;b\n1;été\n2;€\n"),
        ({"delimiter": ";", "quoteChar": "'"}, "utf-8", "a;b\n1;'x;y'\n2;'l''eau'\n"),
        ({"delimiter": ",", "skipInitialSpace": True}, "utf-8", 'a, b\n1, "x, y"\n2,   z\n'),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_french_dialects_are_proved_and_not_streamed(
    dialect: dict[str, Any], encoding: str, text: str, packed: bool, tmp_path: Path
) -> None:
    path = tmp_path / ("t.csv.gz" if packed else "t.csv")
    path.write_bytes(gzip.compress(text.encode(encoding)) if packed else text.encode(encoding))
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]}
    validation = validate(path, schema, dialect={"csv": {"skipInitialSpace": False} | dialect}, encoding=encoding)
    assert (validation.path, validation.is_valid, validation.rows) == ("proof", True, 2)


def test_a_mark_of_byte_order_after_skipped_spaces_is_part_of_its_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutter, "SIZE", 1)
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n \ufeff2\n", encoding="utf-8")
    control = {"csv": {"delimiter": ",", "skipInitialSpace": True}}
    validation = validate(path, {"fields": [{"name": "a", "type": "integer"}]}, dialect=control)
    assert (validation.path, validation.totals) == ("proof", {("type-error", "a"): 1})


def test_a_last_line_of_skipped_spaces_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n   ")
    control = {"csv": {"delimiter": ",", "skipInitialSpace": True}}
    assert validate(path, {"fields": [{"name": "a"}]}, dialect=control).totals == {("blank-row", None): 1}
