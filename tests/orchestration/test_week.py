"""A week of schedules and sensors on a simulated clock, over few sources: nothing lost, doubled or stuck.

`python -m benchmarks.week` lives the same week over 200 sources.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.week.report import report
from benchmarks.week.week import Week, live

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    return live(tmp_path_factory.mktemp("week"), sources=21, packages=2, days=7, seed=18)


def test_nothing_was_lost_doubled_or_stuck(week: Week) -> None:
    assert week.amiss == []


def test_the_week_had_its_deliveries_faults_and_releases(week: Week) -> None:
    assert {run.asked_by for run in week.runs} >= {"chaque_jour", "boite_de_depot", "conservation_chaque_jour"}
    assert any(not run.succeeded for run in week.runs), "a week without a failed run tries nothing"
    assert len(week.events) == 6
    assert min(day.runs for day in week.days) >= 3, "two releases a day, and the retention"
    assert week.days[-1].versions > week.days[0].versions


def test_people_were_told_of_each_fault_and_of_its_end(week: Week) -> None:
    assert week.alerts["run-failed (open)"] >= 3
    assert week.alerts["source-late (open)"] >= 1
    assert week.alerts["run-failed (ended)"] > 0


def test_memory_and_disk_do_not_grow_with_the_days(week: Week) -> None:
    second, last = week.days[1], week.days[-1]
    assert last.memory < second.memory * 1.3
    assert last.disk - second.disk < 5 * (second.disk), "what a day adds is its versions"


def test_its_report_names_what_happened(week: Week) -> None:
    text = report(week, 21, 2)
    assert "Nothing was lost, doubled or stuck." in text
    assert all(event in text for event in week.events)


def test_what_is_lost_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same week with a project that forgets a delivery."""
    from pipelines.pipeline import collect

    monkeypatch.setattr(collect, "deliveries", lambda _project, _name: [])
    week = live(tmp_path, sources=6, packages=1, days=1, seed=1)
    assert any("rows lost" in what for what in week.amiss)
