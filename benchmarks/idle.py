"""What nothing to do costs: `python -m benchmarks.idle [--rounds 3]`, on a machine that does nothing else.

In a copy of this project: the main job with nothing changed, by command and in Dagster, `dg check defs`, and how long
`dagster dev` takes to answer on its port. The bars are those of two idle cores; exit code 1 where one is not met. Wall
and processor seconds of the best round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
BARS = {"arobase release": 2.0, "the main job in Dagster": 6.0, "dg check defs": 4.0, "dagster dev": 6.0}
LONGEST = 300.0
RUN = """
import dagster as dg
from pipelines.core.project import Project
from pipelines.definitions import defs
from pipelines.orchestration.partitions import all_sources

with dg.DagsterInstance.get() as instance:
    tags = all_sources(instance, Project.here())
    run = defs.resolve_job_def("tout").execute_in_process(instance=instance, tags=tags)
    shown = instance.get_run_stats(run.run_id)
    print(shown.end_time - shown.start_time)
"""
Measured = tuple[float, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="arobase-idle-") as folder:
        project = a_copy(Path(folder) / "project")
        command("arobase", "release", folder=project)  # the first makes everything
        measures: dict[str, Callable[[], Measured]] = {
            "arobase release": lambda: command("arobase", "release", folder=project),
            "the main job in Dagster": lambda: dagster_run(project),
            "dg check defs": lambda: command("dg", "check", "defs", folder=project),
            "dagster dev": lambda: first_answer(project, Path(folder)),
        }
        dagster_run(project)  # the first tells Dagster of every source
        print("| nothing to do | wall (s) | processor (s) | bar (s) |\n|---|---:|---:|---:|")
        missed = False
        for name, measure in measures.items():
            wall, processor = min(measure() for _ in range(rounds))
            missed |= wall > BARS[name]
            print(f"| `{name}` | {wall:.1f} | {processor:.1f} | {BARS[name]:.0f} |", flush=True)
    return 1 if missed else 0


def a_copy(folder: Path) -> Path:
    """The project with its code as it is here, and outputs of its own."""
    ignored = shutil.ignore_patterns("outputs", ".git", ".venv", "build", "__pycache__", ".*cache")
    shutil.copytree(REPOSITORY, folder, ignore=ignored, symlinks=True)
    return folder


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AROBASE_", "DAGSTER_"))}
    home = folder / ".dagster"
    home.mkdir(exist_ok=True)
    return {**kept, "AROBASE_ROOT": str(folder), "DAGSTER_HOME": str(home), "PATH": f"{BIN}{os.pathsep}{kept['PATH']}"}


def command(*words: str, folder: Path) -> Measured:
    """Wall and processor seconds of a command that has to succeed."""
    began, before = time.perf_counter(), os.times()
    subprocess.run(words, cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL, check=True, timeout=LONGEST)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, spent


def dagster_run(project: Path) -> Measured:
    """Seconds of a run over every source, as Dagster's pages show them, and the processor seconds of its process."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=LONGEST,
    )
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return float(done.stdout), spent


def first_answer(project: Path, folder: Path) -> Measured:
    """Seconds until the web page answers; the whole group of processes ends with it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["dagster", "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    began, before = time.perf_counter(), os.times()
    with (folder / "dev.log").open("wb") as log:
        running = subprocess.Popen(
            words, cwd=project, env=environment(project), stdout=log, stderr=log, start_new_session=True
        )
        try:
            while not _answers(port):
                if running.poll() is not None or time.perf_counter() - began > LONGEST:
                    raise SystemExit(f"dagster dev gave no answer: {(folder / 'dev.log').read_text()[-2000:]}")
                time.sleep(0.05)
            wall = time.perf_counter() - began
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(timeout=LONGEST)
    after = os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
