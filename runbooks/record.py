"""The incident record of an operation, as 45 CFR 164.308(a)(6)(ii) requires it."""

from typing import Any

from runbooks.context import Context


def incident_record(context: Context) -> dict[str, Any]:
    """The operation, with the journal entry of each step of its plan that was started."""
    steps: list[dict[str, Any]] = []
    for step in context.steps:
        entry = context.journal.step(context.operation, step.name)
        if entry is not None:
            steps.append({"step": step.name, "title": step.title, "status": entry.status, **entry.details})
    return {
        "id": context.operation.id,
        "kind": context.operation.kind,
        "drill": context.operation.drill,
        "environment": context.zone.environment,
        "from": context.source_region,
        "to": context.target_region,
        "by": context.operation.who,
        "approved_by": context.operation.approved_by or None,
        "lost_at": context.operation.lost_at.isoformat() if context.operation.lost_at else None,
        "begun": context.operation.started.isoformat(),
        "written": context.now().isoformat(),
        "steps": steps,
    }
