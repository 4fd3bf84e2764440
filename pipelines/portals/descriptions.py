"""Descriptions of portals: `sources/portals/<name>.yaml`, whose shape is `portal.schema.json`.

Belongs here: reading and checking them. Does not: any request. A project without such a file pushes nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.portals.errors import NoSuchPortal, PortalFileError, TokenMissing
from pipelines.project import Project
from pipelines.sources.lined_yaml import YamlRefused, parse

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
    shown = f"sources/portals/{path.name}"
    try:
        document = parse(path.read_text(encoding="utf-8"))
    except YamlRefused as refused:
        raise PortalFileError(
            file=shown, line=refused.line, key=refused.key, found=refused.found, expected=refused.expected
        ) from None
    except UnicodeDecodeError:
        raise PortalFileError(file=shown, line=1, key="YAML", found="?", expected="UTF-8") from None
    error = _first_fault(document.value)
    if error is not None:
        known = ", ".join(_schema()["properties"])
        told = error.schema.get("description") if error.validator not in ("required", "additionalProperties") else None
        raise PortalFileError(
            file=shown,
            line=document.line(tuple(error.absolute_path)),
            key=".".join(map(str, error.absolute_path)) or "(document)",
            found=_what(error),
            expected=told or known,
        )
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


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema


def _first_fault(value: Any) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    return best_match(Draft202012Validator(_schema()).iter_errors(value))


def _what(error: Any) -> str:
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{missing} absent"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        return f"{unknown} : clé inconnue / unknown key"
    return json.dumps(error.instance, ensure_ascii=False)[:60]
