"""What a release is asked for with, and how the asking ends.

Belongs here: the words that the stages and this module share. Does not: doing anything with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.releases.steps import Step
from pipelines.schema import Package, TableSchema


@dataclass(frozen=True)
class SnapshotUsed:
    """One snapshot that a release was made from. `obtained` is an ISO date or UTC instant, as the snapshot knows it."""

    part: str
    sha256: str
    address: str
    obtained: str


@dataclass(frozen=True)
class SourceUsed:
    """One source that a release was made from; `example` is true for records that were invented to show the way."""

    name: str
    title: str
    title_en: str
    address: str
    licence: str
    publisher: str
    example: bool
    snapshots: tuple[SnapshotUsed, ...]


@dataclass(frozen=True)
class Warned(Said):
    """Something that a user of the data has to know."""

    is_notice: bool = False
    """Whether it says what was wrong in earlier versions, or what moved where: it marks those that came before it."""
    losses: tuple[tuple[str, float], ...] = ()
    """Of a notice: by table, what share of its rows may go in the first version with it."""


@dataclass(frozen=True)
class Withheld:
    """Rows of one table that the privacy gate keeps back. `records`: what they were made from, as (source, part,
    position), which a release records; `keys`: their keys as text, which it never does."""

    rows: int
    records: tuple[tuple[str, str, int], ...]
    keys: frozenset[str]


@dataclass(frozen=True)
class ReleaseRequest:
    """Everything that a release is a function of.

    `tables`: by name, the public fields of `schemas[name]`, typed as `pipelines.schema.arrow.typed` types them; this
    module puts rows in key order, and empty texts become absent values.
    `provenance`: by table name, the key fields of the table and `_source`, `_snapshot`, `_part`, `_position`; several
    lines a row when several records fed it.
    `findings`, `rejects`: text columns of `schema/quality/constats.json` and `rejets.json`, whose schemas are in
    `quality_schemas` with those of `provenance` and `changements`.
    `created`: the date of the newest snapshot, UTC; the only date that a release knows.
    `code`: a hash of the code and of whatever else is not named below. `corrections`, `redactions`: hashes of the files
    of corrections and of redactions, empty when there are none. They are only compared, never interpreted.
    """

    package: Package
    schemas: Mapping[str, TableSchema]
    tables: Mapping[str, pa.Table]
    provenance: Mapping[str, pa.Table]
    findings: pa.Table
    rejects: pa.Table
    sources: Sequence[SourceUsed]
    created: datetime
    code: str
    quality_schemas: Mapping[str, TableSchema]
    warnings: Sequence[Warned] = ()
    corrections: str = ""
    redactions: str = ""
    steps: Mapping[str, Sequence[Step]] = field(default_factory=dict)
    """By "table/field": the steps that touched the field, for `trace` and the catalogue."""
    withheld: Mapping[str, Withheld] = field(default_factory=dict)
    """By table: the rows that are kept back. They are no longer in `tables`."""
    withheld_quality: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Ranks, from 0, of the findings and rejects that are kept back, by their place."""

    def withheld_document(self) -> dict[str, object]:
        """What a release records of what it went without; empty where it went without nothing."""
        if not self.withheld and not self.withheld_quality:
            return {}
        return {
            "tables": {
                name: {"rows": item.rows, "records": [list(record) for record in item.records]}
                for name, item in sorted(self.withheld.items())
            },
            "findings": list(self.withheld_quality.get("qualite/constats", ())),
            "rejects": list(self.withheld_quality.get("qualite/rejets", ())),
        }


@dataclass(frozen=True)
class Published:
    """A new version is published. `reason` is the list of what made its number, most important first."""

    package: str
    version: str
    reasons: tuple[str, ...]
    path: Path
    rows: Mapping[str, int]
    signed: bool
    warnings: tuple[Warned, ...] = ()
    causes: tuple[Said, ...] = ()
    """The reasons in both languages, in the same order."""


@dataclass(frozen=True)
class Unchanged:
    """Nothing differs from the current version, which stays."""

    package: str
    version: str
    path: Path


@dataclass(frozen=True)
class Refused:
    """No release: `reasons` say why, and are kept in `record`; the last good version stays current."""

    package: str
    reasons: tuple[Warned, ...]
    record: Path


Outcome = Published | Unchanged | Refused
