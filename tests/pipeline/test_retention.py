"""What is kept about people can be seen, and goes when it is asked to. Everybody here is invented."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.pipeline.personal import keep_apart
from pipelines.pipeline.private_lock import nothing_deleted
from pipelines.pipeline.retention import (
    Deletion,
    DeletionLogDamaged,
    IngredientDeleted,
    NobodyFound,
    delete,
    deletions,
    holdings,
)
from pipelines.privacy import VaultDamaged
from pipelines.storage import Busy
from pipelines.storage.kept_tables import read_kept
from tests.pipeline.builders import ACTIONS, NOW, a_run, a_small_project, first_run, rewrite

LEAK = "contact.invente@example.org"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = a_small_project(tmp_path / "projet")
    monkeypatch.setenv("AROBASE_ROOT", str(made.root))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(made.outputs))
    monkeypatch.setenv("AROBASE_LANG", "en")
    first_run(made, "villes")
    return made


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(commands, ["private", *words], input=given)


def holds(project: Project, value: str) -> list[str]:
    """The files below the private and the work folder in which a value stands."""
    files = [path for folder in (project.private, project.work) for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if value.encode() in _content(path)]


def _content(path: Path) -> bytes:
    return str(read_kept(path).to_pydict()).encode() if path.suffix == ".arrow" else path.read_bytes()


def test_what_is_kept_is_shown_without_a_value(project: Project) -> None:
    done = run("show")
    assert (done.exit_code, "villes" in done.output, "2 values" in done.output) == (0, True, True)
    assert "2027-11-01" in done.output
    assert "contact" not in done.output
    told = json.loads(run("show", "--json").output)
    assert [item["source"] for item in told["snapshots"]] == ["villes"]
    assert (told["until"], told["expired"], told["deletions"]) == ("2027-11-01", False, 0)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (("--source", "villes"), ""),
        (("--before", "2026-11-02"), ""),
        (("--all",), ""),
        (("--person",), "CONTACT.invente@example.org\n"),
    ],
)
def test_it_goes_by_source_by_date_by_person_or_as_a_whole_and_leaves_proof(
    project: Project, words: tuple[str, ...], given: str
) -> None:
    assert holds(project, LEAK)
    done = run("delete", *words, "--yes", given=given)
    assert done.exit_code == 0, done.output
    assert holdings(project) == []
    assert holds(project, LEAK) == []
    (entry,) = deletions(project)
    assert (entry["values"], len(entry["snapshots"])) == (2, 1)
    assert LEAK not in (project.outputs / "suppressions.jsonl").read_text(encoding="utf-8")
    assert (project.releases / "villes" / "1.0.0").is_dir()
    assert "Nothing is kept" in run("show").output


@pytest.mark.parametrize(
    ("words", "given"),
    [(("--source", "absent"), ""), (("--before", "2026-11-01"), ""), (("--person",), "Zoé Inconnue\n")],
)
def test_what_nobody_asked_for_stays(project: Project, words: tuple[str, ...], given: str) -> None:
    assert isinstance(run("delete", *words, "--yes", given=given).exception, NobodyFound)
    assert holds(project, LEAK)
    assert list(deletions(project)) == []


def test_nothing_goes_without_a_yes_and_one_choice(project: Project) -> None:
    assert run("delete", "--all", given="n\n").exit_code == 1
    assert run("delete", "--all", "--source", "villes").exit_code == 2
    assert run("delete").exit_code == 2
    assert "Nothing has outlived" in run("delete", "--expired").output
    assert holds(project, LEAK)


def test_what_has_outlived_its_time_is_told_and_goes(project: Project) -> None:
    (project.private / "conservation.json").write_text('{"a_supprimer_apres": "2020-01-01", "motif": "essai"}')
    assert run("show").exit_code == 1
    assert run("delete", "--expired", "--yes").exit_code == 0
    assert not project.private.exists()


def test_a_rebuild_names_the_deletion_that_took_an_ingredient(project: Project) -> None:
    delete(project, now=NOW, source="villes")
    done = CliRunner().invoke(commands, ["rebuild", "villes"])
    assert isinstance(done.exception, IngredientDeleted)
    assert "event 0" in str(done.exception)
    assert "villes" in str(done.exception)


def test_the_next_run_asks_again_and_publishes_nothing_new(project: Project) -> None:
    delete(project, now=NOW, source="villes")
    done = a_run(project, packages=["villes"])
    assert done.went_well
    assert done.outcomes["villes"].version == "1.0.0"
    assert holdings(project)


def test_the_holds_of_a_person_leave_the_quarantine(project: Project) -> None:
    rewrite(project, "actions", ACTIONS.replace("Ateliers", "Ateliers avec Ewen Kerdoncuff ewen@example.org"))
    a_run(project, packages=["villes"])
    assert holds(project, "Kerdoncuff")
    assert delete(project, now=NOW, person="ewen kerdoncuff").quarantined == 1
    assert holds(project, "Kerdoncuff") == []


def test_a_log_that_was_altered_is_told(project: Project) -> None:
    delete(project, now=NOW, source="villes")
    a_run(project, packages=["villes"])
    delete(project, now=NOW, before=date(2030, 1, 1))
    path = project.outputs / "suppressions.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"values": 2', '"values": 1', 1), encoding="utf-8")
    with pytest.raises(DeletionLogDamaged):
        list(deletions(project))


def test_what_a_run_is_reading_is_deleted_once_the_run_has_ended(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Future[Deletion]] = []
    with ThreadPoolExecutor() as another:

        def while_it_reads(*told: Any) -> dict[str, int]:
            if not asked:
                asked.append(another.submit(delete, project, now=NOW, source="villes"))
                wait(asked, timeout=1)  # as long as a deletion that does not wait takes
            return keep_apart(*told)

        monkeypatch.setattr("pipelines.pipeline.records.keep_apart", while_it_reads)
        shutil.rmtree(project.work)
        assert a_run(project, packages=["villes"]).went_well
        assert asked[0].result().values == 2
    assert holdings(project) == []
    assert not holds(project, LEAK)


def test_a_deletion_that_a_run_keeps_waiting_says_so_and_deletes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.pipeline.private_lock.WAIT_SECONDS", 0.1)
    with nothing_deleted(project):
        done = run("delete", "--all", "--yes")
    assert isinstance(done.exception, Busy)
    assert [item.values for item in holdings(project)] == [2]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table at all"], ids=["empty", "cut", "other bytes"])
def test_kept_values_that_are_damaged_are_taken_from_the_snapshot_again(project: Project, content: bytes) -> None:
    (path,) = project.private.glob("villes/*/*.parquet")
    path.write_bytes(content)
    assert "villes" in run("show").output
    told = run("delete", "--person", "--yes", given="Alix Invente\n").exception
    assert isinstance(told, VaultDamaged)
    assert "private delete --source villes" in told.message("en")
    assert a_run(project, packages=["villes"]).went_well
    assert [item.values for item in holdings(project)] == [2]


def test_damaged_values_are_deleted_as_others_are(project: Project) -> None:
    (path,) = project.private.glob("villes/*/*.parquet")
    path.write_bytes(b"")
    assert run("delete", "--source", "villes", "--yes").exit_code == 0
    assert holdings(project) == []
