"""Answers of Démarche numérique that do not add up: nothing of them is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources import latest
from pipelines.sources.errors import CollectError, SecretMissing
from pipelines.sources.http.errors import CrawlRefused, NotAuthorised, NotTheAnswer, Unreachable
from pipelines.sources.merging import Merged
from tests.sources.builders import MORNING, a_project, collected
from tests.sources.forms import a_form, a_page
from tests.sources.platform import TOKEN, Platform
from tests.sources.server import Reply, Request, as_json, serving

ERROR = {"message": "hidden", "extensions": {"code": "internal_server_error"}}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            as_json({"data": None, "errors": [{"message": "hidden", "extensions": {"code": "unauthorized"}}]}),
            NotAuthorised,
        ),
        (as_json({"data": {"demarche": {"dossiers": {"nodes": [], "pageInfo": {}}}}, "errors": [ERROR]}), NotTheAnswer),
        (as_json({"data": {"demarche": None}}), NotTheAnswer),
        (
            as_json({"data": {"demarche": {"dossiers": {"nodes": [None], "pageInfo": {}}, "activeRevision": None}}}),
            NotTheAnswer,
        ),
        (as_json({"data": {"demarche": {"dossiers": None}}}), NotTheAnswer),
        (as_json([1]), NotTheAnswer),
        (Reply(b'{"data": {"demarche": {"doss'), NotTheAnswer),
        (Reply(b"<!DOCTYPE html><h1>Connexion"), NotTheAnswer),
        (Reply(b"Retry later", 429), Unreachable),
        (as_json({"errors": []}, status=401), NotAuthorised),
    ],
)
def test_a_wrong_answer_publishes_nothing(tmp_path: Path, answer: Reply, kind: type[CollectError]) -> None:
    project = a_project(tmp_path)
    with serving(graphql=answer) as server, pytest.raises(kind):
        collected(project, a_form(project, server), JETON=TOKEN)
    assert latest(project, "mairie") is None
    assert TOKEN not in (project.snapshots / "log" / "mairie.jsonl").read_text()


@pytest.mark.parametrize("pages", [[a_page("a"), a_page("a"), a_page("b")], [a_page("x"), a_page("x")]])
def test_pages_that_repeat_are_refused(tmp_path: Path, pages: list[Reply]) -> None:
    project = a_project(tmp_path)
    with serving(graphql=pages) as server, pytest.raises(CrawlRefused):
        collected(project, a_form(project, server), JETON=TOKEN)
    assert latest(project, "mairie") is None


def test_a_cursor_that_does_not_advance_is_refused(tmp_path: Path) -> None:
    def stuck(request: Request) -> Reply:
        platform = Platform()
        platform.file(request.number)
        info = {"hasNextPage": True, "endCursor": "same"}
        return as_json(
            {"data": {"demarche": {"dossiers": {"nodes": list(platform.dossiers.values()), "pageInfo": info}}}}
        )

    project = a_project(tmp_path)
    with serving(graphql=stuck) as server, pytest.raises(CrawlRefused, match="does not advance"):
        collected(project, a_form(project, server), JETON=TOKEN)


def test_deletions_whose_cursor_does_not_advance_are_refused(tmp_path: Path) -> None:
    def stuck(request: Request) -> Reply:
        name = "dossiers" if request.document["variables"].get("first") else "pendingDeletedDossiers"
        return a_page("same", more=name != "dossiers", name=name)

    project = a_project(tmp_path)
    with serving(graphql=stuck) as server, pytest.raises(NotTheAnswer, match="does not advance"):
        collected(project, a_form(project, server), JETON=TOKEN)


def test_what_is_missing_in_the_yaml_or_the_environment_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving() as server:
        with pytest.raises(CollectError, match="number"):
            collected(project, a_form(project, server, parameters={"number": "quarante"}), JETON=TOKEN)
        with pytest.raises(SecretMissing):
            collected(project, a_form(project, server), MORNING)


def test_a_snapshot_that_another_hand_wrote_is_refused(tmp_path: Path) -> None:
    (tmp_path / "base").write_text('{"numero": 1}\n')
    (tmp_path / "changes").write_text("")
    with pytest.raises(ValueError, match="did not write"):
        Merged.of(tmp_path / "base", tmp_path / "changes", [])


def with_dossier(**more: Any) -> bytes:
    platform = Platform()
    platform.file(1)
    nodes = [dossier | more for dossier in platform.dossiers.values()]
    return json.dumps({"data": {"demarche": {"dossiers": {"nodes": nodes, "pageInfo": {}}}}}).encode()


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (with_dossier(number="Durand-Inventé"), "number"),
        (with_dossier(champs={"Durand-Inventé": 1}), "array"),
        (with_dossier(champs=["Durand-Inventé"]), "object"),
        (with_dossier(state=["Durand-Inventé"]), "state"),
        (with_dossier().replace(b"Une action", b"Une \xe9"), "unreadable"),
        (b'{"data": {"demarche": {"dossiers": {"nodes": []}}}}', "pageInfo"),
        (with_dossier()[:-1] + b', "errors": [{"message": "Durand-Invent\\u00e9"}]}', "GraphQL"),
    ],
)
def test_a_dossier_of_another_shape_is_refused_where_it_is_and_not_by_what_it_says(
    tmp_path: Path, body: bytes, place: str
) -> None:
    def answer(request: Request) -> Reply:
        asked = request.document["variables"]
        return Reply(body) if asked.get("first") else as_json({"data": {"demarche": {"activeRevision": {}}}})

    project = a_project(tmp_path)
    with serving(graphql=answer) as server, pytest.raises(NotTheAnswer, match=place) as raised:
        collected(project, a_form(project, server), JETON=TOKEN)
    assert "Durand" not in str(raised.value)
    assert latest(project, "mairie") is None


@pytest.mark.parametrize(("list_of", "said"), [({}, "absent"), ({"nodes": [None], "pageInfo": {}}, "null")])
def test_a_list_of_deletions_of_another_shape_is_refused(tmp_path: Path, list_of: dict[str, Any], said: str) -> None:
    def answer(request: Request) -> Reply:
        asked = request.document["variables"]
        return (
            as_json({"data": {"demarche": {"pendingDeletedDossiers": list_of}}})
            if "pendingDeletedFirst" in asked
            else a_page("a", more=False)
        )

    project = a_project(tmp_path)
    with serving(graphql=answer) as server, pytest.raises(NotTheAnswer, match=said):
        collected(project, a_form(project, server), JETON=TOKEN)
