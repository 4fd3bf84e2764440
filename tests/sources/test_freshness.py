"""How old records are, against the cadence of their source."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.sources.freshness import duration, freshness
from tests.sources.builders import MORNING, a_project, a_shipped_file, a_source, collected


@pytest.mark.parametrize(
    ("text", "hours"),
    [("P1D", 24), ("PT6H", 6), ("P2W", 336), ("P1Y", 8766), ("P1M", 730.5), ("P1DT1H30M", 25.5), ("PT90S", 0.025)],
)
def test_a_duration_is_what_iso_8601_says(text: str, hours: float) -> None:
    assert duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["P", "1D", "PT", "P1H"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        duration(text)


def test_a_source_is_late_when_half_its_cadence_more_has_passed_since_it_was_asked(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    source = a_source(project, cadence="P1D")
    assert freshness(source, None, MORNING).is_late
    capture = collected(project, source)
    assert not freshness(source, capture, MORNING + timedelta(hours=36)).is_late
    late = freshness(source, capture, MORNING + timedelta(hours=37))
    assert (late.is_late, late.age, late.unchecked) == (True, timedelta(hours=37), timedelta(hours=37))


def test_a_shipped_file_and_a_source_without_a_cadence_are_never_late(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    shipped = a_source(project, cadence="P1D", obtained="2020-01-01")
    assert not freshness(shipped, collected(project, shipped), MORNING).is_late
    free = a_source(project, name="libre")
    assert not freshness(free, None, MORNING).is_late
