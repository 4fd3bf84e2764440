"""How old a source's records are, against how often it says that it changes.

Belongs here: durations of ISO 8601 and the result. Does not: asking the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.sources.descriptions import Source
from pipelines.sources.snapshots import Capture

PERIOD = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
)
# A publisher is late when its cadence has passed by half: a yearly list that is out in its thirteenth month is not.
GRACE = 1.5


@dataclass(frozen=True)
class Freshness:
    """`age` since the records were obtained, `unchecked` since the source was last asked; None before the first time.

    `is_late` is about the last check, because a source that did not change is not late; a shipped file never is.
    """

    age: timedelta | None
    unchecked: timedelta | None
    allowed: timedelta | None
    is_late: bool


def duration(text: str) -> timedelta:
    """An ISO 8601 duration, years as 365.25 days and months as a twelfth of one. Raises `ValueError`."""
    found = PERIOD.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError(text)
    years, months, weeks, days, hours, minutes, seconds = (int(item or 0) for item in found.groups())
    in_days = years * 365.25 + months * 365.25 / 12 + weeks * 7 + days
    return timedelta(days=in_days, hours=hours, minutes=minutes, seconds=seconds)


def freshness(source: Source, capture: Capture | None, now: datetime) -> Freshness:
    """The age of a source's records at `now` (aware)."""
    allowed = duration(source.cadence) * GRACE if source.cadence else None
    if capture is None:
        return Freshness(None, None, allowed, is_late=allowed is not None)
    age = now - min(snapshot.obtained for snapshot in capture.parts)
    unchecked = now - capture.checked
    since_checked = unchecked if source.obtained is None else timedelta(0)
    return Freshness(age, unchecked, allowed, is_late=allowed is not None and since_checked > allowed)
