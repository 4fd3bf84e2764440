"""The key that signs a project's log, as events of that log: it changes hands, or is revoked.

Belongs here: those two events. Does not: making keys or signatures (`signature.py`), trusting them
(`allowed_signers.py`): an auditor's file of keys decides, and an event only says what to change in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.releases.descriptor import instant
from pipelines.releases.errors import KeyMissing
from pipelines.releases.ledger import Ledger
from pipelines.releases.log.journal import Addition, Journal
from pipelines.releases.signature import SigningKey, fingerprint
from pipelines.releases.store import ledger_lock, settle, settled_ledger

KEY_NAMESPACE = "arobase-key"
UNSTATED = ("seq", "previous", "signature")


def statement(entry: Mapping[str, Any]) -> bytes:
    """What the acting key signs of an event about keys."""
    stated = {name: value for name, value in entry.items() if name not in UNSTATED}
    return json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def rotate(releases: Path, old: SigningKey, new: SigningKey, *, now: datetime) -> int:
    """Let `new` sign the log from now on: `old` signs that, and both sign the head. Returns the size of the log.

    Raises `KeyOther` when `old` is not the key of the log, `LedgerBroken`, `LogDamaged`, `Busy`, `OSError`.
    """
    facts = {"act": "rotated", "old": old.public_line, "new": new.public_line}
    return _record(releases, facts, old, (old, new), now)


def revoke(releases: Path, public_line: str, key: SigningKey, *, now: datetime) -> int:
    """Record that a key must not be believed from now on; `key` signs the log. Returns the size of the log.

    Raises what `rotate` raises; `KeyMissing` when the key to revoke is the one that would sign: rotate first.
    """
    if fingerprint(public_line) == key.fingerprint:
        raise KeyMissing(signer="≠ " + key.fingerprint)
    return _record(releases, {"act": "revoked", "key": public_line}, key, (key,), now)


def _record(
    releases: Path, facts: Mapping[str, str], by: SigningKey, signers: tuple[SigningKey, ...], now: datetime
) -> int:
    settle(releases)
    with ledger_lock(releases):
        ledger: Ledger = settled_ledger(releases)
        journal = Journal.read(releases)
        journal.check_key(ledger.entries, by)
        document = {"event": "key", **facts, "by": by.fingerprint, "at": instant(now)}
        signed = {**document, "signature": by.sign(statement(document), KEY_NAMESPACE)}
        line = ledger.next_line("key", {name: value for name, value in signed.items() if name != "event"})
        leaves = [item.encode() for item in ledger.lines[journal.size :]] + [line.encode()]
        addition: Addition = journal.addition(leaves, signers)
        journal.announce(addition)
        ledger.append([line])
        return journal.add(addition).size
