"""Is one release what its publisher sealed? Names, manifests, hashes, signature, descriptor.

Belongs here: what can be told from the bytes of one bag. Does not: its values (`verify_values.py`), its place among the
others (`verify_chain.py`). Each series of flaws stops being worth reading after its first.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.releases import bag as bagit
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.flaws import Flaw
from pipelines.releases.signature import fingerprint, signer
from pipelines.storage import sha256_file

SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
PAGES = frozenset({"CHANGES.md", "README.md", "datapackage.json"})


def names(bag: Path) -> Iterator[Flaw]:
    """Every entry is a plain file or folder, with a plain name that no other one resembles."""
    if bag.is_symlink():
        yield Flaw("link", bag.name)
    seen: dict[str, str] = {}
    for path in sorted(bag.rglob("*")):
        place = path.relative_to(bag).as_posix()
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            yield Flaw("link", place)
        alike = seen.setdefault(place.casefold(), place)
        if not SAFE_NAME.fullmatch(path.name) or alike != place:
            yield Flaw("name", ascii(place)[1:-1], alike if alike != place else "")
    for path in sorted(bag.iterdir()):
        if path.name not in {*bagit.ROOT_FILES, "data"}:
            yield Flaw("stray", path.name)


def tags(bag: Path) -> Iterator[Flaw]:
    """The files at the root of the bag are there, and are those of the tag manifest."""
    wanted = sorted(bagit.ROOT_FILES - {bagit.SIGNATURE})
    for name in wanted:
        if not (bag / name).is_file():
            yield Flaw("tag-missing", name)
            return
    if (bag / "bagit.txt").read_bytes() != bagit.DECLARATION.encode():
        yield Flaw("declaration", "bagit.txt")
    try:
        told = bagit.read_manifest(bag / bagit.TAGMANIFEST)
    except ReleaseDamaged as error:
        yield Flaw("form", bagit.TAGMANIFEST, error.facts["found"], error.facts["expected"])
        return
    if sorted(told) != [name for name in wanted if name != bagit.TAGMANIFEST]:
        yield Flaw("form", bagit.TAGMANIFEST, ", ".join(told))
    for name, digest in told.items():
        if (bag / name).is_file() and sha256_file(bag / name) != digest:
            yield Flaw("tag-changed", name)


def signature(bag: Path, keys: Sequence[str]) -> Iterator[Flaw]:
    """The tag manifest is signed by the key that `bag-info.txt` names, and by one of `keys` where some are trusted."""
    try:
        named = bagit.read_info(bag).get("Arobase-Signer", "none")
    except ReleaseDamaged as error:
        yield Flaw("form", bagit.INFO, error.facts["found"], error.facts["expected"])
        return
    path = bag / bagit.SIGNATURE
    trusted = [fingerprint(key) for key in keys]
    if not path.is_file():
        if named != "none" or trusted:
            yield Flaw("unsigned", bagit.SIGNATURE, "", named)
        return
    made_by = signer((bag / bagit.TAGMANIFEST).read_bytes(), path.read_text(encoding="utf-8", errors="replace"))
    if made_by is None:
        yield Flaw("signature", bagit.SIGNATURE)
    elif fingerprint(made_by) not in (trusted or [named]) or fingerprint(made_by) != named:
        yield Flaw("signer", bagit.SIGNATURE, fingerprint(made_by), ", ".join(trusted or [named]))


def payload(bag: Path) -> Iterator[Flaw]:
    """The files under `data/` are those of the manifest: none added, none missing, none altered."""
    try:
        told = bagit.read_manifest(bag / bagit.MANIFEST)
    except ReleaseDamaged as error:
        yield Flaw("form", bagit.MANIFEST, error.facts["found"], error.facts["expected"])
        return
    there = bagit.payload_files(bag)
    for name in sorted(set(told) - set(there)):
        yield Flaw("payload-missing", ascii(name)[1:-1])
    for name in sorted(set(there) - set(told)):
        yield Flaw("payload-added", name)
    size = sum((bag / name).stat().st_size for name in there)
    for name in (name for name in there if name in told):
        if sha256_file(bag / name) != told[name]:
            yield Flaw("payload-changed", name)
    oxum = bagit.read_info(bag).get("Payload-Oxum", "")
    if oxum != f"{size}.{len(there)}":
        yield Flaw("size", bagit.INFO, oxum, f"{size}.{len(there)}")


def identity(bag: Path) -> Iterator[Flaw]:
    """`bag-info.txt`, the folder and the descriptor tell of the same package and version."""
    info = bagit.read_info(bag)
    told = (info.get("Arobase-Package"), info.get("Arobase-Version"))
    if bag.name != told[1] and (bag.parent / "versions.json").is_file():
        yield Flaw("identity", bag.name, str(told[1]), bag.name)
    try:
        document = read_descriptor(bag / "data")
    except ReleaseDamaged as error:
        yield Flaw("form", "data/datapackage.json", error.facts["found"], error.facts["expected"])
        return
    if (document.get("name"), document.get("version")) != told:
        found = f"{document.get('name')} {document.get('version')}"
        yield Flaw("identity", "data/datapackage.json", found, f"{told[0]} {told[1]}")


def descriptor(bag: Path) -> Iterator[Flaw]:
    """The descriptor tells of every file under `data/`, with the sizes and hashes that the manifest has."""
    hashes = bagit.read_manifest(bag / bagit.MANIFEST)
    described = {f"data/{item['path']}": item for item in read_descriptor(bag / "data")["resources"]}
    pages = {f"data/{name}" for name in PAGES}
    for name in sorted(set(described) ^ (set(hashes) - pages)):
        yield Flaw("descriptor", name)
    for name, item in sorted(described.items()):
        if name in hashes and (item["hash"], item["bytes"]) != (f"sha256:{hashes[name]}", (bag / name).stat().st_size):
            yield Flaw("descriptor", name, item["hash"][:19], f"sha256:{hashes[name][:12]}")
