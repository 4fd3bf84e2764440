"""Text that a reader does not see: HTML comments in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, detector

_COMMENT = re.compile(r"<!--(?P<text>.*?)(?:-->|$)", re.DOTALL)


@detector("texte_cache", sieve=r"<!--|&lt;!--|&#60;!--")
def html_comments(text: str) -> Iterator[Span]:
    """An HTML comment with letters or digits in it. No public field needs one; what it says cannot be seen on a
    page."""
    for match in _COMMENT.finditer(text):
        if any(character.isalnum() for character in match["text"]):
            yield match.span()
