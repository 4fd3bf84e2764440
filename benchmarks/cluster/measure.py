"""What the partitions of a project cost on a cluster of two Ray nodes, beside one machine that makes the same releases.

`python -m benchmarks.cluster.measure [--sources 300] [--rows 200] [--per-run 50] [--write]` makes a project whose towns
come from many sources, lets `arobase release` make it in a folder, then a cluster on this machine (`make cluster`) on a
store, and compares the releases byte for byte. Processor seconds are those of the whole machine, so that no process is
left out that starts and ends meanwhile, servers and Ray's idle ones included: nothing else may run. Starting the
cluster is not counted. `--write` adds a line to `results.md`. Needs `sh scripts/install_cluster.sh`.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.cluster.parts import Cluster, a_cluster
from tests.cluster.checks import KEYS, in_folder, in_store, opened
from tests.cluster.faults import a_project, told, versions, work

RESULTS = Path(__file__).with_name("results.md")
TICKS = os.sysconf("SC_CLK_TCK")
AT_REST = 20
"""Seconds for which the cluster is watched with nothing to do: its servers take as much for as long as they run."""
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
    with tempfile.TemporaryDirectory(prefix="arobase-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o711)
        project = a_project(folder / "p", asked.sources, asked.rows)
        alone, alone_wall = _on_one_machine(project.root, folder / "outputs")
        settings = {"AROBASE_SOURCES_PER_RUN": str(asked.per_run)}
        with a_cluster(folder / "c", project.root, settings) as cluster:
            before = _spent()
            time.sleep(AT_REST)
            resting = (_spent() - before) / AT_REST
            before, begun = _spent(), time.monotonic()
            did = told(work(cluster, "read", "publish"))
            wall = time.monotonic() - begun
            spent = _spent() - before
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


def _on_one_machine(root: Path, outputs: Path) -> tuple[float, float]:
    names = ("AROBASE_", "AWS_", "DAGSTER_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    environment |= {"AROBASE_ROOT": str(root), "AROBASE_OUTPUTS": str(outputs)}
    before, begun = _spent(), time.monotonic()
    command = [sys.executable, "-m", "pipelines.cli", "release"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return _spent() - before, time.monotonic() - begun


def _spent() -> float:
    """The seconds that the machine's processors have worked since it started (proc_stat(5))."""
    words = Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
    user, nice, system, _idle, _waiting, interrupts, soft = (int(word) for word in words[:7])
    return (user + nice + system + interrupts + soft) / TICKS


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
