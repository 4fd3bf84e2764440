"""Sources of the connector `demarche`, and what their captures hold."""

from __future__ import annotations

from typing import Any

from pipelines.core.project import Project
from pipelines.sources import Capture, Source
from tests.sources.builders import a_source, kept_bytes
from tests.sources.platform import Platform, as_lines, identifier
from tests.sources.server import Reply, Server, as_json


def a_form(project: Project, server: Server, **more: Any) -> Source:
    parameters = {"number": 42, "allow_private": True, "per_minute": 0, "timeout": {"attempts": 1}} | more.pop(
        "parameters", {}
    )
    described = {
        "connector": "demarche",
        "address": f"{server.url}/graphql",
        "secrets": ["JETON"],
        "parameters": parameters,
        "parts": {"dossiers": {"format": "demarche", "options": {"champs": {"titre": identifier("Champ", 1)}}}},
    }
    return a_source(project, **(described | more))


def dossiers(project: Project, capture: Capture) -> list[dict[str, Any]]:
    return as_lines(kept_bytes(project, capture, "dossiers"))


def numbers(project: Project, capture: Capture) -> list[int]:
    return [dossier["number"] for dossier in dossiers(project, capture)]


def a_page(cursor: str, *, more: bool = True, name: str = "dossiers") -> Reply:
    platform = Platform()
    platform.file(1)
    info = {"hasNextPage": more, "endCursor": cursor}
    demarche = {name: {"nodes": list(platform.dossiers.values()), "pageInfo": info}, "activeRevision": {}}
    return as_json({"data": {"demarche": demarche}})
