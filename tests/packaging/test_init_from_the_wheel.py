"""A stranger publishes deliberations in the shape of the SCDL with the installed wheel, outside any checkout."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from tests.packaging.builders import arobase

DATA = Path(__file__).resolve().parents[1] / "starter" / "data"


def test_deliberations_of_the_scdl_are_published_and_verified(installed: Path, tmp_path: Path) -> None:
    for name in ("deliberations.csv", "deliberations.schema.json"):
        shutil.copy(DATA / name, tmp_path)
    words = ("--from", "deliberations.csv", "--schema", "deliberations.schema.json", "--licence", "etalab-2.0")
    made = arobase(installed, "init", "town", *words, "--publisher", "Ville d'Exemple", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Key: DELIB_ID" in made.stdout
    town = tmp_path / "town"
    assert arobase(installed, "release", folder=town).returncode == 1
    accepted = arobase(installed, "init", "town", "--accept", folder=tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    done = arobase(installed, "release", folder=town)
    assert done.returncode == 0, done.stdout + done.stderr
    release = town / "outputs" / "releases" / "deliberations" / "1.0.0"
    with (release / "data" / "deliberations.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    with (DATA / "deliberations.csv").open(encoding="utf-8", newline="") as file:
        assert published == list(csv.DictReader(file))
    verified = arobase(installed, "verify", str(release), folder=tmp_path)
    assert verified.returncode == 0, verified.stdout


def test_a_vote_that_does_not_add_up_is_rejected_by_the_schemas_own_check(installed: Path, tmp_path: Path) -> None:
    text = (DATA / "deliberations.csv").read_text(encoding="utf-8")
    assert ",33,30,2,1," in text
    (tmp_path / "deliberations.csv").write_text(text.replace(",33,30,2,1,", ",33,30,2,9,"), encoding="utf-8")
    shutil.copy(DATA / "deliberations.schema.json", tmp_path)
    words = ("--from", "deliberations.csv", "--schema", "deliberations.schema.json", "--accept")
    arobase(installed, "init", "town", *words, folder=tmp_path)
    done = arobase(installed, "release", folder=tmp_path / "town")
    assert done.returncode == 0, done.stdout
    rejected = (
        tmp_path / "town" / "outputs" / "releases" / "deliberations" / "1.0.0" / "data" / "qualite" / "rejets.csv"
    )
    with rejected.open(encoding="utf-8", newline="") as file:
        assert {row["regle"] for row in csv.DictReader(file)} == {"sum-columns-value"}
