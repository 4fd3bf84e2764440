"""The world of the week: a project of many sources, the servers that answer them, and what happens on which day.

Everything is made up and follows from the seed. `expected` says what a release has to hold once all is said and done:
it is kept beside the project, by another way than the project's.
"""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.project import Project

REPOSITORY = Path(__file__).resolve().parents[2]
REMOTE_SHARE, ROWS = 10, 30
DOWN, WRONG_HEADER = "down", "wrong header"
PUBLISHER = {"title": "Ville inventée", "url": "https://example.org"}


@dataclass
class World:
    """`versions`: the content that each source has now; `taken`: the last that could be read; `faults`: of servers."""

    project: Project
    sources: int
    packages: int
    seed: int
    url: str = ""
    versions: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    deliveries: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        for number in range(self.sources):
            self.versions[name_of(number)] = self.taken[name_of(number)] = 0

    @property
    def remote(self) -> list[str]:
        return [name_of(number) for number in range(self.sources) if number % REMOTE_SHARE == 0]

    @property
    def local(self) -> list[str]:
        return [name for name in self.versions if name not in self.remote]

    def package_of(self, name: str) -> str:
        return f"paquet-{int(name[1:]) % self.packages:02d}"

    def expected(self) -> dict[str, set[str]]:
        """By package, the lines that its table has to hold: those of the last content of each source that was sound."""
        held: dict[str, set[str]] = {}
        for name, version in self.taken.items():
            held.setdefault(self.package_of(name), set()).update(content(name, version).splitlines()[1:])
        return held

    def change(self, name: str) -> None:
        """The source has another content, which is taken unless a fault is on it."""
        self.versions[name] += 1
        if name not in self.faults:
            self.taken[name] = self.versions[name]

    def break_(self, name: str, fault: str) -> None:
        self.faults[name] = fault

    def fix(self, name: str) -> None:
        self.faults.pop(name, None)
        self.taken[name] = self.versions[name]

    def deliver(self, name: str, *, wrong: bool = False) -> None:
        """A file in the source's drop folder, named so that the newest is the last."""
        self.deliveries += 1
        folder = self.project.sources / "inbox" / name
        folder.mkdir(parents=True, exist_ok=True)
        self.versions[name] += 1
        text = content(name, self.versions[name])
        (folder / f"livraison-{self.deliveries:05d}.csv").write_text("autre\n1\n" if wrong else text, encoding="utf-8")
        if not wrong:
            self.taken[name] = self.versions[name]

    def add(self) -> str:
        """A source more, while everything runs."""
        name = name_of(len(self.versions) * 10 + 1)
        self.versions[name] = self.taken[name] = 0
        write_source(self, name)
        return name


def name_of(number: int) -> str:
    return f"s{number:04d}"


def content(name: str, version: int) -> str:
    """The file of a source: some rows stay, some change with each version, and now and then one is added."""
    lines = [f"{name}-{row:03d},{row * 7 + (version if row % 5 == 0 else 0)}" for row in range(ROWS + version)]
    return "\n".join(["id,valeur", *lines, ""])


def build(folder: Path, *, sources: int, packages: int, seed: int, url: str) -> World:
    """The project on the disk, before its first day."""
    shutil.copytree(REPOSITORY / "pipelines" / "starter" / "common" / "schemas", folder / "schemas")
    (folder / "sources" / "data").mkdir(parents=True)
    (folder / "schemas" / "entrants").mkdir()
    (folder / "arobase.yaml").write_text("domains: []\n", encoding="utf-8")
    base = {"base_url": "https://example.org/donnees/", "publisher": PUBLISHER}
    (folder / "catalogue.yaml").write_text(yaml.safe_dump(base), encoding="utf-8")
    fields = [
        {"name": "id", "type": "string", "constraints": {"required": True}, "privacy": "public"},
        {"name": "valeur", "type": "integer", "privacy": "public"},
    ]
    write_json(folder / "schemas" / "entrants" / "lignes.json", {"fields": fields})
    world = World(Project.at(folder), sources, packages, seed, url)
    for number in range(packages):
        name = f"paquet-{number:02d}"
        (folder / "schemas" / name).mkdir()
        write_json(
            folder / "schemas" / name / "lignes.json", {"title": "Lignes", "fields": fields, "primaryKey": ["id"]}
        )
        described = {
            "title": f"Paquet {number}",
            "description": "Inventé.",
            "licence": "etalab-2.0",
            "publisher": PUBLISHER,
        }
        described |= {"contact": {"title": "Équipe"}, "tables": ["lignes"]}
        (folder / "schemas" / name / "package.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
    for name in world.versions:
        write_source(world, name)
    channel = {"kind": "json", "address": "WEEK_HOOK", "allow_private": True}
    settings = {"language": "en", "quarantined_rows": 0, "channels": {"equipe": channel}}
    (folder / "alerts.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return world


def write_source(world: World, name: str) -> None:
    is_remote = name in world.remote
    described: dict[str, Any] = {"name": name, "title": f"Source {name}", "connector": "files"}
    described |= {"licence": "etalab-2.0", "publisher": PUBLISHER, "address": f"data/{name}.csv"}
    if is_remote:
        # One attempt: what waits between attempts is tried elsewhere, and would be the week's time.
        patience = {"allow_private": True, "timeout": {"attempts": 1}}
        described |= {"address": f"{world.url}/{name}.csv", "cadence": "P1D", "parameters": patience}
    else:
        described["obtained"] = "2026-01-01"
        (world.project.sources / "data" / f"{name}.csv").write_text(content(name, 0), encoding="utf-8")
    rows = {"table": f"{world.package_of(name)}/lignes", "fields": {"id": "id", "valeur": "valeur"}}
    described["parts"] = {"lignes": {"format": "csv", "schema": "lignes", "rows": [rows]}}
    path = world.project.sources / f"{name}.yaml"
    path.write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")


def write_json(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


@contextmanager
def serving(worlds: list[World]) -> Iterator[str]:
    """A server on the loopback: the files of remote sources as they are now, and where alerts are sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            (world,) = worlds
            name = self.path.strip("/").removesuffix(".csv")
            fault = world.faults.get(name)
            text = "autre\n1\n" if fault == WRONG_HEADER else content(name, world.versions[name])
            self._answer(503 if fault == DOWN else 200, text.encode())

        def do_POST(self) -> None:
            (world,) = worlds
            body = self.rfile.read(int(self.headers["Content-Length"]))
            world.alerts.append(json.loads(body))
            self._answer(200, b"{}")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
