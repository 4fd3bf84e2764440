"""Stands in for the HTTP API of Solr, which no package of Debian or PyPI has: CKAN's search index, in memory.

Run by CKAN's own Python: `python search_stand_in.py PORT SCHEMA`. It keeps the documents that CKAN indexes and answers
its queries by field; full text is "every word is somewhere", and there is neither rank nor facet. CKAN's database, API,
authorisations, files, DataStore and DCAT are the real ones: only what is *found by searching* goes through here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from luqum import tree
from luqum.parser import parser

DOCUMENTS: dict[str, dict[str, Any]] = {}
EVERYTHING = ("*:*", "")


def matching(query: str, documents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents that a Lucene query finds."""
    if query.strip() in EVERYTHING:
        return list(documents)
    parsed = parser.parse(query)
    return [item for item in documents if holds(parsed, item, None)]


def holds(node: Any, document: dict[str, Any], name: str | None) -> bool:
    """Whether a document satisfies a node of the query; `name` is the field that it is under."""
    if isinstance(node, tree.SearchField):
        return node.name == "*" or holds(node.expr, document, node.name)
    inner = [holds(item, document, name) for item in node.children if not isinstance(node, tree.Range)]
    if isinstance(node, tree.Not | tree.Prohibit):
        return not inner[0]
    if inner:
        return any(inner) if isinstance(node, tree.OrOperation) else all(inner)
    if isinstance(node, tree.Range):
        low, high = str(node.low).strip(), str(node.high).strip()
        return any((low == "*" or item >= low) and (high == "*" or item <= high) for item in values(document, name))
    return _word(str(node).strip().strip('"').replace("\\", ""), document, name)


def _word(wanted: str, document: dict[str, Any], name: str | None) -> bool:
    if name is None:
        return wanted == "*" or wanted.lower() in json.dumps(document, ensure_ascii=False).lower()
    found = values(document, name)
    if wanted.endswith("*"):
        return any(item.startswith(wanted[:-1]) for item in found)
    return wanted in found


def values(document: dict[str, Any], name: str | None) -> list[str]:
    found = document.get(name or "")
    several = found if isinstance(found, list) else [found]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in several if item is not None]


def update(body: bytes) -> None:
    """An update of the index: documents in JSON, deletions in XML; a commit has nothing to do."""
    if body.lstrip().startswith((b"[", b"{")):
        sent = json.loads(body)
        for item in sent if isinstance(sent, list) else []:
            DOCUMENTS[item["index_id"]] = item
        return
    root = ElementTree.fromstring(body)
    for query in root.iter("query"):
        for item in matching(query.text or "", list(DOCUMENTS.values())):
            del DOCUMENTS[item["index_id"]]
    for doc in root.iter("doc"):
        item = {}
        for told in doc.iter("field"):
            item.setdefault(told.get("name"), []).append(told.text)
        plain = {name: found if len(found) > 1 else found[0] for name, found in item.items()}
        DOCUMENTS[plain["index_id"]] = plain


def select(params: dict[str, list[str]]) -> dict[str, Any]:
    """The answer to a query: filters, order of names, the page asked for."""
    found = list(DOCUMENTS.values())
    for query in [*params.get("fq", []), *params.get("q", [])]:
        found = matching(query, found)
    found.sort(key=lambda item: str(item.get("name")))
    start, rows = int(params.get("start", ["0"])[0]), int(params.get("rows", ["10"])[0])
    page = found[start : start + rows]
    counts: dict[str, Any] = {"facet_fields": {}, "facet_queries": {}, "facet_ranges": {}}
    answer = {"numFound": len(found), "start": start, "docs": page}
    return {"responseHeader": {"status": 0}, "response": answer, "facet_counts": counts}


class Handler(BaseHTTPRequestHandler):
    """`/solr/ckan/{schema,update,select}`."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if "/schema" in parts.path or "/admin/file" in parts.path:
            self._answer(Path(sys.argv[2]).read_bytes(), "text/xml")
        elif "/update" in parts.path:
            update(body)
            self._answer(b'{"responseHeader": {"status": 0}}', "application/json")
        else:
            params = parse_qs(parts.query) | parse_qs(body.decode())
            self._answer(json.dumps(select(params)).encode(), "application/json")

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
