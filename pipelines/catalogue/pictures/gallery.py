"""Which pictures a version of a package has.

Belongs here: the list. A picture is found by registration: a file of a domain's charts that calls `draws`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from pipelines.catalogue.model import Version
from pipelines.catalogue.wording import Wording
from pipelines.core.logs import logger
from pipelines.core.registry import Registry
from pipelines.core.text import Language, Said, in_both

T = TypeVar("T")
Drawn = Mapping[Language, str]
_WORDS = re.compile(r"(?<=>)[^<>]+(?=<)")


@dataclass(frozen=True)
class Figures:
    """The numbers of a picture as a table: heads and lines, in one language."""

    heads: Sequence[str]
    lines: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Picture:
    """One picture. `svg` is drawn in each language; `note` says what it does not show; `group` gathers editions.

    `title`: what it shows; `finding`: what it finds, in one sentence with its figures. `shapes`: outlines that the
    drawing points at, shown once a page. `version`: whose table it was drawn from. `narrow`: the
    drawing for narrow screens, where the wide one could not be read.
    """

    name: str
    title: Said
    note: Said
    svg: Drawn
    figures: Mapping[Language, Figures]
    table: str
    group: str = ""
    label: str = ""
    shapes: str = ""
    finding: Said | None = None
    version: Version | None = None
    narrow: Drawn = field(default_factory=dict)

    def headline(self, language: Language) -> str:
        """The finding, or what is shown where there is nothing to find."""
        return (self.finding or self.title)[language]

    @property
    def page(self) -> str:
        """The picture's own page, in the folder of its package."""
        return f"image-{self.name}.html"

    @property
    def file(self) -> str:
        """The picture as a file, in the folder of its package."""
        return f"images/{self.name}.svg"

    @property
    def png(self) -> str:
        """The same file in points, in the folder of its package."""
        return f"images/{self.name}.png"


_log = logger("catalogue")
Drawing = Callable[[Version], Iterator[Picture]]
DRAWINGS: Registry[tuple[str, Drawing]] = Registry(Said("une image", "a picture"), "charts")


def draws(place: str) -> Callable[[Drawing], Drawing]:
    """Register a drawing of the table `place` (`package/table`) under the name of its function."""

    def register(drawing: Drawing) -> Drawing:
        DRAWINGS.register(drawing.__name__, (place, drawing), drawing)
        return drawing

    return register


def pictures_of(version: Version) -> list[Picture]:
    """The pictures of a version: those whose table it has, with rows."""
    found: list[Picture] = []
    for name, (place, drawing) in DRAWINGS.items():
        package, _, table = place.partition("/")
        if package == version.package and version.table(table) is not None:
            found += of_its_time(partial(_drawn, drawing, version), name) or []
    return found


def _drawn(drawing: Drawing, version: Version) -> list[Picture]:
    return [printed(replace(picture, version=version)) for picture in drawing(version)]


def printed(picture: Picture) -> Picture:
    """A picture whose words are set as those of its language are printed."""
    return replace(
        picture,
        title=_spaced(picture.title),
        finding=picture.finding and _spaced(picture.finding),
        note=_spaced(picture.note),
        svg=_each(picture.svg, _drawing_printed),
        narrow=_each(picture.narrow, _drawing_printed),
        figures=_each(picture.figures, figures_printed),
    )


def _spaced(text: Said) -> Said:
    return in_both(lambda language: Wording(language).spaced(text[language]))


def _drawing_printed(words: Wording, drawing: str) -> str:
    return _WORDS.sub(lambda found: words.spaced(found[0]), drawing)


def figures_printed(words: Wording, figures: Figures) -> Figures:
    """A table of figures whose words are set as those of its language are printed."""
    lines = [type(line)(map(words.spaced, line)) for line in figures.lines]  # type: ignore[call-arg]
    return Figures(list(map(words.spaced, figures.heads)), lines)


def _each(by_language: Mapping[Language, T], make: Callable[[Wording, T], T]) -> Mapping[Language, T]:
    return {language: make(Wording(language), text) for language, text in by_language.items()}


def of_its_time(make: Callable[[], T], name: str) -> T | None:
    """What `make` gives; None where the version that is shown was made before the columns that `make` reads.

    A package whose new version is refused keeps an old one current: it is shown without what that one does not have.
    """
    try:
        return make()
    except KeyError as error:
        _log.warning("%s: the current version has no column %s; left out", name, error)
        return None
