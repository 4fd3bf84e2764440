"""Tracing: from a published cell back to the byte that it came from, with nothing but the releases.

Belongs here: putting together what releases record. Does not: reading a snapshot, which the caller may do for the raw
record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.releases.bag import MANIFEST, check_files, read_manifest
from pipelines.releases.canonical import KEY_SEPARATOR, key_text, text
from pipelines.releases.corrected import CORRECTIONS, correction_link
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import NoSuchRow
from pipelines.releases.parquet import read_parquet
from pipelines.releases.recorded import recorded_path
from pipelines.releases.steps import Step, read_steps
from pipelines.releases.store import ReleaseStore

Raw = Callable[[str, str, str, int], Mapping[str, str | None] | None]
"""`raw(source, snapshot, part, position)`: the record as the source gave it, public columns only; none when the
snapshot is not kept here."""


@dataclass(frozen=True)
class Origin:
    """One record that fed the row."""

    source: str
    title: str
    snapshot: str
    part: str
    position: int
    address: str
    obtained: str
    record: Mapping[str, str | None] | None


@dataclass(frozen=True)
class Cell:
    """One value of the row: what touched it, what it had to satisfy, since when and until when it was published."""

    field: str
    value: str | None
    steps: tuple[Step, ...]
    constraints: Mapping[str, Any]
    first_version: str
    last_version: str


@dataclass(frozen=True)
class Trace:
    """Everything that the releases know about one row, or one value of it. `findings`: lines of the findings table."""

    package: str
    version: str
    table: str
    key: str
    row: int
    cells: tuple[Cell, ...]
    origins: tuple[Origin, ...]
    findings: tuple[Mapping[str, str | None], ...]
    corrections: tuple[Mapping[str, str | None], ...] = ()
    """What persons settled of this row: lines of the version's table of corrections."""
    is_alone: bool = False
    """Whether no other version was there to be compared."""


def trace(
    releases: Path,
    package: str,
    table: str,
    key: Sequence[str],
    field: str | None = None,
    *,
    version: str | None = None,
    raw: Raw | None = None,
) -> Trace:
    """Trace a row, or one field of it, in a version (the current one by default).

    `key`: the values of the primary key in the schema's order, or one text with ` | ` between them. Raises
    `NoSuchRelease`, `RetractedRelease`, `NoSuchRow`, `LedgerBroken`, and `ReleaseDamaged` where a file that is read is
    not the one that was published.
    """
    store = ReleaseStore.read(releases, package)
    release = recorded_path(store, version)
    versions = _Versions(package, release.name, {name: recorded_path(store, name) for name in store.versions})
    return _traced(versions, table, key, field, raw)


def trace_alone(release: Path, table: str, key: Sequence[str], field: str | None = None) -> Trace:
    """The same in one release that was copied or unpacked: what other versions say, and raw records, are not there.

    Raises `NoSuchRow`, `ReleaseDamaged`."""
    check_files(release, ["data/datapackage.json"])
    document = read_descriptor(release / "data")
    package, version = str(document["name"]), str(document["version"])
    alone = _Versions(package, version, {version: release})
    return replace(_traced(alone, table, key, field, None), is_alone=True)


@dataclass(frozen=True)
class _Versions:
    """Versions of a package that are there, by name, oldest first, and the one that is traced."""

    package: str
    version: str
    places: Mapping[str, Path]


def _traced(versions: _Versions, table: str, key: Sequence[str], field: str | None, raw: Raw | None) -> Trace:
    package, version = versions.package, versions.version
    release = versions.places[version]
    check_files(release, ["data/datapackage.json"])
    document = read_descriptor(release / "data")
    resource = _resource(document, table, package, version)
    by = list(resource["schema"].get("primaryKey") or [item["name"] for item in resource["schema"]["fields"]])
    names = [item["name"] for item in resource["schema"]["fields"]]
    if field is not None and field not in names:
        found = Said(f"la table {table} n'a pas de colonne « {field} »", f'the table {table} has no column "{field}"')
        listed = ", ".join(names)
        expected = Said(f"une de ces colonnes : {listed}", f"one of these columns: {listed}")
        raise NoSuchRow(package=package, version=version, found=found, expected=expected)
    wanted = key[0] if len(key) == 1 else _joined(key)
    for other, place in versions.places.items():
        _check_table(place, table, is_traced=other == version)
    row = _row(release, table, by, wanted)
    if row is None:
        raise _no_row(versions, table, by, wanted)
    chosen = [field] if field else names
    history = [(name, _values(place, table, by, wanted, chosen)) for name, place in versions.places.items()]
    cells = tuple(_cell(name, document, table, version, history) for name in chosen)
    origins = tuple(_origin(line, document, raw) for line in _provenance(release, table, row))
    findings = _findings(release, table, wanted, field)
    corrections = _corrections(release, document, resource, row)
    return Trace(package, version, table, wanted, row, cells, origins, findings, corrections)


def _check_table(release: Path, table: str, *, is_traced: bool) -> None:
    """Raises `ReleaseDamaged` where what is read of a version is not what was published: its table, in both forms, and
    in the one that is traced where rows come from and what was said of them."""
    listed = read_manifest(release / MANIFEST)
    names = [f"{table}.csv", f"{table}.parquet"]
    if is_traced:
        names += ["qualite/provenance.parquet", "qualite/constats.parquet", f"{CORRECTIONS}.parquet"]
    there = (f"data/{name}" for name in names)
    check_files(release, [name for name in there if name in listed or (release / name).exists()])


def _no_row(versions: _Versions, table: str, by: Sequence[str], wanted: str) -> NoSuchRow:
    """That a version has no such row, and which versions have it, where there are any."""
    found = Said(f"la table {table} n'a pas de ligne « {wanted} »", f'the table {table} has no row "{wanted}"')
    columns = KEY_SEPARATOR.join(by)
    expected = Said(f"une valeur de la colonne {columns}", f"a value of the column {columns}")
    if len(by) > 1:
        expected = Said(f"une valeur de chaque colonne : {columns}", f"a value of each column: {columns}")
    places = versions.places.items()
    having = [name for name, place in places if name != versions.version and _row(place, table, by, wanted)]
    if having:
        listed = ", ".join(having)
        found = Said(f"{found.fr} ; elle est dans : {listed}", f"{found.en}; it is in: {listed}")
        expected = Said(f"--version {having[-1]}", f"--version {having[-1]}")
    return NoSuchRow(package=versions.package, version=versions.version, found=found, expected=expected)


def _corrections(
    release: Path, document: Mapping[str, Any], resource: Mapping[str, Any], row: int
) -> tuple[Mapping[str, str | None], ...]:
    """The corrections that a row points at by a foreign key to the table of corrections; none in a version without."""
    tables = {item["name"]: item["schema"] for item in document["resources"] if "schema" in item}
    link = correction_link(resource["schema"])
    if link is None or CORRECTIONS not in tables:
        return ()
    own, named = link
    path = release / "data" / f"{resource['name']}.parquet"
    value = text(read_parquet(path, [own]).slice(row - 1, 1).column(own))[0].as_py()
    names = [item["name"] for item in tables[CORRECTIONS]["fields"]]
    lines = read_parquet(release / "data" / f"{CORRECTIONS}.parquet", names)
    chosen = lines.filter(pc.fill_null(pc.equal(text(lines.column(named)), value), False))
    columns = {name: text(chosen.column(name)).to_pylist() for name in names}
    return tuple({name: columns[name][place] for name in names} for place in range(chosen.num_rows))


def _joined(key: Sequence[str]) -> str:
    return KEY_SEPARATOR.join(part.replace("\\", "\\\\").replace("|", "\\|") for part in key)


def _resource(document: Mapping[str, Any], table: str, package: str, version: str) -> dict[str, Any]:
    found = {item["name"]: item for item in document["resources"] if "schema" in item and "/" not in item["path"]}
    if table not in found:
        listed = ", ".join(found)
        expected = Said(f"une de ces tables : {listed}", f"one of these tables: {listed}")
        missing = Said(f"il n'y a pas de table « {table} »", f'there is no table "{table}"')
        raise NoSuchRow(package=package, version=version, found=missing, expected=expected)
    resource: dict[str, Any] = found[table]
    return resource


def _row(release: Path, table: str, by: Sequence[str], wanted: str) -> int | None:
    """The rank of a row, from 1."""
    path = release / "data" / f"{table}.parquet"
    if not path.is_file():
        return None
    import pyarrow.parquet as pq

    if not set(by) <= set(pq.read_schema(path).names):
        return None
    place = pc.index(key_text(read_parquet(path, by), by), wanted).as_py()
    return None if place < 0 else place + 1


def _values(
    release: Path, table: str, by: Sequence[str], wanted: str, fields: Sequence[str]
) -> dict[str, str | None] | None:
    """The values of a row in one version; none when the version has no such row, no entry for a field it lacks."""
    row = _row(release, table, by, wanted)
    if row is None:
        return None
    import pyarrow.parquet as pq

    path = release / "data" / f"{table}.parquet"
    there = [name for name in fields if name in pq.read_schema(path).names]
    found = read_parquet(path, there).slice(row - 1, 1)
    return {name: text(found.column(name))[0].as_py() for name in there}


def _cell(
    field: str,
    document: Mapping[str, Any],
    table: str,
    version: str,
    history: Sequence[tuple[str, Mapping[str, str | None] | None]],
) -> Cell:
    names = [name for name, _ in history]
    place = names.index(version)
    value = (history[place][1] or {})[field]

    def same(position: int) -> bool:
        values = history[position][1]
        return values is not None and field in values and values[field] == value

    first = last = place
    while first > 0 and same(first - 1):
        first -= 1
    while last + 1 < len(names) and same(last + 1):
        last += 1
    schema = next(item["schema"] for item in document["resources"] if item["name"] == table)
    described = next(item for item in schema["fields"] if item["name"] == field)
    constraints = {"type": described["type"], **described.get("constraints", {})}
    steps = read_steps(document["arobase"]["steps"].get(f"{table}/{field}", ()))
    return Cell(field, value, steps, constraints, names[first], names[last])


def _provenance(release: Path, table: str, row: int) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    path = release / "data" / "qualite" / "provenance.parquet"
    chosen = [("table", "==", table), ("ligne", "==", row)]
    found: list[dict[str, Any]] = pq.read_table(path, filters=chosen, partitioning=None).to_pylist()
    return found


def _origin(line: Mapping[str, Any], document: Mapping[str, Any], raw: Raw | None) -> Origin:
    source: dict[str, Any] = next((item for item in document.get("sources", []) if item["name"] == line["source"]), {})
    snapshot: dict[str, Any] = next(
        (one for one in source.get("snapshots", []) if one["sha256"] == line["snapshot"]), {}
    )
    place = (line["source"], line["snapshot"], line["part"], line["position"])
    record = raw(*place) if raw is not None and None not in place else None
    facts = (source.get("title", ""), line["snapshot"], line["part"], line["position"])
    return Origin(line["source"], *facts, snapshot.get("path", ""), snapshot.get("obtained", ""), record)


def _findings(release: Path, table: str, key: str, field: str | None) -> tuple[Mapping[str, str | None], ...]:
    found = read_parquet(release / "data" / "qualite" / "constats.parquet")
    about = found.filter(pc.equal(_plain(found, "table"), table))
    about = about.filter(pc.fill_null(pc.equal(_plain(about, "cle"), key), False))
    if field is not None:
        named = _plain(about, "champ")
        about = about.filter(pc.or_(pc.is_null(named), pc.fill_null(pc.equal(named, field), False)))
    return tuple(pa.table({name: _plain(about, name) for name in about.column_names}).to_pylist())


def _plain(table: pa.Table, name: str) -> pa.Array:
    return text(table.column(name))
