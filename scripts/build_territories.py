"""Rebuild `sources/reference/`: the official geographic code of France as compact Parquet, one vintage a file.

    python scripts/build_territories.py                       asks the npm client for the packages
    python scripts/build_territories.py --archives FOLDER     reads packages that `npm pack` left in FOLDER
    python scripts/build_territories.py --check               compares with what is shipped, writes nothing
    python scripts/build_territories.py --epci-history FOLDER also reads yearly files of the Ministry of the Interior

Each package is one vintage of `@etalab/decoupage-administratif` (data: Licence Ouverte; Insee, DGCL, La Poste). Its
archive must have the digest written here, and its content the counts written here: anything else stops the build
before a file is touched. Same packages, same pyarrow: same bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipelines.geo.names import normalise  # noqa: E402  the project's folder has to be on the path first
from scripts.epci_history import epci_history  # noqa: E402  as above
from scripts.territories_history import former_communes, former_epci, name_starts  # noqa: E402  as above

PACKAGE = "@etalab/decoupage-administratif"
VINTAGE = 2026
# Vintage: version of the package, and the SHA-512 of its archive as the registry states it.
VERSIONS = {
    2019: ("0.7.0", "ezO+LHyIrJjDBlE7DxXSbvHxSliTGT4o4+w1pMaA6FjCVDFiW74zp5Lhmi1GpY2JcelKq4m8zHjDol08O6unqQ=="),
    2020: ("0.8.0", "BNO0BLfPyUvLpGAStdKpZAX80hUHdkhhD3GMu7HcwERqmshl96uIU0v3/1LlL23DiMs9qRyVIRnfDDIAfHaG/w=="),
    2021: ("1.1.1", "2yD0tkK+As9OlImYdFXn9O1ABtMpExpCq0A7/d/HpruMgg7NYymUeNnHN0r8ICWgcKE//3uvMXeQ00xdOwUiZg=="),
    2022: ("2.3.1", "52zR447e9Csr/HkzmLJIrOTCAuwJNd4O9fay8BRgOQUSbqaKOP6vFpsrj5lKlrH9vA+ii07h1TnChdMFZNgcwg=="),
    2023: ("3.1.1", "/1yqSlo6Xerdz1MN+rh57hDWcAam18gwSK5u4wFjT1glRUiN/o1A4IQe6pvB9JqGvHv6WbF5X7WyE+yxeMqLig=="),
    2024: ("4.1.0", "r0lO1qhb/R7golWwfPbkstpN3WeGuROIHoJhExY7251bkc7tjL48wsnh4/cWAQYux1y/EMSTuOEwiMkh0/mK8g=="),
    2025: ("5.3.0", "I7PP8jiNOKwvBbdhoYPiwMaJ27x6aHwwGj5V0DMTOPu2YG6qyhGty1b0SIkCxpSHlUkASEfybISY4ldkTcYbbw=="),
    2026: ("6.0.0", "XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWMYk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ=="),
}
EXPECTED = {
    "communes, commune": 34_969,
    "communes, commune_deleguee": 2_105,
    "communes, commune_associee": 471,
    "communes, arrondissement_municipal": 45,
    "epci, epci": 1_255,
    "epci, ept": 11,
    "departements": 109,
    "regions": 26,
    "communes in no EPCI": 98,
    "former codes": 4_240,
}
NATURES = {
    "commune-actuelle": "commune",
    "commune-deleguee": "commune_deleguee",
    "commune-associee": "commune_associee",
    "arrondissement-municipal": "arrondissement_municipal",
}
Rows = list[dict[str, Any]]


class BuildStopped(SystemExit):
    """The packages are not what this script was written for."""


def fetch(version: str, folder: Path) -> Path:
    """The archive of one version in `folder`, asked of the npm client when it is not there yet."""
    archive = folder / f"etalab-decoupage-administratif-{version}.tgz"
    if not archive.is_file():
        command = ["npm", "pack", f"{PACKAGE}@{version}", "--pack-destination", str(folder), "--silent"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return archive


def open_package(archive: Path, digest: str) -> dict[str, Rows]:
    """The JSON files of an archive by name, once its bytes are proved to have `digest`."""
    data = archive.read_bytes()
    found = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != digest:
        raise BuildStopped(f"{archive.name}: SHA-512 {found}, expected {digest}")
    files: dict[str, Rows] = {}
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            opened = tar.extractfile(member) if member.name.endswith(".json") and "/data/" in member.name else None
            if opened is not None:
                files[Path(member.name).stem] = json.load(opened)
    return files


def communes(package: dict[str, Rows], starts: dict[tuple[str, str], str | None]) -> Rows:
    """Communes of every type; key: (code, type), because a code is shared by a commune and its delegated commune."""
    epci = {member["code"]: group["code"] for group in package["epci"] for member in group["membres"]}
    ept = {member["code"]: group["code"] for group in package["ept"] for member in group["membres"]}
    rows = []
    for row in package["communes"]:
        current = row["type"] == "commune-actuelle"
        rows.append(
            {
                "code": row["code"],
                "type": NATURES[row["type"]],
                "nom": row["nom"],
                "cle": normalise(row["nom"]),
                "departement_code": row["departement"],
                "region_code": row["region"],
                "zone": row["zone"],
                "commune_code": row["code"] if current else row.get("chefLieu") or row["commune"],
                "epci_code": epci.get(row["code"]) if current else None,
                "ept_code": ept.get(row["code"]) if current else None,
                "siren": row.get("siren"),
                "population": row.get("population"),
                "codes_postaux": " ".join(row.get("codesPostaux", [])) or None,
                "nom_depuis": starts.get((row["code"], row["nom"])) if current else None,
            }
        )
    return sorted(rows, key=lambda row: (row["code"], row["type"]))


def groups(package: dict[str, Rows], first_vintage: dict[tuple[str, str], int]) -> tuple[Rows, Rows]:
    """EPCI and EPT, and who belongs to them. Départements: of the members, the most populated first."""
    home = {row["code"]: row for row in package["communes"] if row["type"] == "commune-actuelle"}
    found: Rows = []
    members: Rows = []
    for nature, source in (("epci", package["epci"]), ("ept", package["ept"])):
        for row in source:
            weights: dict[str, int] = {}
            for member in row["membres"]:
                departement = home[member["code"]]["departement"]
                weights[departement] = weights.get(departement, 0) + member["populationMunicipale"]
                members.append({"epci_code": row["code"], "commune_code": member["code"], "nature": nature})
            order = sorted(weights, key=lambda code: (-weights[code], code))
            found.append(
                {
                    "code": row["code"],
                    "nature": nature,
                    "type": row["type"],
                    "nom": row["nom"],
                    "cle": normalise(row["nom"]),
                    "departements_codes": " ".join(order),
                    "membres_nombre": len(row["membres"]),
                    "population_municipale": row["populationMunicipale"],
                    "population_totale": row["populationTotale"],
                    "mode_financement": row["modeFinancement"] or None,
                    "nom_depuis_millesime": first_vintage.get((row["code"], normalise(row["nom"]))),
                }
            )
    found.sort(key=lambda row: row["code"])
    return found, sorted(members, key=lambda row: (row["epci_code"], row["commune_code"]))


def members_by_year(by_year: dict[int, Rows]) -> Rows:
    """Who belonged to which EPCI, from which vintage to which: one line an unbroken run of vintages."""
    years = sorted(by_year)
    runs: dict[tuple[str, str], list[list[int]]] = {}
    for year in years:
        for group in by_year[year]:
            for member in group["membres"]:
                own = runs.setdefault((group["code"], member["code"]), [])
                if own and years.index(own[-1][1]) == years.index(year) - 1:
                    own[-1][1] = year
                else:
                    own.append([year, year])
    return [
        {"epci_code": epci, "commune_code": commune, "premier_millesime": first, "dernier_millesime": last}
        for (epci, commune), found in sorted(runs.items())
        for first, last in found
    ]


def populations_by_year(packages: dict[int, dict[str, Rows]]) -> Rows:
    """Municipal population of each commune of today, from which vintage to which: one line an unbroken run of a number.

    Of a vintage, the people of all communes that are in the place of one of today are counted together.
    """
    present = [row for row in packages[VINTAGE]["communes"] if row["type"] == "commune-actuelle"]
    today = {old: row["code"] for row in present for old in row.get("anciensCodes", [])}
    today |= {row["code"]: row["code"] for row in present}
    runs: dict[str, list[list[int]]] = {}
    for year in sorted(packages):
        counted: dict[str, int] = {}
        for row in packages[year]["communes"]:
            code = today.get(row["code"])
            if row["type"] == "commune-actuelle" and code is not None and row.get("population") is not None:
                counted[code] = counted.get(code, 0) + row["population"]
        for code, people in counted.items():
            own = runs.setdefault(code, [])
            if own and own[-1][1] == year - 1 and own[-1][2] == people:
                own[-1][1] = year
            else:
                own.append([year, year, people])
    return [
        {"commune_code": code, "premier_millesime": first, "dernier_millesime": last, "population": people}
        for code, found in sorted(runs.items())
        for first, last, people in found
    ]


def areas(rows: Rows, *, with_region: bool) -> Rows:
    """Départements or regions; overseas collectivities are in both, under the same code, with the zone `com`."""
    kept = []
    for row in rows:
        area = {"code": row["code"], "nom": row["nom"], "cle": normalise(row["nom"]), "zone": row["zone"]}
        area |= {"region_code": row["region"]} if with_region else {}
        kept.append(area | {"chef_lieu_code": row.get("chefLieu") or None})
    return sorted(kept, key=lambda row: str(row["code"]))


def build(archives: Path, history_folder: Path | None = None) -> dict[str, Rows]:
    """Every file of the reference, by name without its ending. `history_folder`: yearly files of EPCI before 2019."""
    packages = {year: open_package(fetch(version, archives), digest) for year, (version, digest) in VERSIONS.items()}
    now = packages[VINTAGE]
    epci_by_year = {year: package["epci"] for year, package in packages.items()}
    first: dict[tuple[str, str], int] = {}
    for year in sorted(epci_by_year, reverse=True):
        first |= {(row["code"], normalise(row["nom"])): year for row in epci_by_year[year]}
    history = packages[2019]["historique-communes"]
    later = {
        year: {(row["code"], row["nom"]) for row in package["communes"] if row["type"] == "commune-actuelle"}
        for year, package in packages.items()
        if year >= 2021
    }
    epci, members = groups(now, first)
    former_codes = [
        {"code": old, "code_actuel": row["code"]}
        for row in now["communes"]
        if row["type"] == "commune-actuelle"
        for old in row.get("anciensCodes", [])
    ]
    more: dict[str, Rows] = {}
    if history_folder is not None:
        now_in = {row["commune_code"]: row["epci_code"] for row in members if row["nature"] == "epci"}
        bodies, then = epci_history(history_folder, now["communes"], now_in)
        more = {"epci_historique": bodies, "epci_historique_membres": then}
    return {
        f"communes-{VINTAGE}": communes(now, name_starts(history, later)),
        f"anciens_codes-{VINTAGE}": sorted(former_codes, key=lambda row: (row["code"], row["code_actuel"])),
        f"epci-{VINTAGE}": epci,
        f"epci_membres-{VINTAGE}": members,
        f"departements-{VINTAGE}": areas(now["departements"], with_region=True),
        f"regions-{VINTAGE}": areas(now["regions"], with_region=False),
        "anciennes_communes": former_communes(history, later, now["communes"]),
        "anciens_epci": former_epci(epci_by_year, now["communes"]),
        "epci_membres_millesimes": members_by_year(epci_by_year),
        "populations_millesimes": populations_by_year(packages),
        **more,
    }


def counts(files: dict[str, Rows]) -> dict[str, int]:
    """What was counted, in the words of `EXPECTED`."""
    found: dict[str, int] = {}
    for row in files[f"communes-{VINTAGE}"]:
        found[f"communes, {row['type']}"] = found.get(f"communes, {row['type']}", 0) + 1
        found["communes in no EPCI"] = found.get("communes in no EPCI", 0) + (
            row["type"] == "commune" and row["epci_code"] is None
        )
    for row in files[f"epci-{VINTAGE}"]:
        found[f"epci, {row['nature']}"] = found.get(f"epci, {row['nature']}", 0) + 1
    for name in ("departements", "regions"):
        found[name] = len(files[f"{name}-{VINTAGE}"])
    return found | {"former codes": len(files[f"anciens_codes-{VINTAGE}"])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archives", type=Path, help="folder of archives made by `npm pack`")
    parser.add_argument("--output", type=Path, default=ROOT / "sources" / "reference")
    parser.add_argument("--epci-history", type=Path, help="folder of yearly files of EPCI (Ministry of the Interior)")
    parser.add_argument("--check", action="store_true", help="compare with the shipped files, write nothing")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        files = build(wanted.archives or Path(temporary), wanted.epci_history)
    found = counts(files)
    for name, number in sorted(found.items()):
        print(f"{name}: {number}")
    if found != EXPECTED:
        raise BuildStopped(f"counts differ; expected {EXPECTED}")
    for name, rows in files.items():
        table, path = pa.Table.from_pylist(rows), wanted.output / f"{name}.parquet"
        if wanted.check:
            if not pq.read_table(path).equals(table):
                raise BuildStopped(f"{path.name} is not what the packages give")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, path, compression="zstd", compression_level=19, row_group_size=65_536)
            print(f"{path.name}: {table.num_rows} rows, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
