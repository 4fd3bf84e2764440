"""What a large source takes is known before it is read, and it is refused where that is not there."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from pipelines.core.settings import SettingWrong
from pipelines.pipeline import capacity
from pipelines.pipeline.errors import NoRoom
from pipelines.storage import memory
from tests.pipeline.builders import a_run, a_small_project

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def every_source_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "SMALL", 1)


def test_a_source_too_large_for_the_memory_costs_its_package_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = a_small_project(tmp_path)
    monkeypatch.setenv("AROBASE_MEMORY", "0.3G")
    done = a_run(project)
    name, error = done.errors[0]
    assert isinstance(error, NoRoom)
    assert (name, error.responsible.value) == ("actions", "operateur")
    assert error.message("en") == (
        "actions (0.0 GB): about 0.4 GB of memory are needed to read and publish it; 0.3 GB are free. "
        "Nothing was read. Make room, or publish from a larger machine."
    )
    assert not (project.releases / "villes").exists()


def test_a_disk_too_small_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = a_small_project(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(100, 90, 10))
    (_, error), *_ = a_run(project).errors
    assert isinstance(error, NoRoom)
    assert "sur le disque" in error.message("fr")


def test_where_there_is_room_the_log_says_what_will_be_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AROBASE_MEMORY", "2 GB")
    with caplog.at_level("INFO", "arobase"):
        assert a_run(a_small_project(tmp_path)).went_well
    lines = [record for record in caplog.records if record.message == "capacity"]
    assert {record.facts["source"] for record in lines} == {"actions", "villes"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("given", "bytes_"), [("800M", 800_000_000), ("1.5 G", 1_500_000_000), ("12", 12)])
def test_a_number_of_bytes_is_read(given: str, bytes_: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AROBASE_MEMORY", given)
    assert memory.free_memory() == bytes_


def test_what_is_no_number_of_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AROBASE_MEMORY", "beaucoup")
    with pytest.raises(SettingWrong, match="beaucoup"):
        memory.free_memory()


def test_a_container_has_what_is_left_of_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    for name, text in (("max", "1000"), ("current", "600"), ("stat", "anon 500\ninactive_file 100\n")):
        (tmp_path / f"memory.{name}").write_text(text, encoding="ascii")
    assert memory.free_memory() == 500
    (tmp_path / "memory.max").write_text("max", encoding="ascii")
    assert (memory.free_memory() or 0) > 10**6
