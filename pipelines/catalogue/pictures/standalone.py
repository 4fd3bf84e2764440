"""A picture as a file of its own, to be embedded anywhere: its finding, its source and its date go with it.

Belongs here: putting that file together. Does not: drawing. Its colours are the light ones of `style.css`, written on
each mark: office tools read no style sheet, and a host's policy may refuse one within a file. A picture goes onto
others' pages, which are not dark because a reader's system is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from textwrap import wrap
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Picture
from pipelines.core.text import Language

MARGIN, HEADLINE, SOURCE = 16, 26, 18  # of the drawing's units: the margin, a line of the headline, one of the source
LEAST = 480  # of the same: the width of a file whose drawing is narrower, so that its sentences have some words a line
WIDE, NARROW = 12.8, 8.2  # of the same: what a character of the headline takes at most, and one of the source
SVG = "http://www.w3.org/2000/svg"
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_LIGHT = re.compile(r"^:root \{(.*?)^\}", re.DOTALL | re.MULTILINE)
_DRAWN = re.compile(r"/\* Drawings.*?\*/\n(.*?)/\* End of drawings \*/", re.DOTALL)
_OUTLINES = re.compile(r"<defs>.*</defs>", re.DOTALL)
Compound = tuple[str, frozenset[str]]  # a tag, empty for any, and classes
Rule = tuple[tuple[Compound, ...], Mapping[str, str]]


@cache
def rules() -> tuple[Rule, ...]:
    """What the style sheet says of drawings: each selector as compounds, outermost first, with colours in place."""
    sheet = files("pipelines.catalogue").joinpath("static/style.css").read_text(encoding="utf-8")
    light, drawn = _LIGHT.search(sheet), _DRAWN.search(sheet)
    assert light is not None
    assert drawn is not None
    names = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", light[1]))
    found: list[Rule] = [((_compound(".ground"),), {"fill": names["--card"]})]
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", drawn[1]):
        properties = {name: _valued(value, names) for name, value in re.findall(r"([\w-]+):\s*([^;]+)", body)}
        found += [(tuple(map(_compound, selector.split())), properties) for selector in selectors.split(",")]
    return tuple(found)


def _valued(value: str, names: Mapping[str, str]) -> str:
    return re.sub(r"var\((--[\w-]+)\)", lambda found: names[found[1]], value.strip()).replace('"', "'")


def _compound(text: str) -> Compound:
    tag, *classes = text.split(".")
    return tag, frozenset(classes)


def standalone(picture: Picture, language: Language, source: str) -> str:
    """The file. `source`: where the figures come from, and of when they are."""
    drawing = picture.svg[language]
    size = _SIZE.search(drawing)
    assert size is not None
    drawn, height = (float(number) for number in size.groups())
    width = max(drawn, LEAST)
    inner = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
    top = wrap(picture.headline(language), max(1, int((width - 2 * MARGIN) / WIDE)))
    bottom = [line for words in (picture.note[language], source) for line in wrap(words, max(1, int(width / NARROW)))]
    above, below = HEADLINE * len(top) + 2 * MARGIN, SOURCE * len(bottom) + 2 * MARGIN
    outlines = _OUTLINES.search(picture.shapes)
    whole = (width + 2 * MARGIN, above + height + below)
    text = "".join(
        [
            f'<svg xmlns="{SVG}" class="drawing" viewBox="0 0 {whole[0]:g} {whole[1]:g}" '
            f'width="{whole[0]:g}" height="{whole[1]:g}" role="img" lang="{language}">\n',
            f"<title>{escape(picture.headline(language))}</title>\n",
            outlines[0] if outlines else "",
            '<rect class="ground" width="100%" height="100%"/>\n',
            _lines(top, MARGIN + HEADLINE, HEADLINE, "headline"),
            f'<g transform="translate({MARGIN} {above})">{_without_name(inner)}</g>\n',
            _lines(bottom, above + height + MARGIN + SOURCE, SOURCE, "small soft"),
            "</svg>\n",
        ]
    )
    return painted(text)


def painted(text: str) -> str:
    """An SVG document whose marks say themselves what the style sheet says of their classes."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(text)
    _paint(root, [])
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _paint(node: ElementTree.Element, above: list[Compound]) -> None:
    """Paint an element and what is in it. `above`: the elements that it is in, outermost first."""
    own = node.tag.removeprefix(f"{{{SVG}}}"), frozenset((node.attrib.pop("class", "")).split())
    path = [*above, own]
    node.attrib.pop("data-code", None)
    for selector, properties in rules():
        if _selects(selector, path):
            node.attrib.update(properties)
    for inner in node:
        _paint(inner, path)


def _selects(selector: Sequence[Compound], path: Sequence[Compound]) -> bool:
    """Whether a selector means the last element of a path."""
    if not _is(path[-1], selector[-1]):
        return False
    rest = iter(path[:-1])
    return all(any(_is(element, wanted) for element in rest) for wanted in selector[:-1])


def _is(element: Compound, wanted: Compound) -> bool:
    return wanted[0] in ("", element[0]) and wanted[1] <= element[1]


def _lines(lines: Sequence[str], first: float, step: int, kind: str) -> str:
    drawn = [marks.text(MARGIN, first + place * step, line, kind=kind) for place, line in enumerate(lines)]
    return "\n".join(drawn) + "\n"


def _without_name(inner: str) -> str:
    """A drawing without the title and the description that name it in a page: the file has its own."""
    return re.sub(r"^<title id=[^>]*>[^<]*</title><desc id=[^>]*>([^<]*)</desc>", r"<desc>\1</desc>", inner)
