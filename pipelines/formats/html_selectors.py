"""Selectors of style sheets: which elements of a page a rule is for.

Source: Selectors 4. Understood: names, classes, identifiers, attributes, the four combinators, the place among the
children, `:not` of one of these. States (`:hover`) and parts (`::before`) are never those of a page that is read. Of
any other selector, only the part that is understood is looked at (`may_match`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Test = Callable[[Any], bool]

_IDENT = r"(?:\\.|[\w-]|[^\x00-\x7f])+"
_SIMPLE = re.compile(
    rf"(?P<tag>\*|{_IDENT})|\.(?P<class>{_IDENT})|\#(?P<id>{_IDENT})|\[(?P<attribute>[^\]]*)\]"
    rf"|(?P<colons>::?)(?P<pseudo>{_IDENT})(?:\((?P<argument>(?:[^()]|\([^()]*\))*)\))?",
    re.DOTALL,
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_ATTRIBUTE = re.compile(rf"""\s*({_IDENT})\s*(?:([~|^$*]?)=\s*("[^"]*"|'[^']*'|{_IDENT})\s*i?\s*)?""")
_NTH = re.compile(r"([+-]?[0-9]*)n\s*(?:([+-])\s*([0-9]+))?|([0-9]+)")
_MARK = re.compile(r"[,()\[\]]")
MOST_COMPOUNDS, LONGEST = 10, 2_000
_NEVER = frozenset(
    """
    hover focus focus-within focus-visible active visited target checked disabled enabled invalid valid before after
    first-line first-letter placeholder-shown fullscreen modal popover-open autofill indeterminate
    """.split()  # noqa: SIM905 - a list of twenty strings is read by nobody
)
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "": lambda found, wanted: found == wanted,
    "~": lambda found, wanted: wanted in found.split(),
    "|": lambda found, wanted: found == wanted or found.startswith(f"{wanted}-"),
    "^": lambda found, wanted: bool(wanted) and found.startswith(wanted),
    "$": lambda found, wanted: bool(wanted) and found.endswith(wanted),
    "*": lambda found, wanted: bool(wanted) and wanted in found,
}


@dataclass(frozen=True)
class _Compound:
    """What is asked of one element. `is_never`: of a state, or a part, that no element read has."""

    tests: tuple[Test, ...]
    key: str
    specificity: tuple[int, int, int]
    is_never: bool
    is_understood: bool

    def matches(self, element: Any) -> bool:
        return not self.is_never and all(test(element) for test in self.tests)


@dataclass(frozen=True)
class Selector:
    """One selector: its compounds from the left, and the combinator before each but the first."""

    text: str
    compounds: tuple[_Compound, ...]
    combinators: tuple[str, ...]
    is_whole: bool

    @cached_property
    def specificity(self) -> tuple[int, int, int]:
        ids, classes, tags = zip(*(one.specificity for one in self.compounds), strict=True)
        return sum(ids), sum(classes), sum(tags)

    @property
    def is_understood(self) -> bool:
        return self.is_whole and (
            any(one.is_never for one in self.compounds) or all(one.is_understood for one in self.compounds)
        )

    @property
    def key(self) -> str:
        """What an element that it matches has for certain: an identifier, a class, a name, or `*`."""
        return self.compounds[-1].key

    def matches(self, element: Any) -> bool:
        return self._matches(element, len(self.compounds) - 1)

    def may_match(self, element: Any) -> bool:
        """Whether what is understood of its last part is true of an element."""
        last = self.compounds[-1]
        return bool(last.tests) and last.matches(element)

    def _matches(self, element: Any, index: int) -> bool:
        if not self.compounds[index].matches(element):
            return False
        if index == 0:
            return True
        return any(self._matches(other, index - 1) for other in _related(element, self.combinators[index - 1]))


def _related(element: Any, combinator: str) -> Iterator[Any]:
    """The elements that a combinator leads to, to the left of one."""
    if combinator == ">":
        parent = element.getparent()
        return iter([parent] if parent is not None else [])
    if combinator in "+~":
        before = (one for one in element.itersiblings(preceding=True) if isinstance(one.tag, str))
        return before if combinator == "~" else iter([one for one in [next(before, None)] if one is not None])
    ancestors: Iterator[Any] = element.iterancestors()
    return ancestors


def apart(prelude: str) -> Iterator[str]:
    """The texts between commas that are in no brackets."""
    start = depth = 0
    for mark in _MARK.finditer(prelude):
        if mark[0] == "," and not depth:
            yield prelude[start : mark.start()]
            start = mark.end()
        elif mark[0] != ",":
            depth = max(0, depth + (1 if mark[0] in "([" else -1))
    yield prelude[start:]


def selectors(prelude: str) -> Iterator[Selector]:
    """The selectors of a rule, apart."""
    for text in apart(prelude):
        if text.strip():
            yield _selector(" ".join(text.split()))


def _selector(text: str) -> Selector:
    compounds: list[_Compound] = []
    combinators: list[str] = []
    place = 0
    while place < len(text):
        compound, end = _compound(text, place)
        if end == place:
            break
        compounds.append(compound)
        between = _COMBINATOR.match(text, end)
        place = end
        if between is None:
            break
        combinators.append(between[1] or " ")
        place = between.end()
    is_whole = place == len(text) and len(combinators) == len(compounds) - 1
    is_whole = is_whole and len(compounds) <= MOST_COMPOUNDS and len(text) <= LONGEST
    nothing = _Compound((), "*", (0, 0, 0), False, False)
    return Selector(text, tuple(compounds) or (nothing,), tuple(combinators), is_whole)


def _compound(text: str, place: int) -> tuple[_Compound, int]:
    tests: list[Test] = []
    key = "*"
    ids = classes = tags = 0
    is_never, is_understood = False, True
    start = place
    while found := _SIMPLE.match(text, place):
        if found["tag"] and place > start:
            break
        place = found.end()
        if found["tag"]:
            tag = _bare(found["tag"]).lower()
            tags += tag != "*"
            if tag != "*":
                tests.append(_is_named(tag))
                key = tag
        elif found["class"]:
            name = _bare(found["class"])
            classes += 1
            tests.append(_has_class(name))
            key = f".{name}" if not key.startswith("#") else key
        elif found["id"]:
            name = _bare(found["id"])
            ids += 1
            tests.append(_has_id(name))
            key = f"#{name}"
        elif found["colons"]:
            classes += 1
            never, test = _pseudo(found["colons"], found["pseudo"].lower(), found["argument"])
            is_never = is_never or never
            is_understood = is_understood and (never or test is not None)
            tests += [test] if test is not None else []
        else:
            classes += 1
            test = _attribute(found["attribute"])
            is_understood = is_understood and test is not None
            tests += [test] if test is not None else []
    return _Compound(tuple(tests), key, (ids, classes, tags), is_never, is_understood), place


def _pseudo(colons: str, name: str, argument: str | None) -> tuple[bool, Test | None]:
    """Whether nothing that is read is so, and else how to know."""
    if colons == "::" or name in _NEVER:
        return True, None
    if name in ("first-child", "last-child", "nth-child", "nth-last-child"):
        is_last = "last" in name
        rank = _nth("1" if argument is None else argument)
        return False, None if rank is None else lambda element: rank(_rank(element, is_last))
    if name == "not" and argument:
        parts = [_selector(" ".join(one.split())) for one in apart(argument)]
        if all(part.is_understood for part in parts):
            return False, lambda element: not any(part.matches(element) for part in parts)
    return False, None


def _rank(element: Any, is_last: bool) -> int:
    return 1 + sum(isinstance(one.tag, str) for one in element.itersiblings(preceding=not is_last))


def _nth(text: str) -> Callable[[int], bool] | None:
    """A place among children: `2`, `odd`, `2n+1`."""
    words = {"odd": "2n+1", "even": "2n"}
    found = _NTH.fullmatch(words.get(text.strip().lower(), text.strip().lower()))
    if found is None:
        return None
    if found[4]:
        wanted = int(found[4])
        return lambda rank: rank == wanted
    step = int(found[1] + "1" if found[1] in ("", "+", "-") else found[1])
    offset = int((found[2] or "") + (found[3] or "0"))
    if not step:
        return lambda rank: rank == offset
    return lambda rank: (rank - offset) % step == 0 and (rank - offset) // step >= 0


def _attribute(text: str) -> Test | None:
    found = _ATTRIBUTE.fullmatch(text)
    if found is None:
        return None
    name, operator, wanted = found[1].lower(), _OPERATORS[found[2] or ""], found[3]
    if wanted is None:
        return lambda element: element.get(name) is not None
    value = wanted[1:-1] if wanted[0] in "\"'" else _bare(wanted)
    return lambda element: element.get(name) is not None and operator(element.get(name), value)


def _is_named(tag: str) -> Test:
    return lambda element: bool(element.tag == tag)


def _has_class(name: str) -> Test:
    return lambda element: name in (element.get("class") or "").split()


def _has_id(name: str) -> Test:
    return lambda element: bool(element.get("id") == name)


def _bare(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
