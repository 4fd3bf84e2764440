"""What every module builds on: the project's folders and domains, errors, the two languages, YAML with its lines.

Belongs here: what knows nothing of sources, tables or releases. Does not: any sentence about data.
"""
