"""A section of the nightly report, and how its result is decided."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import is_known

Verdict = Literal["ok", "notice", "finding", "incomplete"]
"""`ok`: checked, nothing to do. `notice`: something to know. `finding`: something to do. `incomplete`: not checked."""
ALARMING: Final = frozenset[Verdict]({"finding", "incomplete"})
"""Results that fail the report."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A checked part."""

    name: str
    verdict: Verdict
    summary: str
    """One sentence."""
    lines: Sequence[str] = ()
    """Findings, notices, or what could not be read."""


class UnreadableError(Exception):
    """A part that cannot be checked; the message says why."""


def section(name: str, check: Callable[[], Section]) -> Section:
    """The result of a check; one that cannot read what it needs makes the section incomplete.

    Args:
        name: name of the section.
        check: reads and compares.
    """
    try:
        return check()
    except (ClientError, BotoCoreError, UnreadableError, OSError) as error:
        return Section(name=name, verdict="incomplete", summary=f"not checked: {error}")
    except Exception as error:
        if not is_known(error):
            raise
        return Section(name=name, verdict="incomplete", summary=f"not checked: {error}")


def decided(name: str, findings: Sequence[str], ok: str, *, notices: Sequence[str] = ()) -> Section:
    """A section that was checked.

    Args:
        name: name of the section.
        findings: problems to correct; the section is a finding if there are any.
        ok: sentence for a section without findings.
        notices: further information.
    """
    if findings:
        more = f"{len(findings)} {'finding' if len(findings) == 1 else 'findings'}"
        return Section(name=name, verdict="finding", summary=more, lines=[*findings, *notices])
    return Section(name=name, verdict="notice" if notices else "ok", summary=ok, lines=notices)


def passed(sections: Sequence[Section]) -> bool:
    """Whether nothing is to be done and everything was checked; a report without sections has checked nothing."""
    return bool(sections) and not any(part.verdict in ALARMING for part in sections)
