"""`arobase tables new`, `packages new`, `sources new`: what is proposed of a stranger's data, and becomes of it."""

from __future__ import annotations

import csv
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.core.errors import ArobaseError
from pipelines.core.interruption import Interrupted
from pipelines.core.project import Project
from pipelines.schema import load_packages
from pipelines.sources import collect, load_sources
from pipelines.starter import new_table, official_schema
from pipelines.starter import tables as new_tables
from pipelines.starter.errors import (
    AlreadyThere,
    ListUnknown,
    NameUnusable,
    PackageNotExtended,
    SchemaNotUsable,
)
from pipelines.starter.guessing import format_of, list_of
from pipelines.starter.packages import extended
from pipelines.starter.sources import begin
from tests.sources.builders import MORNING
from tests.sources.server import Reply, Request, as_json, serving
from tests.starter.test_init import arobase, rows

TODAY = MORNING.date()
TITLED = (
    "Bornes de recharge ouvertes au public;;;\n"
    ";;;\n"
    "Code;Commune;Ouverture;Courriel\n"
    "A1;Séné;14/03/2022;camille.ortolan@example.org\n"
    "A2;Vannes;15/03/2022;\n"
)
SIRETS = {
    "name": "accueils",
    "title": "Accueils",
    "description": "Des lieux.",
    "fields": [
        {"name": "siret", "type": "string", "constraints": {"required": True}},
        {"name": "nom", "type": "string", "title": "Nom du lieu"},
        {"name": "places", "type": "integer"},
    ],
    "primaryKey": "siret",
    "custom_checks": [{"name": "french-siret-value", "params": {"column": "siret"}}],
}
SOUND, UNSOUND = "21560243400015", "21560243400019"
FEATURES = [
    {
        "type": "Feature",
        "id": f"f{number}",
        "properties": {"nom": name, "visites": number},
        "geometry": {"type": "Point", "coordinates": [2.5, 47.5 + number]},
    }
    for number, name in enumerate(("Séné", "Vannes", "Agen"), start=1)
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project in which nothing but the example is."""
    assert arobase("init", "mine", folder=tmp_path).returncode == 0
    return Project.at(tmp_path / "mine")


def everything(project: Project) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def a_schema(project: Project, package: str, table: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project.schemas / package / f"{table}.json").read_text(encoding="utf-8"))
    return found


def test_a_file_becomes_a_table_of_a_new_package_and_is_published_once_agreed(project: Project) -> None:
    (project.root.parent / "Bornes 2022.csv").write_text(TITLED, encoding="utf-8")
    begun = arobase(
        *("packages", "new", "recharge", "--title", "Recharge", "--licence", "etalab-2.0"),
        *("--publisher", "Ville d'exemple"),
        folder=project.root,
    )
    assert begun.returncode == 0, begun.stderr
    empty = arobase("release", folder=project.root)
    assert empty.returncode == 1
    assert "arobase tables new FILE --package NAME" in empty.stdout
    assert (project.outputs / "releases" / "exemple" / "1.0.0").is_dir(), "a package without a table costs itself only"
    made = arobase(
        "tables", "new", "../Bornes 2022.csv", "--package", "recharge", "--name", "bornes", folder=project.root
    )
    assert made.returncode == 0, made.stderr
    assert "header_row  3      rows above it have at most 1 filled cells, this one 4" in made.stdout
    assert "ortolan" not in made.stdout.lower()
    waiting = arobase("release", folder=project.root)
    assert "arobase init" in waiting.stdout
    assert not (project.outputs / "releases" / "recharge" / "1.0.0").exists()
    assert arobase("init", ".", "--accept", folder=project.root).returncode == 0
    done = arobase("release", folder=project.root)
    assert done.returncode == 0, done.stdout
    assert rows(project.root, "recharge", "bornes") == [
        {"code": "A1", "commune": "Séné", "ouverture": "2022-03-14"},
        {"code": "A2", "commune": "Vannes", "ouverture": "2022-03-15"},
    ]
    source = yaml.safe_load((project.sources / "bornes.yaml").read_text(encoding="utf-8"))
    assert (source["licence"], source["publisher"]) == ("etalab-2.0", {"title": "Ville d'exemple"})


def test_an_official_schema_by_address_becomes_a_table_in_one_command_with_its_checks(project: Project) -> None:
    data = f"siret,nom,places,note\n{SOUND},Médiathèque,3,x\n{UNSOUND},Mairie,2,y\n"
    with serving(**{"schema.json": as_json(SIRETS), "accueils.csv": Reply(data.encode())}) as server:
        schema, address = f"{server.url}/schema.json", f"{server.url}/accueils.csv"
        made = arobase("tables", "new", address, "--schema", schema, folder=project.root)
        assert made.returncode == 0, made.stderr
        assert "Checks of the schema (1): french-siret-value" in made.stdout
        assert arobase("init", ".", "--accept", folder=project.root).returncode == 0
        done = arobase("release", folder=project.root)
    assert done.returncode == 0, done.stdout
    table = a_schema(project, "accueils", "accueils")
    assert table["custom_checks"] == SIRETS["custom_checks"]
    assert table["proposed"]["schema"] == schema
    assert table["primaryKey"] == ["siret"]
    assert [row["siret"] for row in rows(project.root, "accueils", "accueils")] == [SOUND]
    path = project.outputs / "releases" / "accueils" / "1.0.0" / "data" / "qualite" / "rejets.csv"
    with path.open(encoding="utf-8", newline="") as file:
        (refused,) = csv.DictReader(file)
    assert refused["champ"] == "siret"


def test_a_schema_alone_makes_a_table_that_a_source_fills_later(project: Project) -> None:
    with serving(**{"schema.json": as_json(SIRETS)}) as server:
        made = arobase("tables", "new", "--schema", f"{server.url}/schema.json", folder=project.root)
    assert made.returncode == 0, made.stderr
    assert "arobase sources new NAME ADDRESS --table accueils/accueils" in made.stdout
    assert not (project.sources / "accueils.yaml").exists()
    (project.sources / "data" / "autres.csv").write_text(f"siret,nom,places\n{SOUND},Mairie,1\n", encoding="utf-8")
    begun = begin(project, "autres", "data/autres.csv", {"target": "accueils/accueils"}, now=MORNING)
    assert begun.fields == {"siret": "siret", "nom": "nom", "places": "places"}
    assert {column.privacy for column in begun.columns} == {"public"}, "it fills fields that are public already"


def test_columns_that_the_schema_has_and_the_file_lacks_are_absent_values(project: Project) -> None:
    (project.root.parent / "accueils.csv").write_text(f"siret,nom\n{SOUND},Mairie\n", encoding="utf-8")
    new_table(project, str(project.root.parent / "accueils.csv"), today=TODAY, schema=SIRETS)
    assert arobase("init", ".", "--accept", folder=project.root).returncode == 0
    done = arobase("release", folder=project.root)
    assert done.returncode == 0, done.stdout
    assert rows(project.root, "accueils", "accueils") == [{"siret": SOUND, "nom": "Mairie", "places": ""}]


def test_a_check_of_columns_that_are_published_in_another_form_stays_with_the_source(project: Project) -> None:
    fields = [
        {"name": "debut", "type": "date", "format": "%d/%m/%Y"},
        {"name": "fin", "type": "date", "format": "%d/%m/%Y"},
    ]
    checks = [{"name": "compare-columns-value", "params": {"column": "debut", "op": "<=", "column2": "fin"}}]
    (project.root.parent / "jours.csv").write_text("debut,fin\n14/03/2022,15/03/2022\n", encoding="utf-8")
    schema = {"fields": fields, "custom_checks": checks}
    new_table(project, str(project.root.parent / "jours.csv"), today=TODAY, schema=schema)
    assert "custom_checks" not in a_schema(project, "jours", "jours")
    assert a_schema(project, "entrants", "jours")["custom_checks"] == checks


@pytest.mark.parametrize(
    "document",
    [
        {"title": "no fields"},
        {"fields": []},
        {"fields": [{"type": "string"}]},
        {"fields": [{"name": "a"}, {"name": "a"}]},
        {"fields": [{"name": "a", "type": "nonsense"}]},
        [1, 2],
    ],
)
def test_what_is_no_table_schema_is_refused(document: Any) -> None:
    with serving(schema=as_json(document)) as server, pytest.raises(SchemaNotUsable):
        official_schema(f"{server.url}/schema")


def test_a_schema_of_lists_within_lists_is_refused_from_a_file_and_from_an_address(tmp_path: Path) -> None:
    deep = '{"fields": ' + "[" * 100_000 + "]" * 100_000 + "}"
    (tmp_path / "deep.json").write_text(deep, encoding="utf-8")
    with pytest.raises(SchemaNotUsable):
        official_schema(str(tmp_path / "deep.json"))
    with serving(schema=Reply(deep.encode())) as server, pytest.raises(SchemaNotUsable):
        official_schema(f"{server.url}/schema")


def test_a_schema_that_leads_elsewhere_is_not_followed_inwards(project: Project) -> None:
    """An address that a person wrote may be private; one that a public server redirects to may not."""
    from pipelines.sources.http.addresses import refusal

    assert refusal("http://127.0.0.1:1/schema.json", allow_private=False, through_proxy=False) is not None
    before = everything(project)
    done = arobase("tables", "new", "--schema", "ftp://example.org/schema.json", folder=project.root)
    assert done.returncode == 2
    assert everything(project) == before


def test_nothing_that_is_there_is_written_over(project: Project) -> None:
    file = project.root.parent / "lieux.csv"
    file.write_text("code,nom\n1,a\n2,b\n", encoding="utf-8")
    before = everything(project)
    with pytest.raises(AlreadyThere):
        new_table(project, str(file), today=TODAY, package="exemple")
    with pytest.raises(NameUnusable):
        new_table(project, str(file), today=TODAY, package="../elsewhere", name="autres")
    with pytest.raises(NameUnusable):
        new_table(project, str(file), today=TODAY, name="Not a name")
    with pytest.raises(NameUnusable):
        new_table(project, str(file), today=TODAY, name="autres", licence="whatever")
    assert everything(project) == before


@pytest.mark.parametrize("name", ["a/b", "../x", "A B", "a_b", ""])
def test_a_name_that_no_source_may_have_is_refused_before_anybody_is_asked(project: Project, name: str) -> None:
    before = everything(project)
    with serving(records=as_json([{"code": "A"}])) as server:
        with pytest.raises(NameUnusable):
            begin(project, name, f"{server.url}/records", {}, now=MORNING)
        assert server.asked == []
    assert everything(project) == before


@pytest.mark.parametrize("written", [1, 3])
def test_a_table_that_is_interrupted_leaves_nothing_and_one_that_is_killed_what_is_taken_up(
    project: Project, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`written`: how many files were when it ended. No `except` runs in a process that is killed."""
    file = project.root.parent / "bornes.csv"
    file.write_text("code,nom\n1,a\n2,b\n", encoding="utf-8")
    before, count, write = everything(project), 0, new_tables.write_text

    def ending(path: Path, text: str) -> None:
        nonlocal count
        count += 1
        if count > written:
            raise Interrupted(2)
        write(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(new_tables, "write_text", ending)
        with pytest.raises(Interrupted):
            new_table(project, str(file), today=TODAY)
        assert everything(project) == before
        count = 0
        patched.setattr(new_tables, "_all_or_none", lambda _paths: nullcontext())
        with pytest.raises(Interrupted):
            new_table(project, str(file), today=TODAY)
        assert len(everything(project)) == len(before) + 1 + written
    assert new_table(project, str(file), today=TODAY).proposal.name == "bornes"
    assert "bornes" in load_packages(project.schemas)


@pytest.mark.parametrize(
    "tables",
    [
        "tables: []\nowner: x\n",
        "tables: [a, b]\nowner: x\n",
        "tables:\n- a\n- {name: b}\n\n# le mot de la fin\nowner: x\n",
        "tables:\n  - name: a\n    rows: {min: 2}  # peu\n  - b\n",
        "owner: x\ntables:\n  - a",
    ],
)
def test_a_table_is_added_to_a_package_s_file_without_touching_the_rest(project: Project, tables: str) -> None:
    path = project.schemas / "autre" / "package.yaml"
    path.parent.mkdir()
    text = f"# Écrit à la main.\ntitle: Autre\n{tables}"
    path.write_text(text, encoding="utf-8")
    made = extended(project, "autre", "lieux")
    item = {"name": "lieux", "rows": {"min": 1}}
    assert yaml.safe_load(made)["tables"] == [*yaml.safe_load(text)["tables"], item]
    kept = [line for line in text.splitlines() if not line.startswith("tables: [")]
    assert [line for line in made.splitlines() if line in kept] == kept
    path.write_text(made, encoding="utf-8")
    with pytest.raises(AlreadyThere):
        extended(project, "autre", "lieux")
    path.write_text("tables: &t []\nmore: *t\n", encoding="utf-8")
    with pytest.raises(PackageNotExtended):
        extended(project, "autre", "lieux")


def collected(project: Project, name: str) -> int:
    """How many records a proposed source gives, once a person has completed it."""
    path = project.sources / f"{name}.yaml"
    text = path.read_text(encoding="utf-8").replace("licence: null", "licence: etalab-2.0")
    path.write_text(text.replace("title: null", "title: Ville d'exemple"), encoding="utf-8")
    source = load_sources(project).find(name)
    (snapshot,) = collect(project, source, now=MORNING).parts
    from pipelines.formats import read_part
    from pipelines.sources import SnapshotStore

    place = SnapshotStore.of(project).path(snapshot)
    return int(read_part(source.parts[0], place, source=name, snapshot=snapshot.sha256).table.num_rows)


def test_a_geojson_document_by_address_is_read_feature_by_feature(project: Project) -> None:
    document = {"type": "FeatureCollection", "features": FEATURES, "other": [{"a": 1}]}
    with serving(
        lieux=Reply(json.dumps(document).encode(), headers={"Content-Type": "application/geo+json"})
    ) as server:
        begun = begin(project, "lieux-geo", f"{server.url}/lieux", {}, now=MORNING)
        assert collected(project, "lieux-geo") == 3
    found = {item.name: item.value for item in begun.found}
    assert (found["format"], found["pointer"]) == ("json", "features")
    assert begun.key == ("id",)
    assert "type" not in [column.name for column in begun.columns]


def ogc(request: Request) -> Reply:
    """Two features at a time, as OGC API - Features pages them."""
    at = int(request.params.get("offset", "0"))
    there = FEATURES[at : at + 2]
    links = [{"rel": "self", "href": "/items"}]
    if at + 2 < len(FEATURES):
        links.append({"rel": "next", "href": f"/items?offset={at + 2}"})
    document = {"type": "FeatureCollection", "links": links, "features": there}
    return as_json(document | {"numberMatched": len(FEATURES), "numberReturned": len(there)})


def test_an_ogc_collection_is_followed_to_its_features_and_from_page_to_page(project: Project) -> None:
    with serving(items=ogc) as server:
        links = [
            {"rel": "items", "type": "text/html", "href": f"{server.url}/items.html"},
            {"rel": "items", "type": "application/geo+json", "href": f"{server.url}/items"},
        ]
        server.routes["/collections/lieux"] = as_json({"id": "lieux", "title": "Lieux", "links": links})
        begun = begin(project, "lieux-ogc", f"{server.url}/collections/lieux", {}, now=MORNING)
        assert len([one for one in server.asked if one.path.endswith("/items")]) == 1, "one page is sample enough"
        assert collected(project, "lieux-ogc") == 3
    source = load_sources(project).find("lieux-ogc")
    assert source.connector == "paged_json"
    assert source.parameters["pages"] == {"next": "links.next"}
    assert (source.parameters["records"], source.parameters["total"]) == ("features", "numberMatched")
    assert begun.is_first_page


def test_a_list_in_pages_is_known_by_its_first_answer(project: Project) -> None:
    def page(request: Request) -> Reply:
        number = int(request.params.get("page", "1"))
        records = [{"id": 2 * number + step, "nom": f"n{step}"} for step in range(2)] if number < 3 else []
        return as_json({"data": records, "meta": {"page": number, "total_pages": 2}})

    with serving(liste=page) as server:
        made = arobase("sources", "new", "liste", f"{server.url}/liste?page=1", folder=project.root)
        assert made.returncode == 0, made.stderr
        assert "page: page" in made.stdout
        assert collected(project, "liste") == 4


def test_a_document_of_several_lists_asks_which_one(project: Project) -> None:
    document = {"agents": [{"a": 1}], "lieux": [{"b": 2}]}
    (project.sources / "data" / "deux.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ListUnknown, match="agents, lieux"):
        begin(project, "deux", "data/deux.json", {}, now=MORNING)
    assert begin(project, "deux", "data/deux.json", {"pointer": "lieux"}, now=MORNING).columns[0].name == "b"
    assert list_of({"results": [{"a": 1}], "facets": [{"b": 1}]})[0] is not None


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a;b\n1;2\n", None),
        ("Un titre;\na;b\n1;2\n", 2),
        ("Un titre\n\nEncore;;\na;b;c\n1;2;3\n", 4),
        ("a;;\nb;c;d\ne;f;g\n", 2),
        ("a;b;\nc;d;e\n", None),
        ("Un titre;;\n1;2;3\n4;5;6\n", None),
        ("Un titre;;\nx;x;y\n4;5;6\n", None),
    ],
)
def test_the_row_of_the_header_is_proposed_only_where_titles_stand_above_it(
    project: Project, text: str, row: int | None
) -> None:
    (project.sources / "data" / "liste.csv").write_text(text, encoding="utf-8")
    try:
        found = {item.name: item.value for item in begin(project, "liste", "data/liste.csv", {}, now=MORNING).found}
    except ArobaseError:
        found = {}  # what is there is no table, which reading says
    assert found.get("header_row") == row


def test_a_workbook_s_sheet_and_header_are_proposed_with_reasons(project: Project) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Lieux"
    for cells in (["Lieux ouverts en 2026"], [], ["code", "nom", "places"], ["L1", "Mairie", 3], ["L2", "École", 4]):
        sheet.append(cells)
    book.save(project.sources / "data" / "lieux.xlsx")
    begun = begin(project, "classeur", "data/lieux.xlsx", {}, now=MORNING)
    found = {item.name: item.value for item in begun.found}
    assert (found["sheet"], found["header_row"]) == ("Lieux", 3)
    assert [(column.name, column.type) for column in begun.columns] == [
        ("code", "string"),
        ("nom", "string"),
        ("places", "integer"),
    ]


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        (b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": 2}', "jsonl"),
        (b'{"a": 1}\n', "json"),
        (b'{"a":\n{"b": 2}}', "json"),
        (b'[{"a": 1},\n{"a": 2}]', "json"),
    ],
)
@pytest.mark.parametrize(("names", "media_type"), [(["json"], ""), ([], "application/json"), ([], "")])
def test_documents_in_lines_are_found_whatever_the_name_says(
    content: bytes, form: str, names: list[str], media_type: str
) -> None:
    found = format_of(names, content, media_type)
    assert found is not None
    assert found.value == form
