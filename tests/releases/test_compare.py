"""Two versions, or two data packages of anybody, compared and shown."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipelines.releases import publish
from pipelines.releases.compare import compare_packages, compare_versions
from pipelines.releases.comparison_views import PAGE_ROWS, as_html, as_json, as_text
from pipelines.releases.errors import NoSuchRelease, NotComparable, ReleaseDamaged
from tests.releases.builders import Row, a_request, prizes, two_releases


def a_foreign_package(folder: Path, rows: str, **more: Any) -> Path:
    """A data package as others publish them: only a descriptor and a CSV file."""
    resource = {"name": "people", "path": "data/people.csv", **more.pop("resource", {})}
    resource.setdefault("schema", {"fields": [{"name": "id"}, {"name": "town"}], "primaryKey": "id"})
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "people.csv").write_bytes(rows.encode(resource.get("encoding", "utf-8")))
    document = {"name": "foreign", "resources": [resource, {"name": "notes", "path": "notes.txt"}], **more}
    (folder / "datapackage.json").write_text(json.dumps(document))
    return folder


def test_two_versions_are_compared_by_default_with_the_one_before(tmp_path: Path) -> None:
    found = compare_versions(two_releases(tmp_path), "prix")
    assert (found.before, found.after) == ("prix 1.0.0", "prix 1.1.0")
    counts = found.tables["prix"].counts
    assert (counts.added, counts.removed, counts.changed) == (1, 0, 1)
    assert not found.is_same


def test_versions_may_be_named_and_taken_backwards(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    found = compare_versions(releases, "prix", "1.1.0", "1.0.0")
    assert found.tables["prix"].counts.removed == 1
    assert compare_versions(releases, "prix", "1.0.0").after == "prix 1.1.0"
    with pytest.raises(NoSuchRelease):
        compare_versions(releases, "prix", "4.0.0")


def test_an_only_version_differs_in_nothing_from_itself(tmp_path: Path) -> None:
    publish(a_request(), tmp_path / "releases", key=None)
    found = compare_versions(tmp_path / "releases", "prix")
    assert found.is_same
    assert "Aucune différence." in as_text(found, "fr")
    assert "No difference." in as_html(found, "en")


def test_packages_of_others_are_compared_from_their_csv(tmp_path: Path) -> None:
    old = a_foreign_package(tmp_path / "old", 'id,town\n1,"A\nB"\n2,C\n3,\n')
    new = a_foreign_package(tmp_path / "new", 'id,town\n3,\n1,"A\nB"\n2,D\n')
    found = compare_packages(old, new)
    assert found.tables["people"].counts.fields == {"town": 1}
    assert found.before == "foreign old"


def test_dialects_encodings_and_missing_values_of_others_are_read(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "id"}, {"name": "town"}], "primaryKey": ["id"], "missingValues": ["", "NA"]}
    told = {"encoding": "latin-1", "dialect": {"csv": {"delimiter": ";"}}, "schema": schema}
    old = a_foreign_package(tmp_path / "old", "id;town\n1;é\n2;NA\n", resource=told)
    new = a_foreign_package(tmp_path / "new", "id,town\n1,é\n2,\n", resource={"schema": schema})
    assert not compare_packages(old, new).tables["people"].counts


def test_a_csv_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    old = a_foreign_package(tmp_path / "old", "id,town\n1,A\n")
    new = a_foreign_package(tmp_path / "new", "id,town\n1,A,x\n")
    with pytest.raises(ReleaseDamaged) as error:
        compare_packages(old, new)
    assert error.value.facts["file"] == "data/people.csv"
    with pytest.raises(NotComparable):
        compare_packages(old, tmp_path)


def test_tables_that_come_and_go_are_told(tmp_path: Path) -> None:
    old = a_foreign_package(tmp_path / "old", "id,town\n1,A\n")
    new = a_foreign_package(tmp_path / "new", "id,town\n1,A\n", resource={"name": "persons"})
    found = compare_packages(old, new)
    assert (found.only_before, found.only_after) == (("people",), ("persons",))
    assert "people : table retirée" in as_text(found, "fr")
    assert "<p>table added</p>" in as_html(found, "en")


def test_keys_that_differ_match_whole_rows(tmp_path: Path) -> None:
    old = a_foreign_package(tmp_path / "old", "id,town\n1,A\n")
    schema = {"fields": [{"name": "id"}, {"name": "town"}], "primaryKey": ["id", "town"]}
    new = a_foreign_package(tmp_path / "new", "id,town\n1,B\n", resource={"schema": schema})
    counts = compare_packages(old, new).tables["people"].counts
    assert (counts.added, counts.removed) == (1, 1)


def test_text_shows_totals_reasons_and_the_first_changes(tmp_path: Path) -> None:
    found = compare_versions(two_releases(tmp_path), "prix")
    shown = as_text(found, "fr")
    assert "prix : 1 ligne ajoutée, 0 ligne retirée, 1 valeur modifiée" in shown
    assert "  + p4" in shown
    assert "  ~ p1 arobases : 3 → 4" in shown
    assert "  mineure  prix : 1 ligne ajoutée" in shown
    backwards = compare_versions(tmp_path / "outputs" / "releases", "prix", "1.1.0", "1.0.0")
    assert "  - p4" in as_text(backwards, "en")


def test_json_holds_every_change_and_the_page_a_budget(tmp_path: Path) -> None:
    many: list[Row] = [{"prix_id": f"x{n:04}", "annee": "2024", "nom": "<script>"} for n in range(PAGE_ROWS + 7)]
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    publish(a_request([*prizes(), *many]), releases, key=None)
    found = compare_versions(releases, "prix")
    assert len(json.loads(as_json(found))["tables"]["prix"]["changes"]) == PAGE_ROWS + 7
    page = as_html(found, "fr")
    assert page.count("<tr>") == PAGE_ROWS + 1
    assert "… et 7 autres" in page
    assert "… et 487 autres" in as_text(found, "fr")


def test_the_page_is_whole_and_escapes_values(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    publish(a_request(prizes(p1={"nom": "<script>alert(1)</script>"}, p2={"nom": None})), releases, key=None)
    page = as_html(compare_versions(releases, "prix"), "fr")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    opened: list[str] = []

    class Balance(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Balance().feed(page)
    assert opened == []


def revised(folder: Path, *, before: str, after: str) -> Any:
    """The comparison of two packages whose key is of two fields."""
    schema = {"fields": [{"name": name} for name in ("id", "kind", "town")], "primaryKey": ["id", "kind"]}
    places = [
        a_foreign_package(folder / name, rows, resource={"schema": schema})
        for name, rows in (("old", before), ("new", after))
    ]
    return compare_packages(*places)


def test_on_a_terminal_keys_and_values_stand_as_they_are(tmp_path: Path) -> None:
    found = revised(
        tmp_path,
        before="id,kind,town\n74105,commune,<A>\n",
        after=f"id,kind,town\n74105,commune,`B|\x1b[31m`{'x' * 200}\n",
    )
    told = as_text(found, "en").splitlines()[-1].strip()
    assert told.startswith("~ 74105 | commune town: <A> → `B| [31m`xxx")
    assert told.endswith("x…")
    assert len(told) < 170


@pytest.mark.parametrize(
    ("language", "counts", "why"),
    [
        ("en", "people: 1 row added, 0 rows removed, 1 value changed", "version number:"),
        ("fr", "people : 1 ligne ajoutée, 0 ligne retirée, 1 valeur modifiée", "numéro de version :"),
    ],
)
def test_counts_and_colons_are_written_as_each_language_does(
    tmp_path: Path, language: Any, counts: str, why: str
) -> None:
    found = revised(tmp_path, before="id,kind,town\n1,a,A\n", after="id,kind,town\n1,a,B\n2,a,C\n")
    told = as_text(found, language).splitlines()
    assert counts in told
    assert any(line.endswith(why) for line in told)


@pytest.mark.parametrize(("language", "more"), [("en", "… and 1 more"), ("fr", "… et 1 autre")])
def test_what_is_left_out_is_counted(tmp_path: Path, language: Any, more: str) -> None:
    rows = "".join(f"{number},a,A\n" for number in range(21))
    found = revised(tmp_path, before="id,kind,town\n", after=f"id,kind,town\n{rows}")
    assert as_text(found, language).splitlines()[-1].strip() == more


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_that_changed_after_publication_is_not_compared(tmp_path: Path, form: str) -> None:
    releases = two_releases(tmp_path)
    altered = releases / "prix" / "1.1.0" / "data" / f"prix.{form}"
    (releases / "prix" / "1.0.0" / "data" / f"prix.{form}").replace(altered)
    with pytest.raises(ReleaseDamaged, match=rf"1.1.0/data/prix.{form}: the file changed after publication"):
        compare_versions(releases, "prix", "1.1.0", "1.1.0")


def test_a_release_without_one_of_its_tables_is_not_compared(tmp_path: Path) -> None:
    releases = two_releases(tmp_path)
    (releases / "prix" / "1.0.0" / "data" / "prix.parquet").unlink()
    with pytest.raises(ReleaseDamaged, match=r"1.0.0/data/prix.parquet: the file is missing"):
        compare_packages(releases / "prix" / "1.0.0", releases / "prix" / "1.1.0")
