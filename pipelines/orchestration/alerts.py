"""Sensors that tell people of what happened in Dagster; only where the project has an `alerts.yaml`.

Belongs here: reading Dagster's event log. Does not: what deserves an alert, nor sending (`pipelines.alerts`).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.core.errors import MENDERS, ArobaseError, Mender
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language
from pipelines.orchestration.packages import REFUSED
from pipelines.orchestration.workspace import Workspace

if TYPE_CHECKING:
    from pipelines.alerts.alert import Alert
    from pipelines.alerts.observing import Observation
    from pipelines.alerts.settings import AlertSettings

FAILED, WELL, STATE = "alertes_echecs", "alertes_retablissements", "alertes_etat"
LOOKED_AT = (
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
)


def alert_sensors(project: Project) -> list[dg.SensorDefinition]:
    """The sensors, on by default; none where nobody is to be told.

    An `alerts.yaml` that is wrong is told in the log of the code location, and stops nothing else.
    """
    from pipelines.alerts.settings import load_alerts

    try:
        if load_alerts(project) is None:
            return []
    except ArobaseError as error:
        dg.get_dagster_logger("arobase").error(f"{error.message('fr')} → {error.advice('fr')} [{error.code}]")
        return []
    return [_run_sensor(FAILED, dg.DagsterRunStatus.FAILURE), _run_sensor(WELL, dg.DagsterRunStatus.SUCCESS), _state()]


def _run_sensor(name: str, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    said = "échoue" if status is dg.DagsterRunStatus.FAILURE else "réussit"

    @dg.run_status_sensor(
        name=name,
        run_status=status,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description=f"Prévient, comme le dit alerts.yaml, quand une exécution {said}.",
    )
    def watch(context: dg.RunStatusSensorContext, workspace: Workspace) -> None:
        settings = _settings(workspace.project)
        if settings is None:
            return
        _tell(workspace.project, settings, of_run(context.instance, context.dagster_run, link=settings.link))

    return watch


def _state() -> dg.SensorDefinition:
    @dg.sensor(
        name=STATE,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=300,
        description="Prévient des sources en retard, des lignes en quarantaine et des portails modifiés (alerts.yaml).",
    )
    def look(_context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.SkipReason:
        from pipelines.alerts.observing import of_portals, of_project
        from pipelines.alerts.telling import portals_are_due

        project, now = workspace.project, datetime.now(UTC)
        settings = _settings(project)
        if settings is None:
            return dg.SkipReason("alerts.yaml n'est plus là.")
        seen = of_project(project, now, quarantined_rows=settings.quarantined_rows)
        asks = portals_are_due(project, settings, now)
        if asks:
            seen += of_portals(project, os.environ, now)
        told = _tell(project, settings, seen, asked_portals=asks)
        return dg.SkipReason("; ".join(told) or "Rien de nouveau à signaler.")

    return look


def of_run(instance: dg.DagsterInstance, run: dg.DagsterRun, *, link: str) -> list[Observation]:
    """What a finished run did, by asset and partition: what failed, and what was made, so is well again."""
    from pipelines.alerts.observing import Observation

    seen: dict[str, Observation] = {}
    made: set[str] = set()
    for record in instance.all_logs(run.run_id, of_type=set(LOOKED_AT)):
        event = record.dagster_event
        if event is None:
            continue
        if event.is_step_failure:
            alert = _alert(run, str(event.step_key), event.step_failure_data, link)
            seen[alert.key] = Observation(alert.key, alert)
        elif event.event_type is dg.DagsterEventType.STEP_SUCCESS:
            made.add(_subject(str(event.step_key), run.tags.get("dagster/partition")))
        elif event.asset_key is not None:
            made.add(_subject("__".join(event.asset_key.path), event.partition))
    if run.status is dg.DagsterRunStatus.FAILURE and not seen:
        alert = _run_alert(run, link)
        seen[alert.key] = Observation(alert.key, alert)
    for subject in made:
        for kind in ("run-failed", "release-refused"):
            key = f"{kind} {subject}"
            seen.setdefault(key, Observation(key, None))
    if run.status is dg.DagsterRunStatus.SUCCESS:
        key = f"run-failed {_whole(run)}"
        seen.setdefault(key, Observation(key, None))
    return list(seen.values())


def _alert(run: dg.DagsterRun, step: str, failure: Any, link: str) -> Alert:
    """A step that failed. The text of an exception that nobody foresaw may hold a value: only its class is told."""
    from pipelines.alerts.alert import Alert

    subject = _subject(step, run.tags.get("dagster/partition"))
    told = failure.user_failure_data
    described = str(told.description) if told is not None and told.description else ""
    facts = {name: str(value.value) for name, value in (told.metadata if told is not None else {}).items()}
    kind = failure.error.cls_name if failure.error is not None and failure.error.cls_name else "?"
    what = described or f"{kind}"
    english = facts.get("in English", what)
    who = facts.get("à corriger par", MENDERS[Mender.OPERATOR]["fr"])
    links = (_page(link, run),) if link else ()
    return Alert(
        "release-refused" if facts.get("code") == REFUSED else "run-failed",
        Said(subject, subject),
        Said(what, english),
        f"{run.job_name}, {step}",
        Said(who, _in_english(who)),
        "" if facts.get("code") == REFUSED else facts.get("code", ""),
        links,
    )


def _run_alert(run: dg.DagsterRun, link: str) -> Alert:
    """A run that failed before or beside its steps: its process died, or could not start."""
    from pipelines.alerts.alert import Alert

    subject = _whole(run)
    what = Said("l'exécution s'est arrêtée hors de toute étape", "the run ended outside every step")
    who = Said(MENDERS[Mender.OPERATOR]["fr"], MENDERS[Mender.OPERATOR]["en"])
    links = (_page(link, run),) if link else ()
    return Alert("run-failed", Said(subject, subject), what, run.job_name, who, links=links)


def _whole(run: dg.DagsterRun) -> str:
    return f"job {run.job_name}"


def _subject(step: str, partition: str | None) -> str:
    """An asset's step as people read it: `label/palmares`, `records [palmares]`."""
    name = step.replace("__", "/")
    return f"{name} [{partition}]" if partition else name


def _page(link: str, run: dg.DagsterRun) -> str:
    return f"{link}runs/{run.run_id}"


def _in_english(who: str) -> str:
    """The phrase of `MENDERS` that says in English what `who` says in French."""
    return next((phrases["en"] for phrases in MENDERS.values() if phrases["fr"] == who), who)


def _settings(project: Project) -> AlertSettings | None:
    from pipelines.alerts.settings import load_alerts

    return load_alerts(project, terminal_language())


def _tell(
    project: Project, settings: AlertSettings, seen: list[Observation], *, asked_portals: bool = False
) -> list[str]:
    """Send what is due; gives the titles that were sent. What a channel did not take is logged and sent again."""
    from pipelines.alerts.telling import tell

    now = datetime.now(UTC)
    told = tell(project, settings, seen, now=now, environment=os.environ, asked_portals=asked_portals)
    for error in told.errors:
        dg.get_dagster_logger("arobase").warning(f"{error.message('fr')} [{error.code}]")
    return [title for _, title in told.sent]
