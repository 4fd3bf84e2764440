"""Descriptions of sources that were found right before, so that thousands of unchanged files are read but not checked.

Belongs here: remembering them in one file among the results, by the SHA-256 of their bytes. Does not: deciding what is
right. What is remembered applies to one key: the schema, the code that reads and checks, its libraries. The file is
trusted only when it is whole under its own digest; deleted, damaged or of another key, it is made again. Names that
must agree with other names (licences, connectors, formats) are no part of it: they are looked at each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.core import checked_yaml, lined_yaml
from pipelines.core.project import Project
from pipelines.storage import sha256_bytes, write_bytes

FILE = "checked-sources"
LIBRARIES = ("PyYAML", "jsonschema")


@dataclass
class CheckedBefore:
    """The values of descriptions found right, as JSON, by the SHA-256 of the description; those met since."""

    path: Path
    key: str
    connectors: Callable[[], Collection[str]]
    """The names of the connectors that there are, asked for where a description was found right before."""
    _known: dict[str, bytes] = field(default_factory=dict)
    _met: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, schema: Path, connectors: Callable[[], Collection[str]]) -> CheckedBefore:
        """What is remembered of a project's descriptions; nothing where the file cannot serve."""
        path, key = project.work / FILE, _key(schema)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
        except OSError:  # none was written, or nobody may read it: everything is checked again
            return cls(path, key, connectors)
        if head.decode("ascii", "replace") != _head(key, body):
            return cls(path, key, connectors)
        lines = (line.partition(b" ") for line in body.split(b"\n") if line)
        return cls(path, key, connectors, {digest.decode("ascii"): value for digest, _, value in lines})

    def value(self, data: bytes) -> Any:
        """The value of the description whose bytes these are; None where they were not found right before."""
        digest = sha256_bytes(data)
        written = self._known.get(digest)
        if written is None:
            return None
        self._met[digest] = written
        return json.loads(written)

    def add(self, data: bytes, value: Any) -> None:
        """Remember a description that is right, and its value."""
        self._met[sha256_bytes(data)] = json.dumps(value).encode("ascii")

    def save(self) -> None:
        """Keep what was met and forget the rest, once there is a folder of results; what cannot be kept is checked
        again the next time."""
        if self._met == self._known or not self.path.parent.is_dir():
            return
        body = b"".join(b"%s %s\n" % (digest.encode("ascii"), self._met[digest]) for digest in sorted(self._met))
        with suppress(OSError):  # read-only, or full: reported when something that counts is written
            write_bytes(self.path, _head(self.key, body).encode("ascii") + b"\n" + body)
            self._known = dict(self._met)


def _head(key: str, body: bytes) -> str:
    return f"{key} {sha256_bytes(body)}"


@cache
def _key(schema: Path) -> str:
    code = (Path(str(module.__file__)) for module in (checked_yaml, lined_yaml))
    libraries = " ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return sha256_bytes(b"\0".join([*(path.read_bytes() for path in (*code, schema)), libraries.encode()]))
