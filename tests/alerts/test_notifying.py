"""What is told, to whom, once; over real servers of mail and of HTTP."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.alerts.notifying import folder_of, notify, open_alerts
from pipelines.alerts.settings import AlertSettings
from pipelines.core.project import Project
from tests.alerts.builders import NOW, PASSWORD, USER, Mailbox, a_mailbox, broken, by_mail, told_by, well
from tests.schema.builders import a_project
from tests.sources.server import Reply, Server, serving

HOOK = {"HOOK": ""}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_project(tmp_path)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with a_mailbox() as box:
        yield box


def said(
    project: Project, settings: AlertSettings, *seen: Any, after: timedelta = timedelta(0), **env: str
) -> list[str]:
    """Notify at a moment after NOW; gives "channel: title" of what was sent."""
    told = notify(project, settings, seen, now=NOW + after, environment=env)
    assert not told.errors
    return [f"{channel}: {title}" for channel, title in told.sent]


def test_an_alert_is_told_once_when_it_opens_and_once_when_it_is_over(project: Project, box: Mailbox) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)}, language="fr")
    assert said(project, settings, broken()) == ["equipe: Échec : source villes"]
    assert said(project, settings, broken(), after=timedelta(hours=1)) == []
    assert said(project, settings, well(), after=timedelta(hours=2)) == ["equipe: Rétabli : source villes (échec)"]
    assert said(project, settings, well(), after=timedelta(hours=3)) == []
    assert [mail["Subject"] for mail in box.mails] == [
        "[Arobase] Échec : source villes",
        "[Arobase] Rétabli : source villes (échec)",
    ]


def test_a_message_says_what_where_who_fixes_it_and_where_to_look(project: Project, box: Mailbox) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)}, language="en", link="https://dagster.example.org/")
    said(project, settings, broken())
    (mail,) = box.mails
    body = mail.get_content()
    assert box.recipients == [["equipe@example.org"]]
    for part in (
        "What: the file is missing [absent]",
        "Where: sources/villes.yaml",
        "To be fixed by: the operator of Arobase",
    ):
        assert part in body
    assert "See: https://dagster.example.org/" in body
    assert mail["Auto-Submitted"] == "auto-generated"


def test_an_alert_that_lasts_is_told_again_after_the_delay_that_was_asked_for(project: Project, box: Mailbox) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)}, repeat="PT6H")
    said(project, settings, broken())
    assert said(project, settings, after=timedelta(hours=5)) == []
    assert said(project, settings, after=timedelta(hours=7)) == ["equipe: Échec : source villes"]


def test_what_was_not_looked_at_stays_as_it_was(project: Project, box: Mailbox) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)})
    said(project, settings, broken("villes"), broken("actions"))
    said(project, settings, well("villes"))
    assert [alert.subject.name for alert, _ in open_alerts(project).values()] == ["actions"]


def test_what_was_remembered_before_alerts_said_what_they_are_about_is_told_once_more(
    project: Project, box: Mailbox
) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)})
    said(project, settings, broken())
    path = project.outputs / "alerts" / "state.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    (entry,) = state["alerts"].values()
    entry["alert"] = {**entry["alert"], "subject": ["villes", "villes"]}
    del entry["alert"]["about"], entry["alert"]["name"]
    path.write_text(json.dumps({**state, "alerts": {"run-failed villes": entry}}), encoding="utf-8")
    assert said(project, settings, broken()) == ["equipe: Échec : source villes"]
    assert list(open_alerts(project)) == ["run-failed source villes"]


def test_a_channel_hears_only_what_it_asked_for(project: Project, box: Mailbox) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box, about=["source-late"])})
    assert said(project, settings, broken()) == []
    assert said(project, settings, well()) == []
    assert not box.mails


def test_what_a_channel_did_not_take_is_sent_to_it_again_and_to_no_other(project: Project, box: Mailbox) -> None:
    with a_mailbox() as other:
        settings = told_by(project, channels={"equipe": by_mail(box), "secours": by_mail(other)})
        box.answer = "451 plus tard"
        told = notify(project, settings, [broken()], now=NOW, environment={})
        assert [error.facts["found"] for error in told.errors] == ["SMTP 451"]
        assert told.sent == [("secours", "Échec : source villes")]
        box.answer = "250 OK"
        assert said(project, settings, broken()) == ["equipe: Échec : source villes"]
        assert len(other.mails) == 1


def test_a_server_that_is_not_there_is_told_and_stops_nothing(project: Project) -> None:
    with a_mailbox() as gone:
        channel = by_mail(gone)
    settings = told_by(project, channels={"equipe": channel})
    told = notify(project, settings, [broken()], now=NOW, environment={})
    assert [error.code for error in told.errors] == ["alert-not-sent"]
    assert list(open_alerts(project)) == ["run-failed source villes"]


def test_mail_is_sent_with_a_login_over_starttls(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *names], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    secrets = {"user": "MAIL_USER", "password": "MAIL_PASSWORD", "security": "starttls"}
    with a_mailbox(tls=context, with_login=True) as box:
        settings = told_by(project, channels={"equipe": by_mail(box, **secrets)})
        environment = {"MAIL_USER": USER, "MAIL_PASSWORD": PASSWORD}
        stranger = notify(project, settings, [broken()], now=NOW, environment=environment)
        assert [error.facts["found"] for error in stranger.errors] == ["SSLCertVerificationError"]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert said(project, settings, **environment) == ["equipe: Échec : source villes"]
        wrong = {**environment, "MAIL_PASSWORD": "autre"}
        told = notify(project, settings, [broken("actions")], now=NOW, environment=wrong)
        assert [error.facts["found"] for error in told.errors] == ["SMTP 535"]
        assert "autre" not in told.errors[0].message("fr")
        accented = {**environment, "MAIL_PASSWORD": "clé"}
        (error,) = notify(project, settings, [], now=NOW, environment=accented).errors
    assert "ASCII" in error.message("fr")


def hook(server: Server, kind: str, **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    channel = {"kind": kind, "address": "HOOK", "allow_private": True, **more}
    return channel, {"HOOK": f"{server.url}/hook"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("slack", {"text": "*Échec : source a_b &lt;c&gt;*\n"}),
        ("mattermost", {"text": "#### Échec : source a\\_b \\<c\\>\n"}),
    ],
)
def test_a_chat_is_told_in_its_own_shape_and_escaping(project: Project, kind: str, expected: dict[str, str]) -> None:
    with serving(hook=Reply(b"ok")) as server:
        channel, environment = hook(server, kind)
        said(project, told_by(project, channels={"salon": channel}), broken("a_b <c>"), **environment)
        (asked,) = server.asked
    assert asked.method == "POST"
    assert list(asked.document) == ["text"]
    assert asked.document["text"].startswith(expected["text"])


def test_any_other_machine_is_told_as_json(project: Project) -> None:
    with serving(hook=Reply(b"", 204)) as server:
        channel, environment = hook(server, "json")
        settings = told_by(project, channels={"salon": channel}, language="en")
        said(project, settings, broken(), **environment)
        said(project, settings, well(), **environment)
        opened, over = (request.document for request in server.asked)
    assert opened["state"] == "open"
    assert opened["what"] == "the file is missing"
    assert opened["code"] == "absent"
    assert (over["state"], over["title"]) == ("ended", "Recovered: source villes (failure)")


def test_a_matrix_room_shows_a_message_that_is_sent_twice_once(project: Project) -> None:
    with serving() as server:
        taken: list[str] = []

        def room(request: Any) -> Reply:
            taken.append(request.path)
            return Reply(json.dumps({"event_id": "$1"}).encode())

        server.reply = room  # type: ignore[method-assign]
        channel = {
            "kind": "matrix",
            "address": "HOOK",
            "room": "!salon:example.org",
            "token": "TOKEN",
            "allow_private": True,
        }
        settings = told_by(project, channels={"salon": channel})
        environment = {"HOOK": server.url, "TOKEN": "jeton-invente"}
        said(project, settings, broken(), **environment)
        (folder_of(project) / "state.json").unlink()  # as if the process had died before it could remember
        said(project, settings, broken(), **environment)
        asked = server.asked[0]
    assert len(taken) == 2
    assert len(set(taken)) == 1
    assert asked.method == "PUT"
    assert "/rooms/%21salon%3Aexample.org/send/m.room.message/" in asked.path
    assert asked.headers["authorization"] == "Bearer jeton-invente"
    assert asked.document["msgtype"] == "m.text"


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (Reply(b"no", 404), "HTTP 404"),
        (Reply(b"", 302, {"Location": "https://example.org/"}), "HTTP 302"),
        (Reply(b"x" * 600, drip=0.05), "TimeoutError"),
        (Reply(b"", delay=3), "ReadTimeout"),
    ],
)
def test_an_answer_that_is_none_is_told_without_the_address(project: Project, reply: Reply, found: str) -> None:
    with serving(hook=reply) as server:
        channel, environment = hook(server, "json", timeout=1)
        settings = told_by(project, channels={"salon": channel})
        told = notify(project, settings, [broken()], now=NOW, environment=environment)
    (error,) = told.errors
    assert error.facts["found"] == found
    assert server.url not in error.message("en") + error.message("fr")


def test_an_address_of_a_private_network_needs_leave(project: Project) -> None:
    with serving(hook=Reply(b"ok")) as server:
        channel, environment = hook(server, "json", allow_private=False)
        settings = told_by(project, channels={"salon": channel})
        told = notify(project, settings, [broken()], now=NOW, environment=environment)
        assert not server.asked
    assert told.errors[0].message("en").count("private address") == 1


def test_a_secret_that_is_not_set_is_named(project: Project) -> None:
    channel = {"kind": "json", "address": "HOOK"}
    told = notify(project, told_by(project, channels={"salon": channel}), [broken()], now=NOW, environment={})
    assert "HOOK" in told.errors[0].message("en")


def test_a_memory_that_was_damaged_tells_again_rather_than_never(project: Project, box: Mailbox) -> None:
    settings = told_by(project, channels={"equipe": by_mail(box)})
    said(project, settings, broken())
    (folder_of(project) / "state.json").write_text('{"alerts": [', encoding="utf-8")
    assert said(project, settings, broken()) == ["equipe: Échec : source villes"]


def test_what_is_remembered_is_for_the_owner_alone(project: Project, box: Mailbox) -> None:
    said(project, told_by(project, channels={"equipe": by_mail(box)}), broken())
    assert folder_of(project).stat().st_mode & 0o777 == 0o700
