"""A small web server for the catalogue and the releases: Range requests, right media types, nothing else of the disk.

Belongs here: answering. Does not: the command line (`commands/serve.py`). It is for one's own machine and for tests; a
public site is shown by any web host, from the same two folders. Sources: RFC 9110 (sections 14 and 15.5.17).
"""

from __future__ import annotations

import re
import sys
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from pipelines.catalogue.addresses import CATALOGUE, RELEASES

TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".jsonld": "application/ld+json; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".parquet": "application/vnd.apache.parquet",
    ".rdf": "application/rdf+xml; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
}
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
BLOCK = 1 << 16


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD under `/catalogue/` and `/releases/`; the root leads to the catalogue."""

    protocol_version = "HTTP/1.1"
    server_version = "Arobase"
    sys_version = ""
    disable_nagle_algorithm = True  # heads and bodies are written apart: a body must not wait for its head's receipt

    def __init__(self, *args: object, outputs: Path, ranges: bool = True, told: bool = True) -> None:
        self.outputs, self.ranges, self.told = outputs, ranges, told
        super().__init__(*args)  # type: ignore[arg-type]  # the three that `HTTPServer` passes on

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class' own name
        if self.told:
            super().log_message(format, *args)

    def _answer(self, *, with_body: bool) -> None:
        asked = unquote(urlsplit(self.path).path)
        if asked in ("/", f"/{CATALOGUE}"):
            self._redirect(f"/{CATALOGUE}/")
            return
        # The page of what is missing, shown at any depth, names its files from the root of the site that is published.
        root, below, rest = asked.partition(f"/{CATALOGUE}/")
        if root and below:
            self._redirect(f"{below}{quote(rest)}")
            return
        path = self._file(asked)
        if path is None:
            missing = self.outputs / CATALOGUE / "404.html"
            body = missing.read_bytes() if missing.is_file() else b"404\n"
            self._headers(HTTPStatus.NOT_FOUND, TYPES[".html"], len(body))
            if with_body:
                self.wfile.write(body)
            return
        self._send(path, with_body=with_body)

    def _file(self, asked: str) -> Path | None:
        """The file that an address names, inside the two folders; hidden files are not shown."""
        parts = [part for part in asked.split("/") if part]
        if not parts or parts[0] not in (CATALOGUE, RELEASES) or any(part.startswith(".") for part in parts):
            return None
        path = self.outputs.joinpath(*parts)
        if asked.endswith("/"):
            path = path / "index.html"
        inside = path.resolve().is_relative_to((self.outputs / parts[0]).resolve())
        return path if inside and path.is_file() else None

    def _send(self, path: Path, *, with_body: bool) -> None:
        size = path.stat().st_size
        kind = TYPES.get(path.suffix, "application/octet-stream")
        span = self._span(size)
        if span is None:
            self._headers(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, kind, 0, f"bytes */{size}")
            return
        start, end, partial_answer = span
        status = HTTPStatus.PARTIAL_CONTENT if partial_answer else HTTPStatus.OK
        self._headers(status, kind, end - start, f"bytes {start}-{end - 1}/{size}" if partial_answer else "")
        if with_body:
            with path.open("rb") as file:
                file.seek(start)
                left = end - start
                while left:
                    block = file.read(min(BLOCK, left))
                    self.wfile.write(block)
                    left -= len(block)

    def _span(self, size: int) -> tuple[int, int, bool] | None:
        """Which bytes were asked for: first, after last, whether it is a part; none when the file has none of them.

        A header that is not one range of bytes is passed over, as RFC 9110 says.
        """
        found = RANGE.match(self.headers.get("Range", "")) if self.ranges else None
        if found is None or found.groups() == ("", ""):
            return 0, size, False
        first, last = found.groups()
        if not first:
            start, end = max(0, size - int(last)), size
        else:
            start, end = int(first), min(int(last) + 1, size) if last else size
        return (start, end, True) if start < end else None

    def _headers(self, status: HTTPStatus, kind: str, length: int, span: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes" if self.ranges else "none")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        if span:
            self.send_header("Content-Range", span)
        self.end_headers()

    def _redirect(self, target: str) -> None:
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(ThreadingHTTPServer):
    """One thread a connection; a browser that hangs up before the end is nothing to tell of."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # what it was called with


def server(
    outputs: Path, host: str = "127.0.0.1", port: int = 0, *, ranges: bool = True, told: bool = True
) -> ThreadingHTTPServer:
    """A server of the two folders in `outputs`, ready for `serve_forever`. Port 0 takes any free one.

    `ranges`: false behaves like a host that knows no Range requests. `told`: whether requests are printed.
    Raises `OSError` when the port is taken.
    """
    return Server((host, port), partial(Handler, outputs=outputs, ranges=ranges, told=told))
