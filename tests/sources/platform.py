"""A Démarche numérique of our own: a form, dossiers of invented people, and the answers that the API documents.

The shapes follow the platform's published GraphQL schema and stored query; every name and address is invented.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from tests.sources.server import Reply, Request, as_json

TOKEN = "invented-token-for-tests"


def identifier(kind: str, number: int | str) -> str:
    return base64.b64encode(f"{kind}-{number}".encode()).decode()


def champ(number: int, kind: str, text: str | None, **typed: Any) -> dict[str, Any]:
    key = identifier("Champ", number)
    return {
        "id": key,
        "champDescriptorId": key,
        "__typename": kind,
        "label": f"Question {number}",
        "stringValue": text,
        "updatedAt": "2026-01-01T09:00:00+01:00",
        "prefilled": False,
    } | typed


@dataclass
class Platform:
    """The server's side of one démarche. `dossiers` by number; `order` is the order of modification."""

    dossiers: dict[int, dict[str, Any]] = field(default_factory=dict)
    deleted: list[dict[str, Any]] = field(default_factory=list)
    pending: list[dict[str, Any]] = field(default_factory=list)
    descriptors: list[dict[str, Any]] = field(default_factory=list)
    page: int = 100

    def file(self, number: int, modified: str = "2026-01-01T10:00:00+01:00", **more: Any) -> None:
        """File, or modify, a dossier: it moves to the end."""
        self.dossiers.pop(number, None)
        self.dossiers[number] = {
            "__typename": "Dossier",
            "id": identifier("Dossier", number),
            "number": number,
            "archived": False,
            "state": "en_construction",
            "dateDepot": "2026-01-01T09:00:00+01:00",
            "datePassageEnConstruction": "2026-01-01T09:00:00+01:00",
            "datePassageEnInstruction": None,
            "dateTraitement": None,
            "dateDerniereModification": modified,
            "demarche": {"revision": {"id": identifier("ProcedureRevision", 1)}},
            "usager": {"email": f"personne{number}@example.org"},
            "prenomMandataire": "Camille",
            "demandeur": {
                "__typename": "PersonneMorale",
                "siret": "21560243000017",
                "entreprise": {"siren": "215602430", "raisonSociale": "COMMUNE INVENTEE", "nom": "Durand-Inventé"},
            },
            "champs": [champ(1, "TextChamp", "Une action", value="Une action")],
        } | more

    def answer(self, request: Request) -> Reply:
        """What `POST /api/v2/graphql` answers."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return as_json(
                {"errors": [{"message": "no", "extensions": {"code": "unauthorized"}}], "data": None}, status=401
            )
        asked = request.document
        assert (asked["queryId"], asked["operationName"]) == ("ds-query-v2", "getDemarche")
        variables = asked["variables"]
        demarche: dict[str, Any] = {"id": "x", "number": variables["demarcheNumber"]}
        if variables.get("includeRevision"):
            demarche["activeRevision"] = {
                "id": identifier("ProcedureRevision", 1),
                "champDescriptors": self.descriptors,
            }
        if variables.get("includeDossiers"):
            assert variables["first"] <= 100
            demarche["dossiers"] = self._page(list(self.dossiers.values()), variables["after"])
        if variables.get("includeDeletedDossiers"):
            demarche["deletedDossiers"] = self._page(self.deleted, variables["deletedAfter"])
        if variables.get("includePendingDeletedDossiers"):
            demarche["pendingDeletedDossiers"] = self._page(self.pending, variables["pendingDeletedAfter"])
        return as_json({"data": {"demarche": demarche}})

    def _page(self, nodes: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
        """Nodes after a cursor, which names the last node seen by its place in the order of modification."""
        keys = [f"{index:08d}" for index in range(1, len(nodes) + 1)]
        start = sum(1 for key in keys if after is not None and key <= after)
        chosen = nodes[start : start + self.page]
        end = keys[start + len(chosen) - 1] if chosen else None
        info = {"hasNextPage": start + len(chosen) < len(nodes), "hasPreviousPage": after is not None, "endCursor": end}
        return {"pageInfo": info, "nodes": chosen}


def gone(number: int, day: str = "2026-02-01T10:00:00+01:00") -> dict[str, Any]:
    return {"id": "x", "number": number, "dateSupression": day, "state": "en_construction", "reason": "user_request"}


def as_lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]
