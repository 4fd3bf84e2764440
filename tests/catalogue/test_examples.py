"""Packages of made-up data: said in title and identifier, shown to people, kept from what machines harvest and from
pushes unless asked for."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.catalogue.addresses import Addresses
from pipelines.catalogue.model import read_holdings
from pipelines.catalogue.writing import make_site
from pipelines.core.project import Project
from pipelines.portals.pushing import released
from tests.catalogue.builders import BASE, published, two_versions
from tests.releases.builders import a_package, a_request


def releases_with_an_example(outputs: Path) -> Path:
    releases = two_versions(outputs)
    published(a_request(package=a_package(name="essais", title="Essais").as_example()), releases)
    return releases


def test_title_and_identifier_say_that_everything_is_made_up(tmp_path: Path) -> None:
    folder = releases_with_an_example(tmp_path)
    document = json.loads((folder / "essais/1.0.0/data/datapackage.json").read_text(encoding="utf-8"))
    assert document["title"] == "Essais (exemple : données fictives)"
    assert (document["id"], document["example"]) == ("essais-exemple", True)


def test_machines_are_told_of_it_only_when_asked(tmp_path: Path) -> None:
    holdings, addresses = read_holdings(releases_with_an_example(tmp_path)), Addresses.under(BASE)
    plain, asked = (make_site(holdings, addresses, with_examples=wanted) for wanted in (False, True))
    assert "données fictives" not in plain.files["catalog.jsonld"].decode()
    assert "données fictives" in asked.files["catalog.jsonld"].decode()
    assert "données fictives" in plain.files["essais/index.html"].decode().replace("\u00a0", " ")


def test_the_index_of_versions_marks_it(tmp_path: Path) -> None:
    holdings = read_holdings(releases_with_an_example(tmp_path))
    index = json.loads(make_site(holdings, Addresses.under(BASE)).files["versions.json"])
    assert {item["name"]: item.get("example") for item in index["packages"]} == {"essais": True, "prix": None}


def test_a_push_of_everything_leaves_it_out(tmp_path: Path) -> None:
    releases_with_an_example(tmp_path / "outputs")
    assert list(released(Project.at(tmp_path, tmp_path / "outputs"))) == ["prix"]
