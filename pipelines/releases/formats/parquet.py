"""Parquet: typed columns. Verification takes its values as the ones that every other format must hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from pipelines.core.text import Said
from pipelines.releases.csvfile import Written
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats.registry import OutputFormat, Published, Released, output_format
from pipelines.releases.parquet import write_parquet


@output_format
class Parquet(OutputFormat):
    """Canonical Parquet."""

    name, suffix, media_type = "parquet", ".parquet", "application/vnd.apache.parquet"
    label, short, file_type, order = Said("Parquet", "Parquet"), "Parquet", "PARQUET", 2
    is_alternative = False
    described: ClassVar[Mapping[str, Any]] = {"format": "Parquet", "mediatype": "application/vnd.apache.parquet"}

    def write(self, published: Published, path: Path) -> Written:
        return write_parquet(published.table, path, unique=published.key if len(published.key) == 1 else ())

    def check(self, released: Released, path: Path) -> Iterator[Flaw]:
        """Its types are checked before anything is compared with it; what it says of its table is checked here."""
        names = ("title", "title_en", "description")
        wanted = {name: str(released.resource[name]) for name in names if released.resource.get(name)}
        kept = released.opened.schema_arrow.metadata or {}
        found = {name.decode(errors="replace"): value.decode(errors="replace") for name, value in kept.items()}
        if found != wanted:
            yield Flaw("format", f"data/{path.relative_to(released.data).as_posix()}", str(found)[:120])
