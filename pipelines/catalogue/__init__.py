"""The catalogue: what is released, shown to people as a static site and to machines as DCAT-AP, feeds and indexes.

Belongs here: everything that is made from the releases alone, to describe them. Does not: releasing, nor pushing to a
portal. It is a pure function of the releases' folder and of `catalogue.yaml`: no clock, no network.
"""

from typing import TYPE_CHECKING, Any

from pipelines.catalogue.publisher import PublisherSettings, read_publisher_settings

if TYPE_CHECKING:
    from pipelines.catalogue.writing import write_catalogue

__all__ = ["PublisherSettings", "read_publisher_settings", "write_catalogue"]


def __getattr__(name: str) -> Any:
    """`write_catalogue` brings the pages' templates with it: a run that writes no catalogue does without them."""
    if name != "write_catalogue":
        raise AttributeError(name)
    from pipelines.catalogue.writing import write_catalogue

    return write_catalogue
