"""Converters and readings are found by their files, and a name belongs to one of them."""

from __future__ import annotations

import pytest

from pipelines.core.registry import NameTaken
from pipelines.mapping.registry import CONVERTERS, READINGS, converter, reading


def test_every_converter_and_reading_of_the_folder_is_registered() -> None:
    assert "arobases" in CONVERTERS
    assert "territoire" in READINGS


def test_two_converters_or_readings_of_one_name_are_refused() -> None:
    assert READINGS
    with pytest.raises(NameTaken, match='"arobases" is given to a converter twice'):
        converter("arobases")(lambda texts, options: "")
    with pytest.raises(NameTaken, match='"territoire" is given to a reading twice'):
        reading("territoire")(lambda project, options: lambda texts: {})


def test_a_converter_may_be_registered_again_by_its_own_file() -> None:
    name, function = next(iter(CONVERTERS.items()))
    assert converter(name)(function) is function
