"""What `arobase sources` prints: aligned lines in the two languages, and the step that comes next.

Belongs here: wording and alignment. Does not: asking, reading, writing (`sources.py` and the modules below).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from pipelines.core.text import Language, Said, counted, number

if TYPE_CHECKING:
    from pipelines.formats import PartReading
    from pipelines.formats.examining import Examination
    from pipelines.pipeline.declared import AsDeclared
    from pipelines.pipeline.trying import Refusal
    from pipelines.sources import Capture, Snapshot, SnapshotStore, Source, Sources

SHOWN = 12
SHOWN_FAULTS = 5
DIGEST = 12
GAP = "  "
CADENCES: Mapping[str | None, Said] = {
    "P1D": Said("tous les jours", "daily"),
    "P7D": Said("toutes les semaines", "weekly"),
    "P1W": Said("toutes les semaines", "weekly"),
    "P1M": Said("tous les mois", "monthly"),
    "P3M": Said("tous les trimestres", "quarterly"),
    "P6M": Said("tous les six mois", "every six months"),
    "P1Y": Said("tous les ans", "yearly"),
}


def aligned(rows: Iterable[Sequence[str]], indent: str = "") -> Iterator[str]:
    """Rows as lines, each column as wide as its widest cell; the last one is left as long as it is."""
    cells = [list(row) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        yield (indent + GAP.join(padded)).rstrip()


def _width(text: str) -> int:
    """The columns of a terminal that a text takes: accents that stand apart take none."""
    return sum(not unicodedata.combining(letter) for letter in text)


def size(count: int, language: Language) -> str:
    """A number of bytes for people: `41,2 ko`, `41.2 kB`."""
    units = ("o", "ko", "Mo", "Go") if language == "fr" else ("B", "kB", "MB", "GB")
    value, unit = float(count), units[0]
    for unit in units:
        if value < 1000 or unit == units[-1]:
            break
        value /= 1000
    text = f"{value:.1f}" if unit != units[0] else f"{count}"
    return f"{text.replace('.', ',') if language == 'fr' else text} {unit}"


def listed(sources: Sources, store: SnapshotStore, now: datetime, language: Language) -> Iterator[str]:
    """Every source on a line, under a header, those whose file is broken too, then how many need a look."""
    from pipelines.sources.freshness import freshness

    header = ("SOURCE", "CONNECTEUR", "OBTENUE LE", "ÉTAT", "TITRE")
    rows = [header if language == "fr" else ("SOURCE", "CONNECTOR", "OBTAINED", "STATE", "TITLE")]
    amiss = 0
    for source in sources.values():
        capture = store.latest(source.name)
        words = [Said("jamais collectée", "never collected")[language]] if capture is None else []
        if freshness(source, capture, now).is_late:
            words.append(Said("en retard", "late")[language])
        if store.last_failure(source.name):
            words.append(Said("dernier essai en échec", "last attempt failed")[language])
        amiss += bool(words)
        obtained = str(min(part.obtained for part in capture.parts).date()) if capture else "—"
        title = Said(source.title, source.title_en)[language]
        rows.append((source.name, source.connector, obtained, ", ".join(words) or "✓", title))
    for source in sources.off.values():
        title = Said(source.title, source.title_en)[language]
        rows.append((source.name, source.connector, "—", Said("désactivée", "off")[language], title))
    broken = Said("fichier à corriger", "file to fix")[language]
    for error in sources.errors:
        file = str(error.facts["file"])
        rows.append((PurePosixPath(file).stem, "—", "—", broken, Said(f"voir {file}", f"see {file}")[language]))
    rows[1:] = sorted(rows[1:])
    count, amiss = len(rows) - 1, amiss + len(sources.errors)
    yield from aligned(rows)
    yield ""
    total = counted(count, Said("source", "source"), Said("sources", "sources"))
    problems = counted(amiss, Said("problème", "problem"), Said("problèmes", "problems"))
    if not amiss:
        problems = Said("aucun problème", "no problem")
    yield Said(
        f"{total.fr}, {problems.fr}. Pour en voir une : arobase sources show NOM",
        f"{total.en}, {problems.en}. To see one: arobase sources show NAME",
    )[language]


def shown(source: Source, store: SnapshotStore, secrets: Mapping[str, bool], language: Language) -> Iterator[str]:
    """One source: its facts, its parts with their last snapshots, its drift and last failure, the next step."""
    yield f"{source.name} — {Said(source.title, source.title_en)[language]}"
    description = Said(source.description, source.description_en)[language].strip()
    if description:
        yield click.wrap_text(description, 100)
    yield ""
    yield from aligned(_facts(source, secrets, language), "  ")
    capture = store.latest(source.name)
    yield ""
    yield from aligned(_parts(source, capture, language), "  ")
    for snapshot in capture.parts if capture else ():
        for change in snapshot.fetch.get("drift", ()):
            yield f"  ! {change['what']} {change['champ']} {change.get('label', '')}".rstrip()
        declared = snapshot.fetch.get("schema")
        if declared:
            name = declared.get("name") or declared.get("url") or declared.get("sha256", "")[:DIGEST]
            word = Said("schéma déclaré par le producteur", "schema declared by the publisher")[language]
            colon = Said(" : ", ": ")[language]
            yield f"  {snapshot.part}{colon}{word}{colon}{name} ({declared['state']})"
    failure = store.last_failure(source.name)
    if failure:
        yield f"  ! {failure['at']} {failure['error'][language]}"
    yield ""
    step = "test" if capture is None or failure else "fetch"
    sentence = Said("L'essayer sans rien garder", "Try it and keep nothing")[language]
    sentence = sentence if step == "test" else Said("La collecter de nouveau", "Collect it again")[language]
    yield f"{sentence} : arobase sources {step} {source.name}".replace(" :", Said(" :", ":")[language], 1)


def _facts(source: Source, secrets: Mapping[str, bool], language: Language) -> list[tuple[str, str]]:
    from pipelines.sources.http.addresses import public_address

    address = public_address(source.address) if "://" in source.address else source.address
    there = {True: Said("présente", "set")[language], False: Said("absente", "not set")[language]}
    named = ", ".join(f"{name} ({there[is_there]})" for name, is_there in secrets.items())
    publisher = source.publisher["title"]
    publisher = Said(publisher, source.publisher.get("title_en", publisher))[language]
    facts = [
        (Said("connecteur", "connector")[language], source.connector),
        (Said("adresse", "address")[language], address),
        ("licence", source.licence),
        (Said("producteur", "publisher")[language], publisher),
        (Said("responsable", "owner")[language], source.owner),
        (Said("cadence", "cadence")[language], _often(source.cadence, language)),
        (Said("secrets", "secrets")[language], named or "—"),
        ("tables", ", ".join(source.tables) or "—"),
        (Said("fichier", "file")[language], source.path),
    ]
    if source.privacy:
        facts.append((Said("vie privée", "privacy")[language], " ".join(source.privacy.split())))
    if not source.enabled:
        hint = Said(f"retirez « enabled: false » de {source.path}", f"remove `enabled: false` from {source.path}")
        facts.append((Said("désactivée", "off")[language], hint[language]))
    if source.example:
        facts.append(
            (
                Said("exemple", "example")[language],
                Said("oui : données fictives", "yes: made-up data")[language],
            )
        )
    return facts


def _often(cadence: str | None, language: Language) -> str:
    """How often a source is read, in words; a duration that has none as it is written."""
    return CADENCES[cadence][language] if cadence in CADENCES else cadence or "—"


def _parts(source: Source, capture: Capture | None, language: Language) -> list[tuple[str, ...]]:
    french = ("PARTIE", "FORMAT", "OBTENUE LE", "TAILLE", "SHA-256", "ADRESSE")
    rows: list[tuple[str, ...]] = [
        french if language == "fr" else ("PART", "FORMAT", "OBTAINED", "SIZE", "SHA-256", "ADDRESS")
    ]
    snapshots: dict[str, Snapshot] = {item.part: item for item in capture.parts} if capture else {}
    for part in source.parts:
        found = snapshots.get(part.name)
        if found is None:
            rows.append((part.name, part.format, "—", "—", "—", Said("jamais collectée", "never collected")[language]))
            continue
        day, weight = str(found.obtained.date()), size(found.size, language)
        rows.append((part.name, part.format, day, weight, f"{found.sha256[:DIGEST]}…", found.address))
    return rows


def tried(
    found: Examination, reading: PartReading, snapshot: Snapshot, declared: AsDeclared, language: Language
) -> Iterator[str]:
    """What a trial says of one part."""
    import json

    from pipelines.privacy.headers import untold_headers, without_names

    hidden = untold_headers(found.left_over, are_members=found.are_members)
    count = (
        Said("enregistrements", "records")[language] if found.rows != 1 else Said("enregistrement", "record")[language]
    )
    yield ""
    weight = size(snapshot.size, language)
    yield f"  {snapshot.part} — {number(found.rows, language)} {count}, {weight}, {snapshot.address}"
    facts = json.loads((reading.table.schema.metadata or {}).get(b"facts", b"{}"))
    unread = len(found.left_over)
    rows = [
        (Said(f"lues ({len(found.mapped)})", f"mapped ({len(found.mapped)})")[language], _some(found.mapped)),
        (Said(f"laissées ({unread})", f"left over ({unread})")[language], _left(found, hidden)),
        (Said("détecté", "detected")[language], _change(facts)),
    ]
    if declared.recorded:
        name = declared.recorded.get("name") or declared.recorded.get("url") or "—"
        refused = declared.recorded.get("refused")
        validation = (
            declared.recorded["state"]
            if refused is None
            else Said(f"{refused} écartés", f"{refused} rejected")[language]
        )
        colon = Said(" : ", ": ")[language]
        rows.append((Said("schéma déclaré", "declared schema")[language], f"{name}{colon}{validation}"))
    yield from aligned(rows, "    ")
    if reading.refused:
        left_out = number(reading.refused, language)
        french = f"{left_out} enregistrements illisibles, écartés :"
        yield f"    ! {Said(french, f'{left_out} records cannot be read, left out:')[language]}"
    for fault in reading.faults[:SHOWN_FAULTS]:
        colon = Said(" :", ":")[language]
        message = without_names(fault.message, hidden)
        yield f"      position {fault.position}{colon} {message[language]}"
    for warning in (*(without_names(notice, hidden) for notice in reading.notices), *declared.warnings):
        yield f"    ! {warning[language]}"
    for surprise in found.surprises:
        yield f"    ! {surprise[language]}"


def refused(refusals: Sequence[Refusal], *, fills: bool, language: Language) -> Iterator[str]:
    """What a release would reject of a source, each with who can correct it where it stops the source."""
    yield ""
    if not fills:
        french = "  publication — aucune table n'est remplie (parts.….rows) : rien n'en serait publié"
        yield Said(french, "  release — no table is filled (parts.….rows): nothing of it would be published")[language]
        return
    nothing = Said("rien ne serait écarté", "nothing would be rejected")[language]
    head, count = Said("problèmes :", "problems:")[language], sum(not item.is_untried for item in refusals)
    yield f"  {Said('publication', 'release')[language]} — {f'{head} {count}' if count else nothing}"
    for refusal in refusals:
        who = "" if refusal.error is None else f" → {refusal.error.advice(language)}"
        yield f"    {'?' if refusal.is_untried else '!'} {refusal.text[language]}{who}"


def _left(found: Examination, hidden: Collection[str]) -> str:
    """Columns that nothing reads, with how full they are: a full one may be worth a line of the mapping."""
    return _some([f"{'…' if name in hidden else name} ({found.fill[name]:.0%})" for name in found.left_over])


def _change(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {_plain(value)}" for key, value in facts.items()) or "—"


def _plain(value: Any) -> str:
    """A detected fact, short: a separator in quotes that both languages read, a list by its length."""
    if isinstance(value, str):
        return {";": '";"', ",": '","', "\t": "tab", "|": '"|"'}.get(value, value)
    if isinstance(value, bool | int | float):
        return str(value)
    return f"({len(value)})" if value else "—"


def concluded(name: str, amiss: int, language: Language) -> Iterator[str]:
    """The result of a trial and the step that comes next."""
    yield ""
    if amiss:
        yield Said(
            f"Écarts avec la description, marqués « ! » : {amiss}. Corrigez sources/{name}.yaml, ou signalez-les.",
            f'Differences from the description, marked "!": {amiss}. Fix sources/{name}.yaml, or report them.',
        )[language]
        return
    yield Said(
        f"Comme décrit. La suite : arobase sources fetch {name}", f"As described. Next: arobase sources fetch {name}"
    )[language]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else "") or "—"
