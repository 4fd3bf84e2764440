"""The connector `opendatasoft`, and what applies to every collection in pages."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources import SnapshotStore, latest
from pipelines.sources.errors import CollectError
from pipelines.sources.http.errors import CrawlRefused, NotTheAnswer, Unreachable
from tests.sources.builders import NOON, a_project, collected, kept_bytes
from tests.sources.portals import RECORDS, an_explore, asking, one, rows
from tests.sources.server import Reply, Request, as_json, serving


def test_records_of_a_portal_are_followed_page_by_page(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{RECORDS: an_explore(250)}) as server:
        parameters = {"dataset": "enquetes", "mode": "records", "where": "vp_status='ouvert'", "order_by": "id"}
        capture = collected(
            project,
            asking(project, server, "opendatasoft", parts=one("jsonl"), parameters=parameters, secrets=["CLE"]),
            CLE="k",
        )
    assert [row["id"] for row in rows(project, capture)] == list(range(250))
    assert [request.params["offset"] for request in server.asked] == ["0", "100", "200"]
    assert server.asked[0].params["timezone"] == "Europe/Paris"
    assert server.asked[0].headers["authorization"] == "Apikey k"
    store = SnapshotStore.of(project)
    pages = store.objects.path(capture.parts[0].fetch["evidence"]["pages"]).read_text().splitlines()
    answers = store.objects.path(capture.parts[0].fetch["evidence"]["answers"]).read_bytes().splitlines()
    assert [json.loads(page)["sha256"] for page in pages[1:]] == [
        hashlib.sha256(answer).hexdigest() for answer in answers
    ]


@pytest.mark.parametrize(
    ("answering", "kind", "told"),
    [
        (an_explore(250, totals=[250, 251]), CrawlRefused, "250 → 251"),
        (an_explore(250, results=[{"id": 1}]), CrawlRefused, "repeated"),
        (an_explore(250, results=[]), CrawlRefused, "empty page"),
        (an_explore(0, totals=[10_000]), CollectError, "10000"),
        (as_json({"results": []}), NotTheAnswer, "total_count"),
        (Reply(b'{"total_count": 2, "resu'), NotTheAnswer, "total_count"),
        (Reply(b"<html>maintenance"), NotTheAnswer, "web page"),
    ],
)
def test_pages_that_do_not_add_up_publish_nothing(
    tmp_path: Path, answering: Any, kind: type[CollectError], told: str
) -> None:
    project = a_project(tmp_path)
    with serving(**{RECORDS: answering}) as server, pytest.raises(kind, match=told):
        collected(
            project,
            asking(
                project,
                server,
                "opendatasoft",
                parts=one("jsonl"),
                parameters={"dataset": "enquetes", "mode": "records"},
            ),
        )
    assert latest(project, "mairie") is None


def test_an_export_comes_whole_in_the_part_s_format(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    content = "\ufeffid;lieu\n1;Mayenne\n".encode()
    with serving(**{"api/explore/v2.1/catalog/datasets/enquetes/exports/csv": Reply(content)}) as server:
        capture = collected(project, asking(project, server, "opendatasoft", parts=one(path="enquetes")))
    assert kept_bytes(project, capture, "lignes") == content
    assert server.asked[0].params["limit"] == "-1"


@pytest.mark.parametrize("more", [{"parts": one("ods", path="x")}, {"parts": one("csv")}])
def test_a_dataset_and_a_format_that_the_portal_exports_are_needed(tmp_path: Path, more: dict[str, Any]) -> None:
    project = a_project(tmp_path)
    with serving() as server, pytest.raises(CollectError):
        collected(project, asking(project, server, "opendatasoft", **more))


def test_a_crawl_whose_records_were_lost_starts_again(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    broken = {"offset": "100"}

    def sometimes(request: Request) -> Reply:
        if request.params["offset"] == broken.get("offset"):
            return Reply(b"", 500)
        reply = an_explore(250)(request)
        return reply if isinstance(reply, Reply) else Reply()

    with serving(**{RECORDS: sometimes}) as server:
        parameters = {"dataset": "enquetes", "mode": "records"}
        source = asking(project, server, "opendatasoft", parts=one("jsonl"), parameters=parameters)
        with pytest.raises(Unreachable):
            collected(project, source)
        (project.snapshots / "resume" / "mairie" / "lignes" / "records.jsonl").write_text("")
        broken.clear()
        server.asked.clear()
        capture = collected(project, source, NOON)
    assert [request.params["offset"] for request in server.asked] == ["0", "100", "200"]
    assert len(rows(project, capture)) == 250


def test_a_crawl_that_was_refused_starts_again(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{RECORDS: an_explore(250, totals=[250, 251])}) as server:
        parameters = {"dataset": "enquetes", "mode": "records"}
        source = asking(project, server, "opendatasoft", parts=one("jsonl"), parameters=parameters)
        with pytest.raises(CrawlRefused):
            collected(project, source)
        server.routes[f"/{RECORDS}"] = an_explore(251)
        server.asked.clear()
        capture = collected(project, source, NOON)
    assert server.asked[0].params["offset"] == "0"
    assert len(rows(project, capture)) == 251
