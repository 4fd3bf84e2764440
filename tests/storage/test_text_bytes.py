"""Which signs stand in no text of a column, told by its bytes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.storage.text_bytes import BLOCK, count_of, has_sign, may_begin_with

TEXTS = st.lists(st.text("ab=\n\x00é", max_size=4) | st.none(), max_size=8)


@given(TEXTS, st.integers(0, 8), st.integers(0, 8), st.sampled_from([pa.string(), pa.large_string()]))
def test_a_sign_is_found_in_the_texts_of_a_slice_and_in_no_other(
    texts: list[str | None], start: int, length: int, kind: pa.DataType
) -> None:
    some = pa.array(texts, kind).slice(start, length)
    words = [text for text in some.to_pylist() if text]
    for sign in "=\n\x00":
        assert has_sign(some, sign) == any(sign in text for text in words)
        begins = any(text.startswith(sign) for text in words)
        assert may_begin_with(some, sign.encode()) or not begins


@pytest.mark.parametrize("texts", [[], [""], [None], ["", ""]])
def test_nothing_is_found_where_nothing_stands(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.string())
    assert not has_sign(column, "a")
    assert not may_begin_with(column, b"a")


def test_a_sign_within_a_text_begins_none() -> None:
    assert not may_begin_with(pa.array(["a=b", "", "c"]), b"=")
    assert may_begin_with(pa.array(["a=b", "=", "c"]), b"=")


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5])
def test_bytes_are_counted_in_all_blocks(size: int) -> None:
    data = np.frombuffer((b"a\n" * size)[:size], np.uint8)
    assert count_of(data, ord("\n")) == size // 2
    texts = pa.array(["a" * size + "\n"], pa.string())
    assert has_sign(texts, "\n")
    assert not has_sign(texts, ";")
