"""`arobase` on a machine whose clock says something else: `python -m tests.faults.at_time MOMENT [COMMAND…]`.

MOMENT is what the clock says at the start; `jumps` is a clock that goes back by forty days each time that it is read.
"""

from __future__ import annotations

import datetime as dates
import sys
import time
from itertools import count

# Compiled libraries look at the size of the class when they are imported: before it is replaced.
import frictionless  # noqa: F401
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet  # noqa: F401

MOMENT = sys.argv.pop(1)
JUMPS = "jumps"
_now, _time, _readings = dates.datetime.now, time.time, count()
_STILL = None if MOMENT == JUMPS else dates.datetime.fromisoformat(MOMENT).replace(tzinfo=dates.UTC) - _now(dates.UTC)


def shift() -> dates.timedelta:
    """How far the clock is from the true one."""
    return dates.timedelta(days=-40 * next(_readings)) if _STILL is None else _STILL


class Moved(dates.datetime):
    """The class `datetime` of a machine whose clock is wrong."""

    @classmethod
    def now(cls, tz: dates.tzinfo | None = None) -> Moved:
        found = _now(tz) + shift()
        return cls.fromisoformat(found.isoformat())


if __name__ == "__main__":
    assert "pipelines" not in sys.modules, "it would have the class of the true clock"
    dates.datetime = Moved  # type: ignore[misc] # before anything of ours is imported
    time.time = lambda: _time() + shift().total_seconds()
    from pipelines.cli import main

    main()
