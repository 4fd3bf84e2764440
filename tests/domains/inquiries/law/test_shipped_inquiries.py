"""The shipped inquiries go through the whole way: nothing refused, every one checked, the known doubts told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.domains.inquiries.law.regles import regles
from pipelines.findings import run_rules
from pipelines.schema import load_table
from pipelines.schema.arrow import as_text
from pipelines.tables.registry import derivation
from pipelines.validation import validate
from tests.domains.inquiries.law.shipped import PACKAGE, ROOT, normalised, tables

NAMES = (
    *("enquetes", "enquete_objets", "enquete_territoires", "enquete_publicites", "enquete_permanences"),
    *("enquete_evenements", "comptages_observations", "controles_legaux", "regles", "conformite_annuelle"),
)


def rows(name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tables()[f"{PACKAGE}/{name}"].to_pylist()
    return found


def by_title() -> dict[str, dict[str, object]]:
    return {str(row["titre"]): row for row in rows("enquetes")}


def outcomes(title: str) -> dict[str, str]:
    identifier = by_title()[title]["enquete_id"]
    return {
        str(row["regle"]): str(row["resultat"]) for row in rows("controles_legaux") if row["enquete_id"] == identifier
    }


def test_nothing_is_refused_on_the_way() -> None:
    _, refused, incoming = normalised()
    assert refused == ()
    assert set(incoming.values()) == {0}


def test_every_table_is_accepted_by_its_schema() -> None:
    parents = {"enquetes": as_text(tables()[f"{PACKAGE}/enquetes"])}
    for name in NAMES:
        whole = load_table(ROOT / "schemas", PACKAGE, name)
        kept = tuple(key for key in whole.foreign_keys if key.table in parents)
        schema = replace(whole, foreign_keys=kept)
        validation = validate(as_text(tables()[f"{PACKAGE}/{name}"]), schema, parents=parents)
        assert validation.is_valid, (name, validation.totals)


def test_the_counts_are_those_of_the_files() -> None:
    real = [row for row in rows("enquetes") if not row["exemple"]]
    assert (len(real), len(rows("enquete_permanences"))) == (166, 229)
    assert sum(row["enquete_id"] in {r["enquete_id"] for r in real} for row in rows("enquete_publicites")) == 23


def test_sessions_and_notices_find_their_inquiry() -> None:
    known = {row["enquete_id"] for row in rows("enquetes")}
    for name in NAMES[1:8]:
        assert {row["enquete_id"] for row in rows(name)} <= known


def test_every_inquiry_has_a_result_for_every_rule() -> None:
    counted = Counter(row["enquete_id"] for row in rows("controles_legaux"))
    assert set(counted) == {row["enquete_id"] for row in rows("enquetes")}
    reached = {row["regle"] for row in rows("regles") if row["controlee"]}
    assert set(counted.values()) == {len(reached)} == {27}
    assert len(regles()) == 40


def test_no_shipped_inquiry_is_accused_of_a_breach() -> None:
    assert [row for row in rows("controles_legaux") if row["resultat"] == "non_conforme"] == []
    assert outcomes("Villiers-en-Désœuvre, PLU")["EP-22"] == "a_verifier"


def test_short_inquiries_without_a_word_on_assessment_are_not_accused() -> None:
    assert outcomes("Extension de la carrière de Fontaine-la-Guyon")["EP-02"] == "non_evalue"
    assert outcomes("Modification n°6 du PLU de Fuveau")["EP-03"] == "conforme"


def test_late_reports_are_to_be_verified() -> None:
    assert outcomes("PLU de Savigny-sur-Orge")["EP-23"] == "a_verifier"
    assert outcomes("Parc éolien Les Sables")["EP-23"] == "a_verifier"
    assert outcomes("Villiers-en-Désœuvre, PLU")["EP-23"] == "conforme"


def test_substitutes_named_since_2023_are_as_the_law_asks() -> None:
    assert outcomes("Centrales photovoltaïques de Saint-Gérand-le-Puy et Montaigu-le-Blin")["EP-10"] == "conforme"


def test_road_inquiries_of_16_and_18_days_are_to_be_verified() -> None:
    for title in (
        "Aliénation d'un chemin rural de Bannay",
        "Cession d'un chemin rural à Saint-Pierre-la-Garenne",
        "Déclassement du chemin Latéral",
    ):
        assert outcomes(title)["VOIRIE-15"] == "a_verifier"


def test_places_are_resolved_but_for_one_homonym() -> None:
    unresolved = [row["nom_imprime"] for row in rows("enquete_territoires") if row["territoire_code"] is None]
    assert unresolved == ["La Perrière"]


def test_overseas_seats_keep_their_own_time() -> None:
    gosier = by_title()["PLU du Gosier"]
    assert (gosier["fuseau_horaire"], gosier["ouverture_heure"]) == ("America/Guadeloupe", "08:30")


def test_court_numbers_are_normalised_and_kept_as_printed() -> None:
    row = by_title()["Élevage avicole de Mauron et Concoret"]
    assert (row["tribunal_numero_imprime"], row["tribunal_numero"]) == ("E18000088 / 35", "E18000088/35")


def test_examples_enter_no_total() -> None:
    counted = sum(int(str(row["enquetes_nombre"])) for row in rows("conformite_annuelle"))
    assert counted == 166


def test_annual_counts_add_up() -> None:
    real = {row["enquete_id"] for row in rows("enquetes") if not row["exemple"]}
    checks = Counter(row["resultat"] for row in rows("controles_legaux") if row["enquete_id"] in real)
    for name, outcome in (
        ("conformes_nombre", "conforme"),
        ("non_conformes_nombre", "non_conforme"),
        ("a_verifier_nombre", "a_verifier"),
        ("non_evalues_nombre", "non_evalue"),
    ):
        assert sum(int(str(row[name])) for row in rows("conformite_annuelle")) == checks[outcome]
    for row in rows("conformite_annuelle"):
        told = [int(str(row[f"{name}_nombre"])) for name in ("conformes", "non_conformes", "a_verifier")]
        assert row["evalues_nombre"] == sum(told)
        assert row["controles_nombre"] == sum(told) + int(str(row["non_evalues_nombre"]))


def test_the_known_contradictions_become_findings() -> None:
    found = run_rules(PACKAGE, tables(), Project.at(ROOT)).to_pylist()
    told = Counter(str(row["regle"]) for row in found)
    assert told["ENQ-01"] == 4
    assert told["ENQ-02"] == 2
    assert told["ENQ-03"] == 1
    assert (told["LOI-01"], told["LOI-02"], told["LOI-03"]) == (10, 5, 1)
    assert {row["resultat"] for row in found if row["regle"] in ("LOI-02", "LOI-03")} == {"a_verifier"}


def test_whatever_is_held_against_a_named_procedure_says_how_to_contest_it() -> None:
    project = Project.at(ROOT)
    for row in derivation("controles_legaux")(tables(), project).to_pylist():
        is_held = row["resultat"] in ("non_conforme", "a_verifier")
        assert bool(row["contester"]) is is_held
        assert not is_held or "enquetes@example.org" in row["contester"]
    for row in run_rules(PACKAGE, tables(), project).to_pylist():
        assert "réponse sous 30 jours" in row["message"]
        assert "answer within 30 days" in row["message_en"]


def test_a_package_without_rows_gives_tables_without_rows() -> None:
    empty = {key: table.slice(0, 0) for key, table in tables().items()}
    from pipelines.domains.inquiries.law import conformite_annuelle, controles

    assert controles(empty).num_rows == 0
    assert conformite_annuelle(empty[f"{PACKAGE}/controles_legaux"], empty).num_rows == 0
    assert controles({f"{PACKAGE}/enquetes": tables()[f"{PACKAGE}/enquetes"]}).num_rows == 166 * 27


def test_checks_do_not_depend_on_the_order_of_rows() -> None:
    from pipelines.domains.inquiries.law import controles

    def backwards(table: pa.Table) -> pa.Table:
        return table.take(pa.array(range(table.num_rows - 1, -1, -1), pa.int64()))

    straight = controles(tables()).to_pylist()
    turned = controles({key: backwards(table) for key, table in tables().items()}).to_pylist()
    assert {tuple(row.items()) for row in straight} == {tuple(row.items()) for row in turned}


def test_the_derived_tables_are_found_by_their_names() -> None:
    project, made = Project.at(ROOT), tables()
    assert derivation("controles_legaux")(made, project).num_rows == len(rows("controles_legaux"))
    assert derivation("regles")(made, project).num_rows == len(rows("regles"))
    assert derivation("conformite_annuelle")(made, project).num_rows == len(rows("conformite_annuelle"))
