"""Files that are in a folder and did not change are looked at where they are; any other is collected."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.sources import Capture, SnapshotStore, Source, collect, collect_many, collecting, latest
from pipelines.sources.rechecking import Rechecking
from pipelines.storage.atomic import ASIDE
from pipelines.storage.locks import Busy, lock, lock_if_free
from tests.sources.builders import MORNING, NOON, a_project, a_shipped_file, a_source, collected, kept_bytes


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A source of one file, which was collected in the morning."""
    made = a_project(tmp_path)
    a_shipped_file(made)
    collected(made, a_source(made, obtained="2025-01-31"))
    return made


def at_noon(project: Project, source: Source | None = None, now: datetime = NOON) -> tuple[Any, bool]:
    """What came of the source among others at noon, and whether it was collected for that."""
    asked: list[str] = []

    def counting(project: Project, source: Source, **more: Any) -> Capture:
        asked.append(source.name)
        return collect(project, source, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(collecting, "collect", counting)
        source = source or a_source(project, obtained="2025-01-31")
        ((_, outcome),) = collect_many(project, [source], now=lambda: now)
    return outcome, bool(asked)


def a_log(project: Project) -> list[dict[str, Any]]:
    return [json.loads(line) for line in SnapshotStore.of(project).log_path("mairie").read_text().splitlines()]


def test_a_file_that_did_not_change_is_only_logged(project: Project) -> None:
    outcome, was_collected = at_noon(project)
    assert not was_collected
    assert (outcome.changed, outcome.checked) == (False, NOON)
    assert [entry["outcome"] for entry in a_log(project)] == ["captured", "unchanged"]
    assert a_log(project)[1].keys() == {"at", "outcome", "connector", "seconds", "state"}
    assert latest(project, "mairie") == outcome


def test_other_bytes_of_the_same_size_and_time_are_collected(project: Project) -> None:
    path = project.sources / "data" / "mairie.csv"
    before = path.stat()
    path.write_text("a,b\n9,9\n", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    outcome, was_collected = at_noon(project, a_source(project, obtained="2025-02-01"))
    assert was_collected
    assert isinstance(outcome, Capture)
    assert kept_bytes(project, outcome, "lignes") == b"a,b\n9,9\n"


@pytest.mark.parametrize(
    "described",
    [
        {"obtained": "2025-02-01"},
        {"obtained": "2025-01-31", "parts": {"autres": {"format": "csv"}}},
        {"obtained": "2025-01-31", "address": "data/copie.csv"},
        {"obtained": "2025-01-31", "parameters": {"export_of": "limesurvey"}},
    ],
)
def test_what_is_described_otherwise_is_collected(project: Project, described: dict[str, Any]) -> None:
    a_shipped_file(project, "copie.csv")
    assert at_noon(project, a_source(project, **described))[1]


def test_bytes_that_are_kept_no_more_are_collected(project: Project) -> None:
    capture = latest(project, "mairie")
    assert capture is not None
    SnapshotStore.of(project).path(capture.parts[0]).unlink()
    outcome, was_collected = at_noon(project)
    assert was_collected
    assert kept_bytes(project, outcome, "lignes") == b"a,b\n1,2\n"


def test_what_a_process_that_died_left_is_cleared_away(project: Project) -> None:
    left = project.snapshots / f"{ASIDE}mairie.x"
    left.mkdir()
    assert at_noon(project)[1]
    assert not left.exists()


def test_a_torn_end_of_the_log_is_cut(project: Project) -> None:
    path = SnapshotStore.of(project).log_path("mairie")
    path.write_bytes(path.read_bytes() + b'{"outcome": "unch')
    at_noon(project)
    assert [entry["outcome"] for entry in a_log(project)] == ["captured", "unchanged"]


def test_a_file_that_is_gone_is_told_of_its_source_alone(project: Project) -> None:
    other = a_source(project, name="autre")
    (project.sources / "data" / "mairie.csv").rename(project.sources / "data" / "autre.csv")
    other = a_source(project, name="autre", address="data/autre.csv")
    outcomes = {s.name: o for s, o in collect_many(project, [a_source(project), other], now=lambda: NOON)}
    assert getattr(outcomes["mairie"], "code", "") == "source-file-absent"
    assert isinstance(outcomes["autre"], Capture)


def test_a_clock_that_went_back_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AROBASE_CLOCK_IS_RIGHT", raising=False)
    source = a_source(project)
    collected(project, source)
    outcome, _ = at_noon(project, source, MORNING - timedelta(days=400))
    assert getattr(outcome, "code", "") == "clock-behind"


def test_what_another_process_logs_meanwhile_is_read(project: Project) -> None:
    at_noon(project)
    path = SnapshotStore.of(project).log_path("mairie")
    entry = a_log(project)[-1] | {"at": "2026-11-23T13:00:00Z"}
    path.write_bytes(path.read_bytes() + json.dumps(entry).encode() + b"\n")
    found = latest(project, "mairie")
    assert found is not None
    assert found.checked == NOON + timedelta(hours=1)


def test_a_source_that_another_process_collects_is_waited_for(project: Project) -> None:
    path = project.snapshots / "locks" / "mairie.lock"
    with lock(path):
        with lock_if_free(path) as is_held:
            assert not is_held
        assert Rechecking(project).unchanged(a_source(project, obtained="2025-01-31"), NOON) is None
    with lock_if_free(path) as is_held:
        assert is_held
        with pytest.raises(Busy), lock(path):
            pass
    with lock(path):
        pass
