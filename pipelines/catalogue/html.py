"""Which pages people find, and the facts that each is filled with.

Belongs here: one function a kind of page. Does not: templates, nor pictures (`pictures/`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from pipelines.catalogue import contracts, feeds, preview, rows, sql, structured, territories
from pipelines.catalogue.addresses import LANGUAGES, Addresses, localised
from pipelines.catalogue.known import filled
from pipelines.catalogue.model import Holding, Table, Version
from pipelines.catalogue.pages import Facts, Place, add_page
from pipelines.catalogue.pictures import Picture, pictures_of
from pipelines.catalogue.pictures.standalone import standalone
from pipelines.catalogue.questions import Question, questions_of
from pipelines.catalogue.site import Site
from pipelines.catalogue.territories import DEPARTEMENT, FOLDER, REGION, Territories, Territory
from pipelines.catalogue.wording import Wording
from pipelines.schema import usage
from pipelines.schema.usage import usage_of

THEME = "theme.css"
STATIC = ("style.css", THEME, "site.js", "search.js", "parquet.js", "icon.svg")
REPORT, WITHDRAWAL, ACCESSIBILITY = "signaler-une-erreur.html", "demander-un-retrait.html", "accessibilite.html"
TESTED = "accessibility.json"
"""What the tests in a browser found, as they wrote it (`tests/browser/test_pages.py`)."""
NEWS_SHOWN = 8


def add_pages(site: Site, holdings: Sequence[Holding], addresses: Addresses, *, theme: bytes | None = None) -> None:
    """Hold every page, and the files that pages share. `theme` takes the place of our empty `theme.css`."""
    folder = files("pipelines.catalogue").joinpath("static")
    for name in STATIC:
        own = theme if name == THEME else None
        site.add(f"static/{name}", folder.joinpath(name).read_bytes() if own is None else own)

    known = territories.gather(holdings)

    def home(place: Place) -> dict[str, Any]:
        news = feeds.news(holdings, addresses, place.language)[:NEWS_SHOWN]
        real_first = sorted(holdings, key=lambda holding: holding.is_example)  # stable: else in their own order
        told = [(item, _local(item.page, place, addresses)) for item in news]
        finds = bool(known.found)
        return {"holdings": real_first, "news": told, "questions": questions, "finds": finds}

    questions = questions_of(holdings)

    add_page(site, addresses, "index", "index.html", home)
    with_sql = [holding for holding in holdings if sql.tables(holding)]
    told = {"holdings": holdings, "with_sql": with_sql, "contracts": list(contracts.contracts())}
    add_page(site, addresses, "machines", "machines.html", told)
    add_page(site, addresses, "404", "404.html", {})
    add_page(site, addresses, "report", REPORT, {"holdings": holdings})
    add_page(site, addresses, "withdrawal", WITHDRAWAL, {"holdings": holdings})
    tested = json.loads(files("pipelines.catalogue").joinpath(TESTED).read_text(encoding="utf-8"))
    add_page(site, addresses, "accessibility", ACCESSIBILITY, {"holdings": holdings, "tested": tested})
    for question in questions:
        _question(site, question, holdings, addresses)
    for holding in holdings:
        _package(site, holding, addresses)
    if known.found:
        _territories(site, known, addresses)


def _territories(site: Site, known: Territories, addresses: Addresses) -> None:
    """A page for each territory that has anything to show, the list of all by département, and the search index."""
    departements, regions = known.of_kind(DEPARTEMENT), known.of_kind(REGION)
    departements.sort(key=lambda item: item.code)
    inside: dict[tuple[str, str], list[Territory]] = {}
    others = []
    for territory in known.all:
        level = DEPARTEMENT if territory.departement else REGION
        above = territory.departement or territory.region
        if above:
            inside.setdefault((level, above), []).append(territory)
        elif territory.kind not in (DEPARTEMENT, REGION):
            others.append(territory)
    listed = {"departements": departements, "regions": regions, "others": others}
    add_page(site, addresses, "territories", f"{FOLDER}/index.html", listed)
    for territory in known.all:
        levels = (known.get(REGION, territory.region), known.get(DEPARTEMENT, territory.departement))
        facts: dict[str, Any] = {
            "territory": territory,
            "levels": [item for item in levels if item is not None and item is not territory],
            "today": _today(known, territory),
            "inside": inside.get((territory.kind, territory.code), []),
            "silent": known.without(territory),
        }
        add_page(site, addresses, "territory", territory.path, facts)
    for start, lines in territories.shards(known).items():
        site.add(f"{FOLDER}/recherche/{start}.json", json.dumps(lines, ensure_ascii=False, separators=(",", ":")))


def _today(known: Territories, territory: Territory) -> Mapping[str, str] | None:
    """The territory that stands in the place of a former one: with its page, where it has one."""
    if not territory.today:
        return None
    same = [item for item in known.found.values() if item.code == territory.today and item is not territory]
    if len(same) == 1:
        return {"code": territory.today, "name": same[0].name, "path": same[0].path}
    return {"code": territory.today, "name": territory.today, "path": ""}


def _question(site: Site, question: Question, holdings: Sequence[Holding], addresses: Addresses) -> None:
    by_name = {holding.name: holding for holding in holdings}
    read = []
    for key in question.tables:
        package, _, name = key.partition("/")
        version = by_name[package].current
        table = version.table(name) if version else None
        if version is not None and table is not None:
            read.append((by_name[package], version, table))
    add_page(site, addresses, "question", question.path, {"question": question, "read": read})


def _local(address: str, place: Place, addresses: Addresses) -> str:
    """A page's own address as a link from another page."""
    inside = address.removeprefix(addresses.page(""))
    return place.shared(inside)


def _package(site: Site, holding: Holding, addresses: Addresses) -> None:
    current, folder = holding.current, holding.name
    pictures = pictures_of(current) if current else []
    common: dict[str, Any] = {"holding": holding, "pictures": pictures}
    add_page(site, addresses, "versions", f"{folder}/versions.html", common)
    for version in holding.versions:
        _version(site, common, holding, version, addresses)
    if current is None:
        add_page(site, addresses, "package", f"{folder}/index.html", {**common, "version": None})
        return
    common["version"] = current

    def sheet(place: Place) -> dict[str, Any]:
        return {
            **common,
            "chosen": next((one for one in reversed(pictures) if one.group), next(iter(pictures), None)),
            "linked": structured.schema_org(holding, current, addresses, place.language),
            "citation": structured.citation(current, addresses, place.language),
            "sources": rows.freshness(current),
        }

    add_page(site, addresses, "package", f"{folder}/index.html", sheet)
    add_page(site, addresses, "quality", f"{folder}/qualite.html", {**common, **_quality(current)})
    add_page(site, addresses, "dictionary", f"{folder}/dictionnaire.html", _dictionary(common, current))
    if pictures:
        add_page(site, addresses, "pictures", f"{folder}/images.html", common)
    for picture in pictures:
        _picture(site, common, picture, addresses)
    for table in current.tables:
        _table(site, common, table, addresses)


def _picture(site: Site, common: Mapping[str, Any], picture: Picture, addresses: Addresses) -> None:
    """A picture by itself: its page, and its file in each language."""
    holding, version = common["holding"], common["version"]
    for language in LANGUAGES:
        words, table = Wording(language), version.table(picture.table)
        source = words.choose(
            f"Source : {words.spaced(table.title('fr'))}, version {version.number}, "
            f"données du {words.day(version.created)}. {addresses.page(holding.name + '/')}",
            f"Source: {table.title('en')}, version {version.number}, "
            f"data as of {words.day(version.created)}. {addresses.page('en/' + holding.name + '/')}",
        )
        site.add(localised(f"{holding.name}/{picture.file}", language), standalone(picture, language, source))

    def facts(place: Place) -> dict[str, Any]:
        own = addresses.page(localised(f"{holding.name}/{picture.page}", place.language))
        drawn = addresses.page(localised(f"{holding.name}/{picture.file}", place.language))
        told = escape(picture.headline(place.language))
        snippet = f'<a href="{own}"><img src="{drawn}" alt="{told}" width="100%"></a>'
        return {**common, "picture": picture, "snippet": snippet}

    add_page(site, addresses, "picture", f"{holding.name}/{picture.page}", facts)


def _dictionary(common: Mapping[str, Any], version: Version) -> Facts:
    """What each table is, how much of each field is known, and a first use."""
    shares = {table.name: filled(version, table) for table in version.tables}
    usage = {table.name: usage_of(table.name, table.fields, table.key) for table in version.tables}

    def facts(place: Place) -> dict[str, Any]:
        words = place.words
        known = {
            name: {field: words.share(share, 1) for field, share in found.items()} for name, found in shares.items()
        }
        return {**common, "known": known, "usage": usage}

    return facts


def _version(site: Site, common: Mapping[str, Any], holding: Holding, version: Version, addresses: Addresses) -> None:
    path = f"{holding.name}/version-{version.number}.html"
    if version.is_retracted:
        add_page(site, addresses, "retracted", path, {**common, "version": version})
        return
    told = {**common, "version": version, "changes": rows.changes(version), "before": holding.before(version)}
    told["corrected"] = rows.corrected(version)

    def facts(place: Place) -> dict[str, Any]:
        return {**told, "citation": structured.citation(version, addresses, place.language)}

    add_page(site, addresses, "version", path, facts)


def _quality(version: Version) -> dict[str, Any]:
    return {
        "rejects": rows.rejects(version),
        "findings": rows.findings(version),
        "sources": rows.freshness(version),
        "names": rows.rule_names(version),
    }


def _table(site: Site, common: Mapping[str, Any], table: Table, addresses: Addresses) -> None:
    holding, version = common["holding"], common["version"]
    at = {file.kind: addresses.release(file.path) for file in table.files}
    programs = list(usage.programs(table.name, at["csv"], at["parquet"]))

    def facts(place: Place) -> dict[str, Any]:
        document = preview.preview(holding, version, table, place.words, place.release)
        return {**common, "table": table, "preview": document, "programs": programs}

    add_page(site, addresses, "table", f"{holding.name}/table-{table.name}.html", facts)
