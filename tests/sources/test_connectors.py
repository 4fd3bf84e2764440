"""Connectors of files, portals and form tools against a real server that answers as each interface documents."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.project import Project
from pipelines.sources import Capture, SnapshotStore, Source, latest
from pipelines.sources.connectors import files
from pipelines.sources.errors import CollectError, SecretMissing, SourceFileAbsent, SourceUnreadable
from pipelines.sources.http.errors import CrawlRefused, NotAuthorised, NotTheAnswer, Unreachable
from tests.sources.builders import NOON, a_project, a_source, collected, kept_bytes
from tests.sources.platform import as_lines
from tests.sources.server import Answering, Reply, Request, Server, as_json, serving

PRIVATE = {"allow_private": True, "timeout": {"attempts": 1}}
SHA1 = hashlib.sha1(b"a,b\n1,2\n").hexdigest()


def asking(project: Project, server: Server, connector: str, path: str = "", **more: Any) -> Source:
    parameters = PRIVATE | more.pop("parameters", {})
    return a_source(project, connector=connector, address=f"{server.url}{path}", parameters=parameters, **more)


def one(file_format: str = "csv", **more: Any) -> dict[str, Any]:
    return {"lignes": {"format": file_format} | more}


def rows(project: Project, capture: Capture) -> list[dict[str, Any]]:
    return as_lines(kept_bytes(project, capture, "lignes"))


def test_a_file_at_an_address_is_asked_for_again_only_if_it_changed(tmp_path: Path) -> None:
    def conditional(request: Request) -> Reply:
        headers = {"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 06:00:00 GMT", "Content-Type": "text/csv"}
        return (
            Reply(b"", 304) if request.headers.get("if-none-match") == '"1"' else Reply(b"a,b\n1,2\n", headers=headers)
        )

    project = a_project(tmp_path)
    with serving(x=conditional) as server:
        source = asking(project, server, "files", "/x")
        first = collected(project, source)
        second = collected(project, source, NOON)
    assert (first.parts[0].media_type, first.parts[0].fetch["status"]) == ("text/csv", 200)
    assert (second.changed, second.parts) == (False, first.parts)
    assert server.asked[1].headers["if-modified-since"] == "Mon, 23 Nov 2026 06:00:00 GMT"


def test_declared_noise_is_no_change(tmp_path: Path) -> None:
    def clock(request: Request) -> Reply:
        return Reply(f'{{"a": 1, "now": "{request.number}"}}'.encode())

    project = a_project(tmp_path)
    with serving(x=clock) as server:
        source = asking(project, server, "files", "/x", parameters={"noise": ['"now": "[0-9]+"']})
        outcomes = [collected(project, source).changed for _ in range(3)]
    assert outcomes == [True, False, False]
    assert len(list((project.snapshots / "objects").glob("*/*"))) == 1


def test_a_folder_at_an_address_gives_each_part_its_file_with_the_token(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    parts = {"un": {"format": "csv", "path": "un.csv"}, "deux": {"format": "csv", "path": "deux.csv"}}
    with serving(**{"d/un.csv": Reply(b"1"), "d/deux.csv": Reply(b"2")}) as server:
        capture = collected(project, asking(project, server, "files", "/d/", parts=parts, secrets=["JETON"]), JETON="t")
    assert (kept_bytes(project, capture, "un"), kept_bytes(project, capture, "deux")) == (b"1", b"2")
    assert server.asked[0].headers["authorization"] == "Bearer t"


def test_a_store_gives_a_file_or_the_last_of_a_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    monkeypatch.setattr(files, "STORES", ("memory", "nothing"))
    store = fsspec.filesystem("memory")
    for name in ("a-1.csv", "a-2.csv", "b.csv"):
        store.pipe(f"/depot/{name}", name.encode())
    project = a_project(tmp_path)
    exact = collected(project, a_source(project, address="memory://depot/b.csv"))
    last = collected(project, a_source(project, name="deux", address="memory://depot", parts=one(path="a-*.csv")))
    assert kept_bytes(project, exact, "lignes") == b"b.csv"
    assert (kept_bytes(project, last, "lignes"), last.parts[0].address) == (b"a-2.csv", "memory://depot/a-2.csv")
    with pytest.raises(SourceFileAbsent, match=r"a-1\.csv"):
        collected(project, a_source(project, address="memory://depot"))
    with pytest.raises(SourceUnreadable):
        collected(project, a_source(project, address="nothing://depot"))
    described = {"address": "memory://depot", "secrets": ["MOT"], "parameters": {"password": "MOT"}}
    with pytest.raises(SecretMissing):
        collected(project, a_source(project, **described))


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


def test_a_resource_by_its_identifier_keeps_the_schema_that_its_publisher_declares(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": Reply(b"a,b\n1,2\n"), "schema.json": as_json({"fields": [{"name": "a"}]})}) as server:
        a_portal(
            server,
            a_resource(server.url, schema={"name": "scdl/x", "version": "1.0.0", "url": f"{server.url}/schema.json"}),
        )
        capture = collected(
            project, asking(project, server, "datagouv", parameters={"resource": "r1"}, parts=one(path="r1.csv"))
        )
        a_portal(server, a_resource(server.url, schema={"name": "scdl/x"}, checksum=None))
        named = collected(project, asking(project, server, "datagouv", name="autre", parameters={"resource": "r1"}))
        server.routes["/schema.json"] = as_json({"champs": []})
        a_portal(server, a_resource(server.url, schema={"url": f"{server.url}/schema.json"}))
        with pytest.raises(NotTheAnswer, match="fields"):
            collected(project, asking(project, server, "datagouv", name="tiers", parameters={"resource": "r1"}))
    kept = SnapshotStore.of(project).objects.path(capture.parts[0].fetch["evidence"]["schema"])
    assert json.loads(kept.read_text())["fields"] == [{"name": "a"}]
    assert named.parts[0].fetch["schema"] == {"name": "scdl/x"}


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


LIMESURVEY = (
    '"id";"submitdate";"ipaddr";"refurl";"Q1";"Q1[SQ001]"\n'
    '"1";"2026-01-02 10:00:00";"192.0.2.1";"x";"Une\nréponse";"oui"\n'
)


def test_system_columns_of_limesurvey_are_dropped_before_anything_is_written(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(export=Reply(LIMESURVEY.encode("utf-8-sig"))) as server:
        capture = collected(project, asking(project, server, "limesurvey", "/export", parameters={"keep": ["id"]}))
    assert kept_bytes(project, capture, "lignes").decode() == 'id;Q1;Q1[SQ001]\n1;"Une\nréponse";oui\n'
    assert capture.parts[0].fetch["dropped"] == ["ipaddr", "refurl", "submitdate"]
    assert not any(b"192.0.2.1" in path.read_bytes() for path in project.outputs.rglob("*") if path.is_file())


def test_a_personal_column_cannot_be_kept(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(export=Reply(LIMESURVEY.encode())) as server, pytest.raises(CollectError, match="ipaddr"):
        collected(project, asking(project, server, "limesurvey", "/export", parameters={"keep": ["ipaddr"]}))


def test_an_export_in_another_encoding_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(export=Reply(LIMESURVEY.encode("cp1252"))) as server:
        with pytest.raises(CollectError, match="utf-8"):
            collected(project, asking(project, server, "limesurvey", "/export"))
        right = asking(project, server, "limesurvey", "/export", parts=one(options={"encoding": "cp1252"}))
        assert collected(project, right).changed


def a_remote_control(**answers: Any) -> Answering:
    def answer(request: Request) -> Reply:
        call = request.document
        plain = {"get_session_key": "session", "release_session_key": "OK"}
        return as_json({"id": call["id"], "error": None} | {"result": (plain | answers)[call["method"]]})

    return answer


def test_remotecontrol_exports_under_a_session_that_is_closed(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    export = base64.b64encode(LIMESURVEY.encode()).decode()
    described = {"parameters": {"survey": 12}, "secrets": ["NOM", "MOT"]}
    with serving(rc=a_remote_control(export_responses=export)) as server:
        capture = collected(project, asking(project, server, "limesurvey", "/rc", **described), NOM="moi", MOT="s3cret")
        methods = [request.document["method"] for request in server.asked]
        assert methods == ["get_session_key", "export_responses", "release_session_key"]
        server.routes["/rc"] = a_remote_control(export_responses={"status": "No Data"})
        with pytest.raises(NotTheAnswer, match="no answers"):
            collected(project, asking(project, server, "limesurvey", "/rc", **described), NOON, NOM="moi", MOT="s3cret")
        assert server.asked[-1].document["method"] == "release_session_key"
        server.routes["/rc"] = a_remote_control(get_session_key={"status": "Invalid user name or password"})
        with pytest.raises(NotAuthorised, match="MOT"):
            collected(project, asking(project, server, "limesurvey", "/rc", **described), NOON, NOM="moi", MOT="s3cret")
        server.routes["/rc"] = as_json([])
        with pytest.raises(NotTheAnswer):
            collected(project, asking(project, server, "limesurvey", "/rc", **described), NOON, NOM="moi", MOT="s3cret")
    assert kept_bytes(project, capture, "lignes").startswith(b"Q1;")
    assert not any(b"s3cret" in path.read_bytes() for path in project.outputs.rglob("*") if path.is_file())


def test_three_header_rows_of_framaforms_lose_their_system_columns(tmp_path: Path) -> None:
    header = "Submission Details,,,Vous\nSerial,SID,IP Address,Votre commune\nserial,sid,remote,commune\n"
    content = f"{header}1,9,192.0.2.1,Séné\n"
    project = a_project(tmp_path)
    with serving(csv=Reply(content.encode())) as server:
        source = asking(
            project,
            server,
            "framaforms",
            "/csv",
            parts=one(options={"header_rows": 3}),
            parameters={"keep": ["Serial", "serial"]},
        )
        capture = collected(project, source)
        again = collected(project, source, NOON)
    assert (
        kept_bytes(project, capture, "lignes").decode()
        == "Submission Details,Vous\nSerial,Votre commune\nserial,commune\n1,Séné\n"
    )
    assert again.changed is False


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
