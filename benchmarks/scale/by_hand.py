"""The work of the large table written by hand with Polars: reads, checks, sort, CSV and Parquet; errors are counted.

`python -m benchmarks.scale.by_hand TABLE.csv TOWNS.csv FOLDER`. It explains no cell, nor keeps where a row is from.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

TYPES = {"montant": pl.Float64, "nombre": pl.Int64, "taux": pl.Float64}


def main(table: Path, towns: Path, folder: Path) -> None:
    text = pl.scan_csv(table, infer_schema=False)
    typed = text.with_columns(
        pl.col("jour").str.to_date("%Y-%m-%d", strict=False),
        *(pl.col(name).cast(kind, strict=False) for name, kind in TYPES.items()),
        pl.col("ouvert").replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean),
    )
    known = pl.scan_csv(towns, infer_schema=False).select("code")
    wrong = {
        **{name: pl.col(name).is_null().sum() for name in ("jour", *TYPES, "ouvert")},
        "pattern": (~pl.col("id").str.contains(r"^[0-9]{9}$")).sum(),
        "enum": (~pl.col("genre").is_in(["a", "b", "c"])).sum(),
        "key": pl.len() - pl.col("id").n_unique(),
    }
    counted = typed.select(**wrong)
    dangling = typed.join(known, left_on="ville", right_on="code", how="anti").select(pl.len().alias("dangling"))
    for errors in pl.collect_all([counted, dangling], engine="streaming"):
        print(errors.to_dicts()[0])
    ordered = typed.drop("nom", "courriel", strict=False).sort("id")
    ordered.sink_parquet(folder / "by_hand.parquet", engine="streaming")
    pl.scan_parquet(folder / "by_hand.parquet").sink_csv(folder / "by_hand.csv", engine="streaming")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
