"""The whole way at once, without a server: collect → … → catalogue, for some packages or all.

A source that fails costs the tables that it fills, and the packages that contain them: their last release stays
current. Everything else goes on.
Belongs here: the order of a run, and what a failure costs. Does not: any stage, what depends on what (`graph.py`), a
terminal (`commands/release.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.catalogue import make_catalogue
from pipelines.pipeline.collect import make_snapshots
from pipelines.pipeline.findings import FindingsResult
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.private_lock import nothing_deleted
from pipelines.pipeline.records import RecordsResult
from pipelines.pipeline.release import release_of
from pipelines.pipeline.tables import TableResult
from pipelines.releases import Outcome, Refused, Unchanged
from pipelines.releases.signature import SigningKey
from pipelines.schema.order import other_packages
from pipelines.sources import Source
from pipelines.storage.faults import as_error, is_of_the_machine


@dataclass(frozen=True)
class Event:
    """One step of a run. `outcome`: "made", "kept" (unchanged, not computed again) or "failed"; `counts`: how many rows
    it gave and rejected, bytes that it read."""

    stage: str
    name: str
    outcome: str
    error: ArobaseError | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


class Failure(NamedTuple):
    """What failed: the stage, the name and the error; a source and a package may share a name."""

    stage: str
    name: str
    error: ArobaseError


@dataclass
class Run:
    """What a run did. A package is in `outcomes` when its release was attempted, in `blocked` when it could not be.

    `catalogue_is_written`: the catalogue is that of these releases.
    """

    records: dict[str, RecordsResult] = field(default_factory=dict)
    tables: dict[str, TableResult] = field(default_factory=dict)
    findings: dict[str, FindingsResult] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    blocked: dict[str, ArobaseError] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    catalogue_is_written: bool = False

    @property
    def errors(self) -> list[tuple[str, ArobaseError]]:
        """What went wrong, in its order, by name."""
        return [(failure.name, failure.error) for failure in self.failures]

    @property
    def went_well(self) -> bool:
        """Whether every source was read and every package is published or unchanged."""
        refused = any(isinstance(outcome, Refused) for outcome in self.outcomes.values())
        return not (self.failures or self.blocked or refused)


OnEvent = Callable[[Event], None]


def steps_ahead(graph: BuildGraph, packages: Iterable[str] | None = None) -> int:
    """How many events a run will give: what a progress bar counts to."""
    wanted = graph.in_order(list(packages) if packages is not None else None)
    used = {source.name for package in wanted for source in graph.sources_of(package.name)}
    return 2 * len(used) + sum(len(package.tables) for package in wanted) + 2 * len(wanted) + 1


def run(
    project: Project,
    *,
    now: datetime,
    packages: Iterable[str] | None = None,
    key: SigningKey | None = None,
    on_event: OnEvent = lambda event: None,
    collecting: bool = True,
    wait_seconds: float = 0,
    graph: BuildGraph | None = None,
) -> Run:
    """Run every stage for `packages` (default: all) and those that they read. `now`: when sources are asked.

    `wait_seconds`: how long a package waits for another process that releases it. `graph`: that of the project, where
    the caller has read it already.

    Errors are in the result, beside what went well: those that a person can act on, and `UnexpectedFault` for whatever
    else a source or a package raises, which costs that source or package only.
    Raises `Busy` where a deletion of what is kept about people does not end.
    """
    graph = graph or BuildGraph(project)
    packages = None if packages is None else list(packages)
    wanted = [item.name for item in graph.in_order(packages)]
    used = {source.name: source for package in wanted for source in graph.sources_of(package)}
    running = _Running(graph, on_event, wait_seconds)
    for fault in graph.sources.errors:
        running.done.failures.append(Failure("collect", str(fault.facts.get("file", "sources")), fault))
    needed = {name for package in wanted for name in other_packages(graph.packages[package])}
    for name, error in graph.packages.errors.items():
        if packages is None or name in {*packages, *needed}:
            running.unusable(name, error)
    with nothing_deleted(project):
        if collecting:
            running.collect(used.values(), now)
        for name in used:
            running.records(name)
        graph.keep_descriptions()
        for package in wanted:
            running.tables(package)
        for package in wanted:
            running.release(package, key, now)
        running.build_catalogue()
    return running.done


@dataclass
class _Running:
    """A run under way: each step is tried, reported, and noted."""

    graph: BuildGraph
    on_event: OnEvent
    wait_seconds: float
    done: Run = field(default_factory=Run)

    def unusable(self, package: str, error: ArobaseError) -> None:
        """A package whose file or table schemas are wrong costs itself only."""
        self.done.blocked[package] = error
        self.done.failures.append(Failure("release", package, error))

    def collect(self, sources: Iterable[Source], now: datetime) -> None:
        outcomes = dict(make_snapshots(self.graph.project, sources, now=lambda: now))
        for name, outcome in sorted(outcomes.items()):
            if isinstance(outcome, ArobaseError):
                self._failed("collect", name, outcome)
            else:
                size = sum({part.sha256: part.size for part in outcome.parts}.values())
                self._went("collect", name, is_new=outcome.changed, bytes=size)

    def records(self, name: str) -> None:
        try:
            self.done.records[name] = result = self.graph.records(name)
        except ArobaseError as error:
            self._failed("records", name, error)
        else:
            rejected = int(result.summary["rejected"])
            self._went("records", name, is_new=result.kept.is_new, rejected=rejected)

    def tables(self, package: str) -> None:
        for table in self.graph.packages[package].tables:
            key = f"{package}/{table.name}"
            try:
                self.done.tables[key] = result = self.graph.table(key)
            except ArobaseError as error:
                self.done.blocked.setdefault(package, error)
                self._failed("tables", key, error)
            else:
                counts = {"rows": int(result.summary["accepted"]), "rejected": int(result.summary["rejected"])}
                self._went("tables", key, is_new=result.kept.is_new, **counts)

    def release(self, package: str, key: SigningKey | None, now: datetime) -> None:
        if package in self.done.blocked:
            self.on_event(Event("findings", package, "failed"))
            self.on_event(Event("release", package, "failed", self.done.blocked[package]))
            return
        try:
            self.done.findings[package] = findings = self.graph.findings(package)
            self._went("findings", package, is_new=findings.kept.is_new, rows=findings.rows)
            outcome = release_of(self.graph, package, key=key, now=now, wait_seconds=self.wait_seconds)
            self.done.outcomes[package] = outcome
        except ArobaseError as error:
            self._blocked(package, error)
        except Exception as error:
            if is_of_the_machine(error):
                raise
            # Whatever else it is costs this one only.
            self._blocked(package, as_error(error, name=package, stage="release", file=f"schemas/{package}"))
        else:
            result = "failed" if isinstance(outcome, Refused) else "kept" if isinstance(outcome, Unchanged) else "made"
            self.on_event(Event("release", package, result))

    def _blocked(self, package: str, error: ArobaseError) -> None:
        self.done.blocked[package] = error
        self._failed("release", package, error)

    def build_catalogue(self) -> None:
        try:
            make_catalogue(self.graph.project, seen=self.graph.seen)
        except ArobaseError as error:
            self._failed("catalogue", "catalogue", error)
        except Exception as error:
            if is_of_the_machine(error):
                raise
            # Whatever else it is costs this one only.
            file = "catalogue.yaml"
            self._failed("catalogue", "catalogue", as_error(error, name="catalogue", stage="catalogue", file=file))
        else:
            self.done.catalogue_is_written = True
            self._went("catalogue", "catalogue", is_new=True)

    def _went(self, stage: str, name: str, *, is_new: bool, **counts: int) -> None:
        self.on_event(Event(stage, name, "made" if is_new else "kept", counts=counts))

    def _failed(self, stage: str, name: str, error: ArobaseError) -> None:
        self.done.failures.append(Failure(stage, name, error))
        self.on_event(Event(stage, name, "failed", error))
