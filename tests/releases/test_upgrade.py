"""What earlier code published stays what it was: verified, traced, continued."""

from __future__ import annotations

from pathlib import Path

from pipelines.releases.signature import trusted_keys
from pipelines.releases.verify import verify
from tests.releases.upgrade import an_old_project


def test_versions_of_828fbb7_are_sound(tmp_path: Path) -> None:
    project = an_old_project(tmp_path / "old")
    found = verify(project.releases, keys=trusted_keys(project.root / "allowed_signers"))
    assert (found.flaws, found.releases) == ((), ("villes 1.0.1", "villes 1.1.0"))


def test_a_version_of_828fbb7_altered_by_one_byte_is_not(tmp_path: Path) -> None:
    project = an_old_project(tmp_path / "old")
    path = project.releases / "villes" / "1.1.0" / "data" / "villes.csv"
    path.write_bytes(path.read_bytes().replace(b"Agen", b"Aden"))
    assert [flaw.code for flaw in verify(project.releases).flaws] == ["payload-changed"]
