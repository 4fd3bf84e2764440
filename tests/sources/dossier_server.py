"""A démarche of many invented dossiers, served from a process of its own: `python -m tests.sources.dossier_server N`.

Prints its port, then answers until its standard input closes. Pages are put together from texts made beforehand, so
that what is measured is the client.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.sources.platform import Platform, champ

PAGE = 100


def main(count: int) -> None:
    platform = Platform()
    texts: list[str] = []
    for number in range(1, count + 1):
        champs = [
            champ(key, "TextChamp", f"Réponse {key}", value=f"Réponse {key} du dossier {number}") for key in range(1, 9)
        ]
        platform.file(number, champs=champs)
        texts.append(json.dumps(platform.dossiers.pop(number)))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20

        def do_POST(self) -> None:
            variables = json.loads(self.rfile.read(int(self.headers["content-length"])))["variables"]
            body = _page(texts, int(variables.get("after") or 0)) if variables.get("first") else _rest(variables)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


def _page(texts: list[str], start: int) -> bytes:
    end = min(len(texts), start + PAGE)
    info = json.dumps({"hasNextPage": end < len(texts), "endCursor": str(end)})
    nodes = ",".join(texts[start:end])
    return f'{{"data":{{"demarche":{{"dossiers":{{"pageInfo":{info},"nodes":[{nodes}]}}}}}}}}'.encode()


def _rest(variables: dict[str, object]) -> bytes:
    empty = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    kinds = {"includeDeletedDossiers": "deletedDossiers", "includePendingDeletedDossiers": "pendingDeletedDossiers"}
    demarche = {name: empty for asked, name in kinds.items() if variables.get(asked)}
    return json.dumps({"data": {"demarche": demarche | {"activeRevision": {"champDescriptors": []}}}}).encode()


if __name__ == "__main__":
    main(int(sys.argv[1]))
