"""Digests that are known to be of something else than somebody's value: of a snapshot, a file, a line of the ledger.

Belongs here: knowing them. Does not: whose values others are of (`everyone.py`). One that is not known here costs the
hash of everybody's values, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from pipelines.storage import sha256_file


class OwnDigests:
    """`known`: those that the caller knows, asked for once; `folder`: its files are hashed, once, where that is not
    enough: a release holds the digests of its own files, and the catalogue those of what it copies."""

    def __init__(self, known: Callable[[], Iterable[str]] = tuple, folder: Path | None = None) -> None:
        self._given, self._folder = known, folder

    def __contains__(self, token: object) -> bool:
        return token in self._known or token in self._of_files

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._given())

    @cached_property
    def _of_files(self) -> frozenset[str]:
        paths = self._folder.rglob("*") if self._folder else ()
        return frozenset(sha256_file(path) for path in paths if path.is_file() and path.stat().st_size > LONGEST_VALUE)


LONGEST_VALUE = 1000
"""Bytes: a file of no more might be somebody's value and nothing else, and its digest be that of the value."""
