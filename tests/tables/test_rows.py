"""Text of rows: what is absent in a data frame is absent in a table, and never the name of its mark."""

from __future__ import annotations

from math import nan

import pandas as pd
import pytest

from pipelines.tables.rows import is_absent, joined


@pytest.mark.parametrize("nothing", [None, pd.NA, pd.NaT, nan, pd.Series([None], dtype="Int64")[0]])
def test_every_mark_of_an_absent_value_is_absent(nothing: object) -> None:
    assert is_absent(nothing)
    assert joined([nothing]) is None
    assert joined([nothing, 4, 5]) == "4|5"


@pytest.mark.parametrize("something", ["", "NA", "nan", 0, 0.0, False])
def test_what_looks_like_nothing_is_a_value(something: object) -> None:
    assert not is_absent(something)
