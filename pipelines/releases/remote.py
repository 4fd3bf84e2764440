"""A release on a web server, brought here to be verified.

Belongs here: fetching the files that a bag names. Does not: checking them (`verify.py`). A server does not list its
folders, so a file that was added there and that no manifest names cannot be seen from here.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from pipelines.core.errors import ResponsibleParty
from pipelines.core.text import Said
from pipelines.releases.bag import BESIDE_SEAL, MANIFEST, ROOT_FILES, TAGMANIFEST, read_manifest
from pipelines.releases.errors import ReleaseError
from pipelines.storage.buckets import public_address

if TYPE_CHECKING:
    import requests

    from pipelines.releases.log.tiles import Read

TIMEOUT_SECONDS = 30
BLOCK = 1 << 20
MAXIMUM_BYTES = 50 << 30


class ReleaseUnreachable(ReleaseError):
    """A file of a release cannot be had from where it is said to be."""

    code: ClassVar[str] = "release-unreachable"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "{address} n'a pas pu être lu : {found}. Vérifiez l'adresse, puis relancez."
    en: ClassVar[str] = "{address} could not be read: {found}. Check the address, then run again."


ELSEWHERE = Said("ce nom mène hors du dossier de la version", "this name leads out of the release's folder")

PRIVATE = Said("l'adresse mène à une autre adresse, privée", "the address leads to another address, a private one")


def is_address(text: str) -> bool:
    """Whether this is an address rather than a path."""
    return text.startswith(("https://", "http://"))


def fetch(address: str, folder: Path, session: requests.Session | None = None) -> Path:
    """Bring the release at `address` (the folder of `bagit.txt`) under `folder`; returns where it is.

    Files are written block by block. Raises `ReleaseUnreachable`, `ReleaseDamaged` for a manifest that has no form.
    """
    from pipelines.sources.http.session import a_session_for

    used = session or a_session_for(address)
    base = address.rstrip("/")
    release = folder / (public_address(base).rsplit("/", 1)[-1] or "release")
    release.mkdir(parents=True)
    for name in sorted(ROOT_FILES):
        _get(used, base, name, release, optional=name in BESIDE_SEAL)
    for name in {**read_manifest(release / TAGMANIFEST), **read_manifest(release / MANIFEST)}:
        if not (release / name).exists():
            _get(used, base, name, release)
    return release


def fetch_with_log(address: str, folder: Path) -> tuple[Path, Read | None]:
    """The release at `address`, and how its log is read when it is where Arobase puts it (`../../../log`).

    Of the log nothing is brought but what is read later; of the package, what it says of its versions.
    Raises `ReleaseUnreachable`, `ReleaseDamaged`.
    """
    from pipelines.releases.log.remote import web_reader
    from pipelines.sources.http.session import a_session_for

    session = a_session_for(address)
    scheme, mark, rest = address.rstrip("/").partition("://")
    parts = rest.split("/")
    if len(parts) < 4 or any(part in ("", ".", "..") for part in parts) or "?" in rest:
        return fetch(address, folder, session), None
    above = [f"{scheme}{mark}{'/'.join(parts[:-depth])}" for depth in (1, 2, 3)]
    log = web_reader(f"{above[2]}/log", session)
    if log("checkpoint") is None:
        return fetch(address, folder, session), None
    package = folder / "releases" / parts[-2]
    release = fetch(address, package, session)
    beside = ("versions.json", f"retraits/{release.name}.json")
    for name in beside:
        _get(session, above[0], name, package, optional=True)
    return release, log


def get_bytes(session: requests.Session, address: str, limit: int) -> bytes | None:
    """A small file of a web server; none when it is not there. Raises `ReleaseUnreachable`."""
    import requests

    from pipelines.sources.http.session import PeerRefused

    try:
        with session.get(address, stream=True, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status_code in (404, 410):
                return None
            if answer.status_code != 200:
                code = answer.status_code
                found = Said(f"le serveur répond {code} au lieu de 200", f"the server answers {code} instead of 200")
                raise ReleaseUnreachable(address=public_address(address), found=found)
            data = b""
            for block in answer.iter_content(BLOCK):
                data += block
                if len(data) > limit:
                    found = Said(f"plus de {limit} octets", f"more than {limit} bytes")
                    raise ReleaseUnreachable(address=public_address(address), found=found)
            return data
    except PeerRefused:
        raise ReleaseUnreachable(address=public_address(address), found=PRIVATE) from None
    except requests.RequestException as error:
        raise ReleaseUnreachable(address=public_address(address), found=_failure(error)) from None


def _get(session: requests.Session, base: str, name: str, release: Path, *, optional: bool = False) -> None:
    import requests

    from pipelines.sources.http.session import PeerRefused

    parts, address = PurePosixPath(name).parts, f"{public_address(base)}/{name}"
    if name.startswith("/") or ".." in parts or "\\" in name:
        raise ReleaseUnreachable(address=address, found=ELSEWHERE)
    target = release / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with session.get(f"{base}/{name}", stream=True, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status_code == 404 and optional:
                return
            if answer.status_code != 200:
                code = answer.status_code
                found = Said(f"le serveur répond {code} au lieu de 200", f"the server answers {code} instead of 200")
                raise ReleaseUnreachable(address=address, found=found)
            size = 0
            with target.open("wb") as file:
                for block in answer.iter_content(BLOCK):
                    size += len(block)
                    if size > MAXIMUM_BYTES:
                        found = Said(f"plus de {MAXIMUM_BYTES} octets", f"more than {MAXIMUM_BYTES} bytes")
                        raise ReleaseUnreachable(address=address, found=found)
                    file.write(block)
    except PeerRefused:
        raise ReleaseUnreachable(address=address, found=PRIVATE) from None
    except requests.RequestException as error:
        raise ReleaseUnreachable(address=address, found=_failure(error)) from None


def _failure(error: requests.RequestException) -> Said:
    """What kept an answer from coming, in words; the first kind that fits."""
    from requests import exceptions

    kinds: dict[type[Exception] | tuple[type[Exception], ...], Said] = {
        exceptions.Timeout: Said("le serveur ne répond pas à temps", "the server does not answer in time"),
        exceptions.SSLError: Said("le certificat du serveur est refusé", "the server's certificate is refused"),
        exceptions.ConnectionError: Said("le serveur est injoignable", "the server cannot be reached"),
        exceptions.ChunkedEncodingError: Said("la réponse s'est interrompue", "the answer broke off"),
        exceptions.ContentDecodingError: Said("la réponse est illisible", "the answer cannot be read"),
        exceptions.TooManyRedirects: Said("trop de renvois d'adresse en adresse", "too many redirections"),
        (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema): Said(
            "ce n'est pas une adresse qui se lit", "this is no address that can be read"
        ),
    }
    other = Said("la demande a échoué", "the request failed")
    return next((reason for kind, reason in kinds.items() if isinstance(error, kind)), other)
