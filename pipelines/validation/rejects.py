"""The rejects file: every error of every rejected row, as CSV and as Parquet, written as the validator goes.

One line per error, in the columns of `schema/quality/rejets.json`. A value is written only where the field may be
shown. Belongs here: writing and reading that file. Does not: finding errors, or validating rejected rows again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from pipelines.mapping.rejections import REJECTIONS
from pipelines.schema.reserved import PUBLISHED
from pipelines.storage.atomic import ASIDE
from pipelines.validation.phrases import expected, rule_title
from pipelines.validation.responsible import Side, responsible_party

REJECTS = REJECTIONS
LEFT = f"{ASIDE}rejets-"


@dataclass(frozen=True)
class Origin:
    """Where rows come from when they do not say so themselves in `_source`, `_snapshot`, `_part`."""

    source: str
    table: str
    snapshot: str | None = None
    part: str | None = None
    side: Side = "entree"


@dataclass(frozen=True)
class Aside:
    """A file that is written beside its place."""

    file: IO[bytes]
    path: Path


class RejectsFile:
    """A sink of the validator, and a context: `<stem>.csv` and `<stem>.parquet` appear whole when it ends, or neither.

    Both are written aside under a lock that goes with the process; what a killed run left aside in the folder goes when
    the next begins.
    """

    def __init__(self, stem: Path, origin: Origin) -> None:
        self.csv_path, self.parquet_path = stem.with_name(stem.name + ".csv"), stem.with_name(stem.name + ".parquet")
        self.origin = origin
        self.lines = 0

    def __enter__(self) -> RejectsFile:
        folder = self.csv_path.parent
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        self._files = [_aside(path) for path in (self.csv_path, self.parquet_path)]
        self._csv = pyarrow.csv.CSVWriter(self._files[0].file, REJECTS)
        self._parquet = pq.ParquetWriter(self._files[1].file, REJECTS, compression="zstd")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._csv.close()
        self._parquet.close()
        for aside, path in zip(self._files, (self.csv_path, self.parquet_path), strict=True):
            if kind is None:
                aside.file.flush()
                aside.path.replace(path)
            else:
                aside.path.unlink(missing_ok=True)
            aside.file.close()

    def write_whole(self, errors: pa.Table) -> None:
        """Add errors that are of no row: of the file, of its header (shape `result.ERRORS`)."""
        ordered = errors.add_column(0, "index", pa.array([0] * errors.num_rows, pa.int64()))
        self.write(ordered, pa.table({}))

    def write(self, errors: pa.Table, rows: pa.Table) -> None:
        """Add the errors of a block (shape `explain.ORDERED`); `rows` are the block's rows."""
        lines = reject_lines(errors, rows, self.origin)
        self._csv.write_table(lines)
        self._parquet.write_table(lines)
        self.lines += lines.num_rows


def _aside(path: Path) -> Aside:
    """A new file beside `path`, locked for as long as it is open."""
    while True:
        handle, name = tempfile.mkstemp(prefix=LEFT, dir=path.parent)
        file = os.fdopen(handle, "r+b")
        fcntl.flock(file, fcntl.LOCK_EX)
        if Path(name).exists():  # else another run took it for one that was left, before it was locked
            Path(name).chmod(0o644)
            return Aside(file, Path(name))
        file.close()


def _sweep(folder: Path) -> None:
    """Remove what killed runs left aside: files that no process holds."""
    for left in folder.glob(f"{LEFT}*"):
        with contextlib.suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink(missing_ok=True)


def reject_lines(errors: pa.Table, rows: pa.Table, origin: Origin) -> pa.Table:
    """Errors of a block in the shape `REJECTS`; a row that does not say its position is named by its row number."""
    size = errors.num_rows
    given = {"source": origin.source, "snapshot": origin.snapshot, "part": origin.part}
    place = {
        name: rows.column(column).take(errors.column("index")) if column in rows.column_names else None
        for name, column in PUBLISHED.items()
    }
    rules = errors.column("rule")
    columns = {
        **{
            name: found if (found := place[name]) is not None else pa.array([value] * size, pa.string())
            for name, value in given.items()
        },
        "position": place["position"] if place["position"] is not None else errors.column("row"),
        "table": pa.array([origin.table] * size, pa.string()),
        "champ": errors.column("field"),
        "valeur": errors.column("cell"),
        "regle": rules,
        "message": _french(errors),
        "message_en": errors.column("message"),
        "a_corriger_par": _mapped(
            rules, {rule: responsible_party(rule, origin.side).value for rule in _distinct(rules)}
        ),
        "etape": pa.array([origin.side] * size, pa.string()),
    }
    return pa.table([columns[name] for name in REJECTS.names], schema=REJECTS)


def read_rejects(path: Path) -> pa.Table:
    """A rejects file, CSV or Parquet, in the shape `REJECTS`."""
    if path.suffix == ".parquet":
        return pq.read_table(path, partitioning=None).cast(REJECTS)
    options = pyarrow.csv.ConvertOptions(
        column_types=REJECTS, strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    return pyarrow.csv.read_csv(path, convert_options=options, parse_options=parse)


def _french(errors: pa.Table) -> pa.Array:
    """« Champ « x » : Valeur d'un autre type ; attendu : une date. » The value is in its own column."""
    rules, notes = errors.column("rule"), errors.column("note")
    titles = _mapped(rules, {rule: rule_title(rule, "fr") for rule in _distinct(rules)})
    wanted = _mapped(
        notes,
        {note: f" ; attendu : {expected(note, 'fr')}" if expected(note, "fr") else "" for note in _distinct(notes)},
    )
    field = errors.column("field")
    named = pc.if_else(
        pc.is_null(field), "", pc.binary_join_element_wise("Champ « ", pc.fill_null(field, ""), " » : ", "")
    )
    return pc.binary_join_element_wise(named, titles, pc.fill_null(wanted, ""), ".", "")


def _distinct(column: pa.ChunkedArray) -> list[str]:
    return [value for value in pc.unique(column).to_pylist() if value is not None]


def _mapped(column: pa.ChunkedArray, words: dict[str, str]) -> pa.Array:
    places = pc.index_in(column, pa.array(list(words), pa.string()))
    found: pa.Array = pa.array(list(words.values()), pa.string()).take(places)
    return found
