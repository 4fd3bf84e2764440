"""A table that is added to a project while Dagster has its definitions from before."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import all_sources
from pipelines.orchestration.triggers import EVERYTHING


def test_the_run_asks_for_the_definitions_to_be_reloaded_and_then_goes_well(
    project: Project, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def released(definitions: dg.Definitions) -> dg.ExecuteInProcessResult:
        job = definitions.resolve_job_def(EVERYTHING)
        return job.execute_in_process(instance=instance, tags=all_sources(instance, project), raise_on_error=False)

    definitions = build_definitions(project)
    file = tmp_path / "more.csv"
    file.write_text("code;nom\nA;Alpha\nB;Beta\n", encoding="utf-8")
    monkeypatch.setenv("AROBASE_ROOT", str(project.root))
    for words in (
        ["tables", "new", str(file), "--package", "villes", "--name", "autres"],
        ["init", str(project.root), "--accept"],
    ):
        assert CliRunner().invoke(commands, words).exit_code == 0
    result = released(definitions)
    (failed,) = [item.step_failure_data.user_failure_data for item in result.all_events if item.is_step_failure]
    assert failed is not None
    assert "« villes/autres »" in str(failed.description)
    assert "rechargez d'abord les définitions" in str(failed.description)
    assert released(build_definitions(project)).success
