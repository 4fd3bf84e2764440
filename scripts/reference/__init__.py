"""The pages of `docs/reference/`, each a text made from what the project declares: schemas, registers, commands.

Belongs here: turning declarations into Markdown. Does not: writing files (`scripts/build_docs.py`), or saying anything
that is declared nowhere: what is missing on a page is missing in the declaration.
"""
