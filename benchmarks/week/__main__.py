"""A week in minutes: schedules, sensors, deliveries, faults, late sources, retention and alerts over many sources.

    python -m benchmarks.week [--sources 200] [--packages 20] [--days 7] [--write]

Ends with exit code 1 when something was lost, doubled or stuck. `--write` writes `benchmarks/week/results.md`.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.week.report import report
from benchmarks.week.week import Week, live

RESULTS = Path(__file__).with_name("results.md")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--packages", type=int, default=20)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--write", action="store_true", help="Write results.md.")
    asked = parser.parse_args()
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="arobase-week-") as folder:
        week: Week = live(
            Path(folder), sources=asked.sources, packages=asked.packages, days=asked.days, seed=asked.seed, show=print
        )
    text = report(week, asked.sources, asked.packages)
    print(text)
    if asked.write:
        RESULTS.write_text(text, encoding="utf-8")
    return 1 if week.amiss else 0


if __name__ == "__main__":
    os.environ.setdefault("AROBASE_LANG", "en")
    sys.exit(main())
