"""Links of an answer by their relation: in its header `Link`, or in a list of its JSON.

Source: RFC 8288; for lists, OGC API – Common, 8.1 (`[{"rel": "next", "href": …}]`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;]+(?:=\"[^\"]*\")?)*)")
_REL = re.compile(r";\s*rel\s*=\s*\"?([^\";]*)\"?", re.IGNORECASE)


def next_in_header(headers: Mapping[str, str]) -> str | None:
    """The address of the relation `next`; None where there is none. Names of headers are in lower case."""
    for address, attributes in _LINK.findall(headers.get("link", "")):
        found = _REL.search(attributes)
        if found is not None and "next" in found[1].lower().split():
            return str(address)
    return None


def relation_in(links: Any, relation: str) -> str | None:
    """The address that a list of links gives for a relation; None where it is no such list, or has none."""
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("rel") == relation:
            address = link.get("href") or link.get("url")
            return str(address) if address else None
    return None
