"""Sensors that notify people of what happened in Dagster; only where the project has an `alerts.yaml`.

Belongs here: reading Dagster's event log. Does not: what deserves an alert, nor sending (`pipelines.alerts`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.core.errors import PARTIES, ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Said, terminal_language
from pipelines.orchestration.packages import REFUSED
from pipelines.orchestration.sources import COLLECTED, READ, RECORDS, SNAPSHOTS, WHOLE
from pipelines.orchestration.tables import group_of
from pipelines.orchestration.wording import MACHINE, say, sentence
from pipelines.orchestration.workspace import Workspace
from pipelines.schema import package_names

if TYPE_CHECKING:
    from pipelines.alerts.alert import Alert, Subject
    from pipelines.alerts.observing import Observation
    from pipelines.alerts.settings import AlertSettings, Kind

FAILED, WELL, STATE = "alertes_echecs", "alertes_retablissements", "alertes_etat"
CATALOGUE, OF_PACKAGES = "catalogue", ("release", "constats")
WHOLE_STEPS = (f"{SNAPSHOTS.path[0]}_{WHOLE}", f"{RECORDS.path[0]}_{WHOLE}")
UNTOLD_KEYS = {SNAPSHOTS, RECORDS}
LOOKED_AT = (
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
)


def alert_sensors(project: Project) -> list[dg.SensorDefinition]:
    """The sensors, on by default; none where nobody is to be notified.

    An `alerts.yaml` that is wrong is reported in the log of the code location, and stops nothing else.
    """
    from pipelines.alerts.settings import load_alerts

    try:
        if load_alerts(project) is None:
            return []
    except ArobaseError as error:
        dg.get_dagster_logger("arobase").error(sentence(error))
        return []
    return [_run_sensor(FAILED, dg.DagsterRunStatus.FAILURE), _run_sensor(WELL, dg.DagsterRunStatus.SUCCESS), _state()]


def _run_sensor(name: str, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    french, english = ("échoue", "fails") if status is dg.DagsterRunStatus.FAILURE else ("réussit", "succeeds")

    @dg.run_status_sensor(
        name=name,
        run_status=status,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description=say(
            f"Prévient, selon alerts.yaml, quand une exécution {french}.",
            f"Tells people, as alerts.yaml says, when a run {english}.",
        ),
    )
    def watch(context: dg.RunStatusSensorContext, workspace: Workspace) -> None:
        settings = _settings(workspace.described)
        if settings is None:
            return
        with workspace.at_work() as project:
            _notify(project, settings, of_run(project, context.instance, context.dagster_run, link=settings.link))

    return watch


def _state() -> dg.SensorDefinition:
    @dg.sensor(
        name=STATE,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=300,
        description=say(
            "Prévient des sources en retard, des lignes en quarantaine et des portails modifiés (alerts.yaml).",
            "Tells people of late sources, quarantined rows and changed portals (alerts.yaml).",
        ),
    )
    def look(_context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.SkipReason:
        from pipelines.alerts.notifying import portals_are_due
        from pipelines.alerts.observing import of_portals, of_project

        now, settings = datetime.now(UTC), _settings(workspace.described)
        if settings is None:
            return dg.SkipReason(say("alerts.yaml n'est plus là.", "alerts.yaml is gone."))
        with workspace.at_work() as project:
            seen = of_project(project, now, quarantined_rows=settings.quarantined_rows)
            asks = portals_are_due(project, settings, now)
            if asks:
                seen += of_portals(project, os.environ, now)
            outcome = _notify(project, settings, seen, asked_portals=asks)
        return dg.SkipReason("; ".join(outcome) or say("Rien de nouveau à signaler.", "Nothing new to tell."))

    return look


def of_run(project: Project, instance: dg.DagsterInstance, run: dg.DagsterRun, *, link: str) -> list[Observation]:
    """What a finished run did: what failed, and what was made, so is well again.

    Subjects are those of `arobase release` (a source, `package/table`, a package, the catalogue), so that each closes
    what the other opened. A partition that failed is reported by its check; the step that then fails the run adds
    nothing.
    """
    from pipelines.alerts.observing import CONSEQUENCES, Observation

    reading = _Reading(project, run, link)
    for record in instance.all_logs(run.run_id, of_type=set(LOOKED_AT)):
        if record.dagster_event is not None:
            reading.take(record.dagster_event)
    seen: dict[str, Observation] = {}
    for alert in reading.alerts():
        if alert.key not in seen or alert.code not in CONSEQUENCES:
            seen[alert.key] = Observation(alert.key, alert)
    for key in reading.well():
        seen.setdefault(key, Observation(key, None))
    return list(seen.values())


@dataclass
class _Reading:
    """The events of one run, gathered by subject."""

    project: Project
    run: dg.DagsterRun
    link: str
    failed: list[Alert] = field(default_factory=list)
    failed_partitions: set[tuple[str, str]] = field(default_factory=set)
    unmet: dict[str, list[Any]] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    made: set[Subject] = field(default_factory=set)
    collected: set[Subject] = field(default_factory=set)
    released: set[Subject] = field(default_factory=set)

    def take(self, event: dg.DagsterEvent) -> None:
        if event.is_step_failure:
            self._step_failed(event)
        elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            self._checked(event.asset_check_evaluation_data)
        elif event.event_type is dg.DagsterEventType.STEP_SUCCESS and "__" in str(event.step_key):
            self._made(str(event.step_key).split("__"))
        elif event.asset_key is not None and event.partition is not None:
            of = self.collected if event.asset_key == SNAPSHOTS else self.made
            of.add(_source(event.partition))
        elif event.asset_key is not None and not UNTOLD_KEYS & {event.asset_key}:
            self._made(event.asset_key.path)

    def _made(self, path: Sequence[str]) -> None:
        if path[-1] == "constats":
            return  # a package is well again when it is released
        subject = self._subject(path)
        self.made.add(subject)
        if path[-1] == "release":
            self.released.add(subject)

    def _checked(self, check: Any) -> None:
        """A partition that failed is reported; a table's checks are kept for the step that they stop."""
        step = "__".join(check.asset_key.path)
        if check.partition is None:
            if not check.passed and check.blocking:
                self.unmet.setdefault(step, []).append(check)
            return
        if not check.passed and check.check_name in (COLLECTED, READ):
            self.failed_partitions.add((step, check.partition))
            self.failed.append(self._alert(_source(check.partition), f"{step} [{check.partition}]", check.metadata, ""))

    def _step_failed(self, event: dg.DagsterEvent) -> None:
        """The text of an exception that nobody foresaw may contain a value: only its class is shown."""
        step, failure = str(event.step_key), event.step_failure_data
        user_failure = failure.user_failure_data
        path = step.split("__")
        if self.failed_partitions and path[0] in {*SNAPSHOTS.path, *RECORDS.path, *WHOLE_STEPS}:
            return
        if step in self.unmet and user_failure is None:
            self.failed.append(self._stopped(step, self.unmet[step]))
            return
        described = str(user_failure.description) if user_failure is not None and user_failure.description else ""
        kind = failure.error.cls_name if failure.error is not None and failure.error.cls_name else "?"
        metadata = user_failure.metadata if user_failure is not None else {}
        partition = self.run.tags.get("dagster/partition")
        is_source = partition is not None and path[0] in {*SNAPSHOTS.path, *RECORDS.path}
        subject = _source(str(partition)) if is_source else self._subject(path)
        self.failed.append(self._alert(subject, step, metadata, described or str(kind)))

    def _stopped(self, step: str, checks: list[Any]) -> Alert:
        """A table that its blocking checks stopped: with too few rows, a release that is refused, as anywhere else."""
        from pipelines.alerts.alert import About, Alert, Subject
        from pipelines.pipeline.check_groups import DESCRIPTIONS, VOLUME

        names = sorted(check.check_name for check in checks)
        is_short = names == [VOLUME]
        table = self._subject(step.split("__"))
        subject = Subject(About.PACKAGE, table.name.partition("/")[0]) if is_short else table
        rules = [DESCRIPTIONS[name] for name in names if name in DESCRIPTIONS]
        what = Said(
            f"{table.name} : règle non respectée : {' '.join(rule.fr for rule in rules)}",
            f"{table.name}: rule not met: {' '.join(rule.en for rule in rules)}",
        )
        who = PARTIES[ResponsibleParty.OPERATOR]
        place = f"{self.run.job_name}, {step}"
        kind: Kind = "release-refused" if is_short else "run-failed"
        return Alert(kind, subject, what, place, who, links=self._links)

    def _alert(self, subject: Subject, step: str, metadata: Mapping[str, Any], described: str) -> Alert:
        """An alert from the metadata that programs read, else from what the step said of itself."""
        from pipelines.alerts.alert import Alert

        kept = metadata.get(MACHINE)
        facts: dict[str, Any] = kept.value if kept is not None else {}
        what = Said(*facts.get("what", (described, described)))
        who = Said(*facts["who"]) if "who" in facts else PARTIES[ResponsibleParty.OPERATOR]
        code = str(facts.get("code", ""))
        is_refused = code == REFUSED
        kind: Kind = "release-refused" if is_refused else "run-failed"
        place = f"{self.run.job_name}, {step}"
        alert = Alert(kind, subject, what, place, who, "" if is_refused else code, self._links)
        self.lacking[alert.key] = str(facts.get("lacks", ""))
        return alert

    def _as_its_cause(self, alert: Alert) -> Alert:
        """Anyone who fixes the source or the table that a table lacks fixes that table."""
        from pipelines.alerts.alert import About

        lacking, made_from = self.lacking.get(alert.key), (About.SOURCE, About.TABLE)
        causes = [one for one in self.failed if lacking == one.subject.name and one.subject.about in made_from]
        return replace(alert, who=self._as_its_cause(causes[0]).who) if causes else alert

    def alerts(self) -> list[Alert]:
        """What failed; a run that failed before or beside its steps (its process died) is reported as a whole."""
        from pipelines.alerts.alert import Alert

        if self.failed or self.run.status is not dg.DagsterRunStatus.FAILURE:
            return [self._as_its_cause(alert) for alert in self.failed]
        what = Said("l'exécution s'est arrêtée hors de toute étape", "the run ended outside every step")
        who = PARTIES[ResponsibleParty.OPERATOR]
        return [Alert("run-failed", _whole(self.run), what, self.run.job_name, who, links=self._links)]

    def well(self) -> set[str]:
        """The keys of what is over: of what was made, of what was released, and of a source that was only collected
        where collecting it is what had failed."""
        from pipelines.alerts.notifying import open_alerts

        known = open_alerts(self.project)
        collecting = f", {SNAPSHOTS.path[0]}"
        well = set(self.made)
        for source in self.collected:
            alert = known.get(f"run-failed {source.key}")
            if alert is not None and collecting in alert[0].where:
                well.add(source)
        if self.run.status is dg.DagsterRunStatus.SUCCESS:
            well.add(_whole(self.run))
        over = {f"run-failed {subject.key}" for subject in well}
        return over | {f"release-refused {subject.key}" for subject in self.released}

    def _subject(self, path: Sequence[str]) -> Subject:
        """An asset as `arobase release` names it: `package/table`, a package, the catalogue; else the job."""
        from pipelines.alerts.alert import THE_CATALOGUE, About, Subject

        if len(path) == 1:
            return THE_CATALOGUE if path[0] == CATALOGUE else _whole(self.run)
        for package in package_names(self.project.schemas):
            if group_of(package) == path[0]:
                is_whole = path[1] in OF_PACKAGES
                return Subject(About.PACKAGE, package) if is_whole else Subject(About.TABLE, f"{package}/{path[1]}")
        return Subject(About.TABLE, "/".join(path))

    @property
    def _links(self) -> tuple[str, ...]:
        return (f"{self.link}runs/{self.run.run_id}",) if self.link else ()


def _source(name: str) -> Subject:
    from pipelines.alerts.alert import About, Subject

    return Subject(About.SOURCE, name)


def _whole(run: dg.DagsterRun) -> Subject:
    from pipelines.alerts.alert import About, Subject

    return Subject(About.JOB, run.job_name)


def _settings(project: Project) -> AlertSettings | None:
    from pipelines.alerts.settings import load_alerts

    return load_alerts(project, terminal_language())


def _notify(
    project: Project, settings: AlertSettings, seen: list[Observation], *, asked_portals: bool = False
) -> list[str]:
    """Send what is due; gives the titles that were sent. What a channel did not take is logged and sent again."""
    from pipelines.alerts.notifying import notify

    now = datetime.now(UTC)
    outcome = notify(project, settings, seen, now=now, environment=os.environ, asked_portals=asked_portals)
    for error in outcome.errors:
        dg.get_dagster_logger("arobase").warning(sentence(error))
    return [title for _, title in outcome.sent]
