"""Every fault of a server, seen from a source: what is told, what is kept, and that nothing wrong is put in use."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.sources import SnapshotStore, Source, latest
from tests.sources.builders import NOON, a_project, a_source, collected, kept_bytes
from tests.sources.portals import RECORDS, an_explore, one
from tests.sources.server import Reply, Request, as_json, serving

GOOD = b"nom\nS\xc3\xa9n\xc3\xa9\n"
ZEROS = gzip.compress(b"\0" * 150_000_000, 1)
PATIENCE = {"attempts": 1, "connect": 1, "read": 0.3, "whole": 0.6, "wait": 5}
PARAMETERS: dict[str, Any] = {"allow_private": True, "timeout": PATIENCE, "maximum_size": 100_000_000}


def now_in_use(project: Project, source: Source, good: bytes = GOOD) -> ArobaseError:
    """The error of one more collection, once it is sure that the capture before it is still the one in use."""
    with pytest.raises(ArobaseError) as raised:
        collected(project, source, NOON)
    capture = latest(project, source)
    assert capture is not None
    assert kept_bytes(project, capture, "lignes") == good
    failure = SnapshotStore.of(project).last_failure(source.name)
    assert failure is not None
    assert failure["error"]["code"] == raised.value.code
    assert failure["error"]["fr"] == raised.value.message("fr") != raised.value.message("en") == failure["error"]["en"]
    assert f"« {source.name} »" in failure["error"]["fr"]
    return raised.value


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (Reply(GOOD, cut=3), "unreachable", "cut"),
        (Reply(GOOD, drip=0.2), "unreachable", "0.6 s"),
        (Reply(GOOD, delay=0.6), "unreachable", "timed out"),
        (Reply(GOOD, length=4000), "unreachable", "cut"),
        (Reply(gzip.compress(GOOD * 99)[:-9], headers={"Content-Encoding": "gzip"}), "unreachable", "cut"),
        (Reply(b"<!DOCTYPE html><h1>Erreur interne</h1>"), "not-the-answer", "web page"),
        (Reply(b"<html><form>Mot de passe"), "not-the-answer", "web page"),
        (Reply(b"", 301, {"Location": "/x"}), "redirect-refused", "more than"),
        (Reply(b"", 302, {"Location": "ftp://example.org/x"}), "address-refused", "ftp"),
        (Reply(b"", 401), "not-authorised", "401"),
        (Reply(b"", 403), "not-authorised", "403"),
        (Reply(b"", 404), "not-found", "404"),
        (Reply(b"Retry later", 429), "unreachable", "429"),
        (Reply(b"", 429, {"Retry-After": "600"}), "throttled", "600 s"),
        (Reply(b"", 500), "unreachable", "500"),
        (
            Reply(ZEROS, headers={"Content-Encoding": "gzip"}),
            "answer-too-large",
            "bytes",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_is_told_and_the_last_capture_stays_in_use(tmp_path: Path, fault: Reply, code: str, said: str) -> None:
    project = a_project(tmp_path)
    with serving(x=[Reply(GOOD), fault]) as server:
        source = a_source(project, address=f"{server.url}/x", parameters=PARAMETERS)
        assert collected(project, source).changed
        error = now_in_use(project, source)
    assert error.code == code
    assert said in error.message("en")
    assert "Mot de passe" not in error.message("fr")


def test_a_server_that_is_gone_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(x=Reply(GOOD)) as server:
        source = a_source(project, address=f"{server.url}/x", parameters=PARAMETERS)
        collected(project, source)
    error = now_in_use(project, source)
    assert "refused" in error.message("en")


def test_an_error_that_passes_is_no_fault(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(x=[Reply(b"", 500), Reply(b"", 429, {"Retry-After": "0"}), Reply(GOOD)]) as server:
        patience = PATIENCE | {"attempts": 3}
        source = a_source(project, address=f"{server.url}/x", parameters=PARAMETERS | {"timeout": patience})
        assert collected(project, source).changed
    assert SnapshotStore.of(project).last_failure("mairie") is None


@contextmanager
def a_server_of_another_name(folder: Path) -> Iterator[int]:
    """A TLS server whose certificate nobody vouches for."""
    key, certificate = str(folder / "k.pem"), str(folder / "c.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=example.org"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def shake() -> None:
        try:
            with listening.accept()[0] as peer, context.wrap_socket(peer, server_side=True):
                pass
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=shake, daemon=True).start()
        yield int(listening.getsockname()[1])


def test_a_certificate_that_is_wrong_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving(x=Reply(GOOD)) as server:
        source = a_source(project, address=f"{server.url}/x", parameters=PARAMETERS)
        collected(project, source)
    with a_server_of_another_name(tmp_path) as port:
        source = a_source(project, address=f"https://127.0.0.1:{port}/x", parameters=PARAMETERS)
        assert now_in_use(project, source).code == "certificate-wrong"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Reply(b'{"total_count": 3, "results": [{"id"'), "not-the-answer"),
        (an_explore(250, results=[{"id": 1}]), "crawl-refused"),
        (an_explore(250, totals=[250, 249]), "crawl-refused"),
        (as_json({"total_count": 3, "resultats": []}), "not-the-answer"),
    ],
)
def test_pages_that_are_wrong_leave_the_last_capture_in_use(tmp_path: Path, fault: Any, code: str) -> None:
    project = a_project(tmp_path)
    with serving(**{RECORDS: an_explore(2)}) as server:
        described = {"connector": "opendatasoft", "address": server.url, "parts": one("jsonl")}
        parameters = PARAMETERS | {"dataset": "enquetes", "mode": "records"}
        source = a_source(project, parameters=parameters, **described)
        good = kept_bytes(project, collected(project, source), "lignes")
        before = len(server.asked)

        def again(request: Request) -> Reply:
            request.number -= before
            return fault if isinstance(fault, Reply) else fault(request)

        server.routes[f"/{RECORDS}"] = again
        assert now_in_use(project, source, good).code == code
