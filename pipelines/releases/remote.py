"""A release on a web server, brought here to be verified.

Belongs here: fetching the files that a bag names. Does not: judging them (`verify.py`). A server does not list its
folders, so a file that was added there and that no manifest names cannot be seen from here.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from pipelines.errors import Mender
from pipelines.releases.bag import MANIFEST, ROOT_FILES, SIGNATURE, TAGMANIFEST, read_manifest
from pipelines.releases.errors import ReleaseError

if TYPE_CHECKING:
    import requests

TIMEOUT_SECONDS = 30
BLOCK = 1 << 20
MAXIMUM_BYTES = 50 << 30


class ReleaseUnreachable(ReleaseError):
    """A file of a release cannot be had from its server."""

    code: ClassVar[str] = "release-unreachable"
    mender: ClassVar[Mender] = Mender.SOURCE
    fr: ClassVar[str] = "{file} : le serveur répond {found} ; attendu : 200, et un chemin du dossier de la version."
    en: ClassVar[str] = "{file}: the server answers {found}; expected: 200, and a path of the release's folder."


def is_address(text: str) -> bool:
    """Whether this is an address rather than a path."""
    return text.startswith(("https://", "http://"))


def fetch(address: str, folder: Path, session: requests.Session | None = None) -> Path:
    """Bring the release at `address` (the folder of `bagit.txt`) under `folder`; returns where it is.

    Files are written block by block. Raises `ReleaseUnreachable`, `ReleaseDamaged` for a manifest that has no form.
    """
    import requests

    used = session or requests.Session()
    base = address.rstrip("/")
    release = folder / (base.rsplit("/", 1)[-1] or "release")
    release.mkdir(parents=True)
    for name in sorted(ROOT_FILES):
        _get(used, base, name, release, optional=name == SIGNATURE)
    for name in {**read_manifest(release / TAGMANIFEST), **read_manifest(release / MANIFEST)}:
        if not (release / name).exists():
            _get(used, base, name, release)
    return release


def _get(session: requests.Session, base: str, name: str, release: Path, *, optional: bool = False) -> None:
    import requests

    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name:
        raise ReleaseUnreachable(file=name, found="?")
    target = release / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with session.get(f"{base}/{name}", stream=True, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status_code == 404 and optional:
                return
            if answer.status_code != 200:
                raise ReleaseUnreachable(file=name, found=answer.status_code)
            size = 0
            with target.open("wb") as file:
                for block in answer.iter_content(BLOCK):
                    size += len(block)
                    if size > MAXIMUM_BYTES:
                        raise ReleaseUnreachable(file=name, found=f"> {MAXIMUM_BYTES}")
                    file.write(block)
    except requests.RequestException as error:
        raise ReleaseUnreachable(file=name, found=type(error).__name__) from None
