"""Errors that a person can act on: each class knows its code, its sentence in two languages, and who can fix it.

Belongs here: the base class, the list of responsible parties, the registry that the documentation is generated from.
Does not: the errors themselves; each module declares its own beside the code that raises them.

A message never carries a personal value: callers pass `value=` only for fields whose privacy class is `public`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from pipelines.core.text import Language, Said


class ResponsibleParty(StrEnum):
    """Who can fix an error; the value is what is written in the rejects files."""

    SOURCE = "source"
    MAPPING = "mapping"
    SCHEMA = "schema"
    OPERATOR = "operateur"


PARTIES: dict[ResponsibleParty, Said] = {
    ResponsibleParty.SOURCE: Said("le producteur de la source", "the publisher of the source"),
    ResponsibleParty.MAPPING: Said(
        "la personne qui gère le fichier de la source (sources/*.yaml)",
        "the person who maintains the source's file (sources/*.yaml)",
    ),
    ResponsibleParty.SCHEMA: Said(
        "la personne qui gère le schéma (schemas/)", "the person who maintains the schema (schemas/)"
    ),
    ResponsibleParty.OPERATOR: Said("la personne qui administre Arobase", "the operator of Arobase"),
}


class ArobaseError(Exception):
    """An error with a stable code, a sentence in French and English, and a responsible party.

    Subclasses set `code`, `responsible`, `fr`, `en`; `fr` and `en` are templates filled with the keyword arguments,
    which also stay readable as `error.facts`; a fact that is `Said` fills each template in its language. A template
    that names a missing fact raises at once.
    """

    code: ClassVar[str] = ""
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = ""
    en: ClassVar[str] = ""
    passes: ClassVar[bool] = False
    """Whether the fault may be gone at another try with nothing changed: a server that is away, a lock that is held."""
    registry: ClassVar[dict[str, type[ArobaseError]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.code:
            return
        known = ArobaseError.registry.setdefault(cls.code, cls)
        if known.__qualname__ != cls.__qualname__ or known.__module__ != cls.__module__:
            raise TypeError(f"two errors share the code {cls.code!r}: {known!r} and {cls!r}")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, language: Language) -> str:
        """The sentence for a person, in French or English."""
        template = self.fr if language == "fr" else self.en
        facts = {name: getattr(fact, language) if isinstance(fact, Said) else fact for name, fact in self.facts.items()}
        return template.format(**facts)

    def advice(self, language: Language) -> str:
        """Who can fix it, as a phrase."""
        return PARTIES[self.responsible][language]
