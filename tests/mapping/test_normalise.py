"""Records become rows by their mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.mapping import normalise, registry
from pipelines.mapping.errors import MappingError, PersonalFieldCopied
from pipelines.mapping.registry import Unreadable
from tests.mapping.builders import FILE, a_label_project, a_part, lines, normalised


@pytest.fixture(autouse=True)
def _converters_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two converters and a reading that no real mapping has."""

    def double(texts: tuple[str | None, ...], options: Any) -> str | None:
        if texts[0] is None:
            return None
        if not texts[0].isdigit():
            raise Unreadable("un nombre", "a number")
        return str(int(texts[0]) * int(options.get("times", 2)))

    def make_upper(_project: Any, options: Any) -> Any:
        def read(texts: Any) -> dict[str, str | None]:
            if texts["nom"] == "?":
                raise Unreadable("un nom", "a name")
            return {
                "haut": (texts["nom"] or "").upper() + options.get("suffix", ""),
                "bas": (texts["nom"] or "").lower(),
            }

        return read

    converters, readings = registry.CONVERTERS._items, registry.READINGS._items
    monkeypatch.setitem(converters, "double", double)
    monkeypatch.setitem(converters, "colle", lambda texts, options: options["separator"].join(filter(None, texts)))
    monkeypatch.setitem(readings, "casse", make_upper)


def test_a_plain_entry_copies_a_column_stripped_and_empty_is_absent(tmp_path: Path):
    result = normalised(
        a_label_project(tmp_path), {"town": [" Metz ", "", None]}, {"table": "p/t", "fields": {"ville": "town"}}
    )
    assert lines(result) == [{"ville": "Metz"}, {"ville": None}, {"ville": None}]


def test_a_row_knows_its_record(tmp_path: Path):
    result = normalised(
        a_label_project(tmp_path), {"town": ["Metz", "Agen"]}, {"table": "p/t", "fields": {"ville": "town"}}
    )
    assert result.rows["p/t"].select(["_source", "_part", "_position"]).to_pylist() == [
        {"_source": "essai", "_part": "a", "_position": 2},
        {"_source": "essai", "_part": "a", "_position": 3},
    ]


def test_constants_converters_and_translations_fill_fields(tmp_path: Path):
    fields = {
        "id": {"value": 7},
        "ville": {"from": ["a", "b"], "with": "colle", "separator": "-"},
        "niveau": {"from": "kind", "codes": {"EPCI": "epci"}, "otherwise": "autre"},
    }
    result = normalised(
        a_label_project(tmp_path),
        {"a": ["x", None], "b": ["y", "z"], "kind": ["EPCI", "?"]},
        {"table": "p/t", "fields": fields},
    )
    assert lines(result) == [
        {"id": "7", "ville": "x-y", "niveau": "epci"},
        {"id": "7", "ville": "z", "niveau": "autre"},
    ]


def test_every_other_key_of_an_entry_is_an_option_of_its_converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(registry.CONVERTERS._items, "options", lambda _texts, options: ",".join(sorted(options)))
    entry = {"from": "a", "with": "options", "otherwise": "absent", "output": "x"}
    result = normalised(a_label_project(tmp_path), {"a": ["1"]}, {"table": "p/t", "fields": {"id": entry}})
    assert lines(result) == [{"id": "otherwise,output"}]


def test_a_null_constant_is_absent(tmp_path: Path):
    result = normalised(a_label_project(tmp_path), {"a": ["x"]}, {"table": "p/t", "fields": {"id": {"value": None}}})
    assert lines(result) == [{"id": None}]


def test_what_a_converter_refuses_is_a_rejection_and_the_other_records_go_on(tmp_path: Path):
    fields = {"niveau": {"from": "n", "with": "double", "times": 3}, "ville": "v"}
    result = normalised(
        a_label_project(tmp_path), {"n": ["1", "deux", None], "v": ["A", "B", "C"]}, {"table": "p/t", "fields": fields}
    )
    assert lines(result) == [{"niveau": "3", "ville": "A"}, {"niveau": None, "ville": "C"}]
    (rejection,) = result.rejections
    assert (rejection.position, rejection.champ, rejection.valeur, rejection.regle) == (
        3,
        "niveau",
        "deux",
        "lecture-double",
    )
    assert rejection.message == "« deux » ne se lit pas dans « n » ; attendu : un nombre."
    assert rejection.message_en == '"deux" cannot be read in "n"; expected: a number.'
    assert (rejection.a_corriger_par, rejection.etape) == ("source", "conformation")


def test_a_value_that_no_code_translates_is_the_mappings_to_mend(tmp_path: Path):
    fields = {"niveau": {"from": "kind", "codes": {"EPCI": "epci"}}}
    columns = {"kind": ["EPCI", "ville", None]}
    result = normalised(a_label_project(tmp_path), columns, {"table": "p/t", "fields": fields})
    assert [line["niveau"] for line in lines(result)] == ["epci", None]
    assert result.rejections[0].a_corriger_par == "mapping"
    assert "EPCI" in result.rejections[0].message


def test_a_reading_fills_several_fields_at_once(tmp_path: Path):
    rows = {
        "table": "p/t",
        "readings": [
            {
                "with": "casse",
                "from": {"nom": "town"},
                "options": {"suffix": "!"},
                "into": {"haut": "ville", "bas": "niveau"},
            }
        ],
    }
    result = normalised(a_label_project(tmp_path), {"town": ["Metz", "?"]}, rows)
    assert lines(result) == [{"ville": "METZ!", "niveau": "metz"}]
    assert [(item.position, item.champ, item.valeur) for item in result.rejections] == [(3, "ville", "?")]


def test_conditions_keep_the_records_that_meet_them_all(tmp_path: Path):
    project = a_label_project(tmp_path)
    columns = {"a": ["1", "2", "3", "", "2"], "b": ["x", "", "y", "z", "y"]}
    kept = [
        ({"a": "present"}, ["1", "2", "3", "2"]),
        ({"b": "absent"}, ["2"]),
        ({"a": ["2", 3]}, ["2", "3", "2"]),
        ({"a": "2", "b": "present"}, ["2"]),
    ]
    for when, expected in kept:
        result = normalised(project, columns, {"table": "p/t", "when": when, "fields": {"id": "a"}})
        assert [line["id"] for line in lines(result)] == expected


def test_a_cell_is_split_into_one_row_a_part(tmp_path: Path):
    rows = {
        "table": "p/t",
        "each": {"split": "kinds", "by": ";", "as": "kind"},
        "fields": {"ville": "kind", "niveau": "rang", "id": "id"},
    }
    result = normalised(a_label_project(tmp_path), {"id": ["1", "2", "3"], "kinds": ["a; b;", None, "c"]}, rows)
    assert lines(result) == [
        {"ville": "a", "niveau": "1", "id": "1"},
        {"ville": "b", "niveau": "2", "id": "1"},
        {"ville": "c", "niveau": "1", "id": "3"},
    ]


def test_columns_become_rows_where_they_are_filled(tmp_path: Path):
    each = {"columns": {"at5": "cinq", "at4": "quatre"}, "name": "mesure", "value": "nombre"}
    rows = {"table": "p/t", "each": each, "fields": {"ville": "mesure", "niveau": "nombre"}}
    result = normalised(a_label_project(tmp_path), {"at5": ["10", ""], "at4": ["24", "3"]}, rows)
    assert lines(result) == [
        {"ville": "cinq", "niveau": "10"},
        {"ville": "quatre", "niveau": "24"},
        {"ville": "quatre", "niveau": "3"},
    ]


def test_a_text_among_lists_refuses_its_record_and_no_other(tmp_path: Path):
    cells = ['["Arras","Lens"]', "Lille", None, '{"nom": "Douai"}', "12", "[" * 100_000]
    mapping = {"table": "p/t", "each": {"list": "lieux", "as": "lieu"}, "fields": {"ville": "lieu"}}
    result = normalised(a_label_project(tmp_path), {"lieux": cells}, mapping)
    assert [line["ville"] for line in lines(result)] == ["Arras", "Lens", '{"nom": "Douai"}']
    assert [(one.position, one.regle) for one in result.rejections] == [
        (position, "liste-ou-texte") for position in (3, 6, 7)
    ]


def test_a_list_that_readers_of_json_do_not_read_alike_refuses_its_record(tmp_path: Path):
    cells = ['[{"nom": "A", "nom": "B"}]', "[NaN]", r'["\ud83d"]', r'["a\u0000"]', "[2.352222222222222222]"]
    mapping = {"table": "p/t", "each": {"list": "lieux", "as": "lieu"}, "fields": {"ville": "lieu"}}
    result = normalised(a_label_project(tmp_path), {"lieux": cells}, mapping)
    assert [line["ville"] for line in lines(result)] == ["2.352222222222222222"]
    assert [one.position for one in result.rejections] == [2, 3, 4, 5]


def test_the_members_of_a_list_are_read_by_name(tmp_path: Path):
    rows = {
        "table": "p/t",
        "each": {"list": "lieux", "as": "lieu"},
        "fields": {"ville": "lieu.ville", "niveau": "lieu.absent", "id": "rang"},
    }
    cells = ['[{"ville": "Metz", "n": 3}, "nu"]', None, '{"ville": "Agen"}']
    result = normalised(a_label_project(tmp_path), {"lieux": cells}, rows)
    assert lines(result) == [
        {"ville": "Metz", "niveau": None, "id": "1"},
        {"ville": None, "niveau": None, "id": "2"},
        {"ville": "Agen", "niveau": None, "id": "1"},
    ]


def joined(tmp_path: Path, **rule: Any) -> Any:
    project = a_label_project(tmp_path)
    rows = {
        "table": "p/t",
        "join": [{"part": "lien", "on": {"Id": "Id_Action"}, **rule}, {"part": "lieux", "on": {"lien.Id_Lieu": "Id"}}],
        "fields": {"id": "Id", "ville": "lieux.Ville"},
    }
    parts = {
        "a": a_part(project, {"Id": ["1", "2", "3"]}, [rows]),
        "lien": a_part(project, {"Id_Action": ["1", "1", "3", None], "Id_Lieu": ["x", "y", "z", "x"]}, part="lien"),
        "lieux": a_part(project, {"Id": ["x", "y"], "Ville": ["Metz", "Agen"]}, part="lieux"),
    }
    return normalise(parts, project, file=FILE)


def test_parts_are_joined_and_a_record_without_a_match_stays(tmp_path: Path):
    assert lines(joined(tmp_path)) == [
        {"id": "1", "ville": "Metz"},
        {"id": "1", "ville": "Agen"},
        {"id": "2", "ville": None},
        {"id": "3", "ville": None},
    ]


def test_a_record_that_meets_several_where_one_is_expected_keeps_the_first_and_says_so(tmp_path: Path):
    result = joined(tmp_path, expect="one")
    assert [line["ville"] for line in lines(result)] == ["Metz", None, None]
    assert [(item.position, item.regle) for item in result.rejections] == [(2, "plusieurs-correspondances")]


def test_joins_of_the_part_hold_for_all_its_rows(tmp_path: Path):
    project = a_label_project(tmp_path)
    parts = {
        "a": a_part(
            project,
            {"Id": ["1"]},
            [{"table": "p/t", "fields": {"ville": "b.V"}}],
            join=[{"part": "b", "on": {"Id": "I"}}],
        ),
        "b": a_part(project, {"I": ["1"], "V": ["Metz"]}, part="b"),
    }
    assert lines(normalise(parts, project, file=FILE)) == [{"ville": "Metz"}]


def test_a_personal_column_is_never_copied_to_a_public_field(tmp_path: Path):
    project = a_label_project(tmp_path)
    with pytest.raises(PersonalFieldCopied, match='"mail" would be copied into "ville"'):
        normalised(
            project, {"mail": ["x@example.org"]}, {"table": "p/t", "fields": {"ville": "mail"}}, personal=["mail"]
        )


def test_a_personal_column_of_a_joined_part_is_never_copied_either(tmp_path: Path):
    project = a_label_project(tmp_path)
    row = {"table": "p/t", "join": [{"part": "b", "on": {"Id": "I"}}], "fields": {"ville": "b.mail"}}
    parts = {
        "a": a_part(project, {"Id": ["1"]}, [row]),
        "b": a_part(project, {"I": ["1"], "mail": ["x@example.org"]}, part="b", personal=["mail"]),
    }
    with pytest.raises(PersonalFieldCopied):
        normalise(parts, project, file=FILE)


def test_the_value_of_a_personal_column_is_in_no_message(tmp_path: Path):
    project = a_label_project(tmp_path)
    fields = {"niveau": {"from": "phone", "with": "double"}}
    columns = {"phone": ["poste de Camille"]}
    result = normalised(project, columns, {"table": "p/t", "fields": fields}, personal=["phone"])
    (rejection,) = result.rejections
    assert rejection.valeur is None
    assert "Camille" not in rejection.message + rejection.message_en


def test_several_mappings_fill_the_same_table_in_their_order(tmp_path: Path):
    rows = [{"table": "p/t", "fields": {"ville": "a"}}, {"table": "p/t", "fields": {"niveau": "a"}}]
    result = normalised(a_label_project(tmp_path), {"a": ["1"]}, *rows)
    assert lines(result) == [{"ville": "1", "niveau": None}, {"ville": None, "niveau": "1"}]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"table": "t"}, "table"),
    ({"table": "p/t", "fields": {"ville": 3}}, "fields.ville"),
    ({"table": "p/t", "fields": {"ville": {"with": "double"}}}, "fields.ville.from"),
    ({"table": "p/t", "fields": {"ville": {"from": "a", "with": "inconnu"}}}, "fields.ville.with"),
    ({"table": "p/t", "fields": {"ville": {"from": ["a", "b"]}}}, "fields.ville.with"),
    ({"table": "p/t", "fields": {"ville": "absente"}}, "fields.ville"),
    ({"table": "p/t", "fields": {"inconnu": "a"}}, "table p/t"),
    ({"table": "p/t", "when": {"absente": "present"}, "fields": {}}, "when"),
    ({"table": "p/t", "each": {"split": "a"}}, "each"),
    ({"table": "p/t", "each": {"split": "absente", "as": "x"}}, "each"),
    ({"table": "p/t", "each": "a"}, "each"),
    ({"table": "p/t", "join": [{"part": "absente", "on": {"a": "b"}}]}, "join"),
    ({"table": "p/t", "join": ["absente"]}, "join"),
    ({"table": "p/t", "readings": [{"with": "rien"}]}, "readings[0].with"),
    ({"table": "p/t", "readings": [{"with": "casse", "from": "a", "into": {}}]}, "readings[0]"),
    (
        {"table": "p/t", "readings": [{"with": "casse", "from": {"nom": "absente"}, "into": {"haut": "ville"}}]},
        "readings.casse",
    ),
    (
        {
            "table": "p/t",
            "fields": {"ville": "a"},
            "readings": [{"with": "casse", "from": {"nom": "a"}, "into": {"haut": "ville"}}],
        },
        "fields",
    ),
]


@pytest.mark.parametrize(("row", "place"), WRONG)
def test_a_wrong_mapping_says_where_and_what_was_expected(tmp_path: Path, row: dict[str, Any], place: str):
    with pytest.raises(MappingError) as caught:
        normalised(a_label_project(tmp_path), {"a": ["1"]}, row)
    assert caught.value.facts["place"] == place
    assert caught.value.facts["file"] == FILE
    assert caught.value.facts["expected"]
