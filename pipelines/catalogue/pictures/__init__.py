"""Pictures drawn at build time as SVG, each with its numbers as a table for anyone who cannot see the picture.

Belongs here: the drawings and the list of them. Does not: computing what they show; they draw published tables, and are
absent where the table is.
"""

from pipelines.catalogue.pictures.gallery import Picture, pictures_of

__all__ = ["Picture", "pictures_of"]
