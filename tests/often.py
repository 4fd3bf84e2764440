"""Properties that every run of the tests tries a part of, and the heavy target all the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def in_parts(parts: int) -> Callable[[Any], Any]:
    """A property that is tried so many times over, with other examples each time: once for every run of the tests, the
    other times for the heavy one alone."""
    places = [0, *(pytest.param(place, marks=pytest.mark.heavy) for place in range(1, parts))]

    def parted(test: Any) -> Any:
        return pytest.mark.usefixtures("part")(pytest.mark.parametrize("part", places, indirect=True)(test))

    return parted
