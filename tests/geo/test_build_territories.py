"""The script that rebuilds the reference stops before it writes anything that is not what it was written for."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile

import pytest

from scripts.build_territories import BuildStopped, fetch, open_package
from scripts.territories_history import former_communes, former_epci, name_starts


def an_archive(folder, files):
    path = folder / "etalab-decoupage-administratif-0.0.1.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(f"package/data/{name}.json")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path, base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def a_state(name, code, kind="COM", **more):
    return {
        "nom": name,
        "code": code,
        "type": kind,
        "id": f"{kind}-{code}@{more.get('dateDebut', '1943-01-01')}",
        **more,
    }


def a_commune(name, code, **more):
    return {"nom": name, "code": code, "type": "commune-actuelle", "departement": code[:2], **more}


def test_an_archive_with_its_digest_is_read(tmp_path):
    path, digest = an_archive(tmp_path, {"regions": [{"code": "28"}]})
    assert fetch("0.0.1", tmp_path) == path
    assert open_package(path, digest) == {"regions": [{"code": "28"}]}


def test_an_archive_with_another_digest_stops_the_build(tmp_path):
    path, digest = an_archive(tmp_path, {"regions": []})
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(BuildStopped, match="SHA-512"):
        open_package(path, digest)


def test_a_merged_commune_keeps_its_interval_and_leads_to_its_heir():
    history = [
        a_state("Ici", "01001", dateFin="2016-01-01", successeur="COMD-01001@2016-01-01"),
        a_state("Ici", "01001", "COMD", dateDebut="2016-01-01", pole="COM-01002@2016-01-01"),
        a_state("Là", "01002"),
    ]
    later = {2021: {("01002", "Là")}, 2022: {("01002", "Là")}}
    [former] = former_communes(history, later, [a_commune("Là", "01002")])
    assert (former["nom"], former["valide_au"], former["precision"]) == ("Ici", "2016-01-01", "jour")
    assert former["code_actuel"] == "01002"


def test_a_name_that_a_vintage_no_longer_has_ended_by_its_first_of_january():
    later = {2021: {("01001", "Ici")}, 2022: {("01001", "Ici-sur-Ain")}}
    [former] = former_communes([a_state("Ici", "01001")], later, [a_commune("Ici-sur-Ain", "01001")])
    assert (former["valide_au"], former["precision"]) == ("2022-01-01", "millesime")
    assert name_starts([a_state("Ici", "01001")], later) == {("01001", "Ici-sur-Ain"): "2022-01-01"}


def test_a_name_that_came_and_went_between_vintages_is_kept():
    later = {2021: {("01001", "A")}, 2022: {("01001", "B")}, 2023: {("01001", "A")}}
    [former] = former_communes([a_state("A", "01001")], later, [a_commune("A", "01001")])
    assert (former["nom"], former["valide_du"], former["valide_au"]) == ("B", "2022-01-01", "2023-01-01")


def test_a_renamed_group_keeps_its_old_name_with_its_vintages():
    def group(name):
        return [{"code": "200000001", "type": "CC", "nom": name, "membres": [{"code": "01001"}]}]

    by_year = {2019: group("CC Avant"), 2020: group("CC Avant"), 2021: group("CC Après")}
    [former] = former_epci(by_year, [a_commune("Ici", "01001")])
    assert (former["nom"], former["premier_millesime"], former["dernier_millesime"]) == ("CC Avant", 2019, 2020)
    assert former["code_actuel"] == "200000001"


def test_a_group_that_was_shared_out_has_no_heir():
    members = [{"code": "01001"}, {"code": "01002"}]
    old = [{"code": "200000001", "type": "CC", "nom": "CC Une", "membres": members}]
    new = [
        {"code": f"20000000{place}", "type": "CC", "nom": f"CC {place}", "membres": [member]}
        for place, member in enumerate(members, start=2)
    ]
    [former] = former_epci({2019: old, 2020: new}, [a_commune("Ici", "01001"), a_commune("Là", "01002")])
    assert former["code_actuel"] is None
