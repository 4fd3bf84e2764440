"""The job that keeps disk and history bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import yaml
from dagster._core.instance.config import dagster_instance_config

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.cleaning import CLEAN, forget_runs
from tests.pipeline.builders import first_run
from tests.pipeline.test_cleaning import kept, three_answers

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_job_deletes_what_may_go_and_no_more(project: Project, instance: dg.DagsterInstance) -> None:
    first_run(project)
    released, between, last = three_answers(project)
    job = build_definitions(project).resolve_job_def(CLEAN)
    config = {"ops": {"delete_old": {"config": {"answers": 1}}}}
    assert job.execute_in_process(instance=instance, run_config=config).success
    assert kept(project) >= {released, last}
    assert between not in kept(project)


def test_runs_that_ended_long_ago_go_with_their_events(instance: dg.DagsterInstance) -> None:
    @dg.job
    def nothing() -> None:
        pass

    done = nothing.execute_in_process(instance=instance)
    beside = nothing.execute_in_process(instance=instance)
    now = datetime.now(UTC)
    assert forget_runs(instance, now - timedelta(days=1)) == 0
    assert forget_runs(instance, now + timedelta(days=1), beside=beside.run_id) == 1
    assert instance.get_run_by_id(done.run_id) is None
    assert instance.all_logs(done.run_id) == []
    assert instance.get_run_by_id(beside.run_id) is not None


def test_the_settings_that_ship_are_those_of_dagster(tmp_path: Path) -> None:
    text = (REPOSITORY / "dagster.yaml").read_text(encoding="utf-8")
    (tmp_path / "dagster.yaml").write_text(text, encoding="utf-8")
    config, _ = dagster_instance_config(str(tmp_path))
    assert (
        config["retention"]["sensor"]["purge_after_days"]["skipped"]
        == yaml.safe_load(text)["retention"]["sensor"]["purge_after_days"]["skipped"]
    )
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.telemetry_enabled is False
