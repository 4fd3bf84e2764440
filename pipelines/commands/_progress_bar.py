"""The bar that shows on a terminal how far a long check has come."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from pipelines.validation.outcome import Progress


@contextlib.contextmanager
def progress_bar(place: str) -> Iterator[Progress | None]:
    """A bar with rows a second and the time left, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[pace]}")]
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True, emoji=False), transient=True
    ) as bar:
        task = bar.add_task(place, total=1.0, pace="")

        def show(rows: int, fraction: float | None) -> None:
            elapsed = bar.tasks[0].elapsed or 0
            pace = f"{rows:,} · {rows / elapsed:,.0f}/s" if elapsed else f"{rows:,}"
            bar.update(task, completed=fraction or 0.0, total=None if fraction is None else 1.0, pace=pace)

        yield show
