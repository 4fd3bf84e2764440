"""What the data is: tables, fields, code lists and packages, each defined once under `schemas/` and rendered many ways.

Belongs here: reading `schemas/`, and its renderings as Frictionless descriptors, Arrow schemas and documentation.
Does not: validating a value (`validation/`), reading a source (`sources/`, `formats/`).
"""

from pipelines.schema.codelists import Code, CodeList, load_codelist
from pipelines.schema.package_files import Packages, load_package, load_packages, package_names
from pipelines.schema.packages import Package, PackageTable
from pipelines.schema.tables import (
    Field,
    ForeignKey,
    Privacy,
    TableSchema,
    load_incoming,
    load_quality,
    load_table,
    quality_names,
)

__all__ = [
    "Code",
    "CodeList",
    "Field",
    "ForeignKey",
    "Package",
    "PackageTable",
    "Packages",
    "Privacy",
    "TableSchema",
    "load_codelist",
    "load_incoming",
    "load_package",
    "load_packages",
    "load_quality",
    "load_table",
    "package_names",
    "quality_names",
]
