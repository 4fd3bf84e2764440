"""A first description of how a JSON interface goes on from page to page, from its first answer: a proposal to correct.

Belongs here: guesses for `arobase sources new --connector paged_json`. Does not: following pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pipelines.sources.links import relation_in
from pipelines.sources.page_check import MORE, NEXT, TOTAL

CURSORS = ("cursor", "token", "after")
OFFSETS, PAGES = ("offset", "skip", "start"), ("page", "p", "page_number")
SIZES = ("limit", "page_size", "per_page", "size", "rows")
DEEPEST = 3


def proposed_parameters(document: Any, address: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """`parameters` of `paged_json` for an interface whose first page is `document`; `pages: {page: page}` if it says
    nothing of pages. The size of its address is kept as it is."""
    members = dict(_members(document, "", 1))
    query = dict(parse_qsl(urlsplit(address).query))
    found: dict[str, Any] = {"pages": _way(members, query, headers)}
    size = next((name for name in SIZES if query.get(name, "").isdigit()), None)
    if size and "next" not in found["pages"]:
        found["size"] = {"parameter": size, "value": int(query[size])}
    records = next((path for path, value in members.items() if isinstance(value, list) and not _is_links(path)), None)
    found |= {"records": records} if records else {}
    total = next((path for path, value in members.items() if _is_total(path, value)), None)
    found |= {"total": total} if total else {}
    first = document if isinstance(document, list) else members.get(records or "", [])
    if first and isinstance(first[0], Mapping) and "id" in first[0]:
        found["key"] = ["id"]
    return found


def _way(members: Mapping[str, Any], query: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
    relation = next((path for path, value in members.items() if _is_links(path) and relation_in(value, "next")), None)
    if relation:
        return {"next": f"{relation}.next"}
    following = {path: value for path, value in members.items() if NEXT.fullmatch(_last(path)) and value}
    link = next((path for path, value in following.items() if _is_link(value)), None)
    if link:
        return {"next": link}
    if "next" in headers.get("link", ""):
        return {"next": "header"}
    more = next(
        (path for path, value in members.items() if MORE.fullmatch(_last(path)) and isinstance(value, bool)), None
    )
    cursor = next((path for path, value in following.items() if isinstance(value, str)), None)
    cursor = cursor or next((path for path in members if _last(path).lower().endswith(CURSORS)), None)
    also = {"more": more} if more else {}
    if cursor:
        parameter = next((name for name in query if name.lower().endswith(CURSORS)), "cursor")
        return {"cursor": cursor, "parameter": parameter, **also}
    offset = next((name for name in OFFSETS if name in query or name in map(_last, members)), None)
    if offset:
        return {"offset": offset, **also}
    return {"page": next((name for name in PAGES if name in query), "page"), **also}


def _members(document: Any, above: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Members by dotted name, those of records left out."""
    for name, value in document.items() if isinstance(document, Mapping) else ():
        yield f"{above}{name}", value
        if isinstance(value, Mapping) and depth < DEEPEST:
            yield from _members(value, f"{above}{name}.", depth + 1)


def _is_links(path: str) -> bool:
    return _last(path).lower() in ("links", "link", "_links")


def _is_link(value: Any) -> bool:
    text = (value.get("href") or value.get("url")) if isinstance(value, Mapping) else value
    return isinstance(text, str) and (text.startswith(("http://", "https://", "/", "?")))


def _is_total(path: str, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and TOTAL.fullmatch(_last(path)) is not None


def _last(path: str) -> str:
    return path.rsplit(".", 1)[-1]
