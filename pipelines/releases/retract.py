"""Retraction: a release's files go, a tombstone with the date stays, the ledger and the log record it.

Belongs here: taking a version away, and the reason of that. Does not: publishing the one that replaces it.
The order is: the tombstone appears (that is the commit), the files go, the ledger, the log, the indexes.

The reason is in the tombstone, with a salt. Ledger and log contain only a commitment to it, the hash of both: when a
reason has to go, both go from the tombstone, and what stays reveals nothing of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipelines.releases.descriptor import instant
from pipelines.releases.errors import NoSuchReason, ReasonInLedger
from pipelines.releases.log.events import added
from pipelines.releases.signature import SigningKey
from pipelines.releases.store import ReleaseStore, bury, ledger_lock, pending, settle, sweep_package
from pipelines.releases.tombstones import TOMBSTONES, commitment, ingredients_digest, salted_reason, tombstone_text
from pipelines.storage import lock, write_text

STEPS = ("begun", "tombstone", "buried", "recorded", "logged", "indexed")
SALT_BYTES = 32


def to_retract(releases: Path, package: str, version: str) -> Path:
    """The folder that a retraction would delete; nothing is written, also where a publication is still to be ended.

    Raises `NoSuchRelease`, `RetractedRelease`, `LedgerBroken`.
    """
    store = ReleaseStore.read(releases, package)
    known = replace(store.ledger, lines=(*store.ledger.lines, *pending(releases, store.ledger, package)))
    return replace(store, ledger=known).path(version)


def retract(
    releases: Path,
    package: str,
    version: str,
    reason: str,
    *,
    now: datetime,
    key: SigningKey | None = None,
    step: Callable[[str], None] = lambda name: None,
) -> Path:
    """Retract a version; returns its tombstone. `now` is the time of the retraction, given by the caller.

    The reason is published: it must contain no personal data. `key` signs the log. Raises `Busy`, `NoSuchRelease`,
    `LedgerBroken`, `LogDamaged`, `KeyMissing`, `KeyOther`, `OSError`, and `RetractedRelease` when it is done already.
    """
    folder = releases / package
    with lock(folder / ".lock"):
        sweep_package(folder)
        settle(releases)
        with ledger_lock(releases):
            store = ReleaseStore.read(releases, package).caught_up()
            release = store.path(version)
            entry = next(item for item in store.published if item["version"] == version)
            salt = secrets.token_hex(SALT_BYTES)
            facts = {"package": package, "version": version, "at": instant(now), "tagmanifest": entry["tagmanifest"]}
            facts["reason_commitment"] = commitment(reason, salt)
            facts |= ingredients_digest(release)
            line = store.ledger.next_line("retracted", facts)
            journal, addition = added(releases, store.ledger, line.encode(), key)
            store.begin(version)
            journal.announce(addition)
            step("begun")
            tombstone = folder / TOMBSTONES / f"{version}.json"
            write_text(tombstone, tombstone_text(line, reason, salt))
            step("tombstone")
            bury(release)
            step("buried")
            store = replace(store, ledger=store.ledger.append([line]))
            step("recorded")
            journal.add(addition)
            step("logged")
            store.write_indexes()
            step("indexed")
            store.end()
    return tombstone


def withdraw_reason(
    releases: Path, package: str, version: str, *, now: datetime, key: SigningKey | None = None
) -> Path:
    """Delete the reason of a retraction and its salt, for ever; returns the tombstone, which stays without them.

    The log says that it was done, not what the reason was. Raises what `retract` raises, `NoSuchReason` when there is
    none here, and `ReasonInLedger` for a retraction of an old ledger, which contains the reason itself.
    """
    folder = releases / package
    with lock(folder / ".lock"):
        settle(releases)
        with ledger_lock(releases):
            store = ReleaseStore.read(releases, package).caught_up()
            entry = store.retracted.get(version)
            if entry is not None and "reason" in entry:
                raise ReasonInLedger(package=package, version=version)
            if entry is None or salted_reason(folder, entry) is None:
                raise NoSuchReason(package=package, version=version)
            facts = {"package": package, "version": version, "at": instant(now)}
            line = store.ledger.next_line("reason-withdrawn", facts)
            journal, addition = added(releases, store.ledger, line.encode(), key)
            tombstone = folder / TOMBSTONES / f"{version}.json"
            store.begin(version)
            # What a person asked to be deleted goes first, whatever happens after.
            write_text(tombstone, tombstone_text(store.ledger.lines[entry["seq"]]))
            journal.announce(addition)
            store = replace(store, ledger=store.ledger.append([line]))
            journal.add(addition)
            store.write_indexes()
            store.end()
    return tombstone
