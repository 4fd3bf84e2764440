"""Strings as printed, with their right readings: what is read is right, and nothing is read wrong.

`textes_bruts.csv`: 49 strings of real notices with the collector's answers. `phrases.csv`: strings in the same style,
written for this test from the forms that real notices take.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from pipelines.domains.inquiries.notices import Notice, read_notice

DATA = Path(__file__).parent / "data"
# What the collector knew besides the string: the year is in the permanences of another page.
CONTEXT = {"Extension du palais de justice et mise en compatibilité du PLU de Basse-Terre": (2022,)}


def lines(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def collected_columns(notice: Notice) -> dict[str, str]:
    """A notice in the columns of the collector, who put whatever the string dates into one pair: the period, else the
    first and last session, else the order."""
    facts = [notice.opening_date, notice.opening_hour, notice.closing_date, notice.closing_hour]
    if not any(fact.value for fact in facts) and notice.sessions:
        first, last = notice.sessions[0], notice.sessions[-1]
        facts = [first.day, first.start, last.day, last.end]
    elif not any(fact.value for fact in facts):
        facts = [notice.order_date, *facts[1:]]
    names = ("date_ouverture", "heure_ouverture", "date_cloture", "heure_cloture", "duree_jours")
    return {name: fact.value or "" for name, fact in zip(names, (*facts, notice.duration), strict=True)}


def own_columns(notice: Notice) -> dict[str, str]:
    return {
        "arrete_numero": notice.order_number.value or "",
        "arrete_date": notice.order_date.value or "",
        "ouverture_date": notice.opening_date.value or "",
        "ouverture_heure": notice.opening_hour.value or "",
        "cloture_date": notice.closing_date.value or "",
        "cloture_heure": notice.closing_hour.value or "",
        "cloture_initiale_date": notice.initial_closing_date.value or "",
        "duree_jours": notice.duration.value or "",
        "permanences": "|".join(
            f"{session.day.value or ''} {session.start.value or ''}-{session.end.value or ''}"
            for session in notice.sessions
        ),
    }


def scored(found: dict[str, str], line: dict[str, str]) -> Counter[str]:
    return Counter("right" if found[name] == line[name] else "wrong" if found[name] else "unread" for name in found)


def test_the_collected_strings_are_read_right_or_not_at_all() -> None:
    score: Counter[str] = Counter()
    for line in lines("textes_bruts.csv"):
        score += scored(collected_columns(read_notice(line["texte_publie"], CONTEXT.get(line["titre"], ()))), line)
    assert sum(score.values()) == 49 * 5
    assert score["wrong"] == 0
    assert score["right"] / sum(score.values()) >= 0.95


def test_at_most_one_collected_string_in_twenty_has_something_unread() -> None:
    whole = [
        scored(collected_columns(read_notice(line["texte_publie"], CONTEXT.get(line["titre"], ()))), line)["right"] == 5
        for line in lines("textes_bruts.csv")
    ]
    assert sum(whole) / len(whole) >= 0.95


@pytest.mark.parametrize("line", lines("phrases.csv"), ids=lambda line: line["texte"][:50])
def test_a_phrase_is_never_read_wrong(line: dict[str, str]) -> None:
    found = own_columns(read_notice(line["texte"], [int(year) for year in line["annees"].split()]))
    assert {name: value for name, value in found.items() if value not in ("", line[name])} == {}


def test_the_phrases_are_read_but_for_one_in_twenty() -> None:
    score: Counter[str] = Counter()
    for line in lines("phrases.csv"):
        score += scored(own_columns(read_notice(line["texte"], [int(year) for year in line["annees"].split()])), line)
    assert len(lines("phrases.csv")) >= 60
    assert score["right"] / sum(score.values()) >= 0.95
