"""Reads the state of an environment in both regions, as far as they answer."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from runbooks.aws import FAILURES, Aws
from runbooks.discovery import discover
from runbooks.documents import SIDES, EndpointDocument, RecoveryDocument, Side
from runbooks.error_codes import error_code
from runbooks.journal import Journal
from runbooks.model import EndpointState, Snapshot
from runbooks.observe import alarm_state, endpoint_state, writer_value
from runbooks.situation import Situation


def read_situation(aws: Aws, *, prefix: str, environment: str, region: str, now: datetime | None = None) -> Situation:
    """Reads the situation of an environment.

    Args:
        aws: clients with the credentials of the operator.
        prefix: name prefix of the zone.
        environment: name of the environment.
        region: a region that answers.
        now: time of the snapshot; the present by default.

    Raises:
        RunbookError: the region does not answer.
        BadInputError: it has no such environment.
    """
    document = discover(aws, prefix=prefix, environment=environment, region=region)
    # Journal and switch are in the recovery region, so that its document counts.
    zone = (
        document
        if region == document.recovery
        else discover(aws, prefix=prefix, environment=environment, region=document.recovery)
    )
    who = aws.identity(zone.recovery)
    journal = Journal(aws, table=zone.journal_table, region=zone.recovery, environment=environment, owner=who)
    state = read_snapshot(aws, zone, journal, now or datetime.now(UTC))
    zones = _documents(aws, zone, state.reachable, prefix=prefix)
    return Situation(aws=aws, prefix=prefix, who=who, zone=zone, zones=zones, snapshot=state, journal=journal)


def read_snapshot(aws: Aws, zone: RecoveryDocument, journal: Journal, now: datetime) -> Snapshot:
    """Reads the state of both regions; a region that does not answer gets no further requests."""
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(aws.answers, (zone.region(side) for side in SIDES)))
        reachable: dict[Side, bool] = {"primary": answers[0], "recovery": answers[1]}
        pairs: list[tuple[EndpointDocument, Side]] = [
            (endpoint, side) for endpoint in zone.endpoints for side in SIDES if reachable[side]
        ]
        states = list(pool.map(lambda pair: _state_or_error(aws, pair[0], zone.region(pair[1])), pairs))
    by_endpoint: dict[str, dict[Side, EndpointState]] = {endpoint.name: {} for endpoint in zone.endpoints}
    for (endpoint, side), state in zip(pairs, states, strict=True):
        by_endpoint[endpoint.name][side] = state
    return Snapshot(
        now=now,
        reachable=reachable,
        positions={endpoint.name: journal.position(endpoint.name) for endpoint in zone.endpoints},
        endpoints=by_endpoint,
        writers={zone.region(side): _writers(aws, zone, zone.region(side)) for side in SIDES if reachable[side]},
        withdrawn=_withdrawn(aws, zone) if reachable["primary"] else (),
        open_operation=journal.open(),
    )


def _state_or_error(aws: Aws, endpoint: EndpointDocument, region: str) -> EndpointState:
    """The state of an endpoint, with the error code as status if SageMaker fails in the region."""
    try:
        return endpoint_state(aws, endpoint, region)
    except FAILURES as error:
        return EndpointState(exists=False, status=error_code(error))


def _writers(aws: Aws, zone: RecoveryDocument, region: str) -> str:
    try:
        return writer_value(aws, zone, region)
    except FAILURES as error:
        return error_code(error)


def _withdrawn(aws: Aws, zone: RecoveryDocument) -> Sequence[str]:
    """Names of the endpoints that `withdraw` removed from the recovery region."""
    shared = [endpoint for endpoint in zone.endpoints if endpoint.withdrawal_alarm]
    try:
        return [item.name for item in shared if alarm_state(aws, item.withdrawal_alarm, zone.primary) == "ALARM"]
    except FAILURES:
        return []  # a service of a region that fails in part; the endpoint is examined again when it answers


def _documents(
    aws: Aws, zone: RecoveryDocument, reachable: Mapping[Side, bool], *, prefix: str
) -> dict[Side, RecoveryDocument]:
    """The recovery document in each region that answers: names of buckets and configurations differ."""
    documents: dict[Side, RecoveryDocument] = {}
    for side in SIDES:
        if reachable[side]:
            try:
                documents[side] = discover(aws, prefix=prefix, environment=zone.environment, region=zone.region(side))
            except FAILURES:
                continue
    return documents
