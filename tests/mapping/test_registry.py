"""Converters and readings are found by their files, and a name belongs to one of them."""

from __future__ import annotations

import pytest

from pipelines.mapping.registry import converter, converters, reading, readings


def test_every_converter_and_reading_of_the_folder_is_registered() -> None:
    assert "arobases" in converters()
    assert "territoire" in readings()


def test_two_converters_or_readings_of_one_name_are_refused() -> None:
    assert readings()
    with pytest.raises(TypeError, match="two converters are called 'arobases'"):
        converter("arobases")(lambda texts, options: "")
    with pytest.raises(TypeError, match="two readings are called 'territoire'"):
        reading("territoire")(lambda project, options: lambda texts: {})


def test_a_converter_may_be_registered_again_by_its_own_file() -> None:
    name, function = next(iter(converters().items()))
    assert converter(name)(function) is function
