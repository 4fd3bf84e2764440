"""How often printed names find their official code, and how often another's: `python -m benchmarks.places.measure`.

Names with known codes come from the shipped reference: every commune of 2026, those of earlier years under their names
of then, names cut at their words, spellings that printers use, and EPCI of the vintages since 2019. For EPCI before
2019, which no shipped file knows, the vintages are told as those of earlier years: not given first, then given.

Prints a line a set: names, recall, wrong answers, milliseconds of processor time a name; exits 1 when a bar is missed.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.geo import Corrections, Gazetteer, Query, load_gazetteer, normalise, read_reference, resolve
from pipelines.geo.gazetteer import HISTORY
from pipelines.geo.names import strip_accents

REFERENCE = Path(__file__).resolve().parents[2] / "sources" / "reference"
NONE = Corrections({})
GENERIC = {"le", "la", "les", "saint", "sainte"}
# How many years earlier the vintages of EPCI are told to be.
EARLIER = 11
MILLISECONDS = 0.3


@dataclass(frozen=True)
class Bar:
    """The least recall and the greatest share of wrong answers."""

    recall: float
    wrong: float


WITH = Bar(0.998, 0.0)
WITHOUT = Bar(0.88, 0.0002)
NEVER_WRONG = Bar(0.0, 0.0)
GROUPS = Bar(0.97, 0.0)
Known = list[tuple[Query, str]]


def measure(name: str, known: Known, gazetteer: Gazetteer, bar: Bar | None) -> bool:
    """One line; whether the bar was reached."""
    resolve(known[0][0], gazetteer, NONE)
    start = time.process_time()
    answers = [resolve(query, gazetteer, NONE).code for query, _ in known]
    each = (time.process_time() - start) / len(known) * 1000
    right = sum(answer == code for answer, (_, code) in zip(answers, known, strict=True))
    wrong = sum(answer not in (None, code) for answer, (_, code) in zip(answers, known, strict=True))
    recall, share = right / len(known), wrong / len(known)
    reached = bar is None or (recall >= bar.recall and share <= bar.wrong and each <= MILLISECONDS)
    print(
        f"| {name} | {len(known)} | {recall:.2%} | {wrong} ({share:.3%}) | {each:.3f} | {'yes' if reached else 'NO'} |"
    )
    return reached


def communes_of(year: int) -> list[dict[str, Any]]:
    """The communes of a 1 July, under their names of that day."""
    day = f"{year}-07-01"
    now = [row for row in rows("communes-2026") if row["type"] == "commune"]
    living = [row for row in now if row["nom_depuis"] is None or row["nom_depuis"] <= day]
    gone = [row for row in rows("anciennes_communes") if (row["valide_du"] or "") <= day < row["valide_au"]]
    return living + gone


def rows(name: str) -> list[dict[str, Any]]:
    """A file of the reference."""
    found: list[dict[str, Any]] = read_reference(REFERENCE, name).to_pylist()
    return found


def asked(found: list[dict[str, Any]], day: str, *, with_departement: bool) -> Known:
    """The official names as queries."""
    return [
        (Query(row["nom"], "commune", row["departement_code"] if with_departement else None, day=day), row["code"])
        for row in found
    ]


def shortened(found: list[dict[str, Any]], day: str) -> Known:
    """Names cut at their words, where what is left is no name of the département."""
    own = {(row["departement_code"], row["cle"]) for row in found}
    known: Known = []
    for row in found:
        words = re.split(r"([ \-'])", row["nom"])
        for end in range(1, len(words) - 1, 2):
            cut = "".join(words[:end])
            key = normalise(cut)
            if len(cut) > 2 and key not in GENERIC and (row["departement_code"], key) not in own:
                known.append((Query(cut, "commune", row["departement_code"], day=day), row["code"]))
    return known


def spellings(name: str) -> Iterator[str]:
    """What printers make of a name."""
    yield name.upper()
    yield strip_accents(name)
    yield name.replace("-", " ")
    yield name.replace("Saint-", "St ").replace("Sainte-", "Ste ")
    for word, short in (("-sur-", "s/"), ("-sur-", "/"), ("-sous-", "s/"), ("-sous-", "ss "), ("-lès-", "lez ")):
        if word in name:
            yield name.replace(word, f" {short}")


def respelt(found: list[dict[str, Any]], day: str, *, with_departement: bool) -> Known:
    """Every spelling as a query."""
    return [
        (Query(text, "commune", row["departement_code"] if with_departement else None, day=day), row["code"])
        for row in found
        for text in spellings(row["nom"])
    ]


def groups_of(year: int) -> list[dict[str, Any]]:
    """The EPCI of a vintage since 2019, under their names of then."""
    now = [row for row in rows("epci-2026") if row["nature"] == "epci" and row["nom_depuis_millesime"] <= year]
    before = [row for row in rows("anciens_epci") if row["premier_millesime"] <= year <= row["dernier_millesime"]]
    return now + before


def as_history(folder: Path) -> None:
    """The reference with its vintages of EPCI told as the history of earlier years."""
    for path in REFERENCE.iterdir():
        (folder / path.name).symlink_to(path)
    history = [
        {
            "annee": year - EARLIER, "code": row["code"], "nom": row["nom"], "cle": row["cle"], "type": row["type"],
            "departements_codes": row["departements_codes"], "population": None, "code_actuel": None,
        }
        for year in range(2019, 2027)
        for row in groups_of(year)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(history), folder / f"{HISTORY}.parquet")


def main() -> None:
    gazetteer = load_gazetteer(REFERENCE)
    print("| names | number | found | wrong | ms a name | bar |\n|---|---|---|---|---|---|")
    reached = []
    for year in (2006, 2012, 2017, 2020, 2026):
        found, day = communes_of(year), f"{year}-07-01"
        known = asked(found, day, with_departement=True)
        reached.append(measure(f"communes of {year}, with département", known, gazetteer, WITH))
        known = asked(found, day, with_departement=False)
        reached.append(measure(f"communes of {year}, without", known, gazetteer, WITHOUT))
    found, day = communes_of(2026), "2026-07-01"
    reached.append(measure("cut at their words, with département", shortened(found, day), gazetteer, NEVER_WRONG))
    known = respelt(found, day, with_departement=True)
    reached.append(measure("spellings, with département", known, gazetteer, WITH))
    known = respelt(found, day, with_departement=False)
    reached.append(measure("spellings, without", known, gazetteer, WITHOUT))
    for year in (2019, 2022, 2026):
        known = [(Query(row["nom"], "epci", day=f"{year}-01-01"), row["code"]) for row in groups_of(year)]
        reached.append(measure(f"EPCI of {year}", known, gazetteer, GROUPS))
    known = [
        (Query(row["nom"], "epci", day=f"{year - EARLIER}-01-01"), row["code"])
        for year in range(2019, 2027)
        for row in groups_of(year)
    ]
    reached.append(measure("EPCI of earlier years, no history", known, gazetteer, NEVER_WRONG))
    with tempfile.TemporaryDirectory() as folder:
        as_history(Path(folder))
        reached.append(measure("the same, history given", known, Gazetteer(Path(folder)), GROUPS))
    sys.exit(0 if all(reached) else 1)


if __name__ == "__main__":
    main()
