"""How a portal is asked: what is repeated, what is not, what is logged, and where the token never appears."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pipelines.portals import client as portal_client
from pipelines.portals.client import PortalClient
from pipelines.portals.descriptions import Portal
from pipelines.portals.errors import PortalAnswerWrong, PortalUnreachable, TokenRefused
from pipelines.portals.uploading import Upload
from tests.portals.builders import NOW
from tests.portals.server import Asked, Served, Told, served

TOKEN = "secret-tres-long"


class Echo:
    """Answers what it was asked."""

    def answer(self, asked: Asked) -> Told:
        return Told(200, {"body": asked.body.decode()})


@pytest.fixture
def portal() -> Iterator[Served]:
    with served(Echo()) as holder:
        yield holder


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(portal: Served, tmp_path: Path, waits: list[float]) -> PortalClient:
    return a_client(portal.address, tmp_path, waits)


def a_client(address: str, folder: Path, waits: list[float], **more: Any) -> PortalClient:
    told: dict[str, Any] = {"allow_private": True, **more}
    described = Portal("essai", "ckan", "Essai", "Trial", address, "JETON", "https://example.org/", **told)
    return PortalClient(described, "Authorization", TOKEN, folder / "log.jsonl", lambda: NOW, waits.append)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def failing(times: int, told: Told) -> Any:
    """The first answers are `told`."""
    left = [times]

    def answer(_: Asked) -> Told | None:
        left[0] -= 1
        return told if left[0] >= 0 else None

    return answer


def test_reading_is_repeated_until_the_portal_answers(client: PortalClient, portal: Served, waits: list[float]) -> None:
    portal.before = failing(2, Told(502))
    assert client.ask("GET", "x").is_good
    assert len(waits) == 2


def test_writing_is_not_repeated_when_it_may_have_been_done(client: PortalClient, portal: Served) -> None:
    portal.before = failing(1, Told(0, cut=True))
    with pytest.raises(PortalUnreachable, match="1 attempt"):
        client.ask("POST", "x", json={})
    assert len(portal.asked) == 1


def test_a_server_error_of_a_write_is_answered_at_once(client: PortalClient, portal: Served) -> None:
    portal.before = failing(1, Told(500, {"message": "oups"}))
    assert client.ask("POST", "x", json={}).status == 500


def test_writing_is_repeated_when_the_portal_says_that_it_did_nothing(
    client: PortalClient, portal: Served, waits: list[float]
) -> None:
    portal.before = failing(1, Told(429, headers={"Retry-After": "7"}))
    assert client.ask("POST", "x", json={}).is_good
    assert waits == [7.0]


def test_a_portal_that_asks_to_wait_for_hours_is_left(client: PortalClient, portal: Served, waits: list[float]) -> None:
    portal.before = failing(1, Told(429, headers={"Retry-After": "7200"}))
    with pytest.raises(PortalUnreachable, match="HTTP 429"):
        client.ask("GET", "x")
    assert waits == []


def test_a_portal_that_never_answers_is_given_up(client: PortalClient, portal: Served, waits: list[float]) -> None:
    portal.before = failing(99, Told(503))
    with pytest.raises(PortalUnreachable, match="4 attempt"):
        client.ask("GET", "x")
    assert len(waits) == 3


def test_a_write_to_a_closed_port_is_repeated_for_nothing_was_sent(tmp_path: Path, waits: list[float]) -> None:
    with served(Echo()) as gone:
        address = gone.address
    with pytest.raises(PortalUnreachable, match="refused"):
        a_client(address, tmp_path, waits).ask("POST", "x", json={})
    assert len(waits) == 3


def test_a_private_address_is_not_asked_unless_the_portals_file_says_so(portal: Served, tmp_path: Path) -> None:
    with pytest.raises(PortalUnreachable, match="private"):
        a_client(portal.address, tmp_path, [], allow_private=False).ask("GET", "x")
    assert portal.asked == []


def test_a_portal_that_does_not_take_the_connection_is_asked_again_whatever_is_asked(
    client: PortalClient, portal: Served, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def too_slow(method: str, *_: object, **__: object) -> None:
        asked.append(method)
        raise requests.exceptions.ConnectTimeout

    monkeypatch.setattr(requests.Session, "request", too_slow)
    with pytest.raises(PortalUnreachable, match="connection timed out"):
        client.ask("POST", "x", json={})
    assert len(asked) == len(waits) + 1 > 1


def test_a_name_that_turns_private_between_look_and_connection_is_sent_nothing(
    portal: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal_client, "refusal", lambda *_, **__: "")
    with pytest.raises(PortalUnreachable, match="private"):
        a_client(portal.address, tmp_path, [], allow_private=False).ask("POST", "x", json={})
    assert portal.asked == []


def test_an_answer_in_time_or_none(portal: Served, tmp_path: Path) -> None:
    import time

    def slow(_: Asked) -> None:
        time.sleep(0.3)

    portal.before = slow
    with pytest.raises(PortalUnreachable, match="1 attempt"):
        a_client(portal.address, tmp_path, [], timeout=0.05).ask("POST", "x", json={})


def test_a_redirect_is_not_followed_so_that_the_token_goes_nowhere_else(client: PortalClient, portal: Served) -> None:
    portal.before = failing(1, Told(302, headers={"Location": "http://127.0.0.1:9/vol"}))
    with pytest.raises(PortalAnswerWrong, match="302"):
        client.ask("GET", "x")
    assert len(portal.asked) == 1


def test_a_login_page_is_not_an_answer(client: PortalClient, portal: Served) -> None:
    portal.before = failing(1, Told(200, raw=b"<html>Connexion</html>"))
    with pytest.raises(PortalAnswerWrong, match="no JSON"):
        client.ask("GET", "x")


def test_an_error_page_is_an_answer_without_a_document(client: PortalClient, portal: Served) -> None:
    portal.before = failing(1, Told(404, raw=b"<html>perdu</html>"))
    assert client.ask("GET", "x").document is None


def test_an_endless_answer_is_given_up(client: PortalClient, portal: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_client, "MAXIMUM_ANSWER", 10)
    portal.before = failing(9, Told(200, raw=b"x" * 100))
    with pytest.raises(PortalUnreachable, match="more than 10"):
        client.ask("GET", "x")


def test_an_answer_cut_in_the_middle_is_no_answer(client: PortalClient, portal: Served) -> None:
    portal.before = failing(1, Told(200, {"a": 1}, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(PortalUnreachable, match="DecodeError"):
        client.ask("POST", "x", json={})


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_told_by_the_name_of_its_variable(client: PortalClient, portal: Served, status: int) -> None:
    portal.before = failing(1, Told(status, {"message": f"bad {TOKEN}"}))
    with pytest.raises(TokenRefused, match="JETON") as caught:
        client.ask("GET", "x", params={"token": TOKEN})
    assert TOKEN not in str(caught.value)
    assert caught.value.facts["found"] == '{"message": "bad ***"}'


def test_a_refusal_that_says_nothing_is_told_all_the_same(client: PortalClient, portal: Served) -> None:
    portal.before = failing(1, Told(403))
    with pytest.raises(TokenRefused, match="JETON") as caught:
        client.ask("GET", "x")
    assert caught.value.facts["found"] == "—"


def test_a_token_that_the_cut_of_a_long_answer_goes_through_is_hidden_all_the_same(
    client: PortalClient, portal: Served, tmp_path: Path
) -> None:
    half = len(TOKEN) // 2
    portal.before = failing(1, Told(400, raw=b"x" * (portal_client.LONGEST_REASON - half) + TOKEN.encode()))
    client.ask("POST", "x", json={})
    assert TOKEN[:half] not in (tmp_path / "log.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wrong_certificate_is_told_for_what_it_is_in_the_readers_language(
    client: PortalClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED")

    monkeypatch.setattr(requests.Session, "request", wrong)
    with pytest.raises(PortalUnreachable, match="certificate refused") as caught:
        client.ask(method, "x", json={})
    assert "essai : certificat refusé." in caught.value.message("fr")
    assert [line["said"] for line in lines(tmp_path)] == ["certificate refused"]


def test_every_request_is_logged_with_its_answer(client: PortalClient, portal: Served, tmp_path: Path) -> None:
    client.ask("POST", "x", json={"b": 1, "a": 2})
    (line,) = lines(tmp_path)
    assert line["sent"] == {"json": ["a", "b"], "bytes": 16}
    assert (line["method"], line["status"], line["attempt"], line["said"]) == ("POST", 200, 1, "")


def test_the_token_is_never_logged(client: PortalClient, portal: Served, tmp_path: Path) -> None:
    portal.before = failing(1, Told(400, {"message": f"no {TOKEN}"}))
    reply = client.ask("GET", f"x?api_key={TOKEN}", params={"q": TOKEN})
    assert TOKEN not in (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    assert TOKEN not in str(client.refused(reply))
    assert TOKEN not in repr(client)
    assert portal.asked[0].headers["authorization"] == TOKEN


def test_a_file_is_sent_whole_with_its_length(client: PortalClient, portal: Served, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("é,1\n".encode() * 200_000)
    client.ask("POST", "x", upload=Upload(path, "table.csv", "text/csv", boundary="f" * 64))
    (asked,) = portal.asked
    assert int(asked.headers["content-length"]) == len(asked.body)
    assert path.read_bytes() in asked.body
    assert lines(tmp_path)[0]["sent"] == {"file": "table.csv", "bytes": 1_000_000}


def test_an_answer_that_drips_is_given_up(tmp_path: Path) -> None:
    """A byte every twentieth of a second would hold up a push for ever: each comes in time, the whole does not."""
    import time
    from http.server import BaseHTTPRequestHandler

    from tests.sources.server import listening

    class Dripping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(b" ")
                    time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with listening(Dripping) as address:
        began = time.monotonic()
        with pytest.raises(PortalUnreachable, match="slow"):
            a_client(f"{address}/", tmp_path, [], timeout=0.4).ask("POST", "x", json={})
        assert time.monotonic() - began < 10
