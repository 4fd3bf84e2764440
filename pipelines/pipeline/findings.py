"""Run rules: what they find out of a package's accepted tables. Findings are published; they never reject a row.

Belongs here: running the rules of a package once, and keeping the findings. Does not: any rule (`domains/`),
registering one (`findings/`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.project import Project
from pipelines.findings import deviations, run_rules
from pipelines.pipeline.results import Kept, keep
from pipelines.pipeline.tables import TableResult
from pipelines.schema import Package

FINDINGS = "constats.parquet"


@dataclass(frozen=True)
class FindingsResult:
    """The findings on one package, in the columns of `pipelines/schema/quality/constats.json`."""

    package: str
    kept: Kept

    @property
    def rows(self) -> int:
        """How many there are, which takes reading none."""
        return int(pq.read_metadata(self.kept.folder / FINDINGS).num_rows)

    @property
    def table(self) -> pa.Table:
        return pq.read_table(self.kept.folder / FINDINGS)


def make_findings(
    project: Project,
    package: Package,
    tables: Mapping[str, TableResult],
    *,
    settings: str,
    may_make: bool = True,
) -> FindingsResult:
    """The findings on a package, made again only when one of its tables, or the rules, changed.

    `tables`: by "package/table", the tables of this package and those of others that it reads. `settings`: what
    findings are a function of besides (`Ingredients.of_package`).
    Raises `NotMaterialised` when the findings are not there and `may_make` is false.
    """
    made_from = {
        "tables": {key: tables[key].kept.fingerprint for key in sorted(tables)},
        "settings": settings,
        "package": package.name,
    }

    def make(folder: Path) -> None:
        found = run_rules(package.name, _AsRead(tables), project)
        pq.write_table(deviations(found), folder / FINDINGS)

    kept = keep(project, "findings", package.name, made_from, make, may_make=may_make)
    return FindingsResult(package.name, kept)


class _AsRead(Mapping[str, pa.Table]):
    """The tables of results, each read when a rule first asks for it: most rules ask for few."""

    def __init__(self, results: Mapping[str, TableResult]) -> None:
        self._results = {key: results[key] for key in sorted(results)}
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, key: str) -> pa.Table:
        if key not in self._read:
            self._read[key] = self._results[key].table
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)
