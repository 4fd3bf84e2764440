"""Every alteration of a release, of its neighbours or of the ledger is refused, with the right reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.releases.verify import verify
from pipelines.storage import sha256_bytes
from tests.releases.attacks import ATTACKS, byte, checked, edit_entry, releases_of


def test_the_genuine_releases_are_sound(folder: Path) -> None:
    found = checked(folder)
    assert found.flaws == ()
    assert found.releases == ("prix 1.0.0", "prix 1.1.0")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_alteration_is_refused_with_its_reason(folder: Path, name: str) -> None:
    attack, reason = ATTACKS[name]
    attack(folder)
    found = checked(folder)
    assert found.first is not None
    assert found.first.code == reason, found.flaws
    assert found.first.message("fr")
    assert found.first.message("en")


def test_at_least_forty_kinds_of_alteration_are_tried() -> None:
    assert len(ATTACKS) >= 40


def test_a_witness_notices_a_ledger_rewritten_whole(folder: Path) -> None:
    path = folder / "outputs" / "ledger.jsonl"
    noted = sha256_bytes(path.read_text().splitlines()[-1].encode())
    assert verify(releases_of(folder), witness=noted).is_sound
    edit_entry(2, at="2030-01-01T00:00:00Z")(folder)
    assert [flaw.code for flaw in verify(releases_of(folder)).flaws] == ["log-ledger"]
    found = verify(releases_of(folder), witness=noted)
    assert [flaw.code for flaw in found.flaws] == ["witness", "log-ledger"]


def test_the_first_release_that_is_wrong_is_named(folder: Path) -> None:
    byte("data/prix.csv")(folder)
    found = checked(folder)
    assert found.first is not None
    assert found.first.message("fr") == "prix/1.1.0/data/prix.csv : fichier modifié"
    assert found.first.message("en") == "prix/1.1.0/data/prix.csv: file altered"
