"""Champs of Démarche numérique as columns: every type, typed or degraded, and repetitions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.formats.demarche import values
from tests.formats.builders import a_file, a_part, part_reading, positions, reading, records


def a_champ(kind: str, text: str | None = "", **typed: Any) -> dict[str, Any]:
    return {"id": "Q2hhbXAtMQ==", "__typename": kind, "label": "Question", "stringValue": text} | typed


ADDRESS = {
    "label": "1 rue Inventée 75019 Paris",
    "cityCode": "75119",
    "postalCode": "75019",
    "cityName": "Paris",
    "departmentCode": "75",
}
MOSELLE = {"name": "Moselle", "code": "57"}


@pytest.mark.parametrize(
    ("champ", "expected"),
    [
        (a_champ("TextChamp", "x", value="x"), {"": "x"}),
        (a_champ("TextChamp", "", value=None), {"": None}),
        (a_champ("TextChamp", "57 - Moselle"), {"": "57 - Moselle"}),
        (a_champ("DropDownListChamp", "A", value="A"), {"": "A"}),
        (a_champ("MultipleDropDownListChamp", "a, b", values=["a, b"]), {"": '["a, b"]'}),
        (a_champ("MultipleDropDownListChamp", "", values=[]), {"": None}),
        (a_champ("LinkedDropDownListChamp", "a / b", primaryValue="a", secondaryValue="b"), {"": "a", ".second": "b"}),
        (a_champ("CheckboxChamp", "true", checked=True), {"": "true"}),
        (a_champ("YesNoChamp", "", selected=None), {"": None}),
        (a_champ("CheckboxChamp", "false", value=False), {"": "false"}),
        (
            a_champ("IntegerNumberChamp", "12345678901234567890", integerNumber="12345678901234567890"),
            {"": "12345678901234567890"},
        ),
        (a_champ("DecimalNumberChamp", "2349.90", decimalNumber=2349.9), {"": "2349.9"}),
        (a_champ("DateChamp", "15 janvier 2025", date="2025-01-15"), {"": "2025-01-15"}),
        (a_champ("DateChamp", "15 janvier 2025"), {"": None}),
        (
            a_champ("DatetimeChamp", "15 janvier", datetime="2025-01-15T10:00:00+01:00"),
            {"": "2025-01-15T10:00:00+01:00"},
        ),
        (a_champ("CiviliteChamp", "Mme", civilite="Mme"), {"": "Mme"}),
        (
            a_champ(
                "CommuneChamp",
                "Metz (57000)",
                commune={"name": "Metz", "code": "57463", "postalCode": "57000"},
                departement=MOSELLE,
            ),
            {"": "57463", ".nom": "Metz", ".code_postal": "57000", ".departement": "57"},
        ),
        (
            a_champ("CommuneChamp", "", commune=None, departement=None),
            {"": None, ".nom": None, ".code_postal": None, ".departement": None},
        ),
        (a_champ("DepartementChamp", "57 - Moselle", departement=MOSELLE), {"": "57", ".nom": "Moselle"}),
        (a_champ("RegionChamp", "x", region={"name": "Grand Est", "code": "44"}), {"": "44", ".nom": "Grand Est"}),
        (
            a_champ("EpciChamp", "x", epci={"name": "Metz", "code": "200039865"}, departement=MOSELLE),
            {"": "200039865", ".nom": "Metz", ".departement": "57"},
        ),
        (a_champ("PaysChamp", "x", pays={"name": "France", "code": "FR"}), {"": "FR", ".nom": "France"}),
        (
            a_champ("AddressChamp", "x", address=ADDRESS),
            {
                "": "1 rue Inventée 75019 Paris",
                ".code": "75119",
                ".code_postal": "75019",
                ".nom": "Paris",
                ".departement": "75",
            },
        ),
        (
            a_champ("AddressChamp", "derrière l'église", address=None),
            {"": "derrière l'église", ".code": None, ".code_postal": None, ".nom": None, ".departement": None},
        ),
        (
            a_champ("SiretChamp", "21560243000017", etablissement={"siret": "21560243000017", "raisonSociale": "X"}),
            {"": "21560243000017", ".nom": "X"},
        ),
        (a_champ("SiretChamp", "21560243000017", etablissement=None), {"": "21560243000017", ".nom": None}),
        (a_champ("RNAChamp", "W1", rna={"id": "W1", "title": "T"}), {"": "W1", ".titre": "T"}),
        (a_champ("PieceJustificativeChamp", None, files=[{"filename": "a.pdf"}]), {"": '[{"filename":"a.pdf"}]'}),
        (a_champ("TitreIdentiteChamp", None, filled=True), {"": "true"}),
        (a_champ("CarteChamp", None, geoAreas=[]), {"": None}),
        (a_champ("DossierLinkChamp", "9", dossier={"number": 9}), {"": "9"}),
        (a_champ("DossierLinkChamp", "", dossier=None), {"": None}),
        (a_champ("HeaderSectionChamp", None, level=1), {"": None}),
    ],
)
def test_every_type_gives_its_canonical_text(champ: dict[str, Any], expected: dict[str, str | None]) -> None:
    assert values(champ) == expected


def a_dossier(number: int, *champs: dict[str, Any]) -> dict[str, Any]:
    return {"number": number, "state": "accepte", "demarche": {"revision": {"id": "r1"}}, "champs": list(champs)}


def lines(*dossiers: dict[str, Any]) -> str:
    return "".join(json.dumps(dossier) + "\n" for dossier in dossiers)


def test_champs_are_read_by_identifier_hidden_ones_are_null_and_others_are_told(tmp_path: Path) -> None:
    title = a_champ("TextChamp", "x", value="Une action")
    other = a_champ("TextChamp", "y", value="y") | {"id": "Q2hhbXAtMg==", "label": "Hors du YAML"}
    path = a_file(tmp_path, lines(a_dossier(1, title | {"label": "Renommé"}, other), a_dossier(2)))
    table = reading(path, a_part("demarche", "titre", "numero", options={"champs": {"titre": "Q2hhbXAtMQ=="}}))
    assert [(row["numero"], row["titre"], row["etat"], row["revision"]) for row in records(table)] == [
        ("1", "Une action", "accepte", "r1"),
        ("2", None, "accepte", "r1"),
    ]
    assert json.loads(table.schema.metadata[b"facts"]) == {"unread": {"Q2hhbXAtMg==": "Hors du YAML"}}


def test_repetitions_become_rows_that_know_their_dossier(tmp_path: Path) -> None:
    def row(text: str) -> dict[str, Any]:
        return {"id": text, "champs": [a_champ("TextChamp", text, value=text) | {"champDescriptorId": "Q2hhbXAtMQ=="}]}

    block = a_champ("RepetitionChamp", rows=[row("a"), row("b")]) | {"id": "Q2hhbXAtOQ=="}
    empty = a_champ("RepetitionChamp", rows=[]) | {"id": "Q2hhbXAtOQ=="}
    path = a_file(tmp_path, lines(a_dossier(1, block), a_dossier(2, empty), a_dossier(3, block)))
    options = {"champs": {"service": "Q2hhbXAtMQ=="}, "repetition": "Q2hhbXAtOQ=="}
    table = reading(path, a_part("demarche", options=options))
    assert [(row["numero"], row["rang"], row["service"]) for row in records(table)] == [
        ("1", "1", "a"),
        ("1", "2", "b"),
        ("3", "1", "a"),
        ("3", "2", "b"),
    ]
    assert positions(table) == [1, 2, 3, 4]


@pytest.mark.parametrize("repetition", [False, True])
@pytest.mark.parametrize(
    ("spoiled", "rule"),
    [
        ('{"number": 2, "champs": [{"id": "Q2hhbXAtMQ==", "__typename": "X", "value": NaN}]}', "valeur-non-json"),
        ('{"number": 2, "champs": [{"id": "Q2hhbXAtMQ==", "__typename": "X", "value": "a\\ud800"}]}', "demi-caractere"),
        ('{"number": 2, "number": 3, "champs": []}', "nom-deux-fois"),
        ('{"number": 2, "champs": ["texte"]}', "dossier-illisible"),
        ('{"number": 2, "champs": 3}', "dossier-illisible"),
        ('["number", 2]', "dossier-illisible"),
    ],
)
def test_a_dossier_that_cannot_be_read_is_refused_and_the_others_are_read(
    tmp_path: Path, spoiled: str, rule: str, *, repetition: bool
) -> None:
    inner = {"id": "r", "champs": [a_champ("TextChamp", "x", value="x") | {"champDescriptorId": "Q2hhbXAtMQ=="}]}
    block = a_champ("RepetitionChamp", rows=[inner, inner]) | {"id": "Q2hhbXAtOQ=="}
    good = [a_dossier(1, block), a_dossier(3, block)]
    options: dict[str, Any] = {"champs": {"titre": "Q2hhbXAtMQ=="}}
    options |= {"repetition": "Q2hhbXAtOQ=="} if repetition else {}
    text = f"{json.dumps(good[0])}\n{spoiled}\n{json.dumps(good[1])}\n"
    found = part_reading(a_file(tmp_path, text), a_part("demarche", options=options))
    assert [row["numero"] for row in records(found.table)] == (["1", "1", "3", "3"] if repetition else ["1", "3"])
    assert [fault.rule for fault in found.faults] == [rule]
    assert "ligne 2" in found.faults[0].message.fr
    assert "texte" not in found.faults[0].message.fr
