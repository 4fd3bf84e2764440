"""Runs what `make test` stands for: style, types, order of the modules, dependencies, site, tests and their coverage.

Each step says how long it took; the first that fails decides the exit code, but all of them run, so that one look at
the output tells everything that is wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS = str(min(4, os.cpu_count() or 1))

STEPS: list[tuple[str, list[str]]] = [
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy")]),
    ("rooms", [str(BIN / "lint-imports")]),
    ("dependencies", [str(BIN / "deptry"), "pipelines"]),
    # What tests and scripts import is declared too, be it for tests only; a benchmark's contestants are its own affair.
    ("dependencies of tests", [str(BIN / "deptry"), "tests", "scripts", "--ignore", "DEP002,DEP004"]),
    # Not --quiet, which keeps mkdocs from counting the warnings that --strict fails for.
    ("site", [str(BIN / "mkdocs"), "build", "--strict"]),
    (
        "tests",
        [
            sys.executable,
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
            "--cov",
            "--cov-report",
            "",
            "--cov-fail-under",
            "0",
        ],
    ),
    ("coverage", [sys.executable, "-m", "coverage", "report"]),
]


def main(words: list[str]) -> int:
    worst = 0
    for name, command in STEPS:
        if words and name not in words:
            continue
        started = time.monotonic()
        print(f"── {name}", flush=True)
        code = subprocess.run(command, check=False, cwd=ROOT).returncode
        print(f"── {name}: {'ok' if code == 0 else f'FAILED ({code})'}, {time.monotonic() - started:.0f} s", flush=True)
        worst = worst or code
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
