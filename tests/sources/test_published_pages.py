"""The connectors `eurostat` and `html_table`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.errors import CollectError
from pipelines.sources.http.errors import NotTheAnswer
from tests.sources.builders import NOON, a_project, collected, kept_bytes
from tests.sources.portals import asking, one
from tests.sources.server import Reply, Request, as_json, serving


def test_a_data_set_of_eurostat_is_the_same_under_another_date(tmp_path: Path) -> None:
    def cube(request: Request) -> Reply:
        return as_json(
            {
                "class": "dataset",
                "updated": f"2026-01-0{request.number}",
                "id": [],
                "size": [],
                "dimension": {},
                "value": [],
            }
        )

    project = a_project(tmp_path)
    with serving(**{"data/isoc": cube}) as server:
        source = asking(
            project,
            server,
            "eurostat",
            "/data",
            parts=one("jsonstat", path="isoc"),
            parameters={"filters": {"geo": ["FR", "EU27_2020"]}},
        )
        outcomes = [collected(project, source).changed for _ in range(2)]
        for wrong in (as_json({"error": []}), Reply(b"{")):
            server.routes["/data/isoc"] = wrong
            with pytest.raises(NotTheAnswer, match="JSON-stat"):
                collected(project, source, NOON)
        with pytest.raises(CollectError, match="path"):
            collected(project, asking(project, server, "eurostat", "/data", parts=one("jsonstat")))
    assert outcomes == [True, False]
    assert server.asked[0].params["format"] == "JSON"


def test_a_data_set_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    def cube(request: Request) -> Reply:
        if "if-none-match" in request.headers:
            return Reply(b"", 304)
        return (
            as_json({"class": "dataset", "dimension": {}})
            if request.number > 9
            else Reply(b'{"class": "dataset", "dimension": {}}', headers={"ETag": "1"})
        )

    project = a_project(tmp_path)
    with serving(**{"data/isoc": cube}) as server:
        source = asking(
            project, server, "eurostat", "/data", parts=one("jsonstat", path="isoc"), parameters={"noise": ["x"]}
        )
        assert [collected(project, source).changed for _ in range(2)] == [True, False]


def test_a_published_page_is_kept_as_it_is(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    page = b"<!DOCTYPE html><ul><li>S\xc3\xa9n\xc3\xa9 @@@</li></ul>"
    parts = {"lignes": {"format": "html", "path": "palmares", "options": {"list": "//li"}}}
    with serving(**{"site/palmares": Reply(page)}) as server:
        capture = collected(project, asking(project, server, "html_table", "/site/", parts=parts))
    assert kept_bytes(project, capture, "lignes") == page
