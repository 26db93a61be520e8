"""The standards and implementation specifications of the HIPAA Security Rule, required and addressable.

Source: 45 CFR part 164 subpart C and its Appendix A, "Security Standards: Matrix" (read 2026-11). The matrix lists
164.308, 164.310 and 164.312: 18 standards with 36 implementation specifications. 164.314 and 164.316 are not in it and
add 4 standards and 10 specifications, whose designations stand in their headings. That makes 22 standards and 46
specifications, 68 paragraphs: 46 required and 22 addressable. The three kinds of contract of 164.314(a)(2) and the four
plan-document provisions of 164.314(b)(2) count one each, since each has a paragraph number of its own.

A standard is always required (164.306(c)). An addressable specification is implemented where reasonable and
appropriate; otherwise the entity documents why, and an equivalent measure (164.306(d)(3)).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

FILE: Final = Path(__file__).with_suffix(".csv")
"""Paragraphs with title, kind, designation, standard and what the organization shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """A standard or an implementation specification of the Security Rule."""

    paragraph: str
    """For example `164.312(a)(2)(iv)`."""
    title: str
    """The rule's own heading; for the provisions of 164.314(b)(2), which have none, a description."""
    kind: Literal["standard", "specification"]
    designation: Literal["required", "addressable"]
    standard: str
    """Paragraph of the standard that a specification belongs to; of a standard its own."""
    show: str
    """What the organization shows beside the zone's controls; empty where technology alone meets the paragraph."""


def _read(file: Path) -> Mapping[str, Requirement]:
    with file.open(encoding="utf-8", newline="") as text:
        return MappingProxyType(
            {
                row["paragraph"]: Requirement(
                    paragraph=row["paragraph"],
                    title=row["title"],
                    kind=cast('Literal["standard", "specification"]', row["kind"]),
                    designation=cast('Literal["required", "addressable"]', row["designation"]),
                    standard=row["standard"],
                    show=row["show"],
                )
                for row in csv.DictReader(text)
            }
        )


REQUIREMENTS: Final[Mapping[str, Requirement]] = _read(FILE)
"""Paragraph -> requirement, in the order of the rule."""
