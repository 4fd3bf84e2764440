"""One answer of a server: received whole, within limits, in memory or on the disk."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from msgspec.json import decode

from pipelines.sources.links import next_in_header

HEADERS_THAT_MATTER = ("content-type", "content-length", "etag", "last-modified", "content-disposition", "date")
BLOCK = 1 << 16
HEAD = 1 << 16
# What is before the first element of a page: a mark of byte order, blanks, comments, an XML declaration.
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf|\s+|<!--.*?(?:-->|$)|<\?xml[^>]*\?>)", re.DOTALL)
_PAGE = re.compile(
    rb"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|base|script|noscript|style|iframe|frameset|center|div|span"
    rb"|table|form|main|header|section|article|p|h[1-6]|br|hr|a|b|img|ul|ol|font|svg)(?=[\s/>]|$))",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    rb"<!--.*?(?:-->|$)|<(script|style|noscript|head|template)\b.*?(?:</\1\s*>|$)|<[^>]*>|&nbsp;",
    re.DOTALL | re.IGNORECASE,
)
# What the pages say that a site shows first, to tell persons from programs.
_CHALLENGE = re.compile(
    rb"_cf_chl_opt|/cdn-cgi/challenge-platform|cf-browser-verification|_Incapsula_Resource|Incapsula incident"
    rb"|captcha-delivery\.com|px-captcha|/_sec/cp_challenge|AwsWafIntegration|sucuri_cloudproxy_js|__ddg\w*_challenge"
    rb"|<title>\s*(?:Just a moment|Un instant|Attention Required|Access Denied|Request Rejected)",
    re.IGNORECASE,
)
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
        return self._beginning[:512]

    @cached_property
    def _beginning(self) -> bytes:
        if self.path is None:
            return self.body[:HEAD]
        with self.path.open("rb") as file:
            return file.read(HEAD)

    @property
    def is_empty(self) -> bool:
        """Whether the body has nothing but blanks."""
        return self.size <= HEAD and not self._beginning.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\0")

    @property
    def is_web_page(self) -> bool:
        """Whether the body is HTML, whatever its type says and whatever comment is before it."""
        start = _plain(self._beginning)
        place = 0
        while (found := _BEFORE.match(start, place)) is not None and found.end() > place:
            place = found.end()
        is_only_comments = place == len(start) and b"<!--" in start
        return is_only_comments or _PAGE.match(start, place) is not None

    @property
    def is_challenge(self) -> bool:
        """Whether it is the page of a guard in front of a site: it says so, or nothing is written on it."""
        if self.headers.get("cf-mitigated", "").lower() == "challenge":
            return True
        if not self.is_web_page:
            return False
        start = _plain(self._beginning)
        is_whole = self.size <= HEAD
        return _CHALLENGE.search(start) is not None or (is_whole and not _UNSEEN.sub(b"", start).strip())

    def json(self) -> Any:
        """The body as JSON. Raises `ValueError`."""
        return decode(self.body)

    @property
    def names_a_next_page(self) -> bool:
        """Whether its header `Link` has a relation `next`. Source: RFC 8288."""
        return next_in_header(self.headers) is not None

    def facts(self) -> dict[str, Any]:
        """How it was obtained, for the log."""
        return {
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "attempts": self.attempts,
            "headers": {key: self.headers[key] for key in HEADERS_THAT_MATTER if key in self.headers},
        }


def _plain(head: bytes) -> bytes:
    """The same as bytes of ASCII where it is UTF-16."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace").encode("utf-8")
    return head


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
    """Gunzip or inflate in bounded steps, every member of it. Raises `Cut` where it is damaged or has no end."""
    if packed not in ("gzip", "deflate", "x-gzip"):
        raise Cut(f"content-encoding {packed}")
    unpack = zlib.decompressobj(wbits=47)
    try:
        for block in blocks:
            pending = block
            while pending:
                if unpack.eof:
                    # Another member follows; zeros after the last one are padding. Source: RFC 1952 section 2.2.
                    pending = pending.lstrip(b"\0")
                    if not pending:
                        break
                    unpack = zlib.decompressobj(wbits=47)
                yield unpack.decompress(pending, UNPACKED)
                pending = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
    except zlib.error as error:
        raise Cut(packed) from error
    if not unpack.eof:
        raise Cut(packed)
