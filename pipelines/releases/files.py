"""The payload of a release: every table in its formats, the quality tables, the provenance of rows.

Belongs here: which files a release holds. Does not: their bytes (`formats/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.canonical import as_first_met, canonical, is_ascending, key_text, metadata, repeated
from pipelines.releases.csvfile import write_csv
from pipelines.releases.descriptor import FileMade, plain_schema
from pipelines.releases.formats import Published, output_formats
from pipelines.releases.parquet import write_parquet
from pipelines.releases.request import ReleaseRequest
from pipelines.schema.arrow import REPEATED, arrow_schema, repeated_text
from pipelines.schema.reserved import PUBLISHED, ROW
from pipelines.storage.columns import ROWS
from pipelines.storage.sorting import in_order
from pipelines.storage.spool import Spool, filtered, is_large, pieces

PLAIN = "csv"
TOGETHER = 2


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
    """Write the tables (canonical) in every format that takes them, in the package's order, two files at a time."""
    made = []
    with ThreadPoolExecutor(TOGETHER) as pool:
        for item in published_tables(request, tables):
            forms = [form for form in output_formats() if form.takes(item)]
            places = [form.path(item.name) for form in forms]
            for place in places:
                (data / place).parent.mkdir(parents=True, exist_ok=True)
            written = list(pool.map(lambda form, place, item=item: form.write(item, data / place), forms, places))
            values = written[0].sha256  # of the plain CSV, which comes first: it names the values in every format
            for form, place, file in zip(forms, places, written, strict=True):
                role = "table" if form.name == PLAIN else form.name
                made.append(FileMade(place, role, item.name, file.bytes, file.sha256, file.rows, values))
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
        facts = (columns.bytes, columns.sha256, columns.rows, csv.sha256)
        made.append(FileMade(f"qualite/{name}.parquet", "parquet", name, *facts))
    provenance = provenance_table(request, tables)
    columns = write_parquet(provenance, folder / "provenance.parquet", runs=("ligne", "position"))
    facts = (columns.bytes, columns.sha256, columns.rows, "")
    made.append(FileMade("qualite/provenance.parquet", "provenance", "provenance", *facts))
    return made


def provenance_table(request: ReleaseRequest, tables: Mapping[str, pa.Table]) -> pa.Table:
    """Where each row comes from, in the columns of `pipelines/schema/quality/provenance.json`.

    A row is named by its rank in its table, which costs next to nothing to store; names, hashes and parts repeat, and
    are dictionaries from the start. Lines that name no row of the table are left out: the row was not published.
    """
    schema = request.quality_schemas["provenance"]
    wanted = arrow_schema(schema)
    found = [_provenance(name, request, table) for name, table in tables.items() if name in request.provenance]
    if any(map(is_large, found)):
        return _provenance_on_disk(found, wanted, metadata(schema))
    columns = []
    for item in wanted:
        kind = REPEATED if pa.types.is_string(item.type) else item.type
        chunks = [piece.column(item.name).cast(kind).combine_chunks() for piece in found]
        column = pa.chunked_array([chunk for chunk in chunks if len(chunk)], kind)
        column = as_first_met(column.unify_dictionaries()) if pa.types.is_dictionary(kind) else column
        columns.append(column.combine_chunks())
    fields = [item.with_type(column.type) for item, column in zip(wanted, columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata(schema)))


def _provenance_on_disk(tables: Sequence[pa.Table], wanted: pa.Schema, metadata: Mapping[str, str]) -> pa.Table:
    """The same lines where they are more than memory may hold."""
    fields = [item.with_type(REPEATED) if pa.types.is_string(item.type) else item for item in wanted]
    spool = Spool(pa.schema(fields, metadata))
    for table in tables:
        for piece in pieces(table, ROWS):
            columns = [piece.column(item.name).cast(item.type) for item in fields]
            spool.add(pa.Table.from_arrays(columns, schema=spool.schema))
    whole = spool.table()
    columns = [as_first_met(one) if pa.types.is_dictionary(one.type) else one for one in whole.columns]
    return pa.Table.from_arrays(columns, schema=spool.schema)


def _provenance(name: str, request: ReleaseRequest, table: pa.Table) -> pa.Table:
    import numpy as np

    key = request.schemas[name].primary_key
    if not key:
        return _of_whole_rows(name, request, table)
    given = request.provenance[name]
    typed = [(field, table.schema.field(field).type) for field in key]
    keys = pa.table({field: given.column(field).cast(_plain(kind)) for field, kind in typed})
    named, published = key_text(keys, key), key_text(table, key)
    # No primary key comes twice: the limits of a release were asked before.
    if _as_chunks(named).equals(_as_chunks(published)):
        return _lines(name, given, pa.array(np.arange(1, table.num_rows + 1)))
    ranks = _in_one(pc.index_in(named, value_set=published))
    known = pc.is_valid(ranks)
    return _in_order(name, filtered(given, known), pc.add(ranks.filter(known).cast(pa.int64()), 1))


def _of_whole_rows(name: str, request: ReleaseRequest, table: pa.Table) -> pa.Table:
    """The same of a table without a key, whose provenance names its rows by their place as they came: each row is
    looked for in the table as it is published, and of equal ones the first is taken for the first."""
    import numpy as np

    schema, came = request.schemas[name], request.tables[name]
    texts = key_text(came, schema.names)
    in_came = pc.sort_indices(texts)
    published = key_text(table, schema.names)
    in_published = pc.sort_indices(published)
    if not _as_chunks(texts.take(in_came)).equals(_as_chunks(published.take(in_published))):
        # Values were protected after the rows were put in order, and moved none.
        in_published = pc.sort_indices(key_text(canonical(came, schema), schema.names))
    ranks = np.empty(came.num_rows, np.int64)
    ranks[in_came.to_numpy()] = in_published.to_numpy()
    given = request.provenance[name]
    return _in_order(name, given, pa.array(ranks[given.column(ROW).to_numpy()] + 1))


def _as_chunks(keys: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return keys if isinstance(keys, pa.ChunkedArray) else pa.chunked_array([keys])


def _in_one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _lines(name: str, given: pa.Table, ranks: pa.Array) -> pa.Table:
    columns = {"table": repeated_text(name, len(ranks)), "ligne": ranks}
    columns |= {column: _repeated(given.column(PUBLISHED[column])) for column in ("source", "snapshot", "part")}
    columns["position"] = given.column(PUBLISHED["position"]).cast(pa.int64())
    return pa.table(columns)


def _in_order(name: str, given: pa.Table, ranks: pa.Array) -> pa.Table:
    table = _lines(name, given, ranks)
    if is_ascending(ranks):
        return table
    if is_large(table):
        return in_order(table, _by_rank)
    plain = {column: table.column(column).cast(pa.string()) for column in ("source", "snapshot", "part")}
    order = ["ligne", *plain, "position"]
    by = pa.table({"ligne": ranks, **plain, "position": table.column("position")})
    return table.take(pc.sort_indices(by, sort_keys=[(column, "ascending") for column in order]))


def _by_rank(some: pa.Table) -> pa.Table:
    plain = {name: some.column(name).cast(pa.string()) for name in ("source", "snapshot", "part")}
    return pa.table({"ligne": some.column("ligne"), **plain, "position": some.column("position")})


def _repeated(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts that repeat, each kept once; empty ones are absent."""
    if not pa.types.is_dictionary(column.type) or len(column) <= ROWS:
        return repeated(column)
    if any("" in chunk.dictionary.to_pylist() for chunk in column.chunks):
        return repeated(column)
    return column.cast(REPEATED)
