"""Release: a package's next version, from its request, with what it takes to tell causes apart and to rebuild it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipelines.core.project import Project
from pipelines.pipeline.kept_code import circumstances
from pipelines.pipeline.personal import check_request, inspection, passed
from pipelines.pipeline.rebuild import across, keep_ingredients
from pipelines.privacy import PartId, Seen
from pipelines.releases import Outcome, Published, ReleaseRequest, Unchanged, publish
from pipelines.releases.log.notes import is_key_name
from pipelines.releases.signature import SigningKey


def origin_of(project: Project) -> str | None:
    """The name of a log when it begins: the address of the catalogue, without its scheme; none when it is unsaid."""
    from pipelines.catalogue import read_house

    if not (project.root / "catalogue.yaml").is_file():
        return None
    address = read_house(project).base_url.partition("://")[2].strip("/")
    return address if address and is_key_name(address) else None


def make_release(
    project: Project, request: ReleaseRequest, apart: Mapping[PartId, int], *, key: SigningKey | None, now: datetime
) -> Outcome:
    """Publish, or say that nothing changed, or why not. `now` dates the event in the log; the release knows no clock.

    `apart`: how many personal values were kept of each part of the sources that the request was made from.
    Raises `PersonalDataFound` when something personal was about to leave, `PersonalValuesGone` when that cannot be
    known, and what publishing raises.
    """
    seen = Seen()
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
        circumstances=circumstances(),
        origin=origin_of(project),
        needs_causes=True,
        inspect=inspect,
    )
    if isinstance(outcome, Published | Unchanged):
        passed(project, request)
    return outcome
