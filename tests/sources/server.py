"""A real HTTP server for the tests: answers from a table of functions, remembers what it was asked, misbehaves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    """What was asked; `params` has the last value of each."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes
    number: int

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What to answer. `length` lies about the length; `drip` seconds between bytes; `cut` closes after that many."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0
    cut: int | None = None
    delay: float = 0.0


Answering = Callable[[Request], Reply]


def as_json(document: Any, **more: Any) -> Reply:
    return Reply(json.dumps(document).encode(), headers={"Content-Type": "application/json"}, **more)


@dataclass
class Server:
    """A server on a free port of this machine. `routes` by path; a list answers call by call, its last one for ever."""

    routes: dict[str, Answering | list[Reply] | Reply] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def reply(self, request: Request) -> Reply:
        route = self.routes.get(request.path, Reply(b"no", 404))
        if isinstance(route, list):
            calls = [item for item in self.asked if item.path == request.path]
            return route[min(len(calls), len(route)) - 1]
        return route if isinstance(route, Reply) else route(request)

    def enter(self, by: int) -> None:
        with self._lock:
            self._now += by
            self.most_at_once = max(self.most_at_once, self._now)

    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is what some tests are about."""


@contextmanager
def serving(**routes: Answering | list[Reply] | Reply) -> Iterator[Server]:
    """A running server; `routes` are named without their first slash."""
    server = Server({f"/{name}": route for name, route in routes.items()})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_GET(self) -> None:
            server.enter(1)
            try:
                self._answer()
            finally:
                server.enter(-1)  # before the last bytes leave: who has them may ask again at once
            self.wfile.flush()

        do_POST = do_PUT = do_GET  # noqa: N815 - the names that http.server calls

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            params = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            request = Request(self.command, parts.path, params, headers, body, len(server.asked) + 1)
            server.asked.append(request)
            reply = server.reply(request)
            time.sleep(reply.delay)
            self.send_response(reply.status)
            for key, value in reply.headers.items():
                self.send_header(key, value)
            if "Transfer-Encoding" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            self.end_headers()
            sent = reply.body if reply.cut is None else reply.body[: reply.cut]
            if reply.drip:
                for byte in sent:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.drip)
            else:
                self.wfile.write(sent)
            if reply.cut is not None or reply.length is not None:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            """Nothing on the terminal."""

    with listening(Handler) as server.url:
        yield server


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server of this handler on a free port of this machine, in threads of this process."""
    running = _Quiet(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}"
    finally:
        running.shutdown()
        running.server_close()
        thread.join()
