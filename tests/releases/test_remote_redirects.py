"""Addresses that a person gives: their own server may be private, and may not lead to another that is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipelines.releases.log.remote import kept_heads, web_reader
from pipelines.releases.remote import PRIVATE, ReleaseUnreachable, fetch, fetch_with_log


@contextmanager
def a_server(leads_to: str | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that answers `inside`, or redirects everything; its address, and the paths asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if leads_to is None else 302)
            if leads_to is not None:
                self.send_header("Location", f"{leads_to}{self.path}")
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"inside")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_named_server_may_be_private() -> None:
    with a_server() as (address, _):
        assert web_reader(address)("checkpoint") == b"inside"


WAYS: dict[str, Callable[[str, Path], object]] = {
    "log": lambda address, folder: web_reader(address)("checkpoint"),
    "head": lambda address, folder: kept_heads([f"{address}/checkpoint"]),
    "release": lambda address, folder: fetch(f"{address}/1.0.0", folder),
    "release and log": lambda address, folder: fetch_with_log(f"{address}/outputs/releases/label/1.0.0", folder),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_may_not_lead_to_another_private_server(way: str, tmp_path: Path) -> None:
    with a_server() as (private, asked), a_server(private) as (address, _):
        with pytest.raises(ReleaseUnreachable) as caught:
            WAYS[way](address, tmp_path)
        assert caught.value.facts["found"] == PRIVATE
        assert asked == []
