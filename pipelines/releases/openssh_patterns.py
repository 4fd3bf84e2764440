"""Lists of patterns as OpenSSH matches names with them: `*`, `?`, and `!` before what is not meant.

Source: `match.c` of OpenSSH 9.2; its functions are named beside ours.
"""

from __future__ import annotations

PATTERN_BYTES = 1024


def match_list(text: str, patterns: str) -> int:
    """1 when a pattern of the list fits, -1 when one after a `!` does, 0 else, as `match_pattern_list`."""
    found = 0
    for piece in patterns.split(","):
        negated, pattern = piece.startswith("!"), piece.removeprefix("!")
        if len(pattern) >= PATTERN_BYTES - 1:
            return 0
        if match(text, pattern):
            if negated:
                return -1
            found = 1
    return found


def match(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern of `*` and `?`, as `match_pattern`, in time linear in each star."""
    place = mark = 0
    star = -1
    at = 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return not pattern[at:].strip("*")
