"""A picture as a file of its own, to be embedded anywhere: its finding, its source and its date go with it.

Belongs here: putting that file together. Does not: drawing. The colours are those of `style.css`, dark ones included.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from textwrap import wrap
from xml.sax.saxutils import escape

from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Picture
from pipelines.core.text import Language

MARGIN, HEADLINE, SOURCE = 16, 26, 18  # of the drawing's units: the margin, a line of the headline, one of the source
WIDE, NARROW = 9.6, 6.6  # of the same: about the width of a character in the headline, in the source
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_LIGHT = re.compile(r"^:root \{.*?^\}", re.DOTALL | re.MULTILINE)
_DARK = re.compile(r"^@media \(prefers-color-scheme: dark\) \{.*?^\}", re.DOTALL | re.MULTILINE)
_DRAWN = re.compile(r"/\* Drawings.*?\*/\n(.*?)/\* End of drawings \*/", re.DOTALL)
_OUTLINES = re.compile(r"<defs>.*</defs>", re.DOTALL)


@cache
def style() -> str:
    """What of the style sheet a drawing needs by itself."""
    sheet = files("pipelines.catalogue").joinpath("static/style.css").read_text(encoding="utf-8")
    found = [_LIGHT.search(sheet), _DARK.search(sheet)]
    drawn = _DRAWN.search(sheet)
    assert all(found)
    assert drawn is not None
    return "\n".join([*(one[0] for one in found if one), drawn[1], ".ground { fill: var(--card); }"])


def standalone(picture: Picture, language: Language, source: str) -> str:
    """The file. `source`: where the figures come from, and of when they are."""
    drawing = picture.svg[language]
    size = _SIZE.search(drawing)
    assert size is not None
    width, height = (float(number) for number in size.groups())
    inner = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
    top = wrap(picture.headline(language), int((width - 2 * MARGIN) / WIDE))
    bottom = [line for words in (picture.note[language], source) for line in wrap(words, int(width / NARROW))]
    above, below = HEADLINE * len(top) + 2 * MARGIN, SOURCE * len(bottom) + 2 * MARGIN
    outlines = _OUTLINES.search(picture.shapes)
    whole = (width + 2 * MARGIN, above + height + below)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {whole[0]:g} {whole[1]:g}" '
            f'width="{whole[0]:g}" height="{whole[1]:g}" role="img" lang="{language}">\n',
            f"<title>{escape(picture.headline(language))}</title>\n",
            f"<style>{style()}</style>\n",
            outlines[0] if outlines else "",
            '<rect class="ground" width="100%" height="100%"/>\n',
            _lines(top, MARGIN + HEADLINE, HEADLINE, "headline"),
            f'<g transform="translate({MARGIN} {above})">{_without_name(inner)}</g>\n',
            _lines(bottom, above + height + MARGIN + SOURCE, SOURCE, "small soft"),
            "</svg>\n",
        ]
    )


def _lines(lines: Sequence[str], first: float, step: int, kind: str) -> str:
    drawn = [marks.text(MARGIN, first + place * step, line, kind=kind) for place, line in enumerate(lines)]
    return "\n".join(drawn) + "\n"


def _without_name(inner: str) -> str:
    """A drawing without the title and the description that name it in a page: the file has its own."""
    return re.sub(r"^<title id=[^>]*>[^<]*</title><desc id=[^>]*>([^<]*)</desc>", r"<desc>\1</desc>", inner)
