"""Pages for people: each is a template filled for one language, with links that hold in a folder and on a host alike.

Belongs here: which pages there are, and what a template may call. Does not: what they show (`views.py`), their words
(which stand in the templates, in both languages).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.catalogue import wording
from pipelines.catalogue.addresses import LANGUAGES, Addresses, localised, relative
from pipelines.catalogue.site import Site


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates, compiled once a process."""
    return Environment(
        loader=PackageLoader("pipelines.catalogue"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def add_page(site: Site, addresses: Addresses, template: str, path: str, facts: Mapping[str, Any]) -> None:
    """Hold the page `path` in both languages. Raises `jinja2.UndefinedError` when its template asks for more facts."""
    found = templates().get_template(f"{template}.html.j2")
    for language in LANGUAGES:
        own = localised(path, language)
        words = wording.Wording(language)
        site.add(
            own,
            found.render(
                **facts,
                L=words.choose,
                words=words,
                language=language,
                own=own,
                twin=relative(localised(path, "en" if language == "fr" else "fr"), own),
                canonical=addresses.page(own),
                alternates={item: addresses.page(localised(path, item)) for item in LANGUAGES},
                page=lambda target, own=own, language=language: relative(localised(target, language), own),
                shared=lambda target, own=own: relative(target, own),
                release=lambda target, own=own: relative(f"../releases/{target}", own),
                addresses=addresses,
            ),
        )
