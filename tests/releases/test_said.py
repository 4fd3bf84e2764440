"""What is said to a person is in one language at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.core.errors import ArobaseError
from pipelines.core.text import Said
from pipelines.releases.bag import read_info, read_manifest
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import Ledger
from pipelines.releases.signature import load_key, trusted_keys
from pipelines.releases.verify import verify


@pytest.mark.parametrize(
    ("read", "fr", "en"),
    [
        (Ledger.read, "ligne coupée", "cut line"),
        (load_key, "clé privée OpenSSH Ed25519 sans phrase secrète", "an OpenSSH Ed25519 private key"),
        (trusted_keys, "une clé publique ssh-ed25519", "an ssh-ed25519 public key"),
        (lambda path: load_key(path / "absent"), "un fichier lisible", "a readable file"),
        (lambda path: read_info(path.parent), "une ligne sans « : »", "a line without “:”"),
        (
            lambda path: read_manifest(path.parent / "manifest"),
            "SHA-256, deux espaces, un chemin",
            "SHA-256, two spaces, a path",
        ),
        (lambda path: read_descriptor(path.parent), "sans ressources", "no resources"),
    ],
)
def test_an_error_speaks_one_language_at_a_time(
    tmp_path: Path, read: Callable[[Path], object], fr: str, en: str
) -> None:
    (tmp_path / "file").write_text("no such thing")
    for name in ("manifest", "bag-info.txt"):
        (tmp_path / name).write_text("no such thing\n")
    (tmp_path / "datapackage.json").write_text("{}")
    with pytest.raises(ArobaseError) as error:
        read(tmp_path / "file")
    french, english = error.value.message("fr"), error.value.message("en")
    assert (fr in french, en in english) == (True, True), (french, english)
    assert (fr in english, en in french) == (False, False), (french, english)


def test_a_flaw_speaks_one_language_at_a_time(tmp_path: Path) -> None:
    flaw = Flaw("form", "p", Said("coupée", "cut"), Said("entière", "whole"))
    assert flaw.message("fr") == "p : fichier illisible ou mal formé (coupée ; attendu : entière)"
    assert flaw.message("en") == "p: file unreadable or malformed (cut; expected: whole)"


def test_a_broken_ledger_is_told_in_the_language_of_the_reader(tmp_path: Path) -> None:
    (tmp_path / "releases" / "prix" / "1.0.0" / "data").mkdir(parents=True)
    (tmp_path / "ledger.jsonl").write_text("{")
    flaw = next(item for item in verify(tmp_path / "releases").flaws if item.code == "ledger")
    assert flaw.message("fr").endswith("(ligne coupée ; attendu : LF)")
