"""Pages for people: each is a template filled for one language, with links that work in a folder and on a host alike.

Belongs here: filling a template. Does not: which pages there are (`html.py`); their words, which are in the templates
in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from pipelines.catalogue.addresses import LANGUAGES, Addresses, localised, relative
from pipelines.catalogue.compiled import Compiled
from pipelines.catalogue.preview import embedded
from pipelines.catalogue.sentences import reason, worded
from pipelines.catalogue.site import Site
from pipelines.catalogue.wording import Wording, first_sentence
from pipelines.core.text import Language

APART = (">\n<", ">\n\n<")
"""Elements on two lines are two paragraphs. The privacy gate reads two lines of a paragraph as one text, in case a
number was cut between them; none is between two elements, and the gate has half as much to read."""
MISSING = "404.html"  # what a host shows in the place of any page, at any depth


class Chosen(Extension):
    """`L('…', '…')` with two texts is one text as soon as a template is compiled for a language.

    Pages are made of hundreds of such sentences: chosen each time, they cost half of the time that pages take.
    """

    CALL = ("name", "lparen", "string", "comma", "string", "rparen")

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens, each such call replaced by its text."""
        words: Wording = self.environment.words  # type: ignore[attr-defined]  # said by `extend`
        tokens = list(stream)
        place = 0
        while place < len(tokens):
            call = tokens[place : place + len(self.CALL)]
            if call[0].value == "L" and tuple(item.type for item in call) == self.CALL:
                yield Token(call[0].lineno, "string", words.choose(str(call[2].value), str(call[4].value)))
                place += len(self.CALL)
            else:
                yield call[0]
                place += 1


def spaced(text: str, language: Language) -> str:
    """A text as its language is printed; what a macro wrote is marked-up already, and stays so."""
    words = Wording(language)
    return Markup(words.spaced(str(text).replace("&#39;", "'"))) if isinstance(text, Markup) else words.spaced(text)


@cache
def templates(language: Language) -> Environment:
    """The templates of a language, compiled once a process."""
    environment = Environment(
        loader=PackageLoader("pipelines.catalogue"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=Compiled(language),
    )
    environment.extend(words=Wording(language))
    environment.add_extension(Chosen)
    environment.filters["embedded"] = lambda document: Markup(embedded(document))
    environment.filters["spaced"] = spaced
    environment.filters["sentence"] = first_sentence
    environment.filters["worded"] = worded
    environment.filters["reason"] = reason
    return environment


@cache
def _template(name: str, language: Language) -> Template:
    return templates(language).get_template(f"{name}.html.j2")


@dataclass(frozen=True)
class Place:
    """A page in one language: where it is, and how it points at others."""

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
        translation = localised(path, "en" if language == "fr" else "fr")
        values = facts(place) if callable(facts) else facts
        text = _template(template, language).render(
            **values,
            L=place.words.choose,
            words=place.words,
            language=language,
            translation=place.shared(translation),
            canonical=addresses.page(place.own),
            alternates={item: addresses.page(localised(path, item)) for item in LANGUAGES},
            page=place.page,
            shared=place.shared,
            release=place.release,
            addresses=addresses,
        )
        site.add(place.own, text.replace(*APART))
