"""One contestant validates one file, in a process of its own, and says in JSON what it took.

    python contestants.py NAME FILE   → {"start": s, "wall": s, "cpu": s, "peak_mb": …, "rows": …, "errors": …,
                                              "load": of the machine, when it ended}

Run by `run.py`, which alternates them. Each first validates the first 830 rows of the file: what is imported late, and
what that takes, is `start`, for everybody; `wall` and `cpu` are the file itself, from its opening to the report.
Contestants that are not dependencies of the project run in the environment that `run.py --peers` makes.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.validation.data import CHANNELS, KEY_OF_NUMBERS, SCHEMA

NAMES = [field["name"] for field in SCHEMA["fields"]]
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
COMMUNE = r"^([013-9]\d|2[AB1-9])\d{3}$"
Work = Callable[[Path], tuple[int, int]]  # file → rows, errors
LINES = 997  # the header and 830 whole rows


def frictionless(schema: dict[str, Any] = SCHEMA) -> Work:
    from frictionless import Dialect, Resource, Schema, system

    def work(path: Path) -> tuple[int, int]:
        dialect = Dialect.from_descriptor({"csv": {"delimiter": ",", "skipInitialSpace": False}})
        with system.use_context(trusted=True):
            table = Resource(path=str(path), schema=Schema.from_descriptor(schema), encoding="utf-8", dialect=dialect)
            report = table.validate(limit_errors=0)
        return report.tasks[0].stats["rows"], report.stats["errors"]

    return work


def arobase(schema: dict[str, Any] = SCHEMA) -> Work:
    from pipelines.validation import validate

    def work(path: Path) -> tuple[int, int]:
        validation = validate(path, schema, keep=False)
        return validation.rows, validation.error_count

    return work


def arobase_with_rejects() -> Work:
    from pipelines.validation import validate
    from pipelines.validation.rejects import Origin, RejectsFile

    def work(path: Path) -> tuple[int, int]:
        with (
            tempfile.TemporaryDirectory() as folder,
            RejectsFile(Path(folder) / "rejects", Origin("b", "t")) as rejects,
        ):
            validation = validate(path, SCHEMA, keep=False, rejects=rejects)
        return validation.rows, validation.error_count

    return work


def arobase_with_reference() -> Work:
    """The primary key, and a foreign key to 5,000 inquiries: for peak memory."""
    import pyarrow as pa

    from benchmarks.validation.data import INQUIRIES
    from pipelines.validation import validate

    key = {"fields": ["enquete_id"], "reference": {"resource": "enquetes", "fields": ["enquete_id"]}}
    parents = {"enquetes": pa.table({"enquete_id": INQUIRIES})}

    def work(path: Path) -> tuple[int, int]:
        validation = validate(path, {**SCHEMA, "foreignKeys": [key]}, parents=parents, keep=False)
        return validation.rows, validation.error_count

    return work


def parsing_only() -> Work:
    """The floor F: pyarrow parses the file to text columns, on one thread."""
    import pyarrow as pa
    import pyarrow.csv as pc

    def work(path: Path) -> tuple[int, int]:
        table = pc.read_csv(
            path,
            pc.ReadOptions(use_threads=False, block_size=8 << 20),
            pc.ParseOptions(newlines_in_values=True),
            pc.ConvertOptions(column_types=dict.fromkeys(NAMES, pa.string())),
        )
        return table.num_rows, 0

    return work


def validata() -> Work:
    from validata_core import validate
    from validata_core.domain import validation_features

    validation_features.VALIDATA_MAX_ROWS = 100_000_000  # as it comes, it stops at 100,000 rows

    def work(path: Path) -> tuple[int, int]:
        report = validate(str(path), json.loads(json.dumps(SCHEMA)))
        return report.stats.rows, report.stats.errors

    return work


def pandera() -> Work:
    import pandas as pd
    import pandera.pandas as pa

    columns = {
        "observation_id": pa.Column(str, pa.Check.str_matches(UUID), unique=True),
        "enquete_id": pa.Column(str, pa.Check.str_matches(r"^EP-[0-9]{6}$")),
        "commune_code": pa.Column(str, pa.Check.str_matches(COMMUNE), nullable=True),
        "depose_le": pa.Column("datetime64[ns, UTC]"),
        "publie_le": pa.Column("datetime64[ns]", pa.Check.ge(pd.Timestamp("2016-01-01")), nullable=True),
        "canal": pa.Column(str, pa.Check.isin(CHANNELS), nullable=True),
        "pieces_nombre": pa.Column("Int64", pa.Check.in_range(0, 500), nullable=True),
        "note": pa.Column(float, pa.Check.ge(0), nullable=True),
        "anonyme": pa.Column("boolean", nullable=True),
        "titre": pa.Column(str, pa.Check.str_length(max_value=200), nullable=True),
        "texte": pa.Column(str, pa.Check.str_length(max_value=4000)),
    }
    schema = pa.DataFrameSchema(columns)

    def work(path: Path) -> tuple[int, int]:
        frame = pd.read_csv(path, dtype=str)
        frame["depose_le"] = pd.to_datetime(frame["depose_le"], errors="coerce", utc=True).astype("datetime64[ns, UTC]")
        frame["publie_le"] = pd.to_datetime(frame["publie_le"], errors="coerce").astype("datetime64[ns]")
        frame["pieces_nombre"] = pd.to_numeric(frame["pieces_nombre"], errors="coerce").astype("Int64")
        frame["note"] = pd.to_numeric(frame["note"], errors="coerce").astype(float)
        frame["anonyme"] = frame["anonyme"].map({"true": True, "false": False}).astype("boolean")
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            return len(frame), len(error.failure_cases)
        return len(frame), 0

    return work


def polars_expressions() -> Any:
    import polars as pl

    text = pl.col
    return {
        "observation_id": text("observation_id").str.contains(UUID) & text("observation_id").is_unique(),
        "enquete_id": text("enquete_id").str.contains(r"^EP-[0-9]{6}$"),
        "commune_code": text("commune_code").str.contains(COMMUNE),
        "depose_le": text("depose_le").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False).is_not_null(),
        "publie_le": text("publie_le").str.to_date("%Y-%m-%d", strict=False) >= pl.date(2016, 1, 1),
        "canal": text("canal").is_in(CHANNELS),
        "pieces_nombre": text("pieces_nombre").cast(pl.Int64, strict=False).is_between(0, 500),
        "note": text("note").cast(pl.Float64, strict=False) >= 0,
        "anonyme": text("anonyme").is_in(["true", "false"]),
        "titre": text("titre").str.len_chars() <= 200,
        "texte": text("texte").str.len_chars() <= 4000,
    }


def polars() -> Work:
    import polars as pl

    def work(path: Path) -> tuple[int, int]:
        frame = pl.read_csv(path, infer_schema=False)
        wrong = frame.select((~rule.fill_null(False)).sum().alias(name) for name, rule in polars_expressions().items())
        return frame.height, sum(wrong.row(0))

    return work


def dataframely() -> Work:
    import dataframely as dy
    import polars as pl

    class Observation(dy.Schema):
        observation_id = dy.String(primary_key=True, regex=UUID)
        enquete_id = dy.String(nullable=False, regex=r"^EP-[0-9]{6}$")
        commune_code = dy.String(nullable=True, regex=COMMUNE)
        depose_le = dy.Datetime(nullable=False)
        publie_le = dy.Date(nullable=True)
        canal = dy.Enum(CHANNELS, nullable=True)
        pieces_nombre = dy.Int64(nullable=True, min=0, max=500)
        note = dy.Float64(nullable=True, min=0)
        anonyme = dy.Bool(nullable=True)
        titre = dy.String(nullable=True, max_length=200)
        texte = dy.String(nullable=False, max_length=4000)

    def work(path: Path) -> tuple[int, int]:
        frame = pl.read_csv(path, infer_schema=False).with_columns(
            pl.col("depose_le").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False),
            pl.col("publie_le").str.to_date("%Y-%m-%d", strict=False),
            pl.col("anonyme") == "true",
        )
        _, failures = Observation.filter(frame, cast=True)
        return frame.height, sum(failures.counts().values())

    return work


def duckdb() -> Work:
    import duckdb

    query = f"""
        SELECT count(*), count(*) FILTER (NOT regexp_full_match(observation_id, '{UUID[1:-1]}'))
          + count(*) - count(DISTINCT observation_id)
          + count(*) FILTER (NOT regexp_full_match(enquete_id, 'EP-[0-9]{{6}}'))
          + count(*) FILTER (NOT regexp_full_match(commune_code, '{COMMUNE[1:-1]}'))
          + count(*) FILTER (try_strptime(depose_le, '%Y-%m-%dT%H:%M:%SZ') IS NULL)
          + count(*) FILTER (NOT coalesce(TRY_CAST(publie_le AS DATE) >= DATE '2016-01-01', false))
          + count(*) FILTER (canal NOT IN ({", ".join(f"'{channel}'" for channel in CHANNELS)}))
          + count(*) FILTER (NOT coalesce(TRY_CAST(pieces_nombre AS BIGINT) BETWEEN 0 AND 500, false))
          + count(*) FILTER (NOT coalesce(TRY_CAST(note AS DOUBLE) >= 0, false))
          + count(*) FILTER (anonyme NOT IN ('true', 'false'))
          + count(*) FILTER (length(titre) > 200) + count(*) FILTER (length(texte) > 4000)
        FROM read_csv(?, all_varchar = true, header = true)
    """

    def work(path: Path) -> tuple[int, int]:
        found = duckdb.connect().execute(query, [str(path)]).fetchone()
        if found is None:
            raise RuntimeError("no answer")
        return found[0], found[1]

    return work


def great_expectations() -> Work:
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pandas as pd

    rules = [
        gxe.ExpectColumnValuesToBeUnique(column="observation_id"),
        gxe.ExpectColumnValuesToMatchRegex(column="observation_id", regex=UUID),
        gxe.ExpectColumnValuesToMatchRegex(column="enquete_id", regex=r"^EP-[0-9]{6}$"),
        gxe.ExpectColumnValuesToMatchRegex(column="commune_code", regex=COMMUNE),
        gxe.ExpectColumnValuesToMatchStrftimeFormat(column="depose_le", strftime_format="%Y-%m-%dT%H:%M:%SZ"),
        gxe.ExpectColumnValuesToMatchStrftimeFormat(column="publie_le", strftime_format="%Y-%m-%d"),
        gxe.ExpectColumnValuesToBeInSet(column="canal", value_set=CHANNELS),
        gxe.ExpectColumnValuesToMatchRegex(column="pieces_nombre", regex=r"^\d{1,3}$"),
        gxe.ExpectColumnValuesToMatchRegex(column="note", regex=r"^\d+(\.\d+)?$"),
        gxe.ExpectColumnValuesToBeInSet(column="anonyme", value_set=["true", "false"]),
        gxe.ExpectColumnValueLengthsToBeBetween(column="titre", max_value=200),
        gxe.ExpectColumnValueLengthsToBeBetween(column="texte", max_value=4000),
    ]

    def work(path: Path) -> tuple[int, int]:
        frame = pd.read_csv(path, dtype=str)
        source = gx.get_context(mode="ephemeral").data_sources.add_pandas("p")
        batch = source.add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
        result = batch.get_batch({"dataframe": frame}).validate(gx.ExpectationSuite("s", expectations=rules))
        return len(frame), sum(item.result.get("unexpected_count", 0) for item in result.results)

    return work


CONTESTANTS: dict[str, Callable[[], Work]] = {
    "frictionless": frictionless,
    "arobase": arobase,
    "arobase-rejects": arobase_with_rejects,
    "arobase-keys": arobase_with_reference,
    "arobase-fallback": lambda: arobase(KEY_OF_NUMBERS),
    "frictionless-fallback": lambda: frictionless(KEY_OF_NUMBERS),
    "F": parsing_only,
    "duckdb": duckdb,
    "polars": polars,
    "dataframely": dataframely,
    "pandera": pandera,
    "great-expectations": great_expectations,
    "validata-table": validata,
}


def main(name: str, path: Path) -> None:
    """Prepare, start on the first lines, work once on the whole, and print what it took."""
    begun = time.perf_counter()
    work = CONTESTANTS[name]()
    with tempfile.TemporaryDirectory() as folder, path.open("rb") as file:
        few = Path(folder) / "few.csv"
        few.write_bytes(b"".join(itertools.islice(file, LINES)))
        work(few)
    print(json.dumps(took(work, path, begun)))


def took(work: Work, path: Path, begun: float) -> dict[str, Any]:
    """What one work on one file takes, children's CPU seconds included. `begun`: when the process began to prepare."""
    before, start = os.times(), time.perf_counter()
    rows, errors = work(path)
    wall, after = time.perf_counter() - start, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    return {
        "start": round(start - begun, 3),
        "wall": round(wall, 3),
        "cpu": round(cpu, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "rows": rows,
        "errors": errors,
        "load": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
