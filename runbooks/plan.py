"""Plans an operation: computes its steps from the state of an environment, without a request to AWS."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.errors import RefusedError
from runbooks.model import OperationKind, Plan, Snapshot
from runbooks.step_definition import EndpointStep, EnvironmentStep, Route
from runbooks.steps import STEPS

STALE_AFTER: Final = timedelta(hours=24)
"""Age of an open operation after which its plan is not continued: the state has probably changed since."""


def plan(kind: OperationKind, zone: RecoveryDocument, snapshot: Snapshot, chosen: Sequence[EndpointDocument]) -> Plan:
    """Plans a failover or a failback.

    Args:
        kind: the operation.
        zone: the environment.
        snapshot: its state.
        chosen: the endpoints to move.

    Returns:
        The steps for those endpoints that the target region does not serve yet. An interrupted operation is planned
        for all its endpoints again; the runner skips the steps that are done.

    Raises:
        RefusedError: the state does not allow the operation, or nothing is to do.
    """
    target: Side = "recovery" if kind == "failover" else "primary"
    source: Side = "primary" if kind == "failover" else "recovery"
    route = Route(zone=zone, source=source, target=target)
    moving = [endpoint for endpoint in chosen if snapshot.positions[endpoint.name] != target]
    _refuse_unreachable_target(kind, route, snapshot)
    _refuse_withdrawn_target(route, snapshot, chosen)
    if snapshot.open_operation is None:
        _refuse_without_effect(kind, route, snapshot, moving)
    else:
        _refuse_other_open_operation(kind, snapshot)
    return _included(kind, route, snapshot, chosen if snapshot.open_operation else moving)


def _included(kind: OperationKind, route: Route, snapshot: Snapshot, endpoints: Sequence[EndpointDocument]) -> Plan:
    definitions = [definition for definition in STEPS if kind in definition.operations]
    environment = [definition for definition in definitions if isinstance(definition, EnvironmentStep)]
    notes: list[str] = []
    if kind == "failover" and not snapshot.reachable[route.source]:
        notes.append(f"{route.source_region} does not answer: no requests are sent to it")
    return Plan(
        kind=kind,
        source=route.source,
        target=route.target,
        notes=notes,
        before=[definition.step(route) for definition in environment if definition.stage == "before endpoints"],
        by_endpoint={
            endpoint.name: [
                definition.step(route, endpoint) for definition in definitions if isinstance(definition, EndpointStep)
            ]
            for endpoint in endpoints
        },
        after=[definition.step(route) for definition in environment if definition.stage == "after endpoints"],
    )


def _refuse_unreachable_target(kind: OperationKind, route: Route, snapshot: Snapshot) -> None:
    if not snapshot.reachable[route.target]:
        raise RefusedError(
            f"{route.target_region} does not answer, so that a {kind} to it cannot begin. No changes were made."
        )


def _refuse_withdrawn_target(route: Route, snapshot: Snapshot, chosen: Sequence[EndpointDocument]) -> None:
    withdrawn = [endpoint.name for endpoint in chosen if endpoint.name in snapshot.withdrawn]
    if route.target != "recovery" or not withdrawn:
        return
    commands = "\n  ".join(
        f"withdraw --env {route.zone.environment} --region {route.zone.primary} --endpoint {name} --back --execute"
        for name in withdrawn
    )
    raise RefusedError(
        f"{route.target_region} is withdrawn from {', '.join(withdrawn)}: traffic cannot be moved there. No changes "
        f"were made. Add the region again first:\n  {commands}"
    )


def _refuse_other_open_operation(kind: OperationKind, snapshot: Snapshot) -> None:
    operation = snapshot.open_operation
    if operation is None:
        return
    if operation.kind != kind:
        raise RefusedError(
            f"a {operation.kind} begun {operation.started:%Y-%m-%d %H:%M} UTC by {operation.who} is still open: "
            f"finish it with `{operation.kind} --execute`, or end it with `abort --execute`. No changes were made."
        )
    if snapshot.now - operation.started > STALE_AFTER:
        raise RefusedError(
            f"the {operation.kind} in the journal was begun {operation.started:%Y-%m-%d %H:%M} UTC and is stale: "
            "look at `status`, then end it with `abort --execute`. No changes were made."
        )


def _refuse_without_effect(
    kind: OperationKind, route: Route, snapshot: Snapshot, moving: Sequence[EndpointDocument]
) -> None:
    if not moving:
        raise RefusedError(
            f"{route.zone.environment} is served from {route.target_region} already: a {kind} has nothing to do"
        )
    if kind == "failback" and not snapshot.reachable[route.source]:
        raise RefusedError(
            f"{route.source_region}, which serves now, does not answer: that is a failover, not a failback"
        )
