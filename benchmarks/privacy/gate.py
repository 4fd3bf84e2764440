"""How fast the privacy gate is, in cells a second: where nobody is looked for, and with two personal fields.

Run: `python -m benchmarks.privacy.gate [rows]`. CPU seconds of this process. Bars: 3,000,000 cells/s where nobody is
looked for, 400,000 distinct cells/s with two fields. Everybody in it is invented."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.privacy import AllowList, PersonalValues, gate, scan_folder
from pipelines.privacy.seen import Seen
from pipelines.releases.csvfile import write_csv
from pipelines.releases.parquet import write_parquet

WORDS = [
    "mairie",
    "de",
    "la",
    "commune",
    "projet",
    "enquête",
    "publique",
    "rue",
    "avenue",
    "école",
    "bibliothèque",
    "ville",
    "accès",
    "numérique",
    "atelier",
]
BARS = {"nobody": 3_000_000, "two fields": 400_000}


def a_table(rows: int) -> pa.Table:
    """Eleven columns: a key, codes, texts with words of their own, numbers, dates, a flag."""
    random = np.random.default_rng(7)
    words = np.array(WORDS)
    some = [words[random.integers(0, len(words), rows)] for _ in range(6)]
    numbers = [f"n{number}" for number in range(rows)]
    texts = [" ".join(parts) for parts in zip(*some, numbers, strict=True)]
    codes = np.char.zfill(random.integers(1000, 95999, rows).astype(str), 5)
    days = random.integers(15000, 20000, rows).astype("datetime64[D]")
    return pa.table(
        {
            "fiche_id": pa.array([f"act-{number:012x}" for number in random.integers(1 << 46, 1 << 47, rows).tolist()]),
            "commune_code": pa.array(codes),
            "titre": pa.array(texts),
            "synthese": pa.array([f"« {text}, {number} »\nsuite" for number, text in enumerate(texts)]),
            "theme": pa.array(words[random.integers(0, len(words), rows)]),
            "nombre": pa.array(random.integers(0, 10**9, rows)),
            "part": pa.array(random.random(rows).round(4)),
            "date_fiche": pa.array(days),
            "exemple": pa.array(random.random(rows) > 0.5),
            "niveau": pa.array(random.integers(1, 6, rows)),
            "etat": pa.array(np.array(["ouvert", "clos"])[random.integers(0, 2, rows)]),
        }
    )


def people(rows: int) -> PersonalValues:
    """A name and an address for each row."""
    record = ("source", "0" * 64, "lignes")
    return PersonalValues(
        {
            (*record, row + 1): (
                ("nom", f"Kerd{row % 9973}oncuff Quin{row % 7919}iou"),
                ("courriel", f"q{row}.iou@example.org"),
            )
            for row in range(rows)
        }
    )


def timed(act: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    start = time.process_time()
    act()
    return time.process_time() - start


def main(rows: int) -> bool:
    """Measures, prints, and says whether the bars hold."""
    table = a_table(rows)
    cells = rows * table.num_columns
    origin = pa.table(
        {
            "fiche_id": table.column("fiche_id"),
            "_source": ["source"] * rows,
            "_snapshot": ["0" * 64] * rows,
            "_part": ["lignes"] * rows,
            "_position": list(range(1, rows + 1)),
        }
    )
    names, well = {"essai/t": table}, True
    with tempfile.TemporaryDirectory() as folder:
        write_csv(table, Path(folder) / "t.csv")
        write_parquet(table, Path(folder) / "t.parquet")
        for label, personal in (("nobody", PersonalValues()), ("two fields", people(rows))):
            seen = Seen()
            tables = timed(
                lambda personal=personal, seen=seen: gate(
                    names,
                    personal,
                    AllowList(),
                    provenance={"essai/t": origin},
                    keys={"essai/t": ["fiche_id"]},
                    seen=seen,
                )
            )
            files = timed(
                lambda personal=personal, seen=seen: scan_folder(Path(folder), AllowList(), personal, seen=seen)
            )
            distinct = sum(len(table.column(name).unique()) for name in table.column_names)
            speed = (cells if label == "nobody" else distinct) / tables
            well = well and speed >= BARS[label]
            print(f"{label}: tables {tables:.2f} s ({speed:,.0f} cells/s, bar {BARS[label]:,}), files {files:.2f} s")
    return well


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.privacy.gate", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("rows", nargs="?", type=int, default=300_000)
    sys.exit(0 if main(parser.parse_args().rows) else 1)
