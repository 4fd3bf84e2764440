"""When a remote source is due, and when it is asked again because a run that asked it left nothing.

Dagster starts one run per key, ever: a source whose run failed has its last collection unchanged, and a key of that
alone would never be started again.
Belongs here: dates, keys and what the sensor remembers of them. Does not: the sensor (`triggers.py`), lateness
(`sources/freshness.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

AGAIN = timedelta(hours=1)
"""How long a source that gave nothing is left alone, unless its cadence is shorter."""
SKEW = timedelta(hours=1)
"""How far ahead another machine's clock may be. A date further ahead is that of a wrong clock, and says nothing."""


def is_within(now: datetime, moment: datetime, span: timedelta) -> bool:
    """Whether `moment` is less than `span` ago."""
    return -SKEW < now - moment < span


@dataclass(frozen=True)
class Asked:
    """The last run that was asked for, by source: after which collection, and when."""

    runs: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, cursor: str | None) -> Asked:
        """What a cursor remembers; nothing before the first look."""
        return cls({name: (last, at) for name, (last, at) in json.loads(cursor or "{}").items()})

    def cursor(self, names: Iterable[str]) -> str:
        """What is to be remembered of these sources."""
        return json.dumps({name: self.runs[name] for name in sorted(names) if name in self.runs})

    def key(self, name: str, last: str, now: datetime, cadence: timedelta) -> str | None:
        """The key of the run to ask for; None while the one that was asked for last is recent.

        `last`: when the source was last collected. Looking twice from one cursor gives one key.
        """
        if name not in self.runs or self.runs[name][0] != last:
            return f"{name}@{last}"
        _, at = self.runs[name]
        if is_within(now, datetime.fromisoformat(at), min(AGAIN, cadence)):
            return None
        return f"{name}@{last}, {at}"

    def note(self, name: str, last: str, now: datetime) -> None:
        """Remember a run that is asked for now."""
        self.runs[name] = (last, now.isoformat())
