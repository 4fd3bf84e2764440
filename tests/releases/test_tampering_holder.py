"""What the key's holder, or anybody else, alters is betrayed by the release, its neighbours, or its log."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.releases.verify import verify
from tests.releases import attacks, attacks_on_log
from tests.releases.attacks import checked, releases_of
from tests.releases.attacks_by_holder import SEEN, SEEN_DEEP


@pytest.mark.parametrize("name", SEEN)
def test_an_alteration_is_seen(folder: Path, name: str) -> None:
    SEEN[name](folder)
    found = checked(folder)
    assert not found.is_sound, name
    for flaw in found.flaws:
        assert flaw.message("fr") != flaw.message("en")


@pytest.mark.parametrize("name", SEEN_DEEP)
def test_an_alteration_is_seen_when_both_versions_are_read(folder: Path, name: str) -> None:
    SEEN_DEEP[name](folder)
    assert not verify(releases_of(folder), deep=True).is_sound, name


def test_what_is_genuine_is_sound_when_both_versions_are_read(folder: Path) -> None:
    assert verify(releases_of(folder), deep=True).flaws == ()


def test_a_hundred_and_fifty_kinds_of_alteration_are_tried() -> None:
    assert len(attacks.ATTACKS) + len(attacks_on_log.ATTACKS) + len(SEEN) + len(SEEN_DEEP) >= 200
