"""An alert: what happened, where, who can fix it, and where to look; worded in the language of those who read it.

Belongs here: the words. Does not: finding (`observing.py`), sending (`sending.py`). An alert carries no value of a
record: it repeats sentences of errors, which carry none of a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.alerts.settings import Kind
from pipelines.core.text import Language, Said

TITLES: dict[Kind, Said] = {
    "run-failed": Said("Échec", "Failure"),
    "release-refused": Said("Publication refusée", "Release refused"),
    "source-late": Said("Source en retard", "Late source"),
    "portal-drift": Said("Portail modifié", "Portal changed"),
    "quarantine": Said("Lignes en quarantaine", "Quarantined rows"),
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


@dataclass(frozen=True)
class Alert:
    """Something that somebody should know. `subject` is what it is about, the same as long as it lasts ("source
    palmares"); with `kind` it is the alert's key. `what` is a sentence, `where` a place, `who` a phrase."""

    kind: Kind
    subject: Said
    what: Said
    where: str
    who: Said
    code: str = ""
    links: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind} {self.subject.en}"

    def stored(self) -> dict[str, Any]:
        """As `outputs/alerts/state.json` keeps it."""
        return {
            "kind": self.kind,
            "subject": list(self.subject),
            "what": list(self.what),
            "where": self.where,
            "who": list(self.who),
            "code": self.code,
            "links": list(self.links),
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Alert:
        """The alert that `stored` gave."""
        return cls(
            kind=stored["kind"],
            subject=Said(*stored["subject"]),
            what=Said(*stored["what"]),
            where=stored["where"],
            who=Said(*stored["who"]),
            code=stored["code"],
            links=tuple(stored["links"]),
        )


@dataclass(frozen=True)
class Message:
    """An alert on its way to people: `state` is "open", "still" (told again) or "ended"; `since` (when it began) and
    `at` (when it is told) are instants of ISO 8601."""

    alert: Alert
    state: str
    since: str
    at: str
    links: tuple[str, ...] = field(default=())

    def title(self, language: Language) -> str:
        """One line: what kind of thing, about what."""
        head = TITLES[self.alert.kind] if self.state != "ended" else ENDED
        tail = getattr(self.alert.subject, language)
        kind = f" ({getattr(TITLES[self.alert.kind], language).lower()})" if self.state == "ended" else ""
        return f"{getattr(head, language)}{getattr(COLON, language)}{tail}{kind}"

    def lines(self, language: Language) -> list[tuple[str, str]]:
        """What is told, as (label, text)."""
        alert = self.alert
        code = f" [{alert.code}]" if alert.code else ""
        told = {
            "what": f"{getattr(alert.what, language)}{code}",
            "where": alert.where,
            "who": getattr(alert.who, language),
            "since": self.since,
        }
        if self.state == "ended":
            told = {"where": alert.where, "since": self.since}
        rows = [(getattr(LABELS[name], language), text) for name, text in told.items() if text]
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
            "subject": getattr(alert.subject, language),
            "what": getattr(alert.what, language),
            "where": alert.where,
            "who": getattr(alert.who, language),
            "code": alert.code,
            "since": self.since,
            "links": [*alert.links, *self.links],
        }
