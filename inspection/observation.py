"""An audit observation: declared and deployed value."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """A comparison of one property of the deployed zone with its declaration."""

    area: str
    subject: str
    expected: str
    found: str
    ok: bool


def compared(area: str, subject: str, expected: object, actual: object) -> Observation:
    """An observation that matches when both sides are equal."""
    return Observation(area=area, subject=subject, expected=str(expected), found=str(actual), ok=expected == actual)


def missing(area: str, subject: str, expected: str, actual: str = "nothing") -> Observation:
    """An observation of something that is not there, or not as it should be."""
    return Observation(area=area, subject=subject, expected=expected, found=actual, ok=False)


def unexpected(area: str, subject: str, actual: str) -> Observation:
    """An observation of something that nobody declared."""
    return Observation(area=area, subject=subject, expected="nothing", found=actual, ok=False)
