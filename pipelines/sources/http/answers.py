"""One answer of a server: received whole, within limits, in memory or on the disk."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from msgspec.json import decode

HEADERS_THAT_MATTER = ("content-type", "content-length", "etag", "last-modified", "content-disposition", "date")
BLOCK = 1 << 16
UNPACKED = 1 << 20
SMALL = 20_000_000
MAXIMUM_RATIO = 200


class Cut(Exception):
    """A body that ended before its end, or whose compression is damaged: worth another attempt."""


class TooLarge(Exception):
    """A body beyond the limit."""


@dataclass(frozen=True)
class Answer:
    """What a server answered. `address` has no secrets; `body` is in memory unless it went to `path`."""

    status: int
    address: str
    headers: Mapping[str, str]
    size: int
    sha256: str
    seconds: float
    attempts: int
    body: bytes = b""
    path: Path | None = None

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def head(self) -> bytes:
        """The first bytes."""
        if self.path is None:
            return self.body[:512]
        with self.path.open("rb") as file:
            return file.read(512)

    @property
    def is_web_page(self) -> bool:
        """Whether the body is HTML, whatever its type says."""
        start = self.head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))

    def json(self) -> Any:
        """The body as JSON. Raises `ValueError`."""
        return decode(self.body)

    def told(self) -> dict[str, Any]:
        """How it was obtained, for the log."""
        return {
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "attempts": self.attempts,
            "headers": {key: self.headers[key] for key in HEADERS_THAT_MATTER if key in self.headers},
        }


def receive(
    raw: Any, headers: Mapping[str, str], into: IO[bytes], limit: int, tick: Callable[[], None]
) -> tuple[int, str]:
    """Copy a body to `into`, unpacked; returns its size and its SHA-256.

    `tick` is called at every block and may raise (a time limit). Raises `Cut`, `TooLarge`.
    """
    digest, size, received = hashlib.sha256(), 0, 0
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge

    def blocks() -> Iterator[bytes]:
        nonlocal received
        while block := raw.read1(BLOCK, decode_content=False):
            received += len(block)
            tick()
            yield block
        if declared.isdigit() and received != int(declared):
            raise Cut(f"{received}/{declared}")

    packed = headers.get("content-encoding", "identity").lower()
    for block in blocks() if packed in ("identity", "") else _unpacked(blocks(), packed):
        size += len(block)
        if size > limit or (size > SMALL and size > received * MAXIMUM_RATIO):
            raise TooLarge
        digest.update(block)
        into.write(block)
    return size, digest.hexdigest()


def _unpacked(blocks: Iterator[bytes], packed: str) -> Iterator[bytes]:
    """Gunzip or inflate in bounded steps. Raises `Cut` where the stream is damaged or has no end."""
    if packed not in ("gzip", "deflate", "x-gzip"):
        raise Cut(f"content-encoding {packed}")
    unpack = zlib.decompressobj(wbits=47)
    try:
        for block in blocks:
            pending = block
            while pending and not unpack.eof:
                yield unpack.decompress(pending, UNPACKED)
                pending = unpack.unconsumed_tail
    except zlib.error as error:
        raise Cut(packed) from error
    if not unpack.eof:
        raise Cut(packed)
