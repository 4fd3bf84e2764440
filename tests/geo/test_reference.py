"""The shipped reference says what the official geographic code says, once."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.geo import normalise, read_reference
from pipelines.geo.errors import ReferenceMissing
from pipelines.geo.gazetteer import Gazetteer, load_gazetteer
from tests.geo.builders import PROJECT, gazetteer

FILES = (
    "communes-2026", "anciens_codes-2026", "epci-2026", "epci_membres-2026", "departements-2026", "regions-2026",
    "anciennes_communes", "anciens_epci",
)  # fmt: skip


def rows(name):
    return read_reference(PROJECT.reference, name).to_pylist()


def test_communes_of_every_type_are_all_there():
    assert Counter(row["type"] for row in rows("communes-2026")) == {
        "commune": 34_969, "commune_deleguee": 2_105, "commune_associee": 471, "arrondissement_municipal": 45,
    }  # fmt: skip


def test_a_code_is_unique_only_with_its_type():
    communes = rows("communes-2026")
    assert len({(row["code"], row["type"]) for row in communes}) == len(communes)
    assert len({row["code"] for row in communes}) < len(communes)
    assert {row["nom"] for row in communes if row["code"] == "01015"} == {"Arboys en Bugey", "Arbignieu"}


def test_groups_of_communes_are_all_there():
    assert Counter(row["nature"] for row in rows("epci-2026")) == {"epci": 1_255, "ept": 11}


def test_every_member_of_a_group_is_a_current_commune_and_says_so_itself():
    communes = {row["code"]: row for row in rows("communes-2026") if row["type"] == "commune"}
    groups = {row["code"] for row in rows("epci-2026")}
    members = rows("epci_membres-2026")
    assert all(row["commune_code"] in communes and row["epci_code"] in groups for row in members)
    own = {"epci": "epci_code", "ept": "ept_code"}
    assert all(communes[row["commune_code"]][own[row["nature"]]] == row["epci_code"] for row in members)
    assert sum(row["epci_code"] is None for row in communes.values()) == 98


def test_overseas_departements_and_collectivities_are_there():
    zones = Counter(row["zone"] for row in rows("departements-2026"))
    assert zones == {"metro": 96, "drom": 5, "com": 8}
    assert len(rows("regions-2026")) == 26
    assert {"97101", "97302", "97502", "98818", "98735"} <= {row["code"] for row in rows("communes-2026")}


def test_delegated_communes_point_to_a_current_commune():
    communes = rows("communes-2026")
    current = {row["code"] for row in communes if row["type"] == "commune"}
    assert all(row["commune_code"] in current for row in communes)


def test_former_codes_and_former_communes_lead_to_current_communes():
    current = {row["code"] for row in rows("communes-2026") if row["type"] == "commune"}
    former = rows("anciens_codes-2026")
    assert len(former) == len({row["code"] for row in former}) == 4_240
    assert all(row["code_actuel"] in current for row in former)
    assert all(row["code_actuel"] in current for row in rows("anciennes_communes"))


def test_a_former_name_keeps_its_interval():
    names = {(row["code"], row["nom"]): row for row in rows("anciennes_communes")}
    assert len(names) == len(rows("anciennes_communes"))
    gravenchon = names["76476", "Notre-Dame-de-Gravenchon"]
    assert (gravenchon["valide_au"], gravenchon["precision"]) == ("2016-01-01", "jour")
    oissel = names["76484", "Oissel"]
    assert (oissel["valide_au"], oissel["precision"]) == ("2026-01-01", "millesime")


def test_keys_shipped_with_names_are_those_of_the_code():
    for name in FILES:
        table = read_reference(PROJECT.reference, name)
        if "cle" in table.column_names:
            assert all(normalise(row["nom"]) == row["cle"] for row in table.to_pylist()), name


def test_old_regions_share_out_the_metropolitan_departements_and_fit_in_those_of_today():
    old = gazetteer()._former_regions()
    departements = [code for codes in old.values() for code in codes]
    metropolitan = [row["code"] for row in rows("departements-2026") if row["zone"] == "metro"]
    assert sorted(departements) == sorted(metropolitan)
    assert len(old) == 22
    region = {row["code"]: row["region_code"] for row in rows("departements-2026")}
    assert all(len({region[code] for code in codes}) == 1 for codes in old.values())


def test_files_stay_small():
    sizes = {name: (PROJECT.reference / f"{name}.parquet").stat().st_size for name in FILES}
    assert sizes.pop("communes-2026") < 1_100_000
    assert max(sizes.values()) < 200_000


@pytest.mark.parametrize(
    "read",
    [
        load_gazetteer,
        lambda folder: read_reference(folder, "epci-2026"),
        lambda folder: Gazetteer(folder)._former_regions(),
    ],
)
def test_a_missing_file_says_how_to_make_it_again(tmp_path, read):
    with pytest.raises(ReferenceMissing, match=r"build_territories\.py"):
        read(tmp_path)
