"""A deletion of personal values between two steps of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import all_sources
from pipelines.orchestration.triggers import EVERYTHING
from pipelines.orchestration.workspace import Workspace
from pipelines.pipeline.retention import delete

Step = Callable[..., Iterator[Any]]


def released(project: Project, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = build_definitions(project).resolve_job_def(EVERYTHING)
    return job.execute_in_process(instance=instance, tags=all_sources(instance, project), raise_on_error=False)


@pytest.mark.parametrize("step", [2, 4, 6])
def test_it_is_told_in_words_and_nothing_is_published(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, step: int
):
    """`step`: how many steps end before the deletion."""
    made, running = [0], Workspace.run

    def run(self: Workspace, events: Step, **more: Any) -> Iterator[Any]:
        made[0] += 1
        if made[0] == step + 1:
            delete(project, now=datetime(2026, 12, 1, tzinfo=UTC), whole=True)
        yield from running(self, events, **more)

    monkeypatch.setattr(Workspace, "run", run)
    result = released(project, instance)
    failed = [item.step_failure_data.user_failure_data for item in result.all_events if item.is_step_failure]
    assert failed
    for item in failed:
        assert item is not None
        assert "Relancez toute l'exécution" in str(item.description)
    assert not (project.releases / "villes" / "1.0.0").exists()
