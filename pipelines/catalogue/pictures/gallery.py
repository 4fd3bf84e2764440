"""Which pictures a version of a package has.

Belongs here: the list. A picture is found by registration: a file of a domain's charts that calls `draws`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pipelines.catalogue.model import Version
from pipelines.core.domains import discover
from pipelines.core.logs import logger
from pipelines.core.text import Language

Both = Mapping[Language, str]


@dataclass(frozen=True)
class Figures:
    """The numbers of a picture as a table: heads and lines, in one language."""

    heads: Sequence[str]
    lines: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Picture:
    """One picture. `svg` is drawn in each language; `note` says what it does not show; `group` gathers editions.

    `shapes`: outlines that the drawing points at, shown once a page.
    """

    name: str
    title: Both
    note: Both
    svg: Both
    figures: Mapping[Language, Figures]
    table: str
    group: str = ""
    label: str = ""
    shapes: str = ""


T = TypeVar("T")
_log = logger("catalogue")
Drawing = Callable[[Version], Iterator[Picture]]
DRAWINGS: dict[str, tuple[str, Drawing]] = {}


def draws(place: str) -> Callable[[Drawing], Drawing]:
    """Register a drawing of the table `place` (`package/table`)."""

    def register(drawing: Drawing) -> Drawing:
        DRAWINGS[drawing.__name__] = (place, drawing)
        return drawing

    return register


def pictures_of(version: Version) -> list[Picture]:
    """The pictures of a version: those whose table it has, with rows."""
    discover("charts")
    found: list[Picture] = []
    for name in sorted(DRAWINGS):
        place, drawing = DRAWINGS[name]
        package, _, table = place.partition("/")
        if package == version.package and version.table(table) is not None:
            found += of_its_time(partial(_drawn, drawing, version), name) or []
    return found


def _drawn(drawing: Drawing, version: Version) -> list[Picture]:
    return list(drawing(version))


def of_its_time(make: Callable[[], T], name: str) -> T | None:
    """What `make` gives; None where the version that is shown was made before the columns that `make` reads.

    A package whose new version is refused keeps an old one current: it is shown without what that one cannot tell.
    """
    try:
        return make()
    except KeyError as error:
        _log.warning("%s: the current version has no column %s; left out", name, error)
        return None
