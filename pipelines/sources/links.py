"""The header `Link` of an answer: the address that it names as the next page. Source: RFC 8288."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;]+(?:=\"[^\"]*\")?)*)")
_REL = re.compile(r";\s*rel\s*=\s*\"?([^\";]*)\"?", re.IGNORECASE)


def next_in_header(headers: Mapping[str, str]) -> str | None:
    """The address of the relation `next`; None where there is none. Names of headers are in lower case."""
    for address, attributes in _LINK.findall(headers.get("link", "")):
        found = _REL.search(attributes)
        if found is not None and "next" in found[1].lower().split():
            return str(address)
    return None
