"""The local server: Range requests as RFC 9110 says, media types, and nothing outside its two folders."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.catalogue.serving import server
from pipelines.commands.serve import NoCatalogue, PortTaken, command


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    for name, text in (
        ("catalogue/index.html", "<p>é</p>"),
        ("catalogue/404.html", "<p>rien</p>"),
        ("releases/prix/1.0.0/data/prix.parquet", "0123456789"),
        ("releases/prix/.lock", "x"),
        ("private/secret.csv", "x"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "catalogue" / "sortie").symlink_to(tmp_path / "private" / "secret.csv")
    return tmp_path


@pytest.fixture
def address(outputs: Path) -> Iterator[str]:
    yield from running(outputs)


def running(outputs: Path, *, ranges: bool = True) -> Iterator[str]:
    with server(outputs, ranges=ranges, told=False) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()


PARQUET = "/releases/prix/1.0.0/data/prix.parquet"


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-30", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=5-2", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("lines=0-1", 200, b"0123456789", None),
        (None, 200, b"0123456789", None),
    ],
)
def test_ranges(address: str, asked: str | None, status: int, body: bytes, told: str | None) -> None:
    answer = requests.get(address + PARQUET, headers={"Range": asked} if asked else {}, timeout=10)
    assert (answer.status_code, answer.content, answer.headers.get("Content-Range")) == (status, body, told)


def test_a_host_without_ranges_sends_the_whole_file(outputs: Path) -> None:
    for address in running(outputs, ranges=False):
        answer = requests.get(address + PARQUET, headers={"Range": "bytes=0-3"}, timeout=10)
        assert (answer.status_code, answer.content) == (200, b"0123456789")
        assert answer.headers["Accept-Ranges"] == "none"


def test_head_tells_the_length_and_sends_nothing(address: str) -> None:
    answer = requests.head(address + PARQUET, timeout=10)
    assert (answer.headers["Content-Length"], answer.content) == ("10", b"")
    missing = requests.head(address + "/catalogue/rien.html", timeout=10)
    assert (missing.status_code, missing.content) == (404, b"")


def test_the_root_leads_to_the_catalogue(address: str) -> None:
    for path in ("/", "/catalogue"):
        answer = requests.get(address + path, timeout=10)
        assert answer.url == f"{address}/catalogue/"
        assert answer.text == "<p>é</p>"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_page_of_what_is_missing_finds_its_files_as_on_the_published_site(address: str) -> None:
    answer = requests.get(f"{address}/arobase/catalogue/index.html?x=%C3%A9", timeout=10)
    assert (answer.url, answer.text) == (f"{address}/catalogue/index.html", "<p>é</p>")
    assert requests.get(f"{address}/arobase/releases/x", timeout=10).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/private/secret.csv",
        "/catalogue/../private/secret.csv",
        "/catalogue/%2e%2e/private/secret.csv",
        "/catalogue/..%2fprivate/secret.csv",
        "/catalogue/sortie",
        "/releases/prix/.lock",
        "/releases/prix/",
        "/ledger.jsonl",
    ],
)
def test_nothing_else_is_shown(address: str, path: str) -> None:
    import http.client

    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    connection.request("GET", path)  # as it stands: other clients tidy the path first
    answer = connection.getresponse()
    assert answer.status == 404
    assert answer.read() == b"<p>rien</p>"


def test_an_empty_folder_answers_too(tmp_path: Path) -> None:
    for address in running(tmp_path):
        assert requests.get(f"{address}/catalogue/", timeout=10).text == "404\n"


def test_the_command_says_that_the_port_is_taken(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AROBASE_OUTPUTS", str(outputs))
    with server(outputs) as made:
        answer = CliRunner().invoke(command, ["--port", str(made.server_address[1])])
    assert isinstance(answer.exception, PortTaken)


def test_another_refusal_of_the_system_is_not_hidden() -> None:
    answer = CliRunner().invoke(command, ["--host", "192.0.2.1", "--port", "0"])
    assert isinstance(answer.exception, OSError)


def test_the_command_asks_for_a_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path))
    answer = CliRunner().invoke(command, ["--port", "0"])
    assert isinstance(answer.exception, NoCatalogue)


@pytest.mark.parametrize(("language", "word"), [("fr", "arrêter"), ("en", "stop")])
def test_the_command_serves_until_it_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    from http.server import ThreadingHTTPServer

    def interrupted(_: ThreadingHTTPServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path))
    monkeypatch.setattr(ThreadingHTTPServer, "serve_forever", interrupted)
    answer = CliRunner().invoke(command, ["--port", "0", "--rebuild", "--quiet", "--lang", language])
    assert answer.exit_code == 0
    assert word in answer.output
    assert "http://127.0.0.1:" in (tmp_path / "catalogue" / "versions.json").read_text(encoding="utf-8")


def test_requests_are_printed_unless_quiet(outputs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with server(outputs) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        requests.get(f"http://127.0.0.1:{made.server_address[1]}/catalogue/", timeout=10)
        made.shutdown()
    assert "GET /catalogue/" in capfd.readouterr().err


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.none() | st.integers(0, 14), st.none() | st.integers(0, 14))
def test_any_range_is_what_slicing_gives(address: str, first: int | None, last: int | None) -> None:
    whole = b"0123456789"
    told = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    answer = requests.get(address + PARQUET, headers={"Range": told}, timeout=10)
    if first is None and last is None:
        expected = whole
    elif first is None:
        expected = whole[max(0, 10 - (last or 0)) :]
    else:
        expected = whole[first : None if last is None else last + 1]
    assert answer.content == expected
    assert answer.status_code == (200 if first is last is None else 206 if expected else 416)


def test_a_browser_that_hangs_up_is_not_told_of(outputs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with server(outputs, told=False) as made:
        for error in (BrokenPipeError(), ConnectionResetError()):
            try:
                raise error
            except ConnectionError:
                made.handle_error(None, ("127.0.0.1", 1))
        assert capfd.readouterr().err == ""
        try:
            raise ValueError("ours")
        except ValueError:
            made.handle_error(None, ("127.0.0.1", 1))
        assert "ours" in capfd.readouterr().err
