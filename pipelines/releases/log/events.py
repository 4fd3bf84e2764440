"""Adding an event to the log of a project, and beginning a log for a ledger that has none.

Belongs here: what every kind of event does alike. Does not: any event.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import Addition, Journal
from pipelines.releases.signature import SigningKey
from pipelines.storage import lock

LEDGER_WAIT = 600.0


def added(
    releases: Path, ledger: Ledger, leaf: bytes, key: SigningKey | None, origin: str | None = None
) -> tuple[Journal, Addition]:
    """The log, and what it takes to add `leaf` after the leaves of `ledger`; nothing is written.

    Called while the ledger is locked. A log that never began takes the ledger's lines as its first leaves.
    Raises `KeyMissing`, `KeyOther`, `LogDamaged`, `NoteUnreadable`.
    """
    journal = Journal.read(releases)
    journal.check_key(ledger.entries, key)
    leaves = [line.encode() for line in ledger.lines[journal.size :]] + [leaf]
    return journal, journal.addition(leaves, [key] if key else [], origin)


def check_key(releases: Path, key: SigningKey | None) -> None:
    """Whether `key` may add to the log of a project, before anything is asked or done.

    Raises `KeyMissing`, `KeyOther`, `LedgerBroken`, `LogDamaged`, `NoteUnreadable`.
    """
    Journal.read(releases).check_key(Ledger.read(ledger_beside(releases)).entries, key)


def begin_log(releases: Path, key: SigningKey | None, origin: str | None) -> None:
    """Sign the log of a ledger that has lines and no signed log yet; without a key, or with nothing to sign, nothing.

    Raises `LedgerBroken`, `LogDamaged`, `NoteUnreadable`.
    """
    if key is None:
        return
    with lock(releases / ".ledger.lock", wait_seconds=LEDGER_WAIT):
        journal, ledger = Journal.read(releases), Ledger.read(ledger_beside(releases))
        if journal.is_signed or not ledger.lines:
            return
        if journal.checkpoint is not None:
            journal.put(journal.checkpoint.signed(key))
            return
        leaves = [line.encode() for line in ledger.lines]
        addition = journal.addition(leaves, [key], origin)
        journal.announce(addition)
        journal.add(addition)
