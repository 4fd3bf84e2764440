"""The machine's clock, before anything that it dates or decides: an event of the log, a deletion for ever.

Belongs here: whether the clock can be right, by what this project has done already. Does not: reading the clock, which
front doors do; the clock of a collection (`sources/collecting.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.settings import CLOCK_IS_RIGHT, is_set
from pipelines.releases.log.dates import check_clock, last_date
from pipelines.sources import SnapshotStore

SILENCE = timedelta(days=366)
"""So long without a collection or an event, and the clock is asked about before anything goes for ever."""


class ClockAhead(ArobaseError):
    """The clock says a time more than a year after anything that the project did: a deletion by date would take all."""

    code: ClassVar[str] = "clock-ahead"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "L'horloge de cette machine indique {found}, plus d'un an après la dernière collecte ou le dernier événement "
        "({expected}) : rien n'est supprimé. Vérifiez l'horloge. Si elle est juste, relancez avec "
        "AROBASE_CLOCK_IS_RIGHT=1."
    )
    en: ClassVar[str] = (
        "The clock of this machine says {found}, more than a year after the last collection or event ({expected}): "
        "nothing is deleted. Check the clock. If it is right, run again with AROBASE_CLOCK_IS_RIGHT=1."
    )


def check_dating(project: Project, now: datetime) -> None:
    """Whether an event of the log may be dated `now`. Raises `LogClockBehind`, `LogDamaged`, `NoteUnreadable`."""
    check_clock(project.releases, now, is_right=is_set(CLOCK_IS_RIGHT))


def check_expiring(project: Project, now: datetime) -> None:
    """Whether what is kept beyond its time can be decided by `now`.

    Raises `ClockAhead`, and what `check_dating` raises."""
    check_dating(project, now)
    if is_set(CLOCK_IS_RIGHT):
        return
    last = max(_known_dates(project), default=None)
    if last is not None and now > last + SILENCE:
        raise ClockAhead(found=f"{now.astimezone(UTC):%Y-%m-%d}", expected=f"{last.astimezone(UTC):%Y-%m-%d}")


def _known_dates(project: Project) -> list[datetime]:
    """When the log's last event happened, and when each source was last asked."""
    store = SnapshotStore.of(project)
    names = sorted(path.stem for path in (store.folder / "log").glob("*.jsonl"))
    checked = [capture.checked for name in names if (capture := store.latest(name)) is not None]
    last = last_date(project.releases)
    return [*checked, last] if last is not None else checked
