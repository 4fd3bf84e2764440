"""CSV: the plain form that everything reads, and the form for spreadsheets set to French."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from pipelines.core.text import Said
from pipelines.releases.csvfile import CSV_DIALECT, Written, write_csv, write_excel_csv
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats.registry import (
    SHEET_ROWS,
    OutputFormat,
    Published,
    Released,
    output_format,
    spreadsheet_digest,
)


@output_format
class Csv(OutputFormat):
    """Canonical CSV. Its resource in the descriptor is the table itself, with the schema."""

    name, suffix, media_type = "csv", ".csv", "text/csv"
    label, short, file_type, order = Said("CSV", "CSV"), "CSV", "CSV", 1
    is_alternative = False

    def write(self, published: Published, path: Path) -> Written:
        return write_csv(published.table, path, published.words)

    def check(self, released: Released, path: Path) -> Iterator[Flaw]:
        resource, rows = released.resource, released.opened.metadata.num_rows
        if f"sha256:{released.plain}" != resource["hash"] or rows != resource["rows"]:
            yield Flaw("values", f"data/{resource['path']}", released.parquet.relative_to(released.data).as_posix())


@output_format
class ExcelCsv(OutputFormat):
    """The same values with `;` between cells, a byte order mark, and an apostrophe before texts that begin as formulas
    do. A table of more rows than a spreadsheet has is not written so: the rest would be lost on whoever opens it."""

    name, suffix, media_type = "excel", ".csv", "text/csv"
    label, short = Said("CSV pour tableur", "CSV for spreadsheets"), "Excel"
    file_type, order, folder, offered = "CSV", 3, "excel/", False
    described: ClassVar[Mapping[str, Any]] = {
        "format": "CSV",
        "mediatype": "text/csv",
        "encoding": "utf-8",  # the mark is no encoding of its own in the register of IANA, which readers go by
        "dialect": {**CSV_DIALECT, "delimiter": ";"},
    }

    def takes(self, published: Published) -> bool:
        return bool(published.table.num_rows <= SHEET_ROWS)

    def write(self, published: Published, path: Path) -> Written:
        return write_excel_csv(published.table, path, published.words)

    def check(self, released: Released, path: Path) -> Iterator[Flaw]:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found == released.spreadsheet:
            return
        if found != spreadsheet_digest(released.opened, with_formulas=True):
            place = released.parquet.relative_to(released.data).as_posix()
            yield Flaw("excel", f"data/{path.relative_to(released.data).as_posix()}", place)
