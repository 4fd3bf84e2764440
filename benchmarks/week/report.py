"""The week's report, in Markdown."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from importlib.metadata import version

from benchmarks.week.week import Week


def report(week: Week, sources: int, packages: int) -> str:
    """What was lived, what it cost day by day, and what was amiss."""
    asked: dict[tuple[str, str], list[float]] = defaultdict(list)
    for run in week.runs:
        asked[run.asked_by, run.job].append(run.seconds)
    validation = "Nothing was lost, doubled or stuck." if not week.amiss else "**Something is amiss:**"
    lines = [
        "# A week in minutes",
        "",
        f"{sources} sources, {packages} packages, {len(week.days)} days; {len(week.runs)} runs, {week.ticks} ticks and "
        f"{week.deliveries} deliveries in {week.seconds:.0f} s. Made by `python -m benchmarks.week --write`, "
        f"{machine()}.",
        "",
        validation,
        *(f"- {what}" for what in week.amiss),
        "",
        "| day | runs | failed | seconds | outputs (MB) | Dagster (MB) | memory (MB) | versions | alerts sent |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {day.number} | {day.runs} | {day.failed} | {day.seconds:.0f} | {day.disk / 1e6:.1f} | "
            f"{day.dagster / 1e6:.1f} | {day.memory / 1e6:.0f} | {day.versions} | {day.alerts} |"
            for day in week.days
        ),
        "",
        "| asked for by | job | runs | seconds a run |",
        "|---|---|---:|---:|",
        *(
            f"| `{name}` | `{job}` | {len(seconds)} | {sum(seconds) / len(seconds):.1f} |"
            for (name, job), seconds in sorted(asked.items())
        ),
        "",
        "What happened:",
        "",
        *(f"- {event}" for event in week.events),
        "",
        "Alerts sent: " + (", ".join(f"{kind} {count}" for kind, count in sorted(week.alerts.items())) or "none") + ".",
        "Open at the end: " + (", ".join(week.still_open) or "none") + ".",
        "",
    ]
    return "\n".join(lines)


def machine() -> str:
    """What the seconds depend on, in words."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("dagster", "pyarrow"))
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}"
