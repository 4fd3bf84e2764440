"""Validate the OpenLineage events of a project's last run against the published JSON Schemas.

    python -m scripts.check_lineage SPEC [PROJECT]

SPEC is the folder `spec/` of a checkout of OpenLineage, which no package index carries: `OpenLineage.json` and
`facets/`. Each event is compared with the model, and each of its facets against the schema that its `_schemaURL` names,
by file. Ends with exit code 1 where one is invalid, and 2 where nothing could be checked.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from openlineage.client.serde import Serde
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from pipelines.core.project import Project
from pipelines.monitoring.lineage import run_events
from pipelines.pipeline.run_journal import find_journal

FAULTY, NOTHING = 1, 2
PLACES = ("facets", "inputFacets", "outputFacets")


def facets_in(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every facet of an event by its name, wherever it stands."""
    if isinstance(value, list):
        for item in value:
            yield from facets_in(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in PLACES and isinstance(inner, dict):
                yield from inner.items()
            else:
                yield from facets_in(inner)


class Spec:
    """The published schemas of a checkout, found by the last name of their address."""

    def __init__(self, folder: Path) -> None:
        paths = [folder / "OpenLineage.json", *sorted((folder / "facets").glob("*.json"))]
        self.documents = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}
        resources = [(doc["$id"], Resource(doc, DRAFT202012)) for doc in self.documents.values() if "$id" in doc]
        self.registry: Any = Registry(retrieve=self._by_name).with_resources(resources)

    def _by_name(self, address: str) -> Any:
        return Resource(self.documents[Path(urlsplit(address).path).name], DRAFT202012)

    def event_flaws(self, event: Any) -> list[str]:
        return self._flaws(self.documents["OpenLineage.json"], event)

    def facet_flaws(self, name: str, facet: Mapping[str, Any]) -> list[str]:
        """The facet under its own schema, in which it is a member by its name."""
        document = self.documents.get(Path(urlsplit(facet["_schemaURL"]).path).name)
        if document is None:
            return [f"{facet['_schemaURL']} is none of the published schemas"]
        return self._flaws(document, {name: facet})

    def _flaws(self, schema: Any, value: Any) -> list[str]:
        validator = Draft202012Validator(schema, registry=self.registry)
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(value)]


def check(spec: Spec, events: list[Any]) -> tuple[list[str], int]:
    """What is invalid in events, and how many facets were compared with a schema."""
    flaws: list[str] = []
    count = 0
    for event in events:
        job = f"{event['job']['name']} {event['eventType']}"
        flaws += [f"{job}: {flaw}" for flaw in spec.event_flaws(event)]
        for name, facet in facets_in(event):
            count += 1
            flaws += [f"{job}, facet {name}: {flaw}" for flaw in spec.facet_flaws(name, facet)]
    return flaws, count


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return NOTHING
    project = Project.at(Path(arguments[1])) if len(arguments) > 1 else Project.here()
    events = [json.loads(Serde.to_json(event)) for event in run_events(project, *find_journal(project, "last"))]
    flaws, facets = check(Spec(Path(arguments[0])), events)
    print("\n".join(dict.fromkeys(flaws)) or f"{len(events)} events and {facets} facets are valid")
    return FAULTY if flaws else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
