"""data.gouv.fr as far as a push sees it: datasets, hosted and remote resources. Shapes and manners of udata 17.

Its manners that matter: a file sent again loses its title and gets another address, its permanent one stays; what the
server computes of a hosted file cannot be overridden; a resource's kind cannot change; new resources come first.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.portals.server import Asked, Told

TOKEN = "udata_jeton-invente"
PROTECTED = ("url", "checksum", "filesize", "filetype")


@dataclass
class FakeDatagouv:
    """`datasets` by identifier. `page_size` of the lists of an organisation; `files` sent, by address."""

    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    page_size: int = 1
    clock: int = 0

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("x-api-key") != TOKEN:
            return Told(401, {"message": "Invalid API Key"})
        path = asked.path.removeprefix("/api/1/")
        if path == "me/datasets/":
            return Told(200, list(self.datasets.values()))
        if path.startswith("organizations/"):
            return self._organization(int(asked.params["page"]))
        return self._create(asked.document) if path == "datasets/" else self._known(path, asked)

    def _known(self, path: str, asked: Asked) -> Told:
        match = re.fullmatch(r"datasets/(\w+)/(?:(upload)/|resources/(?:([\w-]+)/(?:(upload)/)?)?)?", path)
        dataset = self.datasets.get(match[1]) if match else None
        if match is None or dataset is None:
            return Told(404, {"message": "Not found"})
        if match[2]:
            return self._upload(dataset, {"extras": {}, "description": None, "type": "main"}, asked)
        if "resources" not in path:
            return self._dataset(dataset, asked)
        return self._resource(dataset, match[3], bool(match[4]), asked)

    def _organization(self, page: int) -> Told:
        items = list(self.datasets.values())
        start = (page - 1) * self.page_size
        following = "http://www.example.org/next" if start + self.page_size < len(items) else None
        return Told(200, {"data": items[start : start + self.page_size], "next_page": following, "page": page})

    def _create(self, body: dict[str, Any]) -> Told:
        identifier = f"{len(self.datasets) + 1:024d}"
        self.datasets[identifier] = {
            "resources": [],
            "id": identifier,
            "deleted": None,
            "quality": {"score": 1},
            **body,
        }
        return Told(201, self.datasets[identifier])

    def _dataset(self, dataset: dict[str, Any], asked: Asked) -> Told:
        if asked.method == "PUT":
            dataset.update(asked.document)
        return Told(200, dataset)

    def _resource(self, dataset: dict[str, Any], identifier: str | None, uploads: bool, asked: Asked) -> Told:
        if identifier is None:
            made = {**asked.document, "id": str(uuid.uuid4())}
            dataset["resources"].insert(0, made)
            return Told(201, made)
        found = next((item for item in dataset["resources"] if item["id"] == identifier), None)
        if found is None:
            return Told(404, {"message": "Resource does not exist"})
        if uploads:
            return self._upload(dataset, found, asked)
        if asked.method == "DELETE":
            dataset["resources"].remove(found)
            return Told(204)
        if asked.document.get("filetype", found["filetype"]) != found["filetype"]:
            return Told(400, {"message": "Cannot modify filetype after creation"})
        hosted = found["filetype"] == "file"
        found.update({key: value for key, value in asked.document.items() if not (hosted and key in PROTECTED)})
        return Told(200, found)

    def _upload(self, dataset: dict[str, Any], resource: dict[str, Any], asked: Asked) -> Told:
        boundary = asked.headers["content-type"].partition("boundary=")[2].encode()
        head, _, content = asked.body.partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n--" + boundary + b"--\r\n")
        (sent,) = re.findall(rb'filename="([^"]+)"', head)
        name = sent.decode().replace("_", "-").lower()
        self.clock += 1
        resource |= {"title": name, "filetype": "file", "format": "csv", "mime": "text/csv", "filesize": len(content)}
        resource["checksum"] = {"type": "sha1", "value": hashlib.sha1(content, usedforsecurity=False).hexdigest()}
        resource["url"] = f"http://static.example.org/{self.clock}/{name}"
        self.files[resource["url"]] = content
        if "id" in resource:
            return Told(200, {**resource, "success": True})
        resource["id"] = str(uuid.uuid4())
        resource["latest"] = f"http://www.example.org/fr/datasets/r/{resource['id']}"
        dataset["resources"].insert(0, resource)
        return Told(201, {**resource, "success": True})
