"""What is measured: invented observations by a fixed rule, and the package that they make.

A fifth of the rows contain a comma, a quote or a line end; in the second version about 1 % of them have other values,
come or go. Not here: measuring (`measure.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]
CHANGED = 100


def observations(rows: int, *, version: int = 1) -> pa.Table:
    """Invented observations in key order; in version 2, one row in `CHANGED` has other values, comes or goes."""
    import numpy as np

    numbers = np.arange(rows)
    noise = (numbers * 2_654_435_761 % 2**32).astype(np.int64)
    level = noise % 5 + 1
    if version == 2:
        level = np.where(numbers % CHANGED == 7, (level % 5) + 1, level)
    texts = [f"Observation {n} sur le projet, point {n % 977}" for n in range(min(rows, 50_000))]
    for place in range(0, len(texts), 5):
        texts[place] = f'Avis « {place} », dit "réservé"\nsuite {place % 31}'
    words = pa.array(texts).take(pa.array(noise % len(texts)))
    keys = pa.array([f"obs-{n:09d}" for n in numbers.tolist()])
    table = pa.table(
        {
            "observation_id": keys,
            "enquete_code": pa.array([f"EP{n:05d}" for n in range(5_000)]).take(pa.array(noise % 5_000)),
            "date": pa.array((noise % 5_000 + 12_000).astype(np.int32)).cast(pa.date32()),
            "canal": pa.array(["registre", "courriel", "courrier"]).take(pa.array(noise % 3)).dictionary_encode(),
            "commune_code": pa.array([f"{n:05d}" for n in range(30_000)]).take(pa.array(noise % 30_000)),
            "niveau": pa.array(level),
            "part": pa.array(noise % 10_000 / 100).cast(pa.decimal128(18, 2)),
            "publiee": pa.array(noise % 2 == 0),
            "texte": words,
            "theme": pa.array(["eau", "air", "bruit", None, "paysage"]).take(pa.array(noise % 5)),
            "rang": pa.array(noise % 1_000),
        }
    )
    return table.slice(0, rows - rows // 1000) if version == 1 else table.filter(pa.array(numbers % 1000 != 13))


def a_request(rows: int, version: int) -> Any:
    """A request for a package of one table."""
    from pipelines.releases import ReleaseRequest
    from pipelines.schema import Package, PackageTable, load_quality
    from pipelines.schema.arrow import repeated_text
    from pipelines.schema.tables import parse_table
    from tests.releases.builders import a_package, a_source, field, text_table

    table = observations(rows, version=version)
    kinds = {"date": "date", "niveau": "integer", "publiee": "boolean", "rang": "integer", "part": "number"}
    fields = [field(name, kinds.get(name, "string")) for name in table.column_names]
    fields[0]["constraints"] = {"required": True}
    next(item for item in fields if item["name"] == "part")["scale"] = 2
    schema = parse_table(
        {"fields": fields, "primaryKey": ["observation_id"]}, "observations", "o.json", ROOT / "schemas"
    )
    quality = {name: load_quality(name) for name in ("constats", "rejets", "provenance", "changements")}
    package: Package = a_package((PackageTable("observations", None, (), 1, None, 0.5),), name="essai")
    count = table.num_rows
    # As the pipeline gives them: texts that repeat are kept once.
    told = {"_source": "inventee", "_snapshot": f"{version}b" * 32, "_part": "fichier"}
    columns: dict[str, pa.Array] = {name: repeated_text(text, count) for name, text in told.items()}
    columns["_position"] = pa.array(range(2, count + 2), pa.int64())
    return ReleaseRequest(
        package=package,
        schemas={"observations": schema},
        tables={"observations": table},
        provenance={"observations": pa.table({"observation_id": table.column(0), **columns})},
        findings=text_table([], quality["constats"].names),
        rejects=text_table([], quality["rejets"].names),
        sources=(a_source(f"{version}b" * 32),),
        created=datetime(2026, 1, version, tzinfo=UTC),
        code="code",
        quality_schemas=quality,
    )
