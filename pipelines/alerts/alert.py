"""An alert: what happened, where, who can fix it, and where to look; worded in the language of those who read it.

Belongs here: the words. Does not: finding (`observing.py`), sending (`sending.py`). An alert carries no value of a
record: it repeats sentences of errors, which carry none of a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from pipelines.alerts.settings import Kind
from pipelines.core.text import Language, Said

TITLES: dict[Kind, Said] = {
    "run-failed": Said("Échec", "Failure"),
    "release-refused": Said("Publication bloquée", "Release blocked"),
    "source-late": Said("Source en retard", "Late source"),
    "portal-drift": Said("Portail modifié", "Portal changed"),
    "quarantine": Said("Lignes bloquées (quarantaine)", "Quarantined rows"),
}
ENDED = Said("Rétabli", "Recovered")
LABELS: dict[str, Said] = {
    "what": Said("Quoi", "What"),
    "where": Said("Où", "Where"),
    "who": Said("À corriger par", "To be fixed by"),
    "since": Said("Depuis", "Since"),
    "look": Said("Voir", "See"),
}
COLON = Said(" : ", ": ")


class About(StrEnum):
    """What kind of thing an alert is about: a source and a package may have one name, and are two things."""

    SOURCE = "source"
    TABLE = "table"
    PACKAGE = "package"
    CATALOGUE = "catalogue"
    PORTAL = "portal"
    JOB = "job"
    TRY = "try"


_ABOUT: dict[About, Said] = {
    About.SOURCE: Said("source", "source"),
    About.TABLE: Said("table", "table"),
    About.PACKAGE: Said("jeu de données", "package"),
    About.PORTAL: Said("portail", "portal"),
    About.JOB: Said("exécution", "job"),
    About.TRY: Said("essai", "try"),
}


class Subject(NamedTuple):
    """What an alert is about, the same as long as it lasts: a source, `package/table`, a package, the catalogue, a
    portal with a package, a job of Dagster."""

    about: About
    name: str

    @property
    def key(self) -> str:
        return f"{self.about} {self.name}"

    @property
    def label(self) -> Said:
        """As people read it: "source villes", "catalogue"."""
        kind = _ABOUT.get(self.about)
        if kind is None:
            return Said(self.name, self.name)
        return Said(f"{kind.fr} {self.name}".strip(), f"{kind.en} {self.name}".strip())


THE_CATALOGUE = Subject(About.CATALOGUE, "catalogue")


@dataclass(frozen=True)
class Alert:
    """Something that somebody should know: `kind` and `subject` are its key. `what` is a sentence, `where` a place,
    `who` a phrase."""

    kind: Kind
    subject: Subject
    what: Said
    where: str
    who: Said
    code: str = ""
    links: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind} {self.subject.key}"

    def stored(self) -> dict[str, Any]:
        """As `outputs/alerts/state.json` keeps it."""
        return {
            "kind": self.kind,
            "about": self.subject.about,
            "name": self.subject.name,
            "what": [self.what.fr, self.what.en],
            "where": self.where,
            "who": [self.who.fr, self.who.en],
            "code": self.code,
            "links": list(self.links),
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Alert:
        """The alert that `stored` gave. Raises `KeyError`, `ValueError` for what is none."""
        return cls(
            kind=stored["kind"],
            subject=Subject(About(stored["about"]), stored["name"]),
            what=Said(*stored["what"]),
            where=stored["where"],
            who=Said(*stored["who"]),
            code=stored["code"],
            links=tuple(stored["links"]),
        )


@dataclass(frozen=True)
class Message:
    """An alert on its way to people: `state` is "open", "still" (sent again) or "ended"; `since` (when it began) and
    `at` (when it is sent) are instants of ISO 8601."""

    alert: Alert
    state: str
    since: str
    at: str
    links: tuple[str, ...] = field(default=())

    def title(self, language: Language) -> str:
        """One line: what kind of thing, about what."""
        head = TITLES[self.alert.kind] if self.state != "ended" else ENDED
        tail = getattr(self.alert.subject.label, language)
        kind = f" ({getattr(TITLES[self.alert.kind], language).lower()})" if self.state == "ended" else ""
        return f"{getattr(head, language)}{getattr(COLON, language)}{tail}{kind}"

    def lines(self, language: Language) -> list[tuple[str, str]]:
        """What a message says, as (label, text)."""
        alert = self.alert
        code = f" [{alert.code}]" if alert.code else ""
        texts = {
            "what": f"{getattr(alert.what, language)}{code}",
            "where": alert.where,
            "who": getattr(alert.who, language),
            "since": self.since,
        }
        if self.state == "ended":
            texts = {"where": alert.where, "since": self.since}
        rows = [(getattr(LABELS[name], language), text) for name, text in texts.items() if text]
        return rows + [(getattr(LABELS["look"], language), link) for link in (*alert.links, *self.links)]

    def text(self, language: Language) -> str:
        """As plain text."""
        colon = getattr(COLON, language)
        return "\n".join([self.title(language), "", *(f"{label}{colon}{text}" for label, text in self.lines(language))])

    def document(self, language: Language) -> dict[str, Any]:
        """As a machine reads it."""
        alert = self.alert
        return {
            "title": self.title(language),
            "state": self.state,
            "kind": alert.kind,
            "about": alert.subject.about,
            "subject": alert.subject.name,
            "what": getattr(alert.what, language),
            "where": alert.where,
            "who": getattr(alert.who, language),
            "code": alert.code,
            "since": self.since,
            "links": [*alert.links, *self.links],
        }
