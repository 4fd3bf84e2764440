"""Pages: what each must hold, in both languages, and that everything they point at is there."""

from __future__ import annotations

import json
import re
import threading
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
import requests

from pipelines.catalogue.serving import server
from tests.catalogue.builders import BASE, a_catalogue, another_package, published, retracted, two_versions
from tests.releases.builders import a_package, a_request

# Things of the graph that have a name and no place of their own on the page that tells of them.
NAMED_ONLY = ("catalogue", "contact", "editeur", "periode-", "provenance")
LINKS = {("a", "href"), ("link", "href"), ("script", "src"), ("img", "src")}


class Page(HTMLParser):
    """The links, identifiers, headings and text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.language = ""
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.links += [told[name] for kind, name in LINKS if kind == tag and name in told]
        self.ids += [told["id"]] if "id" in told else []
        if tag == "html":
            self.language = told["lang"]
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("outputs")
    retracted(outputs)
    another_package(outputs)
    a_catalogue(outputs)
    return outputs


def pages(outputs: Path) -> dict[str, Page]:
    root = outputs / "catalogue"
    return {path.relative_to(root).as_posix(): Page(path) for path in sorted(root.rglob("*.html"))}


@pytest.fixture(scope="module")
def with_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("example")
    example = a_request(package=a_package(name="essais", title="Essais").as_example())
    published(example, two_versions(outputs))
    a_catalogue(outputs)
    return outputs


@pytest.mark.parametrize("which", ["outputs", "with_example"])
def test_every_relative_link_opens_in_a_folder(which: str, request: pytest.FixtureRequest) -> None:
    outputs: Path = request.getfixturevalue(which)
    root = outputs / "catalogue"
    for name, page in pages(outputs).items():
        for link in page.links:
            target, fragment = urldefrag(link)
            if ":" in target or name.endswith("404.html"):
                continue
            target = target.partition("?")[0]
            path = ((root / name).parent / target).resolve() if target else root / name
            assert path.is_file(), (name, link)
            if fragment and path.suffix == ".html":
                assert fragment in Page(path).ids, (name, link)


def test_every_address_of_the_catalogue_resolves_on_a_host(tmp_path: Path) -> None:
    retracted(tmp_path)
    another_package(tmp_path)
    with server(tmp_path, logs_requests=False) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{made.server_address[1]}/"
        a_catalogue(tmp_path, base)
        seen = {address for path in (tmp_path / "catalogue").rglob("*.*") for address in _addresses(path, base)}
        assert len(seen) > 100
        with requests.Session() as session:
            for address in sorted(seen):
                target, fragment = urldefrag(address)
                # What the commands of a verification fetch from is a folder, which hosts need not list.
                target += "bagit.txt" if "/releases/" in target and target.endswith("/") else ""
                answer = session.get(target, timeout=10)
                assert answer.status_code == 200, address
                if fragment and target.endswith(("/", ".html")) and not fragment.startswith(NAMED_ONLY):
                    assert f'id="{fragment.removesuffix("-retrait")}"' in answer.text, address
        made.shutdown()


def _addresses(path: Path, base: str) -> list[str]:
    if "latest" in path.parts or path.suffix == ".zip":  # released files, which name no page
        return []
    text = unescape(path.read_text(encoding="utf-8").replace("\\u003c", "<"))
    return re.findall(rf"{re.escape(base)}[^\s\"'<>\\`)]*", text)


def test_the_first_page_tells_three_reasons_of_a_version_and_how_many_more(tmp_path: Path) -> None:
    import json

    releases = two_versions(tmp_path)
    path = releases / "prix" / "versions.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["versions"][0]["reasons"] = [{"level": "PATCH", "fr": f"r{n}", "en": f"w{n}"} for n in range(5)]
    path.write_text(json.dumps(told), encoding="utf-8")
    catalogue = a_catalogue(tmp_path)
    assert "r0\u202f; r1\u202f; r2 … et 2 de plus" in (catalogue / "index.html").read_text(encoding="utf-8")
    assert "w0; w1; w2 … and 2 more" in (catalogue / "en" / "index.html").read_text(encoding="utf-8")
    assert "r4" in (catalogue / "feed.atom").read_text(encoding="utf-8")


def test_the_page_for_what_is_missing_works_at_any_depth(outputs: Path) -> None:
    page = Page(outputs / "catalogue" / "404.html")
    assert all(link.startswith(("/arobase/catalogue/", "https://", "#")) for link in page.links)


def test_every_page_has_its_twin_in_the_other_language(outputs: Path) -> None:
    found = pages(outputs)
    french = {name for name in found if not name.startswith("en/")}
    assert {name.removeprefix("en/") for name in found if name.startswith("en/")} == french
    assert all(page.language == ("en" if name.startswith("en/") else "fr") for name, page in found.items())
    for name in french:
        assert any(link == f"{BASE}catalogue/en/{name}".removesuffix("index.html") for link in found[name].links), name


def test_headings_go_down_one_step_at_a_time_and_ids_are_unique(outputs: Path) -> None:
    for name, page in pages(outputs).items():
        assert page.headings[0] == 1, name
        assert page.headings.count(1) == 1, name
        assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), name
        assert len(page.ids) == len(set(page.ids)), name


def test_pages_call_nobody_else(outputs: Path) -> None:
    for name, page in pages(outputs).items():
        for part in ('src="http', "@import", "url(http"):
            assert part not in page.source, name
        assert " style=" not in page.source, name
        assert " onclick=" not in page.source, name
        assert "&amp;#" not in page.source, f"{name} escapes a text twice"


def test_a_package_says_what_it_is(outputs: Path) -> None:
    page = Page(outputs / "catalogue" / "medailles" / "index.html").source
    for words in ("Médailles inventées", "1.0.0", "Licence Ouverte", "Source inventée", "non signée", "exemple"):
        assert words in page
    document = json.loads((outputs / "releases/medailles/1.0.0/data/datapackage.json").read_text(encoding="utf-8"))
    for resource in document["resources"]:
        if resource["name"] in ("prix", "prix-parquet", "prix-excel"):
            assert resource["hash"].removeprefix("sha256:") in page


def test_what_changed_is_told_with_its_cause(tmp_path: Path) -> None:
    two_versions(tmp_path)
    a_catalogue(tmp_path)
    french = Page(tmp_path / "catalogue" / "prix" / "version-1.0.1.html").source
    english = Page(tmp_path / "catalogue" / "en" / "prix" / "version-1.0.1.html").source
    assert "la source a changé" in french
    assert "the source changed" in english
    assert "Prix\u00a0: 1 valeur modifiée" in french
    first = Page(tmp_path / "catalogue" / "prix" / "version-1.0.0.html").source
    assert "Il y a une version plus récente" in first


def test_a_retracted_version_keeps_a_page_with_the_reason(outputs: Path) -> None:
    page = Page(outputs / "catalogue" / "prix" / "version-1.0.1.html")
    assert "Valeur fausse dans la source." in page.source
    assert "4 mars 2026" in page.source
    assert not [link for link in page.links if "releases/prix/1.0.1" in link]


def test_a_reason_that_somebody_typed_is_of_no_noted_language_on_both_twins(outputs: Path) -> None:
    for name in ("prix/version-1.0.1.html", "prix/versions.html"):
        for twin in ("", "en"):
            page = Page(outputs / "catalogue" / twin / name).source
            assert '<span lang="">Valeur fausse dans la source.</span>' in page, (twin, name)
    assert '<span class="soft" lang="">Valeur fausse' in Page(outputs / "catalogue" / "en" / "index.html").source


def test_no_english_page_has_a_french_colon(outputs: Path) -> None:
    """The words of data stay in their language: these are all ours."""
    for name in ("machines.html", "prix/versions.html", "prix/table-prix.html"):
        page = Page(outputs / "catalogue" / "en" / name).source
        assert ": " in page
        assert not re.findall(r".{20}[ \u00a0\u202f]:[ <].{20}", page), name


def test_the_preview_says_results_and_causes_in_the_pages_language(outputs: Path) -> None:
    for twin, result, cause, colon in (
        ("", "À vérifier", "la source a changé", "\u00a0: "),
        ("en", "To check", "the source changed", ": "),
    ):
        page = Page(outputs / "catalogue" / twin / "prix" / "table-prix.html").source
        words = json.loads(page.split('class="preview-words">')[1].split("</script>")[0])
        assert (words["results"]["a_verifier"], words["causes"]["source"], words["colon"]) == (result, cause, colon)


def test_quality_counts_rejects_and_findings(outputs: Path) -> None:
    page = Page(outputs / "catalogue" / "en" / "prix" / "qualite.html").source
    assert "type-error" in page
    assert "the publisher of the source" in page
    assert "R-1" in page
    basis = page.split("<code>R-1</code>")[1].split("</tr>")[0]
    assert '<td lang="fr">' in basis, "a basis is written in French alone"
    assert 'lang="fr"' not in Page(outputs / "catalogue" / "prix" / "qualite.html").source.split("<main")[1]


def test_a_version_without_findings_or_rejects_says_so(tmp_path: Path) -> None:
    published(a_request(findings=[], rejects=[]), tmp_path / "releases")
    a_catalogue(tmp_path)
    page = Page(tmp_path / "catalogue" / "prix" / "qualite.html").source
    assert "Aucune ligne n’a été écartée." in page
    assert "Aucune règle ne concerne ces tables." in page


def test_the_dictionary_has_every_field(outputs: Path) -> None:
    page = Page(outputs / "catalogue" / "en" / "medailles" / "dictionnaire.html").source
    for name in ("prix_id", "annee", "nom", "arobases", "part", "niveau", "Name of the laureate.", "≤ 5"):
        assert name in page


def test_a_table_page_holds_its_first_rows_without_any_script(outputs: Path) -> None:
    page = Page(outputs / "catalogue" / "medailles" / "table-prix.html").source
    assert "<td>Ville-Exemple</td>" in page
    assert "<td>Bourg, l&#39;Exemple</td>" in page


def test_what_is_told_to_the_preview_cannot_close_its_script(tmp_path: Path) -> None:
    from tests.releases.builders import prizes

    wild = "</script><script>alert(1)</script>"
    published(a_request(prizes(p1={"nom": wild})), tmp_path / "releases")
    a_catalogue(tmp_path)
    page = Page(tmp_path / "catalogue" / "prix" / "table-prix.html").source
    assert wild not in page
    told = page.split('class="preview-data">')[1].split("</script>")[0]
    assert json.loads(told)["sample"][0][2] == wild


def test_schema_org_describes_the_dataset(outputs: Path) -> None:
    page = Page(outputs / "catalogue" / "en" / "medailles" / "index.html").source
    told = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert told["@type"] == "Dataset"
    assert told["name"] == "Invented medals"
    assert told["version"] == "1.0.0"
    assert len(told["distribution"]) == 8
    assert 50 <= len(told["description"]) + 50 <= 5000


def test_script_and_style_stay_under_150_kilobytes(outputs: Path) -> None:
    static = outputs / "catalogue" / "static"
    assert sum(path.stat().st_size for path in static.iterdir()) < 150_000


def test_a_package_whose_versions_are_all_retracted_still_says_why(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from pipelines.releases.retract import retract

    releases = retracted(tmp_path)
    retract(releases, "prix", "1.0.0", "Retirée aussi.", now=datetime(2026, 4, 1, tzinfo=UTC))
    a_catalogue(tmp_path)
    assert "Toutes les versions" in Page(tmp_path / "catalogue" / "prix" / "index.html").source
    assert "Retirée aussi." in Page(tmp_path / "catalogue" / "prix" / "versions.html").source
    assert not (tmp_path / "catalogue" / "prix" / "qualite.html").exists()
