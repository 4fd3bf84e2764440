"""The whole official code as an oracle: each commune is found under its name, and a worn name never finds another."""

from __future__ import annotations

import random
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.records.places import Corrections, Query, read_reference, resolve
from pipelines.records.places.names import strip_accents
from tests.records.places.builders import PROJECT, gazetteer

NONE = Corrections({})


@cache
def communes():
    columns = ["code", "type", "nom", "cle", "departement_code"]
    rows = read_reference(PROJECT.reference, "communes-2026", columns).to_pylist()
    return [row for row in rows if row["type"] == "commune"]


@cache
def keys_in_departements():
    """How many communes of a département share a key: those few are homonyms even there."""
    counted = {}
    for row in communes():
        place = (row["departement_code"], row["cle"])
        counted[place] = counted.get(place, 0) + 1
    return counted


def found(row, name):
    return resolve(Query(name, nature="commune", departement=row["departement_code"]), gazetteer(), NONE)


def test_every_commune_is_found_under_its_name_and_departement():
    wrong = [(row["code"], row["nom"]) for row in communes() if found(row, row["nom"]).code != row["code"]]
    shared = [row["code"] for row in communes() if keys_in_departements()[row["departement_code"], row["cle"]] > 1]
    assert {code for code, _ in wrong} <= set(shared)
    assert len(wrong) <= len(shared) <= 4


def test_no_name_without_a_departement_finds_another_commune():
    """Whatever is found for a bare official name bears exactly that key; a homonym is left open."""
    by_code = {row["code"]: row for row in communes()}
    for row in communes()[::7]:
        answer = resolve(Query(row["nom"], nature="commune"), gazetteer(), NONE)
        assert answer.code is None or by_code[answer.code]["cle"] == row["cle"]
        assert answer.code in (None, row["code"])
        assert answer.code or row["code"] in answer.candidates


WEAR = (
    str.upper,
    str.lower,
    strip_accents,
    lambda name: name.replace("-", " "),
    lambda name: name.replace("'", "’"),
    lambda name: name.replace("Saint-", "St ").replace("Sainte-", "Ste "),
    lambda name: f"la commune de {name}",
    lambda name: f"  {name} ",
)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 34_968), st.lists(st.sampled_from(WEAR), max_size=4, unique=True))
def test_a_worn_name_with_its_departement_never_finds_another_commune(place, wears):
    row = communes()[place]
    name = row["nom"]
    for wear in wears:
        name = wear(name)
    answer = found(row, name)
    assert answer.code in (None, row["code"])
    assert answer.code or row["code"] in answer.candidates


def test_a_misprint_never_finds_another_commune_when_one_letter_is_lost():
    """One letter lost in a long name: the right commune, or an open question; always the same sample of the code."""
    draw = random.Random(20260101)
    wrong = []
    for row in draw.sample([row for row in communes() if len(row["cle"]) >= 9], 400):
        gone = draw.randrange(1, len(row["nom"]))
        name = row["nom"][:gone] + row["nom"][gone + 1 :]
        answer = found(row, name)
        if answer.code not in (None, row["code"]):
            wrong.append((row["nom"], name, answer.name))
    assert wrong == []
