"""What can be wrong with the reference and with the corrections."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class ReferenceMissing(ArobaseError):
    """A file of the geographic reference is not there."""

    code: ClassVar[str] = "territories-missing"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "{file} est absent ; python scripts/build_territories.py le refait."
    en: ClassVar[str] = "{file} is missing; python scripts/build_territories.py makes it again."


class CorrectionUnusable(ArobaseError):
    """A line of `sources/corrections/*.csv` cannot be used as it stands."""

    code: ClassVar[str] = "correction-unusable"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "{file}, ligne {line}, colonne « {column} » : {value} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}, column "{column}": {value}; expected: {expected}.'
