"""What a release would refuse of one source, tried on a capture that is thrown away.

Belongs here: the stages of a release as far as one source alone can go through them: reading, validating what comes in,
the mapping, each row against its table and the tables it refers to, the privacy gate, how few rows a table may have.
Does not: what depends on the records of other sources, any output that stays; wording for a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pyarrow as pa

from pipelines.core.errors import ArobaseError
from pipelines.core.faults import unexpected
from pipelines.core.project import Project
from pipelines.core.text import Said, number
from pipelines.pipeline.records import RecordsResult, make_records
from pipelines.pipeline.requests import notices
from pipelines.privacy import PersonalValues, Vault, gate
from pipelines.privacy.allowlist import load_allow_list
from pipelines.releases.limits import losses, too_few
from pipelines.releases.previous import Previous
from pipelines.releases.store import ReleaseStore
from pipelines.schema import Package, Packages, TableSchema, load_packages
from pipelines.schema.arrow import as_text
from pipelines.schema.codelist_tables import codelist_of
from pipelines.schema.errors import ProposalPending
from pipelines.schema.reserved import RESERVED
from pipelines.sources import Capture, SnapshotStore, Source, load_sources
from pipelines.sources.collecting import check_dated
from pipelines.storage.faults import is_of_the_machine
from pipelines.tables import gather
from pipelines.validation import validate


@dataclass(frozen=True)
class Refusal:
    """Something that a release would refuse. `error`: what stops the source or its package, None for what costs rows;
    `text`: the same for a person, never a value of a record. `is_untried`: it could not be known, and only is said."""

    text: Said
    error: ArobaseError | None = None
    is_untried: bool = False


def refusals_of(project: Project, source: Source, capture: Capture, *, real: Project) -> list[Refusal]:
    """All that a release would refuse of a source, in the order of its stages; empty when nothing would be.

    `project` writes to a folder that is thrown away; its `schemas/` are those of the `real` one, whose snapshots a
    changed file has to be dated after, and whose current versions contain the rows that are referred to. A source that
    fills no table is in no release: nothing is refused.
    """
    if not source.tables:
        return []
    found: list[Refusal] = []
    try:
        check_dated(SnapshotStore.of(real), source, capture.parts)
    except ArobaseError as error:
        found.append(_stopped(error))
    try:
        packages = load_packages(project.schemas)
        found.extend(_of_packages(project, source, packages))
        found.extend(_refusals(project, source, capture, packages, real))
    except ArobaseError as error:
        found.append(_stopped(error))
    except Exception as error:
        if is_of_the_machine(error):
            raise
        found.append(_stopped(unexpected(error, name=source.name, stage="records", file=source.path)))
    return found


def _refusals(
    project: Project, source: Source, capture: Capture, packages: Packages, real: Project
) -> Iterator[Refusal]:
    """Of the records and of the rows that they become. Raises what stops the source."""
    records = make_records(project, source, capture)
    yield from _of_rows(Counter(_rules(records.rejects)))
    looking = _Looking(project, source, records, real)
    yield from looking.at_texts()
    for key in source.tables:
        package, _, name = key.partition("/")
        if package in packages and any(item.name == name for item in packages[package].tables):
            yield from looking.at_table(packages[package], name)


def _of_packages(project: Project, source: Source, packages: Packages) -> Iterator[Refusal]:
    """What is wrong with the packages that the source fills, and tables that wait for somebody to confirm them."""
    seen: set[str] = set()
    for key in source.tables:
        package, _, name = key.partition("/")
        if package not in packages:
            if package not in seen:
                seen.add(package)
                yield _stopped(_error_of(packages, package))
            continue
        tables = [item.name for item in packages[package].tables]
        if name not in tables:
            french = f"{key} : cette table n'est pas dans schemas/{package}/package.yaml ({', '.join(tables)})"
            english = f"{key}: this table is not in schemas/{package}/package.yaml ({', '.join(tables)})"
            yield Refusal(Said(french, english))
            continue
        schema = packages[package].schema(name)
        if schema.is_proposed:
            yield _stopped(ProposalPending(file=schema.path, folder=project.root))


def _error_of(packages: Packages, name: str) -> ArobaseError:
    try:
        packages.find(name)
    except ArobaseError as error:
        return error
    raise KeyError(name)


def _stopped(error: ArobaseError) -> Refusal:
    return Refusal(Said(*(f"{error.message(language)} [{error.code}]" for language in ("fr", "en"))), error)


def _rules(rejects: pa.Table) -> Iterator[tuple[str, str, str]]:
    columns = (rejects.column(name).to_pylist() for name in ("table", "champ", "regle"))
    for table, field, rule in zip(*columns, strict=True):
        yield table, field or "—", rule


def _of_rows(counted: Mapping[tuple[str, str, str], int]) -> Iterator[Refusal]:
    for (table, field, rule), count in sorted(counted.items()):
        french = f"{table}, champ {field} : {number(count, 'fr')} fois écarté par la règle {rule}"
        times = "once" if count == 1 else f"{number(count, 'en')} times"
        english = f"{table}, field {field}: rejected {times} by rule {rule}"
        yield Refusal(Said(french, english))


@dataclass(frozen=True)
class _Looking:
    """What the rows of one source are tried with."""

    project: Project
    source: Source
    records: RecordsResult
    real: Project

    def at_texts(self) -> Iterator[Refusal]:
        """What the gate would hold beside the tables: in what a release says of the source, and in rejected records."""
        source = self.source
        described = {"title": source.title, "title_en": source.title_en, "address": source.address}
        described["publisher"] = source.publisher.get("title", "")
        texts = pa.table({name: pa.array([text], pa.string()) for name, text in described.items()})
        allow = load_allow_list(self.project.schemas)
        places = {source.path: texts, "qualite/rejets": self.records.rejects}
        holds = gate(places, self._own(), allow).holds
        yield from _held(Counter((hold.place, hold.field, hold.rule) for hold in holds), limit=0)

    def at_table(self, package: Package, name: str) -> Iterator[Refusal]:
        """The rows of one table that its schema refuses, what the gate would hold of the others, and whether they are
        too few."""
        key, schema = f"{package.name}/{name}", package.schema(name)
        if key not in self.records.summary["rows"]:
            return
        # A code list is an enumeration of the schema already.
        named = {item.table for item in schema.foreign_keys if item.table and codelist_of(item.table) is None}
        parents = {table: self._parent(package, table) for table in named}
        unknown = {table for table, rows in parents.items() if rows is None}
        for table in sorted(unknown):
            yield _untried(key, f"{package.name}/{table}")
        known = {table: rows for table, rows in parents.items() if rows is not None}
        tried = tuple(item for item in schema.foreign_keys if item.table in {"", *known})
        plain = replace(schema, foreign_keys=tried)
        rows, _ = gather(plain, [self.records.rows(key)])
        validation = validate(rows, plain, parents=known, name=key, sample=None)
        yield from _of_rows({(key, field or "—", rule): count for (rule, field), count in validation.totals.items()})
        accepted = validation.accepted if validation.accepted is not None else rows.slice(0, 0)
        yield from self._of_people(package, schema, accepted)
        if self._fills_alone(key):
            current, declared = self._current(package), package.table(name)
            loss = max(declared.maximum_loss, losses(notices(package), current.warnings).get(name, 0))
            for warning in too_few(declared, accepted.num_rows, current.rows.get(name, 0), loss):
                yield Refusal(Said(f"{package.name}/{warning.fr}", f"{package.name}/{warning.en}"))

    def _of_people(self, package: Package, schema: TableSchema, accepted: pa.Table) -> Iterator[Refusal]:
        columns = [name for name in (*schema.public.names, *RESERVED) if name in accepted.column_names]
        key, public = f"{package.name}/{schema.name}", accepted.select(columns)
        allow = load_allow_list(self.project.schemas).with_fields(package.name, {schema.name: schema})
        holds = gate({key: public}, self._own(), allow).holds
        yield from _held(Counter((key, hold.field, hold.rule) for hold in holds), limit=package.quarantine.rows)

    def _own(self) -> PersonalValues:
        """The personal values of this source's records, in the folder that is thrown away."""
        return Vault(self.project.private).read()

    def _parent(self, package: Package, table: str) -> pa.Table | None:
        """The rows that a table refers to: this source's own where it fills that table alone, else those of the current
        version; None where there are neither."""
        key = f"{package.name}/{table}"
        if self._fills_alone(key):
            rows, _ = gather(package.schema(table), [self.records.rows(key)])
            return rows
        current = self._current(package)
        return as_text(current.table(table)) if table in current.tables else None

    def _current(self, package: Package) -> Previous:
        return Previous.of(ReleaseStore.read(self.real.releases, package.name))

    @cached_property
    def _others(self) -> frozenset[str]:
        """The tables that other sources fill."""
        others = (item for item in load_sources(self.real).values() if item.name != self.source.name)
        return frozenset(table for item in others for table in item.tables)

    def _fills_alone(self, key: str) -> bool:
        """Whether no other source that is on fills a table, and records of this one do."""
        return key in self.records.summary["rows"] and key not in self._others


def _untried(key: str, parent: str) -> Refusal:
    french = f"{key} : les renvois à {parent} ne peuvent pas être essayés, cette table n'a encore aucune version"
    english = f"{key}: references to {parent} cannot be tried, that table has no version yet"
    return Refusal(Said(french, english), is_untried=True)


def _held(counted: Mapping[tuple[str, str, str], int], *, limit: int) -> Iterator[Refusal]:
    """`limit`: how many rows of a release the package lets the gate withhold, instead of blocking it."""
    for (place, field, rule), count in sorted(counted.items()):
        french = f"{place}, champ {field} : {count} données personnelles possibles ({rule}) bloqueraient la publication"
        english = f"{place}, field {field}: {count} possible personal values ({rule}) would block the release"
        if limit:
            french += f", ou retiendraient leurs lignes jusqu'à {limit} (quarantine de package.yaml)"
            english += f", or withhold their rows up to {limit} (quarantine in package.yaml)"
        yield Refusal(Said(french, english))
