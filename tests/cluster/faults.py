"""What befalls a cluster: a machine, a run, the head of Ray, a connection of PostgreSQL or the store is killed.

`python -m tests.cluster.faults [--moments 20] [--seed 1] [--write]` kills at seeded moments, each in work of its own,
and says how much later than undisturbed each was done, whether a run was stuck, and whether anything is half visible.
At the end every version has to be that of one machine that did the same work in a folder, byte for byte. A minute or
two for each moment, so that it is run by hand; `--write` writes `benchmarks/cluster/moments.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.sources.many import a_project_of, towns
from pipelines.core.project import Project
from scripts.cluster.parts import BIN, NODES, ROOT, Cluster, a_cluster, command_of, descendants
from tests.cluster.checks import KEYS, arobase, half_results, in_folder, in_store, on_one_machine, opened, published
from tests.pipeline.builders import rewrite

SOURCES, ROWS = 6, 20
SETTINGS = {"AROBASE_SOURCES_PER_RUN": "2", "AROBASE_STORE_PATIENCE": "120"}
"""SeaweedFS takes up to 20 seconds to start again beside nothing else, and longer on a busy machine."""
LATEST = 120
"""How many seconds later than undisturbed the work may be done."""
REPORT = ROOT / "benchmarks" / "cluster" / "moments.md"


def a_project(folder: Path, sources: int = SOURCES, rows: int = ROWS) -> Project:
    """Towns of several sources, each with a personal value that no release holds."""
    project = a_project_of(folder, sources, rows)
    shutil.rmtree(project.schemas / "bilan")  # its table is made by a function of the tests, which no machine knows
    return project


def change(project: Project, mark: str, sources: int = SOURCES, rows: int = ROWS) -> None:
    """Every source of towns answers something new."""
    for number in range(sources):
        rewrite(project, f"villes-{number:03d}", towns(number, rows, mark))


def work(cluster: Cluster, *words: str) -> subprocess.Popen[str]:
    """`read`, `publish` on the cluster, as an operator asks for it from a machine beside."""
    command = [str(BIN / "python"), "-m", "scripts.cluster.work", *words]
    return subprocess.Popen(
        command, env=cluster.environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def told(running: subprocess.Popen[str], *, well: bool = True) -> dict[str, Any]:
    """What the work says that it did; asserts that it went as it was to go, and that no run was left under way."""
    output, errors = running.communicate(timeout=900)
    assert output, errors[-3000:]
    found: dict[str, Any] = json.loads(output)
    assert (running.returncode == 0) == well, found
    return found


def _kill_one(pids: list[int]) -> bool:
    """Whether one of them was there still; connections live for a few milliseconds."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def kill_a_run(cluster: Cluster) -> bool:
    return _kill_one([pid for name in NODES for pid in cluster.runs_of_node(name)])


def kill_a_node(cluster: Cluster) -> bool:
    busy = [name for name in NODES if cluster.runs_of_node(name)]
    for name in busy[:1]:
        cluster.parts[name].kill()
    return bool(busy)


def kill_the_head(cluster: Cluster) -> bool:
    is_busy = any(cluster.runs_of_node(name) for name in NODES)
    if is_busy:
        cluster.parts["head"].kill()
    return is_busy


def kill_a_connection(cluster: Cluster) -> bool:
    """The server's process of a connection: PostgreSQL then ends all others too, and recovers."""
    process = cluster.parts["postgres"].process
    found = descendants(process.pid) if process is not None else []
    log, seen = cluster.parts["postgres"].log, "terminated by signal 9"
    before = log.read_text(encoding="utf-8", errors="replace").count(seen)
    if not _kill_one([pid for pid in found if "127.0.0.1(" in command_of(pid)]):
        return False
    time.sleep(1)  # one that was about to end by itself is no fault
    return log.read_text(encoding="utf-8", errors="replace").count(seen) > before


def kill_the_store(cluster: Cluster) -> bool:
    is_busy = any(cluster.runs_of_node(name) for name in NODES)
    if is_busy:
        cluster.parts["store"].kill()
    return is_busy


FAULTS: dict[str, Callable[[Cluster], bool]] = {
    "run": kill_a_run,
    "node": kill_a_node,
    "connection": kill_a_connection,
    "store": kill_the_store,
    "head": kill_the_head,
}


class Disturber(threading.Thread):
    """Strikes once for each fault, `pause` seconds after there is something to strike at, `between` the faults."""

    def __init__(self, cluster: Cluster, faults: list[str], *, pause: float = 2.0, between: float = 12.0) -> None:
        super().__init__(daemon=True)
        self.cluster, self.faults, self.pause, self.between = cluster, faults, pause, between
        self.struck: list[str] = []
        self._ends = threading.Event()

    def run(self) -> None:
        for number, name in enumerate(self.faults):
            self._ends.wait(self.between if number else 0)
            while not self._ends.is_set() and not any(self.cluster.runs_of_node(node) for node in NODES):
                self._ends.wait(0.2)
            self._ends.wait(self.pause)
            while not self._ends.is_set() and not FAULTS[name](self.cluster):
                self._ends.wait(0.02)
            if not self._ends.is_set():
                self.struck.append(name)

    def end(self) -> list[str]:
        self._ends.set()
        self.join(10)
        return self.struck


@dataclass(frozen=True)
class Moment:
    """What came of one moment. `later`: seconds beyond undisturbed work; `wrong`: what is not as it has to be."""

    fault: str
    pause: float
    is_struck: bool
    later: float
    again: int
    wrong: tuple[str, ...]

    def row(self, number: int) -> str:
        when = f"{self.pause:.0f}" if self.is_struck else f"{self.pause:.0f}, too late to strike"
        return (
            f"| {number} | {self.fault} | {when} | {self.later:+.0f} | {self.again} | {'; '.join(self.wrong) or '–'} |"
        )


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.cluster.faults", description=__doc__)
    options.add_argument("--moments", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--write", action="store_true")
    asked = options.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory(prefix="arobase-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o711)
        project = a_project(folder / "p")
        with a_cluster(folder / "c", project.root, SETTINGS) as cluster:
            os.environ.update({name: cluster.environment[name] for name in (*KEYS, *SETTINGS)})
            undisturbed = _undisturbed(cluster, project, folder / "outputs")
            print(f"undisturbed: {undisturbed:.0f} s", flush=True)
            moments = []
            for number in range(asked.moments):
                name, pause = list(FAULTS)[number % len(FAULTS)], chance.uniform(0, 0.6 * undisturbed)
                change(project, f"-{number}")
                moments.append(_moment(cluster, name, pause, undisturbed))
                print(moments[-1].row(number + 1), flush=True)
                on_one_machine(project, folder / "outputs")
            different = _different(cluster, folder / "outputs" / "releases")
    told = _report(moments, undisturbed, different, asked.seed)
    print(told)
    if asked.write:
        REPORT.write_text(told, encoding="utf-8")
    return 1 if different or any(moment.wrong for moment in moments) else 0


def _undisturbed(cluster: Cluster, project: Project, outputs: Path) -> float:
    """The seconds of work that nothing befalls, once a first one has begun the history."""
    told(work(cluster, "read", "publish"))
    on_one_machine(project, outputs)
    change(project, "-calme")
    begun = time.monotonic()
    told(work(cluster, "read", "publish"))
    seconds = time.monotonic() - begun
    on_one_machine(project, outputs)
    return seconds


def _moment(cluster: Cluster, name: str, pause: float, undisturbed: float) -> Moment:
    versions, begun = len(published(opened(cluster)[0])), time.monotonic()
    disturber = Disturber(cluster, [name], pause=pause)
    disturber.start()
    running = work(cluster, "read", "publish")
    output, errors = running.communicate(timeout=900)
    later = time.monotonic() - begun - undisturbed
    is_struck = bool(disturber.end())
    done = json.loads(output) if output else {}
    wrong = [" ".join(text.split())[:160] for part in done.values() for text in part["failures"]]
    if running.returncode or not done:
        wrong.append("asked again by hand" if done else " ".join(errors.split())[-160:])
        told(work(cluster, "read", "publish"))  # as an operator does; the history goes on
    if later > LATEST:
        wrong.append(f"later than {LATEST} s")
    store, private = opened(cluster)
    if len(published(store)) != versions + 1:
        wrong.append(f"{len(published(store)) - versions} versions")
    wrong += [f"half there: {name}" for name in half_results(private)]
    if "intact" not in arobase(cluster, "verify"):
        wrong.append("not sound")
    return Moment(name, pause, is_struck, later, sum(part["tried again"] for part in done.values()), tuple(wrong))


def _different(cluster: Cluster, releases: Path) -> list[str]:
    """The files of all versions that are not those of one machine."""
    theirs, ours = in_store(opened(cluster)[0], "releases"), in_folder(releases)
    return sorted(name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name))


def _report(moments: list[Moment], undisturbed: float, different: list[str], seed: int) -> str:
    struck = [moment for moment in moments if moment.is_struck]
    sound = not different and not any(moment.wrong for moment in moments)
    rows = [moment.row(number) for number, moment in enumerate(moments, start=1)]
    latest = max((moment.later for moment in struck), default=0)
    result = "Nothing was lost, half visible or stuck; every version is that of one machine, byte for byte."
    if not sound:
        result = f"Not as it has to be. Files that are not those of one machine: {different[:20] or 'none'}."
    command = f"python -m tests.cluster.faults --moments {len(moments)} --seed {seed} --write"
    machine = f"{os.cpu_count()} cores, shared with other work; Python {platform.python_version()}, {versions()}"
    done = f"{len(struck)} of {len(moments)} struck, done at most {latest:+.0f} s later (bar: {LATEST} s)"
    text = f"""# A cluster, killed at seeded moments

Written by `{command}`: {SOURCES} sources of {ROWS} rows, two a run, read and
published anew for each moment on two Ray nodes of one processor each, with PostgreSQL and SeaweedFS on the same
machine. Something is killed with signal 9 so many seconds after the first run has begun, and started again as systemd
would. {machine}.

Undisturbed: {undisturbed:.0f} s. {done}.
{result}

| | killed | after, s | later, s | runs tried again | wrong |
|---:|---|---:|---:|---:|---|
"""
    return text + "\n".join(rows) + "\n"


def versions() -> str:
    """What the cluster runs, as its lock pins it."""
    lock = (ROOT / "deploy" / "ray" / "requirements.lock").read_text(encoding="utf-8")
    return ", ".join(re.findall(r"^((?:dagster|dagster-ray|ray|obstore)==\S+)", lock, re.MULTILINE)).replace("==", " ")


if __name__ == "__main__":
    sys.exit(main())
