"""The comment on a pull request: verdict, risks, violations, changes of every stack, and collapsed details."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cli.change import risks
from cli.change.markdown import COMMENT_LIMIT, Part, code, counted, details, fenced, inert, within_limit
from cli.change.risks import Comparison, PolicyChange, ResourceChange
from cli.change.violations import findings, remediations_text, violation_text
from cli.differences import difference_lines
from inspection.comparison.guardrails import DecisionChange
from inspection.comparison.network import PathChange
from inspection.comparison.statements import StatementChange, policy_document
from rehearsal.engine import PropertyDiff

MARKER: Final = "<!-- zone: change -->"
"""First line, by which a workflow finds its own comment."""
OPERATIONS: Final = ("create", "import", "update", "replace", "delete")
SIGNS: Final = {"create": "+", "import": "=", "update": "!", "replace": "±", "delete": "-"}
MAX_LISTED: Final = 25
"""Entries of one list that stand outside of details."""
MAX_LINES: Final = 400
"""Lines of one block of details."""
COST_RISK: Final = 100.0
"""Dollars a month from which a rise of the cost is among the risks."""


def change_comment(
    document: Mapping[str, Any],
    comparison: Comparison,
    *,
    title: str = "Rehearsal without AWS",
    links: Mapping[str, str] | None = None,
    limit: int = COMMENT_LIMIT,
) -> str:
    """The whole change as one comment.

    Args:
        document: what `zone preview --json` printed.
        comparison: guardrails, network and cost before and after.
        title: heading.
        links: text -> address, for example of the picture of the network.
        limit: characters of the comment.
    """
    changes = risks.resource_changes(document)
    policies = risks.policy_changes(changes)
    not_previewed = [str(name) for name in document.get("not_started", [])]
    risky = list(_risks(changes, policies, comparison))
    violated = findings(document)
    mandatory = [finding for finding in violated if finding.level == "mandatory"]
    incomplete = list(_incomplete(comparison, not_previewed))
    parts = [
        Part(text=f"{MARKER}\n## {inert(title)}\n\n{_verdict(document, changes, len(risky), incomplete)}"),
        *_listed("### Risks", risky),
        *_listed("### Incomplete\n\nRisks in these parts would not be seen:", incomplete),
        *_errors(document),
        *_listed("### Violations", [violation_text(finding) for finding in mandatory], bullets=False),
        Part(text=_table(document)),
        *_comparisons(comparison),
        *_optional(_links(links or {})),
        *_optional(remediations_text(document)),
        *_advisories([finding for finding in violated if finding.level != "mandatory"]),
        *_policy_details(policies),
        *_stack_details(document, changes),
    ]
    return within_limit(parts, limit)


def _verdict(
    document: Mapping[str, Any], changes: Sequence[ResourceChange], risky: int, incomplete: Sequence[str]
) -> str:
    counts = Counter(change.op for change in changes)
    stacks = len({change.stack for change in changes})
    done = ", ".join(f"{counts[op]} {op}" for op in OPERATIONS if counts[op])
    blocked = not document.get("ok")
    verdict = "🚫 **This change is blocked.**" if blocked else "✅ **This change can be deployed.**"
    what = f"{done} in {counted(stacks, 'stack')}" if done else "No resource changes"
    risk_summary = f"⚠️ **{counted(risky, 'risk')}.**" if risky else "No risks were found."
    return f"{verdict} {what}. {risk_summary}{' ❓ **The comparison is incomplete.**' if incomplete else ''}"


def _risks(
    changes: Sequence[ResourceChange], policies: Sequence[PolicyChange], comparison: Comparison
) -> Iterator[str]:
    guardrails = comparison.guardrails
    for change, lost in risks.losses(changes):
        if guardrails is not None and change.type.startswith("aws:organizations/policy"):
            continue  # what it means is decided by the requests below
        why = ", ".join(code(path) for path in risks.causes(change))
        verb = "replaces" if change.op == "replace" else "deletes"
        yield (
            f"🔴 **{change.op}**: {code(change.stack)} {verb} {code(change.name)} ({code(change.type)}): "
            f"it is or holds {lost}{f'. Because of {why}' if why else ''}."
        )
    for decision in guardrails.weakened if guardrails else ():
        yield f"🔴 **guardrail weakened**: {_decision(decision)}"
    if comparison.network is not None:
        for path in comparison.network.opened:
            kind = "new place" if path.new_place else "path opened"
            yield f"{'🟠' if path.new_place else '🔴'} **{kind}**: {_path(path)}"
        for message in comparison.network.differences:
            yield f"🔴 **not declared**: {inert(message)}"
    for policy in policies:
        if policy.more:
            listed = ", ".join(f"{item.kind} {code(item.sid)}" for item in policy.more)
            yield (f"🟠 **a policy may allow more**: {code(policy.change.stack)} {code(policy.change.name)}: {listed}")
    if comparison.cost is not None and comparison.cost[1] - comparison.cost[0] >= COST_RISK:
        yield f"🟠 **cost**: {_cost(comparison.cost)}"


def _decision(decision: DecisionChange) -> str:
    context = "" if decision.context in ("", "{}") else f", context {code(decision.context)}"
    accounts = ", ".join(decision.accounts)
    return (
        f"{code(decision.action)} on {code(decision.resource)} by {code(decision.principal)} is no longer denied in "
        f"{inert(accounts)}{context}. Before: {inert(decision.before)}."
    )


def _path(path: PathChange) -> str:
    return f"{code(path.source)} → {code(path.destination)}: {inert(path.ports)}"


def _cost(cost: tuple[float, float]) -> str:
    return f"{cost[0]:,.2f} → {cost[1]:,.2f} USD a month ({cost[1] - cost[0]:+,.2f})"


def _listed(heading: str, entries: Sequence[str], *, bullets: bool = True) -> Iterator[Part]:
    """A heading with a list; what exceeds `MAX_LISTED` is collapsed."""
    if not entries:
        return
    mark = "- " if bullets else ""
    separator = "\n" if bullets else "\n\n"
    shown = separator.join(f"{mark}{entry}" for entry in entries[:MAX_LISTED])
    yield Part(text=f"{heading}\n\n{shown}")
    if len(entries) > MAX_LISTED:
        rest = separator.join(f"{mark}{entry}" for entry in entries[MAX_LISTED:])
        summary = f"and {len(entries) - MAX_LISTED} more"
        yield Part(text=details(summary, rest), short=f"{summary}; see the artifact of the run.")


def _incomplete(comparison: Comparison, not_previewed: Sequence[str]) -> Iterator[str]:
    yield from map(inert, comparison.problems)
    missing = [
        name
        for name, part in (
            ("guardrails", comparison.guardrails),
            ("reachable connections", comparison.network),
            ("cost", comparison.cost),
        )
        if part is None
    ]
    if missing:
        yield f"not compared: {', '.join(missing)}"
    for row in comparison.guardrails.undecided if comparison.guardrails is not None else ():
        yield f"not decided: {inert(row)}"
    if not_previewed:
        yield f"not previewed, since a stack that they need was refused: {', '.join(map(code, not_previewed))}"


def _errors(document: Mapping[str, Any]) -> Iterator[Part]:
    lines = [
        f"- {code(str(stack['name']))}: {inert(str(stack['error']))}"
        for stack in document["stacks"]
        if stack.get("error")
    ]
    if lines:
        yield Part(text="### Errors\n\n" + "\n".join(lines))


def _table(document: Mapping[str, Any]) -> str:
    rows: list[str] = []
    unchanged = 0
    for stack in document["stacks"]:
        counts = [int(stack["operations"].get(op, 0)) for op in OPERATIONS]
        blocked = len({item["policy"] for item in stack["violations"] if item["level"] == "mandatory"})
        if not any(counts) and not blocked and not stack.get("error"):
            unchanged += 1
            continue
        mark = "🚫" if blocked or stack.get("error") else ""
        cells = " | ".join(str(count or "") for count in counts)
        rows.append(f"| {code(str(stack['name']))} | {cells} | {blocked or ''} | {mark} |")
    head = ["### Stacks", ""]
    if rows:
        head += [f"| stack | {' | '.join(OPERATIONS)} | policies violated | |", "|---|--:|--:|--:|--:|--:|--:|---|"]
    note = f"{counted(unchanged, 'stack')} without a change." if unchanged else ""
    return "\n".join([*head, *rows, *(["", note] if note else [])])


def _comparisons(comparison: Comparison) -> Iterator[Part]:
    """Requests that are newly denied, connections that close, and the cost."""
    guardrails, network = comparison.guardrails, comparison.network
    if guardrails is not None:
        if guardrails.tightened:
            lines = [
                f"- {code(item.action)} on {code(item.resource)} by {code(item.principal)} is denied in "
                f"{inert(', '.join(item.accounts))}: {inert(item.after)}"
                for item in guardrails.tightened
            ]
            summary = f"Guardrails: {counted(len(lines), 'request')} newly denied"
            yield Part(text=details(summary, "\n".join(lines)), short=f"{summary}.")
        else:
            yield Part(text=f"Guardrails: {_decided(guardrails.decided, len(guardrails.weakened))}.")
    if network is not None:
        source = "deployed network" if comparison.network_source == "deployed" else "declared network"
        if network.closed:
            summary = f"Network: {counted(len(network.closed), 'connection')} closed ({source})"
            body = "\n".join(f"- {_path(path)}" for path in network.closed)
            yield Part(text=details(summary, body), short=f"{summary}.")
        elif not network.opened:
            yield Part(text=f"Network: no connection opens or closes ({source}).")
    if comparison.cost is not None:
        if comparison.cost_items:
            rows = [
                f"| {inert(name)} | {old:,.2f} | {new:,.2f} | {new - old:+,.2f} |"
                for name, (old, new) in comparison.cost_items.items()
            ]
            body = "\n".join(["| item | before | after | USD a month |", "|---|--:|--:|--:|", *rows])
            yield Part(text=details(f"Cost: {_cost(comparison.cost)}", body), short=f"Cost: {_cost(comparison.cost)}.")
        else:
            yield Part(text=f"Cost: {comparison.cost[1]:,.2f} USD a month, unchanged.")


def _decided(decided: int, weakened: int) -> str:
    if not decided:
        return "the same in every account"
    return f"{decided:,} decisions compared, {weakened} weakened, none tightened"


def _links(links: Mapping[str, str]) -> str:
    return " · ".join(f"[{inert(text)}]({address})" for text, address in links.items())


def _optional(text: str) -> Iterator[Part]:
    if text:
        yield Part(text=text)


def _advisories(advisories: Sequence[Any]) -> Iterator[Part]:
    if advisories:
        total = sum(len(finding.resources) for finding in advisories)
        summary = f"Advisory policies: {counted(total, 'finding')}, which block nothing"
        body = "\n\n".join(violation_text(finding) for finding in advisories)
        yield Part(text=details(summary, body), short=f"{summary}; see the artifact of the run.")


def _policy_details(policies: Sequence[PolicyChange]) -> Iterator[Part]:
    """Changed policy documents; a statement that only moves to another document is named as such."""
    for policy in policies:
        if policy.change.op in ("create", "delete"):
            continue
        blocks: list[str] = []
        for statement in policy.statements:
            heading = f"**{statement.kind}** {code(statement.sid)} ({inert(statement.effect)})"
            other = policy.moved.get(statement.sid)
            if other is not None:
                blocks.append(f"{heading}, moved {'to' if statement.kind == 'removed' else 'from'} {code(other)}")
            else:
                blocks.append(f"{heading}\n\n{fenced(_statement_lines(statement))}")
        counts = Counter(statement.kind for statement in policy.statements)
        listed = ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "changed", "removed") if counts[kind])
        summary = f"Policy of <code>{inert(policy.change.name)}</code> in {inert(policy.change.stack)}: {listed}"
        yield Part(text=details(summary, "\n\n".join(blocks)), short=f"{summary}; see the artifact of the run.")


def _statement_lines(statement: StatementChange) -> list[str]:
    if statement.kind != "changed":
        sign = "+" if statement.kind == "added" else "-"
        document = json.dumps(statement.after or statement.before, indent=1, ensure_ascii=False)
        return [f"{sign} {line}" for line in document.splitlines()][:MAX_LINES]
    change = PropertyDiff(path=statement.sid, kind="update", old=statement.before, new=statement.after)
    return [_diff_line(line) for line in difference_lines(change)][:MAX_LINES]


def _diff_line(line: str) -> str:
    """A line of a difference in the form that GitHub colours."""
    return f"!{line[1:]}" if line.startswith("~") else line


def _stack_details(document: Mapping[str, Any], changes: Sequence[ResourceChange]) -> Iterator[Part]:
    order = {"delete": 0, "replace": 1, "update": 2, "import": 3, "create": 4}
    for stack in document["stacks"]:
        own = sorted(
            (change for change in changes if change.stack == stack["name"] and change.op in order),
            key=lambda change: (order[change.op], change.type, change.name),
        )
        if not own:
            continue
        lines: list[str] = []
        for change in own:
            lines.append(f"{SIGNS[change.op]} {change.type} {change.name}")
            if change.op in ("update", "replace"):
                lines += [f"!     {line}" for item in change.diff for line in _property_lines(item)]
        if len(lines) > MAX_LINES:
            lines = [*lines[:MAX_LINES], f"  … and {len(lines) - MAX_LINES} more lines"]
        summary = f"Resources of <code>{inert(str(stack['name']))}</code>: {counted(len(own), 'change')}"
        yield Part(text=details(summary, fenced(lines)), short=f"{summary}; see the artifact of the run.")


def _property_lines(item: Mapping[str, Any]) -> list[str]:
    old, new = item.get("old"), item.get("new")
    if policy_document(old) is not None and policy_document(new) is not None:
        return [f"{item['path']}: see the policy"]
    return list(difference_lines(PropertyDiff(path=str(item["path"]), kind=item["kind"], old=old, new=new)))
