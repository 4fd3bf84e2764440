"""What may take the place of a good capture: a whole answer with 200, and nothing that only looks like one."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.sources import SnapshotStore, collect_many
from pipelines.sources.http.errors import NotAuthorised, NotTheAnswer, Throttled
from tests.sources.builders import MORNING, NOON, a_project, a_source, collected, kept_bytes
from tests.sources.clients import a_client
from tests.sources.portals import asking, one
from tests.sources.server import Reply, Request, serving

GOOD = Reply(b"a,b\n1,2\n", headers={"Content-Type": "text/csv"})
CHALLENGES = [
    b"<script>location.reload()</script>",
    b"<!-- guard --><!DOCTYPE html><html><body>please wait</body></html>",
    b"\xef\xbb\xbf  <!-- a -->\n<!-- b -->\n<HTML>",
    b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>',
    b"<meta http-equiv='refresh' content='5'>",
    b"<noscript>Enable JavaScript</noscript>",
    b"<!-- only a comment -->",
    "<!doctype html><p>é".encode("utf-16"),
]


@pytest.mark.parametrize("page", CHALLENGES)
def test_a_page_never_takes_the_place_of_a_good_capture(tmp_path: Path, page: bytes) -> None:
    project = a_project(tmp_path)
    with serving(x=[GOOD, Reply(page, headers={"Content-Type": "text/csv"})]) as server:
        source = asking(project, server, "files", "/x")
        collected(project, source)
        with pytest.raises(NotTheAnswer):
            collected(project, source, NOON)
    capture = SnapshotStore.of(project).latest("mairie")
    assert capture is not None
    assert kept_bytes(project, capture, "lignes") == GOOD.body


@pytest.mark.parametrize("status", [201, 202, 203, 204, 205, 206])
def test_only_200_is_a_whole_answer(tmp_path: Path, status: int) -> None:
    body = b"" if status in (204, 205) else GOOD.body
    project = a_project(tmp_path)
    reply = Reply(body, status, {"Content-Range": "bytes 0-7/100"})
    with serving(x=reply) as server, pytest.raises(NotTheAnswer, match=f"HTTP {status}"):
        collected(project, asking(project, server, "files", "/x"))


@pytest.mark.parametrize("body", [b"", b"\n", b"\xef\xbb\xbf", b" \r\n\t\n"])
def test_an_empty_answer_is_none(tmp_path: Path, body: bytes) -> None:
    project = a_project(tmp_path)
    with serving(x=Reply(body)) as server, pytest.raises(NotTheAnswer, match="an empty answer"):
        collected(project, asking(project, server, "files", "/x"))


def test_304_is_an_answer_only_to_who_asked_for_it(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(x=Reply(b"", 304)) as server, pytest.raises(Exception, match="HTTP 304"):
        collected(project, asking(project, server, "files", "/x"))


GUARDS = [
    b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
    b"<html><body><script>window._cf_chl_opt = {}</script><p>Checking</p></body></html>",
    b"<html><body><iframe src='/_Incapsula_Resource?x=1'></iframe>Request unsuccessful</body></html>",
    b"<html><head><script>document.cookie='a=1';location.reload()</script></head><body></body></html>",
]


@pytest.mark.parametrize("page", GUARDS)
@pytest.mark.parametrize("connector", ["html_table", "files"])
def test_a_guard_s_page_never_takes_the_place_of_a_published_page(tmp_path: Path, page: bytes, connector: str) -> None:
    project = a_project(tmp_path)
    table = b"<html><body><table><tr><th>Ville</th></tr><tr><td>Arras</td></tr></table></body></html>"
    with serving(x=[Reply(table), Reply(page)]) as server:
        source = asking(project, server, connector, "/x", parts=one("html", options={"table": "//table"}))
        collected(project, source)
        with pytest.raises(NotTheAnswer, match="guards the site"):
            collected(project, source, NOON)


def test_a_page_that_says_it_is_a_challenge_in_a_header_is_one(tmp_path: Path) -> None:
    with serving(x=Reply(b"<p>Bonjour", headers={"cf-mitigated": "challenge"})) as server, pytest.raises(NotTheAnswer):
        a_client().ask(f"{server.url}/x", page_is_wrong=False)


def test_every_member_of_a_gzip_answer_is_read(tmp_path: Path) -> None:
    parts = [b"a,b\n", b"1,2\n" * 3000, b"", b"3,4\n"]
    packed = b"".join(gzip.compress(part) for part in parts) + b"\0" * 5
    reply = Reply(packed, headers={"Content-Encoding": "gzip"})
    with serving(x=reply) as server:
        answer = a_client().ask(f"{server.url}/x", to=tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"".join(parts)
    assert answer.size == sum(map(len, parts))


def test_a_member_that_is_cut_or_followed_by_something_else_is_no_whole_answer() -> None:
    whole = gzip.compress(b"a,b\n")
    for packed in (whole + gzip.compress(b"1,2\n")[:-4], whole + b"junk"):
        reply = Reply(packed, headers={"Content-Encoding": "gzip"})
        with serving(x=reply) as server, pytest.raises(Exception, match="answer cut"):
            a_client().ask(f"{server.url}/x")


def test_a_refusal_without_a_token_names_none() -> None:
    with serving(x=Reply(b"no", 403)) as server, pytest.raises(NotAuthorised, match="sends no token"):
        a_client().ask(f"{server.url}/x")


def test_a_long_wait_is_respected_by_later_runs_until_it_is_over(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(x=[Reply(b"", 429, {"Retry-After": "7200"}), GOOD]) as server:
        source = asking(project, server, "files", "/x")
        with pytest.raises(Throttled):
            collected(project, source, MORNING)
        with pytest.raises(Throttled) as raised:
            collected(project, source, MORNING + timedelta(minutes=30))
        assert 5390 < raised.value.facts["wait"] <= 5402
        assert len(server.asked) == 1
        assert collected(project, source, MORNING + timedelta(hours=2, seconds=30)).changed
        assert len(server.asked) == 2


def test_a_long_wait_is_respected_by_every_source_of_the_run_at_that_host(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(x=Reply(b"", 429, {"Retry-After": "7200"}), y=GOOD) as server:
        first = asking(project, server, "files", "/x", name="une")
        second = asking(project, server, "files", "/y", name="deux")
        outcomes = {s.name: o for s, o in collect_many(project, [first, second], now=lambda: MORNING, workers=1)}
    assert isinstance(outcomes["une"], Throttled)
    assert isinstance(outcomes["deux"], Throttled)
    assert server.paths() == ["/x"]


def test_another_address_of_the_source_is_not_kept_waiting(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(x=Reply(b"", 429, {"Retry-After": "7200"})) as server, serving(x=GOOD) as other:
        with pytest.raises(Throttled):
            collected(project, asking(project, server, "files", "/x"))
        assert collected(project, asking(project, other, "files", "/x"), NOON).changed


def test_whatever_a_connector_raises_is_an_error_of_its_source_without_a_value(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from pipelines.core.faults import UnexpectedFault
    from pipelines.sources.registry import CONNECTORS

    def broken(*_given: object) -> object:
        raise KeyError("quelquun@example.org")

    CONNECTORS.register("essai", broken)  # type: ignore[arg-type]
    try:
        project = a_project(tmp_path)
        source = a_source(project, connector="essai")
        with pytest.raises(UnexpectedFault) as raised:
            collected(project, source)
    finally:
        CONNECTORS.forget("essai")
    told = str(raised.value) + caplog.text + (project.snapshots / "log" / "mairie.jsonl").read_text()
    assert "KeyError" in str(raised.value)
    assert "sources/mairie.yaml" in str(raised.value)
    assert "test_answers.py" in caplog.text
    assert "quelquun" not in told
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None


def test_requests_say_so(tmp_path: Path) -> None:
    """The client asks for no part of a file."""
    seen: list[Request] = []

    def answer(request: Request) -> Reply:
        seen.append(request)
        return GOOD

    with serving(x=answer) as server:
        a_client().ask(f"{server.url}/x")
    assert "range" not in seen[0].headers


@pytest.mark.parametrize("file_format", ["json", "jsonl", "xlsx", "ods", "parquet"])
def test_a_sentence_never_takes_the_place_of_a_file_of_another_format(tmp_path: Path, file_format: str) -> None:
    project = a_project(tmp_path)
    sentence = Reply(b"Service temporarily unavailable\n", headers={"Content-Type": "text/plain"})
    with serving(x=sentence) as server, pytest.raises(NotTheAnswer, match=file_format):
        collected(project, asking(project, server, "files", "/x", parts=one(file_format)))
