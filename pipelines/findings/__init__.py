"""Rules: what the label's consistency, the law of inquiries and the privacy of people make of the accepted tables.

Belongs here: findings, and the gate that keeps people out of the data. Does not: refusing a row (`validation/`).
"""

from pipelines.findings.registry import Finding, Rule, deviations, finding_rule, finding_rules, run_rules
from pipelines.findings.versions import RuleVersion, read_versions

__all__ = [
    "Finding",
    "Rule",
    "RuleVersion",
    "deviations",
    "finding_rule",
    "finding_rules",
    "read_versions",
    "run_rules",
]
