"""Lists that come page by page: followed to their proved end as YAML describes, and never read as one page of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.core.errors import ResponsibleParty
from pipelines.sources import latest
from pipelines.sources.errors import CollectError, SourceFileError
from pipelines.sources.http.errors import CrawlRefused, NotTheAnswer, OnePageOnly, Unreachable
from pipelines.starter.sources import begin
from tests.sources.builders import MORNING, NOON, a_project, collected
from tests.sources.portals import asking, one, rows
from tests.sources.server import Answering, Reply, Request, as_json, serving

TOTAL = 9
RECORDS = [{"id": number, "ville": f"Ville {number}"} for number in range(TOTAL)]


def by_next(request: Request) -> Reply:
    page = int(request.params.get("p", "1"))
    link = f"/liste?p={page + 1}" if page < 3 else None
    found = RECORDS[3 * page - 3 : 3 * page]
    return as_json({"meta": {"next": link, "total": TOTAL, "updated": "2026-01-01"}, "data": found})


def by_header(request: Request) -> Reply:
    page = int(request.params.get("p", "1"))
    link = f'</liste?p=1>; rel="prev", </liste?p={page + 1}>; rel="next"' if page < 3 else '</liste?p=1>; rel="first"'
    reply = as_json(RECORDS[3 * page - 3 : 3 * page])
    return Reply(reply.body, headers={**reply.headers, "Link": link, "X-Total-Count": str(TOTAL)})


def by_cursor(request: Request) -> Reply:
    start = int(request.params.get("after", "c0")[1:])
    following = f"c{start + 4}" if start + 4 < TOTAL else ""
    return as_json({"items": RECORDS[start : start + 4], "paging": {"cursor": following, "more": bool(following)}})


def by_offset(request: Request) -> Reply:
    start, size = int(request.params["skip"]), int(request.params["n"])
    return as_json({"result": {"rows": RECORDS[start : start + size]}, "count": TOTAL})


def by_page(request: Request) -> Reply:
    page = int(request.params["page"])
    return as_json({"rows": RECORDS[page * 2 : page * 2 + 2]})


WAYS: dict[str, tuple[Answering, dict[str, Any]]] = {
    "next": (by_next, {"pages": {"next": "meta.next"}, "records": "data", "total": "meta.total", "key": ["id"]}),
    "header": (by_header, {"pages": {"next": "header"}, "total": {"header": "X-Total-Count"}}),
    "cursor": (
        by_cursor,
        {"pages": {"cursor": "paging.cursor", "parameter": "after", "more": "paging.more"}, "records": "items"},
    ),
    "offset": (
        by_offset,
        {
            "pages": {"offset": "skip"},
            "size": {"parameter": "n", "value": 4},
            "records": "result.rows",
            "total": "count",
        },
    ),
    "page without a total": (by_page, {"pages": {"page": "page", "first": 0}, "records": "rows", "key": ["id"]}),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_page_is_followed_to_the_proved_end(tmp_path: Path, way: str) -> None:
    answering, parameters = WAYS[way]
    project = a_project(tmp_path)
    with serving(liste=answering) as server:
        source = asking(project, server, "paged_json", "/liste", parts=one("jsonl"), parameters=parameters)
        capture = collected(project, source)
    assert rows(project, capture) == RECORDS
    assert capture.parts[0].fetch["records"] == TOTAL


def posted_offset(request: Request) -> Reply:
    page = request.document["options"]["page"]
    assert request.method == "POST"
    assert request.document["filter"] == "actions"
    return as_json({"rows": RECORDS[page["from"] : page["from"] + page["size"]], "count": TOTAL})


def posted_cursor(request: Request) -> Reply:
    start = int(request.document.get("after", "c0")[1:])
    following = f"c{start + 4}" if start + 4 < TOTAL else None
    return as_json({"rows": RECORDS[start : start + 4], "after": following, "lang": request.params["lang"]})


@pytest.mark.parametrize(
    ("answering", "parameters"),
    [
        (
            posted_offset,
            {
                "pages": {"offset": "options.page.from"},
                "size": {"parameter": "options.page.size", "value": 4},
                "total": "count",
                "body": {"filter": "actions", "options": {"sort": "id"}},
            },
        ),
        (
            posted_cursor,
            {"pages": {"cursor": "after", "parameter": "after"}, "body": {}, "query": {"lang": "fr"}, "key": ["id"]},
        ),
    ],
    ids=["offset", "cursor"],
)
def test_a_list_that_is_asked_for_by_post_is_followed_too(
    tmp_path: Path, answering: Answering, parameters: dict[str, Any]
) -> None:
    project = a_project(tmp_path)
    with serving(liste=answering) as server:
        described = {"parts": one("jsonl"), "parameters": {"records": "rows", **parameters}}
        capture = collected(project, asking(project, server, "paged_json", "/liste", **described))
    assert rows(project, capture) == RECORDS


def test_a_secret_goes_in_the_header_that_is_named_and_to_that_server_only(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    parameters = {"pages": {"next": "next"}, "records": "data", "authorization": {"header": "X-Api-Key"}}
    away = as_json({"data": [{"id": 1}], "next": "http://127.0.0.1:9/liste"})
    with serving(liste=away) as server:
        described = {"parts": one("jsonl"), "parameters": parameters, "secrets": ["CLE"]}
        source = asking(project, server, "paged_json", "/liste", **described)
        with pytest.raises(CrawlRefused, match="another server"):
            collected(project, source, CLE="s3cret")
    assert server.asked[0].headers["x-api-key"] == "s3cret"


def faulty(**changes: Any) -> Answering:
    """`by_next` with a change on its second page."""

    def answer(request: Request) -> Reply:
        document = by_next(request)
        if request.params.get("p") != "2":
            return document
        page = {"meta": {"next": "/liste?p=3", "total": TOTAL, "updated": "2026-01-01"}, "data": RECORDS[3:6]}
        for name, value in changes.items():
            if name == "data":
                page["data"] = value
            else:
                page["meta"][name] = value  # type: ignore[call-overload]
        return as_json(page)

    return answer


@pytest.mark.parametrize(
    ("answering", "told"),
    [
        (faulty(total=10), "9 → 10"),
        (faulty(updated="2026-01-02"), "version of the data"),
        (faulty(data=RECORDS[2:5]), "already"),
        (faulty(data=[{"ville": "sans id"}]), "record without id"),
        (faulty(data=[]), "empty page"),
        (faulty(next=None), "6 / 9"),
        (faulty(next="/liste?p=2"), "does not advance|repeated"),
        (faulty(total="?"), "a number of records"),
    ],
)
def test_pages_that_do_not_add_up_publish_nothing_and_begin_anew(
    tmp_path: Path, answering: Answering, told: str
) -> None:
    project = a_project(tmp_path)
    parameters = WAYS["next"][1] | {"version": "meta.updated"}
    with serving(liste=answering) as server:
        source = asking(project, server, "paged_json", "/liste", parts=one("jsonl"), parameters=parameters)
        with pytest.raises((CrawlRefused, NotTheAnswer), match=told):
            collected(project, source)
        assert latest(project, "mairie") is None
        server.routes["/liste"] = by_next
        assert rows(project, collected(project, source, NOON)) == RECORDS


def test_records_that_are_alike_are_counted_where_the_source_says_so(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    pages = [as_json({"rows": [{"v": 1}, {"v": 2}]}), as_json({"rows": [{"v": 1}]}), as_json({"rows": []})]
    parameters = {"pages": {"page": "page"}, "records": "rows", "repeated": "count"}
    with serving(liste=pages) as server:
        source = asking(project, server, "paged_json", "/liste", parts=one("jsonl"), parameters=parameters)
        capture = collected(project, source)
    assert rows(project, capture) == [{"v": 1}, {"v": 2}, {"v": 1}]
    assert capture.parts[0].fetch["repeated"] == 1


@pytest.mark.parametrize("change", ["total", "record", "nothing"])
def test_a_crawl_that_was_stopped_goes_on_only_with_the_same_data(tmp_path: Path, change: str) -> None:
    """Two pages, then a server that fails, then data that was loaded again."""
    project = a_project(tmp_path)
    new = [{"id": record["id"], "ville": record["ville"].upper()} for record in RECORDS]
    after = {"total": RECORDS[:7], "record": new, "nothing": RECORDS}[change]

    def paged(records: list[dict[str, Any]], failing: bool) -> Answering:
        def answer(request: Request) -> Reply:
            page = int(request.params["page"])
            if failing and page == 3:
                return Reply(b"", 500)
            return as_json({"rows": records[3 * page - 3 : 3 * page], "total": len(records)})

        return answer

    parameters = {"pages": {"page": "page"}, "records": "rows", "total": "total", "key": ["id"]}
    with serving(liste=paged(RECORDS, failing=True)) as server:
        source = asking(project, server, "paged_json", "/liste", parts=one("jsonl"), parameters=parameters)
        with pytest.raises(Unreachable):
            collected(project, source)
        server.routes["/liste"] = paged(after, failing=False)
        asked = len(server.asked)
        capture = collected(project, source, MORNING + timedelta(hours=1))
        pages = [request.params["page"] for request in server.asked[asked:]]
    assert rows(project, capture) == after
    assert pages == (["2", "3"] if change == "nothing" else ["2", "1", "2", "3"])


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "pages"),
        ({"pages": {"cursor": "c"}}, "parameter"),
        ({"pages": {"suite": "c"}}, "suite"),
        ({"pages": {"page": "p"}, "unknown": 1}, "unknown"),
        ({"pages": {"page": "p"}, "size": {"parameter": "n", "value": 0}}, "value"),
    ],
)
def test_a_description_that_cannot_be_followed_is_refused_with_its_line(
    tmp_path: Path, parameters: dict[str, Any], told: str
) -> None:
    project = a_project(tmp_path)
    with serving() as server, pytest.raises(SourceFileError, match=told):
        asking(project, server, "paged_json", "/liste", parts=one("jsonl"), parameters=parameters)


def test_two_ways_to_go_on_are_one_too_many(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    parameters = {"pages": {"page": "p", "next": "n"}}
    with serving(liste=by_page) as server:
        source = asking(project, server, "paged_json", "/liste", parts=one("jsonl"), parameters=parameters)
        with pytest.raises(CollectError, match="cursor"):
            collected(project, source)


PAGES_OF_SEVERAL = [
    {"meta": {"next": "/p2"}, "data": [1]},
    {"data": [{"a": 1}], "links": {"next": "/p2", "prev": None}},
    {"data": [{"a": 1}], "links": [{"rel": "self", "href": "/"}, {"rel": "next", "href": "/p2"}]},
    {"_links": {"next": {"href": "/p2"}}, "_embedded": {"rows": [1]}},
    {"value": [1], "@odata.nextLink": "/p2"},
    {"count": 9, "next": "https://example.org/p2", "previous": None, "results": [1, 2, 3]},
    {"items": [1], "nextPageToken": "abc"},
    {"items": [1], "has_more": True},
    {"data": {"rows": [1], "pageInfo": {"hasNextPage": True, "endCursor": "x"}}},
    {"page": 1, "pages": 3, "data": [1, 2, 3]},
    {"meta": {"current_page": 1, "last_page": 3}, "data": [1]},
    {"total_count": 250, "results": [1, 2]},
    {"total": 9, "limit": 3, "offset": 0, "rows": [1, 2, 3]},
    {"response": {"numFound": 40, "start": 0, "docs": [1]}},
    {"pagination": {"next_url": "/p2"}, "data": [1]},
]
WHOLE_LISTS = [
    {"meta": {"next": None, "total": 2}, "data": [1, 2]},
    {"count": 2, "next": None, "results": [1, 2]},
    {"has_more": False, "items": [1]},
    {"total": 1250000, "lignes": [{"montant": 1250000}]},
    {"page": 3, "pages": 3, "data": [1]},
    {"data": [{"next": "/fiche/2"}, {"has_more": True}]},
    {"type": "FeatureCollection", "features": [1, 2], "numberMatched": 2},
    {"class": "dataset", "value": [1, 2, 3], "size": [3], "dimension": {"next": {"label": "suivant"}}},
    {"titre": "Liste", "prochaine": "2027", "data": []},
]


@pytest.mark.parametrize("document", PAGES_OF_SEVERAL, ids=str)
def test_an_answer_that_names_a_next_page_is_not_the_whole(tmp_path: Path, document: Any) -> None:
    project = a_project(tmp_path)
    with serving(liste=as_json(document)) as server:
        with pytest.raises(OnePageOnly, match="one page of several") as told:
            collected(project, asking(project, server, "files", "/liste", parts=one("json")))
        assert told.value.responsible is ResponsibleParty.MAPPING  # nothing is wrong at the publisher's
        ignoring = asking(
            project, server, "files", "/liste", parts=one("json"), parameters={"next_page": "ignore"}, name="autre"
        )
        assert collected(project, ignoring).changed


@pytest.mark.parametrize("document", WHOLE_LISTS, ids=str)
def test_a_list_that_is_whole_is_taken(tmp_path: Path, document: Any) -> None:
    project = a_project(tmp_path)
    with serving(liste=as_json(document)) as server:
        assert collected(project, asking(project, server, "files", "/liste", parts=one("json"))).changed


def test_a_header_that_names_a_next_page_says_so_for_any_format(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    reply = Reply(b"a,b\n1,2\n", headers={"Link": '</x?page=2>; title="suite"; rel="next"'})
    with serving(x=reply) as server, pytest.raises(NotTheAnswer, match="Link"):
        collected(project, asking(project, server, "files", "/x"))


@pytest.mark.parametrize("way", ["next", "cursor", "offset"])
def test_a_new_source_of_pages_is_proposed_from_its_first_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    project = a_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    query = {"next": "", "cursor": "?after=c0", "offset": "?skip=0&n=4"}[way]
    answering, parameters = WAYS[way]
    with serving(liste=answering) as server:
        begin(
            project,
            "liste",
            f"{server.url}/liste{query}",
            {"connector": "paged_json", "file_format": "jsonl"},
            now=MORNING,
        )
    described = yaml.safe_load((project.sources / "liste.yaml").read_text(encoding="utf-8"))
    proposed = described["parameters"]
    assert described["parts"]["liste"]["format"] == "jsonl"
    assert proposed["records"] == parameters["records"]
    assert proposed["key"] == ["id"]
    assert set(proposed["pages"]) >= {way} if way != "cursor" else proposed["pages"]["cursor"] == "paging.cursor"
