"""The style sheets that a page contains: which of its elements they hide, as a browser on a desk would show it.

Source: CSS Cascading 4 (which declaration wins), Selectors 4, Media Queries 4. Belongs here: `display` and
`visibility`, by the page's own `<style>` and by `style` attributes. Does not: sheets at other addresses, which nobody
fetched; scripts; what else makes a text hard to see. tinycss2 parses sheets, cssselect makes XPath of selectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

PROPERTIES = ("display", "visibility")
_MAY_DECLARE = re.compile(r"display|visibility|\\", re.IGNORECASE)
# Of a wide screen: what a page hides on a telephone alone is there for everybody else.
WIDTH = 1_280
_LENGTH = re.compile(r"\(\s*(min|max)-width\s*:\s*([0-9.]+)\s*(px|r?em)\s*\)")
_OPEN = ("supports", "layer", "container")
_BEGINNING, _NAMED = re.compile(r"[\w\s.#>+~*-]*(?=[:\[]|\Z)"), re.compile(r"[.#][\w-]+")
"""How a selector begins, of names and combinators alone: what it names there has to be in the page."""
_GLUED = re.compile(r"(?<=[\w\-)\]])&")
_DEEPEST, _LONGEST, _MOST = 20, 2_000, 100
_TOO_MUCH = "(…)"
"""Stands for selectors that nobody writes out: no selector, so that it is told as not understood."""
Declared = Mapping[str, tuple[bool, str]]
"""By property: whether it is `!important`, and its value."""
Specificity = tuple[int, int, int]


class StyleSheets:
    """What the sheets of a page declare for its elements. `unsure` are the selectors that hide, and are not
    understood."""

    def __init__(self, page: Any = None) -> None:
        self._declared: dict[Any, dict[str, tuple[bool, Specificity, int, str]]] = {}
        self.unsure: set[str] = set()
        rules = [] if page is None else list(_rules_of(page))
        names = _names_in(page) if rules else set()
        for rank, (selector, declared) in enumerate(rules):
            # Sheets of frameworks name hundreds of classes that a page has none of: each would be a walk through it.
            beginning = _BEGINNING.match(selector)
            if beginning is None or names.issuperset(_NAMED.findall(beginning[0])):
                self._apply(page, selector, declared, rank)

    def value(self, element: Any, name: str) -> str:
        """The value of a property that is declared for an element itself, "" where none is."""
        is_important, *_rank, value = self._declared.get(element, {}).get(name, (False, ""))
        style = element.get("style", "")
        inline = _declarations(_contents(style)) if _MAY_DECLARE.search(style) else {}
        if name in inline and inline[name][0] >= is_important:
            return inline[name][1]
        return str(value)

    def _apply(self, page: Any, selector: str, declared: Declared, rank: int) -> None:
        """Remember for each element that a selector meets what is declared, unless another declaration wins."""
        try:
            specificity, elements = _met(page, selector)
        except _NotUnderstood:
            if hides(*(declared.get(name, (False, ""))[1] for name in PROPERTIES)):
                self.unsure.add(" ".join(selector.split()))
            return
        for element in elements:
            own = self._declared.setdefault(element, {})
            for name, (is_important, value) in declared.items():
                known = (is_important, specificity, rank, value)
                own[name] = max(own.get(name, known), known)


class _NotUnderstood(Exception):
    """A selector that is none, or that cssselect does not know."""


def hides(display: str, visibility: str) -> bool:
    """Whether an element of these values is not seen."""
    return display == "none" or visibility in ("hidden", "collapse")


def _met(page: Any, text: str) -> tuple[Specificity, list[Any]]:
    """How specific a selector is, and its elements. Raises `_NotUnderstood`."""
    from cssselect import HTMLTranslator, SelectorError, parse
    from lxml.etree import XPathError

    if len(text) > _LONGEST:
        raise _NotUnderstood
    try:
        (selector,) = parse(text)
        if selector.pseudo_element is not None:  # what is put before or after an element is none of what is read
            return (0, 0, 0), []
        return selector.specificity(), page.xpath(HTMLTranslator().selector_to_xpath(selector))
    except (SelectorError, XPathError, RecursionError):
        raise _NotUnderstood from None


def _names_in(page: Any) -> set[str]:
    """The classes of a page, each after a full stop, and the identifiers, each after a hash, as selectors have them."""
    classes = {name for value in set(page.xpath("//@class")) for name in value.split()}
    return {f".{name}" for name in classes} | {f"#{name}" for name in page.xpath("//@id")}


def _rules_of(page: Any) -> Iterator[tuple[str, Declared]]:
    from tinycss2 import parse_stylesheet

    for style in page.iter("style"):
        is_idle = next(style.iterancestors("noscript", "template", "svg"), None) is not None
        if not is_idle and _applies(style.get("media", "")):
            yield from _rules(parse_stylesheet(style.text or "", skip_comments=True, skip_whitespace=True), (), 0)


def _rules(nodes: Iterable[Any], above: Sequence[str], depth: int) -> Iterator[tuple[str, Declared]]:
    """The rules of a sheet, or those within a rule (`above`: its selectors), that show or hide."""
    if depth > _DEEPEST:
        yield _TOO_MUCH, {"display": (False, "none")}
        return
    nodes = list(nodes)
    if above and (own := _declarations(nodes)):
        yield from ((selector, own) for selector in above)
    for node in nodes:
        if node.type == "qualified-rule":
            yield from _rules(_contents(node.content), _within(above, node.prelude), depth + 1)
        elif node.type == "at-rule" and node.content is not None and _is_open(node):
            yield from _rules(_contents(node.content), above, depth + 1)


def _is_open(rule: Any) -> bool:
    """Whether what is within an at-rule counts on a wide screen."""
    name = rule.lower_at_keyword
    return _applies(_text(rule.prelude)) if name == "media" else name in _OPEN


def _within(above: Sequence[str], prelude: list[Any]) -> list[str]:
    """The selectors of a rule, apart; those within a rule written out (CSS Nesting 1)."""
    parts: list[list[Any]] = [[]]
    for node in prelude:
        if node == ",":
            parts.append([])
        else:
            parts[-1].append(node)
    texts = [_text(part) for part in parts]
    if not above:
        return texts
    if len(above) * len(texts) > _MOST:
        return [_TOO_MUCH]
    return [_written_out(outer, text)[: _LONGEST + 1] for outer, text in product(above, texts)]


def _written_out(outer: str, text: str) -> str:
    """A selector within a rule whose selector is `outer`."""
    if "&" not in text:
        return f"{outer} {text}"
    # Behind a part of the same compound the outer one cannot be as it is: its name would be glued to that.
    return _GLUED.sub(lambda _: f":is({outer})", text).replace("&", outer)


def _contents(nodes: Any) -> list[Any]:
    from tinycss2 import parse_blocks_contents

    found: list[Any] = parse_blocks_contents(nodes, skip_comments=True, skip_whitespace=True)
    return found


def _declarations(nodes: Iterable[Any]) -> Declared:
    """The properties that are asked for; the last one of a name counts, after those that are `!important`."""
    found: dict[str, tuple[bool, str]] = {}
    for node in nodes:
        if node.type == "declaration" and node.lower_name in PROPERTIES:
            known = found.get(node.lower_name, (False, ""))
            if node.important >= known[0]:
                found[node.lower_name] = (node.important, _text(node.value).lower())
    return found


def _text(nodes: Iterable[Any]) -> str:
    """What is written, without comments at the top level; a sign that nothing is called for what is nested without
    end."""
    from tinycss2 import serialize

    try:
        return str(serialize(node for node in nodes if node.type != "comment")).strip()
    except RecursionError:
        return _TOO_MUCH


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
