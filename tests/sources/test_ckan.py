"""The connector `ckan`: resources, and the DataStore in pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.errors import CollectError
from pipelines.sources.http.errors import NotTheAnswer
from tests.sources.builders import NOON, a_project, collected, kept_bytes
from tests.sources.portals import SHA1, asking, one, rows
from tests.sources.server import Reply, Request, as_json, serving


def test_a_resource_of_ckan_comes_with_its_hash_compared(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(f=Reply(b"a,b\n1,2\n")) as server:
        resource = {"id": "r1", "name": "lignes", "url": f"{server.url}/f", "hash": SHA1, "last_modified": "x"}
        server.routes["/api/3/action/package_show"] = as_json({"success": True, "result": {"resources": [resource]}})
        server.routes["/api/3/action/resource_show"] = as_json({"success": True, "result": resource})
        source = asking(project, server, "ckan", parameters={"dataset": "d"}, secrets=["CLE"], parts=one(path="lignes"))
        capture = collected(project, source, CLE="k")
        resource["hash"] = "md5:" + "0" * 32
        server.routes["/api/3/action/resource_show"] = as_json({"success": True, "result": resource})
        with pytest.raises(NotTheAnswer, match="md5"):
            collected(project, asking(project, server, "ckan", parameters={"resource": "r1"}), NOON)
        with pytest.raises(CollectError, match="r1"):
            collected(project, asking(project, server, "ckan", parameters={"dataset": "d"}, parts=one(path="rien")))
        with pytest.raises(CollectError, match="dataset"):
            collected(project, asking(project, server, "ckan"))
    assert kept_bytes(project, capture, "lignes") == b"a,b\n1,2\n"
    assert server.asked[0].headers["authorization"] == "k"


def test_a_datastore_is_followed_page_by_page_in_its_order(tmp_path: Path) -> None:
    def search(request: Request) -> Reply:
        limit, offset = int(request.params["limit"]), int(request.params["offset"])
        found = [{"_id": index + 1} for index in range(offset, min(2500, offset + limit))]
        return as_json({"success": True, "result": {"records": found, "total": 2500, "fields": []}})

    project = a_project(tmp_path)
    with serving(**{"api/3/action/datastore_search": search}) as server:
        server.routes["/api/3/action/resource_show"] = as_json({"success": True, "result": {"id": "r1"}})
        source = asking(project, server, "ckan", parameters={"resource": "r1", "datastore": True}, parts=one("jsonl"))
        capture = collected(project, source)
        for wrong in (
            as_json({"success": True, "result": {"records": []}}),
            as_json({"success": False, "error": {}}),
            Reply(b"{"),
        ):
            server.routes["/api/3/action/datastore_search"] = wrong
            with pytest.raises(NotTheAnswer):
                collected(project, source, NOON)
    assert len(rows(project, capture)) == 2500
    assert {request.params["sort"] for request in server.asked if "sort" in request.params} == {"_id"}
