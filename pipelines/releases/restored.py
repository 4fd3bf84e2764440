"""Proof that is older than the releases beside it: a ledger or a log that a backup brought back, or that was lost.

Whoever published on would give a number a second meaning, or sign a second history. Nobody but the operator knows where
the newer one is.
Belongs here: noticing it before anything is published. Does not: what `verify` says of it, what a process that died
left (`store.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pipelines.releases.bag import PROOF
from pipelines.releases.errors import LedgerBehind, LogLost
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import CHECKPOINT, log_beside


def check_versions(
    folder: Path, ledger: Ledger, versions: Iterable[str], line_of: Callable[[Path], str | None]
) -> None:
    """Raises `LedgerBehind` where one of the `versions` in a package's folder is a release that the ledger does not
    know. `line_of`: the line of the ledger that a folder says is its own, none where it is no release.

    Called once what a process that died had begun is in the ledger."""
    known = {str(item["version"]) for item in ledger.of(folder.name, "published")}
    for version in versions:
        if version not in known and line_of(folder / version) is not None:
            raise LedgerBehind(package=folder.name, version=version)


def check_log(releases: Path, ledger: Ledger) -> None:
    """Raises `LogLost` where there is no log, and a release of the ledger has a proof of being in one."""
    if (log_beside(releases) / CHECKPOINT).is_file():
        return
    for entry in ledger.entries:
        if entry["event"] == "published" and (releases / entry["package"] / entry["version"] / PROOF).is_file():
            raise LogLost(package=entry["package"], version=entry["version"])


def is_recorded(releases: Path, tagmanifest: str) -> bool:
    """Whether ledger and log are there, and the ledger has the release of this tag manifest."""
    try:
        lines = ledger_beside(releases).read_bytes()
    except OSError:
        return False
    return f'"tagmanifest":"{tagmanifest}"'.encode() in lines and (log_beside(releases) / CHECKPOINT).is_file()
