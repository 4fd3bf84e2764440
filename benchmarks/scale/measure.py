"""What the main job costs as projects grow: `python -m benchmarks.scale.measure [--share N] [--write] [CASE ...]`.

Cases: `table` (1 M rows with a foreign key, beside the same work by hand with Polars), `personal` (the same with two
personal fields), `huge` (20 M rows within 6 GB), `hundred` (100 M rows within 8 GB, with the disk that they take, and
DuckDB's own sort of the file), `again` (a second version of 20 M rows, of which 1 % changed), `sources` (300 and
3,000 sources of 60,000 rows in all, first and unchanged), `packages` (300, nothing changed), `versions` (10 and 1,000
versions of a package, catalogue and all; without it: `benchmarks.scale.versions`). `--share 10` runs a tenth of each.
Every run is a process of its own: wall, processor and peak memory are the operating system's (`wait4`). POSIX only.
The code is compiled before, as any run but the first of an installation finds it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from benchmarks.scale.projects import change_rows, large_table, many_packages, many_sources
from pipelines.core.project import Project
from tests.pipeline.builders import obtained_later, rewrite

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Cost:
    """One process: seconds of wall and of processor, peak megabytes (10⁶ bytes)."""

    what: str
    wall: float
    processor: float
    memory: float

    def line(self) -> str:
        return f"| {self.what} | {self.wall:.1f} | {self.processor:.1f} | {self.memory:.0f} |"


def cost_of(what: str, words: list[str], project: Project | None = None, memory: str = "") -> Cost:
    """Run a command of this Python. Exits when it fails: a figure of something that went wrong says nothing."""
    variables = {"PYTHONPATH": str(ROOT)} | ({"AROBASE_ROOT": str(project.root)} if project else {})
    variables |= {"AROBASE_MEMORY": memory} if memory else {}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.monotonic()
    job = subprocess.Popen([sys.executable, *words], env={**kept, **variables}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(job.pid, 0)
    job.returncode = os.waitstatus_to_exitcode(status)
    if job.returncode:
        sys.exit(f"{what}: ended with {job.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    cost = Cost(what, time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)
    print(cost.line(), flush=True)
    return cost


def main_job(what: str, project: Project, memory: str = "") -> Cost:
    return cost_of(what, ["-m", "pipelines.cli", "release"], project, memory)


@contextmanager
def disk_watched(folder: Path) -> Iterator[list[int]]:
    """Bytes that were taken of the folder's disk at the most: files without a name too, which a folder does not show.
    Nobody else may write there meanwhile."""
    before, taken, is_over = shutil.disk_usage(folder).used, [0], Event()

    def watch() -> None:
        while not is_over.wait(0.5):
            taken[0] = max(taken[0], shutil.disk_usage(folder).used - before)

    watching = Thread(target=watch)
    watching.start()
    try:
        yield taken
    finally:
        is_over.set()
        watching.join()


def of_hundred(folder: Path, share: int) -> list[Cost]:
    project = large_table(folder / "projet", 100_000_000 // share, personal=False)
    data = project.sources / "data" / "grand.csv"
    words, size = f"{100_000_000 // share:,} rows", data.stat().st_size
    with disk_watched(folder) as taken:
        ours = main_job(f"main job, {words}", project, "8G")
    shutil.rmtree(project.outputs)
    theirs = cost_of(f"DuckDB's sort, {words}", ["-m", "benchmarks.scale.by_duckdb", str(data), str(folder), "8G"])
    print(
        f"{words}: {ours.wall / theirs.wall:.1f} times the time of DuckDB's sort, its disk {taken[0] / size:.1f} times"
    )
    return [ours, theirs]


def of_table(
    folder: Path, share: int, *, rows: int = 1_000_000, personal: bool = False, memory: str = ""
) -> list[Cost]:
    project = large_table(folder / "projet", rows // share, personal=personal)
    words = f"{rows // share:,} rows" + (", 2 personal fields" if personal else "")
    ours = main_job(f"main job, {words}", project, memory)
    data = project.sources / "data"
    by_hand = ["-m", "benchmarks.scale.by_hand", str(data / "grand.csv"), str(data / "villes.csv"), str(folder)]
    theirs = cost_of(f"the same by hand with Polars, {words}", by_hand)
    print(f"{words}: {ours.processor / theirs.processor:.1f} times Polars' processor time", flush=True)
    return [ours, theirs]


def of_second_version(folder: Path, share: int) -> list[Cost]:
    """What the release stage alone takes for it beside writing its table: `benchmarks.releases.second_version`."""
    rows = 20_000_000 // share
    project = large_table(folder / "projet", rows, personal=False)
    first = main_job(f"main job, {rows:,} rows, first version", project)
    change_rows(project.sources / "data" / "grand.csv")
    obtained_later(project.sources / "grand.yaml")
    return [first, main_job(f"main job, {rows:,} rows, 1 % changed", project)]


def of_sources(folder: Path, share: int) -> list[Cost]:
    found = []
    for number in (300 // share, 3000 // share):
        project = many_sources(folder / str(number), number, 60_000 // share)
        found.append(main_job(f"{number} sources, first", project))
        found.append(main_job(f"{number} sources, unchanged", project))
    return found


def of_packages(folder: Path, share: int) -> list[Cost]:
    number = 300 // share
    project = many_packages(folder / "projet", number)
    return [main_job(f"{number} packages, {which}", project) for which in ("first", "nothing changed")]


def of_versions(folder: Path, share: int) -> list[Cost]:
    """Each version is a run of its own; the ledger and the log grow with them."""
    project, found = many_packages(folder / "projet", 1), []
    marks = (10, max(20, 1000 // share))
    for version in range(marks[-1] + 1):
        rewrite(project, "lot-0000", f"code,nom\nc0,Lieu {version}\n")
        if version in marks:
            found.append(main_job(f"one more version after {version}", project))
        else:
            cost_of(f"version {version}", ["-m", "pipelines.cli", "release", "lot-0000"], project)
    return found


def compile_all() -> None:
    """Compile the code and the templates of pages: by a run of a small project."""
    with tempfile.TemporaryDirectory() as folder:
        main_job("a small project, which compiles the code", many_packages(Path(folder) / "projet", 1))


CASES: dict[str, Callable[[Path, int], list[Cost]]] = {
    "table": of_table,
    "personal": lambda folder, share: of_table(folder, share, personal=True),
    "huge": lambda folder, share: of_table(folder, share, rows=20_000_000, memory="6G"),
    "hundred": of_hundred,
    "again": of_second_version,
    "sources": of_sources,
    "packages": of_packages,
    "versions": of_versions,
}


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--share", type=int, default=1, help="run one part in so many of each case")
    parser.add_argument("--write", action="store_true", help="keep the figures in results.md beside this file")
    asked = parser.parse_args(words)
    lines = ["| | wall, s | processor, s | peak memory, MB |", "|---|---|---|---|"]
    compile_all()
    for name in asked.cases or CASES:
        with tempfile.TemporaryDirectory() as folder:
            lines += [cost.line() for cost in CASES[name](Path(folder), asked.share)]
    if asked.write:
        head = ["# As projects grow", "", f"One part in {asked.share} of each case, on {os.cpu_count()} cores.", ""]
        (HERE / "results.md").write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
