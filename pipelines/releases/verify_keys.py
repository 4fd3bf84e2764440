"""Do the events of a log about its keys say what they may, and which keys do they revoke?

Belongs here: those events as an auditor reads them, whatever their form. Does not: making them (`keys.py`), whom an
auditor trusts (`allowed_signers.py`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.releases import exact_base64
from pipelines.releases.flaws import Flaw
from pipelines.releases.keys import KEY_NAMESPACE, statement
from pipelines.releases.openssh_lines import ED25519
from pipelines.releases.signature import fingerprint_of, signing_blob

PREFIX = struct.pack(">I", len(ED25519)) + ED25519.encode()
"""How OpenSSH's encoding of a plain Ed25519 key begins."""
PUBLIC_BYTES = 32


def key_flaws(entries: Sequence[Mapping[str, Any]]) -> Iterator[Flaw]:
    """Each change of keys is signed by the key that it replaces, and no revoked key signs anything after."""
    revoked: set[str] = set()
    for entry in entries:
        place = f"ledger.jsonl, {entry['seq'] + 1}"
        if entry["event"] == "published" and str(entry.get("signer")) in revoked:
            yield Flaw("revoked", place, str(entry["signer"]))
        if entry["event"] != "key":
            continue
        event = KeyEvent.of(entry)
        if event is None or event.by in revoked:
            yield Flaw("key-event", place)
        elif event.is_revocation:
            revoked.add(fingerprint_of(event.key))


def revoked_by(events: Iterable[Mapping[str, Any]]) -> set[str]:
    """The fingerprints of the keys that good events revoke, each by a key that was not revoked itself."""
    revoked: set[str] = set()
    for entry in events:
        event = KeyEvent.of(entry) if entry.get("event") == "key" else None
        if event is not None and event.is_revocation and event.by not in revoked:
            revoked.add(fingerprint_of(event.key))
    return revoked


@dataclass(frozen=True)
class KeyEvent:
    """What a good event about keys says: the key that takes over or is revoked, as OpenSSH encodes it, and by whom."""

    is_revocation: bool
    key: bytes
    by: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> KeyEvent | None:
        """None for an event of another form, that its own key did not sign, or of a key that hands over another's."""
        is_revocation = entry.get("act") == "revoked"
        key = _blob_of(entry.get("key" if is_revocation else "new"))
        signer = signing_blob(statement(entry), str(entry.get("signature", "")), KEY_NAMESPACE)
        if key is None or signer is None or entry.get("act") not in ("rotated", "revoked"):
            return None
        by = fingerprint_of(signer)
        replaced = None if is_revocation else _blob_of(entry.get("old"))
        hands_over = replaced is not None and fingerprint_of(replaced) == by
        is_right = fingerprint_of(key) != by if is_revocation else hands_over
        return cls(is_revocation, key, by) if is_right and entry.get("by") == by else None


def _blob_of(line: object) -> bytes | None:
    """The plain Ed25519 key of a public line, as OpenSSH encodes it; none when it is another text."""
    try:
        blob = exact_base64.decode(str(line).split()[1])
    except (IndexError, ValueError):
        return None
    return blob if blob.startswith(PREFIX) and len(blob) == len(PREFIX) + 4 + PUBLIC_BYTES else None
