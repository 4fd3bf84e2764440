"""The jobs beside the making of releases, on the small project, each with what it shows and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from tests.pipeline.builders import ACTIONS, a_run, first_run, rewrite


def run_job(
    project: Project, instance: dg.DagsterInstance, job: str, op: str, **config: Any
) -> dg.ExecuteInProcessResult:
    asked = {"ops": {op: {"config": config}}} if config else {}
    definition = build_definitions(project).resolve_job_def(job)
    return definition.execute_in_process(instance=instance, run_config=asked, raise_on_error=False)


def shown(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    assert result.success, said(result)
    (event,) = (item for item in result.all_events if item.is_successful_output)
    return {name: value.value for name, value in event.event_specific_data.metadata.items()}


def said(result: dg.ExecuteInProcessResult) -> str:
    (event,) = (item for item in result.all_events if item.is_step_failure)
    return str(event.step_failure_data.user_failure_data.description)


def test_releases_are_sent_to_a_store_once(project: Project, instance: dg.DagsterInstance, tmp_path: Path):
    first_run(project)
    store = tmp_path / "depot"
    store.mkdir()
    first = run_job(project, instance, "envoyer", "envoi", address=f"file://{store}")
    assert sorted(shown(first)["envoyées"]) == ["bilan 1.0.0", "villes 1.0.0"]
    assert [path.parts[-4] for path in store.rglob("villes/1.0.0/data/villes.csv")] == ["villes"]
    assert shown(run_job(project, instance, "envoyer", "envoi", address=f"file://{store}"))["envoyées"] == []


def test_an_altered_release_fails_its_verification_and_is_named(project: Project, instance: dg.DagsterInstance):
    first_run(project)
    assert "villes 1.0.0" in shown(run_job(project, instance, "verifier", "verification"))["versions"]
    path = project.releases / "villes" / "1.0.0" / "data" / "villes.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Metz", "Mets"), encoding="utf-8")
    assert "villes.csv" in said(run_job(project, instance, "verifier", "verification"))


def test_a_version_is_retracted_only_when_it_is_named_twice(project: Project, instance: dg.DagsterInstance):
    first_run(project)
    rewrite(project, "actions", ACTIONS + "a3,47001,Wifi\n")
    a_run(project)
    asked = {"package": "villes", "version": "1.0.0", "reason": "une erreur"}
    given_up = run_job(project, instance, "retirer", "retrait", **asked, confirm="villes 1.1.0")
    assert "villes 1.0.0" in said(given_up)
    data = project.releases / "villes" / "1.0.0" / "data"
    assert data.is_dir()
    done = run_job(project, instance, "retirer", "retrait", **asked, confirm="villes 1.0.0")
    assert Path(shown(done)["avis de retrait"]).exists()
    assert not data.exists()


def test_a_retraction_of_what_is_not_there_says_so(project: Project, instance: dg.DagsterInstance):
    first_run(project)
    asked = {"package": "villes", "version": "9.9.9", "reason": "une erreur", "confirm": "villes 9.9.9"}
    assert "9.9.9" in said(run_job(project, instance, "retirer", "retrait", **asked))


def test_what_comes_back_after_a_correction_is_counted(project: Project, instance: dg.DagsterInstance):
    path = project.schemas / "entrants" / "actions.json"
    before = path.read_text(encoding="utf-8")
    strict = json.loads(before)
    next(item for item in strict["fields"] if item["name"] == "titre")["constraints"] = {"enum": ["Cartes"]}
    path.write_text(json.dumps(strict), encoding="utf-8")
    a_run(project)
    path.write_text(before, encoding="utf-8")
    found = shown(run_job(project, instance, "rejuger", "nouveau_jugement", source="actions"))
    assert (found["repris"], found["écartés"]) == (1, 0)


def test_what_is_kept_goes_when_its_time_is_over_and_not_before(project: Project, instance: dg.DagsterInstance):
    first_run(project)
    kept = project.private / "conservation.json"
    assert "rien" in shown(run_job(project, instance, "conservation", "suppression"))["supprimé"]
    told = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({**told, "a_supprimer_apres": "2020-01-01"}), encoding="utf-8")
    done = shown(run_job(project, instance, "conservation", "suppression"))
    assert done["valeurs"] == 2
    assert (project.outputs / "suppressions.jsonl").is_file()
