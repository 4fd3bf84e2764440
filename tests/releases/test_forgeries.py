"""What a publisher who holds the key could seal is still compared with itself: values, descriptor, provenance, rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.releases import publish
from pipelines.releases.bag import PROOF, seal
from pipelines.releases.descriptor import to_json
from pipelines.releases.verify import verify
from pipelines.storage import sha256_file
from tests.releases.attacks import newest, rewrite
from tests.releases.builders import PRIZES, a_request, a_schema, a_table, prizes_schema


def sealed_again(bag: Path, key_path: Path, change: Callable[[dict[str, Any]], Any] | None = None) -> None:
    """What a publisher who holds the key could do: alter the payload and seal it again, as a release of its own."""
    from pipelines.releases.signature import load_key

    document = json.loads((bag / "data" / "datapackage.json").read_text())
    for item in document["resources"]:
        path = bag / "data" / item["path"]
        item["hash"], item["bytes"] = f"sha256:{sha256_file(path)}", path.stat().st_size
    if change is not None:
        change(document)
    (bag / "data" / "datapackage.json").write_text(to_json(document))
    told = dict(line.split(": ", 1) for line in (bag / "bag-info.txt").read_text().splitlines())
    told.pop("Payload-Oxum")
    seal(bag, told, {}, load_key(key_path))
    (bag / PROOF).unlink(missing_ok=True)


def a_bag(folder: Path) -> Path:
    """The release alone, away from its ledger."""
    bag = folder / "alone" / "there" / "1.1.0"
    shutil.copytree(newest(folder), bag)
    return bag


def codes(bag: Path, folder: Path) -> list[str]:
    return [flaw.code for flaw in verify(bag, keys=((folder / "cle.pub").read_text().strip(),)).flaws]


def test_a_csv_that_differs_from_its_parquet_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    rewrite(bag / "data" / "prix.csv", lambda data: data.replace(b"Ville", b"Bille"))
    sealed_again(bag, folder / "cle")
    assert codes(bag, folder) == ["values"]


def test_a_spreadsheet_file_that_differs_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    rewrite(bag / "data" / "excel" / "prix.csv", lambda data: data.replace(b"Ville", b"Bille"))
    sealed_again(bag, folder / "cle")
    assert codes(bag, folder) == ["excel"]


def test_a_content_hash_that_lies_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    sealed_again(bag, folder / "cle", lambda document: document["resources"][0].update(content="0" * 64))
    assert codes(bag, folder) == ["descriptor"]


def test_types_that_are_not_the_schemas_are_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    table = pq.read_table(bag / "data" / "prix.parquet")
    place = table.column_names.index("annee")
    pq.write_table(
        table.set_column(place, "annee", table.column("annee").cast(pa.string())), bag / "data" / "prix.parquet"
    )
    sealed_again(bag, folder / "cle")
    found = verify(bag, keys=((folder / "cle.pub").read_text().strip(),))
    assert found.first is not None
    assert (found.first.code, found.first.found, found.first.expected) == ("types", "annee string", "annee int64")


def test_a_resource_that_is_not_described_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    sealed_again(bag, folder / "cle", lambda document: document["resources"].pop())
    assert codes(bag, folder) == ["descriptor"]


def test_a_hash_that_contradicts_the_manifest_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    sealed_again(bag, folder / "cle", lambda document: document["resources"][0].update(bytes=1))
    assert codes(bag, folder) == ["descriptor"]


def test_another_version_in_the_descriptor_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    sealed_again(bag, folder / "cle", lambda document: document.update(version="3.0.0"))
    assert codes(bag, folder) == ["identity"]


def test_a_descriptor_that_is_not_one_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    sealed_again(bag, folder / "cle", lambda document: document.pop("resources"))
    assert codes(bag, folder) == ["form"]


def test_contents_that_cannot_be_read_are_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    (bag / "data" / "prix.parquet").write_bytes(b"not Parquet")
    sealed_again(bag, folder / "cle")
    assert codes(bag, folder) == ["form"]


def test_provenance_of_unknown_rows_or_snapshots_is_refused_though_signed(folder: Path) -> None:
    bag = a_bag(folder)
    path = bag / "data" / "qualite" / "provenance.parquet"
    table = pq.read_table(path)
    longer = table.set_column(1, "ligne", pa.array([99] * table.num_rows, pa.int64()))
    pq.write_table(longer, path)
    sealed_again(bag, folder / "cle")
    assert codes(bag, folder) == ["provenance"]
    pq.write_table(table.set_column(3, "snapshot", pa.array(["cd" * 32] * table.num_rows)), path)
    sealed_again(bag, folder / "cle")
    assert codes(bag, folder) == ["provenance"]


def test_rows_that_break_the_schema_are_refused_though_sealed(tmp_path: Path) -> None:
    """`publish` trusts its caller's check; `verify` trusts nobody."""
    schema = prizes_schema()
    schema["fields"][3]["constraints"]["maximum"] = 4
    table = a_table(PRIZES, a_schema("prix", prizes_schema()))
    request = a_request(prix=schema)
    outcome: Any = publish(
        type(request)(**{**request.__dict__, "tables": {**request.tables, "prix": table}}), tmp_path / "r", key=None
    )
    found = verify(outcome.path)
    assert found.first is not None
    assert found.first.code == "rows"
