"""A project's figures as Prometheus reads them: rows, rejects, findings, seconds by stage, ages of sources, releases.

Belongs here: the figures, read from what is in `outputs/`. Does not: measuring. Names are those of tables, packages
and sources; no figure is about a person. Source: Prometheus' text format 0.0.4 and its naming practices (base units).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines import __version__
from pipelines.core.project import Project

if TYPE_CHECKING:
    from prometheus_client import Metric

PREFIX = "arobase"
Figures = dict[tuple[str, ...], float]
"""By the values of their labels."""


def metrics_text(project: Project, now: datetime) -> str:
    """Every figure at `now` (aware). Raises what a damaged ledger or a wrong file of alerts raises."""
    from prometheus_client import CollectorRegistry, generate_latest

    class Collector:
        def collect(self) -> Iterator[Metric]:
            yield from _all(project, now)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector())
    return generate_latest(registry).decode("utf-8")


def _all(project: Project, now: datetime) -> Iterator[Metric]:
    yield _gauge("build_info", "The version of Arobase.", ["version"], {(__version__,): 1})
    yield from _sources(project, now)
    yield from _releases(project)
    yield from _last_run(project)
    yield from _held(project)


def _sources(project: Project, now: datetime) -> Iterator[Metric]:
    from pipelines.sources import latest, load_sources
    from pipelines.sources.freshness import freshness

    sources = load_sources(project)
    found = {name: freshness(source, latest(project, source), now) for name, source in sorted(sources.items())}
    ages: Figures = {(name,): item.age.total_seconds() for name, item in found.items() if item.age is not None}
    since_checked: Figures = {
        (name,): item.unchecked.total_seconds() for name, item in found.items() if item.unchecked is not None
    }
    late: Figures = {(name,): int(item.is_late) for name, item in found.items()}
    yield _gauge("source_age_seconds", "Since the records of a source were obtained.", ["source"], ages)
    yield _gauge("source_unchecked_seconds", "Since a source was last asked.", ["source"], since_checked)
    yield _gauge("source_late", "1 where a source was not read for one and a half times its cadence.", ["source"], late)
    wrong = len(sources.errors)
    yield _gauge("source_files_wrong", "Descriptions of sources that cannot be used.", [], {(): wrong})


def _releases(project: Project) -> Iterator[Metric]:
    from pipelines.releases.store import ReleaseStore, package_folders

    rows: Figures = {}
    versions: Figures = {}
    counts: Figures = {}
    created: Figures = {}
    for folder in package_folders(project.releases):
        store = ReleaseStore.read(project.releases, folder.name)
        counts[folder.name,] = len(store.published)
        if store.current is None:
            continue
        entry = store.entry(store.current)
        versions[folder.name, store.current] = 1
        created[folder.name,] = datetime.fromisoformat(str(entry["created"])).timestamp()
        rows |= {(folder.name, table): int(number) for table, number in entry["rows"].items()}
    yield _gauge("table_rows", "Rows of a table in the current version.", ["package", "table"], rows)
    yield _gauge("release_info", "The current version of a package.", ["package", "version"], versions)
    yield _gauge("releases", "Versions of a package that were ever published.", ["package"], counts)
    help_text = "When the newest snapshot of the current version was obtained, in seconds since 1970."
    yield _gauge("release_created_timestamp_seconds", help_text, ["package"], created)


def _last_run(project: Project) -> Iterator[Metric]:
    from pipelines.pipeline.run_journal import read_journals

    journals = read_journals(project)
    if not journals:
        return
    document = journals[0][1]
    seconds: Figures = defaultdict(float)
    rejected: Figures = {}
    findings: Figures = {}
    failed: Figures = defaultdict(float)
    for step in document["steps"]:
        stage = str(step["stage"])
        seconds[stage,] += step["seconds"]
        failed[stage,] += int(step["outcome"] == "failed")
        if step.get("rejected") is not None:
            rejected[stage, str(step["name"])] = step["rejected"]
        if stage == "findings" and step.get("rows") is not None:
            findings[str(step["name"]),] = step["rows"]
    ended = datetime.fromisoformat(document["started"]).timestamp() + document["seconds"]
    yield _gauge("last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", [], {(): ended})
    yield _gauge("last_run_success", "1 where the last run went well.", [], {(): int(document["went_well"])})
    yield _gauge("last_run_duration_seconds", "How long the last run took.", [], {(): document["seconds"]})
    yield _gauge("stage_duration_seconds", "How long a stage of the last run took.", ["stage"], seconds)
    yield _gauge("stage_failures", "Steps of a stage that failed in the last run.", ["stage"], failed)
    yield _gauge("rejected_rows", "Rows that a step of the last run rejected.", ["stage", "name"], rejected)
    yield _gauge("findings", "Findings on a package in the last run.", ["package"], findings)


def _held(project: Project) -> Iterator[Metric]:
    from pipelines.alerts.notifying import open_alerts
    from pipelines.pipeline.private_store import sees_what_is_kept
    from pipelines.pipeline.retention import quarantined

    if sees_what_is_kept(project):
        held: Figures = {(package,): float(number) for package, number in quarantined(project).items()}
        yield _gauge("quarantined_values", "Values that wait for a decision.", ["package"], held)
    alerts: Figures = defaultdict(float)
    for alert, _since in open_alerts(project).values():
        alerts[alert.kind,] += 1
    yield _gauge("alerts_open", "Alerts that are open.", ["kind"], alerts)


def _gauge(name: str, help_text: str, labels: list[str], values: Mapping[tuple[str, ...], float]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"{PREFIX}_{name}", help_text, labels=labels)
    for label, value in values.items():
        family.add_metric(list(label), value)
    return family
