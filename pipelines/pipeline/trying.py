"""What a release would refuse of one source, tried on a capture that is thrown away.

Belongs here: the stages of a release as far as one source alone can go through them: reading, judging what comes in,
the mapping, each row against its table, the privacy gate over the tables. Does not: references to other tables, the
limits of a whole package, any output that stays; wording for a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from pipelines.core.errors import ArobaseError
from pipelines.core.faults import unexpected
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.pipeline.records import RecordsResult, make_records
from pipelines.privacy import PersonalValues, gate
from pipelines.privacy.allowlist import load_allow_list
from pipelines.schema import Packages, TableSchema, load_packages
from pipelines.schema.errors import ProposalPending
from pipelines.sources import Capture, Source
from pipelines.storage.faults import is_of_the_machine
from pipelines.tables import gather
from pipelines.validation import judge


@dataclass(frozen=True)
class Refusal:
    """Something that a release would refuse. `error`: what stops the source or its package, None for what costs rows;
    `told`: the same for a person, never a value of a record."""

    told: Said
    error: ArobaseError | None = None


def refusals_of(project: Project, source: Source, capture: Capture) -> list[Refusal]:
    """All that a release would refuse of a source, in the order of its stages; empty when nothing would be.

    `project` writes to a folder that is thrown away; its `schemas/` are those of the real one. A source that fills no
    table is in no release: nothing is refused.
    """
    if not source.tables:
        return []
    found: list[Refusal] = []
    try:
        packages = load_packages(project.schemas)
        found.extend(_of_packages(project, source, packages))
        found.extend(_refusals(project, source, capture, packages))
    except ArobaseError as error:
        found.append(_stopped(error))
    except Exception as error:
        if is_of_the_machine(error):
            raise
        found.append(_stopped(unexpected(error, name=source.name, stage="records", file=source.path)))
    return found


def _refusals(project: Project, source: Source, capture: Capture, packages: Packages) -> Iterator[Refusal]:
    """Of the records and of the rows that they become. Raises what stops the source."""
    records = make_records(project, source, capture)
    yield from _of_rows(Counter(_rules(records.rejects)))
    for key in source.tables:
        package, _, name = key.partition("/")
        if package in packages and any(item.name == name for item in packages[package].tables):
            yield from _of_table(project, key, packages[package].schema(name), records)


def _of_packages(project: Project, source: Source, packages: Packages) -> Iterator[Refusal]:
    """What is wrong with the packages that the source fills, and tables that wait for somebody to confirm them."""
    told: set[str] = set()
    for key in source.tables:
        package, _, name = key.partition("/")
        if package not in packages:
            if package not in told:
                told.add(package)
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
        french = f"{table}, champ {field} : {count} fois refusé par la règle {rule}"
        english = f"{table}, field {field}: refused {count} times by the rule {rule}"
        yield Refusal(Said(french, english))


def _of_table(project: Project, key: str, schema: TableSchema, records: RecordsResult) -> Iterator[Refusal]:
    """The rows of one table that its schema refuses, and what the privacy gate would hold of the others."""
    if key not in records.summary["rows"]:
        return
    alone = replace(schema, foreign_keys=())  # parents may come from other sources
    rows, _ = gather(alone, [records.rows(key)])
    verdict = judge(rows, alone, name=key, sample=None)
    counted = {(key, field or "—", rule): count for (rule, field), count in verdict.totals.items()}
    yield from _of_rows(counted)
    accepted = verdict.accepted if verdict.accepted is not None else rows.slice(0, 0)
    public = accepted.select([name for name in schema.public.names if name in accepted.column_names])
    package, _, name = key.partition("/")
    allow = load_allow_list(project.schemas).with_fields(package, {name: schema})
    held = Counter((hold.field, hold.rule) for hold in gate({key: public}, PersonalValues(), allow).holds)
    for (field, rule), count in sorted(held.items()):
        french = f"{key}, champ {field} : {count} données personnelles possibles ({rule}) bloqueraient la publication"
        english = f"{key}, field {field}: {count} possible personal values ({rule}) would block the release"
        yield Refusal(Said(french, english))
