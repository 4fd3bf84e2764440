"""What a portal's file may say, and which versions may go where."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from pipelines.portals import load_portal, load_portals
from pipelines.portals.datagouv import Datagouv
from pipelines.portals.descriptions import read_portal
from pipelines.portals.door import Door
from pipelines.portals.errors import NoSuchPortal, PortalFileError, TokenMissing
from pipelines.portals.offers import make_offer
from pipelines.project import Project
from pipelines.releases.errors import NoSuchRelease, ReleaseDamaged
from tests.portals.builders import NOW, Renew, a_portal

ROOT = Path(__file__).resolve().parents[2]
GOOD = """portal: ckan
title: Essai
address: https://ckan.example.org/
token: JETON
base: https://donnees.example.org/
"""


def a_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "essai.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    portal = read_portal(a_file(tmp_path, GOOD))
    assert (portal.name, portal.title_en, portal.packages, portal.datastore) == ("essai", "Essai", None, True)
    assert portal.takes("label")


def test_only_the_packages_named_go_there(tmp_path: Path) -> None:
    portal = read_portal(a_file(tmp_path, GOOD + "packages: [label]\n"))
    assert [name for name in ("label", "prix") if portal.takes(name)] == ["label"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD + "tokn: X\n", 6, "tokn"),
        (GOOD.replace("token: JETON\n", ""), 1, "token absent"),
        (GOOD.replace("JETON", "valeur secrète"), 4, "jamais sa valeur"),
        (GOOD.replace("org/\ntoken", "org\ntoken"), 3, "/"),
        (GOOD + "portal: ckan\n", 6, "repeated"),
        ("[1, 2]", 1, "portal"),
        (GOOD.encode() + b"\xff", 1, "UTF-8"),
    ],
)
def test_a_wrong_file_is_told_by_line_and_key(tmp_path: Path, text: str | bytes, line: int, words: str) -> None:
    with pytest.raises(PortalFileError, match=words) as caught:
        read_portal(a_file(tmp_path, text))
    assert f"line {line}:" in str(caught.value)
    assert "valeur secrète" not in str(caught.value)


@pytest.mark.parametrize("name", ["ckan", "datagouv"])
def test_the_examples_shipped_are_right(name: str) -> None:
    assert read_portal(ROOT / "sources" / "portals" / f"{name}.yaml.exemple").software == name


def test_the_only_portal_of_a_software_answers_to_its_name(project: Project) -> None:
    path = project.sources / "portals" / "mairie.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_portal(project, "ckan") == load_portal(project, "mairie") == load_portals(project)["mairie"]


def test_a_portal_that_is_not_described_is_told_with_what_to_do(project: Project) -> None:
    with pytest.raises(NoSuchPortal, match=r"sources/portals/datagouv\.yaml\.exemple"):
        load_portal(project, "datagouv")
    with pytest.raises(NoSuchPortal, match=r"sources/portals/ckan\.yaml\.exemple"):
        load_portal(project, "inconnu")


@pytest.mark.parametrize("environment", [{}, {"JETON_DU_PORTAIL": " "}])
def test_a_token_that_is_not_there_is_told_by_its_variable(project: Project, environment: dict[str, str]) -> None:
    with pytest.raises(TokenMissing, match="JETON_DU_PORTAIL"):
        a_portal(project, "ckan", "https://ckan.example.org/").secret(environment)


def test_an_offer_is_the_current_version(project: Project, renew: Renew) -> None:
    renew()
    offer = make_offer(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    assert (offer.version, offer.order) == ("1.1.0", ("1.0.0", "1.1.0"))
    assert offer.description.endswith("Version 1.1.0 : https://donnees.example.org/catalogue/prix/")


@pytest.mark.parametrize(
    ("there", "older"),
    [
        ("", False),
        ("1.0.0", False),
        ("1.1.0", False),
        ("1.2.0", True),
        ("1.10.0", True),
        ("0.9.9", False),
        ("à la main", False),
    ],
)
def test_a_version_is_older_than_what_the_ledger_or_its_number_says(
    project: Project, renew: Renew, there: str, older: bool
) -> None:
    renew()
    offer = make_offer(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    assert offer.is_older_than(there) is older


def test_an_older_version_goes_back_over_one_that_was_retracted(project: Project) -> None:
    offer = make_offer(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    later = dataclasses.replace(offer, order=("1.0.0", "1.1.0"))
    assert later.is_older_than("1.1.0")
    assert not dataclasses.replace(later, gone=frozenset({"1.1.0"})).is_older_than("1.1.0")


def test_a_release_that_was_altered_is_not_pushed(project: Project) -> None:
    (project.releases / "prix" / "1.0.0" / "data" / "prix.csv").write_text("autre", encoding="utf-8")
    with pytest.raises(ReleaseDamaged, match=r"prix/1\.0\.0/data/prix\.csv"):
        make_offer(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")


def test_a_package_without_a_release_is_not_pushed(project: Project) -> None:
    with pytest.raises(NoSuchRelease):
        make_offer(project, a_portal(project, "ckan", "https://ckan.example.org/"), "absent")


def test_a_version_without_parquet_offers_its_csv(project: Project) -> None:
    path = project.releases / "prix" / "1.0.0" / "data" / "datapackage.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["resources"] = [item for item in told["resources"] if not item["path"].endswith(".parquet")]
    path.write_text(json.dumps(told), encoding="utf-8")
    offer = make_offer(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    assert [item.key for item in offer.files] == ["editions/csv", "prix/csv", "datapackage"]


def test_a_package_that_claims_no_period_sends_none(project: Project) -> None:
    portal = a_portal(project, "datagouv", "https://donnees.example.org/")
    offer = make_offer(project, portal, "prix")
    dialect = Datagouv(Door(portal, "X-API-KEY", "jeton", project.outputs / "log.jsonl", lambda: NOW))
    assert "temporal_coverage" in dialect.wanted(offer).dataset
    assert "temporal_coverage" not in dialect.wanted(dataclasses.replace(offer, temporal={})).dataset
