"""DuckDB's own sort of the large table's file, by its key, out of memory: what the same rows cost without any check.

`python -m benchmarks.scale.by_duckdb TABLE.csv FOLDER MEMORY`: texts are sorted and written as CSV and Parquet.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main(table: Path, folder: Path, memory: str) -> None:
    connection = duckdb.connect(str(folder / "by_duckdb.db"))
    connection.execute(f"SET memory_limit = '{memory}B'; SET threads = 2; SET temp_directory = '{folder}'")
    connection.execute("SET preserve_insertion_order = false")
    given = f"read_csv('{table}', header = true, all_varchar = true, quote = '\"', delim = ',')"
    out = folder / "by_duckdb.parquet"
    connection.execute(f"COPY (SELECT * FROM {given} ORDER BY id) TO '{out}' (FORMAT parquet)")
    connection.execute(f"COPY (SELECT * FROM '{out}') TO '{folder / 'by_duckdb.csv'}' (FORMAT csv)")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
