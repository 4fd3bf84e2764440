"""What has to be made before what: tables within a package, packages among themselves.

Belongs here: order, read from foreign keys and from what derived tables are made of. Does not: making anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.schema.packages import Package, PackageTable
from pipelines.schema.tables import ForeignKey, TableSchema


def needs(package: Package, table: PackageTable) -> set[str]:
    """The tables of the same package that have to be made before this one."""
    parents = {key.table for key in package.schema(table.name).foreign_keys if key.table}
    own = {name for name in parents - {table.name} if not is_made_from(package, name, table.name)}
    return own | {item.split("/")[1] for item in table.inputs if item.split("/")[0] == package.name}


def is_made_from(package: Package, name: str, other: str) -> bool:
    """Whether a derived table of a package reads another one, directly or through others."""
    waiting, seen = [name], set[str]()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        inputs = [item.split("/") for item in package.table(current).inputs]
        waiting += [table for owner, table in inputs if owner == package.name]
    return other in seen - {name}


def late_keys(package: Package, schema: TableSchema) -> list[ForeignKey]:
    """The foreign keys to tables that are themselves derived from this one: validated once both are made."""
    return [key for key in schema.foreign_keys if key.table and is_made_from(package, key.table, schema.name)]


def tables_behind(package: str, packages: Mapping[str, Package]) -> set[str]:
    """Every table ("package/table") that decides what a package contains: its own, parents, what they are made of.

    Of a package that is not among `packages`, because its file is wrong, only the names are known.
    """
    waiting = [f"{package}/{table.name}" for table in packages[package].tables]
    reached: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in reached:
            continue
        reached.add(key)
        owner, name = key.split("/")
        if owner not in packages:
            continue
        table = packages[owner].table(name)
        waiting += [f"{owner}/{item}" for item in needs(packages[owner], table)] + list(table.inputs)
    return reached


def other_packages(package: Package) -> set[str]:
    """The other packages whose tables this one reads."""
    return {item.split("/")[0] for table in package.tables for item in table.inputs} - {package.name}


def in_making_order(packages: Iterable[Package]) -> list[Package]:
    """Packages, each after those that it reads; packages that read each other in a circle stay as they come."""
    waiting = list(packages)
    placed: list[Package] = []
    while waiting:
        unmade = {package.name for package in waiting}
        ready = [package for package in waiting if not other_packages(package) & unmade]
        placed.append((ready or waiting)[0])
        waiting.remove(placed[-1])
    return placed
