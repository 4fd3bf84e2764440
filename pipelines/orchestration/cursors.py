"""What a sensor remembers between two looks: what it saw, and the key of the last run that it asked for.

Dagster starts one run per key, ever. A key of the state alone would drop the run of a state that came before (a version
retracted, a delivery taken away), so each key is made from the one before: looking twice from one cursor gives one run,
coming back to an old state gives a new one.
"""

from __future__ import annotations

import hashlib
import re

_KEY = re.compile(r"[0-9a-f]{64}")


def seen(cursor: str | None) -> str | None:
    """The state that a cursor remembers, none before the first look."""
    return None if cursor is None else _parts(cursor)[1]


def following(cursor: str | None, state: str) -> tuple[str, str]:
    """The cursor that remembers `state`, and the key of the run that this change asks for."""
    before = _parts(cursor or "")[0]
    key = hashlib.sha256(f"{before}\n{state}".encode()).hexdigest()
    return f"{key}\n{state}", key


def _parts(cursor: str) -> tuple[str, str]:
    """The last key, empty where the cursor has none, and the state."""
    first, _, rest = cursor.partition("\n")
    return (first, rest) if _KEY.fullmatch(first) else ("", cursor)
