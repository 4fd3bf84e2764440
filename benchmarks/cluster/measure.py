"""What the partitions of a project cost on a cluster of two Ray nodes, beside one machine that makes the same releases.

`python -m benchmarks.cluster.measure [--sources 300] [--rows 200] [--per-run 50] [--write]` makes a project whose towns
come from many sources, lets `arobase release` make it in a folder, then a cluster on this machine (`make cluster`) on a
store, and compares the releases byte for byte. Processor seconds are those of a control group of Linux that this
process and all that it starts are put into, so that none is left out that starts and ends meanwhile, servers and Ray's
idle ones included, and nothing else is counted. Starting the cluster is not counted either. `--write` adds a line to
`results.md`. Needs root, to make the group, and `sh scripts/install_cluster.sh`.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scripts.cluster.parts import Cluster, a_cluster
from tests.cluster.checks import KEYS, in_folder, in_store, opened
from tests.cluster.faults import a_project, told, versions, work

RESULTS = Path(__file__).with_name("results.md")
GROUPS = {
    Path("/sys/fs/cgroup/cpuacct"): ("cpuacct.usage", r"(\d+)", 1e9),
    Path("/sys/fs/cgroup"): ("cpu.stat", r"usage_usec (\d+)", 1e6),
}
"""Where a group is made (the first one is version 1), what holds its usage, and how many of its units are a second."""
SETTLED, AT_REST = 40, 30
"""Seconds after which the servers of a new cluster have started, and for which it is then watched with nothing to do:
they take as much for as long as they run."""
HEADER = f"""# What a cluster costs

Each line is written by `python -m benchmarks.cluster.measure --sources … --rows … --per-run … --write`: the whole main
job, its partitions on two Ray nodes of one processor each, PostgreSQL and SeaweedFS on the same machine, beside
`arobase release` in a folder. Releases and catalogue are byte-identical, or nothing is written. Bar: on partitions of 5
CPU seconds or more, at most 25 % more. Seconds are those of both processors, servers and Ray's processes included;
what they take at rest is told apart and not in *more*, for it is by the hour, not by the partition; wall in brackets.
{os.cpu_count()} cores, Python {platform.python_version()}, {versions()}.

| sources | rows | a partition, s | sources a run | runs | one machine, s | cluster, s | of it at rest, s | more \
| more a partition, ms | more a run, s | load before |
|---|---|---|---|---|---|---|---|---|---|---|---|
""".replace("\\\n", "")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.cluster.measure", description=__doc__)
    options.add_argument("--sources", type=int, default=300)
    options.add_argument("--rows", type=int, default=200)
    options.add_argument("--per-run", type=int, default=50)
    options.add_argument("--write", action="store_true")
    asked = options.parse_args()
    load = os.getloadavg()[0]
    with (
        _counted() as spent_by_now,
        tempfile.TemporaryDirectory(prefix="arobase-", ignore_cleanup_errors=True) as made,
    ):
        folder = Path(made)
        folder.chmod(0o711)
        project = a_project(folder / "p", asked.sources, asked.rows)
        alone, alone_wall = _on_one_machine(project.root, folder / "outputs", spent_by_now)
        settings = {"AROBASE_SOURCES_PER_RUN": str(asked.per_run)}
        with a_cluster(folder / "c", project.root, settings) as cluster:
            time.sleep(SETTLED)
            before = spent_by_now()
            time.sleep(AT_REST)
            resting = (spent_by_now() - before) / AT_REST
            before, begun = spent_by_now(), time.monotonic()
            did = told(work(cluster, "read", "publish"))
            wall = time.monotonic() - begun
            spent = spent_by_now() - before
            _same(cluster, folder / "outputs")
    runs = sum(part["runs"] for part in did.values())
    at_rest = resting * wall
    more = spent - at_rest - alone
    row = (
        f"| {asked.sources} | {asked.rows} | {alone / asked.sources:.2f} | {asked.per_run} | {runs} "
        f"| {alone:.1f} ({alone_wall:.0f}) | {spent:.1f} ({wall:.0f}) | {at_rest:.1f} "
        f"| {more / alone:+.0%} | {1000 * more / asked.sources:.0f} | {more / runs:.1f} | {load:.1f} |\n"
    )
    print(row, end="")
    if asked.write:
        before_text = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else HEADER
        RESULTS.write_text(before_text + row, encoding="utf-8")


def _on_one_machine(root: Path, outputs: Path, spent_by_now: Callable[[], float]) -> tuple[float, float]:
    names = ("AROBASE_", "AWS_", "DAGSTER_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    environment |= {"AROBASE_ROOT": str(root), "AROBASE_OUTPUTS": str(outputs)}
    before, begun = spent_by_now(), time.monotonic()
    command = [sys.executable, "-m", "pipelines.cli", "release"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return spent_by_now() - before, time.monotonic() - begun


@contextmanager
def _counted() -> Iterator[Callable[[], float]]:
    """What reads the seconds of processor of this process and all that it starts from here on (cgroups(7))."""
    root = next((place for place in GROUPS if (place / GROUPS[place][0]).is_file()), None)
    if root is None:
        sys.exit("benchmarks.cluster: no control groups of Linux here; they need cpuacct (version 1) or version 2")
    usage, pattern, unit = GROUPS[root]
    group = root / f"arobase-{os.getpid()}"
    group.mkdir()
    (group / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield lambda: int(re.findall(pattern, (group / usage).read_text())[0]) / unit
    finally:
        (root / "cgroup.procs").write_text(str(os.getpid()))
        with suppress(OSError):  # something of the cluster has not ended yet
            group.rmdir()


def _same(cluster: Cluster, outputs: Path) -> None:
    """Exits with a sentence when a file of the store is not that of the folder."""
    os.environ.update({name: cluster.environment[name] for name in KEYS})
    store, _ = opened(cluster)
    for place in ("releases", "catalogue"):
        theirs, ours = in_store(store, place), in_folder(outputs / place)
        wrong = sorted(name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name))
        if wrong or not ours:
            sys.exit(f"benchmarks.cluster: nothing was written, {place} differ: {wrong[:10]}")


if __name__ == "__main__":
    main()
