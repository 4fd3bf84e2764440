"""What a second version costs beside the bare writing of its table, the two in turn in one process.

`python -m benchmarks.releases.second_version FOLDER [ROWS] [TURNS]`. The table has about 1 % of changes. The version is
synced to the disk, compared, described and sealed; the bare writing is the same three files and no more.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.releases.measure import first_version, second_version, write_table


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Wall and processor seconds of one call."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def main(folder: Path, rows: int, turns: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write = write_table(folder, rows)
    first_version(folder, rows)()
    pairs = []
    for _ in range(turns):
        written = timed(write)
        second = second_version(folder, rows)  # prepares the first version again, which is not counted
        pairs.append((written, timed(second)))
    print(f"| {rows} rows, {turns} turns | writing, median s | version, median s | ratio, median | least | most |")
    print("|---|---:|---:|---:|---:|---:|")
    for place, name in enumerate(("wall", "processor")):
        ratios = [second[place] / written[place] for written, second in pairs]
        medians = [median(kind[place] for kind in kinds) for kinds in zip(*pairs, strict=True)]
        figures = [*medians, median(ratios), min(ratios), max(ratios)]
        print(f"| {name} | {' | '.join(f'{value:.2f}' for value in figures)} |")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(Path(words[0]), int(words[1]) if len(words) > 1 else 1_000_000, int(words[2]) if len(words) > 2 else 10)
