"""The connector `datagouv`: resources, checksums, the tabular interface."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources import latest
from pipelines.sources.errors import CollectError
from pipelines.sources.http.errors import NotTheAnswer
from tests.sources.builders import NOON, a_project, collected
from tests.sources.portals import a_portal, a_resource, asking, one, rows
from tests.sources.server import Reply, Request, as_json, serving


def test_a_resource_comes_from_its_permanent_address_and_not_again_under_one_checksum(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": Reply(b"a,b\n1,2\n")}) as server:
        a_portal(server, a_resource(server.url), a_resource(server.url, "r2", format="pdf"))
        source = asking(project, server, "datagouv", parameters={"dataset": "d"})
        first = collected(project, source)
        second = collected(project, source, NOON)
    assert first.parts[0].fetch["resource"] == "r1"
    assert second.changed is False
    assert server.paths() == ["/api/1/datasets/d/", "/r/r1", "/api/1/datasets/d/"]


@pytest.mark.parametrize(
    ("checksum", "right"),
    [
        ({"type": "sha1", "value": "0" * 40}, False),
        ({"type": "sha256", "value": hashlib.sha256(b"a,b\n1,2\n").hexdigest()}, True),
        ({"type": "crc", "value": "12"}, True),
    ],
)
def test_another_checksum_than_the_declared_one_publishes_nothing(
    tmp_path: Path, checksum: dict[str, str], right: bool
) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": Reply(b"a,b\n1,2\n")}) as server:
        a_portal(server, a_resource(server.url, checksum=checksum))
        source = asking(project, server, "datagouv", parameters={"dataset": "d"})
        if right:
            assert collected(project, source).changed
            return
        with pytest.raises(NotTheAnswer, match="sha1"):
            collected(project, source)
    assert latest(project, source) is None


@pytest.mark.parametrize(
    ("routes", "more", "kind"),
    [
        ({"api/1/datasets/d/": as_json({"resources": []})}, {"parameters": {"dataset": "d"}}, CollectError),
        ({"api/1/datasets/d/": as_json({"resources": [{}]})}, {"parameters": {"dataset": "d"}}, NotTheAnswer),
        ({"api/1/datasets/d/": as_json([])}, {"parameters": {"dataset": "d"}}, NotTheAnswer),
        ({"api/1/datasets/d/": Reply(b"{")}, {"parameters": {"dataset": "d"}}, NotTheAnswer),
        ({}, {}, CollectError),
    ],
)
def test_a_dataset_of_another_shape_is_told(
    tmp_path: Path, routes: dict[str, Reply], more: dict[str, Any], kind: type[CollectError]
) -> None:
    project = a_project(tmp_path)
    with serving(**routes) as server, pytest.raises(kind):
        collected(project, asking(project, server, "datagouv", **more))


def test_the_tabular_interface_is_followed_page_by_page(tmp_path: Path) -> None:
    def page(request: Request) -> Reply:
        number, size = int(request.params["page"]), int(request.params["page_size"])
        data = [{"__id": index} for index in range((number - 1) * size + 1, min(120, number * size) + 1)]
        return as_json({"data": data, "links": {}, "meta": {"page": number, "page_size": size, "total": 120}})

    project = a_project(tmp_path)
    with serving(**{"api/resources/r1/data/": page}) as server:
        a_portal(server, a_resource(server.url))
        source = asking(
            project,
            server,
            "datagouv",
            parameters={"dataset": "d", "tabular": server.url},
            parts=one("jsonl", path="r1"),
        )
        capture = collected(project, source)
        server.routes["/api/resources/r1/data/"] = as_json({"data": []})
        with pytest.raises(NotTheAnswer):
            collected(project, source, NOON)
    assert [row["__id"] for row in rows(project, capture)] == list(range(1, 121))
    assert len(rows(project, capture)) == capture.parts[0].fetch["total"]


def test_a_resource_that_the_server_says_is_the_same_is_not_sent_again(tmp_path: Path) -> None:
    def conditional(request: Request) -> Reply:
        known = "if-none-match" in request.headers
        return Reply(b"", 304) if known else Reply(b"a,b\n1,2\n", headers={"ETag": '"1"'})

    project = a_project(tmp_path)
    with serving(**{"r/r1": conditional, "f": conditional}) as server:
        a_portal(server, a_resource(server.url, checksum=None))
        source = asking(project, server, "datagouv", parameters={"dataset": "d"})
        outcomes = [collected(project, source).changed for _ in range(2)]
        resource = {"id": "r1", "url": f"{server.url}/f"}
        server.routes["/api/3/action/resource_show"] = as_json({"success": True, "result": resource})
        other = asking(project, server, "ckan", name="autre", parameters={"resource": "r1"})
        outcomes += [collected(project, other).changed for _ in range(2)]
        form = asking(project, server, "framaforms", "/f", name="tiers")
        outcomes += [collected(project, form).changed for _ in range(2)]
    assert outcomes == [True, False] * 3
