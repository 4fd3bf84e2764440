"""OpenLineage's events of a run of `arobase release`: which job read and wrote which dataset, with schema and quality.

Belongs here: wording a journal (`outputs/runs/`) as events, and handing them to the project's own client. Does not:
noting what a run did. An event carries names, counts and codes of errors, never a value nor an error's sentence.
Source: OpenLineage's object model (RunEvent, facets), <https://openlineage.io/docs/spec/object-model>.

A step is a job: `records.palmares`, `tables.label.palmares`, `release.label`. Its datasets are `source/<name>`,
`records/<name>`, `<package>/<table>`, `release/<package>`, in the namespace `arobase`. The whole run is the parent.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines import __version__
from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.graph import BuildGraph

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent

NAMESPACE = "arobase"
PRODUCER = f"urn:arobase:{__version__}"
ROOT = uuid.uuid5(uuid.NAMESPACE_URL, "urn:arobase")
RUN_JOB = "release"


class LineageNotInstalled(ArobaseError):
    """Events are asked for where the client that makes them is not installed."""

    code: ClassVar[str] = "lineage-not-installed"
    fr: ClassVar[str] = "Les événements OpenLineage demandent un module de plus : pip install 'arobase[lineage]'."
    en: ClassVar[str] = "OpenLineage's events need one more package: pip install 'arobase[lineage]'."


class LineageNotTold(ArobaseError):
    """The lineage service did not accept the events of a run."""

    code: ClassVar[str] = "lineage-not-told"
    passes: ClassVar[bool] = True
    fr: ClassVar[str] = "Le service OpenLineage n'a pas accepté les événements de l'exécution {run} ({found})."
    en: ClassVar[str] = "The OpenLineage service did not accept the events of run {run} ({found})."


def run_events(project: Project, name: str, journal: Mapping[str, Any]) -> list[RunEvent]:
    """The events of a run, in the order of time: the run's start, each step's start and end, the run's end.

    `name` is the journal's; the same journal gives the same events. Raises `LineageNotInstalled`.
    """
    try:
        import openlineage.client.event_v2  # noqa: F401  # only whether it is installed
    except ImportError:
        raise LineageNotInstalled() from None
    return list(_Telling(project, name, journal).events())


def send(project: Project, name: str, journal: Mapping[str, Any]) -> int:
    """Hand a run's events to the service that OpenLineage's own settings name (OPENLINEAGE_URL, openlineage.yml).

    Returns how many. Raises `LineageNotInstalled`, `LineageNotTold`.
    """
    events = run_events(project, name, journal)
    from openlineage.client import OpenLineageClient

    try:
        client = OpenLineageClient()
        for event in events:
            client.emit(event)
        client.close()
    except Exception as error:  # noqa: BLE001  transports raise errors of their own, whose text may contain a secret
        raise LineageNotTold(run=name, found=type(error).__name__) from None
    return len(events)


@dataclass
class _Telling:
    project: Project
    name: str
    journal: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.graph = BuildGraph(self.project)
        self.started = datetime.fromisoformat(self.journal["started"])
        self.run = str(uuid.uuid5(ROOT, self.name))

    def events(self) -> Iterator[RunEvent]:
        from openlineage.client.event_v2 import RunState

        yield self._event(RunState.START, RUN_JOB, self.run, self.started)
        moment = self.started
        for step in self.journal["steps"]:
            begun, moment = moment, moment + timedelta(seconds=step["seconds"])
            yield from self._step(step, begun, moment)
        state = RunState.COMPLETE if self.journal["went_well"] else RunState.FAIL
        yield self._event(state, RUN_JOB, self.run, self.started + timedelta(seconds=self.journal["seconds"]))

    def _step(self, step: Mapping[str, Any], begun: datetime, ended: datetime) -> Iterator[RunEvent]:
        from openlineage.client.event_v2 import RunState
        from openlineage.client.facet_v2 import error_message_run, parent_run

        job = "catalogue" if step["stage"] == "catalogue" else f"{step['stage']}.{step['name'].replace('/', '.')}"
        run = str(uuid.uuid5(ROOT, f"{self.name}/{job}"))
        parent = parent_run.ParentRunFacet(
            run=parent_run.Run(runId=self.run),
            job=parent_run.Job(namespace=NAMESPACE, name=RUN_JOB),
            producer=PRODUCER,
        )
        facets: dict[str, Any] = {"parent": parent}
        inputs, outputs = self._inputs(step), self._outputs(step)
        yield self._event(RunState.START, job, run, begun, facets=facets, inputs=inputs)
        if step["outcome"] != "failed":
            yield self._event(RunState.COMPLETE, job, run, ended, facets=facets, inputs=inputs, outputs=outputs)
            return
        if "error" in step:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
                message=step["error"], programmingLanguage="python", producer=PRODUCER
            )
        yield self._event(RunState.FAIL, job, run, ended, facets=facets, inputs=inputs)

    def _event(
        self,
        state: Any,
        job: str,
        run: str,
        moment: datetime,
        *,
        facets: Mapping[str, Any] | None = None,
        inputs: list[InputDataset] | None = None,
        outputs: list[OutputDataset] | None = None,
    ) -> RunEvent:
        from openlineage.client.event_v2 import Job, Run, RunEvent
        from openlineage.client.facet_v2 import job_type_job

        kind = job_type_job.JobTypeJobFacet(
            processingType="BATCH",
            integration="AROBASE",
            jobType="DAG" if job == RUN_JOB else "TASK",
            producer=PRODUCER,
        )
        return RunEvent(
            eventType=state,
            eventTime=moment.isoformat(),
            run=Run(runId=run, facets=dict(facets or {})),
            job=Job(namespace=NAMESPACE, name=job, facets={"jobType": kind}),
            producer=PRODUCER,
            inputs=inputs or [],
            outputs=outputs or [],
        )

    def _inputs(self, step: Mapping[str, Any]) -> list[InputDataset]:
        from openlineage.client.event_v2 import InputDataset

        names = list(self._read_by(str(step["stage"]), str(step["name"])))
        return [InputDataset(namespace=NAMESPACE, name=name) for name in names]

    def _read_by(self, stage: str, name: str) -> Iterator[str]:
        """The datasets that a step reads."""
        if stage == "collect":
            yield f"source/{name}"
        elif stage == "records":
            yield f"snapshots/{name}"
        elif stage == "tables":
            yield from self._read_by_table(*name.split("/", 1))
        elif stage in ("findings", "release") and name in self.graph.packages:
            yield from (f"{name}/{table.name}" for table in self.graph.packages[name].tables)
        elif stage == "catalogue":
            yield from (f"release/{package}" for package in self.journal["packages"])

    def _read_by_table(self, package: str, table: str) -> Iterator[str]:
        described = self.graph.packages.get(package)
        found = next((item for item in described.tables if item.name == table), None) if described else None
        if found is None:
            return
        yield from found.inputs
        key = f"{package}/{table}"
        yield from (f"records/{source.name}" for source in self.graph.sources.values() if key in source.tables)

    def _outputs(self, step: Mapping[str, Any]) -> list[OutputDataset]:
        from openlineage.client.event_v2 import OutputDataset
        from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

        stage, name = str(step["stage"]), str(step["name"])
        written = {
            "collect": f"snapshots/{name}",
            "records": f"records/{name}",
            "tables": name,
            "findings": f"findings/{name}",
            "release": f"release/{name}",
            "catalogue": "catalogue",
        }[stage]
        counted = statistics.OutputStatisticsOutputDatasetFacet(
            rowCount=step.get("rows"), size=step.get("bytes"), producer=PRODUCER
        )
        has_counts = step.get("rows") is not None or step.get("bytes") is not None
        return [
            OutputDataset(
                namespace=NAMESPACE,
                name=written,
                facets=self._facets(stage, name, step),
                outputFacets={"outputStatistics": counted} if has_counts else {},
            )
        ]

    def _facets(self, stage: str, name: str, step: Mapping[str, Any]) -> dict[str, Any]:
        """A table's schema, the quality of what was rejected, and a release's version."""
        from openlineage.client.facet_v2 import (
            data_quality_assertions_dataset as quality,
        )
        from openlineage.client.facet_v2 import (
            dataset_version_dataset,
            schema_dataset,
        )

        facets: dict[str, Any] = {}
        if stage == "tables":
            package, table = name.split("/", 1)
            described = self.graph.packages.get(package)
            if described is not None and any(item.name == table for item in described.tables):
                fields = [
                    schema_dataset.SchemaDatasetFacetFields(
                        name=item.name, type=item.type, description=item.description
                    )
                    for item in described.schema(table).fields
                ]
                facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)
        if step.get("rejected") is not None:
            assertion = quality.Assertion(assertion="no row rejected", success=step["rejected"] == 0)
            facets["dataQualityAssertions"] = quality.DataQualityAssertionsDatasetFacet(
                assertions=[assertion], producer=PRODUCER
            )
        version = self.journal["packages"].get(name) if stage == "release" else None
        if version:
            facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(
                datasetVersion=version, producer=PRODUCER
            )
        return facets
