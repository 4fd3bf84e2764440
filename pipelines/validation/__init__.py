"""The validator: Frictionless' result on what comes in and on what goes out.

Belongs here: deciding which rows a Table Schema accepts, and saying why it rejects the others. Does not: reading other
formats than text tables and CSV (`formats/`), rules about valid rows (`domains/`).

How its files work together:

- `validate.py` takes a table and a schema. `inputs.py` and `opening.py` have Frictionless open them: encoding, dialect,
  header, fields. `cutter.py` and `blocks.py` read the rows as blocks of text columns.
- First pass, in `proving.py`: `examine.py` proves the cells of each block valid, column by column (`columns.py`,
  `fast/`); `keys.py` and `references.py` do the same for keys. What is not proved is *suspect*, not yet wrong.
- Second pass: only the suspect rows go to Frictionless itself (`explain.py`, `row_validation.py`), so that every error
  is Frictionless' own. A table that cannot be proved this way is read by Frictionless from its first row.
- `outcome.py` gathers accepted rows, rejected rows and errors; `result.py` is what the caller gets.
- Around it: `packages.py` (Data Packages), `intake.py` and `described.py` (what `arobase check` is given), `hosting.py`
  (what Frictionless may reach meanwhile), `phrases.py` and `summary.py` (the result in words).
"""

from pipelines.validation.errors import CannotValidate
from pipelines.validation.result import ERRORS, ValidationResult
from pipelines.validation.validate import Parent, validate

__all__ = ["ERRORS", "CannotValidate", "Parent", "ValidationResult", "validate"]
