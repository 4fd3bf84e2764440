"""What is asked of Dagster on a cluster: every source read in runs of several, then what follows from all of them.

Runs in the environment of a machine of the cluster (`.cluster/`). Prints what it did as one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.execution.backfill import PartitionBackfill
from dagster._core.storage.tags import WILL_RETRY_TAG
from dagster._core.utils import make_new_backfill_id

from pipelines.core.project import Project, root_here, store_here
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import PARTITIONS, RANGE_END, RANGE_START, keep_partitions
from pipelines.orchestration.sources import RECORDS, SNAPSHOTS

POLL, PATIENCE = 0.5, 600.0
OVER = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}


def main(words: list[str]) -> int:
    """`read`, `publish` or both. Exit code 0 when every run, or the run that took its place, went well."""
    report: dict[str, Any] = {}
    with dg.DagsterInstance.get() as instance:
        workspace = Path(instance.root_directory) / "workspace.yaml"
        for word in words:
            with _timed(report, word):
                known = {run.run_id for run in instance.get_runs()}
                wanted: set[str] = set()
                if word == "read":
                    wanted = _read(instance)
                else:
                    _launch(workspace, "publication")
                report[word] = _awaited(instance, known, wanted)
    print(json.dumps(report))
    return 0 if all(report[word]["well"] for word in words) else 1


def _read(instance: dg.DagsterInstance) -> set[str]:
    """Ask for a backfill of every source, as Dagster's pages do: the daemon cuts it into runs of several sources.

    Returns the names of the sources."""
    project = Project.at(root_here())
    keep_partitions(instance, project)
    names = list(instance.get_dynamic_partitions(str(PARTITIONS.name)))
    backfill = PartitionBackfill.from_asset_partitions(
        backfill_id=make_new_backfill_id(),
        asset_graph=build_definitions(project, store_here()).resolve_asset_graph(),
        partition_names=names,
        asset_selection=[SNAPSHOTS, RECORDS],
        backfill_timestamp=time.time(),
        tags={},
        dynamic_partitions_store=instance,
        all_partitions=False,
        title=None,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    return set(names)


def _covered(instance: dg.DagsterInstance, runs: Iterable[dg.DagsterRun]) -> set[str]:
    """The sources that runs are over."""
    names = list(instance.get_dynamic_partitions(str(PARTITIONS.name)))
    found: set[str] = set()
    for run in runs:
        first, last = run.tags.get(RANGE_START), run.tags.get(RANGE_END)
        if first in names and last in names:
            found |= set(names[names.index(first) : names.index(last) + 1])
        found |= {run.tags["dagster/partition"]} if "dagster/partition" in run.tags else set()
    return found


def _launch(workspace: Path, job: str) -> None:
    command = [sys.executable, "-m", "dagster", "job", "launch", "-j", job, "-w", str(workspace)]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(done.stdout[-2000:])


@contextmanager
def _timed(report: dict[str, Any], word: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    report[word]["seconds"] = round(time.monotonic() - begun, 1)


def _awaited(instance: dg.DagsterInstance, known: set[str], wanted: set[str]) -> dict[str, Any]:
    """Wait until there are runs over every source that is wanted, all are over, and no other is to take the place of
    one that died."""
    end = time.monotonic() + PATIENCE
    while True:
        runs = [run for run in instance.get_runs() if run.run_id not in known]
        followed = {run.parent_run_id for run in runs if run.parent_run_id}
        waiting = [
            run for run in runs if run.status not in OVER or (run.run_id not in followed and _may_follow(instance, run))
        ]
        if runs and not waiting and _covered(instance, runs) >= wanted:
            break
        if time.monotonic() > end:
            stuck = ", ".join(f"{run.run_id[:8]} {run.status.value}" for run in waiting) or "no run began"
            raise SystemExit(f"not over after {PATIENCE:.0f} s: {stuck}")
        time.sleep(POLL)
    last = [run for run in runs if run.run_id not in followed]
    statuses = [run.status.value for run in runs]
    return {
        "runs": len(runs),
        "tried again": len(followed),
        "statuses": sorted(statuses),
        "well": all(run.status is dg.DagsterRunStatus.SUCCESS for run in last),
        "failures": [
            text for run in last if run.status is not dg.DagsterRunStatus.SUCCESS for text in _why(instance, run)
        ],
    }


def _may_follow(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether another takes the place of a run: Dagster says so of each that failed, a moment after it did."""
    failed = run.status is dg.DagsterRunStatus.FAILURE and instance.run_retries_enabled
    return failed and run.tags.get(WILL_RETRY_TAG) != "false"


def _why(instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[str]:
    found = []
    for record in instance.all_logs(run.run_id):
        event = record.dagster_event
        if event is not None and event.is_step_failure:
            data = event.step_failure_data.user_failure_data
            found.append(str(data.description) if data is not None else str(event.step_failure_data.error)[:500])
        elif event is not None and event.is_job_failure:
            found.append(str(event.message)[:300])
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
