"""The catalogue: what is released, shown to people as a static site and to machines as DCAT-AP, feeds and indexes.

Belongs here: everything that is made from the releases alone, to tell of them. Does not: releasing, nor pushing to a
portal. It is a pure function of the releases' folder and of `catalogue.yaml`: no clock, no network.
"""

from pipelines.catalogue.publisher import House, read_house
from pipelines.catalogue.writing import write_catalogue

__all__ = ["House", "read_house", "write_catalogue"]
