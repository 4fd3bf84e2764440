"""The project that commit 828fbb7 published (tests/fixtures/upgrade-828fbb7), unpacked for a test to go on from."""

from __future__ import annotations

import tarfile
from pathlib import Path

from pipelines.core.project import Project

ARCHIVE = Path(__file__).resolve().parents[1] / "fixtures" / "upgrade-828fbb7" / "project.tar.xz"


def an_old_project(folder: Path) -> Project:
    """A copy of it in `folder`, which is made; beside it lie `test-key`, `test-key.pub` and `allowed_signers`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(folder, filter="data")
    return Project.at(folder)
