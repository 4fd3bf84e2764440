"""A store in memory that lets something happen just before any of its acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from obstore.store import MemoryStore

from pipelines.storage.buckets import Bucket

ADDRESS = "s3://essai/prix"
Before = Callable[[str, str], None]


@dataclass(frozen=True)
class Watched(Bucket):
    """A store that tells of each act, and of what it is about, just before it."""

    before: Before

    def names(self, under: str | None = None) -> list[str]:
        self.before("names", under or "")
        return super().names(under)

    def read(self, name: str) -> bytes | None:
        self.before("read", name)
        return super().read(name)

    def fetch(self, name: str, path: Path) -> None:
        self.before("fetch", name)
        super().fetch(name, path)

    def send(self, name: str, data: bytes | Path) -> None:
        self.before("send", name)
        super().send(name, data)

    def create(self, name: str, data: bytes) -> bool:
        self.before("create", name)
        return super().create(name, data)

    def replace(self, name: str, old: bytes | None, new: bytes) -> bool:
        self.before("replace", name)
        return super().replace(name, old, new)

    def delete(self, name: str) -> None:
        self.before("delete", name)
        super().delete(name)


def nothing(act: str, name: str) -> None:
    """What happens in between when nothing does."""


def once(wanted: Callable[[str, str], bool], happens: Callable[[], Any]) -> Before:
    """`happens`, before the first act that is wanted."""
    left = [happens]

    def before(act: str, name: str) -> None:
        if left and wanted(act, name):
            left.pop()()

    return before


def at(number: int, happens: Callable[[], Any]) -> Before:
    """`happens`, before the act of that number, from 0."""
    acts = count()
    return once(lambda act, name: next(acts) == number, happens)


def a_store(objects: dict[str, bytes] | None = None) -> Bucket:
    bucket = Bucket(ADDRESS, MemoryStore())
    for name, data in (objects or {}).items():
        bucket.send(name, data)
    return bucket


def objects_of(bucket: Bucket) -> dict[str, bytes]:
    return {name: bucket.read(name) or b"" for name in bucket.names()}
