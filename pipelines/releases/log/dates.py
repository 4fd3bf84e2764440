"""The dates of the log's events: what the machine's clock said when each happened.

Belongs here: reading them, and noticing a clock that went back. Does not: the order of events, which the tree holds
whatever any clock says, nor times that an authority stamped (`times.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.releases.log.journal import Journal
from pipelines.releases.log.tiles import Tree

TOLERATED = timedelta(days=1)
"""Two machines of one project may differ by so much, and a clock that is set by hand too."""
LOOKED_BACK = 64


class LogClockBehind(ArobaseError):
    """The clock says a time before the last event of the log: what happens now would have a false date."""

    code: ClassVar[str] = "log-clock-behind"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "L'horloge de cette machine indique {found}, mais le dernier événement du journal est du {expected}. Remettez "
        "l'horloge à l'heure : la date d'un événement est publiée et ne se corrige plus. Si c'est cet événement "
        "qui a été daté par une horloge en avance, relancez avec AROBASE_CLOCK_IS_RIGHT=1."
    )
    en: ClassVar[str] = (
        "The clock of this machine says {found}, but the last event of the log is of {expected}. Set the clock: the "
        "date of an event is published, and cannot be corrected. If that event was dated by a clock that was ahead, "
        "run again with AROBASE_CLOCK_IS_RIGHT=1."
    )


def check_clock(releases: Path, now: datetime, *, is_right: bool = False) -> None:
    """Whether an event may be dated `now`. `is_right`: somebody says that the clock is.

    Raises `LogClockBehind`, `LogDamaged`, `NoteUnreadable`.
    """
    last = None if is_right else last_date(releases)
    if last is not None and now < last - TOLERATED:
        raise LogClockBehind(found=_written(now), expected=_written(last))


def last_date(releases: Path) -> datetime | None:
    """When the last dated event of the log happened, by the clock of its machine; none where none of the last
    `LOOKED_BACK` has a date. Raises `LogDamaged`, `NoteUnreadable`."""
    journal = Journal.read(releases)
    places = range(journal.size - 1, max(-1, journal.size - 1 - LOOKED_BACK), -1)
    dates = (date_of(journal.tree.entry(place)) for place in places)
    return next((date for date in dates if date is not None), None)


def dates_that_go_back(tree: Tree) -> Iterator[tuple[int, datetime, datetime]]:
    """The events that are dated before the one before them, by more than two machines may differ: (place in the log
    from 0, its date, the date before). Raises `LogDamaged`."""
    before: datetime | None = None
    for place, leaf in tree.entries(0):
        date = date_of(leaf)
        if date is not None and before is not None and date < before - TOLERATED:
            yield place, date, before
        before = date or before


def date_of(leaf: bytes) -> datetime | None:
    """The date of an event, none for one without."""
    try:
        event = json.loads(leaf)
        date = datetime.fromisoformat(str(event.get("at", ""))) if isinstance(event, dict) else None
    except (ValueError, RecursionError):
        return None
    return date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
