"""Whether a release that is read is the one that the ledger recorded, by the hash of its tag manifest.

Belongs here: that one comparison, which is cheap enough for every command that reads a release. Does not: signature,
log, and whether the ledger itself was rewritten (`verify_chain.py`).
"""

from __future__ import annotations

from pathlib import Path

from pipelines.core.text import Said
from pipelines.releases.bag import LARGEST_TAG, TAGMANIFEST
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.store import ReleaseStore
from pipelines.storage import sha256_bytes
from pipelines.storage.plain import read_plain

OTHER_SEAL = Said("ce n'est pas la version inscrite au registre", "this is not the version that the ledger recorded")


def recorded_path(store: ReleaseStore, version: str | None = None) -> Path:
    """The folder of a version, of the current one by default, once it is found to be what the ledger recorded.

    Raises `NoSuchRelease`, `RetractedRelease`, and `ReleaseDamaged` for files that were sealed anew since.
    """
    path = store.path(version)
    recorded = {item["tagmanifest"] for item in store.published if item["version"] == path.name}
    file = f"{store.package}/{path.name}/{TAGMANIFEST}"
    try:
        digest = sha256_bytes(read_plain(path / TAGMANIFEST, LARGEST_TAG))
    except OSError as error:
        found = Said("le fichier est absent", "the file is missing")
        raise ReleaseDamaged(file=file, found=found, expected=f"SHA-256 {min(recorded)}") from error
    if digest not in recorded:
        raise ReleaseDamaged(file=file, found=OTHER_SEAL, expected=f"SHA-256 {min(recorded)}")
    return path
