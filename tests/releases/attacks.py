"""Every kind of alteration that is tried on a release, its neighbours or the ledger, with the reason of its refusal."""

from __future__ import annotations

import json
import os
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.releases.bag import seal
from pipelines.releases.descriptor import to_json
from pipelines.releases.signature import new_key
from pipelines.releases.verify import Verification, verify
from pipelines.storage import sha256_bytes, sha256_file

Attack = Callable[[Path], Any]
NEWEST, OLDEST = "prix/1.1.0", "prix/1.0.0"


def releases_of(folder: Path) -> Path:
    return folder / "outputs" / "releases"


def checked(folder: Path) -> Verification:
    return verify(releases_of(folder), keys=((folder / "cle.pub").read_text().strip(),))


def newest(folder: Path) -> Path:
    return releases_of(folder) / NEWEST


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def byte(place: str, *, end: bool = False) -> Attack:
    def attack(folder: Path) -> None:
        path = newest(folder) / place
        data = bytearray(path.read_bytes())
        data[-2 if end else len(data) // 2] ^= 1
        path.write_bytes(bytes(data))

    return attack


def append(place: str, text: str) -> Attack:
    return lambda folder: rewrite(newest(folder) / place, lambda data: data + text.encode())


def remove(place: str) -> Attack:
    return lambda folder: (newest(folder) / place).unlink()


def add(place: str, text: str = "x") -> Attack:
    def attack(folder: Path) -> None:
        path = newest(folder) / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return attack


def rename(old: str, new: str) -> Attack:
    return lambda folder: (newest(folder) / old).rename(newest(folder) / new)


def link(place: str) -> Attack:
    def attack(folder: Path) -> None:
        path = newest(folder) / place
        path.rename(folder / "moved")
        path.symlink_to(folder / "moved")

    return attack


def swap_files(folder: Path) -> None:
    shutil.copy(releases_of(folder) / OLDEST / "data" / "prix.csv", newest(folder) / "data" / "prix.csv")


def recompute(folder: Path) -> None:
    """Alter a row, and every checksum after it, without the key."""
    rewrite(newest(folder) / "data" / "prix.csv", lambda data: data.replace(b"Ville", b"Bille"))
    reseal(folder, signed=False)


def reseal(folder: Path, *, signed: bool) -> None:
    bag = newest(folder)
    told = dict(line.split(": ", 1) for line in (bag / "bag-info.txt").read_text().splitlines())
    told.pop("Payload-Oxum")
    kept = (bag / "tagmanifest-sha256.txt.sig").read_bytes()
    seal(bag, told, {}, new_key(folder / "attacker") if signed else None)
    if not signed:
        (bag / "tagmanifest-sha256.txt.sig").write_bytes(kept)


def resign(folder: Path) -> None:
    recompute(folder)
    reseal(folder, signed=True)


def manifest_only(folder: Path) -> None:
    path = newest(folder) / "data" / "prix.csv"
    old = sha256_file(path)
    rewrite(path, lambda data: data.replace(b"Ville", b"Bille"))
    rewrite(newest(folder) / "manifest-sha256.txt", lambda data: data.replace(old.encode(), sha256_file(path).encode()))


def signature_of_another_release(folder: Path) -> None:
    name = "tagmanifest-sha256.txt.sig"
    shutil.copy(releases_of(folder) / OLDEST / name, newest(folder) / name)


def another_release_of_the_same_key(folder: Path) -> None:
    shutil.rmtree(newest(folder))
    shutil.copytree(folder / "elsewhere" / "releases" / OLDEST, newest(folder))


def swap_folders(folder: Path) -> None:
    one, two = newest(folder), releases_of(folder) / OLDEST
    one.rename(folder / "aside")
    two.rename(one)
    (folder / "aside").rename(two)


def remove_release(folder: Path) -> None:
    shutil.rmtree(releases_of(folder) / OLDEST)


def add_release(folder: Path) -> None:
    shutil.copytree(newest(folder), releases_of(folder) / "prix" / "9.0.0")


def link_release(folder: Path) -> None:
    newest(folder).rename(folder / "moved")
    newest(folder).symlink_to(folder / "moved")


def ledger(change: Callable[[list[str]], list[str]]) -> Attack:
    def attack(folder: Path) -> None:
        path = folder / "outputs" / "ledger.jsonl"
        lines = path.read_text().splitlines()
        path.write_text("".join(f"{line}\n" for line in change(lines)))

    return attack


def edit_entry(place: int, **more: Any) -> Attack:
    """Alter one line and chain the ones after it again."""

    def change(lines: list[str]) -> list[str]:
        kept, head = lines[:place], None
        for number, line in enumerate(lines[place:], start=place):
            entry = json.loads(line)
            if number == place:
                entry |= more
            if head is not None:
                entry["previous"] = head
            kept.append(json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
            head = sha256_bytes(kept[-1].encode())
        return kept

    return ledger(change)


def cut_ledger(folder: Path) -> None:
    rewrite(folder / "outputs" / "ledger.jsonl", lambda data: data[:-20])


def remove_ledger(folder: Path) -> None:
    (folder / "outputs" / "ledger.jsonl").unlink()


def roll_back_latest(folder: Path) -> None:
    document = json.loads((releases_of(folder) / "prix" / "latest.json").read_text())
    text = to_json(document).replace("1.1.0", "1.0.0")
    (releases_of(folder) / "prix" / "latest.json").write_text(text)


def roll_back_versions(folder: Path) -> None:
    path = releases_of(folder) / "prix" / "versions.json"
    document = json.loads(path.read_text())
    document["versions"] = document["versions"][1:]
    path.write_text(to_json(document))


def forge_tombstone(folder: Path) -> None:
    path = releases_of(folder) / "prix" / "retraits" / "1.1.0.json"
    path.parent.mkdir()
    path.write_text(to_json({"package": "prix", "version": "1.1.0", "reason": "forged"}))


def remove_refusal(folder: Path) -> None:
    next((releases_of(folder) / "prix" / "refus").iterdir()).unlink()


def edit_refusal(folder: Path) -> None:
    rewrite(next((releases_of(folder) / "prix" / "refus").iterdir()), lambda data: data + b" ")


def remove_package(folder: Path) -> None:
    shutil.rmtree(releases_of(folder) / "prix")


def decomposed_twin(folder: Path) -> None:
    (newest(folder) / "data" / unicodedata.normalize("NFD", "é.csv")).write_text("x")


def fifo(folder: Path) -> None:
    os.mkfifo(newest(folder) / "data" / "tube")


def manifest_that_climbs(folder: Path) -> None:
    rewrite(newest(folder) / "manifest-sha256.txt", lambda data: data + b"0" * 64 + b"  data/../../x\n")


ATTACKS: dict[str, tuple[Attack, str]] = {
    "a byte of a CSV": (byte("data/prix.csv"), "payload-changed"),
    "a byte of a Parquet file": (byte("data/prix.parquet"), "payload-changed"),
    "a byte of the spreadsheet's CSV": (byte("data/excel/prix.csv"), "payload-changed"),
    "a byte of the findings": (byte("data/qualite/constats.csv"), "payload-changed"),
    "a byte of the provenance": (byte("data/qualite/provenance.parquet"), "payload-changed"),
    "a byte of the changes": (byte("data/changes/prix.csv"), "payload-changed"),
    "a byte of CHANGES.md": (byte("data/CHANGES.md"), "payload-changed"),
    "a byte of README.md": (byte("data/README.md"), "payload-changed"),
    "a byte of the descriptor": (byte("data/datapackage.json"), "payload-changed"),
    "a byte of the manifest": (byte("manifest-sha256.txt"), "tag-changed"),
    "a byte of bag-info.txt": (byte("bag-info.txt"), "tag-changed"),
    "a byte of bagit.txt": (byte("bagit.txt"), "declaration"),
    "a byte of the tag manifest": (byte("tagmanifest-sha256.txt"), "swapped"),
    "a byte of the signature": (byte("tagmanifest-sha256.txt.sig"), "signature"),
    "a row added": (append("data/prix.csv", "p9,2025,Ajout,,,\n"), "payload-changed"),
    "a row removed": (
        lambda folder: rewrite(newest(folder) / "data" / "prix.csv", lambda data: data[: data.index(b"p4")]),
        "payload-changed",
    ),
    "two rows exchanged": (
        lambda folder: rewrite(
            newest(folder) / "data" / "editions.csv", lambda data: b"".join(sorted(data.splitlines(True)))
        ),
        "payload-changed",
    ),
    "a byte order mark added": (
        lambda folder: rewrite(newest(folder) / "data" / "prix.csv", lambda data: b"\xef\xbb\xbf" + data),
        "payload-changed",
    ),
    "line ends changed": (
        lambda folder: rewrite(newest(folder) / "data" / "prix.csv", lambda data: data.replace(b"\n", b"\r\n")),
        "payload-changed",
    ),
    "a file emptied": (
        lambda folder: rewrite(newest(folder) / "data" / "prix.csv", lambda data: b""),
        "payload-changed",
    ),
    "a file added to the payload": (add("data/ajout.csv"), "payload-added"),
    "a file added in a new folder": (add("data/autre/ajout.csv"), "payload-added"),
    "a hidden file added": (add("data/.cache"), "name"),
    "a file added beside the payload": (add("ajout.txt"), "stray"),
    "a second manifest": (add("manifest-md5.txt"), "stray"),
    "a file removed": (remove("data/excel/prix.csv"), "payload-missing"),
    "the descriptor removed": (remove("data/datapackage.json"), "payload-missing"),
    "the manifest removed": (remove("manifest-sha256.txt"), "tag-missing"),
    "the tag manifest removed": (remove("tagmanifest-sha256.txt"), "swapped"),
    "bag-info.txt removed": (remove("bag-info.txt"), "tag-missing"),
    "the signature removed": (remove("tagmanifest-sha256.txt.sig"), "unsigned"),
    "a file renamed": (rename("data/prix.csv", "data/prize.csv"), "payload-missing"),
    "a file renamed in capitals": (rename("data/prix.csv", "data/PRIX.csv"), "payload-missing"),
    "a twin in capitals": (add("data/PRIX.csv"), "name"),
    "a decomposed name": (decomposed_twin, "name"),
    "a name with a Cyrillic letter": (add("data/рrix.csv"), "name"),
    "a name that reads backwards": (add("data/prix\u202evsc.csv"), "name"),
    "a name with a line end": (add("data/a\nb"), "name"),
    "a symbolic link for a file": (link("data/prix.csv"), "link"),
    "a symbolic link for the manifest": (link("manifest-sha256.txt"), "link"),
    "a symbolic link for the release": (link_release, "link"),
    "a pipe": (fifo, "link"),
    "a file of another version": (swap_files, "payload-changed"),
    "a manifest that goes out of the bag": (manifest_that_climbs, "tag-changed"),
    "a recomputed manifest": (manifest_only, "tag-changed"),
    "every checksum recomputed": (recompute, "swapped"),
    "every checksum recomputed and signed by another": (resign, "swapped"),
    "the signature of another release": (signature_of_another_release, "signature"),
    "a replaced signature": (
        lambda folder: rewrite(
            newest(folder) / "tagmanifest-sha256.txt.sig",
            lambda _: new_key(folder / "x").sign((newest(folder) / "tagmanifest-sha256.txt").read_bytes()).encode(),
        ),
        "signer",
    ),
    "a genuine release of elsewhere": (another_release_of_the_same_key, "swapped"),
    "two versions exchanged": (swap_folders, "swapped"),
    "a version removed": (remove_release, "removed"),
    "a version added": (add_release, "unrecorded"),
    "a package removed": (remove_package, "no-release"),
    "a file beside the versions": (
        lambda folder: (releases_of(folder) / "prix" / "note.txt").write_text("x"),
        "stray",
    ),
    "a ledger without its last line": (ledger(lambda lines: lines[:-2]), "unrecorded"),
    "a ledger without its first line": (ledger(lambda lines: lines[1:]), "ledger"),
    "a ledger without a line in the middle": (ledger(lambda lines: [lines[0], *lines[2:]]), "ledger"),
    "a ledger in another order": (ledger(lambda lines: lines[::-1]), "ledger"),
    "a ledger with a line twice": (ledger(lambda lines: [*lines, lines[-1]]), "ledger"),
    "a ledger cut in a line": (cut_ledger, "ledger"),
    "a ledger that is not text": (ledger(lambda lines: [*lines, "[]"]), "ledger"),
    "a ledger removed": (remove_ledger, "unrecorded"),
    "a ledger rewritten from its start": (edit_entry(0, tagmanifest="0" * 64), "swapped"),
    "a ledger with another parent": (edit_entry(1, parent="none"), "chain"),
    "a ledger with another signer": (edit_entry(1, signer="none"), "chain"),
    "a ledger rechained after a refusal was altered": (edit_entry(2, record="0" * 64), "refusal"),
    "latest rolled back": (roll_back_latest, "index"),
    "latest removed": (lambda folder: (releases_of(folder) / "prix" / "latest.json").unlink(), "index"),
    "versions rolled back": (roll_back_versions, "index"),
    "a forged tombstone": (forge_tombstone, "tombstone"),
    "the record of a refusal removed": (remove_refusal, "refusal"),
    "the record of a refusal altered": (edit_refusal, "refusal"),
}
