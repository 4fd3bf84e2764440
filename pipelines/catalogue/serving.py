"""A web server for the catalogue and the releases, on Starlette and uvicorn: nothing else of the disk is shown.

Belongs here: which file an address names, and what else is said with it. Does not: the command line
(`commands/serve.py`); reading files, dates, tags, ranges and compression, which are the libraries'. It is for one's own
machine and for tests; a public site is shown by any web host, from the same two folders. Source: RFC 9110.
"""

from __future__ import annotations

import copy
import os
import re
import socket
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.catalogue.addresses import CATALOGUE, RELEASES
from pipelines.storage.media_types import media_type

PACKED = frozenset({".ods", ".parquet", ".png", ".zip", ""})
"""Suffixes of files that compressing makes no smaller."""
SMALLEST = 1_000  # bytes: below, compressing gains nothing
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
REQUEST_HEADERS = ["Range", "If-Range", "If-None-Match", "If-Modified-Since"]
RESPONSE_HEADERS = ["Accept-Ranges", "Content-Length", "Content-Range", "ETag", "Last-Modified"]
COMMON = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}


class Folders:
    """Answers GET and HEAD under `/catalogue/` and `/releases/`; the root leads to the catalogue."""

    def __init__(self, outputs: Path, *, ranges: bool = True) -> None:
        self.outputs, self.ranges = outputs, ranges

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> ASGIApp:
        if scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={**COMMON, "Allow": "GET, HEAD"})
        requested = str(scope["path"])
        target = self._elsewhere(requested)
        if target is not None:
            return RedirectResponse(target, HTTPStatus.FOUND, headers=COMMON)
        path = self._file(requested)
        if path is None:
            return self._missing(requested)
        return self._response(scope, path)

    def _elsewhere(self, path: str) -> str | None:
        """Where an address leads: the root to the catalogue, a folder with a page to its own address with a slash.

        The page of what is missing, shown at any depth, names its files from the root of the site that is published.
        """
        if path in ("/", f"/{CATALOGUE}"):
            return f"/{CATALOGUE}/"
        root, below, rest = path.partition(f"/{CATALOGUE}/")
        if root and below:
            return f"{below}{rest}"
        return f"{path}/" if not path.endswith("/") and self._file(f"{path}/") is not None else None

    def _file(self, requested: str) -> Path | None:
        """The file that an address names, inside the two folders; hidden files are not shown."""
        parts = [part for part in requested.split("/") if part]
        if not parts or parts[0] not in (CATALOGUE, RELEASES) or any(part.startswith(".") for part in parts):
            return None
        if "\0" in requested:
            return None
        path = self.outputs.joinpath(*parts)
        if requested.endswith("/"):
            path = path / "index.html"
        inside = path.resolve().is_relative_to((self.outputs / parts[0]).resolve())
        return path if inside and path.is_file() else None

    def _missing(self, path: str) -> Response:
        """The page of what is missing, in the language of the pages around it."""
        english = path.startswith(f"/{CATALOGUE}/en/")
        pages = [self.outputs / CATALOGUE / name for name in (("en/404.html",) if english else ()) + ("404.html",)]
        body = next((page.read_bytes() for page in pages if page.is_file()), b"404\n")
        return Response(body, HTTPStatus.NOT_FOUND, headers=COMMON, media_type=media_type("404.html"))

    def _response(self, scope: Scope, path: Path) -> ASGIApp:
        """The file, or the part that was asked for; nothing where the asker holds it already."""
        found = path.stat()
        kind = media_type(path.name)
        whole = FileResponse(path, media_type=kind, stat_result=found, headers=COMMON)
        whole.headers["Accept-Ranges"] = "bytes" if self.ranges else "none"
        headers = Headers(scope=scope)
        if StaticFiles.is_not_modified(None, whole.headers, headers):  # type: ignore[arg-type]  # of itself it needs nothing
            return NotModifiedResponse(whole.headers)
        span = self._span(headers.get("range", ""), found.st_size)
        asking = MutableHeaders(scope=scope)
        del asking["range"]
        if span == "":
            return whole if path.suffix in PACKED else Compressed(whole)
        if span is None:
            own_headers = {**COMMON, "Content-Range": f"bytes */{found.st_size}", "Accept-Ranges": "bytes"}
            return Response(
                status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=own_headers, media_type=kind
            )
        asking["range"] = span
        return whole

    def _span(self, header: str, size: int) -> str | None:
        """The range as Starlette reads it: empty for the whole file, none when the file has none of these bytes.

        A header that is not one range of bytes is passed over, as RFC 9110 says.
        """
        found = RANGE.match(header) if self.ranges else None
        if found is None or found.groups() == ("", ""):
            return ""
        first, last = found.groups()
        if not first:
            start, end = max(0, size - int(last)), size
        else:
            start, end = int(first), min(int(last) + 1, size) if last else size
        return f"bytes={start}-{end - 1}" if start < end else None


class Compressed:
    """An answer that is compressed for who takes it so. Its tag becomes a weak one: the bytes are others."""

    def __init__(self, answer: ASGIApp) -> None:
        self.packed = GZipMiddleware(answer, minimum_size=SMALLEST, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_weak_tag(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-encoding") == "gzip" and "etag" in headers:
                    headers["etag"] = f"W/{headers['etag']}"
            await send(message)

        await self.packed(scope, receive, with_weak_tag)


class Server:
    """The two folders, shown at `server_address`. Used as a context: the port is held from the start to its end."""

    def __init__(self, outputs: Path, host: str, port: int, *, ranges: bool, logs_requests: bool) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere it lets two programs take one port
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
            self._socket.listen(1024)
        except OSError:
            self._socket.close()
            raise
        self.server_address: tuple[str, int] = self._socket.getsockname()[:2]
        self._uvicorn = uvicorn.Server(_configuration(application(outputs, ranges=ranges), logs_requests=logs_requests))
        self._ended = threading.Event()

    def serve_forever(self) -> None:
        """Answer until `shutdown`, or until the process is interrupted, which raises `KeyboardInterrupt`."""
        self._ended.clear()
        try:
            self._uvicorn.run(sockets=[self._socket])
        finally:
            self._ended.set()

    def shutdown(self) -> None:
        """End `serve_forever`, which another thread is in; returns when it has ended."""
        self._uvicorn.should_exit = True
        self._ended.wait(timeout=30)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def application(outputs: Path, *, ranges: bool = True) -> ASGIApp:
    """The two folders in `outputs` as an ASGI application, readable from the pages of any other site."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=REQUEST_HEADERS,
        expose_headers=RESPONSE_HEADERS,
    )
    made = Starlette(middleware=[cors])
    made.mount("/", Folders(outputs, ranges=ranges))
    return made


def _configuration(application: ASGIApp, *, logs_requests: bool) -> uvicorn.Config:
    """Requests are printed to the standard error, like all that uvicorn says; nothing of the machine is printed."""
    logging: dict[str, Any] = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    logging["handlers"]["access"]["stream"] = "ext://sys.stderr"
    logging["disable_existing_loggers"] = False
    return uvicorn.Config(
        application,
        log_config=logging,
        log_level="info" if logs_requests else "error",
        access_log=logs_requests,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )


def server(
    outputs: Path, host: str = "127.0.0.1", port: int = 0, *, ranges: bool = True, logs_requests: bool = True
) -> Server:
    """A server of the two folders in `outputs`, ready for `serve_forever`. Port 0 takes any free one.

    `ranges`: false behaves like a host that knows no Range requests. `logs_requests`: whether requests are printed.
    Raises `OSError` when the port is taken.
    """
    return Server(outputs, host, port, ranges=ranges, logs_requests=logs_requests)
