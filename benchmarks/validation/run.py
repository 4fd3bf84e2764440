"""The validator beside its peers: same files, same machine, in turn; a table, a chart and the figures as JSON.

python -m benchmarks.validation.run                      the whole: 1,000,000 rows, every share, three rounds
python -m benchmarks.validation.run --rows 100000 --rounds 1 --shares 0 0.1
python -m benchmarks.validation.run --peers DIR          makes the peers' environments in DIR first, and runs them too
python -m benchmarks.validation.run --big                10,000,000 rows with a primary and a foreign key: peak memory
python -m benchmarks.validation.run --fallback           100,000 rows that cannot be proved, beside Frictionless
python -m benchmarks.validation.run --shapes             every shape of table, valid and with a tenth of bad rows
python -m benchmarks.validation.run --shapes --rows 100000 --only irve mix
python -m benchmarks.validation                          every shape at the size of the bars: see `__main__.py`

Each adds its figures to `results/validation.json`, and writes the table and the chart of all that is there again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.validation.chart import chart, shapes_chart
from benchmarks.validation.data import write, write_with_nan
from benchmarks.validation.shapes import DIALECTS, SHAPES, Shape

HERE = Path(__file__).resolve().parent
OWN = ["F", "arobase", "duckdb", "frictionless"]
PEERS = {
    "peers.txt": ["polars", "dataframely", "pandera", "great-expectations"],
    "peers-validata.txt": ["validata-table"],
}
SHAPED = ("floor", "arobase", "duckdb", "frictionless")
ROWS_OF = " rows of "  # in the title of a shape, behind their number
SLOW = ("frictionless", "validata-table", "great-expectations")
"""Minutes each: one round in the midst of the others."""
Figures = dict[str, Any]


def measure(python: str, name: str, path: Path) -> Figures:
    """One contestant, one file, one process. A contestant that fails is listed with its last words."""
    return measured([python, str(HERE / "contestants.py"), name, str(path)])


def measured(words: list[str]) -> Figures:
    """What one process says that it took."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else str(done.returncode)}
    found: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def environments(folder: Path) -> dict[str, str]:
    """The peers' environments, from the pinned lists; contestant → its Python. One that will not install is listed."""
    pythons = {}
    for file, names in PEERS.items():
        place = folder / file.removesuffix(".txt")
        python = str(place / "bin" / "python")
        if not place.exists():
            venv.create(place, with_pip=True)
            done = subprocess.run([python, "-m", "pip", "install", "-q", "-r", str(HERE / file)], check=False)
            if done.returncode:
                print(f"not run, {file} did not install: {', '.join(names)}", flush=True)
                shutil.rmtree(place)
                continue
        pythons.update(dict.fromkeys(names, python))
    return pythons


def middle(runs: list[Figures]) -> Figures:
    """The median of each figure over the runs of one contestant."""
    good = [run for run in runs if "failed" not in run]
    if not good:
        return runs[0]
    figures = {key: statistics.median(run[key] for run in good) for key in ("start", "wall", "cpu", "peak_mb", "load")}
    return {
        **figures,
        "wall_least": min(run["wall"] for run in good),
        "cpu_least": min(run["cpu"] for run in good),
        "rows": good[0]["rows"],
        "errors": good[0]["errors"],
        "runs": len(good),
    }


def series(path: Path, pythons: dict[str, str], rounds: int) -> dict[str, Figures]:
    """Every contestant on one file, in turn, `rounds` times."""
    runs: dict[str, list[Figures]] = {name: [] for name in pythons}
    for number in range(rounds):
        for name, python in pythons.items():
            if number > 0 and name in SLOW:
                continue
            runs[name].append(measure(python, name, path))
            print(f"  {path.name} {name}: {runs[name][-1]}", flush=True)
    return {name: middle(found) for name, found in runs.items()}


TICK = 0.01  # seconds: what took less cannot be distinguished
COLUMNS = ("contestant", "wall s", "CPU s", "peak MB", "errors found", "as many as Frictionless", "speed-up: wall, CPU")


def table(found: dict[str, Figures]) -> str:
    """The figures on one file as Markdown, the quickest first."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|---:|---:|---:|---:|---|---:|"]
    validate = _validate(found)
    for name, figures in sorted(found.items(), key=lambda item: item[1].get("wall", 1e9)):
        if "failed" in figures:
            lines.append(f"| {name} | not run: {figures['failed'].replace('|', '/')} | | | | | |")
            continue
        same = "—" if name == "F" or validate is None else "yes" if figures["errors"] == validate["errors"] else "no"
        cells = [
            f"{figures['wall']:.2f}",
            f"{figures['cpu']:.2f}",
            f"{figures['peak_mb']:.0f}",
            f"{figures['errors']:,}",
        ]
        lines.append(f"| {name} | " + " | ".join([*cells, same, speed_up(found, name)]) + " |")
    return "\n".join(lines) + "\n"


def speed_up(found: dict[str, Figures], name: str) -> str:
    """How many times faster than Frictionless on the same file, in wall and CPU time; empty where it did not run."""
    validate, figures = _validate(found), found[name]
    if validate is None:
        return ""
    return ", ".join(f"{validate[key] / max(figures[key], TICK):.1f}" for key in ("wall", "cpu"))


def _validate(found: dict[str, Figures]) -> Figures | None:
    return next((item for name, item in found.items() if name.startswith("frictionless") and "wall" in item), None)


def as_markdown(about: Figures) -> str:
    """All results as Markdown."""
    parts = [f"# The validator and its peers\n\n{about['note']}\n"]
    for title, found in about["files"].items():
        machines = dict.fromkeys(
            ", ".join(f"{key} {value}" for key, value in figures["machine"].items()) for figures in found.values()
        )
        commands = dict.fromkeys(figures["command"] for figures in found.values() if "command" in figures)
        by = f" By: {'; '.join(f'`{command}`' for command in commands)}." if commands else ""
        parts.append(f"## {title}\n\n{table(found)}\n{load(found)}Measured on: {'; '.join(machines)}.{by}\n")
    return "\n".join(parts)


def load(found: dict[str, Figures]) -> str:
    """How busy the machine was when each contestant ended: one alone keeps no more cores at work than there are."""
    measured = [figures for figures in found.values() if "load" in figures]
    if not measured:
        return ""
    loads = [figures["load"] for figures in measured]
    is_busy = any(figures["load"] > figures["machine"]["cores"] for figures in measured)
    state = "others worked on it, compare CPU seconds" if is_busy else "no more at work than its cores"
    return f"Load of the machine when each ended: {min(loads):.1f} to {max(loads):.1f}; {state}.\n"


NOTE = (
    "Each contestant is a process of its own, which first validates 830 rows (late imports are timed for nobody) and"
    " then the file once, from its opening to the report, hashes included. Median of the rounds; Frictionless and Great"
    " Expectations run in the first round only. `F` only parses the file to text columns with pyarrow, on one thread."
    " `floor` also makes the two hashes of the report."
    " `arobase-rejects` also writes every error to `rejects.csv` and `rejects.parquet`. The contestants of `--peers`"
    " run on the valid file."
)


def record(results: Path, files: dict[str, dict[str, Figures]]) -> Figures:
    """Add figures to those that are there, and write the table and the chart again."""
    results.mkdir(parents=True, exist_ok=True)
    place = results / "validation.json"
    before = json.loads(place.read_text()) if place.exists() else {"files": {}}
    about: Figures = {"note": NOTE, "files": before["files"]}
    here = machine()
    for title, found in files.items():
        measured = {name: {**figures, "machine": here} for name, figures in found.items()}
        about["files"] = with_title(about["files"], title)
        about["files"][title] |= measured
    place.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    (results / "validation.md").write_text(as_markdown(about))
    title, first = next(iter(about["files"].items()))
    (results / "validation.svg").write_text(chart(first, title))
    if by_shape := of_shapes(about):
        (results / "shapes.svg").write_text(shapes_chart(by_shape))
    return about


def with_title(files: dict[str, dict[str, Figures]], title: str) -> dict[str, dict[str, Figures]]:
    """The files with one of that title; it takes the place of the same shape measured over another number of rows."""
    if title in files:
        return files
    shape = title.partition(ROWS_OF)[2]
    old = next((known for known in files if shape and known.partition(ROWS_OF)[2] == shape), None)
    if old is None:
        return {**files, title: {}}
    return {title if known == old else known: {} if known == old else found for known, found in files.items()}


def of_shapes(about: Figures) -> dict[str, dict[str, Figures]]:
    """The files that `--shapes` measured, beside Frictionless."""
    return {
        title: found
        for title, found in about["files"].items()
        if ROWS_OF in title and all("cpu" in found.get(name, {}) for name in ("arobase", "frictionless"))
    }


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "?",
    )
    packages = {name: version(name) for name in ("frictionless", "pyarrow", "numpy", "duckdb", "pandas")}
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), **packages}


def big(folder: Path, rows: int) -> dict[str, dict[str, Figures]]:
    """Peak memory over many rows with a primary key and a foreign key."""
    path = write(folder / f"big-{rows}.csv", rows)
    return {f"{rows:,} rows, a primary key and a foreign key": series(path, {"arobase-keys": sys.executable}, 1)}


def fallback(folder: Path, rows: int, rounds: int) -> dict[str, dict[str, Figures]]:
    """The worst there is: a file proved to its last row, which then has to be heard by Frictionless from the start."""
    path = write_with_nan(folder / f"fallback-{rows}.csv", rows)
    both = dict.fromkeys(("arobase-fallback", "frictionless-fallback"), sys.executable)
    return {f"{rows:,} rows that fall back: a NaN in the key of the last": series(path, both, rounds)}


FEWER = {"emails": 5, "texts": 2}  # shapes that take Frictionless minutes get a part of the rows
WIDE_ROWS = 5
BAD = 4  # a tenth of bad rows is measured over as many times fewer rows where that is asked for


def of_shape(shape: Shape, path: Path, rounds: int, pythons: dict[str, str]) -> dict[str, Figures]:
    """Every contestant on the file of a shape, in turn. `pythons`: contestant → its Python."""
    runs: dict[str, list[Figures]] = {}
    for number in range(rounds):
        for name, python in pythons.items():
            if number > 0 and name in SLOW:
                continue
            words = [python, str(HERE / "shape_contestants.py"), name, shape.name, str(path)]
            runs.setdefault(name, []).append(measured(words))
            print(f"  {path.name} {name}: {runs[name][-1]}", flush=True)
    return {name: middle(found) for name, found in runs.items()}


def shaped(peers: Path | None, names: list[str] | None = None) -> dict[str, str]:
    """The contestants that know every shape, or those named; contestant → its Python. `peers`: the folder of the
    environments of those that are not dependencies of the project."""
    pythons = dict.fromkeys(SHAPED, sys.executable)
    if peers:
        pythons |= {name: python for name, python in environments(peers).items() if name == "validata-table"}
    return {name: python for name, python in pythons.items() if names is None or name in names}


def shapes(
    folder: Path,
    rows: int,
    rounds: int,
    pythons: dict[str, str],
    *,
    only: list[str] | None,
    shares: list[float],
    fewer: int = 1,
) -> Iterator[dict[str, dict[str, Figures]]]:
    """Every shape, all valid and with a tenth of bad rows; then the dialects of the observations, beside the plain one.

    `fewer`: how many times fewer rows a table with bad rows has.
    """
    for shape in [*SHAPES, *DIALECTS]:
        if only and shape.name not in only:
            continue
        whole = rows // FEWER.get(shape.name, 1)
        has_bad = bool(shape.wrong) and shape in SHAPES and shape.name != "wide"
        for share in (share for share in (0.0, 0.1) if share in shares and (has_bad or not share)):
            count = WIDE_ROWS if shape.name == "wide" else whole // fewer if share else whole
            title = f"{count:,}{ROWS_OF}{shape.title}" + (", a tenth of them bad" if share else "")
            yield {title: of_shape(shape, shape.write(folder, count, share), rounds, pythons)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.0005, 0.1, 1.0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "arobase-benchmarks")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--contestants", nargs="+")
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--fallback", action="store_true")
    parser.add_argument("--shapes", action="store_true")
    parser.add_argument("--only", nargs="+")
    asked = parser.parse_args()
    asked.data.mkdir(parents=True, exist_ok=True)
    if asked.big:
        record(asked.results, big(asked.data, asked.rows or 10_000_000))
        return
    if asked.fallback:
        record(asked.results, fallback(asked.data, asked.rows or 100_000, asked.rounds))
        return
    if asked.shapes:
        contestants = shaped(asked.peers, asked.contestants)
        rows = asked.rows or 1_000_000
        for found in shapes(asked.data, rows, asked.rounds, contestants, only=asked.only, shares=asked.shares):
            record(asked.results, found)
        return
    pythons = dict.fromkeys(OWN, sys.executable) | (environments(asked.peers) if asked.peers else {})
    if asked.contestants:
        pythons = {name: pythons.get(name, sys.executable) for name in asked.contestants}
    rows = asked.rows or 1_000_000
    for share in asked.shares:
        path = write(asked.data / f"observations-{rows}-{share}.csv", rows, share)
        own = dict(pythons)
        if share == 1.0 and "arobase" in own:
            own["arobase-rejects"] = sys.executable
        title = f"{rows:,} rows, " + (
            "all valid" if not share else f"{share:.4g} of them bad" if share < 1 else "all bad"
        )
        record(asked.results, {title: series(path, own, asked.rounds)})


if __name__ == "__main__":
    main()
