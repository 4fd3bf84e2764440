"""What `arobase check` is given, as local files: paths, standard input, pipes and addresses.

Belongs here: from what a person names to a file that can be read twice. Does not: what is in it (`described.py`).
"""

from __future__ import annotations

import os
import re
import select
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.core.os_reasons import os_reason
from pipelines.core.text import Language, Said
from pipelines.validation.errors import AddressUnread, FileUnreadable, InputSilent, InputTooLarge, NotATable
from pipelines.validation.not_tables import refused_kind

if TYPE_CHECKING:
    from pipelines.sources.http import Client
    from pipelines.sources.http.errors import HttpError

STANDARD_INPUT = "-"
PIECE = 1 << 20
HEAD = 4096  # bytes that tell a table of text from something else
SPARE = 256 << 20  # bytes of the disk that a pipe does not fill
LINES = 100_000  # lines of a pipe that are kept beyond those that were asked for


@dataclass(frozen=True)
class Limits:
    """`wait`: seconds that a pipe may be silent; `size`: bytes of a pipe; `rows`: how many are asked, None: all."""

    wait: float = 20.0
    size: int = 4 << 30
    rows: int | None = None


@dataclass(frozen=True)
class Input:
    """A local file and what it is called: `place` as the person named it, `name` for a table.

    `is_cut`: the end of an endless pipe was left out, which the rows that were asked for must not come near.
    """

    path: Path
    place: str
    name: str
    is_cut: bool = False


def is_address(named: str) -> bool:
    """Whether what a person named is an address of the web."""
    return named.lower().startswith(("http://", "https://"))


def local_input(named: str, folder: Path, limits: Limits, client: Client, option: str = "FILE") -> Input:
    """The local file of what was named; pipes and answers are kept in `folder`.

    `option`: where it was named, for the error. Raises `CannotValidate`.
    """
    if is_address(named):
        return _downloaded(named, folder, client)
    if named == STANDARD_INPUT:
        return _standard_input(folder, limits)
    path = Path(named)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise FileUnreadable(file=named, found=_why(error), option=option) from error
    if stat.S_ISREG(mode):
        return Input(path, shown(path), path.name.partition(".")[0] or "table")
    if stat.S_ISFIFO(mode):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise FileUnreadable(file=named, found=_why(error), option=option) from error
        with os.fdopen(handle, "rb", buffering=0) as pipe:
            return _spooled(pipe, named, path.stem, folder, limits)
    if stat.S_ISDIR(mode):
        raise FileUnreadable(file=named, found=Said("c'est un dossier", "it is a folder"), option=option)
    found = Said("ni un fichier ni un tube", "neither a file nor a pipe")
    raise FileUnreadable(file=named, found=found, option=option)


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _standard_input(folder: Path, limits: Limits) -> Input:
    try:
        handle = sys.stdin.fileno() if sys.stdin is not None else 0
        mode = os.fstat(handle).st_mode
    except (OSError, ValueError) as error:
        raise FileUnreadable(file="stdin", found=_why(error), option="-") from error
    if stat.S_ISCHR(mode) or stat.S_ISDIR(mode):
        found = Said("ce n'est ni un fichier ni un tube", "it is neither a file nor a pipe")
        raise FileUnreadable(file="stdin", found=found, option="-")
    with os.fdopen(os.dup(handle), "rb", buffering=0) as pipe:
        return _spooled(pipe, "stdin", "stdin", folder, limits)


def _spooled(pipe: IO[bytes], place: str, name: str, folder: Path, limits: Limits) -> Input:
    """A pipe as a file. Raises `InputSilent`, `InputTooLarge`, and `NotATable` as soon as the first bytes tell."""
    target = _free(folder, Path(place).suffix or ".csv", name)
    most = min(limits.size, max(0, shutil.disk_usage(folder).free - SPARE))
    poller = select.poll()
    poller.register(pipe, select.POLLIN)
    size, lines, is_checked = 0, 0, False
    with target.open("wb") as file:
        while True:
            if not poller.poll(limits.wait * 1000):
                raise InputSilent(place=place, seconds=f"{limits.wait:g}")
            piece = os.read(pipe.fileno(), PIECE)
            if not piece:
                break
            size += len(piece)
            if size > most:
                raise InputTooLarge(place=place, limit=most)
            file.write(piece)
            if not is_checked and size >= HEAD:
                file.flush()
                _check_head(target, place)
                is_checked = True
            if limits.rows is not None:
                lines += piece.count(b"\n")
                if lines > limits.rows + LINES:
                    return Input(target, place, name, is_cut=True)
    return Input(target, place, name)


def _check_head(path: Path, place: str) -> None:
    with path.open("rb") as file:
        kind = refused_kind(file.read(HEAD))
    if kind is not None:
        raise NotATable(file=place, found=kind)


def _downloaded(address: str, folder: Path, client: Client) -> Input:
    from pipelines.sources.http.addresses import public_address
    from pipelines.sources.http.errors import HttpError

    named, shown = Path(urlsplit(address).path), public_address(address, ())
    target = _free(folder, "".join(named.suffixes[-2:]), "answer")
    try:
        client.ask(address, to=target)
    except HttpError as error:
        raise AddressUnread(address=shown, found=_unread(error)) from error
    return Input(target, shown, named.name.partition(".")[0] or "table")


def _unread(error: HttpError) -> Said:
    """Why an address gave nothing, for who named it in a command: no file of a source is theirs to correct."""
    from pipelines.sources.http import errors

    facts = error.facts
    if isinstance(error, errors.AddressRefused):
        return Said(
            f"{_in('fr', facts['found'])} ; attendu : une adresse http(s) publique (ou --allow-private)",
            f"{_in('en', facts['found'])}; expected: a public http(s) address (or --allow-private)",
        )
    if isinstance(error, errors.AnswerTooLarge):
        limit = facts["limit"]
        return Said(
            f"plus de {limit} octets ; augmentez --limit-bytes", f"more than {limit} bytes; give a larger --limit-bytes"
        )
    if isinstance(error, errors.NotFound):
        return Said(f"n'existe pas, ou plus ({facts['status']})", f"does not exist, or no longer ({facts['status']})")
    if isinstance(error, errors.NotAuthorised):
        return Said(f"accès refusé ({facts['status']})", f"access refused ({facts['status']})")
    address = str(facts.get("address", ""))
    return Said(_without_address(error.message("fr"), address), _without_address(error.message("en"), address))


def _without_address(message: str, address: str) -> str:
    """A message of the client from behind the address that it is about."""
    return message.partition(address)[2].lstrip(" :").rstrip(".") if address else message.rstrip(".")


def _in(language: Language, found: object) -> str:
    """What an error found, in a language."""
    if not isinstance(found, Said):
        return str(found)
    return found.fr if language == "fr" else found.en


def _free(folder: Path, suffix: str, name: str) -> Path:
    """A new file of the folder with that suffix."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:40]
    number = sum(1 for _ in folder.iterdir())
    return folder / f"{number}-{plain}{re.sub(r'[^A-Za-z0-9.]', '', suffix)}"


def _why(error: Exception) -> str | Said:
    return os_reason(error)
