"""What Dagster shows is in one language, that of the deployment: descriptions, metadata, messages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import all_sources
from pipelines.orchestration.wording import MACHINE
from tests.pipeline.builders import rewrite

ROOT = Path(__file__).resolve().parents[2]
# Words that are of one language only, and so frequent that a sentence has one of them.
FRENCH = {
    "le",
    "les",
    "des",
    "une",
    "est",
    "pas",
    "aux",
    "avec",
    "chaque",
    "pour",
    "qui",
    "dans",
    "du",
    "et",
    "ou",
    "sur",
}
ENGLISH = {"the", "of", "and", "is", "each", "which", "from", "with", "was", "were", "that", "what", "it", "by", "per"}
OTHERS = {"fr": ENGLISH, "en": FRENCH}
TELL = """
import json
from pipelines.definitions import defs

repository = defs.get_repository_def()
texts = {}
for node in repository.asset_graph.asset_nodes:
    name = node.key.to_user_string()
    texts[f"asset {name}"] = node.description or ""
    columns = node.metadata.get("dagster/column_schema")
    for column in columns.columns if columns else ():
        texts[f"column {name}.{column.name}"] = column.description or ""
for key in repository.asset_graph.asset_check_keys:
    spec = repository.asset_graph.get_check_spec(key)
    texts[f"check {key.to_user_string()}"] = spec.description or ""
for job in repository.get_all_jobs():
    if not job.name.startswith("__"):
        texts[f"job {job.name}"] = job.description or ""
    for node in job.all_node_defs:
        if not node.name.startswith("__"):
            texts[f"op {job.name}.{node.name}"] = node.description or ""
        fields = getattr(getattr(node, "config_schema", None), "config_type", None)
        for field, described in (getattr(fields, "fields", None) or {}).items():
            texts[f"field {node.name}.{field}"] = described.description or ""
for sensor in repository.sensor_defs:
    texts[f"sensor {sensor.name}"] = sensor.description or ""
for schedule in repository.schedule_defs:
    texts[f"schedule {schedule.name}"] = schedule.description or ""
print(json.dumps(texts))
"""


def strangers(texts: dict[str, str], language: str) -> dict[str, str]:
    """The texts that hold words of the other language: two of them, for a title may quote one."""
    found = {}
    for name, text in texts.items():
        words = set(re.findall(r"(?<![\w«'’-])[a-z]+(?![\w'’-])", text.lower()))
        if len(words & OTHERS[language]) > 1:
            found[name] = text
    return found


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_description_is_in_the_language_of_the_deployment(language: str, tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text("", encoding="utf-8")
    environment = {**os.environ, "AROBASE_LANG": language, "AROBASE_OUTPUTS": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", TELL], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    texts: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    kinds = {name.partition(" ")[0] for name in texts}
    assert kinds == {"asset", "column", "check", "job", "op", "field", "sensor", "schedule"}
    assert not strangers(texts, language)
    other = {"fr": "en", "en": "fr"}[language]
    assert len(strangers(texts, other)) > len(texts) / 3, "the words tell one language from the other"


def shown(value: Any) -> str:
    """A metadata value as people read it; a preview and a path are data."""
    if isinstance(value, dg.MarkdownMetadataValue | dg.PathMetadataValue | dg.TableSchemaMetadataValue):
        return ""
    return json.dumps(value.value, ensure_ascii=False, default=str)


def told_by_run(project: Project, instance: dg.DagsterInstance) -> dict[str, str]:
    """All that a run of everything shows: metadata by its name, descriptions of checks and failures."""
    tags = all_sources(instance, project)
    done = build_definitions(project).resolve_job_def("tout")
    run = done.execute_in_process(instance=instance, raise_on_error=False, tags=tags).run_id
    texts: dict[str, str] = {}
    for record in instance.all_logs(run):
        event = record.dagster_event
        if event is None:
            continue
        metadata: dict[str, Any] = {}
        place = f"{event.event_type_value} {event.step_key}"
        if event.is_step_failure and event.step_failure_data.user_failure_data is not None:
            told = event.step_failure_data.user_failure_data
            metadata, texts[place] = dict(told.metadata), told.description or ""
        elif event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
            metadata = dict(event.materialization.metadata)
        elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            metadata, texts[f"{place} {check.check_name}"] = dict(check.metadata), check.description or ""
        for name, value in metadata.items():
            if name != MACHINE:
                texts[f"{place}: {name}"] = f"{name}: {shown(value)}"
    return texts


# Names of metadata that both languages have, or that are Dagster's own.
OF_NONE = {"code", "sha256", "version", "table", "tables", "provenance", "schema"}


def test_what_a_run_shows_is_in_one_language(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(project, "actions", "id,ville,titre\na1,99999,Ville inconnue\n")
    told: dict[str, dict[str, str]] = {}
    for language in ("fr", "en"):
        monkeypatch.setenv("AROBASE_LANG", language)
        told[language] = told_by_run(project, instance)
        assert not strangers(told[language], language)
    names = {language: {name.rpartition(": ")[2] for name in texts if ": " in name} for language, texts in told.items()}
    common = {name for name in names["fr"] & names["en"] if "/" not in name}
    assert common <= OF_NONE, "a name of metadata that is the same in both languages"
