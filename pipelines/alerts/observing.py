"""What deserves an alert: read from a run's outcome, from a project's files, and from its portals.

Belongs here: noticing. Does not: remembering or sending. Each `Observation` names a thing that was looked at, with the
alert that it deserves, or with none when it is well: so that what is over can be reported too, and what was not looked
at stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from pipelines.alerts.alert import THE_CATALOGUE, About, Alert, Subject
from pipelines.alerts.settings import Kind
from pipelines.core.errors import PARTIES, ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.pipeline.errors import InputMissing, NeverCollected, RowsMissing

STAGES: Mapping[str, Said] = {
    "collect": Said("collecte", "collecting"),
    "records": Said("lecture", "reading"),
    "tables": Said("table", "table"),
    "findings": Said("constats", "findings"),
    "release": Said("publication", "release"),
    "catalogue": Said("catalogue", "catalogue"),
}


OF_STAGE: Mapping[str, About] = {
    "collect": About.SOURCE,
    "records": About.SOURCE,
    "tables": About.TABLE,
    "findings": About.PACKAGE,
    "release": About.PACKAGE,
    "catalogue": About.CATALOGUE,
}

CONSEQUENCES = frozenset({NeverCollected.code})
"""Errors of a source that give way to the one that they follow from, where that was met in the same run."""


@dataclass(frozen=True)
class Observation:
    """A thing that was looked at. `key` is that of the alert that it has, or would have."""

    key: str
    alert: Alert | None


def of_run(project: Project, run: Any) -> list[Observation]:
    """What a run of `arobase release` (`pipelines.pipeline.run.Run`) did: what failed, and what went well again."""
    from pipelines.releases import Refused

    failed: dict[Subject, tuple[str, ArobaseError]] = {}
    for stage, name, error in run.failures:
        subject = _failed(stage, name)
        if subject not in failed or error.code not in CONSEQUENCES:
            failed[subject] = (name, error)
    failed |= {Subject(About.PACKAGE, name): (name, error) for name, error in run.blocked.items()}
    errors = {subject: error for subject, (_, error) in failed.items()}
    seen = [_failure(subject, name, errors) for subject, (name, _) in sorted(failed.items())]
    well = {Subject(About.SOURCE, name) for name in run.records}
    well |= {Subject(About.TABLE, name) for name in run.tables}
    well |= {Subject(About.PACKAGE, name) for name in run.outcomes}
    well |= {THE_CATALOGUE} if run.catalogue_is_written else set()
    seen += [_well("run-failed", subject) for subject in sorted(well - set(failed))]
    for package, outcome in sorted(run.outcomes.items()):
        subject = Subject(About.PACKAGE, package)
        if not isinstance(outcome, Refused):
            seen.append(_well("release-refused", subject))
            continue
        reasons = Said(" ".join(item.fr for item in outcome.reasons), " ".join(item.en for item in outcome.reasons))
        record = str(outcome.record.relative_to(project.outputs)) if outcome.record else ""
        who = PARTIES[ResponsibleParty.OPERATOR]
        seen.append(_of(Alert("release-refused", subject, reasons, f"outputs/{record}", who)))
    return seen


def of_project(project: Project, now: datetime, *, quarantined_rows: int) -> list[Observation]:
    """Sources that are late at `now`, and packages with more rows in quarantine than `quarantined_rows`."""
    return [*_sources(project, now), *_quarantines(project, quarantined_rows)]


def of_portals(project: Project, environment: Mapping[str, str], now: datetime) -> list[Observation]:
    """Whether each portal contains what was pushed to it; it is asked, nothing is written there.

    A portal that cannot be asked is `run-failed` under its own name.
    """
    return [item for portal in _portals(project) for item in _of_portal(project, portal, environment, now)]


def observed(
    kind: Kind, subject: Subject, error: ArobaseError | None, where: str = "", cause: ArobaseError | None = None
) -> Observation:
    """A thing that a driver looked at: with the error that it met, or with none. `cause`: what that error follows from,
    where anyone who fixes that fixes it."""
    if error is None:
        return _well(kind, subject)
    what = Said(error.message("fr"), error.message("en"))
    who = Said((cause or error).advice("fr"), (cause or error).advice("en"))
    return _of(Alert(kind, subject, what, where or str(error.facts.get("file", "")), who, error.code))


def _failed(stage: str, name: str) -> Subject:
    """What a failure is about: a source whose file is wrong is that source, also to those who say that it is over."""
    about = OF_STAGE[stage]
    return Subject(about, PurePosixPath(name).stem if name.startswith("sources/") else name)


def _failure(subject: Subject, name: str, errors: Mapping[Subject, ArobaseError]) -> Observation:
    error = errors[subject]
    where = str(error.facts.get("file", "")) or name
    return observed("run-failed", subject, error, where=where, cause=_cause(error, errors))


def _cause(error: ArobaseError, errors: Mapping[Subject, ArobaseError]) -> ArobaseError:
    """The error that this one follows from: that of the source, or of the table, that it lacks."""
    if not isinstance(error, RowsMissing | InputMissing):
        return error
    lacking = [Subject(About.SOURCE, str(error.facts.get("source", "")))]
    lacking.append(Subject(About.TABLE, str(error.facts.get("input", ""))))
    return next((_cause(errors[subject], errors) for subject in lacking if subject in errors), error)


def _sources(project: Project, now: datetime) -> Iterator[Observation]:
    from pipelines.sources import latest, load_sources
    from pipelines.sources.freshness import freshness

    for name, source in sorted(load_sources(project).items()):
        if source.cadence is None or source.obtained is not None:
            continue
        fresh = freshness(source, latest(project, source), now)
        subject = Subject(About.SOURCE, name)
        if not fresh.is_late:
            yield _well("source-late", subject)
            continue
        days = None if fresh.unchecked is None else fresh.unchecked.days
        what = Said("n'a jamais pu être lue", "was never read")
        if days is not None:
            what = Said(f"lue pour la dernière fois il y a {days} jours", f"last read {days} days ago")
        cadence = Said(f" ; attendue tous les {source.cadence}", f"; expected every {source.cadence}")
        sentence = Said(what.fr + cadence.fr, what.en + cadence.en)
        who = PARTIES[ResponsibleParty.OPERATOR]
        yield _of(Alert("source-late", subject, sentence, f"sources/{name}.yaml", who))


def _quarantines(project: Project, limit: int) -> Iterator[Observation]:
    from pipelines.pipeline.private_store import sees_what_is_kept
    from pipelines.pipeline.retention import quarantined
    from pipelines.schema import package_names

    if not sees_what_is_kept(project):
        return
    counts = quarantined(project)
    for package in sorted({*package_names(project.schemas), *counts}):
        rows, subject = counts.get(package, 0), Subject(About.PACKAGE, package)
        if rows <= limit:
            yield _well("quarantine", subject)
            continue
        what = Said(
            f"{rows} valeurs attendent une décision (limite : {limit}) : arobase private show",
            f"{rows} values wait for a decision (limit: {limit}): arobase private show",
        )
        who = PARTIES[ResponsibleParty.SCHEMA]
        yield _of(Alert("quarantine", subject, what, f"outputs/private/quarantaine/{package}.jsonl", who))


def _portals(project: Project) -> Iterable[Any]:
    from pipelines.portals.descriptions import load_portals

    return load_portals(project).values()


def _of_portal(project: Project, portal: Any, environment: Mapping[str, str], now: datetime) -> Iterator[Observation]:
    from pipelines.portals.pushing import look, released

    for package in (name for name in released(project) if portal.takes(name)):
        subject = Subject(About.PORTAL, f"{portal.name} / {package}")
        try:
            found = look(project, portal, package, environment=environment, now=lambda: now)
        except ArobaseError as error:
            yield observed("run-failed", subject, error)
            continue
        yield _well("run-failed", subject)
        drifted = found.there == found.publication.version and found.differences
        if not drifted:
            yield _well("portal-drift", subject)
            continue
        what = Said(
            f"{len(found.differences)} champs ne sont plus ceux qui ont été envoyés : arobase push {portal.name}",
            f"{len(found.differences)} fields are no longer what was pushed: arobase push {portal.name}",
        )
        who = PARTIES[ResponsibleParty.OPERATOR]
        page = found.found.page if found.found is not None else ""
        place = f"sources/portals/{portal.name}.yaml"
        yield _of(Alert("portal-drift", subject, what, place, who, links=(page,) if page else ()))


def _of(alert: Alert) -> Observation:
    return Observation(alert.key, alert)


def _well(kind: Kind, subject: Subject) -> Observation:
    return Observation(f"{kind} {subject.key}", None)
