"""The place of releases in the log: each is there, and the head is signed, continued and witnessed as demanded.

Belongs here: holding releases, ledger and log against each other. Does not: the checks of the log itself
(`verify_log.py`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.releases import verify_chain, verify_keys, verify_log
from pipelines.releases.bag import PROOF
from pipelines.releases.errors import LogDamaged, NoteUnreadable
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import Ledger
from pipelines.releases.log.dates import dates_that_go_back
from pipelines.releases.log.journal import CHECKPOINT, CIRCUMSTANCES, FOLDER, WITNESSED, is_leaf_of, read_checkpoint
from pipelines.releases.log.merkle import EMPTY_ROOT
from pipelines.releases.log.notes import Checkpoint, cosigned_at
from pipelines.releases.log.proofs import Proof
from pipelines.releases.log.tiles import Read, Tree
from pipelines.releases.request import Warned
from pipelines.releases.signature import fingerprint_of
from pipelines.releases.store import ReleaseStore, line_of
from pipelines.releases.tombstones import TOMBSTONES
from pipelines.releases.verify_found import NO_LOG, Looking, first, first_readable, json_object
from pipelines.releases.verify_log import LogState
from pipelines.releases.verify_release import carried_proof

Entry = Mapping[str, Any]
"""A line of the ledger."""


def check_log(looking: Looking, read: Read, folder: Path, ledger: Ledger | None) -> None:
    """The log from its first event to its last, against the ledger and the releases that were looked at."""
    checkpoint, flaws = verify_log.head(read)
    looking.flaws += flaws
    if flaws:
        return
    proofs = _proofs(looking, ledger)
    begun = verify_log.announced_proof(read) if checkpoint is None and ledger is not None else None
    if begun is not None and ledger is not None:
        # The very first event was cut: what was announced is checked as any head.
        checkpoint, read = verify_log.current(read, Checkpoint(begun.checkpoint.origin, 0, EMPTY_ROOT), ledger)
        if checkpoint.size == 0 and not ledger.lines:
            return
    if checkpoint is None:
        _no_log(looking, proofs)
        return
    if ledger is not None:
        checkpoint, read = verify_log.current(read, checkpoint, ledger)
    looking.flaws += first(verify_log.tree_flaws(read, checkpoint))
    if ledger is not None:
        looking.flaws += first(verify_log.ledger_flaws(read, checkpoint, ledger))
        looking.flaws += first(verify_keys.key_flaws(ledger.entries))
        looking.flaws += first(verify_chain.about_nothing(ledger.entries))
        _tell_dates(looking, read, checkpoint)
    looking.log_folder = folder
    if folder.is_dir():
        looking.flaws += first(verify_log.extra_files(folder, read, checkpoint))
    for place, proof, entry in proofs:
        signer = looking.signers.get(str(entry["signer"]))
        wrong = _included(proof, entry, read, checkpoint, signer)
        looking.flaws += [replace(flaw, place=place + flaw.place) for flaw in wrong]
    needed = max([0, *(entry["seq"] + 1 for _, _, entry in proofs)])
    if ledger is not None:
        needed = min(checkpoint.size, len(ledger.lines))
    revoked = verify_keys.revoked_by(ledger.entries if ledger is not None else ())
    _check_head(looking, read, checkpoint, ledger, needed=needed, revoked=revoked)


def _tell_dates(looking: Looking, read: Read, checkpoint: Checkpoint) -> None:
    """Events that are dated before the one before them: the order is the tree's, and their dates are not all right."""
    if looking.flaws:
        return
    for place, date, before in dates_that_go_back(Tree(read, checkpoint.size)):
        looking.notes.append(
            Warned(
                f"événement {place} du journal daté du {date:%Y-%m-%d}, avant celui d'avant ({before:%Y-%m-%d}) : une "
                "horloge était fausse ; l'ordre reste prouvé",
                f"event {place} of the log is dated {date:%Y-%m-%d}, before the one before it ({before:%Y-%m-%d}): a "
                "clock was wrong; the order is proved all the same",
            )
        )


def _proofs(looking: Looking, ledger: Ledger | None) -> list[tuple[str, Proof | NoteUnreadable | None, Entry]]:
    """The proof of each release that was looked at and that the ledger knows, with its place and its line."""
    if ledger is None:
        return []
    releases = ledger.path.parent / "releases"
    found: list[tuple[str, Proof | NoteUnreadable | None, Entry]] = []
    for item in looking.verified:
        entry = next((one for one in ledger.of(item.package, "published") if one["version"] == item.version), None)
        folder = releases / item.package / item.version
        if entry is not None and folder.is_dir():
            found.append((f"{item.package}/{item.version}/", carried_proof(folder), entry))
    return found


def _no_log(looking: Looking, proofs: list[tuple[str, Proof | NoteUnreadable | None, Entry]]) -> None:
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
    signer: bytes | None,
) -> list[Flaw]:
    """A release's proof is right, and of this log; only a release from before the log has none."""
    if isinstance(proof, NoteUnreadable):
        return [Flaw("inclusion", PROOF, proof.facts["found"], proof.facts["expected"])]
    try:
        if proof is None:
            leaf = Tree(read, checkpoint.size).entry(entry["seq"]) if entry["seq"] < checkpoint.size else b"{}"
            return [Flaw("inclusion", PROOF)] if set(CIRCUMSTANCES) & set(json_object(leaf)) else []
        found = first(verify_log.inclusion(proof, entry, PROOF, signer))
        if found:
            return found
        if proof.checkpoint.origin != checkpoint.origin:
            return [Flaw("inclusion", PROOF, proof.checkpoint.origin, checkpoint.origin)]
        is_here = verify_log.holds_leaf(read, checkpoint, proof.index, proof.leaf)
        return [] if is_here else [Flaw("inclusion", PROOF, OF_ANOTHER_LOG)]
    except LogDamaged as error:
        return [Flaw("log", f"log/{error.facts['file']}", error.facts["found"], error.facts["expected"])]


OF_ANOTHER_LOG = Said(
    "ce journal contient un autre événement à cette place", "this log has another event in that place"
)


def _check_head(
    looking: Looking,
    read: Read,
    checkpoint: Checkpoint,
    ledger: Ledger | None,
    *,
    needed: int,
    revoked: Collection[str] = (),
) -> None:
    """Who signed the head, who witnessed it, when, and whether it continues what was seen."""
    demands = looking.demands
    known = _known_keys(looking, ledger)
    is_signed = bool(looking.signers)
    flaws = verify_log.signature(checkpoint, looking.trust, known, is_signed=is_signed, revoked=revoked)
    looking.flaws += flaws
    blob = verify_log.signer_of(checkpoint, known)
    if looking.trust is not None:
        blob = verify_log.signer_of(checkpoint, verify_log.trusted_blobs(looking.trust))
    if not checkpoint.signatures:
        looking.notes.append(NO_LOG)
    state = LogState(checkpoint.origin, checkpoint.size, fingerprint_of(blob) if blob and not flaws else None)
    for by, seen in [*demands.seen, *_seen_by_witnesses(looking, checkpoint.origin)]:
        looking.flaws += first(verify_log.continues(read, checkpoint, seen, by))
    older, odd = _witnessed_head(read, checkpoint)
    looking.flaws += odd
    if demands.policy is not None:
        heads = [checkpoint]
        heads += [older] if older is not None else []
        cosigners, missing = verify_log.witnessed(read, heads, needed, demands.policy)
        looking.flaws += missing
        state = replace(state, witnesses=cosigners)
    stamps = sorted((looking.log_folder / verify_log.TIMES).glob("*.tsr"))
    names = [f"{verify_log.TIMES}/{item.name}" for item in stamps]
    times, wrong = verify_log.time_tokens(names, read, checkpoint, demands.token_check)
    looking.flaws += wrong
    state = replace(state, times=tuple(times))
    looking.log = state


def _seen_by_witnesses(looking: Looking, origin: str) -> list[tuple[str, Checkpoint]]:
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


def _witnessed_head(read: Read, checkpoint: Checkpoint) -> tuple[Checkpoint | None, list[Flaw]]:
    """The head that witnesses cosigned last, which the log continues, and what is wrong with it."""
    place = f"{FOLDER}/{WITNESSED}"
    try:
        older = read_checkpoint(read, WITNESSED)
    except (NoteUnreadable, LogDamaged) as error:
        return None, [Flaw("log", place, error.facts["found"], error.facts["expected"])]
    wrong = [] if older is None else first(verify_log.continues(read, checkpoint, older, WITNESSED))
    return (None, [replace(flaw, place=place) for flaw in wrong]) if wrong else (older, [])


def _known_keys(looking: Looking, ledger: Ledger | None) -> list[bytes]:
    """The keys that releases and events name, as OpenSSH encodes them; revoked ones left out."""
    found = dict(looking.signers)
    for entry in ledger.keys if ledger is not None else ():
        event = verify_keys.KeyEvent.of(entry)
        if event is None:  # a flaw of its own
            continue
        found.pop(fingerprint_of(event.key), None)
        if not event.is_revocation:
            found[fingerprint_of(event.key)] = event.key
    return list(found.values())


def check_in_log(looking: Looking, path: Path, store: ReleaseStore, read: Read, checkpoint: Checkpoint) -> list[Flaw]:
    """What the log says of one release, the ledger unread: that it is there, and was not retracted since."""
    line = line_of(path)
    if line is None:
        return [Flaw("unrecorded", f"{path.parent.name}/{path.name}")]
    entry = json.loads(line)
    proof = carried_proof(path)
    found = _included(proof, entry, read, checkpoint, looking.signers.get(str(entry["signer"])))
    later: list[Entry] = []
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
        later = [json_object(data) for _, data in tree.entries(entry["seq"] + 1)]
        found += _since(later, entry, store, path)
    except LogDamaged as error:
        return [Flaw("log", f"log/{error.facts['file']}", error.facts["found"], error.facts["expected"])]
    alone = replace(store, ledger=Ledger(store.ledger.path, (line,)))
    if not found and path.parent.name == entry["package"] and path.name == entry["version"]:
        found += first_readable(lambda item: verify_chain.one_index(item, entry["version"]), alone, store.package)
    revoked = verify_keys.revoked_by(later)
    _check_head(looking, read, checkpoint, None, needed=entry["seq"] + 1, revoked=revoked)
    return found


def _since(events: Iterable[Entry], entry: Entry, store: ReleaseStore, path: Path) -> list[Flaw]:
    """Whether an event after a release retracted it."""
    about = (entry["package"], entry["version"])
    place = f"{path.parent.name}/{path.name}"
    for later in events:
        if later.get("event") == "retracted" and (later.get("package"), later.get("version")) == about:
            return [Flaw("buried", place)]
    if (store.folder / TOMBSTONES / f"{path.name}.json").exists() and not store.is_under_way:
        return [Flaw("tombstone", f"{path.parent.name}/{TOMBSTONES}/{path.name}.json")]
    return []


def alone(looking: Looking, proof: Proof | NoteUnreadable | None, path: Path) -> Iterator[Flaw]:
    """A proof that is carried far from its log still has to be right."""
    line = line_of(path)
    if isinstance(proof, NoteUnreadable):
        yield Flaw("inclusion", PROOF, proof.facts["found"], proof.facts["expected"])
    elif proof is not None and line is not None:
        entry = json.loads(line)
        yield from verify_log.inclusion(proof, entry, PROOF, looking.signers.get(str(entry["signer"])))


def demand_of_proof(looking: Looking, proof: Proof | NoteUnreadable | None) -> None:
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
