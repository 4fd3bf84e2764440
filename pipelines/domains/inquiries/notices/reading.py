"""What reading one fact of a notice gives: a value, or the reason why there is none.

Belongs here: the shape of the answers. Does not: finding them (the other modules of this folder).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How sure a reading is."""

    READ = "lu"
    AMBIGUOUS = "ambigu"
    CONTRADICTION = "contradiction"
    UNREAD = "non_lu"


@dataclass(frozen=True)
class Fact:
    """One fact of a notice, as canonical text.

    `value` is None when the text does not settle it; `candidates` are then the values that it allows. A contradiction
    keeps the value as it is printed (a wrong weekday, a duration that the dates deny) and says in `against` what denies
    it; where nothing says which of two printed things is right, it has no value.
    """

    value: str | None
    status: Status
    candidates: tuple[str, ...] = ()
    against: str | None = None


NOT_READ = Fact(None, Status.UNREAD)


def read(value: str) -> Fact:
    """A fact that the text settles."""
    return Fact(value, Status.READ)


def ambiguous(*candidates: str) -> Fact:
    """A fact that the text leaves open between `candidates`."""
    return Fact(None, Status.AMBIGUOUS, candidates)


def contradicted(value: str | None, against: str, *candidates: str) -> Fact:
    """A fact that something else in the text denies."""
    return Fact(value, Status.CONTRADICTION, candidates, against)


@dataclass(frozen=True)
class Session:
    """One session as printed: a day, and hours when they are printed."""

    day: Fact
    start: Fact
    end: Fact


@dataclass(frozen=True)
class Notice:
    """What a notice says. Dates are YYYY-MM-DD, hours HH:MM in the local time of the seat, durations whole days.

    `called_off`: what became of an inquiry that does not take place as announced ("annulée").
    """

    order_number: Fact = NOT_READ
    order_date: Fact = NOT_READ
    opening_date: Fact = NOT_READ
    opening_hour: Fact = NOT_READ
    closing_date: Fact = NOT_READ
    closing_hour: Fact = NOT_READ
    initial_closing_date: Fact = NOT_READ
    duration: Fact = NOT_READ
    called_off: Fact = NOT_READ
    sessions: tuple[Session, ...] = ()
