"""The report of a run: JSON for programs, one HTML page for people."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any, Final

from controls.registry import CONTROLS, sids
from inspection.attack.run import Result

STYLE: Final = (
    ":root{--line:#d8dee4;--quiet:#57606a;--good:#116329;--bad:#a40e26}"
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1.5rem;color:#1b1f24}"
    "h1{margin:0 0 .2rem}h2{margin:2.2rem 0 .4rem;font-size:1.25rem}"
    "h3{margin:1.3rem 0 .3rem;font-size:.95rem;color:var(--quiet)}p{max-width:60rem}"
    ".counts{display:flex;flex-wrap:wrap;gap:1rem;margin:1.2rem 0}"
    ".counts div{border:1px solid var(--line);border-radius:6px;padding:.6rem 1rem;min-width:11rem}"
    ".counts b{display:block;font-size:1.6rem}"
    ".totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(25rem,1fr));gap:0 2.5rem}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}"
    "th{font-size:.8rem;color:var(--quiet);font-weight:600}td{overflow-wrap:anywhere}"
    ".scenarios{table-layout:fixed}.scenarios td:first-child{font-weight:600}"
    ".scenarios th:nth-child(1){width:1.4rem}.scenarios th:nth-child(2){width:26%}"
    ".scenarios th:nth-child(3){width:19%}.scenarios th:nth-child(4){width:25%}"
    ".number{text-align:right;white-space:nowrap;padding-right:0}"
    ".ok{color:var(--good)}.failed{color:var(--bad);font-weight:600}.quiet{color:var(--quiet)}"
    ".message td{border-top:0;color:var(--bad);font-size:.85rem}.last td{border-bottom:0}"
    "code{font:13px ui-monospace,monospace}a{color:inherit}"
    "@media print{body{font-size:10px;margin:0;padding:0;max-width:none}code{font-size:9px}.counts b{font-size:14px}"
    ".totals{display:block}h2,h3{break-after:avoid}tr,.counts div{break-inside:avoid}thead{display:table-header-group}"
    "@page{size:A4;margin:14mm}}"
)
TITLES: Final[Mapping[str, tuple[str, str]]] = {
    sid: (control.id, control.title) for control in CONTROLS.values() for sid in sids(control)
}
"""Sid of a guardrail -> its control's id and title."""
MEANING: Final = "An attack counts as stopped only if the statement that must stop it is among those that denied it."
OTHER: Final = "Policies of buckets"
"""Name of the statements that belong to no guardrail."""


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
                "left": list(result.left),
            }
            for result in results
        ],
    }


def page(results: Sequence[Result]) -> str:
    """The run as one HTML page: counts, what is not as expected, totals, then all scenarios by tactic and paragraph."""
    attacks = [result for result in results if result.scenario.attack]
    failed = [result for result in results if not result.ok]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>Attack report</title><style>{STYLE}</style></head><body>",
        f"<h1>Attack report</h1><p>{escape(summary(results))} {MEANING}</p>",
        _counts(results),
    ]
    if failed:
        parts.append('<h2 id="failed">Not as expected</h2>')
        parts.append(_scenarios(failed))
    parts.append('<div class="totals"><div>')
    parts.append(_totals("By tactic (MITRE ATT&CK)", _grouped(results, _tactic), links=True))
    parts.append("</div><div>")
    by_paragraph = _grouped(results, lambda result: result.scenario.paragraph)
    parts.append(_totals("By paragraph of 45 CFR 164", dict(sorted(by_paragraph.items()))))
    parts.append("</div></div>")
    parts.append(_totals("By control that stopped the attack", _grouped(sorted(attacks, key=_position), _control)))
    for tactic, group in _grouped(results, _tactic).items():
        parts.append(f'<h2 id="{_anchor(tactic)}">{escape(_capital(tactic))}</h2>')
        for paragraph, rows in sorted(_grouped(group, lambda result: result.scenario.paragraph).items()):
            parts.append(f"<h3>45 CFR {escape(paragraph)}</h3>")
            parts.append(_scenarios(rows))
    return "".join(parts) + "</body></html>\n"


def _tactic(result: Result) -> str:
    return result.scenario.tactic


def _control(result: Result) -> str:
    """The control whose statement must stop an attack."""
    return " ".join(TITLES[result.scenario.expect]) if result.scenario.expect in TITLES else OTHER


def _position(result: Result) -> int:
    """The position of the statement that must stop an attack in the registry; others come last."""
    return list(TITLES).index(result.scenario.expect) if result.scenario.expect in TITLES else len(TITLES)


def _grouped(results: Sequence[Result], key: Callable[[Result], str]) -> Mapping[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return groups


def _counts(results: Sequence[Result]) -> str:
    attacks = [result for result in results if result.scenario.attack]
    work = [result for result in results if not result.scenario.attack]
    through = sum(not result.ok for result in attacks)
    undone = sum(not result.ok for result in work)
    boxes = (
        (len(attacks) - through, "attacks stopped as expected", "ok"),
        (through, "attacks not stopped as expected", "failed" if through else "ok"),
        (len(work) - undone, "legitimate actions succeeded", "ok"),
        (undone, "legitimate actions failed", "failed" if undone else "ok"),
    )
    cells = "".join(f'<div><b class="{state}">{number}</b>{text}</div>' for number, text, state in boxes)
    return f'<div class="counts">{cells}</div>'


def _totals(title: str, groups: Mapping[str, Sequence[Result]], *, links: bool = False) -> str:
    rows = ""
    for name, group in groups.items():
        good = sum(result.ok for result in group)
        text = escape(_capital(name))
        label = f'<a href="#{_anchor(name)}">{text}</a>' if links else text
        state = "ok" if good == len(group) else "failed"
        rows += f'<tr><td>{label}</td><td class="number {state}">{good} of {len(group)}</td></tr>'
    heading = '<thead><tr><th></th><th class="number">as expected</th></tr></thead>'
    return f"<h2>{escape(title)}</h2><table>{heading}<tbody>{rows}</tbody></table>"


def _scenarios(results: Sequence[Result]) -> str:
    """A table with one row for a scenario, whatever the number of accounts in which it ran alike."""
    headings = ("", "scenario", "who, and where", "call", "stopped by")
    cells = "".join(f"<th>{heading}</th>" for heading in headings)
    rows = "".join(_row(list(alike)) for _, alike in groupby(sorted(results, key=_likeness), key=_likeness))
    return f'<table class="scenarios"><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>'


def _likeness(result: Result) -> tuple[bool | str, ...]:
    """What scenarios of several accounts have in common when they are shown as one; failures sort first."""
    scenario = result.scenario
    name = scenario.id.removeprefix(f"{scenario.account}-")
    return (result.ok, name, scenario.persona, scenario.expect, result.outcome, *result.stopped_by, *result.calls)


def _row(results: Sequence[Result]) -> str:
    result = results[0]
    scenario = result.scenario
    state = ("ok", "&#10003;") if result.ok else ("failed", "&#10007;")
    name = scenario.id.removeprefix(f"{scenario.account}-").replace("-", " ")
    calls = result.calls or (f"{scenario.service}:{scenario.operation}",)
    accounts = ", ".join(each.scenario.account for each in results)
    cells = (
        escape(result.title or _capital(name)),
        f'{escape(_capital(scenario.persona))}<br><span class="quiet">{escape(accounts)}</span>',
        "<br>".join(f"<code>{escape(call)}</code>" for call in calls),
        _stopped(result),
    )
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    last = "" if result.ok else ' class="last"'
    message = "" if result.ok else f'<tr class="message"><td></td><td colspan="4">{escape(result.message)}</td></tr>'
    return f'<tr{last}><td class="{state[0]}">{state[1]}</td>{row}</tr>{message}'


def _stopped(result: Result) -> str:
    """What stopped a call and what had to, in one cell."""
    scenario = result.scenario
    if not scenario.attack:
        return "nothing" if result.ok else escape(", ".join((result.outcome, *result.stopped_by)))
    expected = f'<code>{escape(scenario.expect)}</code><br><span class="quiet">{escape(_control(result))}</span>'
    if result.ok:
        others = [sid for sid in result.stopped_by if sid != scenario.expect]
        return expected + (f'<br><span class="quiet">also {escape(", ".join(others))}</span>' if others else "")
    outcome = ", ".join((result.outcome, *result.stopped_by))
    return f'<span class="failed">{escape(outcome)}</span>, must be {expected}'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _anchor(text: str) -> str:
    return escape(text.replace(" ", "-"))
