"""A retraction: the catalogue no longer shows what went, and the next run does not bring it back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.pipeline.errors import CatalogueStillShows
from pipelines.pipeline.retraction import make_retraction, make_withdrawal
from pipelines.releases import Published, Unchanged
from pipelines.releases.errors import RetractedAgain
from pipelines.releases.verify import verify
from tests.pipeline.builders import ACTIONS, NOW, a_run, a_small_project, first_run, rewrite

LATER = NOW + timedelta(hours=1)
WRONG = "Bornes mal placées"
REASON = "un motif inventé"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two versions of `villes`; the newer has an action that is wrong."""
    project = a_small_project(tmp_path)
    first_run(project)
    rewrite(project, "actions", ACTIONS + f"a3,47001,{WRONG}\n")
    assert a_run(project).outcomes["villes"].version == "1.1.0"
    return project


def shown_in(folder: Path, text: str) -> list[str]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and text.encode() in path.read_bytes())
    return [path.relative_to(folder).as_posix() for path in found]


def retract_newer(project: Project) -> None:
    make_retraction(project, "villes", "1.1.0", REASON, now=LATER)


def test_what_was_retracted_is_nowhere_in_the_catalogue(project: Project) -> None:
    before = shown_in(project.catalogue, WRONG)
    assert {"villes/latest/actions.csv", "villes/latest.zip", "villes/table-actions.html"} <= set(before)
    retract_newer(project)
    assert shown_in(project.catalogue, WRONG) == []
    assert shown_in(project.catalogue, "releases/villes/1.1.0/") == []
    assert REASON in (project.catalogue / "villes" / "version-1.1.0.html").read_text(encoding="utf-8")


def test_a_reason_that_is_withdrawn_is_nowhere_in_the_catalogue(project: Project) -> None:
    retract_newer(project)
    assert shown_in(project.catalogue, REASON)
    make_withdrawal(project, "villes", "1.1.0", now=LATER)
    assert shown_in(project.catalogue, REASON) == []


def test_a_project_without_a_catalogue_gets_none(project: Project) -> None:
    project.catalogue.rename(project.outputs / "elsewhere")
    retract_newer(project)
    assert not project.catalogue.exists()


def test_a_catalogue_that_still_shows_what_was_retracted_is_told(project: Project) -> None:
    (project.root / "catalogue.yaml").write_text("adresse: faux\n", encoding="utf-8")
    with pytest.raises(CatalogueStillShows, match=r"retraction is done, but .*latest/.*catalogue\.yaml"):
        retract_newer(project)
    assert not (project.releases / "villes" / "1.1.0").exists()
    assert verify(project.releases).is_sound


def retract(project: Project, *words: str) -> Result:
    told = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": None, "AROBASE_LANG": "en"}
    return CliRunner(env=told).invoke(commands, ["retract", "villes", "1.1.0", "--yes", *words])


def test_the_command_writes_the_catalogue_too(project: Project) -> None:
    assert retract(project, "--reason", REASON).exit_code == 0
    assert shown_in(project.catalogue, WRONG) == []
    assert retract(project, "--withdraw-reason").exit_code == 0
    assert shown_in(project.catalogue, REASON) == []


def test_the_next_run_does_not_publish_what_was_retracted_again(project: Project) -> None:
    retract_newer(project)
    for _ in range(2):
        blocked = a_run(project).blocked["villes"]
        assert isinstance(blocked, RetractedAgain)
        assert "1.1.0" in blocked.message("fr")
    assert shown_in(project.releases, WRONG) == []
    assert verify(project.releases).is_sound


def test_what_changed_since_the_retraction_is_published(project: Project) -> None:
    retract_newer(project)
    rewrite(project, "actions", ACTIONS + "a3,47001,Bornes\n")
    outcome = a_run(project).outcomes["villes"]
    assert isinstance(outcome, Published)
    assert not any("retracted on" in item.en for item in outcome.warnings)
    assert verify(project.releases).is_sound


def test_what_is_as_it_was_before_the_retracted_version_is_unchanged(project: Project) -> None:
    retract_newer(project)
    rewrite(project, "actions", ACTIONS)
    assert isinstance(a_run(project).outcomes["villes"], Unchanged)


def test_a_version_retracted_by_mistake_comes_back_with_a_notice(project: Project) -> None:
    retract_newer(project)
    path = project.schemas / "villes" / "package.yaml"
    described = yaml.safe_load(path.read_text(encoding="utf-8"))
    described["notices"] = [{"fr": "1.1.0 a été retirée à tort.", "en": "1.1.0 was retracted by mistake."}]
    path.write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")
    outcome = a_run(project).outcomes["villes"]
    assert isinstance(outcome, Published)
    assert outcome.version == "1.2.0"
    (warned,) = [item for item in outcome.warnings if "1.1.0, retracted on 2026-11-23" in item.en]
    assert "mêmes sources" in warned.fr
