"""What a verification finds, and how it is collected.

Belongs here: the outcome, the notes, and turning series of flaws into those that are shown. Does not: any check
(`verify_*.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.core.errors import ArobaseError
from pipelines.releases.allowed_signers import Trust
from pipelines.releases.flaws import Flaw
from pipelines.releases.request import Warned
from pipelines.releases.store import ReleaseStore
from pipelines.releases.verify_log import Demands, LogState

NOT_SIGNED = Warned(
    "non signée : on ne peut pas vérifier qui l'a publiée", "not signed: the publisher cannot be verified"
)
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
class Looking:
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


def json_object(data: bytes) -> dict[str, str]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def first(flaws: Iterator[Flaw]) -> list[Flaw]:
    return list(next(([flaw] for flaw in flaws), []))


def each_once(flaws: Iterator[Flaw]) -> list[Flaw]:
    """The first flaw of each kind, in the order in which the kinds were met."""
    found: dict[str, Flaw] = {}
    for flaw in flaws:
        found.setdefault(flaw.code, flaw)
    return list(found.values())


def readable(bag: Path, check: Callable[[Path], Iterator[Flaw]]) -> Iterator[Flaw]:
    """A check of contents that were sealed; contents that cannot be read at all are a flaw of their own."""
    try:
        yield from check(bag)
    except (ArobaseError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield Flaw("form", f"data/ ({check.__name__})", f"{type(error).__name__}: {error}"[:200])


def first_readable(check: Callable[[ReleaseStore], Iterator[Flaw]], store: ReleaseStore, place: str) -> list[Flaw]:
    """The first flaw of a check of a package, whose files may have any form."""
    try:
        return first(check(store))
    except (ArobaseError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [Flaw("form", place, f"{type(error).__name__}: {error}"[:200])]
