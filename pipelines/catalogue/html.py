"""Which pages people find, and the facts that each is filled with.

Belongs here: one function per kind of page. Does not: templates, nor pictures (`pictures/`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from pipelines.catalogue import contracts, feeds, preview, rows, search_index, sql, structured, territories
from pipelines.catalogue.addresses import LANGUAGES, Addresses, localised
from pipelines.catalogue.known import filled
from pipelines.catalogue.labels import Labels, Named, field_labels, is_of_codes, read_labels
from pipelines.catalogue.latest import has_archive
from pipelines.catalogue.model import Holding, Table, Version
from pipelines.catalogue.pages import Facts, Place, add_page
from pipelines.catalogue.pictures import Picture, pictures_of
from pipelines.catalogue.pictures.png import WIDTH, add_png
from pipelines.catalogue.pictures.standalone import standalone
from pipelines.catalogue.questions import Question, questions_of
from pipelines.catalogue.site import Site
from pipelines.catalogue.territories import DEPARTEMENT, FOLDER, REGION, Territories, Territory
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language
from pipelines.findings.registry import finding_rules
from pipelines.geo.other_names import OtherNames
from pipelines.schema import usage
from pipelines.schema.usage import usage_of
from pipelines.validation.phrases import rule_title

THEME = "theme.css"
STATIC = ("style.css", THEME, "site.js", "search.js", "snippets.js", "parquet.js", "icon.svg")
REPORT, WITHDRAWAL, ACCESSIBILITY = "signaler-une-erreur.html", "demander-un-retrait.html", "accessibilite.html"
TESTED = "accessibility.json"
"""What the tests in a browser found, as they wrote it (`tests/browser/test_pages.py`)."""
NEWS_SHOWN = 8


def add_pages(
    site: Site,
    holdings: Sequence[Holding],
    harvested: Sequence[Holding],
    addresses: Addresses,
    *,
    theme: bytes | None = None,
    licences: Named,
    also: OtherNames,
) -> None:
    """Make every page, and the files that pages share. `harvested`: the packages in the files for machines.

    `theme` takes the place of our empty `theme.css`. `licences`: by code, what each is called. `also`: other names
    that territories are looked for by.
    """
    folder = files("pipelines.catalogue").joinpath("static")
    for name in STATIC:
        own = theme if name == THEME else None
        site.add(f"static/{name}", folder.joinpath(name).read_bytes() if own is None else own)

    known = territories.gather(holdings)

    def home(place: Place) -> dict[str, Any]:
        # As the feed has it: a package of made-up records is no news, unless there is nothing else.
        news = feeds.news(harvested or holdings, addresses, place.language)[:NEWS_SHOWN]
        real_first = sorted(holdings, key=lambda holding: holding.is_example)  # stable: else in their own order
        linked = [(item, _local(item.page, place, addresses)) for item in news]
        finds = bool(known.found)
        return {"holdings": real_first, "news": linked, "questions": questions, "finds": finds}

    questions = questions_of(holdings)
    places = {f"{kind}_code": _names(known.of_kind(kind)) for kind in (DEPARTEMENT, REGION)}

    add_page(site, addresses, "index", "index.html", home)
    with_sql = [holding for holding in harvested if sql.tables(holding)]
    left_out = len(harvested) < len(holdings)
    common: dict[str, Any] = {"holdings": harvested, "with_sql": with_sql, "left_out": left_out}
    common["contracts"] = list(contracts.contracts())
    common["in_one_file"] = {item.name for item in harvested if item.current and has_archive(item.current)}
    add_page(site, addresses, "machines", "machines.html", common)
    add_page(site, addresses, "404", "404.html", {})
    add_page(site, addresses, "report", REPORT, {"holdings": holdings})
    add_page(site, addresses, "withdrawal", WITHDRAWAL, {"holdings": holdings})
    tested = json.loads(files("pipelines.catalogue").joinpath(TESTED).read_text(encoding="utf-8"))
    add_page(site, addresses, "accessibility", ACCESSIBILITY, {"holdings": holdings, "tested": tested})
    for question in questions:
        _question(site, question, holdings, addresses)
    names = {holding.name for holding in harvested}
    for holding in holdings:
        _package(site, holding, addresses, places, licences, is_harvested=holding.name in names)
    if known.found:
        _territories(site, known, addresses, also)


def _names(territories: Sequence[Territory]) -> dict[str, Mapping[Language, str]]:
    """By code, what territories are called, where that is known."""
    return {item.code: {"fr": item.name, "en": item.name} for item in territories if item.name != item.code}


def _territories(site: Site, known: Territories, addresses: Addresses, also: OtherNames) -> None:
    """A page for each territory that has anything to show, the list of all by département, and the search index."""
    departements, regions = known.of_kind(DEPARTEMENT), known.of_kind(REGION)
    departements.sort(key=lambda item: item.code)
    inside: dict[tuple[str, str], list[Territory]] = {}
    others = []
    for territory in known.all:
        own = (territory.kind, territory.code)
        around = ((DEPARTEMENT, territory.departement), (REGION, territory.region))
        above = next((level for level in around if level[1] and level != own), None)
        if above is not None:
            inside.setdefault(above, []).append(territory)
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
    for path, text in search_index.index_files(known, also).items():
        site.add(path, text)


def _today(known: Territories, territory: Territory) -> Mapping[str, str] | None:
    """The territory that is in the place of a former one: with its page, where it has one."""
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


def _package(
    site: Site, holding: Holding, addresses: Addresses, places: Labels, licences: Named, *, is_harvested: bool
) -> None:
    current, folder = holding.current, holding.name
    pictures = pictures_of(current) if current else []
    common: dict[str, Any] = {"holding": holding, "pictures": pictures, "is_harvested": is_harvested}
    add_page(site, addresses, "versions", f"{folder}/versions.html", common)
    for version in holding.versions:
        _version(site, common, holding, version, addresses)
    if current is None:
        add_page(site, addresses, "package", f"{folder}/index.html", {**common, "version": None})
        return
    common["version"] = current
    common["labels"] = read_labels(current, places)

    def sheet(place: Place) -> dict[str, Any]:
        return {
            **common,
            "chosen": next((one for one in reversed(pictures) if one.group), next(iter(pictures), None)),
            "linked": structured.schema_org(holding, current, addresses, place.language),
            "citation": structured.citation(current, addresses, place.language),
            "sources": rows.freshness(current),
            "in_one_file": has_archive(current),
            "tables": [table for table in current.tables if not is_of_codes(table)],
            "codes": [table for table in current.tables if is_of_codes(table)],
        }

    add_page(site, addresses, "package", f"{folder}/index.html", sheet)
    add_page(
        site, addresses, "quality", f"{folder}/qualite.html", {**common, **_quality(current), "licences": licences}
    )
    add_page(site, addresses, "dictionary", f"{folder}/dictionnaire.html", _dictionary(common, current))
    if pictures:
        add_page(site, addresses, "pictures", f"{folder}/images.html", common)
    for picture in pictures:
        _picture(site, common, picture, addresses)
    for table in current.tables:
        _table(site, common, table, addresses)


def _picture(site: Site, common: Mapping[str, Any], picture: Picture, addresses: Addresses) -> None:
    """A picture by itself: its page, and its files in each language."""
    holding, version = common["holding"], common["version"]
    for language in LANGUAGES:
        words, table = Wording(language), version.table(picture.table)
        source = words.choose(
            f"Source : {words.spaced(table.title('fr'))}, version {version.number}, "
            f"données du {words.day(version.created)}. {addresses.page(holding.name + '/')}",
            f"Source: {table.title('en')}, version {version.number}, "
            f"data as of {words.day(version.created)}. {addresses.page('en/' + holding.name + '/')}",
        )
        drawing = standalone(picture, language, source)
        site.add(localised(f"{holding.name}/{picture.file}", language), drawing)
        add_png(site, localised(f"{holding.name}/{picture.png}", language), drawing)

    def facts(place: Place) -> dict[str, Any]:
        own = addresses.page(localised(f"{holding.name}/{picture.page}", place.language))
        drawn = addresses.page(localised(f"{holding.name}/{picture.file}", place.language))
        headline = escape(picture.headline(place.language))
        snippet = f'<a href="{own}"><img src="{drawn}" alt="{headline}" width="100%"></a>'
        image = addresses.page(localised(f"{holding.name}/{picture.png}", place.language))
        return {**common, "picture": picture, "snippet": snippet, "shown": image, "width": WIDTH}

    add_page(site, addresses, "picture", f"{holding.name}/{picture.page}", facts)


def _dictionary(common: Mapping[str, Any], version: Version) -> Facts:
    """What each table is, how much of each field is known, and a first use."""
    shares = {table.name: filled(version, table) for table in version.tables}
    usage = {table.name: usage_of(table.name, table.fields, table.key) for table in version.tables}
    named = {table.name: field_labels(version, table, common["labels"]) for table in version.tables}

    def facts(place: Place) -> dict[str, Any]:
        words = place.words
        known = {
            name: {field: words.share(share, 1) for field, share in found.items()} for name, found in shares.items()
        }
        return {**common, "known": known, "usage": usage, "named": named}

    return facts


def _version(site: Site, common: Mapping[str, Any], holding: Holding, version: Version, addresses: Addresses) -> None:
    path = f"{holding.name}/version-{version.number}.html"
    if version.is_retracted:
        add_page(site, addresses, "retracted", path, {**common, "version": version})
        return
    values = {**common, "version": version, "changes": rows.changes(version), "before": holding.before(version)}
    values["corrected"] = rows.corrected(version)

    def facts(place: Place) -> dict[str, Any]:
        return {**values, "citation": structured.citation(version, addresses, place.language)}

    add_page(site, addresses, "version", path, facts)


def _quality(version: Version) -> dict[str, Any]:
    names: dict[str, Mapping[str, str]] = {rule.code: {"fr": rule.explanation} for rule in finding_rules()}
    results = [(table, rows.checked(version, table)) for table in version.tables]
    return {
        "rejects": rows.rejects(version),
        "findings": rows.findings(version),
        "checked": [(table, found) for table, found in results if found],
        "sources": rows.freshness(version),
        "names": {**names, **rows.rule_names(version)},
        "broken": lambda rule, language: title if (title := rule_title(rule, language)) != rule else "",
    }


def _table(site: Site, common: Mapping[str, Any], table: Table, addresses: Addresses) -> None:
    holding, version = common["holding"], common["version"]
    at = {file.kind: addresses.release(file.path) for file in table.files}
    named = field_labels(version, table, common["labels"])
    programs = list(usage.programs(table.name, at["csv"], at["parquet"]))

    def facts(place: Place) -> dict[str, Any]:
        document = preview.preview(
            holding, table, place.words, common["labels"], release=place.release, address=addresses.release
        )
        return {**common, "table": table, "preview": document, "programs": programs, "named": named}

    add_page(site, addresses, "table", f"{holding.name}/table-{table.name}.html", facts)
