"""Descriptions that were found right before are not checked again; whatever differs by a byte is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.core.checked_yaml import checked
from pipelines.core.lined_yaml import LinedDocument
from pipelines.core.project import Project
from pipelines.sources import checked_before, descriptions, load_sources
from pipelines.sources.errors import SourceFileError
from tests.sources.builders import a_project, a_source

ROOT = Path(__file__).parents[2]
SPOILT = [b"", b"\n", b"{}", b"\xff\xfe\n\x00", b"0 0\nx y\n"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two sources, whose descriptions were found right and are remembered."""
    made = a_project(tmp_path)
    (tmp_path / "outputs" / "work").mkdir(parents=True)
    a_source(made, name="autre", title="Autre", parameters={"taux": 1.5, "codes": {"01": None, "no": True}})
    a_source(made, title="Mairie")
    return made


def memory(project: Project) -> Path:
    return project.work / checked_before.FILE


def checks(project: Project, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many descriptions are checked when all are read."""
    counted: list[bytes] = []

    def counting(data: bytes, schema: Path) -> LinedDocument:
        counted.append(data)
        return checked(data, schema)

    with monkeypatch.context() as patched:
        patched.setattr(descriptions, "checked", counting)
        assert not load_sources(project).errors
    return len(counted)


def test_what_did_not_change_is_not_checked_and_reads_the_same(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = load_sources(project)
    assert checks(project, monkeypatch) == 0
    memory(project).unlink()
    anew = load_sources(project)
    assert known == anew
    assert [known[name].written for name in known] == [anew[name].written for name in anew]
    assert known["autre"].parameters == {"taux": 1.5, "codes": {"01": None, "no": True}}


def test_a_description_of_the_same_size_and_time_is_read_anew(project: Project) -> None:
    path = project.sources / "mairie.yaml"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Mairie\n", b"Maison\n"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert load_sources(project)["mairie"].title == "Maison"


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_memory_that_is_not_whole_is_made_anew(
    project: Project, spoilt: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = memory(project).read_bytes()
    memory(project).write_bytes(spoilt)
    assert checks(project, monkeypatch) == 2
    assert memory(project).read_bytes() == whole


def test_a_memory_that_somebody_altered_is_not_believed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = memory(project).read_bytes()
    memory(project).write_bytes(whole.replace(b'"Mairie"', b'"Maison"'))
    assert load_sources(project)["mairie"].title == "Mairie"
    memory(project).write_bytes(whole[:-10])
    assert checks(project, monkeypatch) == 2


def test_what_another_schema_found_right_is_checked_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = project.root / "source.schema.json"
    schema.write_bytes(descriptions.SCHEMA.read_bytes() + b"\n")
    monkeypatch.setattr(descriptions, "SCHEMA", schema)
    assert checks(project, monkeypatch) == 2
    assert checks(project, monkeypatch) == 0


def test_a_name_that_is_allowed_no_more_is_told_with_its_line(project: Project) -> None:
    path = project.schemas / "codelists" / "licences.csv"
    path.parent.mkdir()
    lines = (ROOT / "schemas" / "codelists" / "licences.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("etalab-2.0")), encoding="utf-8")
    errors = load_sources(project).errors
    assert [type(error) for error in errors] == [SourceFileError, SourceFileError]
    assert [(error.facts["key"], error.facts["line"]) for error in errors] == [("licence", 5), ("licence", 5)]


def test_what_cannot_be_kept_is_checked_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    memory(project).unlink()
    memory(project).mkdir()
    assert checks(project, monkeypatch) == 2
    assert checks(project, monkeypatch) == 2


def test_reading_alone_makes_no_folder(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_source(project)
    assert not project.outputs.exists()
