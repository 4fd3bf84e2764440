"""JSON, JSON Lines and Parquet as text columns."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.core.registry import NameTaken
from pipelines.formats.errors import FormatError, HeaderMissing
from pipelines.formats.registry import Records, reader
from pipelines.sources.registry import READERS
from tests.formats.builders import a_file, a_part, part_reading, positions, reading, records


def test_members_become_dotted_columns_and_lists_stay_json(tmp_path: Path) -> None:
    document = [
        {"nom": "Séné", "geo": {"lon": -2.74, "lat": 47}, "themes": ["ÉNERGIE", "EAU"], "ouvert": True, "vide": {}}
    ]
    table = reading(a_file(tmp_path, json.dumps(document)), a_part("json"))
    assert records(table) == [
        {
            "nom": "Séné",
            "geo.lon": "-2.74",
            "geo.lat": "47",
            "themes": '["ÉNERGIE","EAU"]',
            "ouvert": "true",
            "vide": "{}",
        }
    ]


def test_null_and_absent_are_null_and_positions_count_from_one(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, '[{"a": 1.0}, {"b": null}, {"a": "x", "b": 10.50}]'), a_part("json"))
    assert records(table) == [{"a": "1", "b": None}, {"a": None, "b": None}, {"a": "x", "b": "10.5"}]
    assert positions(table) == [1, 2, 3]


@pytest.mark.parametrize("pointer", ["results", "/results"])
def test_the_pointer_finds_the_list(tmp_path: Path, pointer: str) -> None:
    path = a_file(tmp_path, '{"total_count": 1, "results": [{"a": 1}]}')
    assert records(reading(path, a_part("json", options={"pointer": pointer}))) == [{"a": "1"}]


def test_the_pointer_goes_through_lists(tmp_path: Path) -> None:
    path = a_file(tmp_path, '[{"x": [{"a": 1}]}]')
    assert records(reading(path, a_part("json", options={"pointer": "0.x"}))) == [{"a": "1"}]


@pytest.mark.parametrize("content", ['{"records": []}', "3", "[1, 3]"])
def test_what_is_no_list_of_objects_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(FormatError):
        reading(a_file(tmp_path, content), a_part("json"))
    with pytest.raises(FormatError):
        reading(a_file(tmp_path, content), a_part("json", options={"pointer": "results"}))


def test_a_position_in_json_lines_is_the_line(tmp_path: Path) -> None:
    table = reading(a_file(tmp_path, '{"a": 1}\n\n{"a": 2}\n'), a_part("jsonl"))
    assert (records(table), positions(table)) == ([{"a": "1"}, {"a": "2"}], [1, 3])


def test_a_member_of_an_object_that_is_null_is_null(tmp_path: Path) -> None:
    path = a_file(tmp_path, '[{"geo": null}]')
    assert records(reading(path, a_part("json", "geo.lon")))[0]["geo.lon"] is None


def test_a_key_that_no_record_has_is_missing(tmp_path: Path) -> None:
    with pytest.raises(HeaderMissing):
        reading(a_file(tmp_path, '[{"titre": 1}]'), a_part("json", "title"))


def test_a_part_of_a_mapping_that_is_made_on_the_way_is_not_asked_of_the_file(tmp_path: Path) -> None:
    part = a_part("json")
    rows = (
        {
            "table": "a/b",
            "when": {"etat": "present"},
            "each": {"list": "lieux", "as": "lieu"},
            "fields": {"x": "lieu.nom", "y": "rang", "z": {"from": ["a"], "with": "join"}, "w": {"value": "1"}},
            "readings": [{"with": "territoire", "from": {"nom": "a"}, "into": {"code": "c"}}],
        },
        {"table": "a/c", "join": [{"part": "autre", "on": {"a": "b"}}], "fields": {"x": "autre.nom"}},
        {"table": "a/d", "each": {"columns": {"a": "1"}, "name": "n", "value": "v"}, "fields": {"x": "v", "y": "n"}},
    )
    part = type(part)("part", "json", rows=rows)
    path = a_file(tmp_path, '[{"lieux": [], "a": 1, "etat": "x"}]')
    assert records(reading(path, part)) == [{"lieux": "[]", "a": "1", "etat": "x"}]


def test_parquet_types_become_canonical_text(tmp_path: Path) -> None:
    moment = datetime.datetime(2026, 6, 22, 8, 30, tzinfo=datetime.UTC)
    table = pa.table(
        {
            "code": pa.array(["01"]).dictionary_encode(),
            "n": pa.array([3.0]),
            "x": pa.array([float("nan")]),
            "j": pa.array([datetime.date(2026, 6, 22)]),
            "m": pa.array([moment], pa.timestamp("us", "UTC")),
            "l": pa.array([moment.replace(tzinfo=None)], pa.timestamp("us")),
            "liste": pa.array([["é", "b"]]),
            "oui": pa.array([True]),
            "i": pa.array([None], pa.int64()),
            "b": pa.array([b"abc"], pa.binary()),
        }
    )
    pq.write_table(table, tmp_path / "x")
    assert records(reading(tmp_path / "x", a_part("parquet"))) == [
        {
            "code": "01",
            "n": "3",
            "x": None,
            "j": "2026-06-22",
            "m": "2026-06-22T08:30:00Z",
            "l": "2026-06-22T08:30:00",
            "liste": '["é", "b"]',
            "oui": "true",
            "i": None,
            "b": "abc",
        }
    ]


def test_a_format_has_one_reader() -> None:
    def another(content: object) -> Records:
        raise AssertionError(content)

    assert "csv" in READERS
    with pytest.raises(NameTaken):
        reader("csv")(another)


@pytest.mark.parametrize(
    ("system", "told"),
    [
        (None, ""),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, ""),
        ({"type": "name", "properties": {"name": "EPSG:4326"}}, ""),
        ({"type": "name", "properties": {"name": "http://www.opengis.net/def/crs/EPSG/0/4326"}}, ""),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}, "urn:ogc:def:crs:EPSG::2154"),
        ({"type": "name", "properties": {"name": "EPSG:43260"}}, "EPSG:43260"),
        ({"type": "link", "properties": {"href": "https://example.org/crs"}}, "crs"),
        ("EPSG:2154", "crs"),
    ],
)
def test_positions_in_another_system_than_degrees_are_told(tmp_path: Path, system: object, told: str) -> None:
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [652469.0, 6862035.3]}, "properties": {}}
    document = {"type": "FeatureCollection", "crs": system, "features": [feature]}
    part = a_part("json", options={"pointer": "features"})
    found = part_reading(a_file(tmp_path, json.dumps(document)), part)
    assert [notice.en.partition('"')[2].partition('"')[0] for notice in found.notices] == ([told] if told else [])
    assert records(found.table)[0]["geometry.coordinates"] == "[652469.0,6862035.3]"
