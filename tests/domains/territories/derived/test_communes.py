"""The live sources of access, against a server that answers in their shape, and the tables that they bring.

The files are made up here in the layout that Arcep, Insee, Eurostat and DITP publish, each with the traps of that file.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.collect import make_snapshots
from pipelines.pipeline.graph import BuildGraph
from pipelines.schema import load_package
from pipelines.sources import load_sources
from tests.domains.territories.derived.builders import PROJECT
from tests.domains.territories.derived.test_access import ANSWERS, assert_as_computed_apart
from tests.sources.server import Reply, Server, serving

PACKAGE = "territoires-numeriques"
DATA = ANSWERS.parent
LIVE = ("densite-communes", "eurostat-echanges", "fibre-ditp", "internet-communes", "sites-mobiles")
TABLES = (
    "releves_acces_communes",
    "acces_fixe_communes",
    "densite_communes",
    "sites_programmes",
    "zones_blanches_communes",
    "label_et_acces",
)
HEAD = "code_insee;nom_com;code_dep;code_reg;type;nbr;date"
# Code, premises, fibre, cable, copper 30, copper 8, fixed 4G, broadband radio, satellite; wired 30, wired without.
COMMUNES = [
    ("15014", 20000, 19600, 0, 100, 200, 60, 0, 40, 19700, 100),  # Aurillac
    ("15031", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),  # restored in 2025: no data
    ("15003", 200, 0, 0, 60, 80, 30, 10, 20, 60, 60),  # a dispersed municipality without fibre
    ("1004", 8000, 6000, 500, 500, 600, 200, 100, 100, 7000, 400),  # the leading zero was lost
    ("75056", 1800000, 1790000, 5000, 4000, 1000, 0, 0, 0, 1799000, 1000),  # one row for Paris
    ("97701", 100, 50, 0, 20, 10, 10, 5, 5, 70, 20),  # its name has lost its accent
]


def now() -> datetime:
    return datetime(2026, 11, 28, tzinfo=UTC)


def best_technique(fixed_4g: str = "elig_4gf", encoding: str = "cp1252") -> bytes:
    lines = [f"{HEAD};nbr_elig_8;elig_ftth;elig_coax;elig_cu_30;elig_thdr;elig_cu_8;{fixed_4g};elig_hdr;elig_sat"]
    for code, nbr, ftth, coax, cu30, cu8, fourg, hdr, sat, *_ in COMMUNES:
        counts = ";".join(map(str, (nbr, ftth, coax, cu30, 0, cu8, fourg, hdr, sat)))
        lines += [f"{code};Saint-Barthélemy;15;84;{kind};{nbr};2026-06-30;{counts}" for kind in ("all", "res")]
    return ("\n".join(lines) + "\n").encode(encoding)


def wired_speed() -> bytes:
    lines = [f"{HEAD};inel_hd;elig_hd3;elig_bhd8;elig_thd30;elig_thd100;elig_thd1g"]
    for code, nbr, *_, thd30, none in COMMUNES:
        shown = "NA" if code == "97701" else thd30
        lines.append(f"{code};Saint-Barthlemy;15;84;all;{nbr};2026-06-30;{none};{nbr};{nbr};{shown};{nbr};{nbr}")
        lines.append(f"{code};Saint-Barthlemy;15;84;res;{nbr};2026-06-30;1;1;1;1;1;1")
    return ("\n".join(lines) + "\n").encode()


def density(columns: str = "DENS", people: str = "PMUN19") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Grille_Densite"
    for text in ("Grille communale de densité", "Géographie 2022", "Source : Insee", ""):
        sheet.append([text])
    sheet.append(["CODGEO", "LIBGEO", *columns.split(), "LIBDENS", people])
    for code, name, number, count in [
        ("15014", "Aurillac", 2, 25500),
        ("15003", "Alleuze", 7, 190),
        ("01004", "Ambérieu-en-Bugey", 2, 14134),
        ("75056", "Paris", 1, 2165423),
        ("01003", "Amareins-Francheleins-Cesseins", 6, 10),  # no longer a commune of today: 01165 is in its place
    ]:
        classes = [number] if columns == "DENS" else [3 if number > 4 else 1, number]
        sheet.append([code, name, *classes, "libellé", count])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


SITES = "code_op;nom_op;num_site;id_site_partage;id_station_anfr;insee_com;nom_com;site_4g;site_ZB;site_DCC"
METROPOLE = [
    "20801;Orange;A1;ZB-1;1;15003;Alleuze;1;1;0",
    "20810;SFR;B1;ZB-1;1;15003;Alleuze;0;1;0",
    "20815;Free;C1;;2;15003;Alleuze;0;1;1",
    "20820;Bouygues;D1;;3;75056;Paris;1;0;0",
]
OUTREMER = ["64700;SRR;E1;;4;97411;Saint-Denis;1;0;1"]


def sites(rows: list[str]) -> bytes:
    return ("\n".join([SITES, *rows]) + "\n").encode()


def eurostat() -> bytes:
    """Four values and one gap, by place: the dimension of one category has no turn."""
    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "id": ["freq", "indic_is", "unit", "ind_type", "geo", "time"],
            "size": [1, 2, 1, 1, 2, 2],
            "dimension": {
                "freq": {"category": {"index": {"A": 0}, "label": {"A": "Annual"}}},
                "indic_is": {"category": {"index": {"I_IUGOV12": 0, "I_IUGOV1": 1}}},
                "unit": {"category": {"index": {"PC_IND": 0}}},
                "ind_type": {"category": {"index": {"IND_TOTAL": 0}}},
                "geo": {"category": {"index": {"EU27_2020": 0, "FR": 1}}},
                "time": {"category": {"index": {"2021": 0, "2022": 1}}},
            },
            "value": {"0": 58.47, "2": 72.9, "5": 50.62, "7": 66.1},
            "status": {"2": "b"},
        }
    ).encode()


def ditp() -> bytes:
    """The nine quarters of the answers, of which one département stands for all of its rank; and a target, a region."""
    lines = ["indic_id,enforce_zone_id,metric_enforce_date,maille,indic_vi,indic_va,indic_vc,indic_ta"]
    for number, code in enumerate(["15", "23", "75", "976"]):
        lines.append(f"IND-306,D{code},2022-06-01,DEPT,{0 if code == '976' else 40.25 + number},,,")
        lines.append(f"IND-306,D{code},2023-12-01,DEPT,,{50.5 + number},,")
        lines.append(f"IND-306,D{code},2026-12-01,DEPT,,,100,")
    lines += ["IND-306,R84,2023-12-01,REG,,61.2,,", "IND-306,FRANCE,2023-12-01,NAT,,80.1,,"]
    return ("\n".join(lines) + "\n").encode()


def route(server: Server) -> None:
    """The addresses of the five sources; Arcep's first host sends on to another one."""

    def moved(name: str) -> Reply:
        elsewhere = server.url.replace("127.0.0.1", "localhost")
        return Reply(b"", 302, {"Location": f"{elsewhere}/stockage/{name}"})

    files = {"commune_meilleure_techno_thd.csv": best_technique(), "commune_debit_filaire.csv": wired_speed()}
    for name, body in files.items():
        server.routes[f"/fixe/maconnexioninternet/statistiques/last/commune/{name}"] = moved(name)
        server.routes[f"/stockage/{name}"] = Reply(body, headers={"Content-Type": "text/csv"})
    server.routes["/mobile/sites/2026_T1/2026_T1_sites_Metropole.csv"] = Reply(sites(METROPOLE))
    server.routes["/mobile/sites/2026_T1/2026_T1_sites_Outremer.csv"] = Reply(sites(OUTREMER))
    server.routes["/fr/statistiques/fichier/6439600/grille_densite_7_niveaux_2022.xlsx"] = Reply(density())
    server.routes["/eurostat/api/dissemination/statistics/1.0/data/isoc_ciegi_ac"] = Reply(
        eurostat(), headers={"Content-Type": "application/json"}
    )
    server.routes["/DITP-pilotage/barometre-resultats/8bab813a/data/ind-306.csv"] = Reply(ditp())


def switched_on(folder: Path, url: str, names: tuple[str, ...] = LIVE) -> Project:
    """The shipped project with these sources on, asking a server on this machine for short files."""
    for name in ("schemas", "sources"):
        shutil.copytree(PROJECT.root / name, folder / name)
    shutil.copyfile(PROJECT.file, folder / "arobase.yaml")
    for name in names:
        path = folder / "sources" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert "enabled: false\n" in text
        text = text.replace("enabled: false\n", "")
        text = re.sub(r"(address: )https://[^/]+", rf"\g<1>{url}", text)
        text = re.sub(r"min: \d+", "min: 1", text)
        more = "parameters:\n  allow_private: true\n"
        text = text.replace("parameters:\n", more) if "parameters:\n" in text else text + more
        path.write_text(text, encoding="utf-8")
    package = folder / "schemas" / PACKAGE / "package.yaml"
    package.write_text(re.sub(r"min: \d+", "min: 0", package.read_text(encoding="utf-8")), encoding="utf-8")
    return Project.at(folder, folder / "outputs")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> BuildGraph:
    with serving() as server:
        route(server)
        project = switched_on(tmp_path_factory.mktemp("projet"), server.url)
        made = BuildGraph(project)
        outcomes = dict(make_snapshots(project, made.sources_of(PACKAGE), now=now))
    assert {name: item for name, item in outcomes.items() if isinstance(item, Exception)} == {}
    assert set(LIVE) <= set(outcomes)
    return made


def rows(graph: BuildGraph, table: str, key: str) -> dict:
    return {row[key]: row for row in graph.table(f"{PACKAGE}/{table}").table.to_pylist()}


def test_they_ship_described_and_off_and_so_do_their_tables():
    sources = load_sources(PROJECT)
    assert set(LIVE) == set(sources.off)
    assert not set(LIVE) & set(sources)
    shipped = {table.name for table in load_package(PROJECT.schemas, PACKAGE, sources).tables}
    assert not shipped & {*TABLES, "code_classes_densite", "code_programmes_couverture"}
    described = {table.name for table in load_package(PROJECT.schemas, PACKAGE).tables}
    assert set(TABLES) <= described


def test_a_table_is_there_only_while_all_that_it_needs_is_on(tmp_path: Path):
    project = switched_on(tmp_path, "http://127.0.0.1", ("internet-communes",))
    tables = {table.name for table in load_package(project.schemas, PACKAGE, load_sources(project)).tables}
    assert tables & set(TABLES) == {"releves_acces_communes", "acces_fixe_communes"}


def test_each_record_is_read(graph: BuildGraph):
    assert {name: graph.records(name).rejects.num_rows for name in LIVE} == dict.fromkeys(LIVE, 0)


def test_wired_speed_and_fibre_stand_beside_each_other(graph: BuildGraph):
    row = rows(graph, "acces_fixe_communes", "code_commune")["15003"]
    assert (row["locaux"], row["locaux_fibre"], row["locaux_filaire_30"]) == (200, 0, 60)
    assert (float(row["part_fibre"]), float(row["part_filaire_30"])) == (0, 30)
    assert (row["locaux_sans_filaire"], row["locaux_sans_mieux"]) == (60, 60)
    assert row["date_reference"] == date(2026, 6, 30)


def test_a_municipality_without_premises_has_no_share(graph: BuildGraph):
    row = rows(graph, "acces_fixe_communes", "code_commune")["15031"]
    assert (row["part_fibre"], row["part_filaire_30"], row["controle_locaux_nuls"]) == (None, None, True)


def test_what_is_not_available_is_absent_and_codes_get_their_zero_back(graph: BuildGraph):
    found = rows(graph, "acces_fixe_communes", "code_commune")
    assert found["97701"]["locaux_filaire_30"] is None
    assert found["97701"]["part_filaire_30"] is None
    assert set(found) == {"01004", "15003", "15014", "15031", "75056", "97701"}


def test_the_density_class_and_the_label_stand_beside_the_access_of_a_commune(graph: BuildGraph):
    found = rows(graph, "acces_fixe_communes", "code_commune")
    assert {code: row["classe_densite"] for code, row in found.items()} == {
        "01004": "2",
        "15003": "7",
        "15014": "2",
        "15031": None,  # restored in 2025: the grid does not know it
        "75056": "1",
        "97701": None,
    }
    awarded = {row["territoire_code"] for row in graph.table("label/palmares").table.to_pylist()}
    assert found["15003"]["labellisee_connue"] is False
    assert {code for code, row in found.items() if row["labellisee_connue"]} == set(found) & awarded


def test_what_was_recorded_keeps_its_own_table_and_its_provenance(graph: BuildGraph):
    recorded = rows(graph, "releves_acces_communes", "code_commune")
    told = rows(graph, "acces_fixe_communes", "code_commune")
    added = {"classe_densite", "labellisee_connue"}
    assert recorded == {code: {name: row[name] for name in row if name not in added} for code, row in told.items()}


def test_a_shared_site_counts_once(graph: BuildGraph):
    found = {
        (row["code_commune"], row["programme"]): (row["sites"], row["sites_4g"], row["operateurs"])
        for row in graph.table(f"{PACKAGE}/zones_blanches_communes").table.to_pylist()
    }
    assert found == {
        ("15003", "zone_blanche"): (2, 1, 3),
        ("15003", "couverture_ciblee"): (1, 0, 1),
        ("97411", "couverture_ciblee"): (1, 1, 1),
    }


def test_the_label_stands_beside_access_class_by_class(graph: BuildGraph):
    found = rows(graph, "label_et_acces", "classe_densite")
    assert set(found) == {"1", "2", "6", "7"}
    assert (found["7"]["communes"], found["7"]["communes_sans_fibre"]) == (1, 1)
    assert float(found["2"]["part_fibre"]) == pytest.approx(100 * 25600 / 28000, abs=1e-5)
    assert found["6"]["communes_avec_locaux"] == 0
    assert found["6"]["part_fibre"] is None


def test_no_rate_is_computed_of_a_small_part_of_the_awarded(graph: BuildGraph):
    for row in graph.table(f"{PACKAGE}/label_et_acces").table.to_pylist():
        assert float(row["taux_connu"]) < 0.8
        assert row["labellisees_pour_mille"] is None
        assert row["etat"] == "non_calcule"
        assert str(row["connus_nombre"]) in row["motif"]


def test_eurostat_keeps_its_questions_apart_and_its_breaks(graph: BuildGraph):
    found = {
        (row["indicateur"], row["zone"], row["annee_observation"]): (float(row["part"]), row["rupture_avant"])
        for row in graph.table(f"{PACKAGE}/comparaison_europe").table.to_pylist()
        if row["serie"].startswith("eurostat_api")
    }
    assert found == {
        ("i_iugov12", "ue27", 2021): (58.47, False),
        ("i_iugov12", "france", 2021): (72.9, True),
        ("i_iugov1", "ue27", 2022): (50.62, True),
        ("i_iugov1", "france", 2022): (66.1, True),
    }


def test_values_of_ditp_are_dated_at_the_months_end_and_targets_left_out(graph: BuildGraph):
    found = {
        (row["departement_code"], row["date_reference"]): (float(row["part_fibre"]), row["valeur_douteuse"])
        for row in graph.table(f"{PACKAGE}/acces_fixe_departements").table.to_pylist()
        if row["serie"] == "arcep_deploiement_ditp"
    }
    assert found["15", date(2022, 6, 30)] == (40.25, False)
    assert found["15", date(2023, 12, 31)] == (50.5, False)
    assert found["976", date(2022, 6, 30)] == (0, True)
    assert {day for _, day in found} == {date(2022, 6, 30), date(2023, 12, 31)}


def test_inequality_gains_the_dates_of_a_source_that_is_on(graph: BuildGraph):
    days = {
        row["date_reference"]: row["departements_nombre"]
        for row in graph.table(f"{PACKAGE}/acces_inegalites").table.to_pylist()
        if row["serie"] == "arcep_deploiement_ditp"
    }
    assert days == {date(2022, 6, 30): 3, date(2023, 12, 31): 3}


def ditp_of_every_quarter() -> bytes:
    """Nine quarters of the hundred départements and of Mayotte, in the layout of the real file.

    The figures are invented, since no licence of the real ones is stated: they were solved for so that the nine rows
    computed apart from the real ones (`fibre_inegalite_ditp.csv`) hold of them too.
    """
    with (DATA / "fibre_inventee.csv").open(encoding="utf-8", newline="") as file:
        shares = list(csv.DictReader(file))
    shares.append(dict.fromkeys(shares[0], "0") | {"departement": "976"})
    lines = ["indic_id,enforce_zone_id,metric_enforce_date,maille,indic_vi,indic_va,indic_vc,indic_ta"]
    for place, quarter in enumerate(name for name in shares[0] if name != "departement"):
        printed = f"{quarter[:7]}-01"  # the source prints the first day of the quarter's last month
        for row in shares:
            value = f"{row[quarter]}," if place == 0 else f",{row[quarter]}"
            lines.append(f"IND-306,D{row['departement']},{printed},DEPT,{value},,")
        lines += [f"IND-306,R84,{printed},REG,,61.2,,", f"IND-306,FRANCE,{printed},NAT,,80.1,,"]
    return ("\n".join(lines) + "\n").encode()


def test_the_nine_rows_of_the_source_that_is_off_are_those_computed_apart(tmp_path: Path):
    path = "/DITP-pilotage/barometre-resultats/8bab813a/data/ind-306.csv"
    with serving() as server:
        server.routes[path] = Reply(ditp_of_every_quarter())
        project = switched_on(tmp_path, server.url, ("fibre-ditp",))
        made = BuildGraph(project)
        names = ("fibre", "ruralite", "fibre-ditp")
        outcomes = dict(make_snapshots(project, [made.sources[name] for name in names], now=now))
    assert {name: item for name, item in outcomes.items() if isinstance(item, Exception)} == {}
    found = made.table(f"{PACKAGE}/acces_inegalites").table.to_pylist()
    computed = {(row["serie"], row["date_reference"].isoformat()): row for row in found}
    assert len(computed) == 21 + 9
    assert_as_computed_apart(computed, ANSWERS, 21)
    assert_as_computed_apart(computed, DATA / "fibre_inegalite_ditp.csv", 9)
    # Where both series exist, they stay two rows: rounded by different hands, they are never one line.
    twice = [series for series, day in computed if day == "2022-06-30"]
    assert sorted(twice) == ["arcep_deploiement_baro2021", "arcep_deploiement_ditp"]


def only(folder: Path, source: str, routes: dict[str, bytes], besides: tuple[str, ...] = ()) -> BuildGraph:
    """The project with one live source on, after its collection from these answers by path, and that of `besides`."""
    with serving() as server:
        server.routes |= {path: Reply(body) for path, body in routes.items()}
        project = switched_on(folder, server.url, (source,))
        made = BuildGraph(project)
        outcomes = dict(make_snapshots(project, [made.sources[name] for name in (source, *besides)], now=now))
    assert not isinstance(outcomes[source], Exception), outcomes[source]
    return made


def test_the_column_of_fixed_4g_is_read_under_its_older_name(tmp_path: Path):
    base = "/fixe/maconnexioninternet/statistiques/last/commune/commune_"
    answers = {
        f"{base}meilleure_techno_thd.csv": best_technique("elig_4fg", "utf-8"),
        f"{base}debit_filaire.csv": wired_speed(),
    }
    made = only(tmp_path, "internet-communes", answers)
    assert rows(made, "releves_acces_communes", "code_commune")["15003"]["locaux_sans_mieux"] == 60


def test_the_label_is_told_of_a_commune_while_the_grid_is_off(tmp_path: Path):
    code = next(
        row["code_actuel"]
        for row in awards_of(tmp_path / "label")
        if row["territoire_nature"] == "commune" and row["code_actuel"]
    )
    base = "/fixe/maconnexioninternet/statistiques/last/commune/commune_"
    answers = {
        f"{base}meilleure_techno_thd.csv": best_technique().replace(b"15014;", f"{code};".encode()),
        f"{base}debit_filaire.csv": wired_speed().replace(b"15014;", f"{code};".encode()),
    }
    made = only(tmp_path / "projet", "internet-communes", answers, besides=("palmares",))
    found = rows(made, "acces_fixe_communes", "code_commune")
    assert found[code]["labellisee_connue"] is True
    assert found["15003"]["labellisee_connue"] is False
    assert {row["classe_densite"] for row in found.values()} == {None}


def awards_of(folder: Path) -> list[dict]:
    """The table palmares of the shipped project."""
    project = switched_on(folder, "http://127.0.0.1", ())
    made = BuildGraph(project)
    list(make_snapshots(project, [made.sources["palmares"]], now=now))
    return made.table("label/palmares").table.to_pylist()


def test_the_grid_of_2025_is_read_by_its_seven_classes(tmp_path: Path):
    path = "/fr/statistiques/fichier/6439600/grille_densite_7_niveaux_2022.xlsx"
    made = only(tmp_path, "densite-communes", {path: density("DENS DENS7", "PMUN22")})
    row = rows(made, "densite_communes", "code_commune")["15003"]
    assert (row["classe_densite"], row["rural"], row["population"]) == ("7", True, 190)


def test_a_quarter_without_its_files_keeps_what_was_there_and_is_told(tmp_path: Path):
    with serving() as server:
        project = switched_on(tmp_path, server.url, ("internet-communes",))
        made = BuildGraph(project)
        source = made.sources["internet-communes"]
        (outcome,) = dict(make_snapshots(project, [source], now=now)).values()
    assert isinstance(outcome, ArobaseError)
    assert "commune_meilleure_techno_thd.csv" in outcome.message("fr")
