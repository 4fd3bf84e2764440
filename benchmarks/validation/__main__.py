"""Every shape at the size that the bars ask for, in one command: about a quarter of an hour on two idle cores.

python -m benchmarks.validation [--rows 1000000] [--rounds 3] [--peers DIR] [--contestants NAME ...] [--write]
python -m benchmarks.validation --only observations semicolon cp1252 gz space quote --write

1,000,000 valid rows of each shape and of each dialect (500,000 of 60 text columns, 200,000 of 40 e-mail columns, 5 of
20,000 columns); the tables with a tenth of bad rows over a quarter of that, as their titles say. `--write` also writes
the tables of README.md and `docs/` from the figures (`pages.py`). Frictionless validates the
same rows, in the first round; so does validata-table, in the environment that is made in DIR. qsv is in none of the
registries that the project installs from. Machine, versions, load and command go with the figures.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.validation.pages import write
from benchmarks.validation.run import BAD, HERE, record, shaped, shapes


def main() -> None:
    """Measure, and write the tables, the charts and the figures after each shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "arobase-benchmarks")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--contestants", nargs="+")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    asked.data.mkdir(parents=True, exist_ok=True)
    only = f" --only {' '.join(asked.only)}" if asked.only else ""
    command = f"python -m benchmarks.validation --rows {asked.rows} --rounds {asked.rounds}{only}"
    pythons = shaped(asked.peers, asked.contestants)
    measured = shapes(asked.data, asked.rows, asked.rounds, pythons, only=asked.only, shares=[0.0, 0.1], fewer=BAD)
    for found in measured:
        with_command = {
            title: {name: {**figures, "command": command} for name, figures in of.items()}
            for title, of in found.items()
        }
        record(asked.results, with_command)
        if asked.write:
            write()


if __name__ == "__main__":
    main()
