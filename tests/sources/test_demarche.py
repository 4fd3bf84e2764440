"""The connector of Démarche numérique against a server that answers as the platform documents: crawls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.sources import latest
from pipelines.sources.http.errors import Unreachable
from tests.sources.builders import NOON, a_project, collected
from tests.sources.forms import a_form, dossiers, numbers
from tests.sources.platform import TOKEN, Platform, gone, identifier
from tests.sources.server import Reply, Request, serving


def test_every_page_is_followed_and_dossiers_stand_by_number(tmp_path: Path) -> None:
    platform = Platform(page=2)
    for number in (5, 3, 9, 1, 7):
        platform.file(number)
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    assert numbers(project, capture) == [1, 3, 5, 7, 9]
    assert (capture.parts[0].fetch["pages"], capture.state["cursor"]) == (3, "00000005")


def test_the_next_collection_starts_from_the_kept_cursor_and_newest_wins(tmp_path: Path) -> None:
    platform = Platform(page=2)
    for number in (1, 2, 3):
        platform.file(number)
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        source = a_form(project, server)
        collected(project, source, JETON=TOKEN)
        # The kept cursor is after three dossiers; the two that follow are all that is asked for.
        platform.dossiers[4] = dict(platform.dossiers[3])
        platform.file(4)
        changed = dict(platform.dossiers[2]) | {
            "state": "accepte",
            "dateDerniereModification": "2026-03-01T10:00:00+01:00",
        }
        platform.dossiers[20] = changed
        server.asked.clear()
        capture = collected(project, source, NOON, JETON=TOKEN)
        asked = [
            request.document["variables"] for request in server.asked if request.document["variables"].get("first")
        ]
    assert [variables["after"] for variables in asked] == ["00000003"]
    assert {variables["updatedSince"] for variables in asked} == {"2000-01-01T00:00:00Z"}
    assert numbers(project, capture) == [1, 2, 3, 4]
    assert dossiers(project, capture)[1]["state"] == "accepte"


def test_nothing_new_is_no_new_capture_and_an_empty_page_keeps_the_cursor(tmp_path: Path) -> None:
    platform = Platform()
    platform.file(1)
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        source = a_form(project, server)
        collected(project, source, JETON=TOKEN)
        again = collected(project, source, NOON, JETON=TOKEN)
        third = collected(project, source, NOON, JETON=TOKEN)
    assert (again.changed, again.state["cursor"], third.state["cursor"]) == (False, "00000001", "00000001")


def test_a_dossier_that_moves_during_the_crawl_is_taken_once(tmp_path: Path) -> None:
    platform = Platform(page=2)
    for number in (1, 2, 3):
        platform.file(number)
    twice = dict(platform.dossiers[1]) | {"state": "accepte", "dateDerniereModification": "2026-03-29T03:30:00+02:00"}
    platform.dossiers[1]["dateDerniereModification"] = "2026-03-29T01:45:00+01:00"
    platform.dossiers[10] = twice
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    assert numbers(project, capture) == [1, 2, 3]
    assert dossiers(project, capture)[0]["state"] == "accepte"


def test_an_older_state_that_comes_after_a_newer_one_does_not_win(tmp_path: Path) -> None:
    platform = Platform(page=1)
    platform.file(1, modified="2026-03-01T10:00:00+01:00", state="accepte")
    platform.dossiers[10] = dict(platform.dossiers[1]) | {
        "state": "en_instruction",
        "dateDerniereModification": "2026-02-01T10:00:00+01:00",
    }
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    assert [dossier["state"] for dossier in dossiers(project, capture)] == ["accepte"]


def test_deleted_and_nearly_deleted_dossiers_leave_and_restored_ones_stay(tmp_path: Path) -> None:
    platform = Platform(page=2)
    for number in (1, 2, 3, 4):
        platform.file(number)
    platform.file(4, modified="2026-05-01T10:00:00+02:00")
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        source = a_form(project, server)
        collected(project, source, JETON=TOKEN)
        platform.deleted = [gone(1), gone(77), gone(4)]
        platform.pending = [gone(2) | {"dateSupression": None}]
        capture = collected(project, source, NOON, JETON=TOKEN)
    assert numbers(project, capture) == [3, 4]
    assert [item["number"] for item in capture.parts[0].fetch["withdrawn"]] == [1, 2, 77]


def test_the_drift_of_the_form_is_reported(tmp_path: Path) -> None:
    def described(number: int, kind: str, label: str) -> dict[str, Any]:
        return {"id": identifier("Champ", number), "__typename": kind, "label": label}

    inner = [described(9, "TextChampDescriptor", "Dans le bloc")]
    platform = Platform(
        descriptors=[
            described(1, "TextChampDescriptor", "Titre"),
            described(2, "DateChampDescriptor", "Jour"),
            described(3, "TextChampDescriptor", "X") | {"champDescriptors": inner},
        ]
    )
    platform.file(1)
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        source = a_form(project, server)
        first = collected(project, source, JETON=TOKEN)
        platform.descriptors = [
            described(2, "TextChampDescriptor", "Jour de début"),
            described(4, "TextChampDescriptor", "Neuf"),
            described(3, "TextChampDescriptor", "X"),
        ]
        platform.file(2)
        second = collected(project, source, NOON, JETON=TOKEN)
    assert first.parts[0].fetch["drift"] == []
    found = sorted((item["what"], item["champ"]) for item in second.parts[0].fetch["drift"])
    key = {number: identifier("Champ", number) for number in (1, 2, 4, 9)}
    assert found == sorted(
        [
            ("added", key[4]),
            ("missing", key[1]),
            ("removed", key[1]),
            ("removed", key[9]),
            ("renamed", key[2]),
            ("retyped", key[2]),
        ]
    )


def test_a_crawl_that_was_stopped_goes_on_where_it_stopped(tmp_path: Path) -> None:
    platform = Platform(page=2)
    for number in range(1, 8):
        platform.file(number)
    broken = {"after": "00000004"}

    def sometimes(request: Request) -> Reply:
        if request.document["variables"].get("after") == broken.get("after", "never"):
            return Reply(b"", 500)
        return platform.answer(request)

    project = a_project(tmp_path)
    with serving(graphql=sometimes) as server:
        source = a_form(project, server)
        with pytest.raises(Unreachable):
            collected(project, source, JETON=TOKEN)
        assert latest(project, source) is None
        resume = project.snapshots / "resume" / "mairie" / "dossiers"
        with (resume / "records.jsonl").open("a") as torn:
            torn.write('{"number": 5, "half')
        with (resume / "pages.jsonl").open("a") as torn:
            torn.write('{"page": 3')
        broken.clear()
        server.asked.clear()
        capture = collected(project, source, NOON, JETON=TOKEN)
        asked = [
            request.document["variables"].get("after")
            for request in server.asked
            if request.document["variables"].get("first")
        ]
    assert asked == ["00000004", "00000006"]
    assert numbers(project, capture) == [1, 2, 3, 4, 5, 6, 7]
    assert not (project.snapshots / "resume" / "mairie").exists()


def test_another_question_starts_from_the_beginning(tmp_path: Path) -> None:
    platform = Platform()
    platform.file(1)
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        collected(project, a_form(project, server), JETON=TOKEN)
        server.asked.clear()
        collected(project, a_form(project, server, parameters={"updated_since": "2026-01-01T00:00:00Z"}), JETON=TOKEN)
        firsts = [
            request.document["variables"]["after"]
            for request in server.asked
            if request.document["variables"].get("first")
        ]
    assert firsts == [None]
