"""Commands that pages show are run, page by page, in a copy of the project after its first run."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from tests.docs.builders import REPOSITORY, a_project, agrees, blocks, pages, run

RELEASE = "arobase release"


@dataclass(frozen=True)
class Released:
    """The project after the main job, and what the job printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """One run for all pages, whichever worker they are tested by."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return released_in(tmp_path_factory.mktemp("docs"))
    shared = tmp_path_factory.getbasetemp().parent / "docs"
    with FileLock(f"{shared}.lock"):
        return released_in(shared)


def released_in(folder: Path) -> Released:
    words = folder / "printed.txt"
    if not words.is_file():
        folder.mkdir(exist_ok=True)
        # What a killed run left: a project half copied, and half released.
        shutil.rmtree(folder / "project", ignore_errors=True)
        done = run(RELEASE, a_project(folder / "project"))
        assert done.returncode == 0, done.stdout
        words.write_text(done.stdout, encoding="utf-8")
    return Released(folder / "project", words.read_text(encoding="utf-8"))


def with_commands() -> list[Path]:
    return [path for path in pages() if any(block.is_run for block in blocks(path.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("path", with_commands(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_command_of_a_page_does_what_the_page_says(path: Path, released: Released, tmp_path: Path):
    folder = tmp_path / "project"
    shutil.copytree(released.folder, folder, symlinks=True)
    for block in blocks(path.read_text(encoding="utf-8"), path.name):
        commands = block.commands() if block.is_run else []
        for number, (command, shown) in enumerate(commands, start=1):
            done = run(command, folder)
            expected = block.exit_code if number == len(commands) else 0
            told = f"{path.name}:{block.line}: {command}\n{done.stdout}"
            assert done.returncode == expected, told
            assert agrees(shown, done.stdout), told


def test_outputs_that_pages_show_are_what_the_main_job_prints(released: Released):
    shown = [
        block
        for path in pages()
        for block in blocks(path.read_text(encoding="utf-8"), path.name)
        if block.marker == "output of"
    ]
    assert [(block.page, block.value) for block in shown] == [("README.md", RELEASE)]
    assert agrees(list(shown[0].lines), released.printed), released.printed
