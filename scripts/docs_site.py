"""Hooks of mkdocs: what the documentation's site does differently from the same pages read on a forge.

Links that lead out of `docs/` (to a schema, a script, the changelog) name a file of the project: the site, which does
not contain it, shows its path. Front matter and comments that steer the tests of pages are left out by mkdocs itself.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

LINK = re.compile(r"!?\[(?P<text>[^\]\[]+)\]\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """The page with each link out of `docs/` as its words and the path that it leads to."""
    folder = posixpath.dirname(page.file.src_uri)

    def inside(found: re.Match[str]) -> str:
        target = found["target"]
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            return found[0]
        path = posixpath.normpath(posixpath.join("docs", folder, target))
        if path.startswith("docs/"):
            return found[0]
        text = found["text"]
        return text if text.strip("`") == path else f"{text} (`{path}`)"

    return LINK.sub(inside, markdown)
