"""Citations of paragraphs of the HIPAA Security Rule, with their titles.

Source: 45 CFR part 164 subpart C (`controls.security_rule`). Numbers belong to a version of the rule: the
changes proposed in 90 FR 898 renumber paragraphs, so theirs are kept apart.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from controls.model import Citation, RuleVersion
from controls.security_rule import REQUIREMENTS

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {paragraph: requirement.title for paragraph, requirement in REQUIREMENTS.items()}
)
"""Paragraph of the rule as in force -> its title."""

PROPOSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "164.312(a)(2)(vi)": "Network segmentation",
        "164.312(a)(2)(vii)": "Data controls",
    }
)
"""Paragraph as numbered in 90 FR 898, proposed and not final -> its title."""


def cite(*paragraphs: str) -> tuple[Citation, ...]:
    """Citations of the rule as in force.

    Raises:
        KeyError: a paragraph that is not in `TITLES`.
    """
    return tuple(Citation(paragraph=paragraph, title=TITLES[paragraph]) for paragraph in paragraphs)


def cite_proposed(*paragraphs: str) -> tuple[Citation, ...]:
    """Citations of the changes proposed in 90 FR 898.

    Raises:
        KeyError: a paragraph that is not in `PROPOSED`.
    """
    return tuple(
        Citation(paragraph=paragraph, title=PROPOSED[paragraph], version=RuleVersion.NPRM_2025)
        for paragraph in paragraphs
    )
