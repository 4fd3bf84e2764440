"""Does the provenance of a release cover its rows, and name snapshots that its descriptor names?

Belongs here: what can be distinguished from one release. Does not: which record each row was made from, which takes the
snapshots (`rebuild.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.flaws import Flaw

PLACE = "data/qualite/provenance.parquet"
COLUMNS = {
    "table": pa.string(),
    "ligne": pa.int64(),
    "source": pa.string(),
    "snapshot": pa.string(),
    "part": pa.string(),
    "position": pa.int64(),
}
COMPUTED = "derivation:"
"""What a row that was computed from other rows names as its source: it has no snapshot and no part."""


def provenance(bag: Path) -> Iterator[Flaw]:
    """Every row has its provenance, of records of the snapshots that the descriptor names, in the order of the rows."""
    import pyarrow.parquet as pq

    document = read_descriptor(bag / "data")
    table = pq.read_table(bag / PLACE, partitioning=None)
    found = {item.name: _plain(item.type) for item in table.schema}
    if found != COLUMNS:
        columns = ", ".join(f"{name} {kind}" for name, kind in found.items())
        yield Flaw("provenance", PLACE, columns[:120], ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()))
        return
    counts = {item["name"]: item["rows"] for item in document["resources"] if _is_table(item)}
    yield from _rows(table, counts)
    yield from _records(table, document)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_table(resource: Mapping[str, Any]) -> bool:
    return "schema" in resource and "/" not in resource["path"]


def _rows(table: pa.Table, counts: Mapping[str, int]) -> Iterator[Flaw]:
    """Tables come one after the other, each row of each is there, from the first to the last."""
    names = table.column("table").cast(pa.string())
    listed = pc.unique(names).to_pylist()
    for name in listed:
        if name not in counts:
            yield Flaw("provenance", PLACE, str(name)[:60], ", ".join(counts))
    for name, rows in counts.items():
        ranks = table.filter(pc.equal(names, name)).column("ligne").combine_chunks()
        bounds = pc.min_max(ranks).as_py()
        known = (bounds["min"] or 0, bounds["max"] or 0, len(pc.unique(ranks)))
        if ranks.null_count or known != ((1, rows, rows) if rows else (0, 0, 0)):
            yield Flaw("provenance", PLACE, f"{name} {known[0]}–{known[1]} ({known[2]})", f"{name} 1–{rows} ({rows})")
        elif rows and not pc.all(pc.less_equal(ranks[:-1], ranks[1:]), min_count=0).as_py():
            yield Flaw("provenance", PLACE, f"{name} [ligne]", "1, 2, 3…")


def _records(table: pa.Table, document: Mapping[str, Any]) -> Iterator[Flaw]:
    """Each origin is a part of a snapshot that the descriptor names under that source, or a computation."""
    known = {
        (source["name"], one["sha256"], one["part"])
        for source in document.get("sources", [])
        for one in source["snapshots"]
    }
    columns = [table.column(name).cast(pa.string()) for name in ("source", "snapshot", "part")]
    origins = pa.table(columns, names=["source", "snapshot", "part"])
    for origin in origins.group_by(origins.column_names).aggregate([]).to_pylist():
        place = tuple(origin.values())
        is_computed = str(place[0]).startswith(COMPUTED) and place[1:] == (None, None)
        if not is_computed and place not in known:
            text = " ".join(str(word)[:24] for word in place)
            expected = ", ".join(sorted(f"{source} {digest[:12]} {part}" for source, digest, part in known))
            yield Flaw("provenance", PLACE, text, expected[:200])
    positions = table.column("position")
    first = pc.min(positions).as_py()
    if positions.null_count or (first is not None and first < 1):
        yield Flaw("provenance", PLACE, f"position {first}", "≥ 1")
