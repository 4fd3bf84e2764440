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
from tests.releases.builders import a_package, a_request, prizes


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
    index = json.loads(asked.files["versions.json"])
    assert {item["name"]: item.get("example") for item in index["packages"]} == {"essais": True, "prix": None}


def test_no_file_for_machines_names_it(tmp_path: Path) -> None:
    holdings, addresses = read_holdings(releases_with_an_example(tmp_path)), Addresses.under(BASE)
    plain, asked = (make_site(holdings, addresses, with_examples=wanted).files for wanted in (False, True))
    of_machines = [path for path in plain if not path.endswith(".html") and not path.startswith("essais/latest")]
    naming = [path for path in of_machines if "essais" in path or b"essais" in plain[path]]
    assert [path for path in naming if not path.endswith(".svg")] == []
    assert {"essais/feed.json", "essais/croissant.json", "essais/dcat.ttl", "essais/deltas.json"} <= asked.keys()
    assert b"essais" in asked["sitemap.xml"]


def test_its_pages_ask_search_engines_to_pass_and_describe_it_to_no_machine(tmp_path: Path) -> None:
    holdings, addresses = read_holdings(releases_with_an_example(tmp_path)), Addresses.under(BASE)
    plain, asked = (make_site(holdings, addresses, with_examples=wanted).files for wanted in (False, True))
    page = plain["essais/index.html"].decode()
    assert 'name="robots" content="noindex"' in page
    assert "application/ld+json" not in page
    assert "essais/latest" not in plain["machines.html"].decode()
    assert "application/ld+json" in asked["essais/index.html"].decode()
    assert "noindex" not in plain["prix/index.html"].decode()


def test_real_versions_before_and_after_made_up_ones_are_told_apart(tmp_path: Path) -> None:
    releases = releases_with_an_example(tmp_path)
    published(a_request(prizes(p1={"arobases": "4"}), package=a_package(name="essais", title="Essais")), releases)
    holdings, addresses = read_holdings(releases), Addresses.under(BASE)
    index = json.loads(make_site(holdings, addresses).files["versions.json"])
    told = {item["name"]: [one["version"] for one in item["versions"]] for item in index["packages"]}
    assert len(told["essais"]) == 1
    assert "1.0.0" not in told["essais"]


def test_a_push_of_everything_leaves_it_out(tmp_path: Path) -> None:
    releases_with_an_example(tmp_path / "outputs")
    assert list(released(Project.at(tmp_path, tmp_path / "outputs"))) == ["prix"]


def test_the_front_page_does_not_call_it_news(tmp_path: Path) -> None:
    holdings, addresses = read_holdings(releases_with_an_example(tmp_path)), Addresses.under(BASE)
    for page, headline in (("index.html", "Nouveautés"), ("en/index.html", "What is new")):
        plain, asked = (
            make_site(holdings, addresses, with_examples=wanted).files[page].decode() for wanted in (False, True)
        )
        # The first screen names the newest change, the section lists them; the list of packages keeps the example.
        assert "essais/version-1.0.0.html" not in plain
        assert "essais/version-1.0.0.html" in asked
        assert headline in plain
        assert "essais/index.html" in plain
