"""Writing the whole catalogue: the order in which its files are made, and which of them change.

Belongs here: what there is. Does not: what any file says.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.catalogue import feeds
from pipelines.catalogue.addresses import DEFAULT_BASE, LANGUAGES, Addresses, localised
from pipelines.catalogue.holdings import Holding, read_holdings
from pipelines.catalogue.pages import add_page
from pipelines.catalogue.site import Site


def write_catalogue(releases: Path, catalogue: Path, *, base_url: str = DEFAULT_BASE) -> list[str]:
    """Bring the folder `catalogue` up to what `releases` holds; returns the files rewritten or deleted, sorted.

    `base_url`: the address under which `catalogue/` and `releases/` are shown side by side; it names datasets in RDF,
    so it is chosen once. Raises `ReleaseDamaged` when an index or a descriptor cannot be read, and `OSError`.
    """
    holdings = read_holdings(releases)
    addresses = Addresses.under(base_url)
    return make_site(holdings, addresses).write(catalogue)


def make_site(holdings: list[Holding], addresses: Addresses) -> Site:
    """Every file of the catalogue, in memory."""
    site = Site()
    add_page(site, addresses, "index", "index.html", {"holdings": holdings})
    for language in LANGUAGES:
        items = feeds.news(holdings, addresses, language)
        site.add(localised("feed.atom", language), feeds.atom(items, addresses, language))
        site.add_json(localised("feed.json", language), feeds.json_feed(items, addresses, language))
    site.add_json("versions.json", feeds.versions_index(holdings, addresses))
    site.add("sitemap.xml", feeds.sitemap(site, holdings, addresses))
    return site
