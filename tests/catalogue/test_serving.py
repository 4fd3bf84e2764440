"""The local server: Range requests as RFC 9110 says, media types, and nothing outside its two folders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
    with server(outputs, ranges=ranges, logs_requests=False) as made:
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
    connection.request("GET", path)  # as it is: other clients tidy the path first
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
def test_the_command_serves_until_it_is_interrupted(tmp_path: Path, language: str, word: str) -> None:
    """A process of its own, interrupted as Ctrl-C does."""
    command_line = [sys.executable, "-m", "pipelines.cli", "serve", "--port", "0", "--rebuild", "--lang", language]
    environment = {**os.environ, "AROBASE_OUTPUTS": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert word in line
        address = line.split()[0]
        assert requests.get(f"{address}versions.json", timeout=10).json()["packages"] == []
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "GET /catalogue/versions.json" in said
    assert "Traceback" not in said
    assert address in (tmp_path / "catalogue" / "versions.json").read_text(encoding="utf-8")


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
    large = outputs / "releases" / "prix" / "grand.parquet"
    large.write_bytes(bytes(30_000_000))
    for address in running(outputs):
        with requests.get(f"{address}/releases/prix/grand.parquet", stream=True, timeout=10) as answer:
            next(answer.iter_content(1_000))
        assert requests.get(f"{address}/catalogue/", timeout=10).status_code == 200
    assert capfd.readouterr().err == ""


def test_what_is_held_already_is_not_sent_again(address: str) -> None:
    first = requests.get(address + PARQUET, timeout=10)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    for asked in ({"If-None-Match": tag}, {"If-None-Match": f'"autre", {tag}'}, {"If-Modified-Since": date}):
        answer = requests.get(address + PARQUET, headers=asked, timeout=10)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
    other = {"If-None-Match": '"autre"', "If-Modified-Since": date}
    assert requests.get(address + PARQUET, headers=other, timeout=10).status_code == 200


def test_a_range_of_a_file_that_changed_is_the_whole_new_file(outputs: Path, address: str) -> None:
    first = requests.get(address + PARQUET, headers={"Range": "bytes=0-3"}, timeout=10)
    for held in (first.headers["ETag"], first.headers["Last-Modified"]):
        asked = {"Range": "bytes=4-", "If-Range": held}
        assert requests.get(address + PARQUET, headers=asked, timeout=10).content == b"456789"
    (outputs / PARQUET[1:]).write_text("abcdefghijkl", encoding="utf-8")
    asked = {"Range": "bytes=4-", "If-Range": first.headers["ETag"]}
    answer = requests.get(address + PARQUET, headers=asked, timeout=10)
    assert (answer.status_code, answer.text) == (200, "abcdefghijkl")


def test_texts_are_compressed_for_who_takes_them_so(outputs: Path, address: str) -> None:
    text = "é;à\n" * 2_000
    (outputs / "catalogue" / "a.csv").write_text(text, encoding="utf-8")
    plain = requests.get(f"{address}/catalogue/a.csv", headers={"Accept-Encoding": "identity"}, timeout=10)
    packed = requests.get(f"{address}/catalogue/a.csv", headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert plain.content.decode() == packed.content.decode() == text
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"  # the bytes are others
    held = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert requests.get(f"{address}/catalogue/a.csv", headers=held, timeout=10).status_code == 304
    part = {"Accept-Encoding": "gzip", "Range": "bytes=0-4"}
    answer = requests.get(f"{address}/catalogue/a.csv", headers=part, timeout=10)
    assert (answer.status_code, answer.content) == (206, text.encode()[:5])
    assert "Content-Encoding" not in answer.headers
    parquet = requests.get(address + PARQUET, headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert "Content-Encoding" not in parquet.headers


def test_other_sites_may_read_parts(address: str) -> None:
    origin = {"Origin": "https://autre.example.org"}
    answer = requests.get(address + PARQUET, headers={**origin, "Range": "bytes=0-1"}, timeout=10)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]
    asking = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    before = requests.options(address + PARQUET, headers=asking, timeout=10)
    assert before.status_code == 200
    assert "range" in before.headers["Access-Control-Allow-Headers"].lower()


def test_a_folder_with_a_page_leads_to_its_address(outputs: Path, address: str) -> None:
    (outputs / "catalogue" / "prix").mkdir()
    (outputs / "catalogue" / "prix" / "index.html").write_text("<p>prix</p>", encoding="utf-8")
    answer = requests.get(f"{address}/catalogue/prix", timeout=10)
    assert (answer.url, answer.text) == (f"{address}/catalogue/prix/", "<p>prix</p>")
    assert requests.get(f"{address}/releases/prix", timeout=10).status_code == 404


def test_what_is_missing_is_told_in_the_language_around_it(outputs: Path, address: str) -> None:
    (outputs / "catalogue" / "en").mkdir()
    (outputs / "catalogue" / "en" / "404.html").write_text("<p>nothing</p>", encoding="utf-8")
    told = {"/catalogue/en/x.html": "<p>nothing</p>", "/catalogue/x.html": "<p>rien</p>", "/x": "<p>rien</p>"}
    for path, text in told.items():
        answer = requests.get(address + path, timeout=10)
        assert (answer.status_code, answer.text) == (404, text)


def test_nothing_is_written_through_it(outputs: Path, address: str) -> None:
    for method in ("PUT", "POST", "DELETE"):
        assert requests.request(method, address + PARQUET, data=b"x", timeout=10).status_code == 405
    assert (outputs / PARQUET[1:]).read_text(encoding="utf-8") == "0123456789"


@pytest.mark.parametrize("asked", [None, "bytes=10-"])
def test_a_file_that_shrinks_while_it_is_sent_ends_the_answer(outputs: Path, asked: str | None) -> None:
    large = outputs / "releases" / "prix" / "grand.parquet"
    large.write_bytes(bytes(60_000_000))
    for address in running(outputs):
        headers = {"Range": asked} if asked else {}
        with requests.get(f"{address}/releases/prix/grand.parquet", headers=headers, stream=True, timeout=20) as answer:
            blocks = answer.iter_content(1_000)
            next(blocks)
            os.truncate(large, 1_000)
            with pytest.raises(requests.exceptions.RequestException):  # cut, and told: never taken for the whole
                for _ in blocks:
                    pass
        assert requests.get(f"{address}/catalogue/", timeout=10).status_code == 200


def test_a_thousand_parts_asked_for_fifty_at_a_time_are_all_right(outputs: Path, address: str) -> None:
    whole = bytes(range(256)) * 4_000
    (outputs / PARQUET[1:]).write_bytes(whole)

    def part(place: int) -> bool:
        first = place * 1_021 % (len(whole) - 5_000)
        asked = {"Range": f"bytes={first}-{first + 4_999}"}
        with requests.get(address + PARQUET, headers=asked, timeout=60) as answer:
            return answer.status_code == 206 and answer.content == whole[first : first + 5_000]

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(part, range(1_000))) == 1_000
