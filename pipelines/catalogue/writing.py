"""Writing the whole catalogue: the order in which its files are made, and which of them change.

Belongs here: what there is. Does not: what any file says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.catalogue import contracts, dcat, feeds, structured
from pipelines.catalogue.addresses import LANGUAGES, Addresses, localised, schema_path
from pipelines.catalogue.graph import Graph
from pipelines.catalogue.html import add_pages
from pipelines.catalogue.model import Holding, read_holdings
from pipelines.catalogue.publisher import House
from pipelines.catalogue.site import Inspect, Site


def write_catalogue(
    releases: Path,
    catalogue: Path,
    *,
    house: House | None = None,
    base_url: str | None = None,
    inspect: Inspect | None = None,
) -> list[str]:
    """Bring the folder `catalogue` up to what `releases` holds; returns the files rewritten or deleted, sorted.

    `house`: where it is shown and who answers for it; its address names datasets in RDF, so it is chosen once.
    `base_url` replaces that address, to look at the catalogue somewhere else. `inspect` is shown the folder as it is
    about to be; when it raises, nothing has changed. Raises `ReleaseDamaged` when an index or a descriptor cannot be
    read, `Busy`, and `OSError`.
    """
    shown = house or House()
    site = make_site(
        read_holdings(releases), shown.addresses(base_url), theme=shown.theme, with_examples=shown.examples
    )
    return site.write(catalogue, inspect=inspect)


def make_site(
    holdings: list[Holding], addresses: Addresses, *, theme: bytes | None = None, with_examples: bool = False
) -> Site:
    """Every file of the catalogue, in memory. `theme`: the house's own style sheet. `with_examples`: whether machines
    are told of packages of made-up data."""
    site = Site()
    add_pages(site, holdings, addresses, theme=theme)
    for language in LANGUAGES:
        items = feeds.news(holdings, addresses, language)
        site.add(localised("feed.atom", language), feeds.atom(items, addresses, language))
        site.add_json(localised("feed.json", language), feeds.json_feed(items, addresses, language))
    _describe(site, holdings, addresses, with_examples=with_examples)
    site.add_json("versions.json", feeds.versions_index(holdings, addresses))
    site.add("sitemap.xml", feeds.sitemap(site, holdings, addresses))
    return site


def _describe(site: Site, holdings: list[Holding], addresses: Addresses, *, with_examples: bool) -> None:
    """What machines harvest: the catalogue's graph, and for each package its history, Croissant and Table Schemas.

    Packages of made-up data are left out of the graph, unless `catalogue.yaml` asks for them: a portal that harvests it
    would publish them as real.
    """
    harvested = [holding for holding in holdings if with_examples or not holding.is_example]
    _add_graph(site, "catalog", dcat.catalogue_graph(harvested, addresses))
    plain = dcat.catalogue_graph(harvested, addresses, plain_checksums=True)
    site.add("catalog-datagouv.jsonld", plain.json_ld())
    for holding in holdings:
        if holding.current is not None:
            _add_graph(site, f"{holding.name}/dcat", dcat.history_graph(holding, holding.current, addresses))
            document = structured.croissant(holding, holding.current, addresses)
            site.add_json(f"{holding.name}/croissant.json", document)
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
