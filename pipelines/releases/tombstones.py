"""Tombstones: what stays of a retracted version, `retraits/<version>.json`, with its reason while that may be read.

Belongs here: the text of a tombstone, and the reason under its salt. Does not: retracting (`retract.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.releases.causes import Ingredients
from pipelines.releases.descriptor import read_descriptor, to_json
from pipelines.releases.errors import ReleaseDamaged
from pipelines.storage import sha256_bytes
from pipelines.storage.plain import read_plain

TOMBSTONES = "retraits"
LARGEST_TOMBSTONE = 1 << 20


def tombstone_line(path: Path) -> str | None:
    """The ledger's line that a tombstone carries; none when it carries none."""
    try:
        line = json.loads(read_plain(path, LARGEST_TOMBSTONE))["line"]
        entry = json.loads(line)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    fit = isinstance(entry, dict) and {"seq", "previous", "event", "package", "version"} <= set(entry)
    return line if fit else None


def tombstone_text(line: str, reason: str = "", salt: str = "") -> str:
    """A tombstone: what the ledger's line says, and the line itself; with a reason and its salt, both, for people.

    Reason and salt can be taken out of it, and only together: the ledger contains a commitment to them, not the reason.
    """
    entry = json.loads(line)
    reasons = {"reason": reason, "salt": salt} if salt else {}
    names = ("package", "version", "reason", "at", "tagmanifest")
    return to_json(
        {name: {**entry, **reasons}[name] for name in names if name in {**entry, **reasons}} | _salted(salt, line)
    )


def _salted(salt: str, line: str) -> dict[str, str]:
    return {"salt": salt, "line": line} if salt else {"line": line}


def commitment(reason: str, salt: str) -> str:
    """What the ledger keeps of a reason: a hash that reveals nothing of it once the salt is gone. `salt`:
    hexadecimal."""
    return sha256_bytes(bytes.fromhex(salt) + reason.encode())


def ingredients_digest(release: Path) -> dict[str, str]:
    """What the ledger keeps of that from which a retracted version was made, and of what it contained, so that the same
    is not published again: hashes of hashes. Nothing where the version no longer says it."""
    try:
        document = read_descriptor(release / "data")
        own = document["arobase"]
        made_from = Ingredients.parse(own["ingredients"])
        digests = {"ingredients": made_from.digest(own.get("withheld")), "records": made_from.without_code}
        return digests | {"content": content_digest(document)}
    except (ReleaseDamaged, KeyError, TypeError, IndexError, AttributeError):
        return {}


def content_digest(document: Mapping[str, Any]) -> str:
    """One hash of the values that a version publishes, of their schemas, and of what its package says of them: whatever
    code made it, and from whichever copies of its sources. `document`: its descriptor."""
    values = {item["name"]: item["content"] for item in document["resources"] if _is_table(item)}
    described = {name: value for name, value in document.items() if name not in ABOUT_MAKING}
    notices = [item for item in document.get("warnings", []) if item.get("notice")]
    schema = document["arobase"]["ingredients"]["schema"]
    return sha256_bytes(json.dumps([values, schema, described, notices], sort_keys=True).encode())


ABOUT_MAKING = frozenset(
    {"$schema", "profile", "version", "created", "temporal", "sources", "warnings", "resources", "arobase"}
)


def _is_table(resource: Mapping[str, Any]) -> bool:
    return "schema" in resource and "/" not in resource["path"]


def salted_reason(package: Path, entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """The reason and the salt in a tombstone, when they are what the ledger's entry commits to; else none."""
    try:
        document = json.loads(read_plain(package / TOMBSTONES / f"{entry['version']}.json", LARGEST_TOMBSTONE))
        reason, salt = str(document["reason"]), str(document["salt"])
        fits = commitment(reason, salt) == entry["reason_commitment"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (reason, salt) if fits else None


def reason_of(package: Path, entry: Mapping[str, Any]) -> str | None:
    """Why a version was retracted: as old ledgers say it, else as its tombstone does, when that is what was written.

    None when it was withdrawn, or is not what was written.
    """
    if "reason" in entry:
        return str(entry["reason"])
    found = salted_reason(package, entry)
    return None if found is None else found[0]
