"""What provenance and changes cost the main job: `python -m benchmarks.releases.main_job [ROUNDS]`.

The whole way on the shipped records, into a fresh folder, with and without them, in turn, each in a process of its own;
then a second version, in which one source changed. Processor seconds, and their medians. "Without" leaves the files
there and empty: rows have no provenance, and versions are not compared (it is told which packages have to be
published). Not here: tables of a million rows (`measure.py`).
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FOLDERS = ("schemas", "sources")
CHANGE = ("data/label/palmares.csv", "2000,Douvaine,commune,,4", "2000,Douvaine,commune,,5")


def leave_out(changed: list[str]) -> None:
    """Make provenance and changes empty, in this process. `changed`: the packages that have a second version."""
    from pipelines.releases import files, previous
    from pipelines.releases.diff import CHANGES, Counts, Difference
    from pipelines.schema.arrow import arrow_schema

    def nowhere(request: Any, tables: Any) -> Any:
        return arrow_schema(request.quality_schemas["provenance"]).empty_table()

    def nothing(self: Any, schemas: Any, tables: Any) -> dict[str, Difference]:
        counts = Counts(changed=1) if self.store.package in changed else Counts()
        return {name: Difference(CHANGES.empty_table(), counts) for name in tables}

    def unexplained(self: Any, differences: Any, *more: Any) -> Any:
        return differences

    files.provenance_table = nowhere
    previous.Previous.differences = nothing
    previous.Previous.explained = unexplained


def one(root: Path, changed: list[str] | None) -> dict[str, Any]:
    """Processor seconds of the first run, then of the run after a source changed, and what that published.

    `changed`: none to do everything, or the packages that are published again without provenance nor changes.
    """
    from pipelines.core.project import Project
    from pipelines.pipeline.run import run
    from pipelines.releases import Published

    if changed is not None:
        leave_out(changed)
    found = []
    for number in range(2):
        if number:
            path = root / "sources" / CHANGE[0]
            path.write_text(path.read_text(encoding="utf-8").replace(*CHANGE[1:]), encoding="utf-8")
        started = time.process_time()
        done = run(Project.at(root), now=NOW)
        found.append(time.process_time() - started)
        assert not done.errors, done.errors
    return {
        "seconds": found,
        "published": [name for name, item in done.outcomes.items() if isinstance(item, Published)],
    }


def main(rounds: int) -> None:
    measured: dict[str, list[list[float]]] = {"with": [], "without": []}
    published: list[str] = []
    for _ in range(rounds):
        for which, runs in measured.items():
            with tempfile.TemporaryDirectory() as folder:
                for name in FOLDERS:
                    shutil.copytree(ROOT / name, Path(folder) / name)
                asked = [sys.executable, "-m", "benchmarks.releases.main_job", "--one", which, folder, *published]
                done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
                figures = json.loads(done.stdout.splitlines()[-1])
                runs.append(figures["seconds"])
                assert which == "with" or figures["published"] == published, figures
                published = figures["published"]
    print("| processor seconds, median | with | without | with / without |\n|---|---:|---:|---:|")
    for place, name in enumerate(("first run", "run after a source changed")):
        full, bare = (statistics.median(run[place] for run in measured[which]) for which in ("with", "without"))
        print(f"| {name} | {full:.2f} | {bare:.2f} | {full / bare:.2f} |")


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(one(Path(sys.argv[3]), sys.argv[4:] if sys.argv[2] == "without" else None)))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
