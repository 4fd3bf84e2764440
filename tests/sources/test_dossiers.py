"""What is kept of a dossier, and what never is."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from pipelines.core.project import Project
from pipelines.sources import Capture
from pipelines.sources.dossiers import Dossier, descriptor_of, kept_dossier
from pipelines.sources.http.errors import NotTheAnswer
from tests.sources.builders import NOON, a_project, collected, kept_bytes
from tests.sources.forms import a_form, dossiers
from tests.sources.platform import TOKEN, Platform, champ, identifier
from tests.sources.server import Reply, Request, serving


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


def test_the_descriptor_inside_a_repetition_is_found_without_the_row() -> None:
    plain = identifier("Champ", 7)
    inside = identifier("Champ", "7|01HX")
    assert descriptor_of({"id": inside}) == plain
    assert descriptor_of({"id": plain}) == plain
    assert descriptor_of({"id": "not base 64"}) == "not base 64"


def test_organisations_and_repetitions_are_kept_without_the_people_in_them(tmp_path: Path) -> None:
    company = {"siren": "215602430", "raisonSociale": "COMMUNE INVENTEE", "nom": "Durand-Inventé"}
    answer = champ(3, "TextChamp", "x", value="x")
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
        ["__typename", "champDescriptorId", "id", "label", "prefilled", "stringValue", "updatedAt", "value"]
    ]
    assert "champs" not in block


def the_champs(project: Project, capture: Capture) -> list[Any]:
    return [dossier.get("champs") for dossier in dossiers(project, capture)]


def test_champs_are_kept_as_they_came_whatever_their_kind(tmp_path: Path) -> None:
    """BigInts, unknown kinds and accents included: nothing of them is parsed and written again."""
    odd = champ(2, "ChampDeDemain", "x", futur={"a": [1, 2.50, None]}, montant="123456789012345678901")
    platform = Platform()
    platform.file(1, champs=[champ(1, "TextChamp", "Été\u2028fin", value="Été\u2028fin"), odd], annotations=[odd])
    platform.file(2, champs=[])
    platform.file(3, champs=None, demandeur=None)
    platform.file(4, champs=None)
    del platform.dossiers[4]["demandeur"]
    project = a_project(tmp_path)
    with serving(graphql=platform.answer) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    assert the_champs(project, capture) == [platform.dossiers[1]["champs"], None, None, None]
    assert dossiers(project, capture)[0]["annotations"] == [odd]
    assert json.dumps(odd).encode() in kept_bytes(project, capture, "dossiers")


def test_an_answer_in_many_lines_gives_one_line_a_dossier(tmp_path: Path) -> None:
    platform = Platform()
    for number in (1, 2):
        platform.file(number)

    def indented(request: Request) -> Reply:
        return Reply(json.dumps(json.loads(platform.answer(request).body), indent=2).encode().replace(b"\n", b"\r\n"))

    project = a_project(tmp_path)
    with serving(graphql=indented) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    assert len(kept_bytes(project, capture, "dossiers").splitlines()) == 2
    assert the_champs(project, capture) == [platform.dossiers[number]["champs"] for number in (1, 2)]


def test_a_name_that_is_written_in_escapes_hides_nothing(tmp_path: Path) -> None:
    """`"\\u0066iles"` is `"files"`: neither an address that expires nor a name slips through."""
    people = {"siret": "21560243000017", "entreprise": {"nom": "Durand-Inventé"}}
    file = {"filename": "plan.pdf", "url": "https://example.org/plan?signature=abc"}
    platform = Platform()
    platform.file(1, champs=[champ(1, "X", None, files=[file]), champ(2, "X", None, etablissement=people)])

    def escaped(request: Request) -> Reply:
        body = platform.answer(request).body
        return Reply(body.replace(b'"files"', rb'"\u0066iles"').replace(b'"etablissement"', rb'"\u0065tablissement"'))

    project = a_project(tmp_path)
    with serving(graphql=escaped) as server:
        capture = collected(project, a_form(project, server), JETON=TOKEN)
    written = kept_bytes(project, capture, "dossiers")
    assert b"signature" not in written
    assert b"Durand" not in written
    assert b"plan.pdf" in written


@pytest.mark.parametrize(
    ("champ", "place"),
    [
        ({"files": [3]}, "files[0]"),
        ({"etablissement": "secret"}, "etablissement"),
        ({"etablissement": {"entreprise": "secret"}}, "etablissement.entreprise"),
        ({"rows": ["secret"]}, "rows[0]"),
        ({"rows": [{"champs": [{"files": "secret"}]}]}, "rows[0].champs[0].files"),
    ],
)
def test_a_champ_of_another_shape_is_refused_by_its_place_and_not_by_its_value(champ: object, place: str) -> None:
    body = json.dumps([champ]).encode()
    with pytest.raises(ValueError, match=re.escape(f"`$[0].{place}`")) as refused:
        kept_dossier(Dossier(number=1, date_derniere_modification="2026-01-01T00:00:00Z", champs=Raw(body)))
    assert "secret" not in str(refused.value)


def test_a_row_without_champs_stays_a_row() -> None:
    body = json.dumps([{"rows": [{"id": "r1", "champs": None}]}]).encode()
    kept = kept_dossier(Dossier(number=1, date_derniere_modification="2026-01-01T00:00:00Z", champs=Raw(body)))
    assert json.loads(bytes(kept.champs)) == [{"rows": [{"id": "r1", "champs": []}]}]
