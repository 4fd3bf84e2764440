"""The HTTP client against a real server that behaves as servers do, well and badly."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from pipelines.sources.http import Patience
from pipelines.sources.http.answers import Cut, receive
from pipelines.sources.http.backoff import own_wait, wait_asked_for
from pipelines.sources.http.errors import (
    AnswerTooLarge,
    HttpError,
    NotAuthorised,
    NotFound,
    NotTheAnswer,
    Throttled,
    Unreachable,
)
from pipelines.sources.http.rate_limits import RateLimit
from tests.sources.clients import Sleeper, a_client, waits
from tests.sources.server import Reply, Request, as_json, listening, serving


def test_an_answer_is_received_whole_with_how_it_was_obtained() -> None:
    with serving(
        x=Reply(b"a,b\n", headers={"ETag": '"1"', "Set-Cookie": "id=secret", "Content-Type": "text/csv; charset=x"})
    ) as server:
        answer = a_client().ask(f"{server.url}/x", params={"page": 1}, headers={"Authorization": "Bearer t"})
    assert (answer.body, answer.size, answer.media_type, answer.address) == (
        b"a,b\n",
        4,
        "text/csv",
        f"{server.url}/x?page=1",
    )
    assert answer.facts()["headers"]["etag"] == '"1"'
    assert "set-cookie" not in answer.facts()["headers"]
    assert server.asked[0].headers["user-agent"].startswith("arobase/")


def test_an_answer_goes_to_a_file_block_by_block(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    with serving(x=Reply(gzip.compress(content), headers={"Content-Encoding": "gzip"})) as server:
        answer = a_client().ask(f"{server.url}/x", to=tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == content
    assert (answer.size, answer.body, answer.head) == (len(content), b"", content[:512])


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with serving(x=[Reply(b"", status), Reply(b"", status), Reply(b"ok")]) as server:
        client = a_client()
        answer = client.ask(f"{server.url}/x")
    assert (answer.body, answer.attempts, len(waits(client))) == (b"ok", 3, 2)


def test_what_does_not_pass_is_an_error_that_counts_its_attempts() -> None:
    with serving(x=Reply(b"", 500)) as server, pytest.raises(Unreachable) as raised:
        a_client().ask(f"{server.url}/x")
    assert (raised.value.facts["attempts"], raised.value.facts["found"]) == (3, "HTTP 500")


def test_the_server_s_own_wait_is_obeyed() -> None:
    with serving(x=[Reply(b"slow down", 429, {"Retry-After": "7"}), Reply(b"ok")]) as server:
        client = a_client()
        client.ask(f"{server.url}/x")
    assert waits(client) == [7.0]


def test_a_wait_beyond_the_limit_is_an_error() -> None:
    with serving(x=Reply(b"", 429, {"Retry-After": "3600"})) as server, pytest.raises(Throttled) as raised:
        a_client().ask(f"{server.url}/x")
    assert raised.value.facts["wait"] == 3600


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "12"}, 12),
        ({"retry-after": "Mon, 23 Nov 2026 06:01:00 GMT"}, 60),
        ({"retry-after": "Mon, 23 Nov 2026 06:01:00 -0000"}, 60),
        ({"retry-after": "soon"}, None),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "1795413630"}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "5"}, 5),
        ({"ratelimit-remaining": "3", "ratelimit-reset": "5"}, None),
        ({"ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_what_a_server_says_about_waiting_is_understood(headers: dict[str, str], wait: float | None) -> None:
    assert wait_asked_for(headers, 1795413600.0) == wait


def test_our_own_wait_doubles_with_jitter_and_stays_under_a_minute() -> None:
    assert 0.25 <= own_wait(1) <= 0.5
    assert 1.0 <= own_wait(3) <= 2.0
    assert own_wait(50) <= 60
    assert len({own_wait(4) for _ in range(20)}) > 10


def test_a_refused_connection_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="connection refused"):
        a_client().ask(f"http://127.0.0.1:{port}/x")


@pytest.mark.parametrize(
    "broken",
    [
        Reply(b"0123456789", cut=4),
        Reply(b"0123456789", length=40),
        Reply(b"4\r\n0123\r\n", headers={"Transfer-Encoding": "chunked"}, cut=9),
        Reply(gzip.compress(b"x" * 5000)[:-9], headers={"Content-Encoding": "gzip"}),
        Reply(b"not gzip at all", headers={"Content-Encoding": "gzip"}),
        Reply(b"x", headers={"Content-Encoding": "br"}),
    ],
)
def test_a_body_that_is_cut_is_asked_for_again(broken: Reply) -> None:
    with serving(x=[broken, Reply(b"whole")]) as server:
        assert a_client().ask(f"{server.url}/x").body == b"whole"
    with serving(x=broken) as server, pytest.raises(Unreachable, match="cut"):
        a_client().ask(f"{server.url}/x")


def test_a_reset_in_the_middle_is_tried_again() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def resets() -> None:
        for answer in (
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        ):
            peer, _ = listening.accept()
            peer.recv(4096)
            peer.sendall(answer)
            if not answer.endswith(b"ok"):
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            peer.close()

    thread = threading.Thread(target=resets)
    thread.start()
    answer = a_client().ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    thread.join()
    listening.close()
    assert (answer.body, answer.attempts) == (b"ok", 2)


def test_a_silent_server_is_left_after_the_reading_limit() -> None:
    patience = Patience(connect=1, read=0.05, whole=1, attempts=2)
    with serving(x=Reply(b"late", delay=0.3)) as server, pytest.raises(Unreachable, match="timed out"):
        a_client(patience=patience).ask(f"{server.url}/x")


def test_a_slow_drip_is_left_after_the_limit_for_the_whole() -> None:
    patience = Patience(connect=1, read=0.5, whole=0.15, attempts=1)
    began = time.monotonic()
    with serving(x=Reply(b"x" * 1000, drip=0.02)) as server, pytest.raises(Unreachable, match=r"0\.15 s"):
        a_client(patience=patience).ask(f"{server.url}/x")
    assert time.monotonic() - began < 5


def test_a_head_that_drips_is_left_after_the_reading_limit() -> None:
    """Each byte comes in time; the head as a whole does not, and no limit of the body has begun."""

    class Dripping(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Lent: ")
            with suppress(OSError):
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.02)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    began = time.monotonic()
    with listening(Dripping) as address, pytest.raises(Unreachable, match="timed out"):
        a_client(patience=Patience(connect=1, read=0.2, whole=30, attempts=1)).ask(f"{address}/x")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_names_its_variable_and_not_its_value(status: int) -> None:
    client = a_client(secrets=("s3cret",), names=("JETON",))
    with serving(x=Reply(b"s3cret", status)) as server, pytest.raises(NotAuthorised) as raised:
        client.ask(f"{server.url}/x", params={"q": "s3cret", "apikey": "other"})
    assert "JETON" in raised.value.message("fr")
    assert "s3cret" not in str(raised.value.facts)


def test_nothing_there_is_told() -> None:
    with serving() as server, pytest.raises(NotFound):
        a_client().ask(f"{server.url}/x")


def test_a_wrong_question_is_told_in_the_server_s_words() -> None:
    refused = as_json({"message": "ODSQL query is malformed: s3cret", "error_code": "ODSQLError"}, status=400)
    with serving(x=refused, y=Reply(b"<p>no", 400), z=as_json([1], status=400)) as server:
        client = a_client(secrets=("s3cret",))
        with pytest.raises(HttpError, match=r"HTTP 400: ODSQL query is malformed: \*\*\*"):
            client.ask(f"{server.url}/x")
        for path in ("y", "z"):
            with pytest.raises(HttpError, match=r"did not give what was asked for: HTTP 400\. Check"):
                client.ask(f"{server.url}/{path}")


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><form>login", b"\xef\xbb\xbf\n<HTML>"])
def test_a_web_page_with_200_is_not_the_answer(page: bytes, tmp_path: Path) -> None:
    with serving(x=Reply(page, headers={"Content-Type": "application/json"})) as server:
        with pytest.raises(NotTheAnswer):
            a_client().ask(f"{server.url}/x", to=tmp_path / "x")
        assert a_client().ask(f"{server.url}/x", page_is_wrong=False).is_web_page


def test_not_modified_is_an_answer_without_a_body() -> None:
    def conditional(request: Request) -> Reply:
        return Reply(b"", 304) if request.headers.get("if-none-match") == '"1"' else Reply(b"x")

    with serving(x=conditional) as server:
        assert a_client().ask(f"{server.url}/x", headers={"If-None-Match": '"1"'}).not_modified


@pytest.mark.parametrize(
    "reply", [Reply(b"0" * 2000), Reply(b"0" * 2000, headers={"Transfer-Encoding": "x"}, cut=2000)]
)
def test_an_answer_beyond_the_limit_is_given_up(reply: Reply) -> None:
    with serving(x=reply) as server, pytest.raises(AnswerTooLarge):
        a_client(maximum_size=1000).ask(f"{server.url}/x")


def test_two_gigabytes_of_zeros_are_given_up_early() -> None:
    bomb = gzip.compress(b"\x00" * 30_000_000)
    with serving(x=Reply(bomb, headers={"Content-Encoding": "gzip"})) as server, pytest.raises(AnswerTooLarge):
        a_client(maximum_size=2_000_000_000).ask(f"{server.url}/x")


def test_a_host_gets_no_more_at_once_than_allowed() -> None:
    with serving(x=Reply(b"ok", delay=0.02)) as server:
        client = a_client(at_once=2, patience=Patience())
        threads = [threading.Thread(target=client.ask, args=(f"{server.url}/x",)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(server.asked), server.most_at_once) == (12, 2)


def test_requests_to_a_host_are_spaced_as_its_limit_asks() -> None:
    sleeper = Sleeper()
    door = RateLimit(1, 60.0)
    for _ in range(3):
        with door.entered(sleeper):
            pass
    assert [round(wait) for wait in sleeper.waits] == [60, 120]


def test_an_answer_that_announces_more_than_the_limit_is_not_read() -> None:
    with serving(x=Reply(b"a", length=5_000)) as server, pytest.raises(AnswerTooLarge):
        a_client(maximum_size=4_999).ask(f"{server.url}/x")


def test_a_source_that_allows_no_attempt_gets_one() -> None:
    with serving(x=Reply(b"", 503)) as server, pytest.raises(Unreachable, match="1 attempts"):
        a_client(patience=Patience(attempts=0)).ask(f"{server.url}/x")


def test_a_body_shorter_than_its_length_is_cut_no_matter_who_reads_it() -> None:
    """urllib3 counts too, unless it is told not to."""

    class Raw(io.BytesIO):
        def read1(self, size: int | None = -1, **_options: object) -> bytes:
            return super().read1(size)

    with pytest.raises(Cut, match="3/4"):
        receive(Raw(b"abc"), {"content-length": "4"}, io.BytesIO(), 100, lambda: None)
