"""Pages for people: each is a template filled for one language, with links that hold in a folder and on a host alike.

Belongs here: filling a template. Does not: which pages there are (`people.py`); their words, which stand in the
templates in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from pipelines.catalogue.addresses import LANGUAGES, Addresses, localised, relative
from pipelines.catalogue.preview import embedded
from pipelines.catalogue.site import Site
from pipelines.catalogue.wording import Wording
from pipelines.language import Language

MISSING = "404.html"  # what a host shows in the place of any page, at any depth


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates, compiled once a process."""
    environment = Environment(
        loader=PackageLoader("pipelines.catalogue"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["embedded"] = lambda document: Markup(embedded(document))
    environment.filters["spaced"] = lambda text, language: Wording(language).spaced(text)
    return environment


@lru_cache(maxsize=64)
def _template(name: str) -> Template:
    return templates().get_template(f"{name}.html.j2")


@dataclass(frozen=True)
class Place:
    """A page in one language: where it stands, and how it points at others."""

    path: str
    language: Language
    addresses: Addresses

    @property
    def own(self) -> str:
        return localised(self.path, self.language)

    @property
    def words(self) -> Wording:
        return Wording(self.language)

    def page(self, target: str) -> str:
        """A link to another page, in the same language."""
        return self.shared(localised(target, self.language))

    def shared(self, target: str) -> str:
        """A link to a file of the catalogue that both languages share."""
        return self.addresses.rooted(target) if self.path == MISSING else relative(target, self.own)

    def release(self, target: str) -> str:
        """A link to a file of the releases."""
        return relative(f"../releases/{target}", self.own)


Facts = Mapping[str, Any] | Callable[[Place], Mapping[str, Any]]


def add_page(site: Site, addresses: Addresses, template: str, path: str, facts: Facts) -> None:
    """Hold the page `path` in both languages; `facts` may depend on the language.

    Raises `jinja2.UndefinedError` when its template asks for more facts.
    """
    for language in LANGUAGES:
        place = Place(path, language, addresses)
        twin = localised(path, "en" if language == "fr" else "fr")
        told = facts(place) if callable(facts) else facts
        text = _template(template).render(
            **told,
            L=place.words.choose,
            words=place.words,
            language=language,
            twin=place.shared(twin),
            canonical=addresses.page(place.own),
            alternates={item: addresses.page(localised(path, item)) for item in LANGUAGES},
            page=place.page,
            shared=place.shared,
            release=place.release,
            addresses=addresses,
        )
        site.add(place.own, text)
