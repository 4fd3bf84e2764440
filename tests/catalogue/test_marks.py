"""Versions that published something wrong are marked by the version that says so, in the index and on their pages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from jsonschema import validate

from pipelines.catalogue.contracts import contracts
from pipelines.releases import Warned
from tests.catalogue.builders import a_catalogue, published
from tests.releases.builders import a_request, prizes

WRONG = Warned("Les versions d'avant étaient fausses.", "Versions before were wrong.", is_notice=True)
EXAMPLE = Warned("Données fictives.", "Made-up data.")


def three_versions(outputs: Path) -> None:
    """1.0.0 was wrong; 1.0.1 says so; so does 1.0.2."""
    releases = outputs / "releases"
    published(a_request(), releases)
    later = a_request(prizes(p1={"arobases": "4"}), snapshot="cd" * 32, warnings=(EXAMPLE, WRONG))
    published(replace(later, created=datetime(2026, 2, 3, tzinfo=UTC)), releases)
    last = a_request(prizes(p1={"arobases": "3"}), snapshot="ef" * 32, warnings=(EXAMPLE, WRONG))
    published(replace(last, created=datetime(2026, 3, 3, tzinfo=UTC)), releases)


def test_what_came_before_a_notice_is_marked_and_what_tells_it_is_not(tmp_path: Path) -> None:
    three_versions(tmp_path)
    index = json.loads((a_catalogue(tmp_path) / "versions.json").read_text(encoding="utf-8"))
    validate(index, contracts()["versions"])
    marks = {item["version"]: item.get("marks") for item in index["packages"][0]["versions"]}
    newest, told, wrong = marks.values()
    assert (newest, told) == (None, None)
    assert wrong == [{"fr": WRONG.fr, "en": WRONG.en}]


def test_the_mark_stands_on_the_page_of_that_version_and_of_all_versions(tmp_path: Path) -> None:
    three_versions(tmp_path)
    folder = a_catalogue(tmp_path) / "prix"
    assert "Corrigé depuis" in (folder / "version-1.0.0.html").read_text(encoding="utf-8")
    assert (folder / "versions.html").read_text(encoding="utf-8").count("Corrigé depuis") == 1
    pages = [path for path in folder.glob("version-*.html") if path.name != "version-1.0.0.html"]
    assert len(pages) == 2
    assert not [path for path in pages if "Corrigé depuis" in path.read_text(encoding="utf-8")]
