"""The validator: Frictionless' result on what comes in and on what goes out.

Belongs here: deciding which rows a Table Schema accepts, and saying why it refuses the others. Does not: reading other
formats than text tables and CSV (`records/`), comparing rows with the law (`rules/`).
"""

from pipelines.validation.errors import CannotValidate
from pipelines.validation.result import ERRORS, ValidationResult
from pipelines.validation.validate import Parent, validate

__all__ = ["ERRORS", "CannotValidate", "Parent", "ValidationResult", "validate"]
