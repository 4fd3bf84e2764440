"""Writers, a second version, verification and diffs, side by side with peers in the same run.

`python -m benchmarks.releases.measure FOLDER [rows]` prints a table of seconds (wall and processor) and peak memory.
Peers that are not installed are left out; each measurement runs in a process of its own, alternating, and the least of
three is kept. Values are invented, by a fixed rule: a fifth of the rows contain a comma, a quote or a line end.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.releases.data import a_request, observations

ROOT = Path(__file__).resolve().parents[2]
RUNS = 3


def ours_csv(folder: Path, rows: int) -> Callable[[], Any]:
    import polars

    from pipelines.releases.csvfile import write_csv

    table = observations(rows)
    polars.thread_pool_size()  # its import and its threads are not what writing costs
    return lambda: write_csv(table, folder / "ours.csv")


def polars_csv(folder: Path, rows: int) -> Callable[[], Any]:
    import polars

    frame = polars.from_arrow(observations(rows))
    return lambda: frame.write_csv(folder / "polars.csv")


def polars_csv_hashed(folder: Path, rows: int) -> Callable[[], Any]:
    import hashlib

    write = polars_csv(folder, rows)

    def work() -> None:
        write()
        with (folder / "polars.csv").open("rb") as file:
            hashlib.file_digest(file, "sha256")

    return work


def pandas_csv(folder: Path, rows: int) -> Callable[[], Any]:
    frame = observations(rows).to_pandas()
    return lambda: frame.to_csv(folder / "pandas.csv", index=False, lineterminator="\n")


def python_csv(folder: Path, rows: int) -> Callable[[], Any]:
    import csv

    table = observations(rows)
    lists = list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def work() -> None:
        with (folder / "python.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(lists)

    return work


def ours_parquet(folder: Path, rows: int) -> Callable[[], Any]:
    from pipelines.releases.parquet import write_parquet

    table = observations(rows).combine_chunks()
    return lambda: write_parquet(table, folder / "ours.parquet", unique=["observation_id"])


def arrow_parquet(folder: Path, rows: int) -> Callable[[], Any]:
    import pyarrow.parquet as pq

    table = observations(rows).combine_chunks()
    return lambda: pq.write_table(table, folder / "arrow.parquet", compression="zstd", compression_level=3)


def polars_parquet(folder: Path, rows: int) -> Callable[[], Any]:
    import polars

    frame = polars.from_arrow(observations(rows))
    return lambda: frame.write_parquet(folder / "polars.parquet", compression="zstd", compression_level=3)


def write_table(folder: Path, rows: int) -> Callable[[], Any]:
    """What one version's table costs to write: the three files that a release has of it."""
    from pipelines.releases.canonical import canonical
    from pipelines.releases.files import write_tables

    request = a_request(rows, 2)

    def work() -> None:
        import shutil

        shutil.rmtree(folder / "w", ignore_errors=True)
        schema = request.schemas["observations"]
        write_tables(request, {"observations": canonical(request.tables["observations"], schema)}, folder / "w")

    return work


def first_version(folder: Path, rows: int) -> Callable[[], Any]:
    return _publication(folder, rows, 1)


def second_version(folder: Path, rows: int) -> Callable[[], Any]:
    return _publication(folder, rows, 2)


def _publication(folder: Path, rows: int, version: int) -> Callable[[], Any]:
    import shutil

    from pipelines.releases import publish

    releases = folder / "publication" / "releases"
    if version == 1:
        shutil.rmtree(releases.parent, ignore_errors=True)
    elif (releases / "essai" / "1.1.0").exists():
        shutil.rmtree(releases.parent)
        publish(a_request(rows, 1), releases, key=None)
    request = a_request(rows, version)
    return lambda: publish(request, releases, key=None)


def verification(folder: Path, rows: int) -> Callable[[], Any]:
    from pipelines.releases.verify import verify

    def work() -> None:
        found = verify(folder / "publication" / "releases" / "essai" / "1.1.0")
        assert found.is_sound, found.flaws

    return work


def _pair(folder: Path, kind: str) -> tuple[str, str]:
    base = folder / "publication" / "releases" / "essai"
    return str(base / "1.0.0" / "data" / f"observations.{kind}"), str(base / "1.1.0" / "data" / f"observations.{kind}")


def ours_diff(folder: Path, rows: int) -> Callable[[], Any]:
    from pipelines.releases.compare import compare_packages

    base = folder / "publication" / "releases" / "essai"
    return lambda: compare_packages(base / "1.0.0", base / "1.1.0").tables["observations"].counts


def read_both_csv(folder: Path, rows: int) -> Callable[[], Any]:
    from pyarrow import csv

    options = csv.ParseOptions(newlines_in_values=True)
    return lambda: [csv.read_csv(path, parse_options=options).num_rows for path in _pair(folder, "csv")]


def read_both_parquet(folder: Path, rows: int) -> Callable[[], Any]:
    import pyarrow.parquet as pq

    return lambda: [pq.read_table(path, partitioning=None).num_rows for path in _pair(folder, "parquet")]


def datacompy_diff(folder: Path, rows: int) -> Callable[[], Any]:
    import datacompy
    import polars

    def work() -> Any:
        old, new = (polars.read_csv(path, infer_schema=False) for path in _pair(folder, "csv"))
        found = datacompy.PolarsCompare(old, new, join_columns=["observation_id"])
        return len(found.df1_unq_rows), len(found.df2_unq_rows), found.count_matching_rows()

    return work


def csv_diff_diff(folder: Path, rows: int) -> Callable[[], Any]:
    import csv_diff

    def work() -> Any:
        tables = []
        for path in _pair(folder, "csv"):
            with Path(path).open(encoding="utf-8", newline="") as file:
                tables.append(csv_diff.load_csv(file, key="observation_id"))
        return {name: len(rows) for name, rows in csv_diff.compare(*tables).items()}

    return work


def provenance_size(folder: Path, rows: int) -> Callable[[], Any]:
    """What the provenance of a version weighs beside its table: printed apart, it is not a duration."""
    data = folder / "publication" / "releases" / "essai" / "1.1.0" / "data"

    def work() -> None:
        size = {name: (data / name).stat().st_size for name in ("observations.csv", "observations.parquet")}
        weight = (data / "qualite" / "provenance.parquet").stat().st_size
        shares = ", ".join(f"{weight / whole:.2%} of {name} ({whole} bytes)" for name, whole in size.items())
        print(f"provenance.parquet: {weight} bytes, {shares}")

    return work


def daff_diff(folder: Path, rows: int) -> Callable[[], Any]:
    import csv

    import daff

    def work() -> Any:
        tables = []
        for path in _pair(folder, "csv"):
            with Path(path).open(encoding="utf-8", newline="") as file:
                tables.append(daff.PythonTableView(list(csv.reader(file))))
        flags = daff.CompareFlags()
        flags.addPrimaryKey("observation_id")
        out: list[Any] = []
        daff.TableDiff(daff.Coopy.compareTables(*tables, flags).align(), flags).hilite(daff.PythonTableView(out))
        return len(out)

    return work


NEEDS = {
    "polars_csv": "polars", "polars_csv_hashed": "polars", "polars_parquet": "polars", "pandas_csv": "pandas",
    "datacompy_diff": "datacompy", "csv_diff_diff": "csv_diff", "daff_diff": "daff",
}  # fmt: skip
ONCE = {"provenance_size", "first_version", "datacompy_diff", "csv_diff_diff", "daff_diff", "python_csv", "pandas_csv"}
# What is imported the first time is not what writing, reading or comparing costs.
IMPORTED = ("numpy", "pyarrow.dataset")
ORDER = (
    "ours_csv", "polars_csv", "polars_csv_hashed", "pandas_csv", "python_csv", "ours_parquet", "arrow_parquet",
    "polars_parquet", "first_version", "second_version", "write_table", "provenance_size", "verification",
    "read_both_csv", "read_both_parquet", "ours_diff", "datacompy_diff", "csv_diff_diff", "daff_diff",
)  # fmt: skip


def one(name: str, folder: Path, rows: int) -> dict[str, float]:
    """One measurement, in this process: preparation is not counted, but is in the peak of memory."""
    for module in IMPORTED:
        importlib.import_module(module)
    work = globals()[name](folder, rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, used = time.perf_counter(), time.process_time()
    work()
    wall, processor = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"wall": wall, "cpu": processor, "peak_mib": peak / 1024, "before_mib": before / 1024}


def main(folder: Path, rows: int, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, float]] = {}
    wanted = [name for name in ORDER if not names or name in names]
    for turn in range(RUNS):
        for name in wanted:
            there = name not in NEEDS or importlib.util.find_spec(NEEDS[name]) is not None
            if not there or (turn and name in ONCE):
                continue
            asked = [sys.executable, "-m", "benchmarks.releases.measure", str(folder), str(rows), "--one", name]
            done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, env=os.environ, check=False)
            if done.returncode:
                print(f"| {name} | failed: {done.stderr.strip().splitlines()[-1:]} |")
                continue
            *notes, last = done.stdout.splitlines()
            print(*notes, sep="\n", end="\n" if notes else "")
            got = json.loads(last)
            if name not in found or got["wall"] < found[name]["wall"]:
                found[name] = got
    print(f"| what, {rows} rows | wall s | processor s | peak MiB | of which before |\n|---|---:|---:|---:|---:|")
    for name in wanted:
        if name in found:
            got = found[name]
            print(
                f"| {name} | {got['wall']:.2f} | {got['cpu']:.2f} | {got['peak_mib']:.0f} | {got['before_mib']:.0f} |"
            )


if __name__ == "__main__":
    words = sys.argv[1:]
    count = int(words[1]) if len(words) > 1 else 1_000_000
    if "--one" in words:
        print(json.dumps(one(words[-1], Path(words[0]), count)))
    else:
        main(Path(words[0]), count, words[2:])
