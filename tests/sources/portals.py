"""Sources of each connector over the tests' server, and portals that answer as their interfaces document."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.core.project import Project
from pipelines.sources import Capture, Source
from tests.sources.builders import a_source, kept_bytes
from tests.sources.platform import as_lines
from tests.sources.server import Answering, Reply, Request, Server, as_json

PRIVATE = {"allow_private": True, "timeout": {"attempts": 1}}


SHA1 = hashlib.sha1(b"a,b\n1,2\n").hexdigest()


def asking(project: Project, server: Server, connector: str, path: str = "", **more: Any) -> Source:
    parameters = PRIVATE | more.pop("parameters", {})
    return a_source(project, connector=connector, address=f"{server.url}{path}", parameters=parameters, **more)


def one(file_format: str = "csv", **more: Any) -> dict[str, Any]:
    return {"lignes": {"format": file_format} | more}


def rows(project: Project, capture: Capture) -> list[dict[str, Any]]:
    return as_lines(kept_bytes(project, capture, "lignes"))


def an_explore(count: int, **faults: Any) -> Answering:
    """`/records` of Explore v2.1 over `count` records."""

    def answer(request: Request) -> Reply:
        limit, offset = int(request.params["limit"]), int(request.params["offset"])
        assert limit <= 100
        results = [{"id": index, "lieu": "53 - Mayenne"} for index in range(offset, min(count, offset + limit))]
        total = faults["totals"][min(request.number, len(faults["totals"])) - 1] if "totals" in faults else count
        return as_json({"total_count": total, "results": faults.get("results", results)})

    return answer


RECORDS = "api/explore/v2.1/catalog/datasets/enquetes/records"


def a_resource(server_url: str, key: str = "r1", **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "title": f"{key}.csv",
        "format": "csv",
        "latest": f"{server_url}/r/{key}",
        "url": f"{server_url}/static/{key}",
        "checksum": {"type": "sha1", "value": SHA1},
        "last_modified": "2026-11-01T00:00:00+00:00",
    } | more


def a_portal(server: Server, *resources: dict[str, Any]) -> None:
    server.routes["/api/1/datasets/d/"] = as_json({"id": "d", "resources": list(resources)})
    server.routes["/api/2/datasets/resources/r1/"] = as_json({"resource": resources[0], "dataset_id": "d"})
