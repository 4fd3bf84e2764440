"""Portals: the current version of a package, brought to CKAN or to data.gouv.fr and kept there as released.

Belongs here: what a portal should hold, what it does hold, and the requests between the two. Does not: making a release
(`releases`), nor the catalogue that portals harvest by themselves (`catalogue`).

A push looks at the portal, names every difference, removes them one by one, and looks again: it keeps no state of its
own, so that one that was cut is resumed by running it again. Pushing itself is in `pushing.py`, imported where it is
done: the definitions of orchestration need descriptions only.
"""

from pipelines.portals.descriptions import Portal, load_portal, load_portals

__all__ = ["Portal", "load_portal", "load_portals"]
