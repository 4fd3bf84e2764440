"""Starting a project, and what is added to one: tables, packages and sources of somebody's own records.

Belongs here: what `arobase init`, `tables new`, `packages new` and `sources new` propose and write. Does not: asking
anything of a person (`commands/`), or running what was written.
"""

from pipelines.starter.accepting import accept, pending
from pipelines.starter.errors import FileUnusable, FolderTaken, NothingProposed
from pipelines.starter.folders import start_empty, start_example, start_from
from pipelines.starter.official import official_schema
from pipelines.starter.packages import new_package
from pipelines.starter.proposal import Column, Proposal, propose
from pipelines.starter.tables import NewTable, new_table

__all__ = [
    "Column",
    "FileUnusable",
    "FolderTaken",
    "NewTable",
    "NothingProposed",
    "Proposal",
    "accept",
    "new_package",
    "new_table",
    "official_schema",
    "pending",
    "propose",
    "start_empty",
    "start_example",
    "start_from",
]
