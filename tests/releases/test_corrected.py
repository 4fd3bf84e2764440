"""A value that a correction changed leads to it: in `CHANGES.md`, in `arobase diff`, in the counts of a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.catalogue import rows
from pipelines.catalogue.model import Version
from pipelines.releases.compare import compare_versions
from pipelines.releases.comparison_views import as_html, as_json, as_text
from pipelines.releases.trace import trace
from tests.releases.corrected import FIRST, SECOND, corrected_releases


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corrected") / "releases"
    corrected_releases(folder)
    return folder


def version(releases: Path, number: str) -> Version:
    return Version("noms", {"version": number, "path": f"noms/{number}/"}, releases / "noms" / number)


def numbers(releases: Path) -> list[str]:
    return sorted(item.name for item in (releases / "noms").iterdir() if item.name[0].isdigit())


def test_the_page_of_changes_names_the_correction_of_each_value(releases: Path) -> None:
    made, rewritten, replaced = (
        (releases / "noms" / number / "data" / "CHANGES.md").read_text() for number in numbers(releases)[1:]
    )
    assert f"- `n1` code : « ∅ » → « 01001 » (correction) : `{FIRST}`" in made
    assert "`n3` nom : « Hameau-Exemple » → « Hameau-Exemple (nouveau) » (source)\n" in made
    assert f"- `n1` code : « 01001 » → « 01002 » (correction) : `{FIRST}`" in rewritten
    assert f"- `n2` code : « ∅ » → « 01004 » (correction) : `{SECOND}`" in replaced
    assert f"- `n1` code : « 01002 » → « ∅ » (correction) : `{FIRST}`" in replaced  # what was settled before


def test_a_comparison_leads_to_the_correction_of_each_row(releases: Path) -> None:
    first, second, third, last = numbers(releases)
    found = compare_versions(releases, "noms", first, second)
    assert found.corrections == {"noms": {"n1": FIRST}}
    text = as_text(found, "fr")
    assert f"~ n1 code : ∅ → 01001 (correction : {FIRST})" in text
    assert "~ n3 nom : Hameau-Exemple → Hameau-Exemple (nouveau)\n" in text
    assert f"~ n1 code: ∅ → 01001 (correction: {FIRST})" in as_text(found, "en")
    assert compare_versions(releases, "noms", second, third).corrections == {"noms": {"n1": FIRST}}
    assert compare_versions(releases, "noms", third, last).corrections == {"noms": {"n1": FIRST, "n2": SECOND}}


def test_a_program_and_a_page_read_the_correction_too(releases: Path) -> None:
    first, second, *_ = numbers(releases)
    found = compare_versions(releases, "noms", first, second)
    changes = json.loads(as_json(found))["tables"]["noms"]["changes"]
    named = {(item["cle"], item["champ"]): item.get("correction") for item in changes}
    assert named == {("n1", "code"): FIRST, ("n1", "correction_id"): FIRST, ("n3", "nom"): None}
    assert f"<td>{FIRST}</td>" in as_html(found, "fr")
    assert "correction" not in as_html(compare_versions(releases, "noms", first, first), "fr")


def test_the_page_of_a_version_lists_what_corrections_changed(releases: Path) -> None:
    _, second, third, last = numbers(releases)
    told = {
        number: [
            (item.key, item.field, item.before, item.after, item.correction, item.gone)
            for item in rows.corrected(version(releases, number)).shown
            if item.field == "code"
        ]
        for number in numbers(releases)
    }
    assert told[second] == [("n1", "code", None, "01001", FIRST, False)]
    assert told[third] == [("n1", "code", "01001", "01002", FIRST, False)]
    assert told[last] == [("n1", "code", "01002", None, FIRST, True), ("n2", "code", None, "01004", SECOND, False)]
    assert told[numbers(releases)[0]] == []


def test_the_correction_that_a_change_leads_to_is_the_one_that_trace_tells(releases: Path) -> None:
    for number in numbers(releases)[1:]:
        for item in rows.corrected(version(releases, number)).shown:
            if not item.gone:
                (found,) = trace(releases, "noms", item.table, [item.key], version=number).corrections
                assert found["correction_id"] == item.correction
