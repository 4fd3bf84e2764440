"""What `arobase release` says, in both languages, when a source is not as its file says; on the small project."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.commands.release import command
from pipelines.project import Project
from tests.stages.builders import ACTIONS, TOWNS, a_small_project, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def release(project: Project, *words: str, language: str = "fr", columns: int = 100) -> Result:
    environment = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": None, "COLUMNS": str(columns)}
    return CliRunner(env=environment).invoke(command, [*words, "--lang", language])


def marked(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith(("✗", "!"))]


def test_a_good_run_ends_well_with_where_to_look_next(project: Project) -> None:
    done = release(project)
    assert done.exit_code == 0, done.output
    assert "1.0.0 nouvelle" in done.output
    assert "villes → outputs/releases/villes/1.0.0" in done.output
    assert "✗" not in done.output


def test_a_wide_terminal_has_the_place_in_the_table(project: Project) -> None:
    done = release(project, "villes", columns=150)
    assert "Où regarder ensuite" in done.output
    assert "villes → " not in done.output


@pytest.mark.parametrize(
    ("language", "stays"),
    [("fr", "la version 1.0.0 reste en place."), ("en", "version 1.0.0 stays in place.")],
)
def test_a_cause_is_told_once_then_what_it_costs(project: Project, language: str, stays: str) -> None:
    release(project)
    rewrite(project, "villes", TOWNS.replace("code,", "insee,", 1))
    done = release(project, language=language)
    assert done.exit_code == 1
    causes = marked(done)
    assert len([line for line in causes if "[header-missing]" in line]) == 1
    assert any("sources/data/villes.csv" in line for line in causes)
    costs = [line for line in causes if line.endswith(stays)]
    assert [line.split()[1] for line in costs] == ["villes:", "bilan:"]
    assert "villes, actions" in costs[0]
    assert len(causes) == 3


@pytest.mark.parametrize(
    ("language", "none"), [("fr", "aucune version n'est publiée."), ("en", "no version is published.")]
)
def test_what_was_never_published_is_said_so(project: Project, language: str, none: str) -> None:
    rewrite(project, "actions", "")
    done = release(project, "villes", language=language)
    assert done.exit_code == 1
    assert marked(done)[-1].endswith(none)


def test_columns_that_nobody_described_and_thin_ones_are_told(project: Project) -> None:
    path = project.sources / "actions.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("format: csv", "format: csv\n    expect: {fill: {titre: 1.0}}"), encoding="utf-8")
    rewrite(project, "actions", "id,ville,titre,humeur\na1,57463,,gaie\na2,47001,Cartes,gaie\n")
    for language, unknown, thin in (("fr", "inconnues", "moins remplie"), ("en", "unknown columns", "filled less")):
        told = marked(release(project, "villes", language=language))
        assert any(unknown in line and line.endswith("humeur") for line in told)
        assert any(thin in line and "titre" in line for line in told)


def test_too_great_a_loss_is_refused_with_its_reason_and_the_last_version_stays(project: Project) -> None:
    release(project, "villes")
    rewrite(project, "actions", ACTIONS.partition("\n")[0] + "\nz1,99999,Nulle part\n")
    done = release(project, "villes")
    assert done.exit_code == 1
    assert any("villes" in line and "actions" in line for line in marked(done))
    assert (project.releases / "villes" / "latest.json").read_text(encoding="utf-8").count("1.0.0")


def test_a_package_that_is_not_there_is_a_misuse(project: Project) -> None:
    done = release(project, "nulle-part")
    assert done.exit_code == 2
    assert "bilan, villes" in done.output
