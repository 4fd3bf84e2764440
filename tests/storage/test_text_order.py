"""Texts in the order of their first bytes are in the order of texts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.storage import text_order
from pipelines.storage.sorting import order_of
from pipelines.storage.text_order import by_first_bytes

WORDS = st.text("ab\x00é", max_size=12)


@given(st.sampled_from(["", "a", "éa", "préfixe-"]), st.lists(WORDS, min_size=1), st.integers(0, 3))
def test_the_order_is_that_of_texts_and_of_their_places_where_they_are_equal(
    first: str, words: list[str], start: int
) -> None:
    texts = pa.array([first + word for word in words], pa.string()).slice(min(start, len(words) - 1))
    column = pa.chunked_array([texts])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_order, "ALIKE", 0)
        found = by_first_bytes(column)
    assert found is not None
    assert found.to_pylist() == pc.sort_indices(pa.table([column], ["texts"]), [("texts", "ascending")]).to_pylist()


@given(st.lists(st.text("0123456789", min_size=9, max_size=9)))
def test_the_order_of_texts_of_one_length(words: list[str]) -> None:
    found = by_first_bytes(pa.chunked_array([pa.array(words, pa.string())]))
    assert found is None or found.to_pylist() == sorted(range(len(words)), key=words.__getitem__)


@pytest.mark.parametrize("column", [["a", None, "b"], [1, 2, 3], ["commun-x", "commun-x", "commun-x"]])
def test_other_columns_are_left_to_the_whole_texts(column: list[object]) -> None:
    assert by_first_bytes(pa.chunked_array([pa.array(column)])) is None
    assert by_first_bytes(pa.chunked_array([pa.array(["a"]), pa.array(["b"])])) is None


def test_many_keys_are_in_order_however_they_are_looked_at() -> None:
    numbers = [(number * 7919) % 20_011 for number in range(20_011)]
    for words in ([f"clé {number:07d}" for number in numbers], [f"{number % 5}" for number in numbers]):
        expected = sorted(range(len(words)), key=words.__getitem__)
        assert order_of(pa.table({"key": words})).to_pylist() == expected
