"""Patterns: from Python's `re` to RE2, and which of them may take for ever.

A pattern is translated from Python's own parse tree. RE2 then matches a subset of the same texts, whatever the text;
and exactly the same, refusals included, where the text is `plain`: then nobody need ask Python, which may never answer.
Belongs here: reading patterns. Does not: running Python's on a cell (`../readers.py`, `pattern_clock.py`).
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as tokens  # type: ignore[attr-defined] # the parse tree has no public door
from re import _parser as parser  # type: ignore[attr-defined] # as above
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LONGEST_REPEAT = 900  # RE2 refuses counted repeats above 1,000
KNOWN = 0x3000  # below it, characters are digit, space or letter as for Python; no text with others is `plain`
LONG = 10_000  # characters of a long cell: how often an endless repeat may try
MOST = 6.0  # ten to that power ways to read one cell are tried in less than the time that a cell has


@dataclass(frozen=True)
class ExactPattern:
    """An RE2 pattern that says what Python's says of every plain text."""

    re2: str

    def matches(self, texts: Sequence[str]) -> list[bool]:
        """Whether each of some plain texts matches."""
        found: list[bool] = pc.match_substring_regex(pa.array(texts, pa.string()), self.re2).to_pylist()
        return found


def is_plain(text: str) -> bool:
    """Whether a text has only known characters, and no newline at its end: Python's `$` also matches before one."""
    return not text.endswith("\n") and (text.isascii() or max(text) < chr(KNOWN))


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

    An end allows no newline after it, and digits, spaces and letters are the known ones: both are narrower. Flags,
    references, look-arounds, word boundaries and repeats that take back nothing give None.
    """
    tree = parse(pattern)
    if tree is None or tree.state.flags & ~re.UNICODE:
        return None
    body = _sequence(tree)
    return None if body is None else rf"\A(?:{body})"


def exact_in_re2(pattern: str) -> ExactPattern | None:
    """The same pattern for plain texts, where it says what Python says; None where RE2 cannot say it."""
    translated = subset_in_re2(pattern)
    if translated is None:
        return None
    try:
        pc.match_substring_regex(pa.array([""], pa.string()), translated)
    except pa.ArrowInvalid:
        return None
    return ExactPattern(translated)


def may_explode(pattern: str) -> bool:
    """Whether Python's backtracking may try more ways than can be tried on some text: it is then run under a clock."""
    tree = parse(pattern)
    return tree is not None and _ways(tree) > MOST


def _ways(nodes: Any) -> float:
    """In how many ways a sequence may be read, as a power of ten: what can be tried before a text is refused."""
    return sum(_ways_of(token, value) for token, value in nodes)


def _ways_of(token: Any, value: Any) -> float:
    ways = 0.0
    match str(token):
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            ways = _ways_of_repeat(*value)
        case "SUBPATTERN":
            ways = _ways(value[3])
        case "ATOMIC_GROUP":
            ways = _ways(value)
        case "ASSERT" | "ASSERT_NOT":
            ways = _ways(value[1])
        case "BRANCH":
            ways = math.log10(sum(10 ** min(_ways(branch), LONG_POWER) for branch in value[1]))
        case "GROUPREF_EXISTS":
            ways = 2 * MOST
    return ways


def _ways_of_repeat(low: int, high: Any, body: Any) -> float:
    times = LONG if high is tokens.MAXREPEAT else min(high, LONG)
    choices = math.log10(max(1, times - min(low, times) + 1))
    inner = _ways(body)
    shortest, longest = body.getwidth()
    if inner == 0 and shortest == longest and shortest > 0:
        return choices  # each time it takes the same characters: only how often is open
    if times <= 1:
        return inner + choices
    return choices + times * max(inner, math.log10(2))


LONG_POWER = 100.0  # a power of ten that a float still holds


def _sequence(nodes: Any) -> str | None:
    parts = [_node(token, value) for token, value in nodes]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _node(token: Any, value: Any) -> str | None:
    emit = _EMITTERS.get(token)
    return None if emit is None else emit(value)


def _group(value: Any) -> str | None:
    flags, body = value[1:3], value[3]
    inner = None if any(flags) else _sequence(body)
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
    if body.getwidth()[0] == 0 and _has_place(body):
        return None  # how often a repeat of nothing goes on then depends on where it is
    return f"(?:{inner}){{{low},{'' if endless else high}}}"


def _has_place(nodes: Any) -> bool:
    """Whether a sequence asks somewhere whether the text begins or ends."""
    return f"{tokens.AT}" in {f"{token}" for token in _tokens_of(nodes)}


def _tokens_of(nodes: Any) -> Iterable[Any]:
    for token, value in nodes:
        yield token
        if token is tokens.SUBPATTERN:
            yield from _tokens_of(value[3])
        elif token in (tokens.MAX_REPEAT, tokens.MIN_REPEAT):
            yield from _tokens_of(value[2])
        elif token is tokens.BRANCH:
            for branch in value[1]:
                yield from _tokens_of(branch)


def _place(value: Any) -> str | None:
    if value in (tokens.AT_BEGINNING, tokens.AT_BEGINNING_STRING):
        return r"\A"
    return r"\z" if value in (tokens.AT_END, tokens.AT_END_STRING) else None


def _set(members: Any) -> str | None:
    negated = bool(members) and members[0][0] is tokens.NEGATE
    members = members[1:] if negated else members
    if any(token is tokens.CATEGORY for token, _ in members):
        codes = frozenset[int]().union(*(_codes(token, value) for token, value in members))
        return _ranges(frozenset(range(KNOWN)) - codes if negated else codes)
    parts = []
    for token, value in members:
        if token is tokens.LITERAL:
            parts.append(_character(value))
        elif token is tokens.RANGE:
            parts.append(f"{_character(value[0])}-{_character(value[1])}")
        else:
            return None
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _codes(token: Any, value: Any) -> frozenset[int]:
    """The known characters that a member of a set stands for."""
    if token is tokens.LITERAL:
        return frozenset((value,))
    if token is tokens.RANGE:
        return frozenset(range(value[0], min(value[1] + 1, KNOWN)))
    return _category(str(value))


@lru_cache
def _category(name: str) -> frozenset[int]:
    """The known characters of a category. Source: `Modules/_sre/sre.c` of Python 3.11."""
    is_of: dict[str, Callable[[str], bool]] = {
        "DIGIT": str.isdecimal,
        "SPACE": str.isspace,
        "WORD": lambda mark: mark.isalnum() or mark == "_",
    }
    negated = "NOT_" in name
    test = is_of[name.removeprefix("CATEGORY_").removeprefix("NOT_")]
    return frozenset(code for code in range(KNOWN) if test(chr(code)) != negated)


def _ranges(codes: frozenset[int]) -> str | None:
    """A set of characters as RE2 writes it; None for none at all."""
    if not codes:
        return None
    ordered = sorted(codes)
    parts, first = [], ordered[0]
    for code, following in zip(ordered, [*ordered[1:], None], strict=True):
        if following != code + 1:
            parts.append(f"{_character(first)}-{_character(code)}")
            first = following if following is not None else code
    return f"[{''.join(parts)}]"


def _character(code: int) -> str:
    return f"\\x{{{code:x}}}"


_EMITTERS: dict[Any, Callable[[Any], str | None]] = {
    tokens.AT: _place,
    tokens.LITERAL: _character,
    tokens.NOT_LITERAL: lambda value: f"[^{_character(value)}]",
    tokens.ANY: lambda _: r"[^\n]",
    tokens.IN: _set,
    tokens.MAX_REPEAT: _repeat,
    tokens.MIN_REPEAT: _repeat,
    tokens.SUBPATTERN: _group,
    tokens.BRANCH: _branch,
}
