"""What pages need from the rows of a release: first rows, counts of changes by cause, of rejects and findings by rule.

Belongs here: reading a release's files. Does not: wording anything for a reader. Counts are exact.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.catalogue.model import Table, Version
from pipelines.core.text import Language
from pipelines.releases.corrected import CORRECTIONS, caused_by_correction, correction_link, corrections_of
from pipelines.releases.parquet import read_parquet

SAMPLE = 25
SMALL = 1_000_000  # bytes of CSV
ROW_NAMED = ("regle", "table", "resultat")
Counted = list[dict[str, Any]]


def sample(version: Version, table: Table) -> list[list[str]]:
    """The first rows of a table, as its CSV writes them."""
    path = version.folder / "data" / str(table.resource["path"])
    with path.open(encoding="utf-8", newline="") as file:
        return list(islice(csv.reader(file), 1, 1 + SAMPLE))


def read_rows(version: Version, name: str) -> list[dict[str, str]]:
    """Every row of a table as text, by field. Raises `OSError` when the version has no such table."""
    with (version.folder / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class TableChanges:
    """What changed in one table since the version before. `causes`: lines of `changes/<table>`, by cause."""

    name: str
    added: int
    removed: int
    changed: int
    fields: Mapping[str, int]
    causes: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        return self.added + self.removed + self.changed


def changes(version: Version) -> list[TableChanges]:
    """The changes that a version brings, by table, in the package's order."""
    described: Mapping[str, Any] = version.own["changes"]
    return [_changes(version, name, counts) for name, counts in described.items()]


def _changes(version: Version, name: str, counts: Mapping[str, Any]) -> TableChanges:
    numbers = {kind: int(counts[kind]) for kind in ("added", "removed", "changed")}
    causes: list[tuple[str, int]] = []
    if any(numbers.values()):
        found = count_by(version.folder / "data" / "changes" / name, ["cause"])
        causes = [(str(item["cause"]), int(item["count"])) for item in found]
    return TableChanges(name, **numbers, fields=counts["fields"], causes=causes)


CORRECTED = 100


@dataclass(frozen=True)
class CorrectedValue:
    """A value that a correction changed: its place, what it was and became, and the row of `corrections`; `gone`: that
    row is of the version before, as nobody settles the value any more."""

    table: str
    key: str
    field: str
    before: str | None
    after: str | None
    correction: str
    gone: bool


@dataclass(frozen=True)
class CorrectedValues:
    """The first values that corrections changed in a version, and how many there are in all."""

    shown: Sequence[CorrectedValue]
    total: int


def corrected(version: Version) -> CorrectedValues:
    """The values that corrections changed since the version before, by table; none in a version without such a
    table."""
    found: list[CorrectedValue] = []
    described: Mapping[str, Any] = version.own["changes"]
    for table in version.tables:
        link = correction_link(table.schema)
        if link is None or not described.get(table.name, {}).get("changed") or version.table(CORRECTIONS) is None:
            continue
        data = version.folder / "data"
        changes = caused_by_correction(read_parquet(data / "changes" / f"{table.name}.parquet")).to_pylist()
        rows = read_parquet(data / f"{table.name}.parquet", [*table.key, link[0]])
        named = corrections_of((row["cle"] for row in changes), table.key, link[0], [rows])
        dropped = {row["cle"]: row["avant"] for row in changes if row["champ"] == link[0] and row["apres"] is None}
        for row in changes:
            key, gone = row["cle"], row["cle"] in dropped
            correction = dropped[key] if gone else named.get(key)
            if correction:
                value = (table.name, key, row["champ"], row["avant"], row["apres"], correction, gone)
                found.append(CorrectedValue(*value))
    return CorrectedValues(found[:CORRECTED], len(found))


def rejects(version: Version) -> Counted:
    """Errors by rule, field and responsible party, most frequent first."""
    return count_by(version.folder / "data/qualite/rejets", ["regle", "table", "champ", "a_corriger_par"])


@dataclass(frozen=True)
class RuleResults:
    """What one rule concluded of one table: its basis, or those of its findings, and how often each result."""

    rule: str
    basis: str
    table: str
    results: Mapping[str, int]
    pointed: frozenset[str] = frozenset()
    """Of these results, those that name rows; others are about the table as a whole."""


def findings(version: Version) -> list[RuleResults]:
    """Findings by rule and table, in the order of the rules' names."""
    path = version.folder / "data" / "qualite" / "constats"
    counted = count_by(path, ["regle", "base", "table", "resultat"])
    keyed = (item for item in count_by(path, [*ROW_NAMED, "cle"]) if item["cle"])
    named = {(item["regle"], item["table"], item["resultat"]) for item in keyed}
    found = _by_rule((item["regle"], item["base"], item["table"], item["resultat"], item["count"]) for item in counted)
    return [
        replace(item, pointed=frozenset(one for one in item.results if (item.rule, item.table, one) in named))
        for item in found
    ]


def checked(version: Version, table: Table) -> list[RuleResults]:
    """What each rule concluded, from a table that publishes every result (`regle`, `resultat`); none from another."""
    if not {"regle", "resultat"} <= {item["name"] for item in table.fields}:
        return []
    counted = count_by(version.folder / "data" / table.name, ["regle", "resultat"])
    return _by_rule((item["regle"], "", table.name, item["resultat"], item["count"]) for item in counted)


def _by_rule(counted: Iterable[tuple[str, str, str, str, int]]) -> list[RuleResults]:
    results: dict[tuple[str, str], dict[str, int]] = {}
    bases: dict[tuple[str, str], dict[str, None]] = {}
    for rule, basis, table, result, count in sorted(counted):
        found = results.setdefault((rule, table), {})
        found[result] = found.get(result, 0) + count
        bases.setdefault((rule, table), {})[basis or ""] = None
    return [
        RuleResults(rule, " ; ".join(filter(None, bases[rule, table])), table, found)
        for (rule, table), found in results.items()
    ]


def rule_names(version: Version) -> dict[str, dict[Language, str]]:
    """What each rule is called, where the version publishes tables that say it (`regle`, `libelle`)."""
    names: dict[str, dict[Language, str]] = {}
    for table in version.tables:
        if {"regle", "libelle"} <= {item["name"] for item in table.fields}:
            for row in read_rows(version, table.name):
                names.setdefault(row["regle"], {"fr": row["libelle"], "en": row.get("libelle_en") or row["libelle"]})
    return names


def count_by(path: Path, names: Sequence[str]) -> Counted:
    """How many rows of a table have each combination of these columns; most frequent first, then by value.

    `path`: its files without their suffix. Absent values are empty texts. Small tables are counted from their CSV,
    which opens faster; large ones from the columns of their Parquet. Both contain the same values.
    """
    if path.with_suffix(".csv").stat().st_size < SMALL:
        counts = _counted_lines(path.with_suffix(".csv"), names)
    else:
        counts = _counted_columns(path.with_suffix(".parquet"), names)
    lines = [{**dict(zip(names, values, strict=True)), "count": count} for values, count in counts.items()]
    return sorted(lines, key=lambda item: (-item["count"], *(item[name] for name in names)))


def _counted_lines(path: Path, names: Sequence[str]) -> Mapping[tuple[str, ...], int]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        heads = next(reader)
        places = [heads.index(name) for name in names]
        return Counter(tuple(row[place] for place in places) for row in reader)


def _counted_columns(path: Path, names: Sequence[str]) -> Mapping[tuple[str, ...], int]:
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=list(names), partitioning=None)
    counted = table.group_by(list(names)).aggregate([([], "count_all")]).to_pylist()
    return {tuple(item[name] or "" for name in names): item["count_all"] for item in counted}


def freshness(version: Version) -> list[dict[str, Any]]:
    """The sources of a version, each with the newest moment at which one of its snapshots was taken."""
    return [
        {**source, "newest": max((one["obtained"] for one in source["snapshots"]), default="")}
        for source in version.descriptor.get("sources", [])
    ]
