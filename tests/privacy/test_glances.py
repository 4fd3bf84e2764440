"""The first look at a row lets nothing through that the strong test would find. Everybody here is invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy.kinds import FIRST_NAMES, kind_of
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
from pipelines.privacy.prefilter import Sought
from pipelines.privacy.search_terms import TEXT, Probe, probes
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


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FIELDS), VALUE), min_size=1, max_size=4))
def test_what_a_probe_finds_a_glance_sees(own: list[tuple[str, str]]) -> None:
    own = list(taken_apart(tuple(own)))
    told = [(kind_of(name, value), value, fold(value)) for name, value in own]
    for probe in probes(told):
        for words in rows_for(probe) if probe.form != TEXT else ():
            forms = (words, compact(words), digits(words), b"")
            if not probe.hits(forms):
                continue
            shown = sought(own).showing(0, *forms[:3])
            assert any(other.hits(forms) for other in probes((kind, value, fold) for _, value, fold, kind in shown))


@pytest.mark.parametrize("field", SOLENE)
def test_a_row_without_anything_of_a_record_shows_nothing(field: str) -> None:
    words = fold_rows([CELL.join(["Révision du PLU", "44109", "2013-05-03"])])[0]
    assert sought([(field, SOLENE[field])]).showing(0, words, compact(words), b"") == []


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
