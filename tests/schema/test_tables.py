"""Table Schemas as the project reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.schema import Privacy, load_incoming, load_table
from pipelines.schema.errors import PrivacyMissing, SchemaFileError, SchemaNotFound
from tests.schema.builders import a_project, a_table


def test_a_field_without_a_privacy_class_is_refused(tmp_path: Path):
    project = a_project(tmp_path)
    a_table(tmp_path, "p/t", [{"name": "a", "privacy": None}])
    with pytest.raises(PrivacyMissing) as caught:
        load_table(project.schemas, "p", "t")
    said = caught.value.message("fr")
    assert said.startswith(
        "schemas/p/t.json : le champ « a » n'a pas de classe de confidentialité (privacy : absent) ;"
    )


def test_a_mistyped_key_is_told_as_what_it_was_meant_for(tmp_path: Path):
    project = a_project(tmp_path)
    path = project.schemas / "p" / "t.json"
    a_table(tmp_path, "p/t", [{"name": "a", "privcy": "public", "privacy": None}])
    for written, expected in (
        ({"fields": [{"name": "a", "privcy": "public"}]}, '(privacy: missing, perhaps written "privcy")'),
        ({"feilds": [{"name": "a", "privacy": "public"}]}, 'missing, perhaps written "feilds"; expected: a list'),
        ({"fields": [{"nmae": "a", "privacy": "public"}]}, 'missing, perhaps written "nmae"; expected: a field'),
    ):
        path.write_text(json.dumps(written), encoding="utf-8")
        with pytest.raises(SchemaFileError) as caught:
            load_table(project.schemas, "p", "t")
        assert expected in caught.value.message("en")
    path.write_text('{"fields": [}', encoding="utf-8")
    with pytest.raises(SchemaFileError) as caught:
        load_table(project.schemas, "p", "t")
    assert "ligne 1, colonne 13 : une valeur manque" in caught.value.message("fr")


def test_an_unknown_privacy_class_is_refused(tmp_path: Path):
    project = a_project(tmp_path)
    a_table(tmp_path, "p/t", [{"name": "a", "privacy": "secret"}])
    with pytest.raises(PrivacyMissing):
        load_table(project.schemas, "p", "t")


def test_a_code_list_becomes_an_enum_in_the_plain_descriptor(tmp_path: Path):
    project = a_project(tmp_path)
    a_table(tmp_path, "p/t", [{"name": "a", "codelist": "couleurs", "constraints": {"required": True}}])
    descriptor = load_table(project.schemas, "p", "t").descriptor()
    assert descriptor["fields"] == [
        {"name": "a", "type": "string", "constraints": {"required": True, "enum": ["rouge", "vert"]}}
    ]


def test_the_documented_descriptor_keeps_our_own_properties(tmp_path: Path):
    project = a_project(tmp_path)
    a_table(
        tmp_path, "p/t", [{"name": "a", "title_en": "A", "reference": "CRPA L312-1-2", "type": "number", "scale": 2}]
    )
    field = load_table(project.schemas, "p", "t").descriptor(documented=True)["fields"][0]
    assert field["privacy"] == "public"
    assert field["title_en"] == "A"
    assert field["reference"] == "CRPA L312-1-2"
    assert field["scale"] == 2


def test_the_public_table_loses_personal_fields_and_the_keys_that_need_them(tmp_path: Path):
    project = a_project(tmp_path)
    fields = [{"name": "id"}, {"name": "courriel", "privacy": "personnel"}, {"name": "note", "privacy": "interne"}]
    keys = [
        {"fields": "id", "reference": {"resource": "autre", "fields": "id"}},
        {"fields": ["courriel"], "reference": {"resource": "autre", "fields": ["c"]}},
    ]
    a_table(tmp_path, "p/t", fields, primaryKey=["id", "courriel"], foreignKeys=keys)
    table = load_table(project.schemas, "p", "t")
    assert [field.privacy for field in table.fields] == [Privacy.PUBLIC, Privacy.PERSONAL, Privacy.INTERNAL]
    assert table.public.names == ["id"]
    assert table.public.primary_key == ()
    assert [key.fields for key in table.public.foreign_keys] == [("id",)]
    assert table.public.descriptor()["foreignKeys"] == [
        {"fields": ["id"], "reference": {"resource": "autre", "fields": ["id"]}}
    ]


def test_a_table_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SchemaNotFound, match=r"schemas/entrants/absent\.json"):
        load_incoming(a_project(tmp_path).schemas, "absent")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", "ligne 1, colonne 2"),
        ("[]", "fields"),
        ('{"fields": []}', "fields"),
        ('{"fields": ["a"]}', "fields"),
        ('{"fields": [{"name": "a", "privacy": "public"}, {"name": "a", "privacy": "public"}]}', "fields"),
        ('{"fields": [{"name": "a", "privacy": "public"}], "primaryKey": "b"}', "primaryKey/foreignKeys"),
        ('{"like": "p/t"}', "like"),
        ('{"fields": ' + "[" * 100_000 + "]" * 100_000 + "}", "—"),
    ],
)
def test_a_broken_schema_says_where_and_what_was_expected(tmp_path: Path, text: str, place: str):
    project = a_project(tmp_path)
    a_table(tmp_path, "p/t", []).write_text(text, encoding="utf-8")
    with pytest.raises(SchemaFileError) as caught:
        load_table(project.schemas, "p", "t")
    assert f" : {place} : " in caught.value.message("fr")
    assert "ligne" not in caught.value.message("en")
    assert caught.value.facts["expected"]


def test_a_schema_that_is_not_utf_8_says_at_which_byte(tmp_path: Path):
    project = a_project(tmp_path)
    a_table(tmp_path, "p/t", []).write_bytes('{"title": "é"}'.encode("latin-1"))
    with pytest.raises(SchemaFileError, match="byte 12"):
        load_table(project.schemas, "p", "t")


def test_a_field_is_found_by_its_name_or_the_table_says_no(tmp_path: Path):
    project = a_project(tmp_path)
    a_table(tmp_path, "p/t", [{"name": "a", "constraints": {"required": True}}])
    table = load_table(project.schemas, "p", "t")
    assert table["a"].required
    with pytest.raises(KeyError):
        table["b"]


def test_the_profile_and_the_custom_checks_of_a_schema_reach_the_validator(tmp_path: Path):
    project = a_project(tmp_path)
    checks = [{"name": "siret", "params": {"column": "a"}}]
    profile = "https://datapackage.org/profiles/2.0/tableschema.json"
    a_table(tmp_path, "p/t", [{"name": "a"}], **{"$schema": profile, "custom_checks": checks})
    descriptor = load_table(project.schemas, "p", "t").descriptor()
    assert (descriptor["$schema"], descriptor["custom_checks"]) == (profile, checks)
