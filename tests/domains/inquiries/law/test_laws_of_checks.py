"""What applies to every rule: data and functions agree, what was not read is never a breach, today never matters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.registry import NameTaken
from pipelines.domains.inquiries.law import (
    Enquete,
    Evenement,
    Objet,
    Permanence,
    Publicite,
    controler,
    controler_tous,
    regles_table,
)
from pipelines.domains.inquiries.law.concordance import annee
from pipelines.domains.inquiries.law.regimes import regime_le
from pipelines.domains.inquiries.law.regles import Regle, conforme_si, lignes, regle, regles, version_de
from pipelines.findings.versions import RuleVersion
from pipelines.schema import load_codelist
from tests.domains.inquiries.law.builders import SCHEMAS, a_table, an_inquiry

FAMILIES = load_codelist(SCHEMAS, "enquete_familles").values
OBJECTS = load_codelist(SCHEMAS, "enquete_objets_types").values
EVENTS = load_codelist(SCHEMAS, "enquete_evenements").values
DAYS = st.none() | st.dates(date(1984, 1, 1), date(2030, 12, 31))
NEAR = st.integers(-60, 120)


@st.composite
def inquiries(draw: st.DrawFn) -> Enquete:
    opening = draw(DAYS)
    base = opening or date(2019, 3, 4)

    def near() -> Any:
        return draw(st.none() | NEAR.map(lambda days: base + timedelta(days=days)))

    told = {name: near() for name in ("designation", "arrete", "cloture_initiale", "cloture", "pv_synthese", "rapport")}
    return Enquete(
        id="enq-000000000000",
        titre="Enquête inventée",
        famille=draw(st.sampled_from(FAMILIES)),
        departements=draw(st.sampled_from([(), ("27",), ("974",), ("988",)])),
        ouverture=opening,
        demande=near(),
        suppleant=draw(st.none() | st.booleans()),
        evaluation_environnementale=draw(st.none() | st.booleans()),
        membres=draw(st.none() | st.integers(1, 7)),
        objets=tuple(
            Objet(code, draw(st.none() | st.sampled_from(["favorable", "defavorable"])))
            for code in draw(st.lists(st.sampled_from(OBJECTS), max_size=3))
        ),
        publicites=tuple(
            Publicite(
                draw(st.sampled_from(["journal", "web", "affichage"])),
                draw(st.none() | st.sampled_from("AB")),
                draw(st.sampled_from([1, 2])),
                base + timedelta(days=days),
            )
            for days in draw(st.lists(NEAR, max_size=3))
        ),
        permanences=tuple(Permanence(base + timedelta(days=days)) for days in draw(st.lists(NEAR, max_size=2))),
        evenements=tuple(
            Evenement(draw(st.sampled_from(EVENTS)), base + timedelta(days=days))
            for days in draw(st.lists(NEAR, max_size=3))
        ),
        **told,
    )


@settings(max_examples=300, deadline=None)
@given(inquiries())
def test_only_a_text_that_was_read_can_be_missed(inquiry: Enquete) -> None:
    for constat in controler(inquiry):
        if constat.resultat.resultat == "non_conforme":
            assert constat.certitude in ("lu", "logique")
            assert constat.choix.reserve is None
            assert constat.resultat.calcul


@settings(max_examples=200, deadline=None)
@given(inquiries())
def test_a_check_always_says_why(inquiry: Enquete) -> None:
    for constat in controler(inquiry):
        found = constat.resultat
        if found.resultat == "non_evalue":
            assert found.manque
        elif found.resultat == "non_applicable":
            assert found.remarque
        else:
            assert found.calcul
        if found.resultat == "a_verifier":
            assert found.remarque


@settings(max_examples=200, deadline=None)
@given(inquiries(), st.sampled_from(["arrete", "designation", "cloture", "pv_synthese", "rapport", "memoire_reponse"]))
def test_forgetting_a_fact_never_makes_a_breach(inquiry: Enquete, name: str) -> None:
    from dataclasses import replace

    before = {constat.regle.id: constat.resultat.resultat for constat in controler(inquiry)}
    forgotten = replace(inquiry, **{name: None})
    for constat in controler(forgotten):
        if constat.resultat.resultat == "non_conforme" and before[constat.regle.id] in ("conforme", "non_applicable"):
            # The law that applies may be another once the order is forgotten; under the same law, nothing gets worse.
            assert name in ("arrete", "designation")


@pytest.mark.parametrize("family", FAMILIES)
def test_an_inquiry_of_which_nothing_was_read_is_accused_of_nothing(family: str) -> None:
    for constat in controler(an_inquiry(family=family, objects=[])):
        assert constat.resultat.resultat in ("non_evalue", "non_applicable")


def test_thirty_nine_rules_and_the_road_stand_in_the_data_and_in_the_code() -> None:
    numbered = {f"EP-{number:02d}" for number in range(1, 35)} | {f"PC-{number:02d}" for number in range(1, 6)}
    assert set(regles()) == {line.rule for line in lignes()} == numbered | {"VOIRIE-15"}


def test_every_rule_explains_itself_in_a_sentence() -> None:
    for rule in regles().values():
        assert rule.explication.endswith(".")
        assert rule.titre.fr
        assert rule.titre.en
        assert rule.preuve.endswith(".")


def test_the_facts_that_rules_need_are_in_the_code_list() -> None:
    known = set(load_codelist(SCHEMAS, "enquete_faits").values)
    assert {fact for rule in regles().values() for fact in rule.faits} <= known


def test_a_rule_that_no_inquiry_reaches_is_told_and_not_counted() -> None:
    bare = an_inquiry(order="2018-05-01", opening="2018-06-01", closing="2018-07-10", id="enq-000000000001")
    asked = an_inquiry(designation="2018-04-20", order="2018-05-01", facts={"saisine_du_tribunal": "2018-04-12"})
    assert "EP-08" not in {constat.regle.id for constat in controler_tous([bare])}
    assert "EP-08" in {constat.regle.id for constat in controler_tous([bare, asked])}
    told = {row["regle"]: row["controlee"] for row in regles_table([bare]).to_pylist()}
    assert (told["EP-08"], told["EP-02"]) == ("false", "true")


def test_no_two_versions_of_a_rule_hold_on_one_day() -> None:
    for rule in regles():
        for line in (item for item in lignes() if item.rule == rule):
            for other in (item for item in lignes() if item.rule == rule and item.parameter == line.parameter):
                if line is other or not set(line.regimes) & set(other.regimes):
                    continue
                ends = (line.valid_until or date.max) < (other.valid_from or date.min)
                assert ends or (other.valid_until or date.max) < (line.valid_from or date.min)


def test_codes_of_the_data_are_codes_of_the_lists() -> None:
    regimes = set(load_codelist(SCHEMAS, "enquete_regimes").values)
    certainties = set(load_codelist(SCHEMAS, "certitudes").values)
    for line in lignes():
        assert line.certainty in certainties
        assert line.regimes == ("*",) or set(line.regimes) <= regimes


def test_regimes_have_the_dates_of_their_list() -> None:
    for code in load_codelist(SCHEMAS, "enquete_regimes").codes:
        if code.code.startswith("env_") and code.valid_from:
            assert regime_le("enquete_environnementale", code.valid_from) == code.code
            assert regime_le("enquete_environnementale", code.valid_from - timedelta(days=1)) != code.code


def test_a_version_needs_a_day_where_days_bound_it() -> None:
    assert version_de("EP-10", "env_2017", None) is None
    assert version_de("EP-09", "env_2017", None) is not None


def test_a_rule_without_an_explanation_is_refused() -> None:
    def silent(inquiry: Enquete, version: RuleVersion) -> Any:
        return conforme_si(True, "")

    with pytest.raises(TypeError, match="explication"):
        regle("EP-99", "sans explication", "unexplained", preuve="Aucune.")(silent)


def test_two_rules_of_one_name_are_refused() -> None:
    def other(inquiry: Enquete, version: RuleVersion) -> Any:
        """Une autre règle."""
        return conforme_si(True, "")

    assert "EP-01" in regles()
    with pytest.raises(NameTaken, match="EP-01"):
        regle("EP-01", "doublon", "twin", preuve="Aucune.")(other)
    assert isinstance(regles()["EP-01"], Regle)


def test_tables_become_inquiries() -> None:
    from pipelines.domains.inquiries.law import enquetes

    tables = {
        "enquetes-publiques/enquetes": a_table(
            "enquetes",
            [
                {
                    "enquete_id": "enq-0",
                    "titre": "A",
                    "famille": "ppve",
                    "exemple": "false",
                    "departements_codes": "02;51",
                }
            ],
        ),
        "enquetes-publiques/enquete_publicites": a_table(
            "enquete_publicites",
            [
                {
                    "publicite_id": "b",
                    "enquete_id": "enq-0",
                    "support": "journal",
                    "publicite_date": "2020-02-02",
                    "rang": "2",
                },
                {
                    "publicite_id": "a",
                    "enquete_id": "enq-0",
                    "support": "journal",
                    "publicite_date": "2020-01-02",
                    "rang": "1",
                },
            ],
        ),
    }
    inquiry = enquetes(tables)[0]
    assert inquiry.departements == ("02", "51")
    assert [item.rang for item in inquiry.publicites] == [1, 2]
    assert annee(inquiry) == "inconnue"
