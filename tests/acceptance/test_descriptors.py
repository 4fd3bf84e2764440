"""The shipped packages as machines read their descriptors: the official profiles of Data Package, 1.0 and 2.0."""

from __future__ import annotations

import pytest

from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.store import ReleaseStore, package_folders
from tests.acceptance.builders import Shipped
from tests.releases.profiles import PROFILES, flaws


@pytest.mark.parametrize("profile", PROFILES)
def test_every_shipped_descriptor_holds_against_the_official_profile(shipped: Shipped, profile: str) -> None:
    releases = shipped.project.releases
    folders = package_folders(releases)
    assert len(folders) >= 5
    for folder in folders:
        document = read_descriptor(ReleaseStore.read(releases, folder.name).path() / "data")
        assert list(flaws(document, profile)) == [], folder.name
