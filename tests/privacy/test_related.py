"""People of a part of their own, looked for in the records that speak of them. Everybody here is invented."""

from __future__ import annotations

import pyarrow as pa

from pipelines.privacy import Link, PersonalValues, related_values


def part(name: str, **columns: list[str | None]) -> pa.Table:
    size = len(next(iter(columns.values())))
    places = {"_source": ["s"] * size, "_snapshot": ["0" * 64] * size, "_part": [name] * size}
    return pa.table({**columns, **places, "_position": list(range(1, size + 1))})


PARTS = {
    "personnes": part("personnes", Id=["p1", "p2 ", None], Nom=["Kerdoncuff", "Quiniou", "Kerlouan"]),
    "liaison": part("liaison", Id=["p1", "p2", "p2", None], Action=["a1", "a1", "a2", "a3"]),
    "actions": part("actions", Action=["a1", "a2", "a3", None], Titre=["x", "y", "z", "t"]),
}
OWN = {name: PersonalValues.of_table(table, ["Nom"] if name == "personnes" else []) for name, table in PARTS.items()}


def at(part_name: str, position: int) -> tuple[str, str, str, int]:
    return ("s", "0" * 64, part_name, position)


def test_people_reach_the_records_that_a_table_of_pairs_gives_them() -> None:
    found = related_values([Link("personnes", "Id", "liaison", "Action")], PARTS, OWN)
    assert found["actions"].by_record == {
        at("actions", 1): (("Nom", "Kerdoncuff"), ("Nom", "Quiniou")),
        at("actions", 2): (("Nom", "Quiniou"),),
    }
    assert found["liaison"].by_record[at("liaison", 3)] == (("Nom", "Quiniou"),)
    assert "personnes" not in found


def test_people_reach_the_records_that_hold_their_key() -> None:
    found = related_values([Link("personnes", "Id")], PARTS, OWN)
    assert found["liaison"].by_record[at("liaison", 1)] == (("Nom", "Kerdoncuff"),)
    assert "actions" not in found
