"""The nightly report as Markdown for an issue, and as HTML."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from cli.change.markdown import COMMENT_LIMIT, Part, counted, details, inert, within_limit
from cli.night.section import ALARMING, Section, Verdict, passed

MARKS: Final[dict[Verdict, str]] = {"ok": "✅", "notice": "🔵", "finding": "🔴", "incomplete": "❓"}
MAX_LINES: Final = 200
STYLE: Final = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #d8dee4;vertical-align:top}li{overflow-wrap:anywhere}.ok{color:#116329}"
    ".notice{color:#0550ae}.finding,.incomplete{color:#a40e26;font-weight:600}"
)


def headline(sections: Sequence[Section]) -> str:
    """The result in one sentence."""
    if passed(sections):
        notices = sum(part.verdict == "notice" for part in sections)
        return f"{len(sections)} sections checked, nothing to do" + (
            f"; {counted(notices, 'notice')}" if notices else ""
        )
    parts = [
        f"{counted(count, 'section')} {words}"
        for verdict, words in (("finding", "with findings"), ("incomplete", "incomplete"))
        if (count := sum(part.verdict == verdict for part in sections))
    ]
    return ", ".join(parts) or "no section was checked"


def markdown(sections: Sequence[Section], title: str, now: datetime, limit: int = COMMENT_LIMIT) -> str:
    """The report as Markdown that fits into an issue; sections that need somebody come first."""
    rows = [f"| {MARKS[part.verdict]} {inert(part.name)} | {inert(part.summary)} |" for part in _ordered(sections)]
    table = "\n".join(["| section | result |", "|---|---|", *rows])
    parts = [Part(text=f"## {inert(title)}\n\n{now:%Y-%m-%d %H:%M} UTC: **{headline(sections)}**\n\n{table}")]
    for part in _ordered(sections):
        if part.lines:
            body = "\n".join(f"- {inert(line)}" for line in _cut(part.lines))
            text = f"### {inert(part.name)}\n\n{body}" if part.verdict in ALARMING else details(inert(part.name), body)
            parts.append(
                Part(text=text, short=f"### {inert(part.name)}\n\n{counted(len(part.lines), 'line')} left out")
            )
    return within_limit(parts, limit)


def html(sections: Sequence[Section], title: str, now: datetime) -> str:
    """The report as one HTML page without other files."""
    rows = [
        f'<tr><td class="{part.verdict}">{escape(part.verdict)}</td><td>{escape(part.name)}</td>'
        f"<td>{escape(part.summary)}</td></tr>"
        for part in _ordered(sections)
    ]
    bodies = [
        f"<h2>{escape(part.name)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in part.lines)}</ul>"
        for part in _ordered(sections)
        if part.lines
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
        f"<h1>{escape(title)}</h1><p>{now:%Y-%m-%d %H:%M} UTC: <b>{escape(headline(sections))}</b></p>"
        f"<table><tr><th>result</th><th>section</th><th></th></tr>{''.join(rows)}</table>{''.join(bodies)}</html>\n"
    )


def _ordered(sections: Sequence[Section]) -> list[Section]:
    order = ("finding", "incomplete", "notice", "ok")
    return sorted(sections, key=lambda part: order.index(part.verdict))


def _cut(lines: Sequence[str]) -> list[str]:
    more = [f"and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
    return [*lines[:MAX_LINES], *more]
