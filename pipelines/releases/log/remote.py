"""Logs that are elsewhere: their files fetched one by one as they are needed, and heads that somebody kept.

Belongs here: reading. Does not: checking what is read (`verify_log.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.releases.errors import NoteUnreadable
from pipelines.releases.log.journal import FOLDER, LARGEST_NOTE, LARGEST_TILE, folder_reader
from pipelines.releases.log.notes import Checkpoint
from pipelines.releases.log.policy import Policy
from pipelines.releases.log.proofs import HEADER, Proof
from pipelines.releases.log.tiles import Read
from pipelines.releases.log.witness import origin_hash
from pipelines.storage.plain import read_plain

if TYPE_CHECKING:
    import requests


def reader_of(place: str) -> Read:
    """How the files of the log at `place` are read: a folder that contains `checkpoint`, or its address."""
    from pipelines.releases.remote import is_address
    from pipelines.storage.buckets import Bucket, is_bucket

    if is_address(place):
        return web_reader(place)
    if is_bucket(place):
        return Bucket.open(place).read
    folder = Path(place)
    inside = folder / FOLDER
    return folder_reader(inside if inside.is_dir() else folder)


def web_reader(base: str, session: requests.Session | None = None) -> Read:
    """How the files of a log on a web server are read. Raises `ReleaseUnreachable` when the server does not answer."""
    from pipelines.releases.remote import get_bytes
    from pipelines.sources.http.session import a_session_for

    used = session or a_session_for(base)
    return lambda name: get_bytes(used, f"{base.rstrip('/')}/{name}", LARGEST_TILE)


def kept_heads(places: Sequence[str]) -> list[tuple[str, Checkpoint]]:
    """The heads that somebody kept: files or addresses of a checkpoint, or of a proof that contains one.

    Raises `NoteUnreadable`, `ReleaseUnreachable`.
    """
    return [(place, _head(_text(place), place)) for place in places]


def seen_by_witnesses(policy: Policy, origin: str) -> list[tuple[str, Checkpoint]]:
    """The head of a log that each witness of a policy saw last, where the policy says where that is to be had.

    Raises `ReleaseUnreachable`, `NoteUnreadable`.
    """
    found = []
    for witness in policy.witnesses.values():
        if witness.place:
            text = _text(f"{witness.place.rstrip('/')}/{origin_hash(origin)}/checkpoint", required=False)
            if text:
                found.append((witness.name, _head(text, witness.name)))
    return found


def _text(place: str, *, required: bool = True) -> str:
    from pipelines.releases.remote import get_bytes, is_address

    try:
        if is_address(place):
            from pipelines.sources.http.session import a_session_for

            data = get_bytes(a_session_for(place), place, LARGEST_NOTE)
        else:
            data = read_plain(Path(place), LARGEST_NOTE)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not required:
            return ""
        raise NoteUnreadable(file=place, found=type(error).__name__, expected="checkpoint") from None
    if data is None:
        if required:
            raise NoteUnreadable(file=place, found="404", expected="checkpoint")
        return ""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteUnreadable(file=place, found="bytes", expected="UTF-8") from None


def _head(text: str, place: str) -> Checkpoint:
    return Proof.parse(text, place).checkpoint if text.startswith(HEADER) else Checkpoint.parse(text, place)
