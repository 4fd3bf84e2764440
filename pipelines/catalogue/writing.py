"""Writing the whole catalogue: the order in which its files are made, and which of them change.

Belongs here: what there is. Does not: what any file says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.catalogue import contracts, dcat, deltas, feeds, odcs, portal_dcat, sql, structured
from pipelines.catalogue.addresses import LANGUAGES, Addresses, localised, schema_path
from pipelines.catalogue.graph import Graph
from pipelines.catalogue.html import add_pages
from pipelines.catalogue.labels import Named
from pipelines.catalogue.latest import add_latest
from pipelines.catalogue.model import Holding, harvested_holdings, read_holdings
from pipelines.catalogue.publisher import PublisherSettings
from pipelines.catalogue.site import Inspect, Site
from pipelines.core.text import Language
from pipelines.geo.other_names import OtherNames


def write_catalogue(
    releases: Path,
    catalogue: Path,
    *,
    settings: PublisherSettings | None = None,
    base_url: str | None = None,
    also: OtherNames | None = None,
    inspect: Inspect | None = None,
) -> list[str]:
    """Bring the folder `catalogue` up to what `releases` holds; returns the files rewritten or deleted, sorted.

    `settings`: where it is shown and who answers for it; its address names datasets in RDF, so it is chosen once.
    `base_url` replaces that address, to look at the catalogue somewhere else. `also`: other names that territories are
    looked for by. `inspect` is shown the folder as it is
    about to be; when it raises, nothing has changed. Raises `ReleaseDamaged` when an index or a descriptor cannot be
    read, `Busy`, and `OSError`.
    """
    publisher = settings or PublisherSettings()
    site = make_site(
        read_holdings(releases),
        publisher.addresses(base_url),
        theme=publisher.theme,
        with_examples=publisher.examples,
        licences=publisher.licences,
        licence_names=publisher.licence_names,
        also=also,
    )
    return site.write(catalogue, inspect=inspect)


def make_site(
    holdings: list[Holding],
    addresses: Addresses,
    *,
    theme: bytes | None = None,
    with_examples: bool = False,
    licences: Mapping[str, str] | None = None,
    licence_names: Named | None = None,
    also: OtherNames | None = None,
) -> Site:
    """Every file of the catalogue, in memory but for released files, which are linked.

    `theme`: the publisher's own style sheet. `with_examples`: whether files for machines list packages of made-up data.
    `licences`: by the address of a licence, its code on data.gouv.fr. `licence_names`: by code, what each is called.
    `also`: other names of territories.
    """
    site = Site()
    harvested = harvested_holdings(holdings, with_examples=with_examples)
    add_pages(site, holdings, harvested, addresses, theme=theme, licences=licence_names or {}, also=also or {})
    for language in LANGUAGES:
        _feeds(site, harvested, addresses, language, folder="")
        for holding in harvested:
            _feeds(site, [holding], addresses, language, folder=f"{holding.name}/")
    _harvest(site, harvested, addresses, licences or {})
    for holding in holdings:
        if holding.current is not None:
            add_latest(site, holding.current)
    _describe(site, harvested, addresses)
    site.add_json("versions.json", feeds.versions_index(harvested, addresses))
    unlisted = {holding.name for holding in holdings} - {holding.name for holding in harvested}
    site.add("sitemap.xml", feeds.sitemap(site, harvested, addresses, unlisted))
    return site


def _feeds(site: Site, holdings: list[Holding], addresses: Addresses, language: Language, *, folder: str) -> None:
    """The feed of the catalogue, or of the package whose folder is named."""
    items = feeds.news(holdings, addresses, language)
    channel = feeds.Channel(folder, holdings[0].title(language) if folder else feeds.SITE_NAME[language])
    site.add(localised(f"{folder}feed.atom", language), feeds.atom(items, addresses, language, channel))
    site.add_json(localised(f"{folder}feed.json", language), feeds.json_feed(items, addresses, language, channel))


def _harvest(site: Site, harvested: list[Holding], addresses: Addresses, licences: Mapping[str, str]) -> None:
    """What portals harvest."""
    graph = dcat.catalogue_graph(harvested, addresses)
    _add_graph(site, "catalog", graph)
    site.add("catalog-datagouv.jsonld", portal_dcat.datagouv(graph, licences).json_ld())
    site.add("catalog-ckan.jsonld", portal_dcat.ckan(graph, "fr").json_ld())
    described = (holding.current.descriptor for holding in harvested if holding.current is not None)
    site.add_json("ckan-licences.json", portal_dcat.ckan_licences(described))


def _describe(site: Site, holdings: list[Holding], addresses: Addresses) -> None:
    """What machines read of each package: its history, contract, deltas, SQL script, Croissant and Table Schemas."""
    for holding in holdings:
        if holding.current is not None:
            _add_graph(site, f"{holding.name}/dcat", dcat.history_graph(holding, holding.current, addresses))
            document = structured.croissant(holding, holding.current, addresses)
            site.add_json(f"{holding.name}/croissant.json", document)
            site.add(f"{holding.name}/{odcs.FILE}", odcs.contract_text(holding, holding.current, addresses))
            site.add_json(f"{holding.name}/deltas.json", deltas.index(holding, addresses))
            if script := sql.script(holding, addresses):
                site.add(f"{holding.name}/{sql.FILE}", script)
        for number, table, schema in table_schemas(holding):
            site.add_json(schema_path(holding.name, number, table), schema)
    for name, schema in contracts.published(addresses).items():
        site.add_json(f"schemas/{name}.schema.json", schema)


def _add_graph(site: Site, path: str, graph: Graph) -> None:
    site.add(f"{path}.jsonld", graph.json_ld())
    site.add(f"{path}.ttl", graph.turtle())
    site.add(f"{path}.rdf", graph.rdf_xml())


def table_schemas(holding: Holding) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each Table Schema that a version conforms to, once: its version, its table, itself."""
    seen: set[tuple[str, str]] = set()
    for version in holding.readable:
        number = str(version.own["schema_version"])
        for table in version.tables:
            if (number, table.name) not in seen:
                seen.add((number, table.name))
                yield number, table.name, {"name": table.name, **table.schema}
