"""One release: its own files, checked in the order in which one check is the ground of the next.

Belongs here: the order of the checks of one bag, and what a bag says of itself. Does not: the checks (`verify_*.py`),
nor its place among others (`verify_chain.py`, `verify_place.py`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.releases import (
    verify_bag,
    verify_changes,
    verify_descriptor,
    verify_facts,
    verify_provenance,
    verify_values,
)
from pipelines.releases.bag import PROOF, SIGNATURE, TAGMANIFEST, read_info
from pipelines.releases.errors import NoteUnreadable, ReleaseDamaged
from pipelines.releases.flaws import Flaw
from pipelines.releases.log.journal import LARGEST_NOTE
from pipelines.releases.log.proofs import Proof
from pipelines.releases.signature import fingerprint_of, signing_blob
from pipelines.releases.verify_found import (
    NO_KEY,
    NOT_SIGNED,
    Looking,
    Verified,
    each_once,
    first,
    json_object,
    readable,
)
from pipelines.storage.plain import is_plain, read_plain


def check_release(looking: Looking, bag: Path) -> list[Flaw]:
    """The first flaw of each check; a check whose ground is gone is not made."""
    found = each_once(verify_bag.names(bag))
    if any(flaw.code == "link" for flaw in found):
        return found
    found += first(verify_bag.tags(bag))
    if any(flaw.code in ("tag-missing", "form") for flaw in found):
        return found
    found += first(verify_bag.signature(bag, looking.trust))
    _warned(looking, bag)
    found += first(verify_bag.payload(bag))
    if any(flaw.code == "form" for flaw in found):
        return found
    found += first(verify_bag.identity(bag))
    if any(flaw.code in ("form", "payload-missing", "payload-changed") for flaw in found):
        return found
    checks = [verify_bag.descriptor, verify_descriptor.metadata, verify_values.values]
    checks += [verify_provenance.provenance, verify_values.rows, verify_changes.changes]
    checks += [verify_changes.recomputed] if looking.deep else []
    for check in checks:
        found += first(readable(bag, check))
    # What a release says twice is compared with itself once every file of it is what it says.
    return found or first(readable(bag, verify_facts.facts))


def _warned(looking: Looking, bag: Path) -> None:
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
    proof = carried_proof(bag)
    if isinstance(proof, Proof) and proof.holds:
        leaf = json_object(proof.leaf)
        item = replace(item, event=proof.index, at=leaf.get("at"), commit=leaf.get("commit"))
    looking.verified.append(item)


def carried_proof(bag: Path) -> Proof | NoteUnreadable | None:
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
