"""What a format is, and the register of formats."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from pipelines.core.registry import Registry
from pipelines.core.text import Said
from pipelines.releases.csvfile import Written
from pipelines.releases.flaws import Flaw

SHEET_ROWS = 1_048_575
"""The rows that a spreadsheet has below its header."""


@dataclass(frozen=True)
class Published:
    """A table as it is published: canonical rows, and its published Table Schema with `name`, `title` and `maps`.

    `maps`: by kind of territory (`departement`, `region`), the field that contains its code.
    """

    name: str
    title: str
    schema: Mapping[str, Any]
    table: pa.Table
    maps: Mapping[str, str]

    @property
    def key(self) -> tuple[str, ...]:
        key = self.schema.get("primaryKey", ())
        return (key,) if isinstance(key, str) else tuple(key)

    @cached_property
    def words(self) -> Mapping[str, pa.ChunkedArray]:
        """Its floats in words, for the formats that write them so."""
        from pipelines.releases.csvfile import float_columns

        return float_columns(self.table)


@dataclass(frozen=True)
class Released:
    """A table of a release under verification: its descriptor, and its Parquet file, which decides."""

    data: Path
    resource: Mapping[str, Any]
    parquet: Path

    @cached_property
    def opened(self) -> Any:
        import pyarrow.parquet as pq

        return pq.ParquetFile(self.parquet)

    @cached_property
    def plain(self) -> str:
        """The SHA-256 that the Parquet file's values have as canonical CSV."""
        return csv_digest(self.opened)

    @cached_property
    def spreadsheet(self) -> str:
        """The SHA-256 that they have as CSV for spreadsheets."""
        return spreadsheet_digest(self.opened)

    def published(self) -> Published:
        """The table as it was when it was published."""
        from pipelines.releases.parquet import read_parquet

        resource = self.resource
        name, title = str(resource["name"]), str(resource.get("title", resource["name"]))
        return Published(name, title, resource["schema"], read_parquet(self.parquet), {})


def spreadsheet_digest(opened: Any, *, with_formulas: bool = False) -> str:
    """The SHA-256 of an opened Parquet file's values as CSV for spreadsheets.

    `with_formulas`: as versions were written from before texts were kept from being formulas.
    """
    from pipelines.releases.csvfile import BOM, without_formulas

    if with_formulas:
        return csv_digest(opened, ";", BOM)
    return csv_digest(opened, ";", BOM, without_formulas)


def csv_digest(
    opened: Any, delimiter: str = ",", mark: bytes = b"", shape: Callable[[pa.Table], pa.Table] | None = None
) -> str:
    """The SHA-256 of an opened Parquet file's values as CSV; `shape` makes of each piece what is written."""
    from pipelines.releases.csvfile import csv_bytes

    digest = hashlib.sha256()
    for group in range(max(opened.num_row_groups, 1)):
        piece = opened.read_row_group(group) if opened.num_row_groups else opened.schema_arrow.empty_table()
        blocks = csv_bytes(piece if shape is None else shape(piece), delimiter=delimiter, mark=mark)
        if group:
            next(blocks)  # the header, which only the first piece has
        for block in blocks:
            digest.update(block)
    return digest.hexdigest()


class OutputFormat(ABC):
    """One format. `order`: its place among the formats of a table; `folder`: where its files are under `data/`.

    `label` is what the catalogue and portals call it, `short` the head of its column in a release's README;
    `file_type`: its code in the European authority table of file types; `offered`: whether portals are sent it;
    `described`: what the descriptor says of each of its files beside what it says of all.
    """

    name: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str]
    label: ClassVar[Said]
    file_type: ClassVar[str]
    order: ClassVar[int]
    short: ClassVar[str] = ""
    folder: ClassVar[str] = ""
    offered: ClassVar[bool] = True
    is_alternative: ClassVar[bool] = True
    described: ClassVar[Mapping[str, Any]] = {}

    def path(self, table: str) -> str:
        """Where the file of a table is, under `data/`."""
        return f"{self.folder}{table}{self.suffix}"

    def takes(self, published: Published) -> bool:
        """Whether a table is written in this format: all are, unless the format says otherwise."""
        return True

    @abstractmethod
    def write(self, published: Published, path: Path) -> Written:
        """Write the table: equal tables give equal bytes, on any machine."""

    @abstractmethod
    def check(self, released: Released, path: Path) -> Iterator[Flaw]:
        """What is wrong with the file: it must contain the values of the table's Parquet file."""


FORMATS: Registry[OutputFormat] = Registry(
    Said("un format de publication", "an output format"),
    "formats",
    "pipelines.releases.formats",
    order=lambda item: item.order,
)
_PLACES: Registry[str] = Registry(Said("un emplacement de fichiers", "a place of files"), "formats")


def output_format(kind: type[OutputFormat]) -> type[OutputFormat]:
    """Register a format. Raises `NameTaken` when two have one name, or write their files at one place."""
    found = kind()
    FORMATS.register(found.name, found, kind)
    _PLACES.register(found.path("…"), found.name, kind)
    return kind


def output_formats() -> tuple[OutputFormat, ...]:
    """Every format, in the order in which a table's files are listed."""
    return tuple(FORMATS.values())
