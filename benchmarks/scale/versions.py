"""What one more version costs once there are many: `python -m benchmarks.scale.versions [VERSIONS]` (1,000 by default).

One package of one table and one source; each version changes one cell and goes up to the catalogue, which is not made.
Seconds of processor, medians of `TURNS` versions after ten and after the rest; then `verify` of one version among them.
Each version has a line in the ledger and a leaf in the log.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.scale.projects import many_packages
from pipelines.core.project import Project
from pipelines.pipeline.collect import make_snapshots
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.release import release_of
from pipelines.releases.verify import verify
from tests.pipeline.builders import rewrite

PACKAGE, FIRST, TURNS = "lot-0000", 10, 5
THRESHOLDS = (50_000, 20, 20)
"""When Python looks for what could go: as in `arobase` (`pipelines/cli.py`)."""


def one_more(project: Project, number: int) -> None:
    """Collect, read, assemble and release: all but the catalogue."""
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    rewrite(project, PACKAGE, f"code,nom\nc0,Lieu {number}\n")
    graph = BuildGraph(project)
    outcomes = list(make_snapshots(project, graph.sources_of(PACKAGE), now=lambda: now))
    outcome = release_of(graph, PACKAGE, key=None, now=now)
    if type(outcome).__name__ != "Published":
        sys.exit(f"version {number}: {outcome} {outcomes}")


def verified(project: Project) -> None:
    """Verify the newest version where it stands, beside all others."""
    version = max((project.releases / PACKAGE).glob("[0-9]*"), key=lambda path: path.stat().st_mtime_ns)
    found = verify(version)
    if found.flaws:
        sys.exit(f"{version.name}: {found.flaws}")


def seconds(work: Callable[[], Any]) -> float:
    """Seconds of processor of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main(versions: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = many_packages(Path(folder) / "projet", 1)
        costs: list[tuple[int, float, float]] = []
        made = 0
        print("| versions | one more, s | verify one, s |\n|---:|---:|---:|", flush=True)
        for mark in (FIRST, versions):
            while made < mark:
                one_more(project, made)
                made += 1
            releasing = [seconds(partial(one_more, project, made + turn)) for turn in range(TURNS)]
            made += TURNS
            verifying = [seconds(partial(verified, project)) for _ in range(TURNS)]
            costs.append((mark, median(releasing), median(verifying)))
            print(f"| {mark} | {costs[-1][1]:.3f} | {costs[-1][2]:.3f} |", flush=True)
        (_, release, check), (_, later, check_later) = costs
        print(f"{later / release:.2f} and {check_later / check:.2f} times (bar: 1.2)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale.versions", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("versions", nargs="?", type=int, default=1000)
    gc.set_threshold(*THRESHOLDS)
    main(parser.parse_args().versions)
