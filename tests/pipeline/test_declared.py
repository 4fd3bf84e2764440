"""Records under the schema that their publisher declares, from a portal to the rejects."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.pipeline.declared import STATES
from pipelines.pipeline.records import RecordsResult, make_records
from pipelines.sources import collect, load_sources
from pipelines.sources.http.errors import AddressRefused, NotAuthorised, NotTheAnswer
from tests.pipeline.builders import a_part, a_small_project, a_source
from tests.sources.portals import a_portal, a_resource
from tests.sources.server import Reply, Server, as_json, serving

CSV = b"id;ville;titre;note\na1;57463;Ateliers;1\na2;47001;Cartes;deux\na2;47001;Cartes;3\na4;;Cartes;4\n"
FIELDS = [
    {"name": "id"},
    {"name": "ville", "constraints": {"required": True}},
    {"name": "note", "type": "integer"},
    {"name": "absente"},
]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def the_records(project: Project, server: Server, schema: Any, fmt: str = "csv", **parameters: Any) -> RecordsResult:
    """The source `actions` of a portal whose resource declares `schema`."""
    server.routes["/r/r1"] = Reply(CSV if fmt == "csv" else b'[{"id": "a1", "ville": "57463", "titre": "x"}]')
    a_portal(server, a_resource(server.url, checksum=None, schema={"name": "essai/actions", "url": f"{server.url}/s"}))
    server.routes["/s"] = as_json(schema)
    parts = a_part("actions", "villes/actions", {"id": "id", "ville": "ville", "titre": "titre"})
    parts["lignes"] |= {"format": fmt, "options": {"optional": ["note"]}}
    if fmt == "csv":
        parts["lignes"]["options"]["delimiter"] = ";"
    path = a_source(project, "actions", "", connector="datagouv", address=server.url, parts=parts)
    path.write_text(path.read_text().replace("obtained: '2026-11-01'\n", ""), encoding="utf-8")
    more = "".join(f"  {key}: {value}\n" for key, value in parameters.items())
    path.write_text(path.read_text() + f"parameters:\n  resource: r1\n  allow_private: true\n{more}", encoding="utf-8")
    source = load_sources(project).find("actions")
    return make_records(project, source, collect(project, source, now=NOW))


def test_a_record_that_its_publishers_schema_refuses_is_a_rejection(project: Project) -> None:
    with serving() as server:
        found = the_records(project, server, {"fields": FIELDS, "primaryKey": "id", "foreignKeys": []})
    rejects = found.rejects.to_pylist()
    assert [(item["position"], item["champ"], item["regle"], item["table"]) for item in rejects] == [
        (3, "note", "type-error", "publie/essai/actions"),
        (4, None, "primary-key", "publie/essai/actions"),
        (5, "ville", "constraint-error", "publie/essai/actions"),
    ]
    assert {item["a_corriger_par"] for item in rejects} == {"source"}
    assert found.summary["rows"] == {"villes/actions": 1}
    told = found.summary["parts"]["lignes"]
    assert (told["read"], told["accepted"], told["rejected"]) == (4, 1, 3)
    assert (told["declared_schema"]["refused"], told["declared_schema"]["errors"]) == (3, 3)
    assert found.summary["declared"] == [
        {
            "fr": "lignes : essai/actions : colonnes absentes : absente",
            "en": "lignes: essai/actions: columns absent: absente",
        },
        {"fr": "lignes : essai/actions : 3/4 écartés", "en": "lignes: essai/actions: 3/4 rejected"},
    ]


def test_a_value_of_a_field_that_nobody_classed_public_is_not_shown(project: Project) -> None:
    """`note` is in the publisher's schema, not in ours: nobody said that it may be shown."""
    with serving() as server:
        found = the_records(project, server, {"fields": FIELDS[:3]})
    shown = found.rejects.to_pylist()[0]
    assert (shown["champ"], shown["valeur"]) == ("note", None)
    assert "deux" not in shown["message"] + shown["message_en"]


def test_what_a_schema_refuses_may_only_be_told(project: Project) -> None:
    with serving() as server:
        found = the_records(project, server, {"fields": FIELDS[:3]}, declared_schema="tell")
    assert found.rejects.num_rows == 0
    assert [item["en"] for item in found.summary["declared"]] == ["lignes: essai/actions: 2/4 rejected"]


def test_another_schema_validates_the_same_data_anew(project: Project) -> None:
    with serving() as server:
        before = the_records(project, server, {"fields": FIELDS[:1]})
        after = the_records(project, server, {"fields": FIELDS[:3]})
    assert (before.rejects.num_rows, after.rejects.num_rows) == (0, 2)


@pytest.mark.parametrize(
    ("schema", "fmt", "said"),
    [
        ({"fields": FIELDS[:3]}, "json", "format json"),
        ({"type": "object"}, "csv", "not-a-table-schema"),
        ({"fields": [{"name": "id", "type": "montant"}]}, "csv", "schema-unusable"),
        ({"fields": FIELDS[3:]}, "csv", "absent: absente"),
        ({"fields": [{"name": "id", "constraints": {"pattern": "("}}]}, "csv", "schema-unusable"),
        ({"fields": [{"name": "id"}, {"name": 1}]}, "csv", "a field whose name is no text"),
        ({"fields": [{"name": "id"}, {"name": "id"}]}, "csv", 'two fields named "id"'),
    ],
)
def test_a_schema_by_which_nothing_can_be_validated_is_told_and_refuses_nothing(
    project: Project, schema: dict[str, Any], fmt: str, said: str
) -> None:
    with serving() as server:
        found = the_records(project, server, schema, fmt)
    assert any(said in item["en"] for item in found.summary["declared"])
    assert found.rejects.num_rows == 0


@pytest.mark.parametrize("state", [AddressRefused.code, NotAuthorised.code, NotTheAnswer.code])
def test_a_schema_that_could_not_be_had_is_told_in_words(state: str) -> None:
    assert state not in (STATES[state].fr, STATES[state].en)


def a_check(name: str, **params: Any) -> dict[str, Any]:
    return {"name": name, "params": params}


BADLY_WRITTEN = "checks badly written, not applied (custom_checks)"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"primaryKey": None}, []),
        ({"primaryKey": 3}, ["primary key badly written, not applied"]),
        ({"primaryKey": [["id"]]}, ["primary key badly written, not applied"]),
        ({"custom_checks": None}, []),
        ({"custom_checks": ["x"]}, [BADLY_WRITTEN]),
        ({"custom_checks": "x"}, [BADLY_WRITTEN]),
        ({"custom_checks": [{"name": ["x"]}]}, [BADLY_WRITTEN]),
        ({"custom_checks": [{"name": "french-siren-value", "params": ["x"]}]}, [BADLY_WRITTEN]),
        ({"custom_checks": [a_check("french-siren-value", column=3)]}, [BADLY_WRITTEN]),
        ({"custom_checks": [a_check("compare-columns-value", column=["id"], op=">", column2="id")]}, [BADLY_WRITTEN]),
        (
            {"custom_checks": [a_check("sum-columns-value", column="id", columns=["id"])]},
            ['custom check "sum-columns-value" was not run: its columns are not of type integer, number, year'],
        ),
        (
            {"custom_checks": [a_check("inconnu")]},
            ['custom check "inconnu" was not run: it is not known, or its parameters are not understood'],
        ),
        (
            {"custom_checks": [a_check("french-siren-value", column="siren")]},
            ['custom check "french-siren-value" was not run: no column siren'],
        ),
    ],
)
def test_what_cannot_be_used_in_a_publishers_schema_is_told_and_stops_nothing(
    project: Project, more: dict[str, Any], told: list[str]
) -> None:
    with serving() as server:
        found = the_records(project, server, {"fields": FIELDS[:1], **more})
    assert [item["en"] for item in found.summary["declared"]] == [f"lignes: essai/actions: {one}" for one in told]
    assert found.rejects.num_rows == 0
    for item in found.summary["declared"]:
        assert item["fr"].startswith("lignes : essai/actions : ")
        assert not any(word in item["fr"] for word in (" not ", "badly", "known"))


def test_a_schema_that_cannot_be_validated_by_says_why_and_that_its_publisher_can_mend_it(project: Project) -> None:
    with serving() as server:
        found = the_records(project, server, {"fields": [{"name": "id", "type": "montant"}]})
    (told,) = found.summary["declared"]
    assert "montant" in told["fr"]
    assert told["fr"].endswith("→ le producteur de la source [schema-unusable]")
    assert told["en"].endswith("→ the publisher of the source [schema-unusable]")
