"""Whether a JSON answer is the whole list, or says itself that it is one page of several.

Belongs here: what announces a next page. Does not: following it (`connectors/paged_json.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Raw
from msgspec.json import decode

# A member that leads to the next page, and one that says there is one.
NEXT = re.compile(
    r"(?:@?odata[._])?next(?:[_-]?(?:page|link|url|uri|href|cursor|token|offset|results"
    r"|page[_-]?(?:url|token|link|uri)))?"
    r"|continuation(?:[_-]?token)?|resumption[_-]?token",
    re.IGNORECASE,
)
MORE = re.compile(
    r"(?:has[_-]?(?:more|next(?:[_-]?page)?)|more[_-]?(?:results|available|pages)?|is[_-]?truncated)", re.I
)
TOTAL = re.compile(
    r"(?:total(?:[_-]?(?:count|records|results|items|elements|hits|size))?"
    r"|nhits|num[_-]?found|number[_-]?matched|count)",
    re.I,
)
PAGE = re.compile(r"(?:current[_-]?)?page(?:[_-]?(?:number|index))?", re.I)
PAGES = re.compile(r"(?:total[_-]?pages|page[_-]?count|pages|last[_-]?page|nb[_-]?pages)", re.I)
# Where interfaces put what they say of the page, beside the list.
PLACES = re.compile(
    r"(?:_?links?|_?meta(?:data)?|pagination|paging|pager?|page[_-]?info|cursors?|response|result|navigation|info"
    r"|headers?|data|_embedded|payload|body|d)",
    re.I,
)
DEEPEST = 3
SMALL = 200_000


def next_page(path: Path) -> str | None:
    """The member by which an answer says that there is more of it; None for one that says nothing of the kind.

    Only members beside the list are looked at, never records. A file that is no JSON object says nothing.
    """
    with path.open("rb") as file:
        if not file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            return None
    try:
        members = decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=dict[str, Raw])
    except ValueError:
        return None
    return next(iter(_found(members)), None)


def _found(members: Mapping[str, Raw]) -> Iterator[str]:
    members_found = list(_members(members, "", 1))
    for name, value in members_found:
        last = name.rsplit(".", 1)[-1] if not name.lower().endswith("odata.nextlink") else "next"
        if _leads_on(last, value):
            yield name
    number = next((value for name, value in members_found if PAGE.fullmatch(_last(name)) and _is_count(value)), None)
    pages = next((value for name, value in members_found if PAGES.fullmatch(_last(name)) and _is_count(value)), None)
    if number is not None and pages is not None and number < pages and pages > 1:
        yield f"page {number} / {pages}"
    lists = list(_lists(members, 1))
    if len(lists) == 1:
        length = len(decode(lists[0], type=list[Raw]))
        yield from _short(members_found, length, is_paged=number is not None or _has_size(members_found))


def _lists(members: Mapping[str, Raw], depth: int) -> Iterator[Raw]:
    """The lists of an answer, those of links left out: beside its members, or in an object that holds it."""
    for name, raw in members.items():
        if _first(raw) == b"[" and name.lower() not in ("links", "link", "_links"):
            yield raw
        elif _first(raw) == b"{" and depth < DEEPEST:
            yield from _lists(decode(raw, type=dict[str, Raw]), depth + 1)


def _short(members: list[tuple[str, Any]], length: int, *, is_paged: bool) -> Iterator[str]:
    """A total that is more than the list holds, where the answer speaks of pages or of a total count."""
    for name, value in members:
        last = _last(name)
        is_total = TOTAL.fullmatch(last) and (is_paged or "." in name or last.lower() not in ("total", "count"))
        if is_total and _is_count(value) and value > length:
            yield f"{name}: {value} > {length}"


def _has_size(members: list[tuple[str, Any]]) -> bool:
    sizes = {"limit", "page_size", "pagesize", "per_page", "perpage", "size", "offset", "skip", "rows", "start"}
    return any(_last(name).lower() in sizes for name, _value in members)


def _leads_on(name: str, value: Any) -> bool:
    if MORE.fullmatch(name):
        return value is True
    if not NEXT.fullmatch(name):
        return False
    if isinstance(value, Mapping):
        return any(isinstance(value.get(key), str) and value[key] for key in ("href", "url", "uri"))
    return value not in (None, "", False, 0, "0", [], "null") and isinstance(value, str | int | bool)


def _members(members: Mapping[str, Raw], above: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Members beside the list, and in objects that speak of the page or hold it, by dotted name; lists left out."""
    for name, raw in members.items():
        path = f"{above}{name}"
        first = _first(raw)
        if first == b"[":
            if name.lower() in ("links", "link", "_links") and _size(raw) <= SMALL:
                yield from _relations(path, decode(raw))
        elif first == b"{":
            inner = decode(raw, type=dict[str, Raw])
            if _size(raw) <= SMALL:
                yield path, decode(raw)
            if depth < DEEPEST and (PLACES.fullmatch(name) or any(_first(one) == b"[" for one in inner.values())):
                yield from _members(inner, f"{path}.", depth + 1)
        elif _size(raw) <= SMALL:
            yield path, decode(raw)


def _relations(path: str, links: Any) -> Iterator[tuple[str, Any]]:
    """Links as a list of relations: `[{"rel": "next", "href": …}]`."""
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and isinstance(link.get("rel"), str):
            yield f"{path}.{link['rel']}", link.get("href") or link.get("url")


def _first(raw: Raw) -> bytes:
    return bytes(memoryview(raw)[:1])


def _size(raw: Raw) -> int:
    return memoryview(raw).nbytes


def _last(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
