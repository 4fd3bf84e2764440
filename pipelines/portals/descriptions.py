"""Descriptions of portals: `sources/portals/<name>.yaml`, whose shape is `portal.schema.json`.

Belongs here: reading and checking them. Does not: any request. A project without such a file pushes nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.portals.errors import NoSuchPortal, PortalFileError, TokenMissing
from pipelines.project import Project
from pipelines.sources.checked_yaml import Fault, read_checked

SCHEMA = Path(__file__).with_name("portal.schema.json")
SOFTWARE = ("ckan", "datagouv")


@dataclass(frozen=True)
class Portal:
    """One portal. `software` is ckan or datagouv; `token` names a variable of the environment.

    `base` is where `outputs/` is served: links to files and pages start with it. `packages` None means every package.
    `datasets` names existing datasets to take over (data.gouv.fr). `timeout` is in seconds, for one answer.
    """

    name: str
    software: str
    title: str
    title_en: str
    address: str
    token: str
    base: str
    organization: str = ""
    packages: tuple[str, ...] | None = None
    prefix: str = ""
    datasets: Mapping[str, str] = field(default_factory=dict)
    datastore: bool = True
    licences: Mapping[str, str] = field(default_factory=dict)
    spatial: Mapping[str, Any] = field(default_factory=dict)
    allow_private: bool = False
    per_minute: int = 0
    timeout: float = 120.0

    def takes(self, package: str) -> bool:
        """Whether a package goes to this portal."""
        return self.packages is None or package in self.packages

    def secret(self, environment: Mapping[str, str]) -> str:
        """The token, from the environment. Raises `TokenMissing`."""
        value = environment.get(self.token, "").strip()
        if not value:
            raise TokenMissing(portal=self.name, variable=self.token)
        return value


def portals_folder(project: Project) -> Path:
    """Where the descriptions of portals lie."""
    return project.sources / "portals"


def portal_files(project: Project) -> list[Path]:
    """The files that describe portals, in alphabetical order."""
    return sorted(portals_folder(project).glob("*.yaml"))


def load_portals(project: Project) -> dict[str, Portal]:
    """Every portal of a project by name, in alphabetical order. Raises `PortalFileError`."""
    return {path.stem: read_portal(path) for path in portal_files(project)}


def load_portal(project: Project, name: str) -> Portal:
    """The portal called `name`, else the only one with this software. Raises `NoSuchPortal`, `PortalFileError`."""
    portals = load_portals(project)
    alike = [portal for portal in portals.values() if portal.software == name]
    if name in portals:
        return portals[name]
    if len(alike) == 1:
        return alike[0]
    example = name if name in SOFTWARE else SOFTWARE[0]
    raise NoSuchPortal(name=name, known=", ".join(portals) or "—", example=example)


def read_portal(path: Path) -> Portal:
    """Read one description. Raises `PortalFileError`."""
    try:
        document = read_checked(path, SCHEMA)
    except Fault as fault:
        raise PortalFileError(file=f"sources/portals/{path.name}", **fault.told) from None
    raw = dict(document.value)
    packages = raw.pop("packages", None)
    title = raw.pop("title")
    return Portal(
        name=path.stem,
        software=raw.pop("portal"),
        title=title,
        title_en=raw.pop("title_en", title),
        packages=None if packages is None else tuple(packages),
        **raw,
    )
