"""The judge: Frictionless' verdict on what comes in and on what goes out.

Belongs here: deciding which rows a Table Schema accepts, and saying why it refuses the others. Does not: reading other
formats than text tables and CSV (`records/`), comparing rows with the law (`rules/`).
"""

from pipelines.validation.errors import JudgeError
from pipelines.validation.judge import Parent, judge
from pipelines.validation.verdict import ERRORS, Verdict

__all__ = ["ERRORS", "JudgeError", "Parent", "Verdict", "judge"]
