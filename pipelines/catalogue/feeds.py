"""What a machine follows: the Atom and JSON feeds of releases and retractions, `versions.json`, `sitemap.xml`.

Belongs here: lists of what there is and of what is new. Does not: describing a dataset (`dcat.py`, `structured.py`).
Atom: RFC 4287. JSON Feed 1.1. Sitemaps 0.9. Instants are those of the releases; there is no other clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pipelines.catalogue.addresses import Addresses, Party, localised
from pipelines.catalogue.model import Holding, Version
from pipelines.catalogue.sentences import reason
from pipelines.catalogue.site import Site
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said

NEWEST = 100
SITE_NAME: Said = Said("Arobase, données publiques vérifiables", "Arobase, open data that can be trusted")
EMPTY = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Channel:
    """One feed: the folder that it is in (empty for that of the whole catalogue), and what it is called."""

    folder: str
    title: str


@dataclass(frozen=True)
class News:
    """One thing that happened: a version appeared, or was taken away. `typed`: its reason is a person's own words."""

    address: str
    page: str
    moment: str
    title: str
    reasons: tuple[str, ...]
    summary: str
    typed: bool = False


def news(holdings: Sequence[Holding], addresses: Addresses, language: Language) -> list[News]:
    """What happened, newest first, at most `NEWEST`; a tie keeps the packages' order and the newest version first."""
    found = [_news(holding, item, addresses, language) for holding in holdings for item in holding.versions]
    return sorted(found, key=lambda item: item.moment, reverse=True)[:NEWEST]


def _news(holding: Holding, version: Version, addresses: Addresses, language: Language) -> News:
    page = addresses.page(localised(f"{version.package}/version-{version.number}.html", language))
    name = addresses.version(version.package, version.number)
    title = f"{holding.title(language)} {version.number}"
    if version.is_retracted:
        word = Said("retirée", "retracted")[language]
        typed = str(version.entry["reason"])
        return News(f"{name}-retrait", page, version.moment, f"{title} ({word})", (typed,), typed, typed=True)
    reasons = tuple(reason(str(item[language]), version, language) for item in version.entry["reasons"])
    return News(name, page, version.moment, title, reasons, Wording(language).listed(reasons))


def atom(items: Sequence[News], addresses: Addresses, language: Language, channel: Channel) -> str:
    """The Atom feed."""
    own = addresses.page(localised(f"{channel.folder}feed.atom", language))
    home = addresses.page(localised(f"{channel.folder}index.html", language))
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines += [f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">']
    lines += [f"  <id>{escape(own)}</id>", f"  <title>{escape(channel.title)}</title>"]
    lines += [f"  <updated>{items[0].moment if items else EMPTY}</updated>"]
    lines += [f"  <author>{_author(addresses.publisher)}</author>"]
    lines += [f'  <link rel="self" type="application/atom+xml" href={quoteattr(own)}/>']
    lines += [f'  <link rel="alternate" type="text/html" href={quoteattr(home)}/>']
    for item in items:
        lines += ["  <entry>", f"    <id>{escape(item.address)}</id>", f"    <title>{escape(item.title)}</title>"]
        lines += [f"    <updated>{item.moment}</updated>", f'    <link rel="alternate" href={quoteattr(item.page)}/>']
        lines += [f"    <summary>{escape(item.summary)}</summary>", "  </entry>"]
    return "\n".join([*lines, "</feed>", ""])


def _author(party: Party) -> str:
    address = f"<uri>{escape(party.url)}</uri>" if party.url else ""
    return f"<name>{escape(party.title)}</name>{address}"


def json_feed(items: Sequence[News], addresses: Addresses, language: Language, channel: Channel) -> dict[str, Any]:
    """The JSON feed."""
    publisher = addresses.publisher
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": addresses.page(localised(f"{channel.folder}index.html", language)),
        "feed_url": addresses.page(localised(f"{channel.folder}feed.json", language)),
        "language": language,
        "authors": [{key: value for key, value in (("name", publisher.title), ("url", publisher.url)) if value}],
        "items": [
            {
                "id": item.address,
                "url": item.page,
                "title": item.title,
                "content_text": item.summary,
                "date_published": item.moment,
            }
            for item in items
        ],
    }


def versions_index(holdings: Sequence[Holding], addresses: Addresses) -> dict[str, Any]:
    """`versions.json`: every version of every package, newest first, with where to find it; `example` marks packages of
    made-up data, where they were asked for."""
    return {
        "$schema": addresses.page("schemas/versions.schema.json"),
        "packages": [
            {
                "name": holding.name,
                "title": holding.title("fr"),
                "title_en": holding.title("en"),
                "latest": holding.current.number if holding.current else None,
                "page": addresses.page(f"{holding.name}/index.html"),
                **({"example": True} if holding.is_example else {}),
                "versions": [_indexed(item, holding, addresses) for item in holding.versions],
            }
            for holding in holdings
        ],
    }


def _indexed(version: Version, holding: Holding, addresses: Addresses) -> dict[str, Any]:
    entry = {"version": version.number, "created": version.created, "tagmanifest": version.entry["tagmanifest"]}
    if version.is_retracted:
        gone = {"reason": version.entry["reason"], "at": version.moment}
        return {**entry, "status": "retracted", **gone, "tombstone": addresses.release(version.tombstone)}
    return {
        **entry,
        "status": "published",
        "path": addresses.release(version.path),
        "datapackage": addresses.release(f"{version.path}data/datapackage.json"),
        "schema_version": version.entry["schema_version"],
        "rows": version.entry["rows"],
        **({"marks": marks} if (marks := holding.marks(version)) else {}),
    }


def sitemap(site: Site, holdings: Sequence[Holding], addresses: Addresses, unlisted: Collection[str] = ()) -> str:
    """`sitemap.xml`: every page held so far, with the moment of the last event of its package; none of the packages
    that are `unlisted`."""
    newest = {item.name: max(one.moment for one in item.versions) for item in holdings}
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for path in _pages(site):
        package = path.removeprefix("en/").split("/", maxsplit=1)[0]
        if package in unlisted:
            continue
        seen = f"<lastmod>{newest[package]}</lastmod>" if package in newest else ""
        lines.append(f"  <url><loc>{escape(addresses.page(path))}</loc>{seen}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def _pages(site: Site) -> Iterator[str]:
    return (path for path in sorted(site.files) if path.endswith(".html") and not path.endswith("404.html"))
