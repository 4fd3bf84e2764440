"""`scripts.check_lineage` finds what a schema forbids in an event and in its facets; schemas here are small ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.check_lineage import Spec, check

MODEL = {"$id": "https://example.org/OpenLineage.json", "type": "object", "required": ["run", "job"]}
MODEL |= {"$defs": {"Facet": {"type": "object", "required": ["_producer"]}}}
FACET = {
    "$id": "https://example.org/facets/CountFacet.json",
    "type": "object",
    "properties": {
        "count": {
            "allOf": [{"$ref": "https://example.org/OpenLineage.json#/$defs/Facet"}],
            "properties": {"rows": {"type": "integer"}},
        }
    },
}
SOUND = {"_producer": "urn:x", "_schemaURL": "https://example.org/facets/CountFacet.json#/$defs/CountFacet", "rows": 1}


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    (tmp_path / "facets").mkdir()
    (tmp_path / "OpenLineage.json").write_text(json.dumps(MODEL), encoding="utf-8")
    (tmp_path / "facets" / "CountFacet.json").write_text(json.dumps(FACET), encoding="utf-8")
    return Spec(tmp_path)


def an_event(**facet: Any) -> dict[str, Any]:
    outputs = [{"outputFacets": {"count": {**SOUND, **facet}}}]
    return {"eventType": "START", "run": {"facets": {}}, "job": {"name": "a"}, "outputs": outputs}


def test_a_sound_event_has_no_flaw_and_its_facets_are_counted(spec: Spec) -> None:
    assert check(spec, [an_event()]) == ([], 1)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({name: value for name, value in an_event().items() if name != "run"}, "'run' is a required property"),
        (an_event(rows="one"), "'one' is not of type 'integer'"),
        (an_event(_schemaURL="https://example.org/facets/Own.json"), "none of the published schemas"),
    ],
)
def test_what_a_schema_forbids_is_told(spec: Spec, event: dict[str, Any], told: str) -> None:
    (flaw,) = check(spec, [event])[0]
    assert told in flaw
    assert flaw.startswith("a START")
