"""An audit observation: declared and deployed value."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["same", "differs", "missing", "undeclared"]
"""As declared; another value; declared and not deployed; deployed and not declared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """A comparison of one property of the deployed zone with its declaration."""

    area: str
    subject: str
    expected: str
    found: str
    ok: bool
    kind: Kind = "differs"
    type: str = ""
    """Pulumi's type token of the resource, where it has one."""
    arn: str = ""
    """ARN of the resource, or its id where it has no ARN."""
    account: str = ""
    """Account id."""
    region: str = ""
    stack: str = ""
    """Stack that declares the resource."""
    property: str = ""
    """Path of the property; empty when the resource as a whole is meant."""
    control: str = ""
    """Control that the difference weakens; empty: the control of its area or type (`inspection.findings`)."""


def compared(area: str, subject: str, expected: object, actual: object) -> Observation:
    """An observation that matches when both sides are equal."""
    same = expected == actual
    return Observation(
        area=area,
        subject=subject,
        expected=str(expected),
        found=str(actual),
        ok=same,
        kind="same" if same else "differs",
    )


def missing(area: str, subject: str, expected: str, actual: str = "nothing") -> Observation:
    """An observation of something that is not there, or not as it should be."""
    return Observation(area=area, subject=subject, expected=expected, found=actual, ok=False, kind="missing")


def unexpected(area: str, subject: str, actual: str) -> Observation:
    """An observation of something that nobody declared."""
    return Observation(area=area, subject=subject, expected="nothing", found=actual, ok=False, kind="undeclared")
