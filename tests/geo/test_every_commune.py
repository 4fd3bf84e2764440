"""The whole official code as an oracle: each commune is found under its name, and a worn name never finds another."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.geo import Corrections, Query, read_reference, resolve
from pipelines.geo.names import strip_accents
from tests.geo.builders import PROJECT, gazetteer

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
    """Whatever is found for a bare official name has exactly that key; a homonym is left open."""
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


@pytest.mark.parametrize("introduced", ["la commune de {}", "commune de {}", "la ville de {}", "{}"])
def test_a_name_whose_brackets_are_its_own_is_found_however_it_is_introduced(introduced):
    bracketed = [row for row in communes() if "(" in row["nom"]]
    assert bracketed
    for row in bracketed:
        assert found(row, introduced.format(row["nom"])).code == row["code"]
        assert found(row, introduced.format(row["nom"].upper())).code == row["code"]


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


def misprinted(name, draw):
    """The name with one letter lost, added, changed, or swapped with the next; never its first."""
    place, letter = draw.randrange(1, len(name)), draw.choice("abcdefghijklmnopqrstuvwxyz")
    return draw.choice(
        (
            name[:place] + name[place + 1 :],
            name[:place] + letter + name[place:],
            name[:place] + letter + name[place + 1 :],
            name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
        )
    )


def test_a_misprint_with_its_departement_never_finds_another_commune():
    """The right commune, or an open question, unless the misprint is another's name; always the same sample."""
    draw = random.Random(20260101)
    right, wrong = 0, []
    for row in draw.sample(communes(), 500):
        name = misprinted(row["nom"], draw)
        answer = found(row, name)
        right += answer.code == row["code"]
        if answer.code not in (None, row["code"]) and answer.method not in ("nom_exact", "nom_normalise"):
            wrong.append((row["nom"], name, answer.name))
    assert wrong == []
    assert right > 250
