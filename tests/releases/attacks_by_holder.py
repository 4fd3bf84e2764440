"""Alterations that the key's holder seals again, and that the release, its neighbours or its log still betray.

The first series is seen by `verify`, the second by `verify --deep`, which reads both versions.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.bag import INFO, MANIFEST, SEALED_FILES, SIGNATURE, TAGMANIFEST
from pipelines.releases.csvfile import write_csv
from pipelines.releases.log.notes import Checkpoint
from pipelines.releases.parquet import read_parquet, write_parquet
from pipelines.releases.signature import load_key
from pipelines.storage import sha256_bytes, sha256_file
from tests.releases.attacks import OLDEST, Attack, newest, releases_of, rewrite
from tests.releases.attacks_on_log import a_bundle, a_tile, in_log, log_of, relogged, resealed

Document = dict[str, Any]
Change = Callable[[Path, Document], None]


def of_document(change: Callable[[Document], Any]) -> Attack:
    return resealed(lambda bag, document: change(document))


def of_file(place: str, change: Callable[[bytes], bytes]) -> Attack:
    return resealed(lambda bag, document: rewrite(bag / "data" / place, change))


def of_own(**more: Any) -> Attack:
    return of_document(lambda document: document["arobase"].update(more))


def of_resource(path: str, **more: Any) -> Attack:
    def change(document: Document) -> None:
        next(item for item in document["resources"] if item["path"] == path).update(more)

    return of_document(change)


def of_table(place: str, change: Callable[[pa.Table], pa.Table], *, also_csv: bool = False) -> Attack:
    """Another table in a Parquet file, and in the CSV beside it where `also_csv`."""

    def act(bag: Path, document: Document) -> None:
        path = bag / "data" / f"{place}.parquet"
        table = change(read_parquet(path)).combine_chunks()
        write_parquet(table, path)
        if also_csv:
            write_csv(table, path.with_suffix(".csv"))

    return resealed(act)


def replaced(name: str, make: Callable[[pa.ChunkedArray], Any]) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        column = pa.array(make(table.column(name)), pa.string()).cast(table.schema.field(name).type)
        return table.set_column(table.column_names.index(name), table.schema.field(name), column)

    return change


def numbered(name: str, make: Callable[[list[int]], list[int | None]]) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        column = pa.array(make(table.column(name).to_pylist()), pa.int64())
        return table.set_column(table.column_names.index(name), table.schema.field(name), column)

    return change


def two_files_exchanged(folder: Path) -> None:
    data = newest(folder) / "data"
    (data / "prix.csv").rename(folder / "aside")
    (data / "editions.csv").rename(data / "prix.csv")
    (folder / "aside").rename(data / "editions.csv")


def hard_link_of_another(folder: Path) -> None:
    place = newest(folder) / "data" / "prix.csv"
    place.unlink()
    os.link(newest(folder) / "data" / "editions.csv", place)


def linked_folder(folder: Path) -> None:
    place = newest(folder) / "data" / "changes"
    place.rename(folder / "changes")
    place.symlink_to(folder / "changes")


def of_tag_file(name: str, change: Callable[[bytes], bytes]) -> Attack:
    """Other bytes of a tag file, signed again, and the ledger and the log written again after them."""

    def attack(folder: Path) -> None:
        bag = newest(folder)
        told = dict(line.split(": ", 1) for line in (bag / INFO).read_text().splitlines())
        if name != TAGMANIFEST:
            rewrite(bag / name, change)
        lines = [f"{sha256_file(bag / one)}  {one}\n" for one in sorted(SEALED_FILES - {TAGMANIFEST})]
        sealed = "".join(lines).encode()
        (bag / TAGMANIFEST).write_bytes(change(sealed) if name == TAGMANIFEST else sealed)
        (bag / SIGNATURE).write_text(load_key(folder / "cle").sign((bag / TAGMANIFEST).read_bytes()))
        relogged(folder, told, sha256_file(bag / TAGMANIFEST))

    return attack


def descriptor_bytes(change: Callable[[bytes], bytes]) -> Attack:
    """Other bytes of the descriptor, everything after them made again by the key's holder."""

    def attack(folder: Path) -> None:
        path = newest(folder) / "data" / "datapackage.json"
        before = path.read_bytes()
        after = change(before)
        more = len(after) - len(before)
        old, new = sha256_bytes(before).encode(), sha256_bytes(after).encode()
        rewrite(newest(folder) / MANIFEST, lambda data: data.replace(old, new))
        info = (newest(folder) / INFO).read_text()
        size = re.search(r"(?<=Payload-Oxum: )\d+", info)
        assert size is not None
        grown = f"{info[: size.start()]}{int(size[0]) + more}{info[size.end() :]}".encode()
        of_tag_file(INFO, lambda data: grown)(folder)  # the indexes are made of the descriptor: it is altered last
        path.write_bytes(after)

    return attack


def of_each_resource(change: Callable[[Document], Any]) -> Attack:
    return of_document(lambda document: [change(item) for item in document["resources"] if "row_count" in item])


def manifest_line(change: Callable[[bytes], bytes]) -> Attack:
    """Another manifest, its checksum and signature made again by the key's holder."""

    def attack(folder: Path) -> None:
        bag = newest(folder)
        rewrite(bag / MANIFEST, change)
        lines = [f"{sha256_file(bag / name)}  {name}\n" for name in sorted(SEALED_FILES - {TAGMANIFEST})]
        (bag / TAGMANIFEST).write_text("".join(lines))
        signature = load_key(folder / "cle").sign((bag / TAGMANIFEST).read_bytes())
        (bag / SIGNATURE).write_text(signature)

    return attack


def in_ods(change: Callable[[bytes], bytes]) -> Attack:
    return of_file("ods/prix.ods", change)


def ods_with_a_macro(data: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.writestr("Basic/Standard/Module1.xml", "<script/>")
    return buffer.getvalue()


def ods_with_a_formula(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as opened, zipfile.ZipFile(buffer, "w") as packed:
        for name in opened.namelist():
            part = opened.read(name)
            packed.writestr(name, part.replace(b"<table:table-cell ", b'<table:table-cell table:formula="of:=1" ', 1))
    return buffer.getvalue()


def index(name: str, change: Callable[[Document], Any]) -> Attack:
    def attack(folder: Path) -> None:
        path = releases_of(folder) / "prix" / name
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")

    return attack


def index_bytes(name: str, change: Callable[[bytes], bytes]) -> Attack:
    return lambda folder: rewrite(releases_of(folder) / "prix" / name, change)


def head(change: Callable[[str], str]) -> Attack:
    return in_log(lambda log: (log / "checkpoint").write_text(change((log / "checkpoint").read_text())))


def other_origin(folder: Path) -> None:
    path = log_of(folder) / "checkpoint"
    found = Checkpoint.parse(path.read_text(), "x")
    path.write_text(Checkpoint("elsewhere.example/log", found.size, found.root).signed(load_key(folder / "cle")).text)


def log_of_elsewhere(folder: Path) -> None:
    shutil.rmtree(log_of(folder))
    shutil.copytree(folder / "elsewhere" / "log", log_of(folder))


def stamp_of_elsewhere(folder: Path) -> None:
    """A stamp that an authority gave the head of another log."""
    body = Checkpoint.parse((folder / "elsewhere" / "log" / "checkpoint").read_text(), "x").body
    (log_of(folder) / "times").mkdir()
    told = {"address": "https://time.example.org/", "checkpoint": body, "token": "MAA="}
    (log_of(folder) / "times" / "1-00000000.tsr").write_text(json.dumps(told))


def ledger_of_elsewhere(folder: Path) -> None:
    shutil.copy(folder / "elsewhere" / "ledger.jsonl", folder / "outputs" / "ledger.jsonl")


def copied_version(folder: Path) -> None:
    """The older version, under a number that no release has."""
    shutil.copytree(releases_of(folder) / OLDEST, releases_of(folder) / "prix" / "1.0.1")


def refusal_renamed(folder: Path) -> None:
    record = next((releases_of(folder) / "prix" / "refus").iterdir())
    record.rename(record.with_name("0" * 16 + ".json"))


def package_renamed(folder: Path) -> None:
    (releases_of(folder) / "prix").rename(releases_of(folder) / "tarifs")


def package_linked(folder: Path) -> None:
    (releases_of(folder) / "prix").rename(folder / "moved")
    (releases_of(folder) / "prix").symlink_to(folder / "moved")


def of_schema(change: Callable[[Document], Any]) -> Attack:
    def act(document: Document) -> None:
        change(next(item for item in document["resources"] if item["name"] == "prix")["schema"])

    return of_document(act)


def of_sources(change: Callable[[list[Document]], Any]) -> Attack:
    return of_document(lambda document: change(document["sources"]))


def both_dates(bag: Path, document: Document) -> None:
    """A later date of the data, in the descriptor and in the bag."""
    old, new = document["created"], "2026-02-02T00:00:00Z"
    document["created"] = new
    rewrite(bag / "bag-info.txt", lambda data: data.replace(old.encode(), new.encode()))


def no_page_of_changes(bag: Path, document: Document) -> None:
    (bag / "data" / "CHANGES.md").write_text("# Prix inventés 1.1.0 — depuis 1.0.0 / since 1.0.0\n")


def reversed_numbers(rows: list[int]) -> list[int | None]:
    return list(rows[::-1])


def same_table(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata({"title": "Something else"})


PROVENANCE, FINDINGS = "qualite/provenance", "qualite/constats"
SEEN: dict[str, Attack] = {
    # By somebody without the key.
    "two files of the payload exchanged": two_files_exchanged,
    "a hard link of another file": hard_link_of_another,
    "a symbolic link for a folder of the payload": linked_folder,
    "a package as a symbolic link": package_linked,
    "a package renamed": package_renamed,
    "trailing bytes after Parquet": lambda folder: rewrite(newest(folder) / "data/prix.parquet", lambda d: d + b"\0"),
    "trailing bytes after bagit.txt": lambda folder: rewrite(newest(folder) / "bagit.txt", lambda d: d + b"\n"),
    "trailing bytes after the signature": lambda folder: rewrite(newest(folder) / SIGNATURE, lambda d: d + b"x"),
    "two signatures": lambda folder: rewrite(newest(folder) / SIGNATURE, lambda d: d + d),
    "the signature under another namespace": lambda folder: rewrite(
        newest(folder) / SIGNATURE, lambda d: d.replace(b"YXJvYmFzZS1yZWxlYXNl", b"ZmlsZQ")
    ),
    "a list of files to fetch": lambda folder: (newest(folder) / "fetch.txt").write_text(
        "https://elsewhere.example/prix.csv - data/prix.csv\n"
    ),
    "a folder named like a file": lambda folder: (newest(folder) / "data" / "prix.csv.d").mkdir(),
    "the manifest in capitals": lambda folder: rewrite(newest(folder) / MANIFEST, bytes.upper),
    "the manifest with other line ends": lambda folder: rewrite(
        newest(folder) / MANIFEST, lambda d: d.replace(b"\n", b"\r\n")
    ),
    "an older version under a new number": copied_version,
    "the record of a refusal under another name": refusal_renamed,
    "latest.json with a byte more": index_bytes("latest.json", lambda data: data + b" "),
    "versions.json with a byte more": index_bytes("versions.json", lambda data: data + b" "),
    "versions.json in another order": index("versions.json", lambda document: document["versions"].reverse()),
    "versions.json with a version twice": index(
        "versions.json", lambda document: document["versions"].append(document["versions"][0])
    ),
    "versions.json with another date": index(
        "versions.json", lambda document: document["versions"][0].update(created="2020-01-01T00:00:00Z")
    ),
    "latest.json of another package": index("latest.json", lambda document: document.update(name="tarifs")),
    "latest.json as JSON in another form": index_bytes("latest.json", lambda d: json.dumps(json.loads(d)).encode()),
    "a head with a line more": head(lambda text: text.replace("\n\n", "\nmore\n\n", 1)),
    "a head with its signature twice": head(lambda text: text + text.splitlines()[-1][:-8] + "AAAAAAA=\n"),
    "a head of another size": head(lambda text: text.replace("\n3\n", "\n2\n", 1)),
    "a head with zeros before its size": head(lambda text: text.replace("\n3\n", "\n03\n", 1)),
    "a head cut": head(lambda text: text[:-10]),
    "a head of another log, by the same key": other_origin,
    "the log of elsewhere": log_of_elsewhere,
    "the ledger of elsewhere": ledger_of_elsewhere,
    "a bundle with bytes after it": in_log(lambda log: rewrite(a_bundle(log), lambda data: data + b"\0")),
    "a tile with a hash after it": in_log(lambda log: rewrite(a_tile(log), lambda data: data + b"\0" * 32)),
    "a tile of another level": in_log(lambda log: shutil.copytree(log / "tile" / "0", log / "tile" / "1")),
    "a time stamp of another log": stamp_of_elsewhere,
    "a time stamp that is none": in_log(
        lambda log: ((log / "times").mkdir(exist_ok=True), (log / "times" / "x.tsr").write_bytes(b"0"))
    ),
    # By the key's holder, who seals the version again and writes the log again after it.
    "a manifest with a file twice": manifest_line(lambda data: data + data.splitlines(keepends=True)[0]),
    "a manifest in another order": manifest_line(lambda data: b"".join(data.splitlines(keepends=True)[::-1])),
    "a manifest with a path that climbs": manifest_line(
        lambda data: data.replace(b"data/prix.csv", b"data/x/../prix.csv")
    ),
    "a manifest with an absolute path": manifest_line(lambda data: data.replace(b"data/prix.csv", b"/data/prix.csv")),
    "a manifest with a decomposed twin": manifest_line(lambda data: data + b"0" * 64 + b"  data/e\xcc\x81.csv\n"),
    "a manifest with a name in capitals": manifest_line(lambda data: data.replace(b"data/prix.csv", b"data/PRIX.csv")),
    "a manifest without a file": manifest_line(lambda data: b"".join(data.splitlines(keepends=True)[1:])),
    "a manifest with checksums in capitals": manifest_line(
        lambda data: b"".join(line[:64].upper() + line[64:] for line in data.splitlines(keepends=True))
    ),
    "what Parquet says of its table": of_table("prix", same_table),
    "a field of the schema retitled": of_schema(lambda schema: schema["fields"][2].update(title="Other")),
    "a field said to be of another privacy": of_schema(lambda schema: schema["fields"][2].update(privacy="personal")),
    "a constraint loosened": of_schema(lambda schema: schema["fields"][3]["constraints"].update(maximum=9)),
    "the key of a table left out": of_schema(lambda schema: schema.pop("primaryKey")),
    "a foreign key left out": of_schema(lambda schema: schema.pop("foreignKeys")),
    "a schema that other code made": of_document(
        lambda document: document["arobase"]["ingredients"].update(schema="0" * 64)
    ),
    "the rows of the provenance counted otherwise": of_resource("qualite/provenance.parquet", row_count=1),
    "the rows of Parquet counted otherwise": of_resource("prix.parquet", row_count=1),
    "the rows of changes counted otherwise": of_resource("changes/prix.csv", row_count=99),
    "the values of changes named otherwise": of_resource("changes/prix.parquet", content="0" * 64),
    "another delimiter": of_resource("prix.csv", dialect={"delimiter": ";"}),
    "another encoding": of_resource("prix.csv", encoding="latin-1"),
    "the spreadsheet's CSV as the form of another table": of_resource("excel/prix.csv", alternative="editions"),
    "an ODS file as CSV": of_resource("ods/prix.ods", format="csv"),
    "reasons of the number exchanged": of_own(reasons=[{"level": "MAJOR", "fr": "rupture", "en": "break"}]),
    "a version of the schema that is none": of_own(schema_version="1-000000000000"),
    "another version before": of_own(parent_version="1.0.9"),
    "another version compared with": of_own(compared_with="1.0.9"),
    "a first version that is none": of_own(parent_version=None, compared_with=None),
    "a later date of the data": resealed(both_dates),
    "a snapshot left out": of_sources(lambda sources: sources[0]["snapshots"].clear()),
    "another snapshot": of_sources(lambda sources: sources[0]["snapshots"][0].update(sha256="cd" * 32)),
    "another date of a snapshot": of_sources(lambda sources: sources[0]["snapshots"][0].update(obtained="2026-03-03")),
    "a source renamed": of_sources(lambda sources: sources[0].update(name="other")),
    "the part of a source renamed": of_sources(lambda sources: sources[0]["snapshots"][0].update(part="other")),
    "a warning that the page does not have": of_document(
        lambda document: document.update(warnings=[{"fr": "Attention.", "en": "Beware."}])
    ),
    "the page of changes cut": resealed(no_page_of_changes),
    "the page of another version": of_file("README.md", lambda data: data.replace(b"1.1.0", b"2.0.0")),
    "another snapshot on the page": of_file("README.md", lambda data: data.replace(b"ab" * 32, b"cd" * 32)),
    "the findings emptied in Parquet alone": of_table(FINDINGS, lambda table: table.slice(0, 0)),
    "the rejects emptied in Parquet alone": of_table("qualite/rejets", lambda table: table.slice(0, 0)),
    "the provenance emptied": of_table(PROVENANCE, lambda table: table.slice(0, 0)),
    "the provenance of one row left out": of_table(PROVENANCE, lambda table: table.slice(1)),
    "the provenance of one table left out": of_table(
        PROVENANCE, lambda table: table.filter(pc.not_equal(table.column("table").cast(pa.string()), "prix"))
    ),
    "the rows of the provenance reversed": of_table(PROVENANCE, numbered("ligne", reversed_numbers)),
    "a position that is none": of_table(PROVENANCE, numbered("position", lambda rows: [0, *rows[1:]])),
    "a position left empty": of_table(PROVENANCE, numbered("position", lambda rows: [None, *rows[1:]])),
    "the provenance of another source": of_table(
        PROVENANCE, replaced("source", lambda column: ["other"] * len(column))
    ),
    "a column more in the provenance": of_table(
        PROVENANCE, lambda table: table.append_column("nom", pa.array(["x"] * table.num_rows))
    ),
    "an ODS file with a macro": in_ods(ods_with_a_macro),
    "an ODS file with a formula": in_ods(ods_with_a_formula),
    "an ODS file with bytes before it": in_ods(lambda data: b"MZ" + data),
    "an ODS file with bytes after it": in_ods(lambda data: data + b"x"),
    "a spreadsheet's CSV without its mark": of_file("excel/prix.csv", lambda data: data.removeprefix(b"\xef\xbb\xbf")),
    "a manifest of other line ends": of_tag_file(MANIFEST, lambda data: data.replace(b"\n", b"\r\n")),
    "a manifest of line ends that are none elsewhere": of_tag_file(
        MANIFEST, lambda data: data.replace(b"\n", b"\x0b", 1)
    ),
    "a manifest without its last line end": of_tag_file(MANIFEST, lambda data: data.rstrip()),
    "a tag manifest of other line ends": of_tag_file(TAGMANIFEST, lambda data: data.replace(b"\n", b"\r\n")),
    "a tag manifest of line ends that are none elsewhere": of_tag_file(
        TAGMANIFEST, lambda data: data.replace(b"\n", b"\xe2\x80\xa8", 1)
    ),
    "bag-info.txt of other line ends": of_tag_file(INFO, lambda data: data.replace(b"\n", b"\r\n")),
    "bag-info.txt with two packages": of_tag_file(INFO, lambda data: b"Arobase-Package: other\n" + data),
    "a member of the descriptor twice": descriptor_bytes(lambda data: data.replace(b"{", b'{"licenses": [],', 1)),
    "the hash of a file twice": descriptor_bytes(
        lambda data: data.replace(b'"hash": ', b'"hash": "sha256:0", "hash": ', 1)
    ),
    "the descriptor after a byte order mark": descriptor_bytes(lambda data: b"\xef\xbb\xbf" + data),
    "the descriptor in UTF-16": descriptor_bytes(lambda data: data.decode().encode("utf-16")),
    "the licence of a resource": of_resource("prix.csv", licenses=[{"name": "CC0-1.0"}]),
    "more files of a resource": of_resource("prix.csv", extrapaths=["editions.csv"]),
    "a resource said to be compressed": of_resource("prix.csv", compression="gz"),
    "rows counted by a number with a point": of_each_resource(
        lambda item: item.update(row_count=float(item["row_count"]))
    ),
    "a CSV with a line end more": of_file("prix.csv", lambda data: data + b"\n"),
}


def moved_change(name: str, make: Callable[[list[str | None]], list[str | None]]) -> Attack:
    return of_table(
        "changes/prix", replaced(name, lambda column: make(column.cast(pa.string()).to_pylist())), also_csv=True
    )


def graver(bag: Path, document: Document) -> None:
    """A reason of the same level left out, of the page too."""
    own = document["arobase"]
    gone = own["reasons"].pop()
    rewrite(bag / "data" / "CHANGES.md", lambda data: data.replace(gone["fr"].encode(), b"."))


SEEN_DEEP: dict[str, Attack] = {
    "the value before altered": moved_change("avant", lambda words: ["9" if word else word for word in words]),
    "the value after altered": moved_change("apres", lambda words: ["9" if word else word for word in words]),
    "the key of a change altered": moved_change("cle", lambda words: [f"x{word}" for word in words]),
    "a reason left out": resealed(graver),
}
