"""The connectors `limesurvey` and `framaforms`: system columns never come in."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.errors import CollectError
from pipelines.sources.http.errors import NotAuthorised, NotTheAnswer
from tests.sources.builders import NOON, a_project, collected, kept_bytes
from tests.sources.portals import asking, one
from tests.sources.server import Answering, Reply, Request, as_json, serving

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
