"""What a portal's file may say, and which versions may go where."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.portals import load_portal, load_portals
from pipelines.portals.ckan import Ckan
from pipelines.portals.client import PortalClient
from pipelines.portals.datagouv import Datagouv
from pipelines.portals.descriptions import read_portal
from pipelines.portals.errors import LeftOut, NoSuchPortal, PortalFileError, TokenMissing
from pipelines.portals.publications import make_publication
from pipelines.releases.errors import NoSuchRelease, ReleaseDamaged
from tests.portals.builders import NOW, ROOT, Renew, a_portal

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
        (GOOD.replace("token: JETON\n", ""), 1, '"token": missing'),
        (GOOD.replace("JETON", "valeur secrète"), 4, "never its value"),
        (GOOD.replace("org/\ntoken", "org\ntoken"), 3, "/"),
        (GOOD + "portal: ckan\n", 6, "repeated"),
        ("[1, 2]", 1, "portal"),
        (GOOD.encode() + b"\xff", 6, "UTF-8"),
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
    with pytest.raises(NoSuchPortal, match=r"sources/portals/datagouv\.yaml: docs/portals\.md"):
        load_portal(project, "datagouv")
    with pytest.raises(NoSuchPortal, match=r"sources/portals/inconnu\.yaml: docs/portals\.md"):
        load_portal(project, "inconnu")


def test_a_wrong_file_does_not_concern_the_portal_that_is_named(project: Project) -> None:
    folder = project.sources / "portals"
    (folder / "mairie.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "faux.yaml").write_text("portal: rien\n", encoding="utf-8")
    assert load_portal(project, "mairie").title == "Essai"
    with pytest.raises(PortalFileError, match=r"faux\.yaml"):
        load_portal(project, "ckan")


@pytest.mark.parametrize(
    ("more", "key"), [("packages: [prix, prxi]\n", "packages.1"), ("datasets: {prxi: a1b2}\n", "datasets.prxi")]
)
def test_a_package_that_nobody_describes_goes_to_no_portal(project: Project, more: str, key: str) -> None:
    (project.sources / "portals" / "mairie.yaml").write_text(GOOD + more, encoding="utf-8")
    for load in (load_portals, lambda project: load_portal(project, "mairie")):
        with pytest.raises(PortalFileError, match=r"line 6:.*prxi; expected: prix") as caught:
            load(project)
        assert caught.value.facts["key"] == key


def test_a_project_without_packages_says_where_they_would_be(tmp_path: Path) -> None:
    with pytest.raises(PortalFileError, match=r"schemas/\*/package\.yaml"):
        read_portal(a_file(tmp_path, GOOD + "packages: [prix]\n"), packages=())


def test_a_package_that_the_portals_file_leaves_out_is_not_pushed(project: Project) -> None:
    portal = a_portal(project, "ckan", "https://ckan.example.org/", packages=["label"])
    with pytest.raises(LeftOut, match=r"prix is not sent there.*label"):
        make_publication(project, portal, "prix")


def test_keywords_are_sent_as_the_portals_keep_them(project: Project) -> None:
    words = ("Œuvres d'art", "Ægir", "Straße", "un", "x", "@", "long " * 30, "Écoles")
    told = {}
    for software, kind in (("datagouv", Datagouv), ("ckan", Ckan)):
        portal = a_portal(project, software, "https://donnees.example.org/")
        publication = dataclasses.replace(make_publication(project, portal, "prix"), keywords=words)
        client = PortalClient(portal, "X-API-KEY", "jeton", project.outputs / "log.jsonl", lambda: NOW)
        told[software] = kind(client).wanted(publication).dataset["tags"]
    assert told == {
        "datagouv": ["aegir", "ecoles", "oeuvres-d-art", "strasse"],
        "ckan": ["Straße", "un", "Ægir", "Écoles", "Œuvres d art"],
    }


@pytest.mark.parametrize(
    ("licence", "sent"), [("etalab-2.0", "lov2"), ("faits-publies", "faits-publies"), ("inconnue", "inconnue")]
)
def test_a_licence_bears_the_code_that_our_list_gives_for_data_gouv_fr(
    project: Project, licence: str, sent: str
) -> None:
    path = project.schemas / "prix" / "package.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("etalab-2.0", licence), encoding="utf-8")
    portal = a_portal(project, "datagouv", "https://donnees.example.org/")
    client = PortalClient(portal, "X-API-KEY", "jeton", project.outputs / "log.jsonl", lambda: NOW)
    assert Datagouv(client).wanted(make_publication(project, portal, "prix")).dataset["license"] == sent
    mapped = a_portal(project, "datagouv", "https://donnees.example.org/", licences={licence: "autre"})
    told = Datagouv(dataclasses.replace(client, portal=mapped)).wanted(make_publication(project, mapped, "prix"))
    assert told.dataset["license"] == "autre"


@pytest.mark.parametrize("environment", [{}, {"JETON_DU_PORTAIL": " "}])
def test_a_token_that_is_not_there_is_told_by_its_variable(project: Project, environment: dict[str, str]) -> None:
    with pytest.raises(TokenMissing, match="JETON_DU_PORTAIL"):
        a_portal(project, "ckan", "https://ckan.example.org/").secret(environment)


def test_an_offer_is_the_current_version(project: Project, renew: Renew) -> None:
    renew()
    publication = make_publication(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    assert (publication.version, publication.order) == ("1.1.0", ("1.0.0", "1.1.0"))
    assert publication.description.endswith("Version 1.1.0 : https://donnees.example.org/catalogue/prix/")


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
        ("1.1.²", False),
    ],
)
def test_a_version_is_older_than_what_the_ledger_or_its_number_says(
    project: Project, renew: Renew, there: str, older: bool
) -> None:
    renew()
    publication = make_publication(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    assert publication.is_older_than(there) is older


def test_an_older_version_goes_back_over_one_that_was_retracted(project: Project) -> None:
    publication = make_publication(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    later = dataclasses.replace(publication, order=("1.0.0", "1.1.0"))
    assert later.is_older_than("1.1.0")
    assert not dataclasses.replace(later, gone=frozenset({"1.1.0"})).is_older_than("1.1.0")


def test_a_release_that_was_altered_is_not_pushed(project: Project) -> None:
    (project.releases / "prix" / "1.0.0" / "data" / "prix.csv").write_text("autre", encoding="utf-8")
    with pytest.raises(ReleaseDamaged, match=r"prix/1\.0\.0/data/prix\.csv"):
        make_publication(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")


def test_a_package_without_a_release_is_not_pushed(project: Project) -> None:
    with pytest.raises(NoSuchRelease):
        make_publication(project, a_portal(project, "ckan", "https://ckan.example.org/"), "absent")


def test_a_version_without_parquet_offers_its_other_files(project: Project) -> None:
    path = project.releases / "prix" / "1.0.0" / "data" / "datapackage.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["resources"] = [item for item in told["resources"] if not item["path"].endswith(".parquet")]
    path.write_text(json.dumps(told), encoding="utf-8")
    publication = make_publication(project, a_portal(project, "ckan", "https://ckan.example.org/"), "prix")
    assert [item.key for item in publication.files] == [
        "editions/csv",
        "editions/ods",
        "prix/csv",
        "prix/ods",
        "datapackage",
    ]


def test_a_package_that_claims_no_period_sends_none(project: Project) -> None:
    portal = a_portal(project, "datagouv", "https://donnees.example.org/")
    publication = make_publication(project, portal, "prix")
    dialect = Datagouv(PortalClient(portal, "X-API-KEY", "jeton", project.outputs / "log.jsonl", lambda: NOW))
    assert "temporal_coverage" in dialect.wanted(publication).dataset
    assert "temporal_coverage" not in dialect.wanted(dataclasses.replace(publication, temporal={})).dataset
