"""The report of a run: JSON for programs, one HTML page for people."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from inspection.attack.run import Result

STYLE: Final = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:82rem;padding:0 1rem;color:#1b1f24}"
    "h1{margin-bottom:.2rem}h2{margin:2rem 0 .4rem}h3{margin:1.2rem 0 .3rem;font-size:1rem;color:#57606a}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8dee4;vertical-align:top;"
    "overflow-wrap:anywhere}th{font-size:.85rem;color:#57606a}"
    "td:first-child,th:first-child{width:1.6rem;padding-right:0}"
    "th:nth-child(2){width:29%}th:nth-child(3){width:15%}th:nth-child(4){width:27%}th:nth-child(5){width:12%}"
    ".summary th:first-child,.summary td:first-child{width:auto}.summary th:nth-child(2){width:8rem}"
    ".number{text-align:right;width:7rem}"
    ".ok{color:#116329}.failed{color:#a40e26;font-weight:600}code{font:13px ui-monospace,monospace}"
    "@media print{h2{break-after:avoid}tr{break-inside:avoid}}"
)
HEADINGS: Final = ("", "scenario", "persona", "call", "must be stopped by", "result")


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
                "title": result.title,
                "calls": list(result.calls),
            }
            for result in results
        ],
    }


def page(results: Sequence[Result]) -> str:
    """The run as one HTML page: what failed first, then by tactic and by paragraph of 45 CFR 164."""
    tactics = _grouped(results, lambda result: result.scenario.tactic)
    failed = [result for result in results if not result.ok]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>Attack report</title><style>{STYLE}</style></head><body>",
        f"<h1>Attack report</h1><p>{escape(summary(results))}</p>",
        _totals("By tactic (MITRE ATT&CK)", tactics, links=True),
        _totals("By paragraph of 45 CFR 164", _grouped(results, lambda result: result.scenario.paragraph)),
    ]
    if failed:
        parts.append("<h2>Not as expected</h2>")
        parts.append(_table(failed))
    for tactic, group in tactics.items():
        parts.append(f'<h2 id="{_anchor(tactic)}">{escape(_capital(tactic))}</h2>')
        for paragraph, rows in sorted(_grouped(group, lambda result: result.scenario.paragraph).items()):
            parts.append(f"<h3>45 CFR {escape(paragraph)}</h3>")
            parts.append(_table(rows))
    return "".join(parts) + "</body></html>\n"


def _grouped(results: Sequence[Result], key: Any) -> Mapping[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return groups


def _totals(title: str, groups: Mapping[str, Sequence[Result]], *, links: bool = False) -> str:
    rows = ""
    for name, group in groups.items() if links else sorted(groups.items()):
        good = sum(result.ok for result in group)
        text = escape(_capital(name))
        label = f'<a href="#{_anchor(name)}">{text}</a>' if links else text
        state = "ok" if good == len(group) else "failed"
        rows += f'<tr><td>{label}</td><td class="number {state}">{good} of {len(group)}</td></tr>'
    heading = '<tr><th></th><th class="number">as expected</th></tr>'
    return f'<h2>{escape(title)}</h2><table class="summary">{heading}{rows}</table>'


def _table(results: Sequence[Result]) -> str:
    headings = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
    return f"<table><tr>{headings}</tr>{''.join(map(_row, results))}</table>"


def _row(result: Result) -> str:
    scenario = result.scenario
    state = ("ok", "&#10003;") if result.ok else ("failed", "&#10007;")
    name = f"{scenario.id}: {result.title}" if result.title else scenario.id
    calls = result.calls or (f"{scenario.service}:{scenario.operation}",)
    outcome = ", ".join((result.outcome, *result.stopped_by))
    cells = (
        escape(name),
        escape(f"{scenario.persona} in {scenario.account}"),
        "<br>".join(f"<code>{escape(call)}</code>" for call in calls),
        escape(scenario.expect if scenario.attack else "nothing"),
        escape(outcome if result.ok else f"{outcome} {result.message}"),
    )
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><td class="{state[0]}">{state[1]}</td>{row}</tr>'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _anchor(text: str) -> str:
    return escape(text.replace(" ", "-"))
