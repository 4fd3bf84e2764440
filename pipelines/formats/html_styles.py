"""The style sheets that a page contains: which of its elements they hide, as a browser on a desk would show it.

Source: CSS Cascading 4 (which declaration wins), Selectors 4, Media Queries 4. Belongs here: `display` and
`visibility`, by the page's own `<style>` and by `style` attributes. Does not: sheets at other addresses, which nobody
fetched; scripts; what else makes a text hard to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.formats.html_selectors import LONGEST, Selector, apart, selectors

PROPERTIES = ("display", "visibility")
# Of a wide screen: what a page hides on a telephone alone is there for everybody else.
WIDTH = 1_280
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_STOP = re.compile(r"""\\.|["'{};]""", re.DOTALL)
_STRING_END = {sign: re.compile(rf"(?:\\.|[^\\{sign}])*(?:{sign}|\Z)", re.DOTALL) for sign in "\"'"}
_LENGTH = re.compile(r"\(\s*(min|max)-width\s*:\s*([0-9.]+)\s*(px|r?em)\s*\)")
_OPEN = ("@media", "@supports", "@layer", "@container")
_DEEPEST, _MOST_NESTED = 20, 100


@dataclass(frozen=True)
class _Rule:
    """One selector, with what it declares; `order` is its rank in the page."""

    selector: Selector
    declared: Mapping[str, tuple[bool, str]]
    order: int


class StyleSheets:
    """The rules of a page that show or hide. `unsure` are the selectors that hide, and are not understood."""

    def __init__(self, page: Any = None) -> None:
        self._rules: dict[str, list[_Rule]] = {}
        self._unsure: list[_Rule] = []
        self._count = 0
        self.unsure: set[str] = set()
        for style in () if page is None else page.iter("style"):
            is_idle = next(style.iterancestors("noscript", "template", "svg"), None) is not None
            if not is_idle and _applies(style.get("media", "")):
                self._read(_COMMENT.sub(" ", style.text or ""), "", 0)

    def value(self, element: Any, name: str) -> str:
        """The value of a property that is declared for an element itself, "" where none is."""
        best = ((False, False, (0, 0, 0), -1), "")
        inline = _declarations(element.get("style", "")) if element.get("style") else {}
        if name in inline:
            is_important, text = inline[name]
            best = ((is_important, True, (0, 0, 0), 0), text)
        for rule in self._candidates(element):
            if name in rule.declared and rule.selector.matches(element):
                is_important, text = rule.declared[name]
                best = max(best, ((is_important, False, rule.selector.specificity, rule.order), text))
        return best[1]

    def note_unsure(self, element: Any) -> None:
        """Remember the rules that are not understood, and might hide an element."""
        for rule in self._unsure:
            if rule.selector.may_match(element):
                self.unsure.add(rule.selector.text)

    def _candidates(self, element: Any) -> Iterator[_Rule]:
        if not self._rules:
            return
        for key in ("*", element.tag, *(f".{name}" for name in (element.get("class") or "").split())):
            yield from self._rules.get(key, ())
        if element.get("id"):
            yield from self._rules.get(f"#{element.get('id')}", ())

    def _read(self, text: str, above: str, depth: int) -> None:
        """The rules of a sheet, or those within a rule (`above`: its selector)."""
        if depth > _DEEPEST:
            return
        own: dict[str, tuple[bool, str]] = {}
        for prelude, body in _parts(text):
            if body is None:
                own |= _declarations(prelude)
            elif prelude.startswith("@"):
                name, _blank, query = prelude.partition(" ")
                if name.lower().startswith(_OPEN) and (not name.lower().startswith("@media") or _applies(query)):
                    self._read(body, above, depth + 1)
            elif above:
                self._read(body, _nested(above, prelude), depth + 1)
            else:
                self._read(body, prelude, depth + 1)
        if own and above:
            self._add(above, own)

    def _add(self, prelude: str, declared: Mapping[str, tuple[bool, str]]) -> None:
        for selector in selectors(prelude):
            self._count += 1
            rule = _Rule(selector, declared, self._count)
            if selector.is_understood:
                self._rules.setdefault(selector.key, []).append(rule)
            elif hides(declared.get("display", (False, ""))[1], declared.get("visibility", (False, ""))[1]):
                self._unsure.append(rule)


def hides(display: str, visibility: str) -> bool:
    """Whether an element of these values is not seen."""
    return display == "none" or visibility in ("hidden", "collapse")


def _nested(above: str, prelude: str) -> str:
    """A selector within a rule, written out."""
    found = [
        one.replace("&", outer) if "&" in one else f"{outer} {one}" for outer in apart(above) for one in apart(prelude)
    ]
    return ",".join(one[: LONGEST + 1] for one in found[:_MOST_NESTED])


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    """Statements without a block, and preludes with what is between their braces; the end closes what is open."""
    place = start = depth = 0
    prelude = ""
    while found := _STOP.search(text, place):
        sign, place = found[0], found.end()
        if sign in _STRING_END:
            closed = _STRING_END[sign].match(text, place)
            place = closed.end() if closed else len(text)
        elif sign == ";" and not depth:
            yield text[start : found.start()].strip(), None
            start = place
        elif sign == "{":
            if not depth:
                prelude, start = text[start : found.start()].strip(), place
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if not depth:
                yield prelude, text[start : found.start()]
                start = place
    rest = text[start:].strip()
    if depth:
        yield prelude, rest
    elif rest:
        yield rest, None


def _declarations(text: str) -> dict[str, tuple[bool, str]]:
    """The properties that are asked for, each with whether it is `!important`."""
    found: dict[str, tuple[bool, str]] = {}
    for one in text.split(";"):
        name, colon, value = one.partition(":")
        name = name.strip().lower()
        if colon and name in PROPERTIES:
            bare, _mark, more = value.lower().partition("!")
            is_important = more.strip() == "important"
            if is_important or not found.get(name, (False, ""))[0]:
                found[name] = (is_important, bare.strip())
    return found


def _applies(media: str) -> bool:
    """Whether a media query is true of a wide screen; one that asks for anything else than a width is not."""
    return not media.strip() or any(_is_met(query.strip().lower()) for query in media.split(","))


def _is_met(query: str) -> bool:
    lengths = _LENGTH.findall(query)
    rest = [word for word in _LENGTH.sub(" ", query).split() if word not in ("and", "only")]
    is_met = all(
        (float(number) * (1 if unit == "px" else 16) <= WIDTH) == (bound == "min")
        for bound, number, unit in lengths
        if number.count(".") < 2 and number.strip(".")
    )
    if rest[:1] == ["not"]:
        return rest[1:] in (["print"], ["speech"]) or (rest[1:] in ([], ["screen"], ["all"]) and not is_met)
    return is_met and rest in ([], ["screen"], ["all"])
