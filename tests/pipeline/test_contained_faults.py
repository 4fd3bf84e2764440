"""One source, one fault: whatever is raised costs what it was raised for, and is told without a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.core.faults import UnexpectedFault, frames_of
from pipelines.core.project import Project
from pipelines.pipeline import records as reading
from pipelines.pipeline import release as releasing
from pipelines.pipeline import run as running
from pipelines.pipeline.graph import BuildGraph
from pipelines.releases import Published
from tests.pipeline.builders import a_run, a_small_project, first_run

VALUE = "quelquun@example.org"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def failing_for(name: str, true: Any, kind: type[Exception]) -> Any:
    def read(part: Any, path: Any, *, source: str, **more: Any) -> Any:
        if source == name:
            raise kind(VALUE)
        return true(part, path, source=source, **more)

    return read


@pytest.mark.parametrize("kind", [ValueError, RecursionError, MemoryError, AttributeError, KeyError])
def test_a_source_that_raises_anything_blocks_its_package_only(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: type[Exception]
) -> None:
    monkeypatch.setattr(reading, "read_part", failing_for("actions", reading.read_part, kind))
    done = a_run(project)
    assert isinstance(done.outcomes["bilan"], Published)
    assert list(done.blocked) == ["villes"]
    assert not done.went_well
    [error] = [error for name, error in done.errors if name == "actions"]
    assert isinstance(error, UnexpectedFault)
    assert "sources/actions.yaml" in error.message("fr")
    assert kind.__name__ in error.message("en")
    assert "test_contained_faults.py" in caplog.text or "records.py" in caplog.text
    assert VALUE not in caplog.text + error.message("fr") + str(error.facts)
    assert error.__context__ is None
    assert error.__cause__ is None


def test_the_graph_that_dagster_asks_gives_the_same_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first_run(project)
    monkeypatch.setattr(reading, "read_part", failing_for("actions", reading.read_part, ValueError))
    (project.sources / "actions.yaml").write_text(
        (project.sources / "actions.yaml").read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8"
    )
    with pytest.raises(UnexpectedFault):
        BuildGraph(project).records("actions")


def test_a_release_and_a_catalogue_that_raise_anything_are_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = releasing.make_release

    def make_release(given: Project, request: Any, *rest: Any, **more: Any) -> Any:
        if request.package.name == "villes":
            raise ZeroDivisionError(VALUE)
        return true(given, request, *rest, **more)

    def make_catalogue(_project: Project) -> None:
        raise OSError(VALUE)

    monkeypatch.setattr(releasing, "make_release", make_release)
    monkeypatch.setattr(running, "make_catalogue", make_catalogue)
    done = a_run(project)
    assert isinstance(done.blocked["villes"], UnexpectedFault)
    assert isinstance(done.outcomes["bilan"], Published)
    assert [name for name, error in done.errors if isinstance(error, UnexpectedFault)] == ["villes", "catalogue"]


def test_a_recursion_is_told_by_its_ends() -> None:
    def deeper(depth: int) -> int:
        return deeper(depth + 1)

    with pytest.raises(RecursionError) as raised:
        deeper(0)
    _place, lines = frames_of(raised.value)
    assert len(lines) < 50
