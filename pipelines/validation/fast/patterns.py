"""Patterns: from Python's `re` to RE2, and which of them may take for ever.

A pattern is translated from Python's own parse tree to an RE2 pattern that matches a subset of the same texts, or not
at all. Belongs here: reading patterns. Does not: running Python's on a cell (`readers.py`, `pattern_clock.py`).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from re import _constants as tokens  # type: ignore[attr-defined] # the parse tree has no public door
from re import _parser as parser  # type: ignore[attr-defined] # as above
from typing import Any

LONGEST_REPEAT = 900  # RE2 refuses counted repeats above 1,000
MANY = 16  # a repeat that may run that often counts as unbounded


def parse(pattern: str) -> Any:
    """Python's parse tree of what Frictionless compiles, or None when that is not a pattern."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parser.parse(f"^{pattern}$")
    except (re.error, RecursionError, OverflowError):
        return None


def subset_in_re2(pattern: str) -> str | None:
    """An RE2 pattern that matches only texts which `^pattern$` matches in Python, or None.

    `\\d` becomes `[0-9]` and a final newline is not allowed: both are narrower. Branches at the top of the pattern,
    where `^` and `$` bind to one side only, flags, references, look-arounds and `\\w`, `\\s` give None.
    """
    tree = parse(pattern)
    if tree is None or tree.state.flags & ~re.UNICODE:
        return None
    nodes = list(tree)
    while nodes and nodes[0] == (tokens.AT, tokens.AT_BEGINNING):
        nodes.pop(0)
    ends = 0
    while nodes and nodes[-1] == (tokens.AT, tokens.AT_END):
        nodes.pop()
        ends += 1
    if not ends or len(nodes) + 1 > len(tree):
        return None
    body = _sequence(nodes)
    return None if body is None else rf"\A(?:{body})\z"


def may_explode(pattern: str) -> bool:
    """Whether Python's backtracking may take more than linear time on some text: it is then run under a clock."""
    tree = parse(pattern)
    return tree is not None and _count_unbounded(tree) > 1


def _count_unbounded(nodes: Any, inside: bool = False) -> int:
    """Unbounded repeats that can compete for the same characters; a branch or repeat inside another counts double."""
    count = 0
    for token, value in nodes:
        if token in (tokens.MAX_REPEAT, tokens.MIN_REPEAT, tokens.POSSESSIVE_REPEAT):
            unbounded = value[1] is tokens.MAXREPEAT or value[1] > MANY
            count += int(unbounded) + int(unbounded and inside) + _count_unbounded(value[2], inside or unbounded)
        elif token is tokens.SUBPATTERN:
            count += _count_unbounded(value[3], inside)
        elif token is tokens.ATOMIC_GROUP:
            count += _count_unbounded(value, inside)
        elif token is tokens.BRANCH:
            count += 2 * int(inside) + sum(_count_unbounded(branch, inside) for branch in value[1])
        elif token in (tokens.ASSERT, tokens.ASSERT_NOT):
            count += _count_unbounded(value[1], inside)
        elif token is tokens.GROUPREF_EXISTS:
            count += 2
    return count


def _sequence(nodes: Any) -> str | None:
    parts = [_node(token, value) for token, value in nodes]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _node(token: Any, value: Any) -> str | None:
    emit = _EMITTERS.get(token)
    return None if emit is None else emit(value)


def _group(value: Any) -> str | None:
    number_flags, body = value[1:3], value[3]
    inner = None if any(number_flags) else _sequence(body)
    return None if inner is None else f"(?:{inner})"


def _branch(value: Any) -> str | None:
    branches = [_sequence(branch) for branch in value[1]]
    return None if None in branches else "(?:" + "|".join(item for item in branches if item is not None) + ")"


def _repeat(value: Any) -> str | None:
    low, high, body = value
    inner = _sequence(body)
    endless = high is tokens.MAXREPEAT
    if inner is None or low > LONGEST_REPEAT or (not endless and high > LONGEST_REPEAT):
        return None
    return f"(?:{inner}){{{low},{'' if endless else high}}}"


def _set(members: Any) -> str | None:
    negated = bool(members) and members[0][0] is tokens.NEGATE
    parts = []
    for token, value in members[1:] if negated else members:
        if token is tokens.LITERAL:
            parts.append(_character(value))
        elif token is tokens.RANGE:
            parts.append(f"{_character(value[0])}-{_character(value[1])}")
        elif token is tokens.CATEGORY and value is tokens.CATEGORY_DIGIT and not negated:
            parts.append("0-9")
        else:
            return None
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _character(code: int) -> str:
    return f"\\x{{{code:x}}}"


_EMITTERS: dict[Any, Callable[[Any], str | None]] = {
    tokens.LITERAL: _character,
    tokens.NOT_LITERAL: lambda value: f"[^{_character(value)}]",
    tokens.ANY: lambda _: r"[^\n]",
    tokens.IN: _set,
    tokens.MAX_REPEAT: _repeat,
    tokens.MIN_REPEAT: _repeat,
    tokens.SUBPATTERN: _group,
    tokens.BRANCH: _branch,
}
