"""`catalogue.yaml`: where the catalogue is shown and who answers for it, everywhere that is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.catalogue import PublisherSettings, read_publisher_settings, write_catalogue
from pipelines.catalogue.publisher import FILE, THEME_LIMIT, CatalogueFileError
from pipelines.core.project import Project
from tests.catalogue.builders import two_versions

ROOT = Path(__file__).resolve().parents[2]
WHOLE = """base_url: https://donnees.example.org/ouvert/
publisher:
  title: Ville Inventée
  url: https://ville.example.org/
contact:
  title: Service des données
  email: donnees@example.org
theme: charte/theme.css
"""


def publisher_settings(root: Path, text: str | bytes) -> PublisherSettings:
    (root / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_publisher_settings(Project.at(root))


def themed(root: Path, css: str = ":root { --accent: #123456; }") -> Path:
    (root / "charte").mkdir()
    (root / "charte" / "theme.css").write_text(css, encoding="utf-8")
    return root


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue of a publisher whose file says everything."""
    settings = publisher_settings(themed(tmp_path), WHOLE)
    write_catalogue(two_versions(tmp_path), tmp_path / "catalogue", settings=settings)
    return tmp_path / "catalogue"


def test_without_a_file_addresses_are_examples(tmp_path: Path) -> None:
    assert read_publisher_settings(Project.at(tmp_path)) == PublisherSettings()
    assert PublisherSettings().base_url.startswith("https://example.org/")


def test_the_file_that_ships_is_right() -> None:
    assert read_publisher_settings(Project.at(ROOT)).base_url.startswith("https://")


def test_every_document_bears_the_address_of_the_house(catalogue: Path) -> None:
    for path in ("catalog.ttl", "feed.atom", "en/feed.json", "sitemap.xml", "versions.json", "prix/croissant.json"):
        text = (catalogue / path).read_text(encoding="utf-8")
        assert "https://donnees.example.org/ouvert/" in text, path
        assert "example.org/arobase" not in text, path


def test_no_file_names_another_address(catalogue: Path) -> None:
    for path in catalogue.rglob("*.*"):
        if path.is_file():
            assert b"https://example.org/arobase/catalogue" not in path.read_bytes(), path


def test_the_publisher_stands_in_dcat_in_the_feeds_and_under_each_page(catalogue: Path) -> None:
    from rdflib import FOAF, Graph, URIRef

    graph = Graph().parse(catalogue / "catalog.ttl")
    assert str(graph.value(URIRef("https://ville.example.org/"), FOAF.name)) == "Ville Inventée"
    assert "<name>Ville Inventée</name><uri>https://ville.example.org/</uri>" in (catalogue / "feed.atom").read_text()
    authors = json.loads((catalogue / "feed.json").read_text(encoding="utf-8"))["authors"]
    assert authors == [{"name": "Ville Inventée", "url": "https://ville.example.org/"}]
    page = (catalogue / "prix" / "index.html").read_text(encoding="utf-8")
    assert '<a href="https://ville.example.org/">Ville Inventée</a>' in page
    assert '<a href="mailto:donnees@example.org">donnees@example.org</a>' in page


def test_a_package_that_names_no_publisher_is_published_by_the_house(tmp_path: Path) -> None:
    from rdflib import DCTERMS, Graph, URIRef

    releases, settings = two_versions(tmp_path), publisher_settings(themed(tmp_path), WHOLE)
    path = releases / "prix" / "1.0.1" / "data" / "datapackage.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "contributors": []}), encoding="utf-8")
    write_catalogue(releases, tmp_path / "catalogue", settings=settings)
    graph = Graph().parse(tmp_path / "catalogue" / "catalog.ttl")
    dataset = URIRef(f"{settings.base_url}catalogue/prix/#jeu")
    assert graph.value(dataset, DCTERMS.publisher) == URIRef("https://ville.example.org/")
    assert "Ville Inventée (2026)" in (tmp_path / "catalogue" / "prix" / "index.html").read_text(encoding="utf-8")


def test_the_theme_of_the_house_takes_the_place_of_ours(catalogue: Path) -> None:
    assert (catalogue / "static" / "theme.css").read_text(encoding="utf-8") == ":root { --accent: #123456; }"


def test_a_house_without_addresses_of_its_own_is_named_all_the_same(tmp_path: Path) -> None:
    settings = publisher_settings(
        tmp_path, "base_url: https://a.example.org/\npublisher: {title: Mairie}\ncontact: {title: Accueil}\n"
    )
    write_catalogue(two_versions(tmp_path), tmp_path / "catalogue", settings=settings)
    assert "Publié par Mairie · Contact\u00a0: Accueil" in (tmp_path / "catalogue" / "index.html").read_text("utf-8")


def test_the_catalogue_reads_the_file(tmp_path: Path) -> None:
    from pipelines.pipeline.catalogue import make_catalogue

    project = Project.at(tmp_path)
    publisher_settings(tmp_path, "base_url: https://a.example.org/b/\n")
    folder = make_catalogue(project)
    assert "<https://a.example.org/b/catalogue/#catalogue>" in (folder / "catalog.ttl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("base_url: https://a.example.org\n", 1, "ending with /"),
        ("base_url: ftp://a.example.org/\n", 1, "base_url"),
        ("publisher: {title: x}\n", 1, '"base_url": missing'),
        ("base_url: https://a.example.org/\nbase: x\n", 2, '"base": unknown key'),
        ("base_url: https://a.example.org/\npublisher:\n  name: x\n", 2, '"publisher.title": missing'),
        ("base_url: https://a.example.org/\ncontact:\n  title: x\n  email: nobody\n", 4, "generic e-mail"),
        ("base_url: https://a.example.org/\ntheme: absent.css\n", 2, "absent.css"),
        ("base_url: https://a.example.org/\ntheme: ../charte/theme.css\n", 2, "style sheet of the project"),
        ("base_url: https://a.example.org/\ntheme: theme.js\n", 2, "style sheet of the project"),
        ("base_url: https://a.example.org/\nbase_url: https://b.example.org/\n", 2, "repeated"),
        ("", 1, "null"),
        (b"base_url: \xff", 1, "UTF-8"),
    ],
)
def test_a_wrong_file_is_told_by_line_and_key(tmp_path: Path, text: str | bytes, line: int, words: str) -> None:
    themed(tmp_path)
    inside = tmp_path / "projet"
    inside.mkdir()
    with pytest.raises(CatalogueFileError, match=words) as caught:
        publisher_settings(inside, text)
    assert f"{FILE}, line {line}:" in str(caught.value)
    french = caught.value.message("fr")
    assert f"{FILE}, ligne {line} :" in french
    assert not any(word in french for word in (" the ", " a ", " an ", "unknown", "missing", "repeated"))
    assert not any(word in str(caught.value) for word in (" le ", " une ", " un ", "inconnue", "répétée"))


def test_a_theme_that_would_make_pages_heavy_is_refused(tmp_path: Path) -> None:
    themed(tmp_path, "x" * (THEME_LIMIT + 1))
    with pytest.raises(CatalogueFileError, match="100001 B; expected: ≤ 100000 B"):
        publisher_settings(tmp_path, WHOLE)


def test_an_unknown_key_is_told_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("base_url: https://example.org/\npublisher:\n  title: A\nthema: x\n", encoding="utf-8")
    with pytest.raises(CatalogueFileError) as caught:
        read_publisher_settings(Project.at(tmp_path))
    assert (caught.value.facts["line"], caught.value.facts["key"]) == (4, "thema")
