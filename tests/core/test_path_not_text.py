"""A project whose path is no text: Linux lets any bytes be the name of a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.core.project import PathNotText, Project
from pipelines.starter.folders import start_empty


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder named by a system that writes Latin-1."""
    return tmp_path / os.fsdecode(b"donn\xe9es")


def test_a_project_in_it_is_refused_in_words(folder: Path) -> None:
    folder.mkdir()
    with pytest.raises(PathNotText, match=r"donn\\xe9es.*not in UTF-8.*Rename this folder"):
        Project.at(folder)


def test_so_are_outputs_in_it(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(PathNotText):
        Project.at(tmp_path, folder / "outputs")


def test_no_project_is_begun_in_it(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(PathNotText):
        start_empty(folder / "projet")
    assert list(tmp_path.iterdir()) == []
