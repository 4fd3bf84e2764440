"""What a push makes of answers that are not CKAN's."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.portals.errors import PortalAnswerWrong
from tests.portals.builders import Renew, a_portal, pushed
from tests.portals.fake_ckan import TOKEN
from tests.portals.server import Asked, Served, Told


def test_an_answer_of_another_software_is_told(project: Project, ckan: Served) -> None:
    ckan.before = lambda asked: Told(200, {"hello": "world"})
    with pytest.raises(PortalAnswerWrong, match="CKAN"):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a document where the value at a path is another, or gone when `value` is `...`."""
    copied = copy.deepcopy(document)
    *ahead, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    inner: Any = copied
    for step in ahead:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return copied


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("package_show/id", ...),
        ("package_show/name", None),
        ("package_show/metadata_modified", 3),
        ("package_show/resources", None),
        ("package_show/resources/0", "a"),
        ("package_show/resources/0/id", ...),
        ("package_show/resources/0/size", "9 Ko"),
        ("package_show/resources/0/arobase_key", ["prix/csv"]),
        ("package_show/extras", {"arobase_package": "prix"}),
        ("package_show/tags", ["prix"]),
        ("package_show/organization", "mairie"),
        ("datastore_search/total", ...),
        ("datastore_search/total", "12"),
        ("datastore_search/fields", None),
        ("datastore_search/fields/1/id", 1),
        ("datastore_search/fields/1/info", "nom"),
    ],
)
def test_an_answer_of_another_shape_is_told_and_changes_nothing(
    project: Project, ckan: Served, renew: Renew, place: str, value: Any
) -> None:
    action, place = place.split("/", maxsplit=1)
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    renew()
    before = copy.deepcopy(ckan.portal.datasets)

    def wrong(asked: Asked) -> Told | None:
        if not asked.path.endswith(action):
            return None
        right = getattr(ckan.portal, action)(asked.document).document
        return Told(200, {**right, "result": changed(right["result"], place, value)})

    ckan.before = wrong
    with pytest.raises(PortalAnswerWrong, match="another shape") as caught:
        pushed(project, portal, TOKEN)
    assert action in caught.value.message("en")
    assert ckan.portal.datasets == before


@pytest.mark.parametrize("result", [None, [], "prix"])
def test_a_result_that_is_no_object_is_told(project: Project, ckan: Served, result: Any) -> None:
    ckan.before = lambda asked: Told(200, {"success": True, "result": result})
    with pytest.raises(PortalAnswerWrong, match="another shape"):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
