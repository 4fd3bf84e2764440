"""One address to one part: asked for only when it changed, streamed to the disk, changes recognised without its
noise."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.sources.http import Client
from pipelines.sources.http.errors import NotTheAnswer, OnePageOnly
from pipelines.sources.page_check import next_page
from pipelines.sources.registry import FetchContext, Fetched, Unchanged
from pipelines.sources.snapshots import Capture, Snapshot

ALL_PAGES = Said(
    "la liste entière (connector: paged_json suit les pages)", "the whole list (connector: paged_json follows pages)"
)


def download(
    context: FetchContext,
    client: Client,
    part: str,
    previous: Capture | None,
    url: str,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    page_is_wrong: bool = True,
    facts: Mapping[str, Any] | None = None,
) -> Fetched | Unchanged:
    """The answer of an address as a part. `facts` is added to how it was obtained.

    Raises an `HttpError`: `OnePageOnly` for one that says that it is a page of several, which would be read as the
    whole (`parameters.next_page: ignore` takes it for what it is).
    """
    before = kept(previous, part)
    path = context.folder / f"{part}.download"
    request_headers = dict(headers or {}) | _conditions(before, facts or {})
    answer = client.ask(url, params=params, headers=request_headers, to=path, page_is_wrong=page_is_wrong)
    if answer.not_modified and before is not None:
        return Unchanged(before)
    _check_beginning(context, client, part, path, answer.address)
    if context.source.parameters.get("next_page") != "ignore":
        found = "Link: rel=next" if answer.names_a_next_page else next_page(path)
        if found is not None:
            more = Said(f"une page de plusieurs ({found})", f"one page of several ({found})")
            raise OnePageOnly(source=client.source, address=answer.address, found=more, expected=ALL_PAGES)
    return Fetched(
        part,
        path,
        answer.address,
        media_type=answer.media_type,
        content=without_noise(path, context.source.parameters.get("noise", ())),
        fetch=answer.facts() | dict(facts or {}),
    )


# How a file of a format begins, where that can be seen from its first bytes.
BEGINNINGS = {
    "json": (b"{", b"["),
    "jsonl": (b"{", b"["),
    "jsonstat": (b"{",),
    "xlsx": (b"PK", b"\xd0\xcf\x11\xe0"),
    "ods": (b"PK",),
    "parquet": (b"PAR1",),
}


def _check_beginning(context: FetchContext, client: Client, part: str, path: Path, address: str) -> None:
    """Raises `NotTheAnswer` for a sentence where a file of the part's format was asked for: "Service unavailable"."""
    described = next((item for item in context.source.parts if item.name == part), None)
    if described is None or described.options.get("compression") or described.format not in BEGINNINGS:
        return
    with path.open("rb") as file:
        start = file.read(64)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:2] == b"\x1f\x8b":
        return
    if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(BEGINNINGS[described.format]):
        found = Said("le début d'autre chose", "the beginning of something else")
        raise NotTheAnswer(source=client.source, address=address, found=found, expected=described.format)


def kept(previous: Capture | None, part: str) -> Snapshot | None:
    """The last snapshot of a part; None before the first."""
    return next((item for item in previous.parts if item.part == part), None) if previous else None


def _conditions(before: Snapshot | None, facts: Mapping[str, Any]) -> dict[str, str]:
    """The headers that ask for an answer only if it changed since `before`, which must have been asked for alike.

    A schema that is no longer declared, or ignored from now on, is reported by nobody: it counts all the same.
    """
    if before is None or any(before.fetch.get(key) != facts.get(key) for key in {*facts, "schema"}):
        return {}
    headers = before.fetch.get("headers", {})
    pairs = {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
    return {key: value for key, value in pairs.items() if value}


def without_noise(path: Path, patterns: tuple[str, ...] | list[str]) -> str | None:
    """The digest of a file after removing what the YAML declares as noise (`parameters.noise`, regular expressions)."""
    if not patterns:
        return None
    data = path.read_bytes()
    for pattern in patterns:
        data = re.sub(pattern.encode("utf-8"), b"", data)
    return hashlib.sha256(data).hexdigest()
