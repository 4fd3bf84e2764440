"""The connectors `limesurvey` and `framaforms`: only what the source names comes in, and never who answered."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.formats import read
from pipelines.sources import SnapshotStore
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


def a_schema(project: Project, *fields: str) -> None:
    folder = project.schemas / "entrants"
    folder.mkdir(parents=True, exist_ok=True)
    described = [{"name": name, "type": "string", "title": name, "privacy": "public"} for name in fields]
    content = {"title": "Formulaire", "fields": described, "missingValues": [""]}
    (folder / "formulaire.json").write_text(json.dumps(content), encoding="utf-8")


QUESTION = "Votre commune, ou votre intercommunalité, en toutes lettres ?"
ANSWERED = ("7", "2026-01-02 10:00:00", "192.0.2.77", "https://example.org/?qui=moi", "jeton-secret")
HEADINGS = {
    "code": (["id", "submitdate", "ipaddr", "refurl", "token"], "Q1"),
    "full": (["Response ID", "Date submitted", "IP address", "Referrer URL", "Access code"], QUESTION),
    "abbreviated": (["Response ID", "Date sub…", "IP addr…", "Referrer…", "Access c…"], "Votre commune…"),
    "codetext": (
        [
            "id. Response ID",
            "submitdate. Date submitted",
            "ipaddr. IP address",
            "refurl. Referrer URL",
            "token. Access",
        ],
        f"Q1. {QUESTION}",
    ),
    "french": (["ID de la réponse", "Date de soumission", "Adresse IP", "URL de référence", "Code d'accès"], QUESTION),
    "upper": (["ID", "SUBMITDATE", "IPADDR", "REFURL", "TOKEN"], "Q1"),
    "broken line": (["Response ID", "Date submitted", "IP\naddress", "Referrer\nURL", "Token"], "Votre\ncommune ?"),
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("style", HEADINGS)
def test_only_the_columns_that_the_source_names_come_in(tmp_path: Path, style: str, delimiter: str) -> None:
    own, question = HEADINGS[style]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([[*own, question], [*ANSWERED, "Séné"]])
    project = a_project(tmp_path)
    a_schema(project, " ".join(question.split()))
    with serving(export=Reply(stream.getvalue().encode("utf-8-sig"))) as server:
        source = asking(project, server, "limesurvey", "/export", parts=one(schema="formulaire"))
        capture = collected(project, source)
    kept = list(csv.reader(io.StringIO(kept_bytes(project, capture, "lignes").decode()), delimiter=delimiter))
    assert kept == [[question], ["Séné"]]
    for path in project.outputs.rglob("*"):
        assert not path.is_file() or not any(text.encode() in path.read_bytes() for text in ANSWERED[2:]), path


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ("Serial,SID,IP address,Username,Votre commune\n", {}),
        ("Numéro de série,SID,Adresse IP,Nom d'utilisateur,Votre commune\n", {}),
        ("Export de l'équipe 192.0.2.1,,,,\nSerial,SID,IP Address,Username,Votre commune\n", {"header_row": 2}),
        ("a,,,,\nSerial,SID,IP Address,Username,Votre commune\nserial,sid,ip,user,commune\n", {"header_rows": 3}),
    ],
)
def test_a_drupal_form_in_any_language_keeps_what_the_source_names(
    tmp_path: Path, header: str, options: dict[str, Any]
) -> None:
    name = "commune" if "header_rows" in options else "Votre commune"
    project = a_project(tmp_path)
    a_schema(project, name)
    content = f"{header}1,9,192.0.2.1,marie.invente,Séné\n2,8,192.0.2.2,paul.invente,Arradon\n"
    with serving(csv=Reply(content.encode())) as server:
        source = asking(project, server, "framaforms", "/csv", parts=one(schema="formulaire", options=options))
        capture = collected(project, source)
    kept = kept_bytes(project, capture, "lignes").decode()
    assert "Séné" in kept
    assert "Arradon" in kept
    assert not any(text in kept for text in ("192.0.2", "invente", "équipe"))
    table = read(source.parts[0], SnapshotStore.of(project).path(capture.parts[0]), source="mairie", snapshot="x")
    assert table.column(name).to_pylist() == ["Séné", "Arradon"]


def test_who_answered_is_not_kept_even_when_the_source_names_it(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_schema(project, "ipaddr", "Q1")
    with serving(export=Reply(LIMESURVEY.encode())) as server:
        capture = collected(project, asking(project, server, "limesurvey", "/export", parts=one(schema="formulaire")))
    assert kept_bytes(project, capture, "lignes").decode() == 'Q1\n"Une\nréponse"\n'


def test_a_source_that_names_nothing_yet_loses_columns_of_addresses(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    content = "Provenance;Contact;Réponse\n192.0.2.1;x@example.org;oui\n;;non\n"
    with serving(export=Reply(content.encode())) as server:
        capture = collected(project, asking(project, server, "limesurvey", "/export"))
    assert kept_bytes(project, capture, "lignes").decode() == "Réponse\noui\nnon\n"


def test_a_line_that_has_other_cells_than_the_header_refuses_the_export(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    content = "ipaddr;Q1\n192.0.2.1;oui\nx;192.0.2.2;oui\n"
    with (
        serving(export=Reply(content.encode())) as server,
        pytest.raises(NotTheAnswer, match="line 3: 3 cells") as told,
    ):
        collected(project, asking(project, server, "limesurvey", "/export", parts=one(options={"delimiter": ";"})))
    assert "192.0.2" not in str(told.value)


def test_a_workbook_is_no_export_of_a_form(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(export=Reply(b"PK\x03\x04")) as server, pytest.raises(CollectError, match="csv"):
        collected(project, asking(project, server, "limesurvey", "/export", parts=one("xlsx")))
