"""Do the lock files pin a version with a known weakness?

`python -m scripts.audit` holds them against the list that is kept here; with `--online`, `pip-audit` asks PyPI;
`--record FOLDER` makes the list anew from a checkout of the Python Packaging Advisory Database.
"""
