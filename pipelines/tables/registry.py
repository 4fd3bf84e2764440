"""The register of derived tables: functions that make a table from other tables.

A package's `package.yaml` names the function under `derived` and the tables that it reads under `from`. A new file of
this folder, or of what a domain brings as `derived`, is found by being there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.core.registry import Registry
from pipelines.core.text import Said
from pipelines.schema.packages import CODELIST
from pipelines.tables.codelists import codelist_rows

Derivation = Callable[[Mapping[str, pa.Table], Project], pa.Table]

DERIVATIONS: Registry[Derivation] = Registry(
    Said("une fonction de table dérivée", "a function that derives a table"), "derived", "pipelines.tables"
)


def derived(name: str) -> Callable[[Derivation], Derivation]:
    """Register `derive(tables, project) -> table`.

    `tables` contains the typed tables under `from`, by "package/table"; the result has the columns of the table's
    schema, typed or as canonical text. A pure function of the tables and of the project's schemas and reference data.
    """
    return DERIVATIONS.registering(name)


def derivation(name: str) -> Derivation:
    """The function registered under `name`, or the rows of a code list. Raises `UnknownName`."""
    if name.startswith(CODELIST):
        return codelist_rows(name.removeprefix(CODELIST))
    return DERIVATIONS[name]
