"""Rules on recorded figures of access and rurality: units that were mixed up, totals that do not add up.

Belongs here: checks of rows, and of the rows of one date. Does not: choosing another figure; what was recorded stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.findings.registry import Finding, finding_rule
from pipelines.tables.frames import frame

ACCESS, RURALITY = "territoires-numeriques/acces_fixe_departements", "territoires-numeriques/ruralite_departements"
CLASSES = tuple(f"habitants_classe_{number}" for number in range(1, 8))
ENOUGH = 5  # so many figures of one date, none of which is above 1, are no percentages by chance


@finding_rule("TER-01", reads=(ACCESS,), base="Unité de la colonne : des pourcentages, de 0 à 100", certainty="observe")
def shares_are_percentages(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les parts de locaux sont en pour cent. Quand aucune part d'une date ne dépasse 1, elles sont peut-être en
    proportion (0,82 pour 82 %) : les nombres de cette date sont à vérifier."""
    access = frame(tables[ACCESS])
    positive = access[access["part_fibre"].astype("float64") > 0]
    for (series, day), group in positive.groupby(["serie", "date_reference"], sort=True):
        highest = group["part_fibre"].astype("float64").max()
        if len(group) < ENOUGH or highest > 1:
            continue
        first = group.sort_values("departement_code").iloc[0]
        yield Finding(
            table="acces_fixe_departements",
            key=(str(series), str(first["departement_code"]), str(day)),
            field="part_fibre",
            outcome="a_verifier",
            arithmetic=f"{len(group)} parts, la plus grande {highest:g} ≤ 1",
            fr=f"Série « {series} », {day} : les parts semblent des proportions, et non des pourcentages.",
            en=f'Series "{series}", {day}: the shares seem to be proportions, not percentages.',
            sources=(str(first["source_url"]),),
        )


@finding_rule("TER-02", reads=(RURALITY,), base="Arithmétique, dans une même ligne")
def classes_make_the_population(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les habitants des sept classes de densité d'un département font sa population."""
    for row in tables[RURALITY].to_pylist():
        people = [row[name] for name in CLASSES]
        if None in people or row["population"] is None or sum(people) == row["population"]:
            continue
        yield Finding(
            table="ruralite_departements",
            key=(row["departement_code"],),
            field="population",
            outcome="a_verifier",
            arithmetic=f"{' + '.join(map(str, people))} = {sum(people)} ≠ {row['population']}",
            fr=f"Département {row['departement_code']} : les classes de densité ne font pas la population.",
            en=f"Département {row['departement_code']}: the density classes do not make up the population.",
            sources=(row["source_url"],) if row["source_url"] else (),
        )


@finding_rule("TER-03", reads=(ACCESS,), base="Arithmétique, d'une date à la suivante", certainty="observe")
def a_share_does_not_fall_a_hundredfold(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """La part de locaux d'un département ne devient pas cent fois plus petite d'une date à la suivante. Sinon elle est
    peut-être en proportion (0,82), et les autres en pour cent : elle est à vérifier."""
    access = frame(tables[ACCESS]).dropna(subset=["part_fibre"])
    access = access.sort_values(["serie", "departement_code", "date_reference"])
    access["part_fibre"] = access["part_fibre"].astype("float64")
    for (series, code), rows in access.groupby(["serie", "departement_code"], sort=True):
        earlier: float | None = None
        for day, share, page in zip(rows["date_reference"], rows["part_fibre"], rows["source_url"], strict=True):
            if earlier is not None and 0 < share <= 1 < earlier and abs(100 * share - earlier) < earlier - share:
                yield Finding(
                    table="acces_fixe_departements",
                    key=(str(series), str(code), str(day)),
                    field="part_fibre",
                    outcome="a_verifier",
                    arithmetic=f"{earlier:g} puis {share:g}",
                    fr=f"Département {code}, {day} : la part semble une proportion.",
                    en=f"Département {code}, {day}: the share seems to be a proportion.",
                    sources=(str(page),),
                )
            else:
                earlier = share
