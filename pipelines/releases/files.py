"""The payload of a release: every table in its formats, the quality tables, the provenance of rows.

Belongs here: which files a release holds. Does not: their bytes (`formats/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import REPEATED, canonical, is_ascending, key_text, metadata, repeated
from pipelines.releases.csvfile import write_csv
from pipelines.releases.descriptor import FileMade, plain_schema
from pipelines.releases.formats import Published, output_formats
from pipelines.releases.parquet import write_parquet
from pipelines.releases.request import ReleaseRequest
from pipelines.schema.arrow import arrow_schema

PLAIN = "csv"
PROVENANCE = {"source": "_source", "snapshot": "_snapshot", "part": "_part", "position": "_position"}


def published_tables(request: ReleaseRequest, tables: Mapping[str, pa.Table]) -> list[Published]:
    """The tables (canonical) with what formats need to know of them, in the package's order."""
    siblings = set(request.schemas)
    found = []
    for name, table in tables.items():
        schema = request.schemas[name]
        found.append(Published(name, schema.title, plain_schema(schema, siblings), table, schema.maps))
    return found


def declared_files(published: Sequence[Published]) -> list[str]:
    """The files that a release of these tables holds under `data/`, known before anything is written."""
    found = [form.path(item.name) for item in published for form in output_formats() if form.takes(item)]
    tables = [item.name for item in published]
    found += [f"changes/{name}.{kind}" for name in tables for kind in ("csv", "parquet")]
    found += [f"qualite/{name}.{kind}" for name in ("constats", "rejets") for kind in ("csv", "parquet")]
    return sorted([*found, "qualite/provenance.parquet", "CHANGES.md", "README.md", "datapackage.json"])


def write_tables(request: ReleaseRequest, tables: Mapping[str, pa.Table], data: Path) -> list[FileMade]:
    """Write the tables (canonical) in every format that takes them, in the package's order."""
    made = []
    for item in published_tables(request, tables):
        values = ""  # the SHA-256 of the plain CSV, which comes first, names the values in every format
        for form in output_formats():
            if not form.takes(item):
                continue
            place = form.path(item.name)
            (data / place).parent.mkdir(parents=True, exist_ok=True)
            written = form.write(item, data / place)
            values = values or written.sha256
            role = "table" if form.name == PLAIN else form.name
            made.append(FileMade(place, role, item.name, written.bytes, written.sha256, written.rows, values))
    return made


def write_quality(request: ReleaseRequest, tables: Mapping[str, pa.Table], data: Path) -> list[FileMade]:
    """Write findings, rejects and provenance."""
    folder = data / "qualite"
    folder.mkdir(parents=True)
    made = []
    for name, given in (("constats", request.findings), ("rejets", request.rejects)):
        table = canonical(given, request.quality_schemas[name])
        csv = write_csv(table, folder / f"{name}.csv")
        made.append(FileMade(f"qualite/{name}.csv", "quality", name, csv.bytes, csv.sha256, csv.rows, csv.sha256))
        columns = write_parquet(table, folder / f"{name}.parquet")
        told = (columns.bytes, columns.sha256, columns.rows, csv.sha256)
        made.append(FileMade(f"qualite/{name}.parquet", "parquet", name, *told))
    provenance = provenance_table(request, tables)
    columns = write_parquet(provenance, folder / "provenance.parquet", runs=("ligne", "position"))
    told = (columns.bytes, columns.sha256, columns.rows, "")
    made.append(FileMade("qualite/provenance.parquet", "provenance", "provenance", *told))
    return made


def provenance_table(request: ReleaseRequest, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Where each row comes from, in the columns of `pipelines/schema/quality/provenance.json`.

    A row is named by its rank in its table, which costs next to nothing to store; names, hashes and parts repeat, and
    are dictionaries from the start. Lines that name no row of the table are left out: the row was not published.
    """
    schema = request.quality_schemas["provenance"]
    wanted = arrow_schema(schema)
    pieces = [_provenance(name, request, table) for name, table in tables.items() if name in request.provenance]
    columns = []
    for item in wanted:
        kind = REPEATED if pa.types.is_string(item.type) else item.type
        chunks = [piece.column(item.name).cast(kind).combine_chunks() for piece in pieces]
        column = pa.chunked_array([chunk for chunk in chunks if len(chunk)], kind)
        columns.append(column.unify_dictionaries().combine_chunks())
    fields = [item.with_type(column.type) for item, column in zip(wanted, columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata(schema)))


def _provenance(name: str, request: ReleaseRequest, table: pa.Table) -> pa.Table:
    import numpy as np

    given, key = request.provenance[name], request.schemas[name].primary_key or tuple(table.column_names)
    typed = [(field, table.schema.field(field).type) for field in key]
    keys = pa.table({field: given.column(field).cast(_plain(kind)) for field, kind in typed})
    named, published = key_text(keys, key), key_text(table, key)
    if named.equals(published) and is_ascending(published):
        return _in_order(name, given, pa.array(np.arange(1, table.num_rows + 1)))
    ranks = pc.index_in(named, value_set=published)
    known = pc.is_valid(ranks)
    return _in_order(name, given.filter(known), pc.add(ranks.filter(known).cast(pa.int64()), 1))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _in_order(name: str, given: pa.Table, ranks: pa.Array) -> pa.Table:
    told = {"table": repeated(pa.chunked_array([pa.repeat(name, len(ranks))])), "ligne": ranks}
    told |= {column: repeated(given.column(PROVENANCE[column])) for column in ("source", "snapshot", "part")}
    told["position"] = given.column(PROVENANCE["position"]).cast(pa.int64())
    table = pa.table(told)
    if is_ascending(ranks):
        return table
    plain = {column: table.column(column).cast(pa.string()) for column in ("source", "snapshot", "part")}
    order = ["ligne", *plain, "position"]
    by = pa.table({"ligne": ranks, **plain, "position": table.column("position")})
    return table.take(pc.sort_indices(by, sort_keys=[(column, "ascending") for column in order]))
