"""Digests that are known to be of something else than somebody's value: of a snapshot, a file, a line of the ledger.

Belongs here: knowing them. Does not: whose values others are of (`everyone.py`). One that is not known here costs the
hash of everybody's values, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import Path

from pipelines.storage import sha256_file


class OwnDigests:
    """`known`: those that the caller knows, asked for once; `folder`: its files are hashed, once, where that is not
    enough: a release holds the digests of its own files, and the catalogue those of what it copies. `values_among`:
    which of some texts are somebody's value and nothing else; the digest of a file that is one is the value's too."""

    def __init__(
        self,
        known: Callable[[], Iterable[str]] = tuple,
        folder: Path | None = None,
        values_among: Callable[[Collection[str]], Collection[str]] = frozenset,
    ) -> None:
        self._given, self._folder, self._values_among = known, folder, values_among

    def __contains__(self, token: object) -> bool:
        return token in self._known or token in self._of_files

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._given())

    @cached_property
    def _of_files(self) -> frozenset[str]:
        paths = [path for path in (self._folder.rglob("*") if self._folder else ()) if path.is_file()]
        small = [path for path in paths if path.stat().st_size <= LONGEST_VALUE]
        texts = {path: text for path in small if (text := _text_of(path)) is not None}
        values = self._values_among(texts.values())
        return frozenset(sha256_file(path) for path in paths if texts.get(path) not in values)


LONGEST_VALUE = 1000
"""Bytes: a file of no more might be somebody's value and nothing else."""


def _text_of(path: Path) -> str | None:
    """What a file says; none where it is no text, as no value is."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
