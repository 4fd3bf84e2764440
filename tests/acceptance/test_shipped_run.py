"""The shipped project through its command: what a newcomer gets, and what is said on the way."""

from __future__ import annotations

import csv
import json
import re
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from frictionless import system
from frictionless.package import Package as DataPackage

from pipelines.core.project import Project
from pipelines.schema import load_package
from pipelines.sources import load_sources
from tests.acceptance.builders import PACKAGES, Shipped, a_copy, arobase, files, without_proofs

HEADS = ["Jeu", "Version", "Tables", "Lignes", "Écartées", "Constats", "Où regarder ensuite"]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_table_is_there_as_csv_and_as_parquet_with_the_same_rows(shipped: Shipped, name: str) -> None:
    data = shipped.project.releases / name / "1.0.0" / "data"
    package = load_package(shipped.project.schemas, name, load_sources(shipped.project))
    for table in package.tables:
        parquet = pq.read_table(data / f"{table.name}.parquet")
        with (data / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            header, *lines = list(csv.reader(file))
        assert header == parquet.column_names == list(package.schema(table.name).public.names)
        assert len(lines) == parquet.num_rows >= table.minimum_rows, table.name


# Rows of the versions that code of 28 November 2026 (0.1.0, commit 828fbb7) published, with what was wrong in them.
ROWS_OF_828FBB7 = {
    "enquetes-publiques": {
        "enquetes": 171,
        "enquete_objets": 223,
        "enquete_territoires": 306,
        "enquete_publicites": 25,
        "enquete_permanences": 229,
        "enquete_evenements": 441,
        "comptages_observations": 6,
        "controles_legaux": 7011,
        "regles": 144,
        "conformite_annuelle": 147,
    },
    "label": {
        "editions": 23,
        "totaux_publies": 262,
        "palmares": 263,
        "mentions": 43,
        "actions": 92,
        "collectivites": 167,
    },
    "territoires-numeriques": {
        "couverture_departements": 2071,
        "couverture_regions": 494,
        "couverture_tailles": 114,
        "inegalites": 2204,
        "comparaison_europe": 2,
    },
}


@pytest.mark.parametrize("name", ROWS_OF_828FBB7)
def test_versions_that_were_wrong_are_superseded_and_not_held_by_the_rows_that_go(shipped: Shipped, name: str) -> None:
    package = load_package(shipped.project.schemas, name, load_sources(shipped.project))
    losses = dict(pair for notice in package.more["notices"] for pair in notice.get("losses", {}).items())
    document = json.loads((shipped.project.releases / name / "1.0.0/data/datapackage.json").read_text(encoding="utf-8"))
    rows = {
        item["name"]: item["rows"] for item in document["resources"] if "schema" in item and "/" not in item["path"]
    }
    for table, before in ROWS_OF_828FBB7[name].items():
        loss = max(package.table(table).maximum_loss, losses.get(table, 0))
        assert rows[table] >= before * (1 - loss), table


@pytest.mark.parametrize("name", PACKAGES)
def test_frictionless_accepts_every_descriptor(shipped: Shipped, name: str) -> None:
    data = shipped.project.releases / name / "1.0.0" / "data"
    document = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    # What Frictionless reads cell by cell in Python is minutes long for the largest tables: their first rows here,
    # all of them in the validator's second result, which the next test holds.
    with system.use_context(trusted=True):
        report = DataPackage.from_descriptor(document, basepath=str(data)).validate(limit_rows=300)
    assert report.valid, report.flatten(["type", "message"])[:5]


def test_nothing_that_left_is_refused_by_its_schema_and_every_refusal_is_told(shipped: Shipped) -> None:
    for summary in (shipped.project.work / "tables").rglob("summary.json"):
        told = json.loads(summary.read_text(encoding="utf-8"))
        assert told["leaving"] == {}, summary
        assert told["gathered"] == told["accepted"] + told["rejected"] + told["duplicates"], summary


def test_the_closing_table_says_what_each_package_became_in_the_language_of_the_locale(shipped: Shipped) -> None:
    wide = arobase(shipped.project, "release", "--no-collect", COLUMNS="160", LANG="fr_FR.UTF-8")
    assert wide.returncode == 0, wide.stderr
    assert "Rien n'a changé : rien n'est publié." in wide.stdout
    lines = wide.stdout.splitlines()
    assert re.split(r"\s{2,}", lines[1].strip()) == HEADS
    told = {line.split()[0]: line for line in lines[3 : 3 + len(PACKAGES)]}
    assert sorted(told) == sorted(PACKAGES)
    for name, line in told.items():
        assert line.rstrip().endswith(f"outputs/releases/{name}/1.0.0")
        assert "1.0.0 inchangée" in line


def test_a_first_run_publishes_and_says_so(shipped: Shipped) -> None:
    assert shipped.output.count("1.0.0 new") == len(PACKAGES)
    assert "✗" not in shipped.output
    assert all(f"{name} → outputs/releases/{name}/1.0.0" in shipped.output for name in PACKAGES)
    assert "made up" in shipped.output, "an example is said to be one"


def test_what_is_piped_holds_no_escape_and_no_progress(shipped: Shipped) -> None:
    assert "\x1b" not in shipped.output + shipped.progress
    assert shipped.progress.strip() == ""
    assert "━" not in shipped.output


def test_each_line_of_a_message_stands_whole_in_a_pipe(shipped: Shipped) -> None:
    marked = [line for line in shipped.output.splitlines() if line.startswith("!")]
    assert marked
    assert all(re.fullmatch(r"! [a-z-]+\s?: .*[^,;]", line) for line in marked)


def test_a_second_run_publishes_nothing_says_so_and_takes_seconds(project: Project) -> None:
    before = files(project.releases)
    started = time.monotonic()
    done = arobase(project, "release", LANG="en_GB.UTF-8")
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    assert "Nothing changed: nothing is published." in done.stdout
    assert done.stdout.count("1.0.0 unchanged") == len(PACKAGES)
    assert re.search(r"\d,\d{3} ", done.stdout), "thousands as English writes them"
    assert files(project.releases) == before
    assert seconds < 60, "ten times what it takes alone, for machines that do other things too"


def test_a_package_that_does_not_exist_is_told_with_those_that_do(shipped: Shipped) -> None:
    done = arobase(shipped.project, "release", "inconnu")
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("inconnu", *PACKAGES))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_no_french_typography_still_gets_its_table(shipped: Shipped, encoding: str) -> None:
    done = arobase(shipped.project, "replay", "europe", "--lang", "fr", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "repris" in done.stdout


def test_the_catalogue_knows_the_three_packages(shipped: Shipped) -> None:
    page = (shipped.project.catalogue / "index.html").read_text(encoding="utf-8")
    assert all(name in page for name in PACKAGES)


def test_the_first_page_shows_real_records_before_those_that_are_made_up(shipped: Shipped) -> None:
    page = (shipped.project.catalogue / "index.html").read_text(encoding="utf-8")
    cards = page[page.index('id="jeux"') :]
    made_up = [cards.index(f'href="{name}/') for name in ("candidatures", "projets-environnement")]
    real = [cards.index(f'href="{name}/') for name in ("enquetes-publiques", "label", "territoires-numeriques")]
    assert max(real) < min(made_up)


def test_every_visible_release_verifies(shipped: Shipped) -> None:
    done = arobase(shipped.project, "verify", "--lang", "en")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.heavy
def test_another_place_time_seed_and_language_give_the_same_bytes_and_say_so(shipped: Shipped, tmp_path: Path) -> None:
    other = a_copy(tmp_path / "ailleurs, où l'on écrit")
    elsewhere = {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4242"}
    done = arobase(other, "release", "--lang", "fr", **elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("1.0.0 nouvelle") == len(PACKAGES)
    assert "fictives" in done.stdout
    assert without_proofs(files(other.releases)) == without_proofs(files(shipped.project.releases))
    assert files(other.catalogue) == files(shipped.project.catalogue)
