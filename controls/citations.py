"""The paragraphs of the HIPAA Security Rule that controls cite, under their titles.

Source: 45 CFR part 164 subpart C (eCFR, read 2026-08). Numbers belong to a version of the rule: the changes proposed in
90 FR 898 renumber paragraphs, so theirs are kept apart.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from controls.model import Citation, RuleVersion

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "164.308(a)(1)(i)": "Security management process",
        "164.308(a)(1)(ii)(A)": "Risk analysis",
        "164.308(a)(1)(ii)(B)": "Risk management",
        "164.308(a)(1)(ii)(D)": "Information system activity review",
        "164.308(a)(2)": "Assigned security responsibility",
        "164.308(a)(3)(i)": "Workforce security",
        "164.308(a)(3)(ii)(A)": "Authorization and/or supervision",
        "164.308(a)(3)(ii)(C)": "Termination procedures",
        "164.308(a)(4)(i)": "Information access management",
        "164.308(a)(4)(ii)(A)": "Isolating health care clearinghouse functions",
        "164.308(a)(4)(ii)(B)": "Access authorization",
        "164.308(a)(4)(ii)(C)": "Access establishment and modification",
        "164.308(a)(5)(ii)(B)": "Protection from malicious software",
        "164.308(a)(5)(ii)(C)": "Log-in monitoring",
        "164.308(a)(5)(ii)(D)": "Password management",
        "164.308(a)(6)(i)": "Security incident procedures",
        "164.308(a)(6)(ii)": "Response and reporting",
        "164.308(a)(7)(i)": "Contingency plan",
        "164.308(a)(7)(ii)(A)": "Data backup plan",
        "164.308(a)(7)(ii)(B)": "Disaster recovery plan",
        "164.308(a)(7)(ii)(C)": "Emergency mode operation plan",
        "164.308(a)(7)(ii)(D)": "Testing and revision procedures",
        "164.308(a)(8)": "Evaluation",
        "164.308(b)(1)": "Business associate contracts and other arrangements",
        "164.310(a)(2)(ii)": "Facility security plan",
        "164.310(d)(1)": "Device and media controls",
        "164.310(d)(2)(i)": "Disposal",
        "164.310(d)(2)(ii)": "Media re-use",
        "164.310(d)(2)(iii)": "Accountability",
        "164.310(d)(2)(iv)": "Data backup and storage",
        "164.312(a)(1)": "Access control",
        "164.312(a)(2)(i)": "Unique user identification",
        "164.312(a)(2)(ii)": "Emergency access procedure",
        "164.312(a)(2)(iii)": "Automatic logoff",
        "164.312(a)(2)(iv)": "Encryption and decryption",
        "164.312(b)": "Audit controls",
        "164.312(c)(1)": "Integrity",
        "164.312(c)(2)": "Mechanism to authenticate electronic protected health information",
        "164.312(d)": "Person or entity authentication",
        "164.312(e)(1)": "Transmission security",
        "164.312(e)(2)(i)": "Integrity controls",
        "164.312(e)(2)(ii)": "Encryption",
        "164.314(a)(1)": "Business associate contracts or other arrangements",
        "164.314(a)(2)(i)": "Business associate contracts",
        "164.316(a)": "Policies and procedures",
        "164.316(b)(1)": "Documentation",
        "164.316(b)(2)(i)": "Time limit",
    }
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
