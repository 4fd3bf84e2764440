"""Does a release say the same of itself everywhere: descriptor, README, CHANGES.md, files?

Belongs here: facts that one file states and another one decides. Does not: sizes and hashes (`verify_bag.py`), what
Frictionless says of the descriptor (`verify_descriptor.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.releases import versioning
from pipelines.releases.csvfile import CSV_DIALECT
from pipelines.releases.descriptor import read_descriptor, table_resources
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats import output_formats
from pipelines.releases.versioning import Level, Reason
from pipelines.storage import sha256_bytes

PLACE = "data/datapackage.json"
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
TABLE_FORM = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": CSV_DIALECT}
BEFORE = {("type", None, "file"), ("encoding", "utf-8", "utf-8-sig")}
"""Member, how it is written now, and how it was before the profile of Data Package was held to the letter."""
Document = Mapping[str, Any]


def facts(bag: Path) -> Iterator[Flaw]:
    """Schemas, forms, counts, dates, numbers and pages are those that the rest of the release decides."""
    document = read_descriptor(bag / "data")
    yield from _schemas(document)
    yield from _forms(document)
    yield from _counts(bag, document)
    yield from _date(document)
    yield from _number(document)
    yield from _pages(bag, document)


def _schemas(document: Document) -> Iterator[Flaw]:
    """The schemas are those that the release says it was made from."""
    schemas = {name: item["schema"] for name, item in table_resources(document).items()}
    found = sha256_bytes(json.dumps(schemas, sort_keys=True, ensure_ascii=False).encode())
    own = document["arobase"]
    expected = own["ingredients"]["schema"]
    if found != expected:
        yield Flaw("facts", f"{PLACE}, schema", found[:12], expected[:12])
    version = f"{str(document['version']).split('.')[0]}-{expected[:12]}"
    if own["schema_version"] != version:
        yield Flaw("facts", f"{PLACE}, schema_version", str(own["schema_version"])[:60], version)


def _forms(document: Document) -> Iterator[Flaw]:
    """Each file is described as the format that it is, and as another form of the table that it is one of."""
    tables = table_resources(document)
    forms = {form.path(name): (name, form) for name in tables for form in output_formats() if form.name != "csv"}
    for item in document["resources"]:
        wanted: dict[str, Any] = {}
        if "schema" in item:
            wanted = TABLE_FORM
        elif item["path"] in forms:
            name, form = forms[item["path"]]
            wanted = {"name": f"{name}-{form.name}", "type": None, **form.described}
            wanted |= {"alternative": name} if form.is_alternative else {"alternative": None}
        for key, value in wanted.items():
            if not _is_recorded(item.get(key), key, value):
                yield Flaw("facts", f"{PLACE}, {item['path']}, {key}", str(item.get(key))[:80], str(value)[:80])


def _is_recorded(document: Any, key: str, wanted: Any) -> bool:
    """Whether a member of a resource is what it has to be, as it is written now or as versions before wrote it."""
    if key == "format":
        return str(document).lower() == str(wanted).lower()
    return document == wanted or (key, wanted, document) in BEFORE


def _counts(bag: Path, document: Document) -> Iterator[Flaw]:
    """Rows are counted as the Parquet file has them; every file of changes names the values of its CSV."""
    import pyarrow.parquet as pq

    hashes = {item["path"]: str(item["hash"]).removeprefix("sha256:") for item in document["resources"]}
    rows: dict[str, int] = {}
    for item in document["resources"]:
        path = Path(item["path"])
        place = path.name if item.get("alternative") or len(path.parts) == 1 else item["path"]
        parquet = Path(place).with_suffix(".parquet")
        if str(parquet) not in rows:
            rows[str(parquet)] = pq.read_metadata(bag / "data" / parquet).num_rows
        recorded = item["rows"] if "schema" in item else item["row_count"]
        if type(recorded) is not int or recorded != rows[str(parquet)]:  # `1.0` and `true` are no counts
            yield Flaw("facts", f"{PLACE}, {item['path']}", str(recorded), str(rows[str(parquet)]))
        plain = hashes.get(str(path.with_suffix(".csv")), "")
        if path.parts[0] == "changes" and item["content"] != plain:
            yield Flaw("facts", f"{PLACE}, {item['path']}, content", str(item["content"])[:12], plain[:12])


def _date(document: Document) -> Iterator[Flaw]:
    """A release has the date of its newest snapshot."""
    obtained = [str(one["obtained"]) for source in document.get("sources", []) for one in source["snapshots"]]
    created = str(document["created"])
    newest = max(obtained, default=created)
    if created[: len(newest)] != newest:
        yield Flaw("facts", f"{PLACE}, created", created, newest)


def _number(document: Document) -> Iterator[Flaw]:
    """The number of the version is the one that its reasons give after the version before."""
    own = document["arobase"]
    given = [Reason(Level[item["level"]], item["fr"], item["en"]) for item in own["reasons"]]
    parent = own["parent_version"]
    wanted = versioning.FIRST if parent is None else versioning.number(parent, given)
    if document["version"] != wanted:
        yield Flaw("facts", f"{PLACE}, version", str(document["version"]), wanted)


def _pages(bag: Path, document: Document) -> Iterator[Flaw]:
    """Both pages are headed by this version; they name its reasons, warnings and snapshots, and no other snapshot."""
    own = document["arobase"]
    heading = f"# {document['title']} {document['version']}"
    changes = (bag / "data" / "CHANGES.md").read_text(encoding="utf-8").splitlines()
    readme = (bag / "data" / "README.md").read_text(encoding="utf-8")
    lines = readme.splitlines()
    since = own["compared_with"]
    wanted = f"{heading} — " + (f"depuis {since} / since {since}" if since else "première version / first version")
    if changes[:1] != [wanted]:
        yield Flaw("facts", "data/CHANGES.md", "", wanted[:120])
    for reason in own["reasons"]:
        level = Level[reason["level"]]
        # Versions published before the levels had words for people give their names.
        today, before = (
            f"- **{word}** {reason['fr']} / *{reason['en']}*"
            for word in (f"{level.label.fr} / {level.label.en}", level.name)
        )
        if today not in changes and before not in changes:
            yield Flaw("facts", "data/CHANGES.md", "", today[:120])
    if lines[:1] != [heading]:
        yield Flaw("facts", "data/README.md", "", heading[:120])
    for warning in document.get("warnings", []):
        if str(warning["fr"]) not in readme or str(warning["en"]) not in readme:
            yield Flaw("facts", "data/README.md", "", str(warning["fr"])[:120])
    digests = set(DIGEST.findall(readme))
    known = {one["sha256"] for source in document.get("sources", []) for one in source["snapshots"]}
    if digests != known:
        odd = sorted(digests ^ known)[0]
        yield Flaw("facts", "data/README.md", odd[:12], ", ".join(sorted(item[:12] for item in known))[:80])
