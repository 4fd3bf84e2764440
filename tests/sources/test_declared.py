"""Schemas that publishers declare: found by address, by name or inline, kept beside the data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.sources import Capture, SnapshotStore
from pipelines.sources.declared import declared_schema
from pipelines.sources.errors import CollectError
from pipelines.sources.http import Answer, Client
from pipelines.sources.http.errors import NotTheAnswer, Unreachable
from pipelines.sources.registry import FetchContext
from tests.sources.builders import NOON, a_project, a_source, collected
from tests.sources.portals import a_portal, a_resource, asking
from tests.sources.server import Reply, Request, Server, as_json, serving

CSV = Reply(b"a,b\n1,2\n")
SCHEMA = {"fields": [{"name": "a", "type": "integer"}]}


def a_capture(project: Project, server: Server, schema: Any, name: str = "mairie", **parameters: Any) -> Capture:
    a_portal(server, a_resource(server.url, schema=schema))
    parameters = {"resource": "r1"} | parameters
    return collected(project, asking(project, server, "datagouv", name=name, parameters=parameters))


def the_schema(project: Project, capture: Capture) -> Any:
    digest = capture.parts[0].fetch["evidence"]["schema"]
    return json.loads(SnapshotStore.of(project).objects.path(digest).read_text(encoding="utf-8"))


def test_a_schema_at_an_address_is_kept_byte_for_byte(tmp_path: Path) -> None:
    project, body = a_project(tmp_path), json.dumps(SCHEMA, indent=3).encode()
    with serving(**{"r/r1": CSV, "schema.json": Reply(body)}) as server:
        schema = {"name": "scdl/x", "version": "1.0.0", "url": f"{server.url}/schema.json"}
        capture = a_capture(project, server, schema)
    told = capture.parts[0].fetch["schema"]
    assert SnapshotStore.of(project).objects.path(told["sha256"]).read_bytes() == body
    assert told == schema | {"state": "kept", "sha256": capture.parts[0].fetch["evidence"]["schema"]}


def test_another_schema_over_the_same_data_is_another_capture(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": CSV, "schema.json": as_json(SCHEMA)}) as server:
        schema = {"url": f"{server.url}/schema.json"}
        outcomes = [a_capture(project, server, schema).changed for _ in range(2)]
        server.routes["/schema.json"] = as_json({"fields": [{"name": "a"}, {"name": "b"}]})
        changed = a_capture(project, server, schema)
    assert [*outcomes, changed.changed] == [True, False, True]
    assert len(the_schema(project, changed)["fields"]) == 2


def test_a_named_schema_is_found_through_a_catalogue(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": CSV, "v1.json": as_json(SCHEMA), "v2.json": as_json(SCHEMA | {"title": "2"})}) as server:
        versions = [{"version_name": f"{n}.0.0", "schema_url": f"{server.url}/v{n}.json"} for n in (1, 2)]
        listed = {"name": "scdl/x", "schema_url": f"{server.url}/v2.json", "versions": versions}
        server.routes["/schemas.json"] = as_json({"schemas": [{"name": "scdl/autre"}, listed]})
        told = [
            a_capture(project, server, schema, f"s{number}", schemas=f"{server.url}/schemas.json").parts[0]
            for number, schema in enumerate(
                [
                    {"name": "scdl/x", "version": "1.0.0"},
                    {"name": "scdl/x"},
                    {"name": "scdl/x", "version": "9"},
                    {"name": "y"},
                ]
            )
        ]
        nowhere = a_capture(project, server, {"name": "scdl/x"}, "nulle-part")
        server.routes["/schemas.json"] = as_json([])
        with pytest.raises(NotTheAnswer, match="version_name"):
            a_capture(project, server, {"name": "scdl/x"}, "tiers", schemas=f"{server.url}/schemas.json")
    states = [part.fetch["schema"]["state"] for part in (*told, nowhere.parts[0])]
    assert states == ["kept", "kept", "unknown", "unknown", "unknown"]
    assert [part.fetch["schema"].get("url", "").rpartition("/")[2] for part in told[:2]] == ["v1.json", "v2.json"]


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://www.data.gouv.fr", ["https://schema.data.gouv.fr/schemas.json"]),
        ("https://data.gouv.fr", ["https://schema.data.gouv.fr/schemas.json"]),
        ("https://notdata.gouv.fr", []),
        ("https://data.gouv.fr.example.org", []),
    ],
)
def test_a_name_is_looked_up_in_the_catalogue_of_data_gouv_fr_for_its_own_sources_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, asked: list[str]
) -> None:
    found: list[str] = []

    def ask(_client: Client, url: str, **_: Any) -> Answer:
        found.append(url)
        body = json.dumps({"schemas": []}).encode()
        return Answer(200, url, {}, len(body), "", 0.0, 1, body)

    monkeypatch.setattr(Client, "ask", ask)
    project = a_project(tmp_path)
    context = FetchContext(project, a_source(project, address=address), NOON, tmp_path, tmp_path, {})
    declared = declared_schema(context, Client("mairie"), "lignes", {"name": "scdl/x"})
    assert declared is not None
    assert (declared.recorded["state"], found) == ("unknown", asked)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Reply(b"", 404), "absent"),
        (as_json({"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {}}), "not-a-table-schema"),
        (as_json({"fields": [{"titre": "a"}]}), "not-a-table-schema"),
        (as_json([SCHEMA]), "not-a-table-schema"),
        (Reply(b"<!DOCTYPE html><html></html>", headers={"Content-Type": "text/html"}), "not-the-answer"),
        (Reply(b"", 403), "not-authorised"),
        (Reply(b"", 302, {"Location": "ftp://example.org/schema.json"}), "address-refused"),
        (Reply(b'{"fields": ['), "not-a-table-schema"),
        (Reply(b'{"fields": [{"name": "a"}], "x": "' + b" " * 5_000_000 + b'"}'), "not-a-table-schema"),
    ],
)
def test_a_schema_that_is_none_keeps_no_data_from_coming(tmp_path: Path, answer: Reply, state: str) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": CSV, "schema.json": answer}) as server:
        capture = a_capture(project, server, {"url": f"{server.url}/schema.json"})
    assert capture.parts[0].fetch["schema"]["state"] == state
    assert "evidence" not in capture.parts[0].fetch


def test_a_server_of_schemas_that_fails_keeps_the_last_capture(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": CSV, "schema.json": Reply(b"", 503)}) as server, pytest.raises(Unreachable):
        a_capture(project, server, {"url": f"{server.url}/schema.json"})


def test_a_declared_schema_may_be_ignored_and_a_word_that_is_none_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(**{"r/r1": CSV, "schema.json": as_json(SCHEMA)}) as server:
        schema = {"url": f"{server.url}/schema.json"}
        capture = a_capture(project, server, schema, declared_schema="ignore")
        with pytest.raises(CollectError, match=r"declared_schema: 'juger'; expected: reject \| tell \| ignore"):
            a_capture(project, server, schema, declared_schema="juger")
        assert "/schema.json" not in server.paths()
    assert "schema" not in capture.parts[0].fetch


@pytest.mark.parametrize("ignored", [False, True])
def test_a_schema_that_is_no_longer_declared_or_is_ignored_from_now_on_validates_no_more(
    tmp_path: Path, *, ignored: bool
) -> None:
    def conditional(request: Request) -> Reply:
        return Reply(b"", 304) if "if-none-match" in request.headers else Reply(b"a,b\n1,2\n", headers={"ETag": '"1"'})

    project = a_project(tmp_path)
    with serving(**{"f": conditional, "schema.json": as_json(SCHEMA)}) as server:
        resource = {"id": "r1", "url": f"{server.url}/f"}
        declaring = resource | {"schema": f"{server.url}/schema.json"}
        captures = []
        for shown, way in [
            (declaring, "reject"),
            (declaring, "reject"),
            *[(declaring, "ignore") if ignored else (resource, "reject")] * 2,
        ]:
            server.routes["/api/3/action/resource_show"] = as_json({"success": True, "result": shown})
            source = asking(project, server, "ckan", parameters={"resource": "r1", "declared_schema": way})
            captures.append(collected(project, source))
    assert [capture.changed for capture in captures] == [True, False, True, False]
    assert ["schema" in capture.parts[0].fetch for capture in captures] == [True, True, False, False]


@pytest.mark.parametrize("form", ["object", "text", "address", "damaged"])
def test_a_resource_of_ckan_declares_a_schema_as_an_object_a_text_or_an_address(tmp_path: Path, form: str) -> None:
    project = a_project(tmp_path)
    with serving(f=CSV, **{"schema.json": as_json(SCHEMA)}) as server:
        texts = {
            "object": SCHEMA,
            "text": json.dumps(SCHEMA),
            "address": f"{server.url}/schema.json",
            "damaged": '{"fields": [',
        }
        resource = {"id": "r1", "url": f"{server.url}/f", "schema": texts[form]}
        server.routes["/api/3/action/resource_show"] = as_json({"success": True, "result": resource})
        source = asking(project, server, "ckan", parameters={"resource": "r1"}, secrets=["CLE"])
        capture = collected(project, source, CLE="k")
        again = collected(project, source, NOON, CLE="k")
        sent = [request.headers.get("authorization") for request in server.asked if request.path == "/schema.json"]
    if form == "damaged":
        assert capture.parts[0].fetch["schema"]["state"] == "unknown"
        return
    assert the_schema(project, capture) == SCHEMA
    assert not again.changed
    assert set(sent) <= {None}
