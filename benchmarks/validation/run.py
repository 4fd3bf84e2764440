"""The judge beside its peers: same files, same machine, in turn; a table, a chart and the figures as JSON.

python -m benchmarks.validation.run                      the whole: 1,000,000 rows, every share, three rounds
python -m benchmarks.validation.run --rows 100000 --rounds 1 --shares 0 0.1
python -m benchmarks.validation.run --peers DIR          makes the peers' environments in DIR first, and runs them too
python -m benchmarks.validation.run --big                10,000,000 rows with a primary and a foreign key: peak memory
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
import venv
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.validation.chart import chart
from benchmarks.validation.data import write

HERE = Path(__file__).resolve().parent
OWN = ["F", "arobase", "duckdb", "frictionless"]
PEERS = {"peers.txt": ["polars", "dataframely", "pandera", "great-expectations"], "peers-validata.txt": ["validata"]}
Figures = dict[str, Any]


def measure(python: str, name: str, path: Path) -> Figures:
    """One contestant, one file, one process. A contestant that fails is told with its last words."""
    done = subprocess.run(
        [python, str(HERE / "contestants.py"), name, str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else str(done.returncode)}
    found: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def environments(folder: Path) -> dict[str, str]:
    """The peers' own environments, from the pinned lists; contestant → its Python."""
    pythons = {}
    for file, names in PEERS.items():
        place = folder / file.removesuffix(".txt")
        python = str(place / "bin" / "python")
        if not place.exists():
            venv.create(place, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "-r", str(HERE / file)], check=True)
        pythons.update(dict.fromkeys(names, python))
    return pythons


def middle(runs: list[Figures]) -> Figures:
    """The median of each figure over the runs of one contestant."""
    good = [run for run in runs if "failed" not in run]
    if not good:
        return runs[0]
    figures = {key: statistics.median(run[key] for run in good) for key in ("wall", "cpu", "peak_mb")}
    return {**figures, "rows": good[0]["rows"], "errors": good[0]["errors"], "runs": len(good)}


def series(path: Path, pythons: dict[str, str], rounds: int) -> dict[str, Figures]:
    """Every contestant on one file, in turn, `rounds` times."""
    runs: dict[str, list[Figures]] = {name: [] for name in pythons}
    for number in range(rounds):
        for name, python in pythons.items():
            if name in ("frictionless", "validata") and number > 0:
                continue  # minutes each; the ratio is taken from the round in which all ran
            runs[name].append(measure(python, name, path))
            print(f"  {path.name} {name}: {runs[name][-1]}", flush=True)
    return {name: middle(found) for name, found in runs.items()}


def table(shares: dict[str, dict[str, Figures]]) -> str:
    """The figures as Markdown."""
    lines = [
        "| bad rows | contestant | wall s | CPU s | peak MB | errors found | as many as Frictionless | × sooner (CPU) |"
    ]
    lines.append("|---|---|---:|---:|---:|---:|---|---:|")
    for share, found in shares.items():
        judge = found.get("frictionless", {})
        for name, figures in sorted(found.items(), key=lambda item: item[1].get("wall", 1e9)):
            if "failed" in figures:
                lines.append(f"| {share} | {name} | not run: {figures['failed'].replace('|', '/')} | | | | | |")
                continue
            same = "—" if name == "F" else "yes" if figures["errors"] == judge.get("errors") else "no"
            ratio = (
                f"{judge['wall'] / figures['wall']:.1f} ({judge['cpu'] / figures['cpu']:.1f})"
                if "wall" in judge
                else ""
            )
            lines.append(
                f"| {share} | {name} | {figures['wall']:.2f} | {figures['cpu']:.2f} | {figures['peak_mb']:.0f} "
                f"| {figures['errors']:,} | {same} | {ratio} |"
            )
    return "\n".join(lines) + "\n"


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "?",
    )
    packages = {name: version(name) for name in ("frictionless", "pyarrow", "numpy", "duckdb", "pandas")}
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), **packages}


def big(folder: Path, rows: int) -> None:
    """Peak memory over many rows with a primary key and a foreign key."""
    path = write(folder / f"big-{rows}.csv", rows)
    print(measure(sys.executable, "arobase-keys", path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.0005, 0.1, 1.0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "arobase-benchmarks")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--contestants", nargs="+")
    parser.add_argument("--big", action="store_true")
    asked = parser.parse_args()
    asked.data.mkdir(parents=True, exist_ok=True)
    if asked.big:
        big(asked.data, 10_000_000 if asked.rows == 1_000_000 else asked.rows)
        return
    pythons = dict.fromkeys(OWN, sys.executable) | (environments(asked.peers) if asked.peers else {})
    if asked.contestants:
        pythons = {name: pythons.get(name, sys.executable) for name in asked.contestants}
    shares = {}
    for share in asked.shares:
        path = write(asked.data / f"observations-{asked.rows}-{share}.csv", asked.rows, share)
        own = dict(pythons)
        if share == 1.0 and "arobase" in own:
            own["arobase-rejects"] = sys.executable
        shares[f"{share:.2%}"] = series(path, own, asked.rounds)
    asked.results.mkdir(parents=True, exist_ok=True)
    about = {"rows": asked.rows, "machine": machine(), "shares": shares}
    (asked.results / "validation.json").write_text(json.dumps(about, indent=1) + "\n")
    told = ", ".join(f"{key} {value}" for key, value in about["machine"].items())
    head = f"# {asked.rows:,} rows, judged\n\n{told}. Median of the rounds; Frictionless runs in the first.\n\n"
    (asked.results / "validation.md").write_text(head + table(shares))
    (asked.results / "validation.svg").write_text(chart(next(iter(shares.values())), f"{asked.rows:,} valid rows"))
    print(table(shares))


if __name__ == "__main__":
    main()
