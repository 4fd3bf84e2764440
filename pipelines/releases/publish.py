"""Publishing: from a request to an immutable version, or to the reasons why there is none.

Belongs here: the order of the steps. Does not: what any step does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipelines.core.text import Said, counted
from pipelines.releases import limits
from pipelines.releases.bag import PROOF
from pipelines.releases.build import Attempt, Built, Step, build, canonical_tables, ingredients_of, seal_built
from pipelines.releases.causes import Across
from pipelines.releases.descriptor import instant, read_descriptor, to_json
from pipelines.releases.errors import CauseUnknown, RetractedAgain
from pipelines.releases.log.events import added, begin_log
from pipelines.releases.log.journal import Journal, leaf_of
from pipelines.releases.previous import Previous
from pipelines.releases.request import Outcome, Published, Refused, ReleaseRequest, Unchanged, Warned
from pipelines.releases.restored import check_versions
from pipelines.releases.signature import SigningKey
from pipelines.releases.store import (
    REFUSALS,
    ReleaseStore,
    ledger_lock,
    line_of,
    settle,
    sweep_package,
    version_folders,
)
from pipelines.releases.tombstones import content_digest
from pipelines.schema.packages import UNSTATED_LICENCE, UNSTATED_PUBLISHER
from pipelines.storage import aside_folder, lock, reveal, sha256_bytes, write_text

Inspect = Callable[[Path], None]
UNSIGNED = Warned("version non signée : aucune clé n'a été donnée", "unsigned version: no key was given")
UNLICENSED = Warned(
    "licence non précisée : personne ne sait s'il peut réutiliser ces données (licence, dans package.yaml)",
    "licence not stated: nobody knows whether they may reuse these data (licence, in package.yaml)",
)
UNATTRIBUTED = Warned(
    "producteur non précisé : personne ne sait qui répond de ces données (publisher, dans package.yaml)",
    "publisher not stated: nobody knows who answers for these data (publisher, in package.yaml)",
)
STEPS = ("begun", "tables", "quality", "changes", "described", "sealed", "revealed", "recorded", "logged", "indexed")


def publish(
    request: ReleaseRequest,
    releases: Path,
    *,
    key: SigningKey | None,
    across: Across | None = None,
    now: datetime | None = None,
    check_dating: Callable[[], None] = lambda: None,
    circumstances: Mapping[str, str] | None = None,
    origin: str | None = None,
    needs_causes: bool = False,
    knows_retracted: bool = False,
    wait_seconds: float = 0,
    step: Step = lambda name: None,
    inspect: Inspect = lambda folder: None,
) -> Outcome:
    """Publish what differs from the current version of the package, under a number computed from what differs.

    `across` rebuilds tables from other ingredients, to tell causes apart (see `causes.py`). `now`: the time of the
    event, which the log carries and releases do not: they know no clock; `check_dating` is asked, where there is an
    event, and raises where its date is not acceptable. `circumstances`: what else the log says of a
    release and is no part of it (`code`, `commit`). `origin`: the name of a log that begins. `needs_causes`: whether a
    change that nothing explains stops the version; `knows_retracted`: whether the very ingredients of a version that
    was retracted do. `wait_seconds`: how long to wait for another process that releases
    this package. `step` is called with each of `STEPS`.
    `inspect` is called with the sealed folder before anybody can see it, again when it was sealed again because another
    package was released meanwhile; whatever it raises stops the version.
    Raises `Busy` when another process still releases this package then, `PrivateFieldAsked`, `LedgerBroken`,
    `LedgerBehind`, `LogDamaged`, `LogLost`, `KeyMissing` and `KeyOther` when the log is signed by a key that is not
    `key`, `CauseUnknown`, `RetractedAgain`, `ReleaseDamaged`, and `OSError` (disk full, folder read-only); then the
    last good version stays as it was.
    """
    limits.check_public(request)
    event = _Event(
        key, origin, instant(now) if now else "", check_dating, circumstances or {}, needs_causes, knows_retracted
    )
    package = request.package.name
    folder = releases / package
    with lock(folder / ".lock", wait_seconds=wait_seconds):
        sweep_package(folder)
        settle(releases)
        begin_log(releases, key, origin)
        store = ReleaseStore.read(releases, package)
        check_versions(folder, store.ledger, version_folders(folder), line_of)
        previous = Previous.of(store)
        tables = canonical_tables(request, previous)
        undeclared = {name: table for name, table in request.tables.items() if name not in tables}
        found = limits.check(request, {**tables, **undeclared}, previous.rows, previous.warnings)
        if found.refusals:
            return _refuse(previous.store, found.refusals, request, event)
        request = replace(request, warnings=(*request.warnings, *found.warnings))
        step("begun")
        with aside_folder(folder) as aside:
            attempt = Attempt(request, previous, tables, across, step)
            return _publish(attempt, aside, event, inspect)


@dataclass(frozen=True)
class _Event:
    """What the log needs to know of a publication."""

    key: SigningKey | None
    origin: str | None
    at: str
    check_dating: Callable[[], None]
    circumstances: Mapping[str, str]
    needs_causes: bool
    knows_retracted: bool

    def leaf(self, line: str) -> bytes:
        """The leaf of the release that this line of the ledger is about."""
        return leaf_of(line, {**self.circumstances, "at": self.at})


def _publish(attempt: Attempt, aside: Path, event: _Event, inspect: Inspect) -> Outcome:
    request, store = attempt.request, attempt.store
    built = build(attempt, aside)
    if built is None:
        version = str(store.current)
        return Unchanged(store.package, version, store.folder / version)
    if built.unexplained and event.needs_causes:
        places = ", ".join(sorted(built.unexplained))
        one, many = (
            Said("changement sans cause", "change without a cause"),
            Said("changements sans cause", "changes without a cause"),
        )
        count = counted(sum(built.unexplained.values()), one, many)
        raise CauseUnknown(package=store.package, version=store.current, count=count, places=places)
    if event.knows_retracted:
        _check_not_retracted(store, request, aside)
    _commit(attempt, built, aside, event, inspect)
    warnings = (*request.warnings, *_of_circumstances(request, event), *_of_retracted(store, request))
    reasons = tuple(f"{item.level.name}: {item.en}" for item in built.reasons)
    rows = {name: table.num_rows for name, table in attempt.tables.items()}
    path = store.folder / built.version
    causes = tuple(
        Said(f"{item.level.label.fr} : {item.fr}", f"{item.level.label.en}: {item.en}") for item in built.reasons
    )
    return Published(store.package, built.version, reasons, path, rows, event.key is not None, warnings, causes)


def _check_not_retracted(store: ReleaseStore, request: ReleaseRequest, built: Path) -> None:
    """Raises `RetractedAgain` when a version that was retracted contained the same, or was made from the same."""
    digest = ingredients_of(request).digest(request.withheld_document())
    content = content_digest(read_descriptor(built / "data"))
    for version, entry in store.retracted.items():
        if entry.get("ingredients") == digest or entry.get("content") == content:
            raise RetractedAgain(package=store.package, version=version, at=str(entry["at"])[:10])


def _of_retracted(store: ReleaseStore, request: ReleaseRequest) -> Iterator[Warned]:
    """That only the code differs from what a retracted version was made by, or that nobody can tell: what it was
    retracted for may be back."""
    records = ingredients_of(request).without_code
    last = [entry for entry in store.ledger.of(store.package) if entry["event"] in ("published", "retracted")][-1:]
    for version, entry in store.retracted.items():
        if entry.get("records") == records:
            yield Warned(
                f"mêmes sources, corrections et schémas que {version}, retirée le {entry['at'][:10]} : vérifiez que ce "
                "qui a motivé le retrait n'est plus là",
                f"same sources, corrections and schemas as {version}, retracted on {entry['at'][:10]}: check that what "
                "it was retracted for is gone",
            )
        elif "ingredients" not in entry and entry in last:
            yield Warned(
                f"le registre n'a pas retenu ce que contenait {version}, retirée le {entry['at'][:10]} : vérifiez que "
                "ce qui a motivé le retrait n'est plus là",
                f"the ledger did not record what {version}, retracted on {entry['at'][:10]}, contained: check that "
                "what it was retracted for is gone",
            )


def _of_circumstances(request: ReleaseRequest, event: _Event) -> Iterator[Warned]:
    """What is told to whoever publishes, and is no part of the release."""
    if event.key is None:
        yield UNSIGNED
    if request.package.licence == UNSTATED_LICENCE:
        yield UNLICENSED
    if request.package.publisher.get("title") in (UNSTATED_PUBLISHER.fr, UNSTATED_PUBLISHER.en):
        yield UNATTRIBUTED


def _commit(attempt: Attempt, built: Built, aside: Path, event: _Event, inspect: Inspect) -> None:
    """Seal, show, record. The rename is the commit; `settle` can redo what follows it.

    The last check can take minutes: it is made without the ledger's lock, and once more only when another package was
    released meanwhile, because the seal then names another place in the ledger.
    """
    event.check_dating()
    releases, key = attempt.store.releases, event.key
    signer = key.fingerprint if key else "none"
    with ledger_lock(releases):
        store = attempt.store.caught_up()
        Journal.read(releases).check_key(store.ledger.entries, key)
    line = seal_built(attempt, built, aside, store.ledger, key=key, signer=signer)
    inspect(aside)
    with ledger_lock(releases):
        sealed, store = store, attempt.store.caught_up()
        if store.ledger != sealed.ledger:
            line = seal_built(attempt, built, aside, store.ledger, key=key, signer=signer)
            inspect(aside)
        journal, addition = added(releases, store.ledger, event.leaf(line), key, event.origin)
        write_text(aside / PROOF, addition.proof.text)
        store.begin(built.version)
        journal.announce(addition)
        attempt.step("sealed")
        reveal(aside, store.folder / built.version)
        attempt.step("revealed")
        store = replace(store, ledger=store.ledger.append([line]))
        attempt.step("recorded")
        journal.add(addition)
        attempt.step("logged")
        store.write_indexes()
        attempt.step("indexed")
        store.end()


def _refuse(store: ReleaseStore, refusals: tuple[Warned, ...], request: ReleaseRequest, event: _Event) -> Refused:
    """Keep a failed attempt and its reasons. The same attempt again is the same record, kept once."""
    document = {
        "package": store.package,
        "result": "refused",
        "created": instant(request.created),
        "current": store.current,
        "ingredients": ingredients_of(request).document(),
        "reasons": [{"fr": item.fr, "en": item.en} for item in refusals],
    }
    digest = sha256_bytes(to_json(document).encode())
    record = store.folder / REFUSALS / f"{digest[:16]}.json"
    with ledger_lock(store.releases):
        store = store.caught_up()
        last = (store.ledger.of(store.package) or [{}])[-1]
        if last.get("record") != digest:
            event.check_dating()
            facts = {"package": store.package, "record": digest, "created": document["created"], "at": event.at}
            line = store.ledger.next_line("refused", facts)
            journal, addition = added(store.releases, store.ledger, line.encode(), event.key, event.origin)
            write_text(record, to_json(document))
            journal.announce(addition)
            store.ledger.append([line])
            journal.add(addition)
    return Refused(store.package, refusals, record)
