"""The state of an environment as one document, for `status --json`."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from runbooks.aws import FAILURES
from runbooks.documents import EndpointDocument
from runbooks.error_codes import error_code
from runbooks.observe import primary_key_regions, switch_state
from runbooks.situation import Situation
from runbooks.switch import alarm_state_while_serving


def status_document(situation: Situation) -> Mapping[str, Any]:
    """Which region serves, where traffic, writers and primary keys are, the lease, and the last operations."""
    zone, snapshot, journal = situation.zone, situation.snapshot, situation.journal
    drill = journal.last("failback")
    holder = journal.lease.holder(snapshot.now)
    return {
        "environment": zone.environment,
        "regions": {zone.region(side): answers for side, answers in snapshot.reachable.items()},
        "endpoints": {
            name: {
                "serves": zone.region(side),
                **{zone.region(side): asdict(state) for side, state in snapshot.endpoints[name].items()},
            }
            for name, side in snapshot.positions.items()
        },
        "traffic": {endpoint.name: _traffic(situation, endpoint) for endpoint in zone.endpoints},
        "writers": dict(snapshot.writers),
        "keys": _keys(situation),
        "lease": {"owner": holder.owner, "host": holder.host, "until": holder.until} if holder else None,
        "last_drill": drill.started.isoformat() if drill else None,
        "open": asdict(snapshot.open_operation) if snapshot.open_operation else None,
        "history": [{**asdict(operation), "summary": summary} for operation, summary in journal.history(5)],
    }


def _traffic(situation: Situation, endpoint: EndpointDocument) -> str:
    """The region that the name of an endpoint leads to, by the state of its alarm."""
    zone = situation.zone
    try:
        state = switch_state(situation.aws, zone, endpoint)
    except FAILURES as error:
        return error_code(error)
    if endpoint.name in situation.snapshot.withdrawn:
        return f"{zone.primary}: {zone.recovery} is withdrawn"
    regions = {alarm_state_while_serving(side): zone.region(side) for side in ("primary", "recovery")}
    if state == "OK" and endpoint.mode == "active-active":
        return f"{zone.primary} and {zone.recovery}"
    return regions.get(state, f"an unknown region: the alarm {endpoint.alarm} is {state or 'not there'}")


def _keys(situation: Situation) -> Mapping[str, str]:
    try:
        return primary_key_regions(situation.aws, situation.zone)
    except FAILURES as error:
        return dict.fromkeys(situation.zone.key_ids, error_code(error))
