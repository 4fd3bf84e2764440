"""The request for a release: everything that a package's next version is a function of, put together.

Belongs here: gathering tables, findings, rejects, sources and warnings. Does not: publishing them (`release.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.mapping.rejections import REJECTIONS
from pipelines.mapping.withdrawals import STATED_BY_CONNECTORS, withdrawals_of_connectors
from pipelines.pipeline.errors import MadeUpAmongReal, NothingFillsIt
from pipelines.pipeline.findings import FindingsResult
from pipelines.pipeline.lineage import steps_of
from pipelines.pipeline.records import RecordsResult
from pipelines.pipeline.results import folder_digest
from pipelines.pipeline.tables import TableResult
from pipelines.releases import ReleaseRequest, SnapshotUsed, SourceUsed, Warned
from pipelines.releases.descriptor import instant
from pipelines.schema import Package, load_quality
from pipelines.sources import Capture, Source

QUALITY = ("constats", "rejets", "provenance", "changements")


def request_for(
    project: Project,
    package: Package,
    sources: Iterable[tuple[Source, Capture]],
    *,
    records: Mapping[str, RecordsResult],
    tables: Mapping[str, TableResult],
    findings: FindingsResult,
    code: str,
) -> ReleaseRequest:
    """The request for the next version of a package.

    `sources`: those whose rows reach it, also through other packages, each with the capture that was read. `code`: what
    it is made from besides (`Ingredients.code_of`).

    Raises `NothingFillsIt` for a package that no source reaches (it would have no date), and `MadeUpAmongReal` for one
    that real and made-up records reach.
    """
    used = list(sources)
    if not used:
        raise NothingFillsIt(package=package.name)
    made_up = [source.name for source, _ in used if source.example]
    real = [source.name for source, _ in used if not source.example]
    if made_up and real:
        raise MadeUpAmongReal(package=package.name, real=", ".join(real), made_up=", ".join(made_up))
    if made_up:
        package = package.as_example()
    own = {table.name: tables[f"{package.name}/{table.name}"] for table in package.tables}
    schemas = {name: package.schema(name).public for name in own}
    return ReleaseRequest(
        package=package,
        schemas=schemas,
        tables={name: result.table.select(schemas[name].names) for name, result in own.items()},
        provenance={name: result.provenance for name, result in own.items()},
        findings=findings.table,
        rejects=_rejects(package, records.values(), own.values()),
        sources=[_source_used(source, capture) for source, capture in used],
        created=max(part.obtained for _, capture in used for part in capture.parts),
        code=code,
        quality_schemas={name: load_quality(name) for name in QUALITY},
        warnings=[*(_example_warning(source) for source, _ in used if source.example), *notices(package)],
        corrections=folder_digest(project.corrections),
        redactions=folder_digest(project.withdrawals, withdrawals_by_source(capture for _, capture in used)),
        steps=steps_of(package, [source for source, _ in used]),
    )


def withdrawals_by_source(captures: Iterable[Capture]) -> dict[str, bytes]:
    """What connectors reported as withdrawn, as the file that it would be in `sources/retraits/`; none, no file."""
    withdrawals = withdrawals_of_connectors(captures)
    return {STATED_BY_CONNECTORS: withdrawals} if withdrawals else {}


def _rejects(package: Package, records: Iterable[RecordsResult], tables: Iterable[TableResult]) -> pa.Table:
    """What was refused on the way to this package's tables, in the columns of `schema/quality/rejets.json`."""
    found = [result.rejects for result in tables]
    for result in records:
        if any(table.startswith(f"{package.name}/") for table in result.tables):
            mine = [
                row.startswith(("entrants/", f"{package.name}/")) for row in result.rejects.column("table").to_pylist()
            ]
            found.append(result.rejects.filter(pa.array(mine, pa.bool_())))
    return pa.concat_tables(found) if found else REJECTIONS.empty_table()


def _source_used(source: Source, capture: Capture) -> SourceUsed:
    return SourceUsed(
        name=source.name,
        title=source.title,
        title_en=source.title_en,
        address=source.address,
        licence=source.licence,
        publisher=source.publisher.get("title", ""),
        example=source.example,
        snapshots=tuple(
            SnapshotUsed(part.part, part.sha256, part.address, instant(part.obtained)) for part in capture.parts
        ),
    )


def notices(package: Package) -> list[Warned]:
    """What `package.yaml` says of earlier versions (`notices`): what was wrong in them, and what moved where."""
    return [
        Warned(
            " ".join(item["fr"].split()),
            " ".join(item["en"].split()),
            is_notice=True,
            losses=tuple((table, float(share)) for table, share in item.get("losses", {}).items()),
        )
        for item in package.more.get("notices", ())
    ]


def _example_warning(source: Source) -> Warned:
    return Warned(
        f"Attention : les données de la source « {source.title} » sont fictives. "
        "Elles servent seulement de démonstration.",
        f'The source "{source.title_en}" is sample data: its records are made up.',
    )
