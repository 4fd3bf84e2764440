"""Two genuine releases, made once, and a copy of them for each test that alters them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.releases import publish
from tests.releases.builders import a_key, a_request, prizes, two_releases


@pytest.fixture(scope="session")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("genuine")
    key = a_key(folder)
    releases = two_releases(folder, key)
    publish(a_request(prizes(p2={"nom": "Bourg"})), folder / "elsewhere" / "releases", key=key)
    return releases.parent.parent


@pytest.fixture
def folder(genuine: Path, tmp_path: Path) -> Path:
    shutil.copytree(genuine, tmp_path / "copy")
    return tmp_path / "copy"
