"""Release: a package's next version, from its request, with what it takes to tell causes apart and to rebuild it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipelines.core.project import Project
from pipelines.pipeline.personal import check_request, inspection, passed
from pipelines.pipeline.rebuild import across, keep_ingredients
from pipelines.privacy import PartId, Seen
from pipelines.releases import Outcome, Published, ReleaseRequest, Unchanged, publish
from pipelines.releases.signature import SigningKey


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
    outcome = publish(request, project.releases, key=key, across=causes, now=now, needs_causes=True, inspect=inspect)
    if isinstance(outcome, Published | Unchanged):
        passed(project, request)
    return outcome
