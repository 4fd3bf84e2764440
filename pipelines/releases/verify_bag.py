"""Is one release what its publisher sealed? Names, manifests, hashes, signature, descriptor.

Belongs here: what can be distinguished from the bytes of one bag. Does not: its values (`verify_values.py`), its place
among the others (`verify_chain.py`). Each series of flaws stops being worth reading after its first.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from pipelines.core.text import Said
from pipelines.releases import bag as bagit
from pipelines.releases.allowed_signers import Trust
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.flaws import Flaw
from pipelines.releases.signature import NAMESPACE, fingerprint_of, signing_blob
from pipelines.storage import sha256_bytes, sha256_file
from pipelines.storage.plain import read_plain

SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
VERSION_NAME = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
LARGEST_SIGNATURE = 1 << 20
HUGE = 1 << 30
SMALL = 1 << 26
"""Bytes up to which an altered text is looked at again, to say what changed it on the way."""
BROUGHT_ALONG = re.compile(r"\.DS_Store|\._.*|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini", re.IGNORECASE)
"""What macOS and Windows leave in folders that they show or unpack."""
PAGES = frozenset({"CHANGES.md", "README.md", "datapackage.json"})


def names(bag: Path) -> Iterator[Flaw]:
    """Every entry is a plain file or a folder that contains one, with a plain name that no other one resembles."""
    if bag.is_symlink():
        yield Flaw("link", bag.name)
    seen: dict[str, str] = {}
    if along := [path.relative_to(bag).as_posix() for path in sorted(bag.rglob("*")) if _is_brought_along(bag, path)]:
        yield Flaw("brought-along", ascii(along[0])[1:-1], ascii(", ".join(along[1:]))[1:-1][:200])
    for path in sorted(bag.rglob("*")):
        place = path.relative_to(bag).as_posix()
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            yield Flaw("link", place)
        elif stat.S_ISDIR(mode) and not any(path.iterdir()) and not _is_brought_along(bag, path):
            yield Flaw("empty", place)
        if _is_brought_along(bag, path):
            continue
        alike = seen.setdefault(place.casefold(), place)
        if not SAFE_NAME.fullmatch(path.name) or alike != place:
            yield Flaw("name", ascii(place)[1:-1], alike if alike != place else "")
    for path in sorted(bag.iterdir()):
        if path.name not in {*bagit.ROOT_FILES, "data"} and not _is_brought_along(bag, path):
            yield Flaw("stray", path.name)


def _is_brought_along(bag: Path, path: Path) -> bool:
    return any(BROUGHT_ALONG.fullmatch(part) for part in path.relative_to(bag).parts)


def tags(bag: Path) -> Iterator[Flaw]:
    """The files at the root of the bag are there, and are those of the tag manifest."""
    wanted = sorted(bagit.SEALED_FILES)
    for name in wanted:
        if not (bag / name).is_file():
            yield Flaw("tag-missing", name)
            return
    for name in wanted:
        size = (bag / name).stat().st_size
        if size > bagit.LARGEST_TAG:
            yield Flaw("form", name, str(size), f"≤ {bagit.LARGEST_TAG}")
            return
    declared = (bag / "bagit.txt").read_bytes()
    if declared != bagit.DECLARATION.encode():
        yield Flaw("declaration", "bagit.txt", changed_on_the_way(declared, sha256_bytes(bagit.DECLARATION.encode())))
    try:
        recorded = bagit.read_manifest(bag / bagit.TAGMANIFEST)
    except ReleaseDamaged as error:
        yield Flaw("form", bagit.TAGMANIFEST, error.facts["found"], error.facts["expected"])
        return
    if sorted(recorded) != [name for name in wanted if name != bagit.TAGMANIFEST]:
        yield Flaw("form", bagit.TAGMANIFEST, ", ".join(recorded))
    for name, digest in recorded.items():
        if (bag / name).is_file() and sha256_file(bag / name) != digest:
            yield Flaw("tag-changed", name, changed_on_the_way((bag / name).read_bytes(), digest))


def signature(bag: Path, trust: Trust | None) -> Iterator[Flaw]:
    """The tag manifest is signed by the key that `bag-info.txt` names, which `trust` accepts where it is given."""
    try:
        named = bagit.read_info(bag).get("Arobase-Signer", "none")
    except ReleaseDamaged as error:
        yield Flaw("form", bagit.INFO, error.facts["found"], error.facts["expected"])
        return
    path = bag / bagit.SIGNATURE
    if not path.is_file():
        if named != "none" or trust is not None:
            yield Flaw("unsigned", bagit.SIGNATURE, "", named)
        return
    try:
        armoured = read_plain(path, LARGEST_SIGNATURE).decode("utf-8", "replace")
    except OSError as error:
        yield Flaw("form", bagit.SIGNATURE, type(error).__name__, "SSHSIG")
        return
    blob = signing_blob((bag / bagit.TAGMANIFEST).read_bytes(), armoured)
    if blob is None:
        yield Flaw("signature", bagit.SIGNATURE)
        return
    made_by = fingerprint_of(blob)
    if made_by != named:
        yield Flaw("signer", bagit.SIGNATURE, made_by, named)
    refusal = trust.refusal(blob, NAMESPACE) if trust is not None else None
    if refusal is not None:
        yield Flaw("signer", bagit.SIGNATURE, refusal)


def payload(bag: Path) -> Iterator[Flaw]:
    """The files under `data/` are those of the manifest: none added, none missing, none altered.

    Sizes come first: what is larger than the whole was announced to be is not read.
    """
    try:
        recorded = bagit.read_manifest(bag / bagit.MANIFEST)
    except ReleaseDamaged as error:
        yield Flaw("form", bagit.MANIFEST, error.facts["found"], error.facts["expected"])
        return
    there = [name for name in bagit.payload_files(bag) if not _is_brought_along(bag, bag / name)]
    for name in sorted(set(recorded) - set(there)):
        yield Flaw("payload-missing", ascii(name)[1:-1])
    for name in sorted(set(there) - set(recorded)):
        yield Flaw("payload-added", name)
    try:
        oxum = bagit.read_info(bag).get("Payload-Oxum", "")
    except ReleaseDamaged as error:
        yield Flaw("form", bagit.INFO, error.facts["found"], error.facts["expected"])
        return
    announced = oxum.partition(".")[0]
    most = int(announced) if announced.isdecimal() else 0
    sizes = {name: (bag / name).stat().st_size for name in there}
    for name in (name for name in there if name in recorded):
        if sizes[name] > most or _is_hollow(bag / name) or sha256_file(bag / name) != recorded[name]:
            is_small = sizes[name] <= min(most * 2, SMALL)
            how = changed_on_the_way((bag / name).read_bytes(), recorded[name]) if is_small else ""
            yield Flaw("payload-changed", name, how)
    size = sum(sizes.values())
    if oxum != f"{size}.{len(there)}":
        yield Flaw("size", bagit.INFO, oxum, f"{size}.{len(there)}")


EMPTY = Said("0 octet : copie ou téléchargement inachevé ?", "0 bytes: a copy or a download that did not end?")
LINE_ENDS = Said(
    "seules les fins de ligne ont changé, comme le fait git (autocrlf) ou un transfert en mode texte",
    "only the line ends changed, as git (autocrlf) or a transfer in text mode does",
)
MARKED = Said(
    "seule une marque d'ordre des octets (BOM) a été ajoutée, comme le fait un éditeur de texte",
    "only a byte order mark (BOM) was added, as a text editor does",
)


def changed_on_the_way(data: bytes, digest: str) -> Said | str:
    """What a program that carried a text did to it, where undoing that gives the bytes of `digest`; else nothing.

    It is altered all the same: this only says by what.
    """
    if not data:
        return EMPTY
    plain = data.removeprefix(b"\xef\xbb\xbf")
    if plain != data and sha256_bytes(plain) == digest:
        return MARKED
    return LINE_ENDS if sha256_bytes(plain.replace(b"\r\n", b"\n")) == digest else ""


def _is_hollow(path: Path) -> bool:
    """Whether a file is huge and next to nothing of it is on the disk: no release is, and reading it takes hours."""
    status = path.stat()
    return status.st_size > HUGE and status.st_blocks * 512 * 1000 < status.st_size


def identity(bag: Path) -> Iterator[Flaw]:
    """`bag-info.txt`, the folder and the descriptor name the same package and version."""
    info = bagit.read_info(bag)
    named = (info.get("Arobase-Package"), info.get("Arobase-Version"))
    among_others = (bag.parent / "versions.json").is_file()
    if bag.name != named[1] and (among_others or VERSION_NAME.fullmatch(bag.name)):
        yield Flaw("identity", bag.name, str(named[1]), bag.name)
    if among_others and bag.parent.name != named[0]:
        yield Flaw("identity", f"{bag.parent.name}/{bag.name}", str(named[0]), bag.parent.name)
    try:
        document = read_descriptor(bag / "data")
    except ReleaseDamaged as error:
        yield Flaw("form", "data/datapackage.json", error.facts["found"], error.facts["expected"])
        return
    if (document.get("name"), document.get("version")) != named:
        found = f"{document.get('name')} {document.get('version')}"
        yield Flaw("identity", "data/datapackage.json", found, f"{named[0]} {named[1]}")
    if document.get("created") != info.get("Arobase-Created"):
        found, expected = str(document.get("created")), str(info.get("Arobase-Created"))
        yield Flaw("identity", "data/datapackage.json", found, expected)
    expected = f"{named[0]}/{named[1]}"
    if info.get("External-Identifier", expected) != expected:
        yield Flaw("identity", bagit.INFO, info["External-Identifier"], expected)


def descriptor(bag: Path) -> Iterator[Flaw]:
    """The descriptor lists every file under `data/`, with the sizes and hashes that the manifest has."""
    hashes = bagit.read_manifest(bag / bagit.MANIFEST)
    described = {f"data/{item['path']}": item for item in read_descriptor(bag / "data")["resources"]}
    pages = {f"data/{name}" for name in PAGES}
    for name in sorted(set(described) ^ (set(hashes) - pages)):
        yield Flaw("descriptor", name)
    for name, item in sorted(described.items()):
        if name in hashes and (item["hash"], item["bytes"]) != (f"sha256:{hashes[name]}", (bag / name).stat().st_size):
            yield Flaw("descriptor", name, item["hash"][:19], f"sha256:{hashes[name][:12]}")
