"""Descriptions of portals: `sources/portals/<name>.yaml`, whose shape is `portal.schema.json`.

Belongs here: reading and checking them. Does not: any request. A project without such a file pushes nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.core.checked_yaml import Fault, read_checked
from pipelines.core.lined_yaml import LinedDocument
from pipelines.core.project import Project
from pipelines.portals.errors import NoSuchPortal, PortalFileError, TokenMissing
from pipelines.schema import package_names

SCHEMA = Path(__file__).with_name("portal.schema.json")
SOFTWARE = ("ckan", "datagouv")


@dataclass(frozen=True)
class Portal:
    """One portal. `software` is ckan or datagouv; `token` names a variable of the environment.

    `base` is where `outputs/` is served: links to files and pages start with it. `packages` None means every package.
    `datasets` names existing datasets to take over (data.gouv.fr). `keep` names fields of a dataset, in the portal's
    words, that people change there: they are sent when it is made, and left alone after. `timeout` is in seconds: for
    the head of one answer, then for its body.
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
    keep: tuple[str, ...] = ()
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
    """Where the descriptions of portals are."""
    return project.sources / "portals"


def portal_files(project: Project) -> list[Path]:
    """The files that describe portals, in alphabetical order."""
    return sorted(portals_folder(project).glob("*.yaml"))


def load_portals(project: Project) -> dict[str, Portal]:
    """Every portal of a project by name, in alphabetical order. Raises `PortalFileError`."""
    packages = package_names(project.schemas)
    return {path.stem: read_portal(path, packages=packages) for path in portal_files(project)}


def load_portal(project: Project, name: str) -> Portal:
    """The portal called `name`, else the only one with this software. Raises `NoSuchPortal`, `PortalFileError`.

    For a portal that is called by its name, the other files are not read: what is wrong in them is not its concern.
    """
    named = next((path for path in portal_files(project) if path.stem == name), None)
    if named is not None:
        return read_portal(named, packages=package_names(project.schemas))
    portals = load_portals(project)
    alike = [portal for portal in portals.values() if portal.software == name]
    if len(alike) == 1:
        return alike[0]
    raise NoSuchPortal(name=name, known=", ".join(portals) or "—")


def read_portal(path: Path, *, packages: Iterable[str] | None = None) -> Portal:
    """Read one description. `packages` are those that there are, None when any is meant. Raises `PortalFileError`."""
    try:
        document = read_checked(path, SCHEMA)
        if packages is not None:
            _check_packages(document, list(packages))
    except Fault as fault:
        raise PortalFileError(file=f"sources/portals/{path.name}", **fault.facts) from None
    raw = dict(document.value)
    taken = raw.pop("packages", None)
    title = raw.pop("title")
    return Portal(
        name=path.stem,
        software=raw.pop("portal"),
        title=title,
        title_en=raw.pop("title_en", title),
        packages=None if taken is None else tuple(taken),
        keep=tuple(raw.pop("keep", ())),
        **raw,
    )


def _check_packages(document: LinedDocument, known: list[str]) -> None:
    """Raises `Fault` for the name of a package that is not described."""
    named: list[tuple[str, str | int, str]] = [
        *(("packages", index, name) for index, name in enumerate(document.value.get("packages", ()))),
        *(("datasets", name, name) for name in document.value.get("datasets", ())),
    ]
    for key, place, name in named:
        if name not in known:
            line = document.line((key, place))
            raise Fault(
                line=line, key=f"{key}.{place}", found=name, expected=" | ".join(known) or "schemas/*/package.yaml"
            )
