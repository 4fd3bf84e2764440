"""The first look at a row lets nothing through that the strong test would find. Everybody here is invented."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import PersonalValues
from pipelines.privacy.kinds import FIRST_NAMES, kind_of, kinds_of
from pipelines.privacy.multi_value import taken_apart
from pipelines.privacy.normalisation import (
    CELL,
    ROW,
    compact,
    digits,
    fold,
    fold_all,
    fold_rows,
    unmask,
    unmask_all,
)
from pipelines.privacy.prefilter import Rows, Sought, Value
from pipelines.privacy.rows import _read
from pipelines.privacy.search_terms import TEXT, Probe, probes
from pipelines.privacy.sifting import READ_OTHERWISE, readings
from tests.often import in_parts
from tests.privacy.builders import SOLENE

FIELDS = [*SOLENE, "observation", "numero_permis", "message"]
WORDS = ["Le", "D", "Dupont", "Œuvrard", "Île", "de", "12", "44000", "rue", "av", "bis", "maire", "Jean", "x@y.fr", "é"]
WORD = st.sampled_from([*WORDS, *sorted(FIRST_NAMES)[:6]]) | st.text("abéœ19.-@' %", min_size=1, max_size=12)
ONE = st.one_of(
    st.lists(WORD, min_size=1, max_size=14).map(" ".join),
    st.from_regex(r"[a-z]{1,4}[._-][a-z]{1,4}@[a-z-]{1,8}\.(fr|co\.uk)", fullmatch=True),
    st.from_regex(r"[12]\d{3}-[01]\d-\d\d", fullmatch=True),
    st.from_regex(r"(\+33|0)[ .]?[1-9]([ .]?\d){6,8}", fullmatch=True),
    st.sampled_from(sorted(SOLENE.values())),
)
VALUE = (
    st.lists(ONE, min_size=1, max_size=3)
    .flatmap(
        lambda some: st.sampled_from([" / ", ";", ", ", " et ", " & ", "\n", " poste "]).map(
            lambda sign: sign.join(some)
        )
    )
    .map(unmask)
)


def rows_for(probe: Probe) -> list[bytes]:
    """Folded rows in which a probe hits: one for each of its needles, or one with its key."""
    needles = [needle for _, needle in probe.spell()] if probe.spell else [probe.key]
    return [b"\x1f " + b" ".join(needle.replace(b"\x1f", b"").split()) + b" \x1f" for needle in needles]


def sought(own: list[tuple[str, str]]) -> Sought:
    return Sought.of([name for name, _ in own], [value for _, value in own], [len(own)])


def showing(own: list[tuple[str, str]], words: bytes, letters: bytes, numbers: bytes) -> list[Value]:
    """What may show in the only row of a record."""
    return sought(own).showing(Rows([words], [letters], [numbers])).get(0, [])


@in_parts(4)
@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FIELDS), VALUE), min_size=1, max_size=4))
def test_what_a_probe_finds_a_glance_sees(own: list[tuple[str, str]]) -> None:
    own = list(taken_apart(tuple(own)))
    told = [(kind_of(name, value), value, fold(value)) for name, value in own]
    for probe in probes(told):
        for words in rows_for(probe) if probe.form != TEXT else ():
            forms = (words, compact(words), digits(words), b"")
            if not probe.hits(forms):
                continue
            shown = showing(own, *forms[:3])
            assert any(other.hits(forms) for other in probes((kind, value, fold) for _, value, fold, kind in shown))


RAW = st.text("aetou;,@ .:&%20C/poste<>0123456789\u00a0ſéа\n", max_size=14)
RECORDS = st.lists(st.lists(st.tuples(st.sampled_from(FIELDS), VALUE), max_size=4), min_size=1, max_size=5)


@in_parts(3)
@settings(max_examples=100, deadline=None)
@given(RECORDS, st.data())
def test_many_rows_show_what_each_shows_alone(records: list[list[tuple[str, str]]], data: st.DataObject) -> None:
    cells = st.lists(ONE | st.sampled_from([value for own in records for _, value in own] or [""]), max_size=3)
    words = fold_rows([CELL.join(data.draw(cells)) for _ in records])
    rows = Rows(words, [compact(row) for row in words], [digits(row) for row in words])
    ends = [sum(map(len, records[: place + 1])) for place in range(len(records))]
    fields, values = ([pair[part] for own in records for pair in own] for part in (0, 1))
    together = Sought.of(fields, values, ends).showing(rows)
    alone = [showing(own, *(form[row] for form in rows)) for row, own in enumerate(records)]
    assert [together.get(row, []) for row in range(len(records))] == alone


@in_parts(3)
@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from(FIELDS), VALUE | RAW), max_size=4), max_size=5))
def test_cells_are_taken_apart_together_as_one_by_one(records: list[list[tuple[str, str]]]) -> None:
    own = {("s", "0" * 64, "p", place): tuple(values) for place, values in enumerate(records)}
    told = PersonalValues(own)
    assert [told.of([record]) for record in own] == [taken_apart(values) for values in own.values()]


CELLS = st.one_of(
    st.text("ab1+/=<>-\n ._@" + CELL + ROW, max_size=30),
    st.sampled_from(["0" * 40, "amVhbi5kdXBvbnRAZXhhbXBsZS5vcmc=", "a<b>b</b>c", "j e a n d u p o n t", "du-\n pont"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_rows_are_read_together_as_their_cells_are_one_by_one(rows: list[tuple[str, str]]) -> None:
    table = pa.table([[row[column] for row in rows] for column in (0, 1)], ["a", "b"])
    read = [[readings_of(cell) if re.search(READ_OTHERWISE, cell) else cell for cell in row] for row in rows]
    plain = [[re.sub(f"[{CELL}{ROW}]", " ", cell) for cell in row] for row in read]
    joined, may_be_digests = _read(table)
    assert joined.to_pylist() == ["".join(CELL + cell for cell in row) + CELL + ROW for row in plain]
    assert may_be_digests >= {
        place for place, row in enumerate(plain) if re.search(r"\b[0-9a-f]{40}\b", CELL.join(row))
    }


def readings_of(cell: str) -> str:
    return " | ".join(readings(cell))


@given(st.lists(st.tuples(st.sampled_from(FIELDS), VALUE), max_size=5))
def test_kinds_are_told_together_as_one_by_one(own: list[tuple[str, str]]) -> None:
    fields, values = [name for name, _ in own], [value for _, value in own]
    assert kinds_of(fields, values) == [kind_of(name, value) for name, value in own]


@pytest.mark.parametrize("field", SOLENE)
def test_a_row_without_anything_of_a_record_shows_nothing(field: str) -> None:
    words = fold_rows([CELL.join(["Révision du PLU", "44109", "2013-05-03"])])[0]
    assert showing([(field, SOLENE[field])], words, compact(words), b"") == []


@given(
    st.lists(
        st.lists(st.text("aÉœ™ß½ .,'’…\u202f\u00a0ș12", max_size=8), min_size=2, max_size=3), min_size=1, max_size=4
    )
)
def test_rows_are_folded_together_as_their_cells_are_one_by_one(rows: list[list[str]]) -> None:
    width = min(map(len, rows))
    folded = fold_rows([CELL.join(cells[:width]) for cells in rows])
    assert [row.split(b"\x1f")[1:-1] for row in folded] == [fold_all(cells[:width]) for cells in rows]


@given(st.lists(st.text("aÉœ™ß½ .,'’…ș12" + CELL + ROW, max_size=8), max_size=4))
def test_texts_are_folded_together_as_one_by_one(texts: list[str]) -> None:
    assert [text.split() for text in fold_all(texts)] == [fold(text).split() for text in texts]


PIECES = [
    "%20",
    "%25",
    "20",
    "%C3",
    "%A9",
    "&amp;",
    "&am",
    "p;",
    "&#64;",
    "\\u00e9",
    "\\x40",
    "=C3=A9",
    "%0A%1E%0A",
    "Ã©",
    "é",
    "ａ",
    "е",
    "\u0301",
]


@settings(max_examples=400)
@given(
    st.lists(
        st.lists(st.sampled_from(PIECES) | st.text("a@ \n;" + ROW, max_size=3), max_size=5).map("".join), max_size=5
    )
)
def test_texts_are_unmasked_together_as_one_by_one(texts: list[str]) -> None:
    assert unmask_all(texts) == [unmask(text) for text in texts]
