"""Commands that pages show are run, page by page, in a copy of the project after its first run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.builders import Shipped, shipped_once
from tests.docs.builders import RELEASE, REPOSITORY, after_the_main_job, agrees, blocks, pages, run


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    return shipped_once(tmp_path_factory)


def with_commands() -> list[Path]:
    return [path for path in pages() if any(block.is_run for block in blocks(path.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("path", with_commands(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_command_of_a_page_does_what_the_page_says(path: Path, shipped: Shipped, tmp_path: Path):
    folder = after_the_main_job(shipped, tmp_path / "project")
    for block in blocks(path.read_text(encoding="utf-8"), path.name):
        commands = block.commands() if block.is_run else []
        for number, (command, shown) in enumerate(commands, start=1):
            done = run(command, folder)
            expected = block.exit_code if number == len(commands) else 0
            told = f"{path.name}:{block.line}: {command}\n{done.stdout}"
            assert done.returncode == expected, told
            assert agrees(shown, done.stdout), told


def test_outputs_that_pages_show_are_what_the_main_job_prints(shipped: Shipped):
    shown = [
        block
        for path in pages()
        for block in blocks(path.read_text(encoding="utf-8"), path.name)
        if block.marker == "output of"
    ]
    assert [(block.page, block.value) for block in shown] == [("README.md", RELEASE)]
    printed = shipped.output + shipped.progress
    assert agrees(list(shown[0].lines), printed), printed
