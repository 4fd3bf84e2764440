"""Measures the main job as a newcomer meets it: `python -m benchmarks.main_job.measure [--rounds N] [--write]`.

Each round runs `arobase release` twice in a fresh outputs folder: the first run makes everything, the second finds
nothing changed. Wall time, processor time and the peak resident memory of the largest process come from the operating
system (`wait4`), so what the command itself prints is not trusted. Set-up is not measured. `--write` keeps the
figures with the machine and the versions in `results.json` and `results.md` beside. POSIX only. Not here: validating
large tables (`benchmarks/validation/`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
LIMIT_SECONDS, LIMIT_MEGABYTES = 15.0, 600.0
PACKAGES = ("dagster", "duckdb", "frictionless", "pandas", "pyarrow", "rapidfuzz")


@dataclass(frozen=True)
class Measure:
    """One run: seconds of wall and of processor, peak megabytes (10⁶ bytes), exit code."""

    wall: float
    processor: float
    memory: float
    code: int


def run_once(outputs: Path) -> Measure:
    """One run of the main job in a process of its own. Its output goes nowhere: a terminal would be measured too."""
    command = [str(Path(sys.executable).parent / "arobase"), "release"]
    environment = {**os.environ, "AROBASE_ROOT": str(ROOT), "AROBASE_OUTPUTS": str(outputs)}
    started = time.monotonic()
    job = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(job.pid, 0)
    wall = time.monotonic() - started
    job.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return Measure(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6, job.returncode)


def rounds(number: int) -> dict[str, list[Measure]]:
    """First and second runs of each round, in a fresh folder each. Exits when a run does not go well."""
    measured: dict[str, list[Measure]] = {"first": [], "second": []}
    for _ in range(number):
        with tempfile.TemporaryDirectory() as folder:
            for which, measures in measured.items():
                measure = run_once(Path(folder))
                if measure.code:
                    sys.exit(f"the {which} run ended with {measure.code}: run `arobase release` to see why")
                measures.append(measure)
                print(f"{which}: {measure.wall:.1f} s, {measure.processor:.1f} s of processor, {measure.memory:.0f} MB")
    return measured


def machine() -> dict[str, str]:
    """What the figures depend on: processor, cores, system, interpreter, packages, and how busy the machine was."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = {"processor": model, "cores": str(cores), "system": f"{platform.system()} {platform.machine()}"}
    facts |= {"load before": f"{os.getloadavg()[0]:.1f}", "python": platform.python_version()}
    return facts | {name: version(name) for name in PACKAGES}


def report(measured: dict[str, list[Measure]], facts: dict[str, str]) -> str:
    """The medians as a page."""
    lines = [
        "# The main job on the records that ship",
        "",
        "Written by `python -m benchmarks.main_job.measure --write`.",
    ]
    lines += [
        "",
        "| run | rounds | wall, s | slowest, s | processor, s | peak memory, MB |",
        "|---|---|---|---|---|---|",
    ]
    for which, measures in measured.items():
        walls = [item.wall for item in measures]
        middle = [statistics.median(walls), max(walls), statistics.median(item.processor for item in measures)]
        peak = max(item.memory for item in measures)
        lines.append(f"| {which} | {len(measures)} | {' | '.join(f'{item:.1f}' for item in middle)} | {peak:.0f} |")
    lines += [
        "",
        f"Wall and processor are medians. Aim: under {LIMIT_SECONDS:.0f} s and {LIMIT_MEGABYTES:.0f} MB on 2 cores.",
    ]
    lines += [
        "Memory is that of the largest process. A load above the number of cores means that others were at work.",
        "",
    ]
    lines += ["| machine | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())]
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(words)
    facts = machine()
    measured = rounds(asked.rounds)
    text = report(measured, facts)
    print(text)
    if asked.write:
        kept = {"machine": facts, "runs": {which: [asdict(item) for item in runs] for which, runs in measured.items()}}
        (HERE / "results.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        (HERE / "results.md").write_text(text, encoding="utf-8")
    first = measured["first"]
    is_within = max(item.memory for item in first) < LIMIT_MEGABYTES
    return 0 if is_within and statistics.median(item.wall for item in first) < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
