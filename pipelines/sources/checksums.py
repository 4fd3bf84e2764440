"""Checksums that a publisher declares, compared with what came."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelines.sources.http.errors import NotTheAnswer

NAMES = {"md5": "md5", "sha1": "sha1", "sha2": "sha256", "sha256": "sha256", "sha512": "sha512"}
BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


def check(path: Path, kind: str | None, value: str | None, *, source: str, address: str) -> bool | None:
    """True when the file has the checksum; None when none that we know was declared. Raises `NotTheAnswer`.

    `kind` None: decided by the length of `value`, which may be `kind:value`.
    """
    if not value:
        return None
    if kind is None and ":" in value:
        kind, value = value.split(":", 1)
    name = NAMES.get(kind.lower()) if kind else BY_LENGTH.get(len(value))
    if name is None:
        return None
    with path.open("rb") as file:
        found = hashlib.file_digest(file, name).hexdigest()
    if found != value.lower():
        raise NotTheAnswer(source=source, address=address, found=f"{name} {found}", expected=f"{name} {value.lower()}")
    return True
