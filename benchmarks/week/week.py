"""The week itself: what happens on which day, and what has to be true when it is over."""

from __future__ import annotations

import csv
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import dagster as dg

from benchmarks.week.clock import Clock, everywhere
from benchmarks.week.driving import Driven, Driver
from benchmarks.week.world import DOWN, WRONG_HEADER, World, build, serving
from pipelines.alerts.notifying import open_alerts
from pipelines.orchestration import retries as retries_module
from pipelines.releases.verify import verify

PARIS = ZoneInfo("Europe/Paris")
DELIVERED = 8
"""One local source in this many gets a delivery each afternoon."""


@dataclass
class Day:
    """What a day cost: runs, seconds of the machine, bytes on the disk, memory of the process at its end."""

    number: int
    runs: int
    failed: int
    seconds: float
    disk: int
    dagster: int
    memory: int
    versions: int
    alerts: int


@dataclass
class Week:
    """All of it. `amiss`: what should not be, in words; empty for a good week."""

    days: list[Day] = field(default_factory=list)
    runs: list[Driven] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)
    ticks: int = 0
    deliveries: int = 0
    alerts: Counter[str] = field(default_factory=Counter)
    still_open: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    seconds: float = 0.0


def live(
    folder: Path, *, sources: int, packages: int, days: int, seed: int, show: Callable[[str], object] = lambda _: None
) -> Week:
    """Live the days in a folder that is empty, and look at what is left."""
    week, clock, worlds = Week(), Clock(), list[World]()
    began = time.perf_counter()
    home = folder / "dagster"
    home.mkdir()
    retries = dg.RetryPolicy(max_retries=1, delay=0)  # waiting between two tries would be the week's time
    with serving(worlds) as url, mock.patch.dict(os.environ, {"WEEK_HOOK": f"{url}/alerts"}):
        world = build(folder / "project", sources=sources, packages=packages, seed=seed, url=url)
        worlds.append(world)
        with (
            mock.patch.object(retries_module, "RETRIES", retries),
            dg.DagsterInstance.local_temp(str(home)) as instance,
            everywhere(clock),
        ):
            driver = Driver(world.project, instance, clock, home)
            monday = _next_monday(clock.now(PARIS))
            for number in range(days):
                _day(week, world, driver, monday + timedelta(days=number), number)
                show(_line(week.days[-1]))
            _look(week, world, driver)
    week.runs, week.ticks, week.deliveries = driver.runs, driver.ticks, world.deliveries
    week.alerts = Counter(f"{alert['kind']} ({alert['state']})" for alert in world.alerts)
    week.seconds = time.perf_counter() - began
    return week


def _next_monday(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - midnight.weekday())


def _day(week: Week, world: World, driver: Driver, midnight: datetime, number: int) -> None:
    """The day's moments, in order: retention, the schedule, the morning, deliveries, the evening."""
    began, before, alerts = time.perf_counter(), len(driver.runs), len(world.alerts)

    def at(hour: int, minute: int = 0) -> None:
        driver.clock.jump_to(midnight + timedelta(hours=hour, minutes=minute))

    at(4)
    driver.schedule("conservation_chaque_jour")
    if number % 7 == 6:
        driver.schedule("chaque_semaine")
    at(5)
    _night(week, world, number)
    at(5, 30)
    driver.schedule("chaque_jour")
    at(9)
    driver.sensors()
    at(14)
    _afternoon(week, world, number)
    driver.sensors()
    at(15)
    driver.sensors()
    at(20)
    _evening(week, world, number)
    driver.sensors()
    runs = driver.runs[before:]
    week.days.append(
        Day(
            number + 1,
            len(runs),
            sum(not run.succeeded for run in runs),
            time.perf_counter() - began,
            size_of(world.project.outputs),
            size_of(driver.home),
            _memory(),
            len(list(world.project.releases.glob("*/[0-9]*"))),
            len(world.alerts) - alerts,
        )
    )


def _night(week: Week, world: World, number: int) -> None:
    """What changed at the publishers since the day before, and their servers' faults."""
    first, second, third = (world.remote * 3)[:3]
    if number == 1:
        _happens(week, number, f"the server of {first} is down until day 4")
        world.break_(first, DOWN)
    if number == 2 and second != first:
        _happens(week, number, f"{second} has another header until day 4")
        world.break_(second, WRONG_HEADER)
    if number == 2 and third not in (first, second):
        _happens(week, number, f"the server of {third} is down for good: late")
        world.break_(third, DOWN)
    if number == 3:
        for name in {first, second}:
            world.fix(name)
    for name in world.remote:
        if world.random.random() < 0.5:
            world.change(name)


def _afternoon(week: Week, world: World, number: int) -> None:
    """Deliveries; one of them wrong on the third day, and right on the next."""
    delivered = [name for place, name in enumerate(world.local) if place % DELIVERED == number % DELIVERED]
    for name in delivered or world.local[:1]:
        world.deliver(name)
    wrong = world.local[-1]
    if number == 2:
        _happens(week, number, f"a delivery of {wrong} has another header, until day 4")
        world.deliver(wrong, wrong=True)
    if number == 3:
        world.deliver(wrong)
    if number == 4:
        broken = world.local[0]
        _happens(week, number, f"sources/{broken}.yaml is broken from 14:00 to 20:00")
        path = world.project.sources / f"{broken}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("connector:", "connecteur:"), encoding="utf-8")
    if number == 5:
        _happens(week, number, f"a new source: {world.add()}")


def _evening(_week: Week, world: World, number: int) -> None:
    if number == 4:
        path = world.project.sources / f"{world.local[0]}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("connecteur:", "connector:"), encoding="utf-8")


def _happens(week: Week, number: int, what: str) -> None:
    week.events.append(f"day {number + 1}: {what}")


def _look(week: Week, world: World, driver: Driver) -> None:
    """Nothing lost, doubled or stuck."""
    _last_run(driver)
    for package, lines in sorted(world.expected().items()):
        published = _published(world.project.releases / package)
        lost, more = lines - published, published - lines
        if lost or more:
            week.amiss.append(f"{package}: {len(lost)} rows lost, {len(more)} that should not be there")
        week.amiss += _doubled(world.project.releases / package)
    found = verify(world.project.releases)
    week.amiss += [flaw.message("en") for flaw in found.flaws]
    waiting = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING]
    stuck = driver.instance.get_runs(dg.RunsFilter(statuses=waiting))
    week.amiss += [f"run {run.run_id} never ended" for run in stuck]
    week.still_open = sorted(open_alerts(world.project))
    due = {f"{kind} source {name}" for name in world.faults for kind in ("source-late", "run-failed")}
    week.amiss += [f"alert still open: {key}" for key in week.still_open if key not in due]
    left = [path for path in world.project.outputs.rglob("*.lock") if path.stat().st_size > 1_000_000]
    week.amiss += [f"a lock file has grown: {path.name}" for path in left]


def _last_run(driver: Driver) -> None:
    """The next morning's: what the last evening brought is published then."""
    driver.clock.jump_to(driver.clock.now() + timedelta(hours=10))
    driver.schedule("chaque_jour")
    driver.sensors()


def _published(package: Path) -> set[str]:
    """The lines of the current version's table."""
    versions = sorted(package.glob("[0-9]*"), key=lambda path: [int(part) for part in path.name.split(".")])
    if not versions:
        return set()
    with (versions[-1] / "data" / "lignes.csv").open(encoding="utf-8", newline="") as file:
        return {f"{row['id']},{row['valeur']}" for row in csv.DictReader(file)}


def _doubled(package: Path) -> list[str]:
    """Versions that follow one another and contain the same table, the same findings and the same rejects."""
    versions = sorted(package.glob("[0-9]*"), key=lambda path: [int(part) for part in path.name.split(".")])
    texts = [
        tuple((path / "data" / name).read_bytes() for name in ("lignes.csv", "qualite/rejets.csv")) for path in versions
    ]
    return [
        f"{package.name}: {second.name} repeats {first.name}"
        for first, second, before, after in zip(versions, versions[1:], texts, texts[1:], strict=False)
        if before == after
    ]


def size_of(folder: Path) -> int:
    """Bytes of the files of a folder, each counted once however many names it has."""
    inodes = {(status.st_dev, status.st_ino): status.st_size for status in _statuses(folder)}
    return sum(inodes.values())


def _statuses(folder: Path) -> list[os.stat_result]:
    return [path.lstat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _memory() -> int:
    """Bytes that the process holds now (Linux); 0 elsewhere."""
    path = Path("/proc/self/statm")
    return int(path.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if path.exists() else 0


def _line(day: Day) -> str:
    return (
        f"day {day.number}: {day.runs} runs ({day.failed} failed), {day.seconds:.0f} s, "
        f"{day.disk / 1e6:.1f} MB of outputs, {day.memory / 1e6:.0f} MB of memory, {day.versions} versions"
    )
