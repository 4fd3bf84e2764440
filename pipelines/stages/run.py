"""The whole way at once, without a server: collect → … → announce, for some packages or all.

A source that fails costs the tables that it fills, and the packages that hold them: their last release stays current.
Everything else goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.errors import ArobaseError
from pipelines.project import Project
from pipelines.releases import Outcome
from pipelines.releases.signature import SigningKey
from pipelines.schema import Package, load_package, package_names
from pipelines.sources import Source, latest, load_sources
from pipelines.stages.announce import make_announcement
from pipelines.stages.collect import make_snapshot
from pipelines.stages.errors import InputMissing, RowsMissing
from pipelines.stages.findings import FindingsResult, make_findings
from pipelines.stages.records import RecordsResult, make_records
from pipelines.stages.release import make_release, request_for, sources_of
from pipelines.stages.tables import TableResult, load_packages, make_table, making_order, other_packages

STAGES = ("collect", "records", "tables", "findings", "release", "announce")


@dataclass(frozen=True)
class Event:
    """One step of a run. `outcome`: "made", "kept" (unchanged, not computed again) or "failed"."""

    stage: str
    name: str
    outcome: str
    error: ArobaseError | None = None


@dataclass
class Run:
    """What a run did. A package is in `outcomes` when its release was attempted, in `blocked` when it could not be."""

    records: dict[str, RecordsResult] = field(default_factory=dict)
    tables: dict[str, TableResult] = field(default_factory=dict)
    findings: dict[str, FindingsResult] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    blocked: dict[str, ArobaseError] = field(default_factory=dict)
    errors: list[tuple[str, ArobaseError]] = field(default_factory=list)


Tell = Callable[[Event], None]


def steps_ahead(project: Project, packages: Iterable[str] | None = None) -> int:
    """How many events a run will tell: what a progress bar counts to."""
    wanted, all_packages, sources = _plan(project, packages)
    used = {source.name for package in wanted for source in sources_of(package, sources, all_packages)}
    return 2 * len(used) + sum(len(package.tables) for package in wanted) + 2 * len(wanted) + 1


def run(
    project: Project,
    *,
    now: datetime,
    packages: Iterable[str] | None = None,
    key: SigningKey | None = None,
    tell: Tell = lambda event: None,
    collecting: bool = True,
) -> Run:
    """Run every stage for `packages` (default: all) and those that they read. `now`: when sources are asked.

    Errors that a person can act on are in the result, beside what went well; anything else is raised.
    """
    wanted, all_packages, sources = _plan(project, packages)
    done = Run()
    for error in sources_errors(project):
        done.errors.append((str(error.facts.get("file", "sources")), error))
    used: dict[str, Source] = {}
    for package in wanted:
        used |= {source.name: source for source in sources_of(package, sources, all_packages)}
    for source in used.values():
        if collecting:
            _collect(project, source, now, done, tell)
        _records(project, source, done, tell)
    for package in wanted:
        _tables(project, package, used, done, tell)
    for package in wanted:
        _release(project, package, sources_of(package, sources, all_packages), done, tell, key=key, now=now)
    make_announcement(project)
    tell(Event("announce", "catalogue", "made"))
    return done


def sources_errors(project: Project) -> tuple[ArobaseError, ...]:
    """One error for each file of `sources/` that cannot be used."""
    return load_sources(project).errors


def _plan(
    project: Project, packages: Iterable[str] | None
) -> tuple[list[Package], Mapping[str, Package], Mapping[str, Source]]:
    names = package_names(project.schemas)
    every = {name: load_package(project.schemas, name) for name in names}
    asked = list(packages) if packages is not None else names
    wanted = load_packages(project, _with_inputs(asked, every))
    return wanted, every, load_sources(project)


def _with_inputs(asked: Iterable[str], every: Mapping[str, Package]) -> list[str]:
    reached: list[str] = []
    waiting = list(asked)
    while waiting:
        name = waiting.pop(0)
        if name not in reached:
            reached.append(name)
            waiting += sorted(other_packages(every[name]))
    return reached


def _collect(project: Project, source: Source, now: datetime, done: Run, tell: Tell) -> None:
    try:
        capture = make_snapshot(project, source, now=now)
    except ArobaseError as error:
        done.errors.append((source.name, error))
        tell(Event("collect", source.name, "failed", error))
        return
    tell(Event("collect", source.name, "made" if capture.changed else "kept"))


def _records(project: Project, source: Source, done: Run, tell: Tell) -> None:
    if latest(project, source) is None:
        # Its collection failed and was told; there is nothing older to fall back on.
        tell(Event("records", source.name, "failed"))
        return
    try:
        result = make_records(project, source)
    except ArobaseError as error:
        done.errors.append((source.name, error))
        tell(Event("records", source.name, "failed", error))
        return
    done.records[source.name] = result
    tell(Event("records", source.name, "made" if result.kept.is_new else "kept"))


def _tables(project: Project, package: Package, used: Mapping[str, Source], done: Run, tell: Tell) -> None:
    for table in making_order(package):
        name = f"{package.name}/{table.name}"
        try:
            _check_inputs(package, name, used, done)
            result = make_table(project, package, table, done.records.values(), done.tables)
        except ArobaseError as error:
            done.blocked.setdefault(package.name, error)
            done.errors.append((name, error))
            tell(Event("tables", name, "failed", error))
            continue
        done.tables[name] = result
        tell(Event("tables", name, "made" if result.kept.is_new else "kept"))


def _check_inputs(package: Package, name: str, used: Mapping[str, Source], done: Run) -> None:
    """Raises when something that the table is made from is missing: a table is whole or not made."""
    table = package.table(name.split("/")[1])
    for source in used.values():
        if name in source.tables and source.name not in done.records:
            raise RowsMissing(table=name, source=source.name)
    parents = [f"{package.name}/{key.table}" for key in package.schema(table.name).foreign_keys if key.table]
    for item in (*table.inputs, *parents):
        if item != name and item not in done.tables:
            raise InputMissing(table=name, input=item)


def _release(
    project: Project,
    package: Package,
    sources: Iterable[Source],
    done: Run,
    tell: Tell,
    *,
    key: SigningKey | None,
    now: datetime,
) -> None:
    if package.name in done.blocked:
        tell(Event("findings", package.name, "failed"))
        tell(Event("release", package.name, "failed", done.blocked[package.name]))
        return
    try:
        findings = make_findings(project, package, done.tables)
        done.findings[package.name] = findings
        tell(Event("findings", package.name, "made" if findings.kept.is_new else "kept"))
        request = request_for(project, package, sources, records=done.records, tables=done.tables, findings=findings)
        outcome = make_release(project, request, key=key, now=now)
    except ArobaseError as error:
        done.blocked[package.name] = error
        done.errors.append((package.name, error))
        tell(Event("release", package.name, "failed", error))
        return
    done.outcomes[package.name] = outcome
    kinds = {"Published": "made", "Unchanged": "kept", "Refused": "failed"}
    tell(Event("release", package.name, kinds[type(outcome).__name__]))
