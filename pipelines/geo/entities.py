"""What a place is, as far as resolving its name goes.

Belongs here: the shape of a place and of an EPCI. Does not: loading them (`gazetteer.py`), choosing (`resolution.py`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """A territory under one of the names that it has or had.

    `since` and `until` are ISO dates or None for "not known to begin or end"; `until` is the first day when the name or
    the commune was no more, and set for former communes only. `present` is the code of the territory of today that
    is in its place: its own code for what still exists. `population`: municipal, of the reference's own vintage; None
    where the reference has none.
    """

    code: str
    nature: str
    name: str
    key: str
    departements: tuple[str, ...]
    region: str | None
    present: str | None
    since: str | None = None
    until: str | None = None
    postal_codes: str = ""
    kind: str = ""
    population: int | None = None

    @property
    def departement(self) -> str | None:
        """The département; for an EPCI that straddles several, the one where most of its people live."""
        return self.departements[0] if self.departements else None

    def lives_on(self, day: str | None) -> bool:
        """Whether it had its name on that ISO date; today when no date is given."""
        if day is None:
            return self.until is None
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def rank(self, day: str | None) -> int:
        """How directly a name printed on that day points to it: 0 a commune or EPCI of the day, 3 one that was gone."""
        if self.nature in ("commune_deleguee", "commune_associee"):
            return 2
        if self.lives_on(day):
            return 0
        return 1 if self.until is None else 3
