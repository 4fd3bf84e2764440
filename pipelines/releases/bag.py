"""BagIt (RFC 8493): the manifests of a release, and what a bag says about itself.

Belongs here: writing and reading the files at the root of a bag. Does not: the payload under `data/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.core.text import Said
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.signature import SigningKey
from pipelines.storage import sha256_bytes, sha256_file
from pipelines.storage.plain import read_plain

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST, SIGNATURE = "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"
INFO = "bag-info.txt"
LARGEST_TAG = 1 << 26
PROOF = "inclusion.tlog-proof"
"""That the log contains the release: known once the bag is sealed, it is beside the seal, as the signature."""
SEALED_FILES = frozenset({"bagit.txt", INFO, MANIFEST, TAGMANIFEST})
BESIDE_SEAL = frozenset({SIGNATURE, PROOF})
ROOT_FILES = SEALED_FILES | BESIDE_SEAL


def seal(bag: Path, facts: Mapping[str, str], hashes: Mapping[str, str], key: SigningKey | None) -> str:
    """Make a bag of the folder `bag`, whose payload is under `data/`; returns the SHA-256 of its tag manifest.

    `facts`: the lines of `bag-info.txt`, in order. `hashes`: SHA-256 of payload files already known, by path under the
    bag; the others are read.
    """
    payload = payload_files(bag)
    lines = [f"{hashes.get(name) or sha256_file(bag / name)}  {name}\n" for name in payload]
    size = sum((bag / name).stat().st_size for name in payload)
    info = {**facts, "Payload-Oxum": f"{size}.{len(payload)}"}
    tags = {
        INFO: "".join(f"{name}: {value}\n" for name, value in info.items()),
        "bagit.txt": DECLARATION,
        MANIFEST: "".join(lines),
    }
    for name, text in tags.items():
        (bag / name).write_text(text, encoding="utf-8", newline="")
    tagmanifest = "".join(f"{sha256_bytes(text.encode())}  {name}\n" for name, text in sorted(tags.items()))
    (bag / TAGMANIFEST).write_text(tagmanifest, encoding="utf-8", newline="")
    if key is not None:
        (bag / SIGNATURE).write_text(key.sign(tagmanifest.encode()), encoding="ascii", newline="")
    return sha256_bytes(tagmanifest.encode())


def payload_files(bag: Path) -> list[str]:
    """Paths of the files under `data/`, relative to the bag, in byte order."""
    found = (path for path in (bag / "data").rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(bag).as_posix() for path in found)


def read_info(bag: Path) -> dict[str, str]:
    """The lines of `bag-info.txt`. Raises `ReleaseDamaged` when it is missing or has another form."""
    file = f"{bag.name}/{INFO}"
    lines = _lines(bag / INFO, file)
    pairs = [line.partition(": ") for line in lines]
    if not all(sign for _, sign, _ in pairs):
        found = Said("une ligne sans « : »", "a line without “:”")
        raise ReleaseDamaged(file=file, found=found, expected="Label: value")
    facts = {name: value for name, _, value in pairs}
    if len(facts) != len(pairs):  # one reader would go by the first, another by the last
        raise ReleaseDamaged(file=file, found=Said("une étiquette deux fois", "a label twice"), expected="Label: value")
    return facts


def read_manifest(path: Path) -> dict[str, str]:
    """SHA-256 by path, from a manifest of a bag. Raises `ReleaseDamaged` when it is missing or has another form."""
    file = f"{path.parent.name}/{path.name}"
    lines = _lines(path, file)
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        digest, sign, name = line.partition("  ")
        if not sign or len(digest) != 64 or not set(digest) <= set("0123456789abcdef") or name in found:
            expected = Said("SHA-256, deux espaces, un chemin", "SHA-256, two spaces, a path")
            raise ReleaseDamaged(file=f"{file}, {number}", found=repr(line[:80]), expected=expected)
        found[name] = digest
    return found


def check_files(bag: Path, names: Iterable[str]) -> None:
    """Raises `ReleaseDamaged` unless the files `names` (paths under the bag) are those that were sealed: what a command
    says of a value is then said of the published one. Signature, log and ledger are left to `verify`."""
    sealed = read_manifest(bag / TAGMANIFEST)
    _check_file(bag, MANIFEST, sealed)
    recorded = read_manifest(bag / MANIFEST)
    for name in sorted(set(names)):
        _check_file(bag, name, recorded)


def _check_file(bag: Path, name: str, recorded: Mapping[str, str]) -> None:
    digest = sha256_file(bag / name) if (bag / name).is_file() else None
    if digest == recorded.get(name) is not None:
        return
    found = Said("le fichier a changé depuis la publication", "the file changed after publication")
    if digest is None:
        found = Said("le fichier est absent", "the file is missing")
    elif name not in recorded:
        found = Said("le fichier ne fait pas partie de la version", "the file is no part of the release")
    expected = f"SHA-256 {recorded[name]}" if name in recorded else Said("un fichier publié", "a published file")
    raise ReleaseDamaged(file=f"{bag.parent.name}/{bag.name}/{name}", found=found, expected=expected)


def _lines(path: Path, file: str) -> list[str]:
    """The lines of a tag file, each ended by a line feed and nothing else: `sha256sum` knows no other end, and what is
    two lines to one reader and one to another would be two contents under one signature."""
    try:
        text = read_plain(path, LARGEST_TAG).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseDamaged(file=file, found=type(error).__name__, expected="UTF-8") from None
    *lines, rest = text.split("\n")
    if rest or any(len(line.splitlines()) > 1 or line[-1:].isspace() for line in lines):
        found = Said("une autre fin de ligne", "another line end")
        raise ReleaseDamaged(file=file, found=found, expected="\\n")
    return lines
