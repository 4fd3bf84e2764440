"""Release: a package's next version, from its request, with what it takes to tell causes apart and to rebuild it.

Belongs here: when a package need not be released again, and calling `releases/`. Does not: the request (`requests.py`),
writing a version (`releases/publish.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from pipelines.core.project import Project
from pipelines.pipeline.clock import check_dating
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.kept_code import circumstances
from pipelines.pipeline.personal import all_kept, check_request, gate_key, inspection, passed
from pipelines.pipeline.rebuild import across, keep_ingredients
from pipelines.pipeline.results import fingerprint
from pipelines.privacy import PartId, Seen
from pipelines.releases import Outcome, Published, ReleaseRequest, Unchanged, publish
from pipelines.releases.bag import PROOF, TAGMANIFEST
from pipelines.releases.log.notes import is_key_name
from pipelines.releases.restored import is_recorded
from pipelines.releases.signature import SigningKey
from pipelines.releases.store import LATEST, UNDER_WAY, VERSIONS
from pipelines.storage import sha256_file, write_text

WAIT_SECONDS = 60.0
"""How long a release waits for another one of the same package, where nobody says otherwise."""


def origin_of(project: Project) -> str | None:
    """The name of a log when it begins: the address of the catalogue, without its scheme; none when it is unsaid."""
    from pipelines.catalogue import read_publisher_settings

    if not (project.root / "catalogue.yaml").is_file():
        return None
    address = read_publisher_settings(project).base_url.partition("://")[2].strip("/")
    return address if address and is_key_name(address) else None


def make_release(
    project: Project,
    request: ReleaseRequest,
    apart: Mapping[PartId, int],
    *,
    key: SigningKey | None,
    now: datetime,
    seen: Seen | None = None,
    wait_seconds: float = 0,
) -> Outcome:
    """Publish, or say that nothing changed, or why not. `now` dates the event in the log; the release knows no clock.

    `apart`: how many personal values were kept of each part of the sources that the request was made from. `seen`: what
    the gate found clean before. `wait_seconds`: how long to wait for another process that releases this package.
    Raises `LogClockBehind` when `now` is before the log's last event and there is something to date,
    `PersonalDataFound` when something personal was
    about to leave, `PersonalValuesGone` when that cannot be known, and what publishing raises.
    """
    seen = seen.for_another() if seen else Seen()
    request = check_request(project, request, apart, seen)
    keep_ingredients(project, request)
    causes = across(project, request.package.name)
    inspect = inspection(project, request, apart, seen)
    outcome = publish(
        request,
        project.releases,
        key=key,
        across=causes,
        now=now,
        check_dating=partial(check_dating, project, now),
        circumstances=circumstances(),
        origin=origin_of(project),
        needs_causes=True,
        knows_retracted=True,
        wait_seconds=wait_seconds,
        inspect=inspect,
    )
    if isinstance(outcome, Published | Unchanged):
        passed(project, request)
    return outcome


def release_of(
    graph: BuildGraph, package: str, *, key: SigningKey | None, now: datetime, wait_seconds: float = 0
) -> Outcome:
    """The package's next version, as `make_release` gives it; without making a byte of it when this code has already
    found that nothing differs from the version that is current, and nothing that this rests on has changed since.

    Raises what the package's tables and findings raise, and what `make_release` raises.
    """
    project, apart = graph.project, graph.apart(package)
    signer = key.fingerprint if key else "none"
    mark = fingerprint({"request": graph.release_mark(package), "gate": gate_key(project), "signer": signer})
    path = project.work / "release" / f"{package}.json"
    known = _current(project, package)
    if known is not None and all_kept(project, apart) and _remembered(path) == {"mark": mark, **known}:
        return Unchanged(package, known["version"], project.releases / package / known["version"])
    request, seen = graph.request(package), graph.seen
    outcome = make_release(project, request, apart, key=key, now=now, seen=seen, wait_seconds=wait_seconds)
    found = _current(project, package)
    if isinstance(outcome, Published | Unchanged) and found is not None and not _goes_without(project, found, package):
        write_text(path, json.dumps({"mark": mark, **found}))
    return outcome


def _current(project: Project, package: str) -> dict[str, str] | None:
    """The current version and the digests of what shows it; none when there is none, a run died while showing it, or
    ledger and log do not have it: then publishing says what is wrong."""
    folder = project.releases / package
    if (folder / UNDER_WAY).exists():
        return None
    try:
        version = str(json.loads((folder / LATEST).read_text(encoding="utf-8"))["version"])
        files = [folder / LATEST, folder / VERSIONS, folder / version / TAGMANIFEST, folder / version / PROOF]
        found = {"version": version, **{path.name: sha256_file(path) for path in files}}
        return found if is_recorded(project.releases, found[TAGMANIFEST]) else None
    except (OSError, ValueError, KeyError):
        return None


def _goes_without(project: Project, current: Mapping[str, str], package: str) -> bool:
    """Whether rows of the version were withheld: then the gate looks again each time, and says so."""
    descriptor = project.releases / package / current["version"] / "data" / "datapackage.json"
    return "withheld" in json.loads(descriptor.read_text(encoding="utf-8")).get("arobase", {})


def _remembered(path: Path) -> dict[str, str] | None:
    try:
        memory: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return memory
