"""What a person settled applies to that name in that context, and a correction that does not hold says where."""

from __future__ import annotations

import csv

import pytest

from pipelines.geo import Query, load_corrections, resolve
from pipelines.geo.corrections import COLUMNS
from pipelines.geo.errors import CorrectionUnusable
from tests.geo.builders import PROJECT, gazetteer

LINE = {
    "nom_imprime": "La Rochelle",
    "contexte": "https://example.org/palmares",
    "code": "70450",
    "nature": "commune",
    "nom": "",
    "code_actuel": "",
    "motif": "La page parle d'un village",
    "source_url": "https://example.org/palmares",
    "date": "2026-11-23",
    "auteur": "equipe-label",
}


def corrections(folder, *lines, columns=COLUMNS):
    with (folder / "essai.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return load_corrections(folder, gazetteer())


def answer(found, name, **beside):
    return resolve(Query(name, **beside), gazetteer(), found)


def test_a_correction_holds_in_its_context_only(tmp_path):
    found = corrections(tmp_path, LINE)
    there = answer(found, "La Rochelle", context="https://example.org/palmares")
    assert (there.code, there.method, there.certainty) == ("70450", "correction", "certaine")
    assert answer(found, "La Rochelle", context="https://example.org/autre").code is None
    assert answer(found, "la Rochelle", context="https://example.org/palmares").code is None


def test_a_correction_without_context_holds_everywhere_but_gives_way_to_the_very_context(tmp_path):
    found = corrections(tmp_path, LINE, {**LINE, "contexte": "", "code": "17300"})
    assert len(found) == 2
    assert answer(found, "La Rochelle", context="https://example.org/palmares").code == "70450"
    assert answer(found, "La Rochelle").code == "17300"
    assert answer(found, "La Rochelle", context="https://example.org/autre").code == "17300"


def test_what_has_no_code_is_openly_outside_the_code(tmp_path):
    found = corrections(
        tmp_path, {**LINE, "nom_imprime": "Yoff", "code": "", "nature": "hors_code", "nom": "Yoff (Sénégal)"}
    )
    yoff = answer(found, "Yoff", context=LINE["contexte"])
    assert (yoff.code, yoff.nature, yoff.name, yoff.is_settled) == (None, "hors_code", "Yoff (Sénégal)", True)


def test_a_body_that_is_gone_has_its_heir(tmp_path):
    gone = {
        **LINE,
        "nom_imprime": "CC X",
        "code": "",
        "nature": "ancien_epci",
        "nom": "CC X",
        "code_actuel": "200041333",
    }
    assert answer(corrections(tmp_path, gone), "CC X", context=LINE["contexte"]).present == "200041333"


@pytest.mark.parametrize(
    ("nature", "code", "name"),
    [
        ("epci", "245400676", "Métropole du Grand Nancy"),
        ("ept", "200057867", "Plaine Commune"),
        ("departement", "971", "Guadeloupe"),
        ("region", "28", "Normandie"),
        ("collectivite_outre_mer", "988", "Nouvelle-Calédonie"),
        ("commune_deleguee", "01015", "Arbignieu"),
        ("commune", "01015", "Arboys en Bugey"),
    ],
)
def test_a_correction_may_name_a_territory_of_any_nature(tmp_path, nature, code, name):
    found = answer(
        corrections(tmp_path, {**LINE, "nature": nature, "code": code}), "La Rochelle", context=LINE["contexte"]
    )
    assert (found.code, found.nature, found.name) == (code, nature, name)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"motif": ""}, "motif"),
        ({"nom_imprime": " "}, "nom_imprime"),
        ({"source_url": "vu quelque part"}, "source_url"),
        ({"date": "23/11/2026"}, "date"),
        ({"nature": "village"}, "nature"),
        ({"code": ""}, "code"),
        ({"code": "00000"}, "code"),
        ({"code_actuel": "00000"}, "code_actuel"),
        ({"nature": "hors_code"}, "code"),
        ({"nature": "hors_code", "code": ""}, "nom"),
    ],
)
def test_a_line_that_does_not_hold_names_its_place(tmp_path, change, column):
    with pytest.raises(CorrectionUnusable) as caught:
        corrections(tmp_path, LINE, {**LINE, "contexte": "autre", **change})
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (3, column)
    assert "sources/corrections/essai.csv" in caught.value.message("fr")


def test_two_corrections_of_one_name_in_one_context_are_refused(tmp_path):
    with pytest.raises(CorrectionUnusable, match=r"essai\.csv:2"):
        corrections(tmp_path, LINE, LINE)


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(CorrectionUnusable) as caught:
        corrections(tmp_path, LINE, columns=[column for column in COLUMNS if column != "motif"])
    assert caught.value.facts["column"] == "motif"


@pytest.mark.parametrize("line", ["La Rochelle,trop,court\n", "a,b,c,d,e,f,g,h,i,j,k\n"])
def test_a_line_of_another_length_is_refused(tmp_path, line):
    (tmp_path / "essai.csv").write_text(",".join(COLUMNS) + "\n" + line, encoding="utf-8")
    with pytest.raises(CorrectionUnusable, match="line 2"):
        load_corrections(tmp_path, gazetteer())


def test_no_corrections_are_no_error(tmp_path):
    assert len(load_corrections(tmp_path / "absent", gazetteer())) == 0


def test_shipped_corrections_hold():
    assert len(load_corrections(PROJECT.corrections, gazetteer())) == 35
