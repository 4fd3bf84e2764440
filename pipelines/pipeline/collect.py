"""Collect: a source's answer, or what an engineer left for it in `sources/inbox/<source>/`.

A delivery in the drop folder takes the place of the source's own address until it is taken away. A source made of one
file takes the newest file there; a source made of several takes them by their names, and all of them have to be there.
Belongs here: which address a source is collected from now. Does not: asking it and keeping its answer (`sources/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.errors import DeliveryNamed, PartNeverCollected
from pipelines.pipeline.inbox import deliveries
from pipelines.pipeline.personal import prepare
from pipelines.pipeline.private_lock import nothing_deleted
from pipelines.privacy.headers import may_name_somebody
from pipelines.sources import Capture, Part, Source, collect, collect_many
from pipelines.storage.atomic import sweep_old
from pipelines.storage.faults import as_error, is_of_the_machine

SHEETS = ("xlsx", "xls", "xlsb", "ods")


def make_snapshot(project: Project, source: Source, *, now: datetime) -> Capture:
    """The source's capture: a new one, or the last one when the content is the same. Raises the connector's error."""
    prepare(project, source, now.date())
    return collect(project, delivered(project, source), now=now)


def make_snapshots(
    project: Project, sources: Iterable[Source], *, now: Callable[[], datetime]
) -> Iterator[tuple[str, Capture | ArobaseError]]:
    """Several sources at once, each as it comes, by name: its capture, or the error of the one that failed.

    Raises `Busy` where a deletion of what is kept about people does not end."""
    sources = list(sources)
    with nothing_deleted(project):
        for folder in (project.snapshots, project.private_snapshots):
            sweep_old(folder, now=now().timestamp())
        wanted: list[Source] = []
        for source in sources:
            try:
                prepare(project, source, now().date())
                wanted.append(delivered(project, source))
            except ArobaseError as error:
                yield source.name, error
            except Exception as error:
                if is_of_the_machine(error):
                    raise
                # Whatever else it is costs this one only.
                yield source.name, as_error(error, name=source.name, stage="collect", file=source.path)
        for source, outcome in collect_many(project, wanted, now=now):
            yield source.name, outcome


def delivered(project: Project, source: Source) -> Source:
    """The source as it is described, or reading from its drop folder when there is a delivery in it.

    Raises `DeliveryNamed` where a file that would be read may be named after somebody."""
    found = deliveries(project, source.name)
    if not found:
        return source
    is_one = len({part.path for part in source.parts}) == 1
    for path in found[-1:] if is_one else found:
        if may_name_somebody(path.stem):
            raise DeliveryNamed(source=source.name, example=f"{source.name}{path.suffix}")
    # An export delivered by hand has the same columns about respondents as a collected one.
    source = replace(source, parameters={"export_of": source.connector, **source.parameters})
    if not is_one:
        return replace(source, connector="files", address=f"inbox/{source.name}", obtained=None)
    newest = found[-1]
    address = f"inbox/{source.name}/{newest.name}"
    parts = tuple(replace(_shaped(part, newest.name), path=None) for part in source.parts)
    return replace(source, connector="files", address=address, obtained=None, parts=parts)


def as_captured(source: Source, capture: Capture) -> Source:
    """The source as its capture has it: a workbook delivered as `.xls` for an `.xlsx` is read as what it is.

    Raises `PartNeverCollected` for a part that came after the capture.
    """
    collected = {item.part for item in capture.parts}
    for part in source.parts:
        if part.name not in collected:
            raise PartNeverCollected(source=source.name, part=part.name, file=source.path)
    parts = tuple(_shaped(part, capture.snapshot(part.name).address) for part in source.parts)
    return source if parts == source.parts else replace(source, parts=parts)


def _shaped(part: Part, name: str) -> Part:
    if part.format not in SHEETS:
        return part
    suffix = PurePosixPath(name).suffix.lstrip(".").lower()
    return replace(part, format=suffix) if {suffix, part.format} <= set(SHEETS) else part
