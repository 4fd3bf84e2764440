"""The build graph: every result of one project, by what it is made from.

Belongs here: what depends on what. Does not: how anything is made. Two drivers use it: the command line, which walks
it and makes whatever is asked for, with all that it needs; and Dagster, whose assets make their own result each, from
those that other assets made. A graph reads `schemas/` and `sources/` once; it is thrown away when they, or the
snapshots, may have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any, TypeVar

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.errors import InputMissing, NeverCollected, NotMaterialised, RowsMissing, TableUnsound
from pipelines.pipeline.findings import FindingsResult, make_findings
from pipelines.pipeline.ingredients import Ingredients, sources_of
from pipelines.pipeline.personal import check_access
from pipelines.pipeline.records import RecordsResult, make_records
from pipelines.pipeline.requests import request_for
from pipelines.pipeline.results import fingerprint
from pipelines.pipeline.tables import TableResult, dangling, make_table
from pipelines.privacy import PartId, Seen
from pipelines.releases import ReleaseRequest
from pipelines.schema import Package, load_packages
from pipelines.schema.codelist_tables import codelist_of
from pipelines.schema.codelist_titles import titles_of
from pipelines.schema.errors import ProposalPending
from pipelines.schema.order import in_making_order, needs, other_packages
from pipelines.sources import Capture, Source, latest, load_sources
from pipelines.storage.faults import as_error, is_of_the_machine

T = TypeVar("T")


class BuildGraph:
    """Results by name. An error is remembered as a result is, so that it is reported once and never computed twice."""

    def __init__(
        self, project: Project, captures: Mapping[str, Capture] | None = None, *, makes_all: bool = True
    ) -> None:
        """`captures`: the capture of each source to work on, by name; none: the latest ones.

        `makes_all`: whether a result makes whatever it is made from. A graph that does not makes what it is told to
        with `making` alone; whatever else it needs must have been made, from what is there now.
        """
        self.project = project
        self._makes_all = makes_all
        self._making: tuple[str, str] | None = None
        self._latest: dict[str, Capture] = {}
        self._captures = captures
        self.sources = load_sources(project)
        self.packages = load_packages(project.schemas, self.sources)
        self._known: dict[tuple[str, str], Any] = {}
        self.seen = Seen()
        """What the gate found clean, for all packages of a run and the catalogue."""

    def keep_descriptions(self) -> None:
        """Remember which descriptions of sources were found right, once there are results."""
        if self.sources.checked is not None:
            self.sources.checked.save()

    @cached_property
    def _ingredients(self) -> Ingredients:
        """What results are made from besides data, each file read once."""
        return Ingredients(self.project)

    def code(self, package: str) -> str:
        """What a release of the package records as its code."""
        return self._ingredients.code_of(package, self.sources_of(package), self.packages)

    @cache  # noqa: B019  # a graph lives as long as one run
    def _settings(self, package: str) -> str:
        return self._ingredients.of_package(package, self.packages)

    @contextmanager
    def making(self, kind: str, name: str) -> Iterator[None]:
        """The one result that may be made meanwhile ("records", "table" or "findings", and its name); made again where
        an attempt failed before."""
        if isinstance(self._known.get((kind, name)), ArobaseError):
            del self._known[kind, name]
        self._making = (kind, name)
        try:
            yield
        finally:
            self._making = None

    def _may_make(self, kind: str, name: str) -> bool:
        return self._makes_all or self._making == (kind, name)

    def capture(self, source: str) -> Capture:
        """What a source answered; the same each time, also when somebody collects it meanwhile.

        Raises `NeverCollected`, and the error of a source's file.
        """
        if source in self._latest:
            return self._latest[source]
        found = latest(self.project, source) if self._captures is None else self._captures.get(source)
        if found is None:
            raise NeverCollected(source=source)
        self._latest[source] = found
        return found

    def records(self, source: str) -> RecordsResult:
        """The rows of a source. Raises what reading, validating or normalising it raises."""
        return self._once("records", source, lambda: self._records(source))

    def table(self, key: str) -> TableResult:
        """One table by "package/table". Raises `RowsMissing`, `InputMissing`, and what making it raises."""
        return self._once("table", key, lambda: self._table(key))

    def findings(self, package: str) -> FindingsResult:
        """The findings on a package. Raises what its tables raise."""
        return self._once("findings", package, lambda: self._findings(package))

    def request(self, package: str) -> ReleaseRequest:
        """Everything that the package's next version is a function of. Raises what its tables and findings raise."""
        described = self.packages.find(package)
        for item in described.tables:
            if (schema := described.schema(item.name)).is_proposed:
                raise ProposalPending(file=schema.path, folder=self.project.root)
        sources = [(source, self.capture(source.name)) for source in self.sources_of(package)]
        keys = [f"{package}/{table.name}" for table in described.tables]
        tables = {key: self.table(key) for key in keys}
        for key, result in tables.items():
            if unsound := result.unsound | dangling(described, result.name, tables):
                raise TableUnsound(table=key, errors=", ".join(f"{rule} ({n})" for rule, n in unsound.items()))
        return request_for(
            self.project,
            described,
            sources,
            records={source.name: self.records(source.name) for source, _ in sources},
            tables=tables,
            findings=self.findings(package),
            code=self.code(package),
        )

    def release_mark(self, package: str) -> str:
        """The fingerprint of everything that the package's next version is a function of, without reading a table.

        Two marks that are equal give two requests that are equal. Raises what its tables and findings raise.
        """
        described = self.packages.find(package)
        sources = self.sources_of(package)
        captures = {source.name: self.capture(source.name) for source in sources}
        return fingerprint(
            {
                "tables": {
                    item.name: self.table(f"{package}/{item.name}").kept.fingerprint for item in described.tables
                },
                "findings": self.findings(package).kept.fingerprint,
                "records": {source.name: self.records(source.name).kept.fingerprint for source in sources},
                "captures": {
                    name: [(part.part, part.sha256, part.address, str(part.obtained)) for part in capture.parts]
                    for name, capture in captures.items()
                },
                "sources": {source.name: source.written for source in sources},
                "titles": {name: repr(titles_of(self.project.schemas, name)) for name in _codelists(described)},
                "code": self.code(package),
                "settings": self._settings(package),
            }
        )

    def apart(self, package: str) -> dict[PartId, int]:
        """How many personal values were kept of each part of the package's sources: what its gate has to know."""
        return {
            (source.name, self.capture(source.name).snapshot(part).sha256, part): count
            for source in self.sources_of(package)
            for part, count in self.records(source.name).summary["apart"].items()
        }

    def sources_of(self, package: str) -> list[Source]:
        """The sources whose rows reach a package, also through the tables of others that it reads."""
        return sources_of(self.packages.find(package), self.sources, self.packages)

    def in_order(self, names: list[str] | None = None) -> list[Package]:
        """The named packages and those that they read (default: all), each after those that it reads.

        Those whose files are wrong are left out: their errors are in `packages.errors`.
        """
        reached: list[str] = []
        waiting = list(names if names is not None else self.packages)
        while waiting:
            name = waiting.pop(0)
            if name not in reached and name in self.packages:
                reached.append(name)
                waiting += sorted(other_packages(self.packages[name]))
        return in_making_order(self.packages[name] for name in reached)

    def _records(self, source: str) -> RecordsResult:
        found, capture = self.sources.find(source), self.capture(source)
        check_access(self.project, source, [found])
        may_make, settings = self._may_make("records", source), self._ingredients.of_source(found)
        return make_records(self.project, found, capture, settings=settings, may_make=may_make)

    def _table(self, key: str) -> TableResult:
        package_name, name = key.split("/")
        package = self.packages.find(package_name)
        table = package.table(name)
        sources = [source for source in self.sources.values() if key in source.tables]
        for error in self.sources.errors:
            if self._may_fill(error, key):
                raise error
        records = [
            self._needed(RowsMissing, self.records, source.name, table=key, source=source.name) for source in sources
        ]
        wanted = {f"{package.name}/{item}" for item in needs(package, table)} | set(table.inputs)
        tables = {item: self._needed(InputMissing, self.table, item, table=key, input=item) for item in sorted(wanted)}
        may_make, settings = self._may_make("table", key), self._settings(package_name)
        return make_table(self.project, package, table, records, tables, settings=settings, may_make=may_make)

    def _may_fill(self, error: ArobaseError, key: str) -> bool:
        """Whether a source's file that cannot be used names the table, or may mean it: a table is whole or not made."""
        path = self.project.root / str(error.facts.get("file", ""))
        if not path.is_file():
            return False
        try:
            written = path.read_bytes()
        except OSError:
            return True  # nobody knows what it fills
        # A name that no table has was meant for another table of that package, or for that table of another.
        meant = str(error.facts.get("table", "")).partition("/")
        return key.encode() in written or meant[0] == key.partition("/")[0] or meant[2] == key.partition("/")[2]

    def _findings(self, package: str) -> FindingsResult:
        described = self.packages.find(package)
        own = [f"{package}/{table.name}" for table in described.tables]
        read = [item for table in described.tables for item in table.inputs]
        keys = sorted({*own, *read})
        tables = {key: self.table(key) for key in keys}
        may_make, settings = self._may_make("findings", package), self._settings(package)
        return make_findings(self.project, described, tables, settings=settings, may_make=may_make)

    def _needed(self, missing: type[ArobaseError], make: Callable[[str], T], name: str, **facts: str) -> T:
        """What something else is made from; its own error was reported where it is made, here it is only missing."""
        try:
            return make(name)
        except NotMaterialised:
            raise
        except ArobaseError as error:
            raise missing(**facts) from error

    def _once(self, kind: str, name: str, make: Callable[[], T]) -> T:
        place = (kind, name)
        if place not in self._known:
            try:
                self._known[place] = make()
            except NotMaterialised:
                raise  # somebody may make it meanwhile
            except ArobaseError as error:
                self._known[place] = error
            except Exception as error:
                if is_of_the_machine(error):
                    raise
                # Whatever else it is costs this one only.
                self._known[place] = as_error(error, name=name, stage=kind, file=self._file(kind, name))
        known = self._known[place]
        if isinstance(known, ArobaseError):
            raise known
        return known  # type: ignore[no-any-return]  # the dictionary contains what `make` of the same place returned

    def _file(self, kind: str, name: str) -> str:
        """The description of a result, for a person: a source's file or a package's."""
        if kind == "records":
            return self.sources[name].path if name in self.sources else f"sources/{name}.yaml"
        return f"schemas/{name.partition('/')[0]}/package.yaml"


def _codelists(package: Package) -> list[str]:
    """The code lists that a package publishes."""
    return [name for name in (codelist_of(table.name) for table in package.tables) if name is not None]
