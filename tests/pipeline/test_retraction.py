"""The reason of a retraction is read before a byte of it is written. Everybody here is invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.pipeline.retraction import make_retraction
from pipelines.privacy import PersonalDataFound, ReasonInvalid
from tests.pipeline.builders import NOW, a_small_project, first_run

NAMING = [
    "À la demande de Mme Inventée.",
    "Voir avec jean.dupont (at) example.org",
    "Joindre le 06 12 34 56 78 pour en savoir plus",
    "Demande de contact invente chez example point org",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = a_small_project(tmp_path_factory.mktemp("projet"))
    first_run(made)
    return made


def everything(project: Project) -> dict[Path, bytes]:
    files = [path for path in project.outputs.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path: path.read_bytes() for path in files if path.name != ".lock"}


@pytest.mark.parametrize("reason", NAMING)
def test_a_reason_that_names_somebody_is_refused_and_nothing_is_written(project: Project, reason: str):
    before = everything(project)
    with pytest.raises(PersonalDataFound) as raised:
        make_retraction(project, "villes", "1.0.0", reason, now=NOW)
    assert raised.value.facts["place"] == "--reason"
    assert raised.value.code == "reason-personal"
    assert "quarantine" not in raised.value.message("en")
    assert not any(word in str(raised.value) for word in ("Inventée", "dupont", "06 12", "invente "))
    assert everything(project) == before


@pytest.mark.parametrize("reason", ["", "  ", "trop " * 300])
def test_a_reason_says_something_and_not_a_book(project: Project, reason: str):
    before = everything(project)
    with pytest.raises(ReasonInvalid):
        make_retraction(project, "villes", "1.0.0", reason, now=NOW)
    assert everything(project) == before


def test_the_command_refuses_before_it_asks(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AROBASE_ROOT", str(project.root))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(project.outputs))
    before = everything(project)
    done = CliRunner().invoke(commands, ["retract", "villes", "1.0.0", "--reason", NAMING[0]], input="y\n")
    assert isinstance(done.exception, PersonalDataFound)
    assert "?" not in done.output
    assert everything(project) == before


def test_a_reason_that_names_nobody_goes_through(project: Project):
    tombstone = make_retraction(project, "villes", "1.0.0", "Une valeur fausse dans la source.", now=NOW)
    assert "Une valeur fausse" in tombstone.read_text(encoding="utf-8")
