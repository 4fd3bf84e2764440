"""Runs what `make test` stands for: style, types, order of the modules, dependencies, site, tests and their coverage.

Each step says how long it took; the first that fails decides the exit code, but all of them run, so that one look at
the output tells everything that is wrong. What needs no test is looked at beside the tests, which wait a tenth of their
time, and is printed after them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS = str(min(4, os.cpu_count() or 1))
# Counts lines and branches from inside the code that it measures: Python's tracing, which older tools use, makes all
# other code twice as slow too (`python -m pytest --cov` measures the same with coverage.py).
SLIPCOVER = [sys.executable, "-m", "slipcover", "--branch", "--source", "pipelines"]

STEPS: list[tuple[str, list[str]]] = [
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy")]),
    ("modules", [str(BIN / "lint-imports")]),
    ("dependencies", [str(BIN / "deptry"), "pipelines"]),
    # What tests and scripts import is declared too, be it for tests only; a benchmark's contestants are its own affair.
    ("dependencies of tests", [str(BIN / "deptry"), "tests", "scripts", "--ignore", "DEP002,DEP004"]),
    # Not --quiet, which keeps mkdocs from counting the warnings that --strict fails for.
    ("site", [str(BIN / "mkdocs"), "build", "--strict"]),
    (
        "tests",
        [
            *SLIPCOVER,
            "--json",
            "--out",
            ".coverage.json",
            "-m",
            "pytest",
            "-m",
            "not heavy and not network",
            "-n",
            WORKERS,
            "--dist",
            "worksteal",
            "--durations",
            "15",
        ],
    ),
    (
        "coverage",
        [
            *SLIPCOVER,
            "--skip-covered",
            "--fail-under",
            "93",
            "--merge",
            ".coverage.json",
            "--out",
            ".coverage.merged.json",
        ],
    ),
]


LAST = ("tests", "coverage")
"""One after the other; everything else is looked at beside the tests."""
# Whatever is looked at beside the tests gives way to them: some of them say how long things may take.
GIVING_WAY = ["nice", "-n", "10"] if shutil.which("nice") else []
# Tests start hundreds of processes: on a machine that keeps no compiled modules, each would compile all of ours.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main(words: list[str]) -> int:
    wanted = [step for step in STEPS if not words or step[0] in words]
    beside = [step for step in wanted if step[0] not in LAST]
    codes: dict[str, int] = {}
    with ThreadPoolExecutor(2) as pool:
        # The longest one begins; what is printed keeps the order of the steps.
        running = {name: pool.submit(looked_at, command) for name, command in sorted(beside, key=_is_short)}
        for name, command in wanted:
            if name in LAST:
                print(f"── {name}", flush=True)
                started = time.monotonic()
                code = subprocess.run(command, check=False, cwd=ROOT, env=ENVIRONMENT).returncode
                codes[name] = _ended(name, code, time.monotonic() - started)
        for name, _ in beside:
            code, output, seconds = running[name].result()
            print(f"── {name}\n{output}", end="", flush=True)
            codes[name] = _ended(name, code, seconds)
    failed = [name for name, _ in wanted if codes[name]]
    if len(wanted) > 1 and failed:
        print(f"── failed: {', '.join(failed)}", flush=True)
    return codes[failed[0]] if failed else 0


def looked_at(command: list[str]) -> tuple[int, str, float]:
    """A step that prints little: its exit code, what it printed, and how long it took."""
    started = time.monotonic()
    done = subprocess.run(
        [*GIVING_WAY, *command],
        check=False,
        cwd=ROOT,
        env=ENVIRONMENT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout, time.monotonic() - started


def _is_short(step: tuple[str, list[str]]) -> bool:
    return step[0] != "types"


def _ended(name: str, code: int, seconds: float) -> int:
    print(f"── {name}: {'ok' if code == 0 else f'FAILED ({code})'}, {seconds:.0f} s", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
