"""The converter `nombre`: signs between thousands are where thousands are, and a doubtful point is refused."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.mapping.registry import CONVERTERS, Unreadable


@pytest.mark.parametrize(
    ("text", "options", "number"),
    [
        ("1 234,5", {}, "1234.5"),
        ("-1\u202f234\u00a0567,50", {}, "-1234567.50"),
        ("1234567", {}, "1234567"),
        ("+5", {}, "5"),
        ("12.5", {}, "12.5"),
        ("1,250", {}, "1.250"),
        ("1.234,5", {"groupChar": "."}, "1234.5"),
        ("1,500", {"decimalChar": ".", "groupChar": ","}, "1500"),
        ("1'234.5", {"decimalChar": ".", "groupChar": "'"}, "1234.5"),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, options: dict[str, Any], number: str) -> None:
    assert CONVERTERS["nombre"]((text,), options) == number


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("1,5", {"decimalChar": ".", "groupChar": ","}),  # a French decimal: it was read as 15
        ("12.34", {"groupChar": "."}),
        ("12 34", {}),
        ("1234 567", {}),
        ("1\n234", {}),
        ("1.234", {}),  # a thousand, or one
        ("1,2,3", {}),
        ("12 %", {}),
    ],
)
def test_a_number_that_two_people_would_read_apart_is_refused(text: str, options: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        CONVERTERS["nombre"]((text,), options)
