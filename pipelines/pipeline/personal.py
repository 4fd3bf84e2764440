"""What is personal, kept apart: the values of personal fields go to `outputs/private/`, for the strong test only; and
the gate on whatever is about to be seen: requests, releases, pages, previews.
Belongs here: which values are kept apart, and what is given to the gate. Does not: the gate itself (`privacy/gate.py`),
deleting what is kept (`retention.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.errors import ArobaseError
from pipelines.core.project import PrivateStoreMissing, Project
from pipelines.core.text import Said, counted
from pipelines.pipeline.digests import of_pages, of_release
from pipelines.pipeline.errors import PeopleLinkWrong
from pipelines.pipeline.results import fingerprint, folder_digest, stage_code_digest
from pipelines.pipeline.withholding import without_held
from pipelines.privacy import (
    AllowList,
    CleanFiles,
    GateReport,
    Link,
    PartId,
    PersonalValues,
    PersonalValuesGone,
    ReasonInvalid,
    ReasonPersonal,
    Seen,
    Vault,
    clear_quarantine,
    gate,
    load_allow_list,
    related_values,
    scan_folder,
    scan_text,
    set_aside,
)
from pipelines.privacy.quarantine import QUARANTINE
from pipelines.releases import ReleaseRequest
from pipelines.schema import Privacy, TableSchema, load_package, package_names
from pipelines.sources import Capture, Source, load_sources
from pipelines.sources.snapshots import sends_personal_values
from pipelines.storage import make_own_folder
from pipelines.storage.shared import shared_of

REASON = "--reason"
CLEAN_PAGES = "clean-pages.json"
LONGEST_REASON = 1000
RETENTION = timedelta(days=365)
WHY = "Vérifier avant publication qu'aucune de ces valeurs ne se retrouve dans ce qui est publié."


def keep_apart(
    project: Project, source: Source, parts: Mapping[str, tuple[pa.Table, TableSchema]], capture: Capture
) -> dict[str, int]:
    """Keep the personal values of a source's records in the private folder; returns how many of each part.

    `parts`: by name the records as they were read, rejected ones among them, and their incoming schema. The people that
    `people` of the source's file joins to a record are kept with it. What was kept of a part before is replaced, also
    when its schema has no personal field any more; what was kept of the source's older snapshots goes: a record
    withdrawn since is in them only.

    The retention runs from the newest snapshot of personal values, not from today: the same inputs give the same date.
    Raises `PeopleLinkWrong` where a link names a column that is not there.
    """
    fields = {
        name: [field.name for field in schema.fields if field.privacy is Privacy.PERSONAL]
        for name, (_, schema) in parts.items()
    }
    vault = Vault(project.private)
    if any(fields.values()):
        vault = _opened(project, max(part.obtained for part in capture.parts).date())
    elif vault.is_unopened:
        return dict.fromkeys(parts, 0)
    vault.forget_others(capture.source, {part.sha256 for part in capture.parts})
    own = {name: PersonalValues.of_table(records, fields[name]) for name, (records, _) in parts.items()}
    joined = related_values(_links(source, parts), {name: records for name, (records, _) in parts.items()}, own)
    return {
        name: vault.write_values(
            values | joined.get(name, PersonalValues()), parts=[(capture.source, capture.snapshot(name).sha256, name)]
        )
        for name, values in own.items()
    }


def _links(source: Source, parts: Mapping[str, tuple[pa.Table, TableSchema]]) -> list[Link]:
    """The links of a source's file, whose columns are those of the incoming schemas."""
    links = [Link(**raw) for raw in source.people]
    for number, link in enumerate(links):
        wanted = [("key", link.part, link.key)]
        wanted += [("key", link.through, link.key), ("records", link.through, link.records)] if link.through else []
        for name, part, column in wanted:
            known = parts[part][1].names
            if column not in known:
                facts = {"key": f"people.{number}.{name}", "found": column, "expected": ", ".join(known)}
                raise PeopleLinkWrong(file=source.path, part=part, **facts)
    return links


def still_apart(project: Project, capture: Capture, counts: Mapping[str, int]) -> bool:
    """Whether as many personal values of a capture's parts are kept as `keep_apart` counted.

    As when records are made, what is kept of the source's other snapshots goes.
    """
    vault, source = Vault(project.private), capture.source
    if not vault.is_unopened:
        vault.forget_others(source, {part.sha256 for part in capture.parts})
    return all(vault.holds(source, capture.snapshot(part).sha256, part) == count for part, count in counts.items())


def check_access(project: Project, what: str, sources: Iterable[Source]) -> None:
    """Raises `PrivateStoreMissing` where outputs are on an object store, one of these sources sends personal values,
    and this machine has no access to the store that they are kept in. `what`: what needs them, for the message."""
    shared = shared_of(project.outputs)
    if shared is None or shared.private is not None:
        return
    if any(sends_personal_values(project, source) for source in sources):
        raise PrivateStoreMissing(what=what)


def prepare(project: Project, source: Source, now: date) -> None:
    """Before a source of personal values is asked: a private folder with its retention date, for what it will send."""
    check_access(project, source.name, [source])
    if Vault(project.private).is_unopened and sends_personal_values(project, source):
        _opened(project, source.obtained or now)


def _opened(project: Project, newest: date) -> Vault:
    """The private folder, kept for `RETENTION` from the newest day that it was ever opened for."""
    vault = Vault(project.private)
    until = newest + RETENTION
    if not vault.is_unopened:
        until = max(until, vault.keep_until())
    vault.open(until, WHY)
    return vault


def check_request(
    project: Project, request: ReleaseRequest, apart: Mapping[PartId, int], seen: Seen | None = None
) -> ReleaseRequest:
    """Hold what is personal in a request: tables, findings and rejects. Returns what may be released: the request, or,
    within the limit that its package sets, the request without the rows that are held and those that refer to them.

    Raises `PersonalDataFound`, which blocks, beyond the limit. What is held is in quarantine in either case.

    The strong test looks in each row for the personal values of the records that it comes from. `apart`: how many were
    kept of each part; raises `PersonalValuesGone` when they are no longer. `seen` learns what was validated.
    """
    seen = seen or Seen()
    package = request.package.name
    tables = {f"{package}/{name}": table for name, table in request.tables.items()}
    personal, allow = _values(project, apart), load_allow_list(project.schemas).with_fields(package, request.schemas)
    report = gate(
        tables,
        personal,
        allow,
        provenance={f"{package}/{name}": table for name, table in request.provenance.items()},
        keys={f"{package}/{name}": schema.primary_key for name, schema in request.schemas.items()},
        seen=seen,
    )
    quality = {"qualite/constats": request.findings, "qualite/rejets": request.rejects}
    report += gate(quality, personal, allow, seen=seen)
    if report.is_clean:
        return request
    set_aside(_opened(project, request.created.date()), package, report, {**tables, **quality})
    rest = without_held(request, report)
    if rest is None:
        report.raise_if_held(_list_of(package))
    return rest or request


def inspection(
    project: Project, request: ReleaseRequest, apart: Mapping[PartId, int], seen: Seen | None = None
) -> Callable[[Path], None]:
    """The last look at a version: every file of its folder, sealed and not yet shown. Raises `PersonalDataFound`, and
    `PersonalValuesGone` as `check_request` does."""

    def inspect(folder: Path) -> None:
        package = request.package.name
        allow = load_allow_list(project.schemas).with_fields(package, request.schemas)
        values, validated = _values(project, apart), seen or Seen()
        own = partial(of_release, project, request)
        report = scan_folder(folder, allow, values, seen=validated, package=package, own=own)
        if not report.is_clean:  # the changes show values of the version before, which its own tables let through
            validated.passed.update(let_through(project, load_allow_list(project.schemas), validated).passed)
            report = scan_folder(folder, allow, values, seen=validated, package=package, own=own)
        _block(project, request, report, {})

    return inspect


def _values(project: Project, apart: Mapping[PartId, int]) -> PersonalValues:
    """The personal values kept, once sure that those of `apart` are among them: another run may have forgotten them."""
    check_access(project, "gate", load_sources(project).values())
    vault = Vault(project.private)
    values = vault.read()
    for part, count in sorted(apart.items()):
        if vault.holds(*part) != count:  # looked at after reading: what is there now was there then
            raise PersonalValuesGone(source=part[0], part=part[2])
    return values


def all_kept(project: Project, apart: Mapping[PartId, int]) -> bool:
    """Whether the personal values of every part are kept as they were counted."""
    vault = Vault(project.private)
    return all(vault.holds(*part) == count for part, count in apart.items())


def passed(project: Project, request: ReleaseRequest) -> None:
    """Once a package is out, or is what was out already: nothing of it is held any more, but what it goes without."""
    package = request.package.name
    if request.withheld or request.withheld_quality:
        return
    if not Vault(project.private).is_unopened:
        clear_quarantine(Vault(project.private), package)


def check_pages(project: Project, pages: Path, seen: Seen | None = None) -> GateReport:
    """Hold what is personal in the folder of a catalogue that is about to be shown, pages and files.

    Raises `PersonalDataFound`, naming the page.
    """
    check_access(project, "catalogue", load_sources(project).values())
    clean = CleanFiles.read(project.work / CLEAN_PAGES, gate_key(project))  # before the values: they may be newer
    allow, values = load_allow_list(project.schemas), Vault(project.private).read()
    validated = seen.for_another() if seen else Seen()
    own = partial(of_pages, project)
    report = scan_folder(pages, allow, values, seen=validated, clean=clean, own=own)
    if not report.is_clean:  # pages show tables: what an exception lets through there is let through here
        report = scan_folder(pages, allow, values, seen=let_through(project, allow, validated), clean=clean, own=own)
    report.raise_if_held()
    make_own_folder(project.work)
    clean.save()
    return report


def gate_key(project: Project) -> str:
    """What the gate's answer on the same bytes depends on: its code, the allow list, the values that are looked for."""
    looked_for = Vault(project.private).digest()
    allowed = folder_digest(project.schemas / "privacy")
    return fingerprint({"code": stage_code_digest(), "allowed": allowed, "values": looked_for})


def may_show(project: Project, place: str, text: str, seen: Seen | None = None) -> GateReport:
    """What is held of a text that is shown rather than written, such as a preview; `seen`: what the gate knows."""
    allow, values = load_allow_list(project.schemas), Vault(project.private).read()
    known = seen.for_another() if seen else Seen()
    report = scan_text(place, text, allow, values, seen=known)
    if report.is_clean:
        return report
    return scan_text(place, text, allow, values, seen=let_through(project, allow, known))


def let_through(project: Project, allow: AllowList, validated: Seen | None = None) -> Seen:
    """The passages that exceptions let through in the tables of the releases that there are, old versions among them.
    `validated`: what was found clean before."""
    seen = validated.for_another() if validated else Seen()
    for name in package_names(project.schemas):
        try:
            package = load_package(project.schemas, name)
            schemas = {table.name: package.schema(table.name) for table in package.tables}
        except ArobaseError:  # what is wrong with a package is reported where it is released
            continue
        own = allow.with_fields(name, schemas)
        for path in sorted((project.releases / name).glob("[0-9]*/data/*.parquet")):
            if path.stem in schemas:
                gate({f"{name}/{path.stem}": pq.read_table(path)}, PersonalValues(), own, seen=seen)
    return seen


def _list_of(package: str) -> str:
    return f"outputs/private/{QUARANTINE}/{package}.jsonl"


def check_reason(project: Project, reason: str) -> None:
    """Validate the published reason of an act (a retraction) before a byte of it is written: the ledger forgets
    nothing.

    Raises `ReasonPersonal` where it contains what looks personal or somebody's value, `ReasonInvalid` where it is empty
    or too long. The allow list is not asked: a reason can always be said without naming anybody.
    """
    length = len(reason.strip())
    if not 0 < length <= LONGEST_REASON:
        found = counted(length, Said("caractère", "character"), Said("caractères", "characters"))
        raise ReasonInvalid(found=found, most=LONGEST_REASON)
    report = scan_text(REASON, reason, AllowList(), Vault(project.private).read())
    if not report.is_clean:
        raise ReasonPersonal(place=REASON, rules=", ".join(report.by_rule()))


def _block(project: Project, request: ReleaseRequest, report: GateReport, tables: Mapping[str, pa.Table]) -> None:
    """Put the rows that are held into quarantine and raise; nothing when none is."""
    if not report.is_clean:
        set_aside(_opened(project, request.created.date()), request.package.name, report, tables)
    report.raise_if_held(_list_of(request.package.name))
