"""Verification: everything that an auditor can check of a release, of a package's releases, or of all of them.

Belongs here: which checks are made, in which order, and what is said to have been verified. Does not: any check
(`verify_*.py`). Nothing here needs the network, nor the code that made the release; the clock only tells whether a key
that an auditor gave an end is still good.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.core.errors import ArobaseError
from pipelines.releases import verify_bag, verify_chain, verify_changes, verify_descriptor, verify_log, verify_values
from pipelines.releases.allowed_signers import Trust
from pipelines.releases.bag import PROOF, SIGNATURE, TAGMANIFEST, read_info
from pipelines.releases.errors import LogDamaged, NoteUnreadable, ReleaseDamaged
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import (
    CHECKPOINT,
    CIRCUMSTANCES,
    LARGEST_NOTE,
    WITNESSED,
    folder_reader,
    is_leaf_of,
    log_beside,
    read_checkpoint,
)
from pipelines.releases.log.merkle import EMPTY_ROOT
from pipelines.releases.log.notes import Checkpoint, cosigned_at
from pipelines.releases.log.proofs import Proof
from pipelines.releases.log.tiles import Read, Tree
from pipelines.releases.request import Warned
from pipelines.releases.signature import fingerprint_of, signing_blob
from pipelines.releases.store import TOMBSTONES, VERSIONS, ReleaseStore, line_of, package_folders, version_folders
from pipelines.releases.verify_log import Demands, LogState
from pipelines.storage.atomic import ASIDE
from pipelines.storage.plain import is_plain, read_plain

NOT_SIGNED = Warned("aucune signature : rien ne dit qui a publié", "no signature: nothing tells who published")
NO_KEY = Warned(
    "signature juste, mais comparée à aucune clé de confiance (--key)",
    "the signature is right, but was compared with no trusted key (--key)",
)
ALONE = Warned(
    "version vérifiée seule : ni registre ni versions voisines",
    "release verified alone: no ledger and no other releases",
)
UNDER_WAY = Warned(
    "une publication ne s'est pas achevée : la prochaine la terminera",
    "a publication did not end: the next one will complete it",
)
LEFT_ASIDE = Warned(
    "un processus interrompu a laissé des fichiers (.aside-…) : le prochain les efface",
    "a process that died left files (.aside-…): the next one deletes them",
)
NO_LOG = Warned(
    "pas de journal signé : retraits et refus ne sont couverts par aucune signature",
    "no signed log: retractions and refusals are covered by no signature",
)
Entry = Mapping[str, Any]
"""A line of the ledger."""
SHORT_LEDGER = 1 << 16
LOCKS = frozenset({".ledger.lock", ".send.lock"})


@dataclass(frozen=True)
class Verified:
    """One release that was looked at. `signer`: a fingerprint. `at`: when it was published, as the log says."""

    package: str
    version: str
    signer: str | None = None
    event: int | None = None
    at: str | None = None
    commit: str | None = None


@dataclass(frozen=True)
class Verification:
    """What was found: flaws in the order of the checks, notes, and the releases that were looked at."""

    flaws: tuple[Flaw, ...]
    notes: tuple[Warned, ...]
    releases: tuple[str, ...]
    verified: tuple[Verified, ...] = ()
    log: LogState | None = None

    @property
    def is_sound(self) -> bool:
        return not self.flaws

    @property
    def first(self) -> Flaw | None:
        """The first thing that is wrong."""
        return self.flaws[0] if self.flaws else None


@dataclass
class _Looking:
    """A verification under way: what the auditor brought, and what was found."""

    trust: Trust | None
    witness: str | None
    demands: Demands
    deep: bool
    step: Callable[[str], None]
    flaws: list[Flaw] = field(default_factory=list)
    notes: list[Warned] = field(default_factory=list)
    verified: list[Verified] = field(default_factory=list)
    log: LogState | None = None
    signers: dict[str, bytes] = field(default_factory=dict)
    log_folder: Path = Path()

    def done(self) -> Verification:
        names = tuple(f"{item.package} {item.version}" for item in self.verified)
        return Verification(tuple(self.flaws), tuple(dict.fromkeys(self.notes)), names, tuple(self.verified), self.log)


def verify(
    path: Path,
    *,
    keys: Sequence[str] = (),
    trust: Trust | None = None,
    witness: str | None = None,
    demands: Demands | None = None,
    deep: bool = False,
    expected: str | None = None,
    read: Read | None = None,
    step: Callable[[str], None] = lambda name: None,
) -> Verification:
    """Verify what stands at `path`: one release, the releases of a package, or a folder of packages.

    `trust`: whose signatures are accepted; `keys`: the same, as bare public keys (`ssh-ed25519 AAAA…`); without any, a
    signature is only checked for itself. `witness`: the hash of a line of the ledger noted earlier. `demands`: what the
    log has to continue, and who has to have witnessed it. `deep`: changes are computed again from both versions.
    `expected`: "package" or "package/version". `read`: how the log is read when it does not lie beside the releases.
    `step` is told each release before it is read. A release that stands among others is checked against them and the
    log too. Never raises for what is wrong with the files, and never waits for one.
    """
    trusted = trust if trust is not None else (Trust.of_keys(tuple(keys)) if keys else None)
    looking = _Looking(trusted, witness, demands or Demands(), deep, step)
    if not path.exists() and not path.is_symlink():
        return Verification((Flaw("no-release", path.name),), (), ())
    special = _special(path)
    if special:
        return Verification(tuple(special), (), ())
    if (path / "data").is_dir() or (path / "bagit.txt").is_file():
        _one(looking, path, read)
    else:
        _many(looking, path, read)
    if expected is not None:
        _check_expected(looking, expected)
    return looking.done()


def _check_expected(looking: _Looking, expected: str) -> None:
    for item in looking.verified:
        if expected not in (item.package, f"{item.package}/{item.version}"):
            looking.flaws.append(Flaw("expected", f"{item.package}/{item.version}", "", expected))


def _special(path: Path) -> list[Flaw]:
    """Links, FIFOs and devices under a path: nothing is read where there is one, for reading it might never end."""
    found: list[Flaw] = []
    beside = [ledger_beside(path), ledger_beside(path.parent), log_beside(path), log_beside(path.parent)]
    for start in (path, *beside):
        if start != path and not start.is_symlink() and not start.exists():
            continue
        items: Iterator[Path] = iter([start])
        if start.is_dir() and not start.is_symlink():
            items = iter(sorted(start.rglob("*")))
        for item in items:
            mode = item.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                place = item.relative_to(start).as_posix() if item != start else item.name
                found.append(Flaw("link", place if start == path else f"{start.name}/{place}".rstrip("/.")))
    return found


def _many(looking: _Looking, path: Path, read: Read | None) -> None:
    is_package = (path / VERSIONS).exists() or _is_package(path)
    releases = path.parent if is_package else path
    folders = [path] if is_package else [item for item in package_folders(path) if not _is_bare(item)]
    if not any(_is_package(folder) for folder in folders):
        looking.flaws.append(Flaw("no-release", path.name))
        return
    ledger, flaws = verify_chain.read_ledger(ledger_beside(releases), looking.witness)
    looking.flaws += flaws
    if not is_package:
        looking.flaws += _forgotten(ledger, releases)
        looking.flaws += _strays(releases)
    reader = read or folder_reader(log_beside(releases))
    coming = _coming(looking, reader, ledger)
    stores = [ReleaseStore(releases, item.name, ledger or Ledger(ledger_beside(releases), ())) for item in folders]
    for store in stores:
        _package(looking, store, coming, has_ledger=ledger is not None)
    _whole_log(looking, reader, log_beside(releases), ledger)
    for store in stores if ledger is not None and not looking.flaws else ():
        looking.flaws += _readable_first(verify_chain.indexes, store, store.package)


def _coming(looking: _Looking, read: Read, ledger: Ledger | None) -> verify_chain.Coming:
    """Which event may have been begun by a process that died."""
    lines = ledger or Ledger(Path(), ())
    checkpoint, flaws = verify_log.head(read)
    leaf = verify_log.next_leaf(read, checkpoint, len(lines.lines), looking.trust)
    return verify_chain.comes_next(lines, leaf, has_log=checkpoint is not None or leaf is not None or bool(flaws))


def _package(looking: _Looking, store: ReleaseStore, coming: verify_chain.Coming, *, has_ledger: bool) -> None:
    folder = store.folder
    if store.is_under_way:
        looking.notes.append(UNDER_WAY)
    if any(item.name.startswith(ASIDE) for item in folder.iterdir()):
        looking.notes.append(LEFT_ASIDE)
    if has_ledger:
        looking.flaws += _readable_first(lambda item: verify_chain.recorded(item, coming), store, store.package)
        looking.flaws += _readable_first(lambda item: verify_chain.tombstones(item, coming), store, store.package)
    for version in version_folders(folder):
        if (folder / version).is_dir():
            looking.step(f"{folder.name} {version}")
            told = f"{folder.name}/{version}/"
            looking.flaws += [replace(flaw, place=told + flaw.place) for flaw in _release(looking, folder / version)]


def _release(looking: _Looking, bag: Path) -> list[Flaw]:
    """The first flaw of each check; a check whose ground is gone is not made."""
    found = _each_once(verify_bag.names(bag))
    if any(flaw.code == "link" for flaw in found):
        return found
    found += _first(verify_bag.tags(bag))
    if any(flaw.code in ("tag-missing", "form") for flaw in found):
        return found
    found += _first(verify_bag.signature(bag, looking.trust))
    _told(looking, bag)
    found += _first(verify_bag.payload(bag))
    if any(flaw.code == "form" for flaw in found):
        return found
    found += _first(verify_bag.identity(bag))
    if any(flaw.code in ("form", "payload-missing", "payload-changed") for flaw in found):
        return found
    checks = [verify_bag.descriptor, verify_descriptor.metadata, verify_values.values, verify_values.provenance]
    checks += [verify_values.rows, verify_changes.changes]
    checks += [verify_changes.recomputed] if looking.deep else []
    for check in checks:
        found += _first(_readable(bag, check))
    return found


def _told(looking: _Looking, bag: Path) -> None:
    """Remember what a bag says that it is, who signed it, and what the log's proof says of it."""
    try:
        info = read_info(bag)
    except ReleaseDamaged:
        return
    item = Verified(info.get("Arobase-Package", bag.parent.name), info.get("Arobase-Version", bag.name))
    if is_plain(bag / SIGNATURE):
        armoured = (bag / SIGNATURE).read_text(encoding="utf-8", errors="replace")
        blob = signing_blob((bag / TAGMANIFEST).read_bytes(), armoured)
        if blob is not None:
            item = replace(item, signer=fingerprint_of(blob))
            looking.signers[fingerprint_of(blob)] = blob
        if looking.trust is None:
            looking.notes.append(NO_KEY)
    else:
        looking.notes.append(NOT_SIGNED)
    proof = _proof(bag)
    if isinstance(proof, Proof) and proof.holds:
        leaf = _json(proof.leaf)
        item = replace(item, event=proof.index, at=leaf.get("at"), commit=leaf.get("commit"))
    looking.verified.append(item)


def _json(data: bytes) -> dict[str, str]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _proof(bag: Path) -> Proof | NoteUnreadable | None:
    """The proof that a release carries, what is wrong with its form, or none."""
    path = bag / PROOF
    try:
        return Proof.parse(read_plain(path, LARGEST_NOTE).decode("utf-8"), PROOF)
    except FileNotFoundError:
        return None
    except NoteUnreadable as error:
        return error
    except (OSError, UnicodeDecodeError) as error:
        return NoteUnreadable(file=PROOF, found=type(error).__name__, expected="UTF-8")


def _whole_log(looking: _Looking, read: Read, folder: Path, ledger: Ledger | None) -> None:
    """The log from its first event to its last, against the ledger and the releases that were looked at."""
    checkpoint, flaws = verify_log.head(read)
    looking.flaws += flaws
    if flaws:
        return
    proofs = _proofs(looking, ledger)
    begun = verify_log.announced_proof(read) if checkpoint is None and ledger is not None else None
    if begun is not None and ledger is not None:
        # The very first event was cut: what was announced is judged as any head.
        checkpoint, read = verify_log.current(read, Checkpoint(begun.checkpoint.origin, 0, EMPTY_ROOT), ledger)
        if checkpoint.size == 0 and not ledger.lines:
            return
    if checkpoint is None:
        _no_log(looking, proofs)
        return
    if ledger is not None:
        checkpoint, read = verify_log.current(read, checkpoint, ledger)
    looking.flaws += _first(verify_log.tree_flaws(read, checkpoint))
    if ledger is not None:
        looking.flaws += _first(verify_log.ledger_flaws(read, checkpoint, ledger))
        looking.flaws += _first(verify_log.key_flaws(ledger.entries))
    looking.log_folder = folder
    if folder.is_dir():
        looking.flaws += _first(verify_log.extra_files(folder, read, checkpoint))
    for place, proof, entry in proofs:
        looking.flaws += [replace(flaw, place=place + flaw.place) for flaw in _included(proof, entry, read, checkpoint)]
    needed = max([0, *(entry["seq"] + 1 for _, _, entry in proofs)])
    if ledger is not None:
        needed = min(checkpoint.size, len(ledger.lines))
    _judge_head(looking, read, checkpoint, ledger, needed)


def _proofs(looking: _Looking, ledger: Ledger | None) -> list[tuple[str, Proof | NoteUnreadable | None, Entry]]:
    """The proof of each release that was looked at and that the ledger knows, with its place and its line."""
    if ledger is None:
        return []
    releases = ledger.path.parent / "releases"
    found: list[tuple[str, Proof | NoteUnreadable | None, Entry]] = []
    for item in looking.verified:
        entry = next((one for one in ledger.of(item.package, "published") if one["version"] == item.version), None)
        folder = releases / item.package / item.version
        if entry is not None and folder.is_dir():
            found.append((f"{item.package}/{item.version}/", _proof(folder), entry))
    return found


def _no_log(looking: _Looking, proofs: list[tuple[str, Proof | NoteUnreadable | None, Entry]]) -> None:
    demanded = looking.demands.seen or (looking.demands.policy and looking.demands.policy.quorum != "none")
    if demanded or any(proof is not None for _, proof, _ in proofs):
        looking.flaws.append(Flaw("log-missing", f"log/{CHECKPOINT}"))
    else:
        looking.notes.append(NO_LOG)


def _included(
    proof: Proof | NoteUnreadable | None,
    entry: Entry,
    read: Read,
    checkpoint: Checkpoint,
) -> list[Flaw]:
    """A release's proof is right, and of this log; only a release from before the log has none."""
    if isinstance(proof, NoteUnreadable):
        return [Flaw("inclusion", PROOF, proof.facts["found"], proof.facts["expected"])]
    try:
        if proof is None:
            leaf = Tree(read, checkpoint.size).entry(entry["seq"]) if entry["seq"] < checkpoint.size else b"{}"
            return [Flaw("inclusion", PROOF)] if set(CIRCUMSTANCES) & set(_json(leaf)) else []
        found = _first(verify_log.inclusion(proof, entry, PROOF))
        if found:
            return found
        is_here = verify_log.holds_leaf(read, checkpoint, proof.index, proof.leaf)
        return [] if is_here else [Flaw("inclusion", PROOF, str(proof.index))]
    except LogDamaged as error:
        return [Flaw("log", f"log/{error.facts['file']}", error.facts["found"], error.facts["expected"])]


def _judge_head(looking: _Looking, read: Read, checkpoint: Checkpoint, ledger: Ledger | None, needed: int) -> None:
    """Who signed the head, who witnessed it, when, and whether it continues what was seen."""
    demands = looking.demands
    known = _known_keys(looking, ledger)
    is_signed = bool(looking.signers)
    flaws = verify_log.signature(checkpoint, looking.trust, known, is_signed=is_signed)
    looking.flaws += flaws
    blob = verify_log.signer_of(checkpoint, known)
    if looking.trust is not None:
        blob = verify_log.signer_of(checkpoint, verify_log.trusted_blobs(looking.trust))
    if not checkpoint.signatures:
        looking.notes.append(NO_LOG)
    state = LogState(checkpoint.origin, checkpoint.size, fingerprint_of(blob) if blob and not flaws else None)
    for by, seen in [*demands.seen, *_seen_by_witnesses(looking, checkpoint.origin)]:
        looking.flaws += _first(verify_log.continues(read, checkpoint, seen, by))
    if demands.policy is not None:
        heads = [checkpoint]
        older = _witnessed_head(read)
        if older is not None and not _first(verify_log.continues(read, checkpoint, older, WITNESSED)):
            heads.append(older)
        cosigners, missing = verify_log.witnessed(read, heads, needed, demands.policy)
        looking.flaws += missing
        state = replace(state, witnesses=cosigners)
    if demands.token_check is not None:
        names = [
            f"{verify_log.TIMES}/{item.name}" for item in sorted((looking.log_folder / verify_log.TIMES).glob("*.tsr"))
        ]
        times, wrong = verify_log.time_tokens(names, read, demands.token_check)
        looking.flaws += wrong
        state = replace(state, times=tuple(times))
    looking.log = state


def _seen_by_witnesses(looking: _Looking, origin: str) -> list[tuple[str, Checkpoint]]:
    """The heads that the policy's witnesses saw last, each under the witness's own cosignature."""
    demands = looking.demands
    if demands.policy is None or demands.witnesses_saw is None:
        return []
    found = []
    for name, checkpoint in demands.witnesses_saw(origin):
        if cosigned_at(checkpoint, demands.policy.witnesses[name].key) is None:
            looking.flaws.append(Flaw("unwitnessed", name))
        else:
            found.append((name, checkpoint))
    return found


def _witnessed_head(read: Read) -> Checkpoint | None:
    try:
        return read_checkpoint(read, WITNESSED)
    except (NoteUnreadable, LogDamaged):
        return None


def _known_keys(looking: _Looking, ledger: Ledger | None) -> list[bytes]:
    """The keys that releases and events name, as OpenSSH encodes them; revoked ones left out."""
    import base64

    found = dict(looking.signers)
    for entry in ledger.keys if ledger is not None else ():
        line = entry.get("new") or entry.get("key", "")
        blob = base64.b64decode(line.split()[1])
        found.pop(fingerprint_of(blob), None)
        if entry["act"] == "rotated":
            found[fingerprint_of(blob)] = blob
    return list(found.values())


def _one(looking: _Looking, path: Path, read: Read | None) -> None:
    """One release: its own files, then its place in the log, of which only a few tiles are read."""
    looking.step(path.name)
    flaws = _release(looking, path)
    releases = path.resolve().parent.parent
    folder = log_beside(releases)
    looking.log_folder = folder
    reader = read or folder_reader(folder)
    checkpoint, broken = verify_log.head(reader)
    store = ReleaseStore(releases, path.resolve().parent.name, Ledger(ledger_beside(releases), ()))
    if checkpoint is not None and looking.witness is None and not _is_short(ledger_beside(releases)):
        looking.flaws += [*_in_log(looking, path, store, reader, checkpoint), *flaws]
        return
    looking.flaws += broken
    if not ledger_beside(releases).exists():
        proof = _proof(path)
        alone = _first(_alone(proof, path))
        looking.flaws += flaws + alone
        looking.notes.append(ALONE)
        if looking.demands.seen or looking.demands.policy is not None:
            _demanded_of_proof(looking, proof)
        return
    ledger, wrong = verify_chain.read_ledger(ledger_beside(releases), looking.witness)
    if ledger is None:
        looking.flaws += wrong + flaws
        return
    coming, store = _coming(looking, reader, ledger), replace(store, ledger=ledger)
    looking.flaws += _readable_first(lambda item: verify_chain.recorded(item, coming), store, store.package)
    looking.flaws += flaws + wrong
    _whole_log(looking, reader, folder, ledger)
    if not looking.flaws:
        looking.flaws += _readable_first(verify_chain.indexes, store, store.package)


def _is_short(ledger: Path) -> bool:
    """Whether a ledger is there and so short that it is read whole: then a release's neighbours are checked too."""
    return is_plain(ledger) and ledger.stat().st_size <= SHORT_LEDGER


def _in_log(looking: _Looking, path: Path, store: ReleaseStore, read: Read, checkpoint: Checkpoint) -> list[Flaw]:
    """What the log says of one release, the ledger unread: that it is there, and was not retracted since."""
    line = line_of(path)
    if line is None:
        return [Flaw("unrecorded", f"{path.parent.name}/{path.name}")]
    entry = json.loads(line)
    proof = _proof(path)
    found = _included(proof, entry, read, checkpoint)
    try:
        tree = Tree(read, checkpoint.size)
        if tree.root != checkpoint.root:
            return [Flaw("log", f"log/{CHECKPOINT}", tree.root.hex()[:12], checkpoint.root.hex()[:12])]
        leaf = proof.leaf if isinstance(proof, Proof) else None
        if entry["seq"] >= checkpoint.size:
            announced = verify_log.announced_proof(read)
            if announced is None or not is_leaf_of(announced.leaf, line):
                return [Flaw("unrecorded", f"{path.parent.name}/{path.name}")]
        elif leaf is None and not is_leaf_of(tree.entry(entry["seq"]), line):
            return [Flaw("swapped", f"{path.parent.name}/{path.name}")]
        found += _since(tree, entry, store, path)
    except LogDamaged as error:
        return [Flaw("log", f"log/{error.facts['file']}", error.facts["found"], error.facts["expected"])]
    alone = replace(store, ledger=Ledger(store.ledger.path, (line,)))
    if not found and path.parent.name == entry["package"] and path.name == entry["version"]:
        found += _readable_first(lambda item: verify_chain.one_index(item, entry["version"]), alone, store.package)
    _judge_head(looking, read, checkpoint, None, entry["seq"] + 1)
    return found


def _since(tree: Tree, entry: Entry, store: ReleaseStore, path: Path) -> list[Flaw]:
    """Whether an event after a release retracted it, or revoked its key."""
    about = (entry["package"], entry["version"])
    place = f"{path.parent.name}/{path.name}"
    for _, data in tree.entries(entry["seq"] + 1):
        later = _json(data)
        if later.get("event") == "retracted" and (later.get("package"), later.get("version")) == about:
            return [Flaw("buried", place)]
    if (store.folder / TOMBSTONES / f"{path.name}.json").exists() and not store.is_under_way:
        return [Flaw("tombstone", f"{path.parent.name}/{TOMBSTONES}/{path.name}.json")]
    return []


def _alone(proof: Proof | NoteUnreadable | None, path: Path) -> Iterator[Flaw]:
    """A proof that is carried far from its log still has to be right."""
    line = line_of(path)
    if isinstance(proof, NoteUnreadable):
        yield Flaw("inclusion", PROOF, proof.facts["found"], proof.facts["expected"])
    elif proof is not None and line is not None:
        yield from verify_log.inclusion(proof, json.loads(line), PROOF)


def _demanded_of_proof(looking: _Looking, proof: Proof | NoteUnreadable | None) -> None:
    """A release alone: the head that its proof carries has to be witnessed as demanded."""
    if not isinstance(proof, Proof):
        looking.flaws.append(Flaw("log-missing", PROOF))
        return
    head = proof.checkpoint
    looking.flaws += verify_log.signature(head, looking.trust, list(looking.signers.values()), is_signed=True)
    cosigners: dict[str, int] = {}
    if looking.demands.policy is not None:
        cosigners, missing = verify_log.witnessed(lambda _: None, [head], proof.index + 1, looking.demands.policy)
        looking.flaws += missing
    looking.log = LogState(head.origin, head.size, witnesses=cosigners)


def _readable(bag: Path, check: Callable[[Path], Iterator[Flaw]]) -> Iterator[Flaw]:
    """A check of contents that were sealed; contents that cannot be read at all are a flaw of their own."""
    try:
        yield from check(bag)
    except (ArobaseError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield Flaw("form", f"data/ ({check.__name__})", f"{type(error).__name__}: {error}"[:200])


def _first(flaws: Iterator[Flaw]) -> list[Flaw]:
    return list(next(([flaw] for flaw in flaws), []))


def _each_once(flaws: Iterator[Flaw]) -> list[Flaw]:
    """The first flaw of each kind, in the order in which the kinds were met."""
    found: dict[str, Flaw] = {}
    for flaw in flaws:
        found.setdefault(flaw.code, flaw)
    return list(found.values())


def _readable_first(check: Callable[[ReleaseStore], Iterator[Flaw]], store: ReleaseStore, place: str) -> list[Flaw]:
    """The first flaw of a check of a package, whose files may have any form."""
    try:
        return _first(check(store))
    except (ArobaseError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [Flaw("form", place, f"{type(error).__name__}: {error}"[:200])]


def _forgotten(ledger: Ledger | None, releases: Path) -> list[Flaw]:
    """Packages that the ledger knows and whose folder is gone."""
    if ledger is None:
        return []
    known = [name for name in ledger.packages if ledger.of(name, "published")]
    return [Flaw("removed", name) for name in known if not (releases / name).is_dir()][:1]


def _strays(releases: Path) -> list[Flaw]:
    """What stands beside the folders of packages."""
    known = {item.name for item in package_folders(releases)} | LOCKS
    return [Flaw("stray", item.name) for item in sorted(releases.iterdir()) if item.name not in known][:1]


def _is_bare(folder: Path) -> bool:
    """Whether a package's folder holds nothing yet but a lock, or what a first publication that died left."""
    return all(item.name == ".lock" or item.name.startswith(ASIDE) for item in folder.iterdir())


def _is_package(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    bags = (child for child in folder.iterdir() if (child / "bagit.txt").is_file() or (child / "data").is_dir())
    known = (VERSIONS, "latest.json", "retraits", "refus")
    return any((folder / name).exists() for name in known) or next(bags, None) is not None
