"""Release: everything that a package's next version is a function of, put together and handed to `releases/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import pyarrow as pa

from pipelines.project import Project
from pipelines.records.rejections import REJECTIONS
from pipelines.releases import Outcome, ReleaseRequest, SnapshotUsed, SourceUsed, Warned, publish
from pipelines.releases.descriptor import instant
from pipelines.releases.signature import SigningKey
from pipelines.schema import Package, load_table
from pipelines.schema.order import other_packages
from pipelines.sources import Source, latest
from pipelines.stages.findings import FindingsResult
from pipelines.stages.kept import code_digest, fingerprint, folder_digest, settings_digest
from pipelines.stages.records import RecordsResult
from pipelines.stages.steps import steps_of
from pipelines.stages.tables import TableResult

QUALITY = ("constats", "rejets", "provenance", "changements")


def request_for(
    project: Project,
    package: Package,
    sources: Iterable[Source],
    *,
    records: Mapping[str, RecordsResult],
    tables: Mapping[str, TableResult],
    findings: FindingsResult,
) -> ReleaseRequest:
    """The request for the next version of a package. `sources`: those whose rows reach it, also through other packages.

    Raises nothing of its own: what is missing was missed by the stages above.
    """
    used = [source for source in sources if source.name in records]
    own = {table.name: tables[f"{package.name}/{table.name}"] for table in package.tables}
    schemas = {name: package.schema(name).public for name in own}
    return ReleaseRequest(
        package=package,
        schemas=schemas,
        tables={name: result.table.select(schemas[name].names) for name, result in own.items()},
        provenance={name: result.provenance for name, result in own.items()},
        findings=findings.table,
        rejects=_rejects(package, records.values(), own.values()),
        sources=[_source_used(project, source) for source in used],
        created=_newest(project, used),
        code=fingerprint({"code": code_digest(), "settings": settings_digest(project)}),
        quality_schemas={name: load_table(project.schemas, "qualite", name) for name in QUALITY},
        warnings=[_example_warning(source) for source in used if source.example],
        corrections=folder_digest(project.corrections),
        steps=steps_of(package, used),
    )


def make_release(project: Project, request: ReleaseRequest, *, key: SigningKey | None, now: datetime) -> Outcome:
    """Publish, or say that nothing changed, or why not. `now` dates a refusal in the ledger, and nothing else."""
    return publish(request, project.releases, key=key, now=now)


def sources_of(package: Package, sources: Mapping[str, Source], packages: Mapping[str, Package]) -> list[Source]:
    """The sources whose rows reach a package: directly, or through the tables of other packages that it reads."""
    reached = {package.name}
    while True:
        more = {other for name in reached for other in other_packages(packages[name])} - reached
        if not more:
            break
        reached |= more
    return [source for source in sources.values() if {table.split("/")[0] for table in source.tables} & reached]


def _rejects(package: Package, records: Iterable[RecordsResult], tables: Iterable[TableResult]) -> pa.Table:
    """What was refused on the way to this package's tables, in the columns of `schemas/qualite/rejets.json`."""
    found = [result.rejects for result in tables]
    for result in records:
        if any(table.startswith(f"{package.name}/") for table in result.tables):
            mine = [
                row.startswith(("entrants/", f"{package.name}/")) for row in result.rejects.column("table").to_pylist()
            ]
            found.append(result.rejects.filter(pa.array(mine, pa.bool_())))
    return pa.concat_tables(found) if found else REJECTIONS.empty_table()


def _source_used(project: Project, source: Source) -> SourceUsed:
    capture = latest(project, source)
    parts = capture.parts if capture else ()
    snapshots = tuple(SnapshotUsed(part.part, part.sha256, part.address, instant(part.obtained)) for part in parts)
    return SourceUsed(
        name=source.name,
        title=source.title,
        title_en=source.title_en,
        address=source.address,
        licence=source.licence,
        publisher=source.publisher.get("title", ""),
        example=source.example,
        snapshots=snapshots,
    )


def _newest(project: Project, sources: Iterable[Source]) -> datetime:
    captures = [latest(project, source) for source in sources]
    return max(part.obtained for capture in captures if capture for part in capture.parts)


def _example_warning(source: Source) -> Warned:
    return Warned(
        f"La source « {source.title} » est un exemple : ses enregistrements ont été composés pour montrer la chaîne.",
        f'The source "{source.title_en}" is an example: its records were put together to show the way.',
    )
