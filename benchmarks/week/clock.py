"""A clock that jumps: what a week of schedules and sensors sees, while their work takes the time that it takes.

Everything that asks for the time gets the machine's, later by what was jumped: Dagster's storage and its logs, and the
sensors and assets of the project. Nothing sleeps.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any
from unittest import mock

_REAL = time.time


class Clock:
    """The machine's clock, later by `ahead` seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return _REAL() + self.ahead

    def now(self, zone: tzinfo | None = UTC) -> datetime:
        return datetime.fromtimestamp(self.time(), zone)

    def jump_to(self, moment: datetime) -> None:
        """Be at a moment that has not passed yet; one that has, since work took longer, leaves the clock as it is."""
        self.ahead = max(self.ahead, moment.timestamp() - _REAL())


@contextmanager
def everywhere(clock: Clock) -> Iterator[None]:
    """Let Dagster and the modules that the project shows it read this clock."""

    class Datetimes(type(datetime)):  # type: ignore[misc]  # the class of a class
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, datetime)

    class Simulated(datetime, metaclass=Datetimes):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain moment
            return clock.now(tz)

    modules = [module for name, module in sys.modules.items() if name.startswith("pipelines.orchestration")]
    with mock.patch("time.time", clock.time), mock.patch("dagster._time._mockable_get_current_datetime", clock.now):
        patches = [mock.patch.object(module, "datetime", Simulated) for module in modules if _has_datetime(module)]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()


def _has_datetime(module: Any) -> bool:
    return getattr(module, "datetime", None) is datetime
