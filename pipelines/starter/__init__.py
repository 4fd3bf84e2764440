"""Starting a project: the folder of somebody who publishes records of their own.

Belongs here: what `arobase init` writes, from an example or from a file of records. Does not: asking anything of a
person (`commands/init.py`), or running what was written.
"""

from pipelines.starter.accepting import accept, pending
from pipelines.starter.errors import FileUnusable, FolderTaken, NothingProposed
from pipelines.starter.folders import start_example, start_from
from pipelines.starter.proposal import Column, Proposal, propose

__all__ = [
    "Column",
    "FileUnusable",
    "FolderTaken",
    "NothingProposed",
    "Proposal",
    "accept",
    "pending",
    "propose",
    "start_example",
    "start_from",
]
