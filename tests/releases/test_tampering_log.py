"""Every alteration of the log, beside versions, and of a version by its key's holder is seen, and soon."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.releases.attacks import checked
from tests.releases.attacks_on_log import ATTACKS


@pytest.mark.parametrize("name", ATTACKS)
def test_an_alteration_is_seen(folder: Path, name: str) -> None:
    ATTACKS[name](folder)
    found = checked(folder)
    assert not found.is_sound, name
    for flaw in found.flaws:
        assert flaw.message("fr") != flaw.code
        assert flaw.message("en") != flaw.code


def test_what_the_key_s_holder_did_to_changes_is_seen_when_they_are_computed_again(folder: Path) -> None:
    from pipelines.releases.verify import verify

    assert verify(folder / "outputs" / "releases", deep=True).is_sound
    shutil.rmtree(folder / "outputs" / "log")
    assert not verify(folder / "outputs" / "releases", deep=True).is_sound
