"""The registries of connectors and of file formats; and what a connector is given and gives.

A connector is one file of `pipelines/sources/connectors/` that registers one function under a name; the file is found
by being there. It yields what it fetched, part by part; it never writes into the store of snapshots itself.
The registry of file formats is here, below `formats/` which fills it, because descriptions of sources name formats.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.project import Project
from pipelines.core.registry import Registry
from pipelines.core.text import Said
from pipelines.sources.errors import SecretMissing
from pipelines.sources.host_waits import HostWaits

if TYPE_CHECKING:
    from pipelines.sources.descriptions import Source
    from pipelines.sources.snapshots import Capture, Snapshot


@dataclass(frozen=True)
class Fetched:
    """The answer for one part: a file in the context's folder, which collecting moves into the store.

    `address` is shown to the public: it carries no secret. `obtained` None means now. `content` is the digest to tell
    change by where that is not the file's own (noise removed); `fetch` is how it was obtained (status, headers that
    matter, duration, what was asked); `evidence` are files to keep with it (the pages it was put together from).
    """

    part: str
    path: Path
    address: str = ""
    media_type: str = ""
    obtained: datetime | None = None
    content: str | None = None
    fetch: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Unchanged:
    """A part that the source says has not changed since `snapshot`: its bytes were not sent again."""

    snapshot: Snapshot

    @property
    def part(self) -> str:
        return self.snapshot.part


@dataclass
class FetchContext:
    """What a connector works with. `folder` goes when the collection ends; `resume` stays until one succeeds.

    `host_waits`: hosts that asked this run to wait. `state` is what the source's connector kept at its last success (a
    cursor, an ETag); what it leaves there is kept with this capture.
    """

    project: Project
    source: Source
    now: datetime
    folder: Path
    resume: Path
    environment: Mapping[str, str] = field(repr=False)
    state: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    host_waits: HostWaits = field(default_factory=HostWaits)

    def secret(self, name: str) -> str:
        """The value of a secret that the source names. Raises `SecretMissing`; `KeyError` for one that it does not."""
        if name not in self.source.secrets:
            raise KeyError(name)
        value = self.environment.get(name, "").strip()
        if not value:
            raise SecretMissing(source=self.source.name, variable=name)
        return value


READERS: Registry[Callable[..., Any]] = Registry(
    Said("un format de fichier", "a file format"), "readers", "pipelines.formats"
)
"""What a source may call the format of a part; `pipelines/formats/registry.py` says what a reader is."""
Connector = Callable[["Source", "Capture | None", FetchContext], Iterable[Fetched | Unchanged]]

CONNECTORS: Registry[Connector] = Registry(
    Said("un connecteur", "a connector"), "connectors", "pipelines.sources.connectors"
)


def connector(name: str) -> Callable[[Connector], Connector]:
    """Register a connector: `fetch(source, previous, context)` yields one `Fetched` a part, or `Unchanged`.

    It raises errors of `pipelines.sources` when the answer is wrong or incomplete: then nothing of it is kept. Several
    parts may share one file.
    """
    return CONNECTORS.registering(name)
