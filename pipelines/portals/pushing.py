"""Push: look, name the differences, remove them, look again.

Belongs here: the order of a push, whatever the portal's software. Does not: any request (`ckan.py`, `datagouv.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from pipelines.core.project import Project
from pipelines.core.text import Said, counted
from pipelines.portals.ckan import Ckan
from pipelines.portals.client import PortalClient
from pipelines.portals.comparison import Difference, Found, State, differences, shown
from pipelines.portals.datagouv import Datagouv
from pipelines.portals.descriptions import Portal
from pipelines.portals.errors import NewerThere, NotAsPushed
from pipelines.portals.publications import Publication, make_publication
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.store import ReleaseStore, package_folders
from pipelines.storage import lock

FOLDER = "portals"


class Dialect(Protocol):
    """One software of portals. `wanted` is pure; `read` only reads; `write` removes the differences named."""

    def wanted(self, publication: Publication) -> State: ...

    def read(self, publication: Publication, wanted: State) -> Found | None: ...

    def write(
        self, publication: Publication, found: Found | None, wanted: State, changes: Sequence[Difference]
    ) -> None: ...


class Done(StrEnum):
    """How a push ended."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


# The header that carries the token, and who speaks with the portal.
DIALECTS: Mapping[str, tuple[str, Callable[[PortalClient], Dialect]]] = {
    "ckan": ("Authorization", Ckan),
    "datagouv": ("X-API-KEY", Datagouv),
}


@dataclass(frozen=True)
class Look:
    """What was found on a portal: `there` is the version it contains, empty when it contains none."""

    portal: Portal
    publication: Publication
    found: Found | None
    wanted: State = field(repr=False)
    differences: tuple[Difference, ...]

    @property
    def there(self) -> str:
        return self.found.version if self.found is not None else ""

    @property
    def is_newer_there(self) -> bool:
        return self.publication.is_older_than(self.there)


@dataclass(frozen=True)
class Outcome:
    """A push that ended well: the portal was read back and contains the version. `page` is the dataset's on the
    portal."""

    portal: str
    package: str
    version: str
    done: Done
    page: str
    differences: tuple[Difference, ...]
    quality: Mapping[str, Any]


def portal_folder(project: Project, portal: Portal) -> Path:
    """Where the log and the locks of a portal are."""
    return project.outputs / FOLDER / portal.name


def released(project: Project) -> dict[str, str]:
    """The current version of every package that a push takes by itself, by package, in alphabetical order.

    A package of made-up data is left out: it goes to a portal only when somebody names it. Raises `LedgerBroken`.
    """
    stores = (ReleaseStore.read(project.releases, folder.name) for folder in package_folders(project.releases))
    return {store.package: store.current for store in stores if store.current is not None and not _is_example(store)}


def _is_example(store: ReleaseStore) -> bool:
    try:
        return bool(read_descriptor(store.path() / "data").get("example"))
    except ReleaseDamaged:
        return False  # reported when that package is pushed, so that the others are pushed all the same


def look(
    project: Project,
    portal: Portal,
    package: str,
    *,
    environment: Mapping[str, str],
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> Look:
    """Compare the current version of a package with what the portal contains; writes nothing there.

    Raises a `PortalError`, and what reading the release raises.
    """
    return _look(_dialect(project, portal, environment, now, sleep), portal, make_publication(project, portal, package))


def push(
    project: Project,
    portal: Portal,
    package: str,
    *,
    environment: Mapping[str, str],
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Make the portal contain the current version of a package; one that does already is not written to.

    Raises `NewerThere`, `ChangedMeanwhile`, `NotAsPushed` or another `PortalError`; `Busy` when another process pushes
    the same package there; and what reading the release raises.
    """
    dialect = _dialect(project, portal, environment, now, sleep)
    with lock(portal_folder(project, portal) / f"{package}.lock"):
        seen = _look(dialect, portal, make_publication(project, portal, package))
        if seen.is_newer_there:
            raise NewerThere(portal=portal.name, package=package, there=seen.there, version=seen.publication.version)
        if not seen.differences:
            return _outcome(seen, Done.UNCHANGED, ())
        dialect.write(seen.publication, seen.found, seen.wanted, seen.differences)
        after = _look(dialect, portal, seen.publication)
    if after.differences:
        first = after.differences[0]
        raise NotAsPushed(
            portal=portal.name,
            package=package,
            version=seen.publication.version,
            count=counted(len(after.differences), Said("point", "place"), Said("points", "places")),
            place=first.where,
            found=shown(first.there),
            expected=shown(first.wanted),
        )
    return _outcome(after, Done.CREATED if seen.found is None else Done.UPDATED, seen.differences)


def _outcome(seen: Look, done: Done, changes: tuple[Difference, ...]) -> Outcome:
    assert seen.found is not None, "nothing differs from what is not there"
    found = seen.found
    return Outcome(
        seen.portal.name, seen.publication.package, seen.publication.version, done, found.page, changes, found.quality
    )


def _look(dialect: Dialect, portal: Portal, publication: Publication) -> Look:
    wanted = dialect.wanted(publication)
    found = dialect.read(publication, wanted)
    if found is not None:  # what people keep there is theirs, once the dataset is made
        wanted = replace(
            wanted, dataset={key: value for key, value in wanted.dataset.items() if key not in portal.keep}
        )
    return Look(portal, publication, found, wanted, differences(found, wanted))


def _dialect(
    project: Project,
    portal: Portal,
    environment: Mapping[str, str],
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Dialect:
    header, software = DIALECTS[portal.software]
    log = portal_folder(project, portal) / "log.jsonl"
    client = PortalClient(portal, header, portal.secret(environment), log, now, sleep)
    return software(client)
