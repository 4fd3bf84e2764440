"""The connector of Démarche numérique against a server that answers as the platform documents."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from pipelines.project import Project
from pipelines.sources import Capture, Source, latest
from pipelines.sources.dossiers import Merged, descriptor_of
from pipelines.sources.errors import CollectError, SecretMissing
from pipelines.sources.http.errors import CrawlRefused, NotAuthorised, NotTheAnswer, Unreachable
from tests.sources.builders import MORNING, NOON, a_project, a_source, collected, kept_bytes
from tests.sources.platform import TOKEN, Platform, as_lines, champ, gone, identifier
from tests.sources.server import Reply, Request, Server, as_json, serving


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


def test_every_page_is_followed_and_dossiers_stand_by_number(tmp_path: Path) -> None:
    platform = Platform(page=2)
    for number in (5, 3, 9, 1, 7):
        platform.file(number)
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    assert numbers(project, capture) == [1, 3, 5, 7, 9]
    assert (capture.parts[0].fetch["pages"], capture.state["cursor"]) == (3, "00000005")


def test_e_mails_identities_and_messages_are_never_asked_for_nor_written(tmp_path: Path) -> None:
    platform = Platform()
    platform.file(1, messages=[{"body": "secret-message"}], instructeurs=[{"email": "agent@example.org"}])
    platform.file(2, demandeur={"__typename": "PersonnePhysique", "nom": "Durand-Inventé", "prenom": "Camille"})
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
        asked = [request.document["variables"] for request in server.asked]
    for name in ("Messages", "Instructeurs", "Avis", "Traitements", "GroupeInstructeurs"):
        assert all(variables[f"include{name}"] is False for variables in asked)
    written = b"".join(path.read_bytes() for path in project.outputs.rglob("*") if path.is_file())
    for personal in (b"@example.org", b"Durand", b"Camille", b"secret-message", TOKEN.encode()):
        assert personal not in written
    assert dossiers(project, capture)[0]["demandeur"]["raisonSociale"] == "COMMUNE INVENTEE"
    assert "demandeur" not in dossiers(project, capture)[1]


def test_the_next_collection_starts_from_the_kept_cursor_and_newest_wins(tmp_path: Path) -> None:
    platform = Platform(page=2)
    for number in (1, 2, 3):
        platform.file(number)
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        source = a_form(project, server)
        collected(project, source, JETON=TOKEN)
        # The kept cursor stands after three dossiers; the two that follow are all that is asked for.
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


ERROR = {"message": "hidden", "extensions": {"code": "internal_server_error"}}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            as_json({"data": None, "errors": [{"message": "hidden", "extensions": {"code": "unauthorized"}}]}),
            NotAuthorised,
        ),
        (as_json({"data": {"demarche": {"dossiers": {"nodes": []}}}, "errors": [ERROR]}), NotTheAnswer),
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


def a_page(cursor: str, *, more: bool = True, name: str = "dossiers") -> Reply:
    platform = Platform()
    platform.file(1)
    info = {"hasNextPage": more, "endCursor": cursor}
    demarche = {name: {"nodes": list(platform.dossiers.values()), "pageInfo": info}, "activeRevision": {}}
    return as_json({"data": {"demarche": demarche}})


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


def test_files_are_fetched_at_once_and_kept_by_digest_without_their_address(tmp_path: Path) -> None:
    content = b"%PDF-1.7 invented"
    platform = Platform()
    project = a_project(tmp_path)
    with serving(graphql=platform.answer, plan=Reply(content)) as server:
        checksum = base64.b64encode(hashlib.md5(content).digest()).decode()
        file = {
            "filename": "plan.pdf",
            "contentType": "application/pdf",
            "checksum": checksum,
            "byteSize": "17",
            "url": f"{server.url}/plan?signature=abc",
        }
        platform.file(1, champs=[champ(5, "PieceJustificativeChamp", None, files=[file])])
        source = a_form(project, server, parameters={"files": True})
        capture = collected(project, source, JETON=TOKEN)
        kept = dossiers(project, capture)[0]["champs"][0]["files"][0]
        assert kept["sha256"] == hashlib.sha256(content).hexdigest()
        assert "url" not in kept
        file["checksum"] = "AAAA"
        platform.file(2, champs=platform.dossiers[1]["champs"])
        with pytest.raises(NotTheAnswer):
            collected(project, source, NOON, JETON=TOKEN)


def test_what_is_missing_in_the_yaml_or_the_environment_is_told(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    with serving() as server:
        with pytest.raises(CollectError, match="number"):
            collected(project, a_form(project, server, parameters={"number": "quarante"}), JETON=TOKEN)
        with pytest.raises(SecretMissing):
            collected(project, a_form(project, server), MORNING)


def test_the_descriptor_inside_a_repetition_is_found_without_the_row() -> None:
    plain = identifier("Champ", 7)
    inside = identifier("Champ", "7|01HX")
    assert descriptor_of({"id": inside}) == plain
    assert descriptor_of({"id": plain}) == plain
    assert descriptor_of({"id": "not base 64"}) == "not base 64"


def test_organisations_and_repetitions_are_kept_without_the_people_in_them(tmp_path: Path) -> None:
    company = {"siren": "215602430", "raisonSociale": "COMMUNE INVENTEE", "nom": "Durand-Inventé"}
    answer = champ(3, "TextChamp", "x", value="x") | {"updatedAt": "2026-01-01T10:00:00+01:00"}
    platform = Platform()
    platform.file(
        1,
        champs=[
            champ(1, "SiretChamp", "21560243000017", etablissement={"siret": "21560243000017", "entreprise": company}),
            champ(2, "RepetitionChamp", "", rows=[{"id": "ligne-1", "champs": [answer]}], champs=[answer]),
        ],
    )
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    siret, block = dossiers(project, capture)[0]["champs"]
    assert siret["etablissement"] == {
        "siret": "21560243000017",
        "siren": "215602430",
        "raisonSociale": "COMMUNE INVENTEE",
    }
    assert [sorted(row["champs"][0]) for row in block["rows"]] == [
        ["__typename", "champDescriptorId", "id", "label", "stringValue", "value"]
    ]
    assert "champs" not in block


def test_a_snapshot_that_another_hand_wrote_is_refused(tmp_path: Path) -> None:
    (tmp_path / "base").write_text('{"numero": 1}\n')
    (tmp_path / "changes").write_text("")
    with pytest.raises(ValueError, match="did not write"):
        Merged.of(tmp_path / "base", tmp_path / "changes", [])
