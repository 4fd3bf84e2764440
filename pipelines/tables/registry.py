"""The register of derived tables: functions that make a table from other tables.

A package's `package.yaml` names the function under `derived` and the tables that it reads under `from`. The stages
import every module of the rooms that derive (`tables/derived/`, `rules/`), so that a new file is found by being there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from pipelines.core.domains import discover
from pipelines.core.project import Project
from pipelines.schema.packages import CODELIST
from pipelines.tables.codelists import codelist_rows

Derivation = Callable[[Mapping[str, pa.Table], Project], pa.Table]

_derivations: dict[str, Derivation] = {}


def derived(name: str) -> Callable[[Derivation], Derivation]:
    """Register `derive(tables, project) -> table`.

    `tables` holds the typed tables under `from`, by "package/table"; the result has the columns of the table's schema,
    typed or as canonical text. A pure function of the tables and of the project's schemas and reference data.
    """

    def register(function: Derivation) -> Derivation:
        if _derivations.setdefault(name, function) is not function:
            raise TypeError(f"two derived tables are called {name!r}")
        return function

    return register


def derivation(name: str) -> Derivation:
    """The function registered under `name`. Raises `KeyError`."""
    discover("derived", "pipelines.tables")
    if name.startswith(CODELIST):
        return codelist_rows(name.removeprefix(CODELIST))
    return _derivations[name]
