"""Cases worked by hand: what may be asserted of an inquiry, and what is only to be verified.

A breach is where the law was read and the rows hold everything that could make the inquiry conform. Each case is
checked twice: on an inquiry made by hand, and on one that was written to the tables of the package and read again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from pipelines.domains.inquiries.law import Enquete, controler_regle, enquetes
from tests.domains.inquiries.law.builders import a_table, an_inquiry


class Case(NamedTuple):
    """Facts of an inquiry and what each rule says of them. `notices`: support, name, rank, date, seen, taken down."""

    about: str
    expected: dict[str, str]
    facts: dict[str, Any]


def case(about: str, rules: str, expected: str, **facts: Any) -> Case:
    return Case(about, dict(zip(rules.split(), expected.split(), strict=True)), facts)


def paper(name: str, rank: int, day: str) -> tuple[str, str, int, str]:
    return "journal", name, rank, day


ENV_2018 = {"arrete": "2018-05-01", "ouverture": "2018-06-16", "cloture": "2018-07-20"}
ENV_2014 = {"arrete": "2014-05-02", "ouverture": "2014-06-16", "cloture": "2014-07-20"}
DUP = {"famille": "enquete_dup", "objets": ("dup",), "arrete": "2019-09-01", "ouverture": "2019-09-16"}
DUP_15 = {**DUP, "cloture": "2019-09-30"}
PC = {"famille": "consultation_parallelisee"}
NOV_2019 = {"arrete": "2019-09-01", "ouverture": "2019-10-16", "cloture": "2019-11-30"}

CASES = [
    # Durations
    case(
        "30 days with assessment",
        "EP-02",
        "conforme",
        arrete="2018-05-01",
        ouverture="2018-06-01",
        cloture="2018-06-30",
        evaluation_environnementale=True,
    ),
    case(
        "29 days with assessment, text read in part",
        "EP-02",
        "a_verifier",
        arrete="2018-05-01",
        ouverture="2018-06-01",
        cloture="2018-06-29",
        evaluation_environnementale=True,
    ),
    case(
        "29 days under the law of 2012",
        "EP-02",
        "non_conforme",
        arrete="2014-01-10",
        ouverture="2014-02-01",
        cloture="2014-03-01",
        evaluation_environnementale=True,
    ),
    case(
        "29 days, but the source announces 30",
        "EP-02",
        "a_verifier",
        arrete="2014-01-10",
        ouverture="2014-02-01",
        cloture="2014-03-01",
        duree_publiee=30,
    ),
    case(
        "closing typed before the opening",
        "EP-02 EP-04 EP-01",
        "a_verifier a_verifier a_verifier",
        arrete="2014-01-10",
        ouverture="2014-03-01",
        cloture="2014-02-01",
    ),
    case(
        "15 days without assessment",
        "EP-02 EP-03",
        "non_applicable conforme",
        arrete="2020-09-01",
        ouverture="2020-10-01",
        cloture="2020-10-15",
        evaluation_environnementale=False,
    ),
    case(
        "one month from the 31st ends on the last of February",
        "EP-02",
        "conforme",
        arrete="2005-01-05",
        ouverture="2005-01-31",
        cloture="2005-02-28",
    ),
    case(
        "one month from the 31st, a day short",
        "EP-02",
        "non_conforme",
        arrete="2005-01-05",
        ouverture="2005-01-31",
        cloture="2005-02-27",
    ),
    case(
        "one month from the 29th in a leap year",
        "EP-02",
        "conforme",
        arrete="2004-01-05",
        ouverture="2004-01-29",
        cloture="2004-02-28",
    ),
    case(
        "one month from the 30th, a day short",
        "EP-02",
        "non_conforme",
        arrete="2005-01-05",
        ouverture="2005-01-30",
        cloture="2005-02-27",
    ),
    case(
        "one month from the first",
        "EP-02",
        "conforme",
        arrete="2005-05-05",
        ouverture="2005-06-01",
        cloture="2005-06-30",
    ),
    case("two months at most", "EP-04", "conforme", arrete="2013-05-01", ouverture="2013-06-01", cloture="2013-08-01"),
    case(
        "63 days, no extension known",
        "EP-04",
        "a_verifier",
        arrete="2013-05-01",
        ouverture="2013-06-01",
        cloture="2013-08-02",
    ),
    case(
        "two months from 31 December",
        "EP-04",
        "conforme",
        arrete="2013-12-01",
        ouverture="2013-12-31",
        cloture="2014-02-28",
    ),
    case(
        "extension of 15 days in 2018",
        "EP-05",
        "conforme",
        arrete="2018-05-01",
        ouverture="2018-06-01",
        cloture_initiale="2018-06-30",
        cloture="2018-07-15",
    ),
    case(
        "extension of 16 days in 2018, text from memory",
        "EP-05",
        "a_verifier",
        arrete="2018-05-01",
        ouverture="2018-06-01",
        cloture_initiale="2018-06-30",
        cloture="2018-07-16",
    ),
    case(
        "extension of 30 days in 2016",
        "EP-05",
        "conforme",
        arrete="2016-05-01",
        ouverture="2016-06-01",
        cloture_initiale="2016-06-30",
        cloture="2016-07-30",
    ),
    case(
        "extension that ends before it begins",
        "EP-05",
        "a_verifier",
        arrete="2016-05-01",
        ouverture="2016-06-01",
        cloture_initiale="2016-06-30",
        cloture="2016-06-20",
    ),
    case(
        "initial closing past two months, but the source announces a month",
        "EP-04",
        "a_verifier",
        arrete="2013-05-01",
        ouverture="2013-06-01",
        cloture_initiale="2013-08-02",
        cloture="2013-08-20",
        duree_publiee=30,
    ),
    case(
        "extension of 31 days in 2016, and a resumption was read",
        "EP-05",
        "a_verifier",
        arrete="2016-05-01",
        ouverture="2016-06-01",
        cloture_initiale="2016-06-30",
        cloture="2016-07-31",
        evenements=(("reprise", "2016-07-01"),),
    ),
    case(
        "suspended, resumed for ten days: the closing that was read may be the first one",
        "EP-29",
        "a_verifier",
        arrete="2015-05-01",
        ouverture="2015-06-01",
        cloture="2015-06-30",
        evenements=(("suspension", "2015-06-10"), ("reprise", "2015-06-21")),
    ),
    case(
        "suspended, and the closing comes before the resumption",
        "EP-29",
        "a_verifier",
        arrete="2015-05-01",
        ouverture="2015-06-01",
        cloture="2015-06-30",
        evenements=(("suspension", "2015-06-10"), ("reprise", "2015-09-01")),
    ),
    case(
        "extension decided after the closing that it moves",
        "EP-06",
        "a_verifier",
        arrete="2016-05-01",
        ouverture="2016-06-01",
        cloture_initiale="2016-06-30",
        cloture="2016-07-15",
        evenements=(("prolongation", "2016-07-02"),),
    ),
    case(
        "suspended and resumed in the spring of 2020",
        "EP-29",
        "a_verifier",
        arrete="2020-02-01",
        ouverture="2020-03-02",
        cloture="2020-07-01",
        evenements=(("suspension", "2020-03-17"), ("reprise", "2020-06-15")),
    ),
    case(
        "two suspensions, one allowed",
        "EP-29",
        "non_conforme",
        arrete="2015-05-01",
        ouverture="2015-06-01",
        cloture="2016-05-30",
        evenements=(
            ("suspension", "2015-06-10"),
            ("reprise", "2015-09-01"),
            ("suspension", "2015-09-10"),
            ("reprise", "2016-03-01"),
        ),
    ),
    case(
        "one suspension told with two dates",
        "EP-29",
        "a_verifier",
        arrete="2015-05-01",
        ouverture="2015-06-01",
        cloture="2015-10-30",
        evenements=(("suspension", "2015-06-10"), ("suspension", "2015-06-12"), ("reprise", "2015-09-01")),
    ),
    case(
        "a road inquiry of 30 days favours the public",
        "VOIRIE-15",
        "a_verifier",
        famille="enquete_voirie",
        objets=("voirie_declassement",),
        arrete="2014-08-01",
        ouverture="2014-09-01",
        cloture="2014-09-30",
    ),
    case(
        "a road inquiry of 14 days",
        "VOIRIE-15",
        "non_conforme",
        famille="enquete_voirie",
        objets=("voirie_declassement",),
        arrete="2014-08-01",
        ouverture="2014-09-01",
        cloture="2014-09-14",
    ),
    case(
        "a complementary inquiry of 16 days favours the public",
        "EP-30",
        "a_verifier",
        famille="enquete_complementaire",
        arrete="2019-08-01",
        ouverture="2019-09-01",
        cloture="2019-09-16",
    ),
    case(
        "a complementary inquiry of 14 days",
        "EP-30",
        "non_conforme",
        famille="enquete_complementaire",
        arrete="2019-08-01",
        ouverture="2019-09-01",
        cloture="2019-09-14",
    ),
    # Notices
    case(
        "two newspapers in time, reminders within eight days",
        "EP-11 EP-12",
        "conforme conforme",
        **ENV_2018,
        notices=(
            paper("A", 1, "2018-06-01"),
            paper("B", 1, "2018-06-01"),
            paper("A", 2, "2018-06-23"),
            paper("B", 2, "2018-06-16"),
        ),
    ),
    case("a lone reminder on the ninth day", "EP-12", "a_verifier", **ENV_2018, notices=(paper("A", 2, "2018-06-24"),)),
    case(
        "reminders in time, and a later insertion",
        "EP-12",
        "conforme",
        **ENV_2018,
        notices=(paper("A", 2, "2018-06-20"), paper("B", 2, "2018-06-20"), paper("A", 2, "2018-07-18")),
    ),
    case(
        "every notice is known, none recalls in time",
        "EP-12",
        "non_conforme",
        **ENV_2018,
        notices=(paper("A", 2, "2018-06-24"),),
        faits={"parutions_toutes_connues": True},
    ),
    case(
        "two titles, one late: a third may exist",
        "EP-11",
        "a_verifier",
        **ENV_2018,
        departements=("35", "22"),
        notices=(paper("A", 1, "2018-06-01"), paper("C", 1, "2018-06-05")),
    ),
    case(
        "two titles, one late, and they are all",
        "EP-11",
        "non_conforme",
        **ENV_2018,
        notices=(paper("A", 1, "2018-06-01"), paper("C", 1, "2018-06-05")),
        faits={"parutions_toutes_connues": True},
    ),
    case(
        "a late correction besides notices in time",
        "EP-11",
        "conforme",
        **ENV_2018,
        notices=(paper("A", 1, "2018-06-01"), paper("B", 1, "2018-05-30"), paper("A", 1, "2018-06-08")),
    ),
    case(
        "posted in time, seen during the inquiry",
        "EP-14",
        "conforme",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-01"), ("affichage", "constat", 2, "2018-06-20")),
    ),
    case(
        "posted in time, seen at the same place on another date",
        "EP-14",
        "conforme",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-01", "2018-06-20"),),
    ),
    case(
        "only seen during the inquiry",
        "EP-14",
        "non_evalue",
        **ENV_2018,
        notices=(("affichage", "mairie", 2, "2018-06-20"),),
    ),
    case(
        "rank not known, seen late",
        "EP-14",
        "non_evalue",
        **ENV_2018,
        notices=(("affichage", "mairie", None, "2018-06-10"),),
    ),
    case(
        "only seen, early enough", "EP-14", "conforme", **ENV_2018, notices=(("affichage", "mairie", 2, "2018-05-30"),)
    ),
    case(
        "one poster, 14 days before: another may have been put up",
        "EP-14",
        "a_verifier",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-02"),),
    ),
    case(
        "every poster is known, the only one went up 14 days before",
        "EP-14",
        "non_conforme",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-02"),),
        faits={"affiches_toutes_connues": True},
    ),
    case(
        "every poster is known, one of them only by the day on which it was seen",
        "EP-14",
        "a_verifier",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-02"), ("affichage", "site", 2, "2018-06-20")),
        faits={"affiches_toutes_connues": True},
    ),
    case(
        "every newspaper's notice is known says nothing of the posters",
        "EP-14",
        "a_verifier",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-02"),),
        faits={"parutions_toutes_connues": True},
    ),
    case(
        "every notice is known, one has no rank",
        "EP-11 EP-12",
        "a_verifier a_verifier",
        **ENV_2018,
        notices=(
            paper("A", 1, "2018-06-01"),
            ("journal", "B", None, "2018-05-30"),
            paper("A", 2, "2018-06-24"),
        ),
        faits={"parutions_toutes_connues": True},
    ),
    case(
        "every notice is known, two in time have no title",
        "EP-11",
        "a_verifier",
        **ENV_2018,
        notices=(("journal", None, 1, "2018-06-01"), ("journal", None, 1, "2018-05-30")),
        faits={"parutions_toutes_connues": True},
    ),
    case(
        "posted late at one place, another poster in time",
        "EP-14",
        "a_verifier",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-05"), ("affichage", "site", 2, "2018-05-30")),
    ),
    case(
        "posted again at the same place",
        "EP-14",
        "conforme",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-01"), ("affichage", "mairie", 1, "2018-06-12")),
    ),
    case(
        "taken down at the planned closing of an extended inquiry",
        "EP-14",
        "a_verifier",
        **{**ENV_2018, "cloture": "2018-07-30"},
        cloture_initiale="2018-07-20",
        notices=(("affichage", "mairie", 1, "2018-06-01", None, "2018-07-20"),),
    ),
    case(
        "taken down before the closing: another poster may have stayed",
        "EP-14",
        "a_verifier",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-01", None, "2018-07-10"),),
    ),
    case(
        "every poster is known and was taken down before the closing",
        "EP-14",
        "non_conforme",
        **ENV_2018,
        notices=(("affichage", "mairie", 1, "2018-06-01", None, "2018-07-10"),),
        faits={"affiches_toutes_connues": True},
    ),
    case(
        "every poster is known, one stayed",
        "EP-14",
        "a_verifier",
        **ENV_2018,
        notices=(
            ("affichage", "mairie", 1, "2018-06-01", None, "2018-07-10"),
            ("affichage", "site", 1, "2018-06-01"),
        ),
        faits={"affiches_toutes_connues": True},
    ),
    # After the closing
    case(
        "report on the thirtieth day",
        "EP-23",
        "conforme",
        arrete="2018-05-01",
        ouverture="2018-06-01",
        cloture="2018-06-30",
        rapport="2018-07-30",
    ),
    case(
        "report one month after 31 January",
        "EP-23",
        "conforme",
        arrete="2004-12-01",
        ouverture="2004-12-31",
        cloture="2005-01-31",
        rapport="2005-02-28",
    ),
    case(
        "expropriation: report one month after 31 March",
        "EP-23",
        "conforme",
        famille="enquete_dup",
        objets=("dup",),
        arrete="2019-03-01",
        ouverture="2019-03-16",
        cloture="2019-03-31",
        rapport="2019-04-30",
    ),
    case(
        "time ends on a Sunday, report on the Monday",
        "EP-23",
        "a_verifier",
        arrete="2019-10-01",
        ouverture="2019-11-04",
        cloture="2019-12-06",
        rapport="2020-01-06",
    ),
    case(
        "the same, and no more time was granted",
        "EP-23",
        "a_verifier",
        arrete="2019-10-01",
        ouverture="2019-11-04",
        cloture="2019-12-06",
        rapport="2020-01-06",
        faits={"delai_supplementaire_accorde": False},
    ),
    case(
        "the Tuesday after, and no more time was granted",
        "EP-23",
        "non_conforme",
        arrete="2019-10-01",
        ouverture="2019-11-04",
        cloture="2019-12-06",
        rapport="2020-01-07",
        faits={"delai_supplementaire_accorde": False},
    ),
    case(
        "time ends on 1 May, report on 2 May, no more time",
        "EP-23",
        "a_verifier",
        arrete="2019-02-01",
        ouverture="2019-03-01",
        cloture="2019-04-01",
        rapport="2019-05-02",
        faits={"delai_supplementaire_accorde": False},
    ),
    case(
        "time ends on Easter Monday, report on the Tuesday",
        "EP-23",
        "a_verifier",
        arrete="2019-01-20",
        ouverture="2019-02-20",
        cloture="2019-03-23",
        rapport="2019-04-23",
        faits={"delai_supplementaire_accorde": False},
    ),
    case(
        "late report, nothing known of more time",
        "EP-23",
        "a_verifier",
        arrete="2018-05-01",
        ouverture="2018-06-01",
        cloture="2018-06-30",
        rapport="2018-09-30",
    ),
    case(
        "report after the new date that was granted",
        "EP-23",
        "a_verifier",
        arrete="2014-05-01",
        ouverture="2014-06-01",
        cloture="2014-07-01",
        rapport="2014-10-15",
        evenements=(("echeance_rapport_reportee", "2014-09-30", "2014-09-30"),),
    ),
    case(
        "report typed before the closing",
        "EP-23 EP-01",
        "a_verifier a_verifier",
        arrete="2014-05-01",
        ouverture="2014-06-01",
        cloture="2014-07-01",
        rapport="2014-06-15",
    ),
    case(
        "minutes on the eighth day, reply on the sixteenth",
        "EP-21 EP-22",
        "conforme a_verifier",
        arrete="2014-05-01",
        ouverture="2014-06-01",
        cloture="2014-07-01",
        pv_synthese="2014-07-09",
        memoire_reponse="2014-07-25",
    ),
    case(
        "minutes late after the register was received",
        "EP-21",
        "non_conforme",
        arrete="2014-05-01",
        ouverture="2014-06-01",
        cloture="2014-07-01",
        pv_synthese="2014-07-16",
        faits={"reception_du_registre": "2014-07-02"},
    ),
    case(
        "minutes of the Monday after a Saturday",
        "EP-21",
        "a_verifier",
        arrete="2014-05-01",
        ouverture="2014-06-01",
        cloture="2014-07-01",
        pv_synthese="2014-07-15",
        faits={"reception_du_registre": "2014-07-04"},
    ),
    case(
        "minutes typed before the closing",
        "EP-21",
        "a_verifier",
        arrete="2014-05-01",
        ouverture="2014-06-01",
        cloture="2014-07-01",
        pv_synthese="2014-06-09",
    ),
    case(
        "an unfavourable opinion with reservations",
        "EP-25",
        "a_verifier",
        **ENV_2014,
        objets=(("plu_elaboration", "defavorable", "objet", 3),),
    ),
    case(
        "reservations of which none is stated",
        "EP-25",
        "a_verifier",
        **ENV_2014,
        objets=(("plu_elaboration", "favorable_sous_reserves", "objet", 0),),
    ),
    # Who conducts
    case(
        "no substitute, designated in February 2017",
        "EP-10",
        "a_verifier",
        designation="2017-02-15",
        arrete="2017-03-01",
        ouverture="2017-03-20",
        cloture="2017-04-20",
        suppleant=False,
    ),
    case(
        "substitute named in 2024",
        "EP-10",
        "conforme",
        designation="2024-02-15",
        arrete="2024-03-01",
        ouverture="2024-03-20",
        cloture="2024-04-20",
        suppleant=True,
    ),
    case(
        "substitute named in 2019",
        "EP-10",
        "a_verifier",
        designation="2019-02-15",
        arrete="2019-03-01",
        ouverture="2019-03-20",
        cloture="2019-04-20",
        suppleant=True,
    ),
    case(
        "no substitute in 2014",
        "EP-10",
        "non_conforme",
        designation="2014-02-15",
        arrete="2014-03-01",
        ouverture="2014-03-20",
        cloture="2014-04-20",
        suppleant=False,
    ),
    case(
        "no substitute, the day before the law of 2023",
        "EP-10",
        "a_verifier",
        designation="2023-03-11",
        arrete="2023-04-01",
        ouverture="2023-05-02",
        cloture="2023-06-02",
        suppleant=False,
    ),
    case("a commission of two", "EP-09", "non_conforme", **ENV_2014, organe="commission", membres=2),
    case(
        "one examiner and three members", "EP-09", "a_verifier", **ENV_2014, organe="commissaire_enqueteur", membres=3
    ),
    # Orders and sessions
    case("designation typed after the order", "EP-01", "a_verifier", designation="2019-10-15", **NOV_2019),
    case("a session typed one day after the closing", "EP-20", "a_verifier", **NOV_2019, permanences=("2019-12-01",)),
    case(
        "order 14 days before the opening",
        "EP-07",
        "non_conforme",
        arrete="2014-06-02",
        ouverture="2014-06-16",
        cloture="2014-07-20",
    ),
    case(
        "order of the extension read as the order",
        "EP-07 EP-01",
        "a_verifier a_verifier",
        arrete="2014-07-10",
        ouverture="2014-06-16",
        cloture="2014-07-30",
    ),
    case(
        "order of an amended notice read as the order",
        "EP-07",
        "a_verifier",
        arrete="2014-06-10",
        ouverture="2014-06-16",
        cloture="2014-07-30",
        evenements=(("avis_modificatif", "2014-06-10"),),
    ),
    case(
        "order 14 days before, but dates deny each other",
        "EP-07",
        "a_verifier",
        designation="2014-06-05",
        arrete="2014-06-02",
        ouverture="2014-06-16",
        cloture="2014-07-20",
    ),
    # Regimes
    case(
        "Saint-Barthélemy has its own environment code",
        "EP-02",
        "non_evalue",
        departements=("977",),
        arrete="2019-08-01",
        ouverture="2019-09-01",
        cloture="2019-09-10",
        evaluation_environnementale=True,
    ),
    case(
        "so has New Caledonia",
        "EP-02",
        "non_evalue",
        departements=("988",),
        arrete="2019-08-01",
        ouverture="2019-09-01",
        cloture="2019-09-10",
        evaluation_environnementale=True,
    ),
    case(
        "so have the southern lands",
        "EP-02",
        "non_evalue",
        departements=("984",),
        arrete="2019-08-01",
        ouverture="2019-09-01",
        cloture="2019-09-10",
        evaluation_environnementale=True,
    ),
    case(
        "parallel consultation of three months",
        "PC-01 PC-04",
        "conforme conforme",
        **PC,
        demande="2024-11-04",
        ouverture="2026-06-22",
        cloture="2026-09-22",
        rapport="2026-10-13",
    ),
    case(
        "three months from 30 November",
        "PC-01",
        "conforme",
        **PC,
        demande="2025-01-04",
        ouverture="2025-11-30",
        cloture="2026-02-28",
    ),
    case(
        "report of a parallel consultation after four weeks",
        "PC-04",
        "a_verifier",
        **PC,
        demande="2025-01-04",
        ouverture="2025-11-30",
        cloture="2026-02-28",
        rapport="2026-03-28",
    ),
    case(
        "public utility: 15 days, 8 days of notice",
        "EP-02 EP-11",
        "conforme conforme",
        **DUP_15,
        notices=(paper("A", 1, "2019-09-08"), paper("B", 1, "2019-09-08")),
    ),
    case(
        "public utility: notices 7 days before",
        "EP-11",
        "a_verifier",
        **DUP_15,
        notices=(paper("A", 1, "2019-09-09"), paper("B", 1, "2019-09-09")),
    ),
    case(
        "public utility and town plan together: law left open",
        "EP-02",
        "non_evalue",
        **{**DUP_15, "famille": "enquete_conjointe", "objets": ("dup", "plu_mise_en_compatibilite")},
    ),
    case(
        "public utility with an assessment: law left open",
        "EP-02",
        "non_evalue",
        **DUP_15,
        evaluation_environnementale=True,
    ),
    case(
        "participation in an individual decision is no inquiry",
        "EP-01 EP-02 EP-11",
        "non_applicable non_applicable non_applicable",
        **{**ENV_2018, "famille": "participation_l123_19_2"},
    ),
    case(
        "a registered facility is consulted on without inquiry",
        "EP-02 EP-23",
        "non_applicable non_applicable",
        **{**ENV_2018, "famille": "consultation_enregistrement"},
    ),
    case(
        "prior consultation is no inquiry",
        "EP-02 EP-10",
        "non_applicable non_applicable",
        **{**ENV_2018, "famille": "concertation_prealable"},
    ),
]


def made(facts: dict[str, Any]) -> Enquete:
    given = dict(facts)
    renamed = {
        "famille": "family",
        "objets": "objects",
        "evenements": "events",
        "faits": "facts",
        "permanences": "sessions",
    }
    return an_inquiry(**{renamed.get(name, name): value for name, value in given.items()})


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.about)
def test_a_worked_case(one: Case) -> None:
    inquiry = made(one.facts)
    found = {rule: controler_regle(rule, inquiry).resultat.resultat for rule in one.expected}
    assert found == one.expected


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.about)
def test_a_worked_case_read_from_the_published_tables(one: Case) -> None:
    inquiry = made(one.facts)
    (again,) = enquetes(as_tables(inquiry))
    found = {rule: controler_regle(rule, again).resultat.resultat for rule in one.expected}
    assert found == one.expected


def test_what_is_inconsistent_shows_both_values() -> None:
    inquiry = made({"designation": "2019-10-15", **NOV_2019})
    told = controler_regle("EP-01", inquiry).resultat.remarque
    assert told is not None
    assert told.fr == "donnée incohérente : désignation le 2019-10-15, après arrêté le 2019-09-01"
    assert told.en == "inconsistent data: appointment on 2019-10-15, after order on 2019-09-01"


def test_every_reserve_is_in_both_languages() -> None:
    for one in CASES:
        for rule in one.expected:
            told = controler_regle(rule, made(one.facts)).resultat.remarque
            assert told is None or (told.fr and told.en and told.fr != told.en)


def as_tables(inquiry: Enquete) -> dict[str, Any]:
    """The tables of the package that contain one inquiry."""
    from pipelines.domains.inquiries.law.enquete import COLONNES, PACKAGE

    key = {"enquete_id": inquiry.id}
    row = {column: text(getattr(inquiry, name)) for name, column in COLONNES.items()}
    row |= key | {"departements_codes": ";".join(inquiry.departements) or None}
    rows: dict[str, list[dict[str, Any]]] = {"enquetes": [row]}
    rows["enquete_objets"] = [
        key
        | {
            "rang": str(rank),
            "objet_type": item.type,
            "avis": item.avis,
            "avis_portee": item.portee,
            "reserves_nombre": text(item.reserves),
        }
        for rank, item in enumerate(inquiry.objets, start=1)
    ]
    rows["enquete_publicites"] = [
        key
        | {
            "publicite_id": f"pub-{rank:012x}",
            "support": item.support,
            "support_nom": item.nom,
            "rang": text(item.rang),
            "publicite_date": text(item.jour),
            "constat_date": text(item.constat),
            "retrait_date": text(item.retrait),
        }
        for rank, item in enumerate(inquiry.publicites)
    ]
    rows["enquete_permanences"] = [
        key | {"permanence_id": f"per-{rank:012x}", "permanence_date": text(item.jour)}
        for rank, item in enumerate(inquiry.permanences)
    ]
    rows["enquete_evenements"] = [
        key | {"evenement": item.code, "evenement_date": text(item.jour), "echeance_date": text(item.echeance)}
        for item in inquiry.evenements
    ]
    rows["enquete_faits"] = [key | {"fait": fact, "rang": "1", **held(value)} for fact, value in inquiry.faits.items()]
    return {f"{PACKAGE}/{name}": a_table(name, found) for name, found in rows.items() if found}


def text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def held(value: Any) -> dict[str, str | None]:
    if isinstance(value, bool):
        return {"valeur_oui_non": text(value)}
    return {"valeur_nombre" if isinstance(value, int) else "valeur_date": text(value)}
