"""Where the time and the memory of the main job go: `python -m benchmarks.scale.stages ROWS [--personal] [--again]`.

The large table of `projects.py`, every stage in one process: seconds, seconds of processor, peak resident memory while
the stage ran, and what stays once it has ended. Linux only: the kernel's high-water mark is reset between stages.
`--again` releases a second version, of which 1 % of the rows have changed.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.scale.projects import change_rows, large_table
from pipelines.core.project import Project
from pipelines.pipeline.run import Event, run
from tests.pipeline.builders import obtained_later

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
SMALL = 0.05  # seconds: steps below are told together


@dataclass
class Clock:
    """Told the name of each step once it is done."""

    wall: float = field(default_factory=time.monotonic)
    processor: float = field(default_factory=time.process_time)

    def __post_init__(self) -> None:
        self._reset()

    def step(self, name: str) -> None:
        wall, processor, memory = time.monotonic(), time.process_time(), STATUS.read_text(encoding="ascii")
        peak, stays = (int(re.findall(rf"{key}:\s+(\d+)", memory)[0]) * 1024 / 1e6 for key in ("VmHWM", "VmRSS"))
        if wall - self.wall > SMALL:
            figures = f"{wall - self.wall:.1f} | {processor - self.processor:.1f} | {peak:.0f} | {stays:.0f}"
            print(f"| {name} | {figures} |", flush=True)
        self.wall, self.processor = wall, processor
        self._reset()

    @staticmethod
    def _reset() -> None:
        RESET.write_text("5", encoding="ascii")


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("--personal", action="store_true")
    parser.add_argument("--again", action="store_true")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        project = large_table(Path(folder) / "projet", asked.rows, personal=asked.personal)
        print("| stage | wall, s | processor, s | peak, MB | stays, MB |\n|---|---|---|---|---|", flush=True)
        _once(project, datetime(2026, 3, 1, tzinfo=UTC))
        if asked.again:
            change_rows(project.sources / "data" / "grand.csv")
            obtained_later(project.sources / "grand.yaml")
            _once(project, datetime(2026, 3, 2, tzinfo=UTC))


def _once(project: Project, now: datetime) -> None:
    clock, started, processor = Clock(), time.monotonic(), time.process_time()

    def noted(event: Event) -> None:
        clock.step(f"{event.stage} {event.name}")

    done = run(project, now=now, on_event=noted)
    print(f"| whole | {time.monotonic() - started:.1f} | {time.process_time() - processor:.1f} | | |", flush=True)
    if not done.went_well:
        sys.exit(f"{done.errors} {done.outcomes}")


if __name__ == "__main__":
    main(sys.argv[1:])
