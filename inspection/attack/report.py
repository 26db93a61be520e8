"""The report of a run: JSON for programs, one HTML page for people."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from inspection.attack.run import Result

STYLE: Final = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1b1f24}"
    "table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}th,td{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #d8dee4;vertical-align:top;overflow-wrap:anywhere}.ok{color:#116329}.failed{color:#a40e26;"
    "font-weight:600}"
)


def summary(results: Sequence[Result]) -> str:
    """The result in one sentence."""
    attacks = [result for result in results if result.scenario.attack]
    work = [result for result in results if not result.scenario.attack]
    stopped, done = sum(result.ok for result in attacks), sum(result.ok for result in work)
    return (
        f"{stopped} of {len(attacks)} attacks were stopped by the expected statement; "
        f"{done} of {len(work)} legitimate actions succeeded."
    )


def document(results: Sequence[Result]) -> Mapping[str, Any]:
    """The run as JSON."""
    return {
        "ok": bool(results) and all(result.ok for result in results),
        "summary": summary(results),
        "results": [
            {
                "id": result.scenario.id,
                "tactic": result.scenario.tactic,
                "paragraph": result.scenario.paragraph,
                "account": result.scenario.account,
                "persona": result.scenario.persona,
                "call": f"{result.scenario.service}:{result.scenario.operation}",
                "expected": result.scenario.expect,
                "outcome": result.outcome,
                "stopped_by": list(result.stopped_by),
                "ok": result.ok,
                "message": result.message,
            }
            for result in results
        ],
    }


def page(results: Sequence[Result]) -> str:
    """The run as one HTML page, grouped by tactic."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.scenario.tactic, []).append(result)
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Attack report</title><style>{STYLE}</style>',
        f"<h1>Attack report</h1><p>{escape(summary(results))}</p>",
    ]
    for tactic, group in groups.items():
        parts.append(f"<h2>{escape(tactic)}</h2><table><tr>")
        parts += [f"<th>{heading}</th>" for heading in ("", "scenario", "45 CFR", "who", "call", "expected", "result")]
        parts.append("</tr>")
        parts += [_row(result) for result in group]
        parts.append("</table>")
    return "".join(parts) + "</html>\n"


def _row(result: Result) -> str:
    scenario = result.scenario
    state = ("ok", "&#10003;") if result.ok else ("failed", "&#10007;")
    cells = (
        scenario.id,
        scenario.paragraph,
        f"{scenario.persona} in {scenario.account}",
        f"{scenario.service}:{scenario.operation}",
        scenario.expect,
        ", ".join((result.outcome, *result.stopped_by)),
    )
    row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><td class="{state[0]}">{state[1]}</td>{row}</tr>'
