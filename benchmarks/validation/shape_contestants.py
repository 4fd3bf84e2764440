"""One contestant validates the file of one shape, in a process of its own, and says in JSON what it took.

    python shape_contestants.py NAME SHAPE FILE

Run by `run.py --shapes`. As in `contestants.py`, each first validates a few rows, so that late imports are timed for
nobody.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.validation.contestants import Work, took
from benchmarks.validation.shapes import BY_NAME, Shape

FEW = 20


def frictionless(shape: Shape) -> Work:
    from frictionless import Dialect, Resource, Schema, system

    def work(path: Path) -> tuple[int, int]:
        schema = Schema.from_descriptor(json.loads(json.dumps(shape.schema)))
        dialect = Dialect.from_descriptor(shape.dialect)
        with system.use_context(trusted=True):
            table = Resource(path=str(path), schema=schema, encoding=shape.encoding, dialect=dialect)
            report = table.validate(limit_errors=0)
        return report.tasks[0].stats["rows"], report.stats["errors"]

    return work


def arobase(shape: Shape) -> Work:
    from pipelines.validation import validate

    def work(path: Path) -> tuple[int, int]:
        validation = validate(path, shape.schema, keep=False, encoding=shape.encoding, dialect=shape.dialect)
        return validation.rows, validation.error_count

    return work


def floor(shape: Shape) -> Work:
    """Arrow's bare read to text columns on one thread, and the two hashes of the file that the report holds.

    What Arrow does not read is made for it the shortest way: unpacked, decoded as a whole, spaces replaced anywhere.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    names = [item["name"] for item in shape.fields]

    def work(path: Path) -> tuple[int, int]:
        data = path.read_bytes()
        hashlib.md5(data, usedforsecurity=False)
        hashlib.sha256(data)
        table = pc.read_csv(
            pa.py_buffer(_plain(data)),
            pc.ReadOptions(use_threads=False, block_size=8 << 20),
            pc.ParseOptions(delimiter=shape.delimiter, quote_char=shape.quote, newlines_in_values=True),
            pc.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
        return table.num_rows, 0

    def _plain(data: bytes) -> bytes:
        data = gzip.decompress(data) if shape.packed else data
        data = data if shape.encoding == "utf-8" else data.decode(shape.encoding).encode()
        return data.replace(f"{shape.delimiter} ".encode(), shape.delimiter.encode()) if shape.space else data

    return work


def duckdb(shape: Shape) -> Work:
    """The same rules as far as SQL says them, written by hand: how many cells break one."""
    import duckdb

    def work(path: Path) -> tuple[int, int]:
        names = [item["name"] for item in shape.fields]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        quote = shape.quote.replace("'", "''")
        written = f"delim='{shape.delimiter}', quote='{quote}', header=true, nullstr=''"
        if shape.encoding != "utf-8":
            written += ", encoding='latin-1'"  # the nearest that it knows
        source = f"read_csv('{path}', {written}, columns={{{columns}}})"
        if shape.space:
            source = f"(SELECT {', '.join(f'ltrim({name}) AS {name}' for name in names)} FROM {source})"
        broken = " + ".join(f"count_if({_broken(item)})" for item in shape.fields)
        found = duckdb.connect().execute(f"SELECT count(*), {broken} FROM {source}").fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    return work


def validata(shape: Shape) -> Work:
    """In the environment that `--peers` makes. validata-table is given no dialect nor encoding: it finds them out."""
    from validata_core import validate
    from validata_core.domain import validation_features

    validation_features.VALIDATA_MAX_ROWS = 100_000_000  # as it comes, it stops at 100,000 rows

    def work(path: Path) -> tuple[int, int]:
        report = validate(str(path), json.loads(json.dumps(shape.schema)))
        return report.stats.rows, report.stats.errors

    return work


FORMS = {
    "email": r"[^@\s]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:.*",
    "geopoint": r"\[ *-?[0-9.]+ *, *-?[0-9.]+ *\]",
    "decimal": r"-?[0-9 ]+(,[0-9]+)?",
}


def _broken(item: dict[str, Any]) -> str:
    name, kind, limits = f'"{item["name"]}"', item["type"], item.get("constraints", {})
    rules = [f"{name} IS NULL"] if limits.get("required") else []
    form = limits.get("pattern") or FORMS.get(item.get("format", "")) or FORMS.get(kind)
    if kind == "number" and "decimalChar" in item:
        form = FORMS["decimal"]
    elif kind in ("number", "integer"):
        rules.append(f"TRY_CAST({name} AS {'DOUBLE' if kind == 'number' else 'BIGINT'}) IS NULL AND {name} IS NOT NULL")
    elif kind == "date":
        written = item.get("format", "%Y-%m-%d")
        rules.append(f"TRY_STRPTIME({name}, '{written}') IS NULL AND {name} IS NOT NULL")
    words = ["true", "false"] if kind == "boolean" else limits.get("enum", [])
    if words:
        listed = ", ".join("'" + str(word).replace("'", "''") + "'" for word in words)
        rules.append(f"{name} NOT IN ({listed})")
    if form:
        rules.append(f"NOT regexp_matches({name}, '^(?:{form})$')")
    return " OR ".join(f"({rule})" for rule in rules) or "false"


CONTESTANTS: dict[str, Callable[[Shape], Work]] = {
    "floor": floor,
    "arobase": arobase,
    "duckdb": duckdb,
    "frictionless": frictionless,
    "validata-table": validata,
}


def whole_records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The first lines, up to the end of a record: a text may hold line breaks between its quotes."""
    quotes = 0
    for number, line in enumerate(lines, start=1):
        yield line
        quotes += line.count(b'"')
        if number >= FEW and quotes % 2 == 0:
            return


def main(name: str, shape: Shape, path: Path) -> None:
    """Prepare, start on the first lines, work once on the whole, and print what it took."""
    begun = time.perf_counter()
    work = CONTESTANTS[name](shape)
    opening: Any = gzip.open if shape.packed else open
    with tempfile.TemporaryDirectory() as folder, opening(path, "rb") as file:
        few = Path(folder) / path.name
        with opening(few, "wb") as beginning:
            beginning.writelines(whole_records(file))
        work(few)
    print(json.dumps(took(work, path, begun)))


if __name__ == "__main__":
    main(sys.argv[1], BY_NAME[sys.argv[2]], Path(sys.argv[3]))
