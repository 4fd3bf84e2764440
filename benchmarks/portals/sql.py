"""What SQL over HTTP fetches, in bytes, of a table of a million rows in three versions.

`python -m benchmarks.portals.sql FOLDER [ROWS]`, after `sh scripts/install_portals.sh`: DuckDB 1.4.4 with httpfs, in a
process of its own, new for each query. It counts bytes of bodies, which do not depend on how busy the machine is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.catalogue import write_catalogue
from pipelines.releases import publish
from pipelines.schema.arrow import typed
from tests.portals.real.fetching import answers, counting
from tests.releases.builders import a_request, a_schema, prizes_schema, provenance_of

VERSIONS = ("1.0.0", "1.1.0", "1.2.0")
QUERIES = {
    "the script alone": "SELECT 1",
    "count of the current version": "SELECT count(*) FROM prix.prix()",
    "count of an earlier version": "SELECT count(*) FROM prix.prix('1.0.0')",
    "count of each version": "SELECT arobase_version, count(*) FROM prix.prix_versions() GROUP BY ALL",
    "sum of one column": "SELECT sum(arobases) FROM prix.prix()",
    "one row by its key": "SELECT nom FROM prix.prix() WHERE prix_id = 'p0500000'",
    "ten rows": "FROM prix.prix() LIMIT 10",
    "rows of one version that another lacks": """
        SELECT count(*) FROM prix.prix('1.2.0') ANTI JOIN prix.prix('1.0.0') USING (prix_id)""",
    "every cell": "SELECT count(DISTINCT hash(p)) FROM prix.prix() p",
}


def table(rows: int) -> Any:
    """Prizes with keys in order and names that no compressor makes small, always the same."""
    numbers = pa.array(range(rows), pa.int64())
    noise = pa.array(np.random.default_rng(7).integers(0, 1 << 24, rows)).cast(pa.string())
    padded = pc.utf8_lpad(numbers.cast(pa.string()), 7, "0")
    text = pa.table(
        {
            "prix_id": pc.binary_join_element_wise("p", padded, ""),
            "annee": pa.repeat("2024", rows),
            "nom": pc.binary_join_element_wise("Lieu", padded, noise, " "),
            "arobases": pc.add(pc.bit_wise_and(numbers, 3), 1).cast(pa.string()),
            "part": pa.repeat("0.50", rows),
            "niveau": pa.repeat("or", rows),
        }
    )
    return typed(text, a_schema("prix", prizes_schema()))


def released(outputs: Path, rows: int) -> None:
    """Three versions, each with a hundred rows more than the one before."""
    for place in range(len(VERSIONS)):
        request = a_request()
        made = table(rows - 100 * (len(VERSIONS) - 1 - place))
        origin = {**request.provenance, "prix": provenance_of(made, ["prix_id"])}
        tables = {"editions": request.tables["editions"], "prix": made}
        publish(a_request(tables=tables, provenance=origin), outputs / "releases", key=None)


def main(folder: Path, rows: int) -> None:
    if not (folder / "releases").exists():
        released(folder, rows)
    file = folder / "releases" / "prix" / VERSIONS[-1] / "data" / "prix.parquet"
    print(f"| {rows:,} rows, Parquet of {file.stat().st_size:,} bytes, {len(VERSIONS)} versions | requests | bytes |")
    print("|---|---:|---:|")
    with counting(folder) as shown:
        write_catalogue(folder / "releases", folder / "catalogue", base_url=shown.address)
        for name, query in QUERIES.items():
            shown.clear()
            answers(f"{shown.address}catalogue/prix/versions.sql", query)
            print(f"| {name} | {shown.requests} | {shown.bytes:,} |", flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    main(Path(words[0]), int(words[1]) if len(words) > 1 else 1_000_000)
