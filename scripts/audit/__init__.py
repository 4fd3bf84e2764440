"""Do the lock files pin a version with a known weakness?

`python -m scripts.audit` compares them with the list that is kept here; with `--online`, `pip-audit` asks PyPI;
`--record FOLDER` makes the list again from a checkout of the Python Packaging Advisory Database.
"""
