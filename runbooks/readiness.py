"""Would a failover work now? Every reason why not, and how much would be lost at this moment."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from runbooks import answers, endpoints, observe, permissions
from runbooks.aws import code
from runbooks.context import Context, StepError
from runbooks.documents import EndpointDocument
from runbooks.journal import Operation
from runbooks.operate import Situation
from runbooks.rights import all_rights


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    subject: str
    ok: bool
    found: str


Check = Callable[[Situation], Iterator[Finding]]


def readiness(situation: Situation) -> Sequence[Finding]:
    """Runs every check; one that AWS refuses counts as a reason why not, never as passed."""
    findings: list[Finding] = []
    for check in CHECKS:
        name = check.__name__.replace("_", " ").strip()
        try:
            findings += check(situation)
        except (ClientError, BotoCoreError) as error:
            findings.append(Finding(check=name, subject=situation.zone.environment, ok=False, found=code(error)))
    return findings


def _regions(situation: Situation) -> Iterator[Finding]:
    for side in observe.SIDES:
        answers = situation.seen.reachable[side]
        # A dead primary is why one fails over: only the target must be there.
        yield Finding(
            check="regions",
            subject=situation.zone.region(side),
            ok=answers or side == "primary",
            found="answers" if answers else "does not answer",
        )


def _operations(situation: Situation) -> Iterator[Finding]:
    open_operation = situation.seen.open_operation
    result = (
        f"a {open_operation.kind} by {open_operation.who} is open since {open_operation.started:%Y-%m-%d %H:%M} UTC"
        if open_operation
        else "none is open"
    )
    yield Finding(check="operations", subject="journal", ok=open_operation is None, found=result)
    for name, side in situation.seen.positions.items():
        region = situation.zone.region(side)
        yield Finding(check="operations", subject=name, ok=side == "primary", found=f"served from {region}")


def _data(situation: Situation) -> Iterator[Finding]:
    zone = situation.zone
    for arrival in observe.arrived(situation.aws, zone, "recovery"):
        rpo = arrival.rpo(situation.seen.now)
        fine = rpo is not None and rpo <= timedelta(minutes=zone.rpo_minutes)
        result = "no heartbeat ever arrived" if rpo is None else f"RPO now {rpo.total_seconds():.0f} s"
        yield Finding(check="data", subject=arrival.purpose, ok=fine, found=f"{result} (target {zone.rpo_minutes} min)")


def _keys(situation: Situation) -> Iterator[Finding]:
    client = situation.aws.client("kms", situation.zone.recovery)
    for key in situation.zone.key_ids:
        state = client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        yield Finding(check="keys", subject=key, ok=state == "Enabled", found=state)


def _models(situation: Situation) -> Iterator[Finding]:
    context = _context(situation)
    for endpoint in situation.zone.endpoints:
        try:
            endpoints.verify_artifact(context, endpoint.name, situation.seen.now)
            yield Finding(
                check="models", subject=endpoint.name, ok=True, found="artifact and image are what was approved"
            )
        except StepError as error:
            yield Finding(check="models", subject=endpoint.name, ok=False, found=str(error))
        try:
            cases = answers.recorded(context.client("s3"), endpoint)
            yield Finding(check="known answers", subject=endpoint.name, ok=True, found=f"{len(cases)} recorded")
        except StepError as error:
            yield Finding(check="known answers", subject=endpoint.name, ok=False, found=str(error))


def _standbys(situation: Situation) -> Iterator[Finding]:
    for endpoint in situation.zone.endpoints:
        standby = situation.seen.endpoints[endpoint.name].get("recovery")
        if endpoint.mode != "pilot-light":
            fine = standby is not None and standby.exists and standby.status == "InService"
            result = (
                f"{standby.status}, {standby.instances} instances" if standby and standby.exists else "is not there"
            )
            yield Finding(check="standby", subject=endpoint.name, ok=fine, found=result)
        yield _same(situation, endpoint)
        state = observe.alarm_state(situation.aws, situation.zone, endpoint)
        yield Finding(check="switch", subject=endpoint.alarm, ok=state == "OK", found=state or "there is no such alarm")


def _same(situation: Situation, endpoint_document: EndpointDocument) -> Finding:
    """Whether the standby would serve what the primary serves: version, image, artifact."""
    primary = situation.zones.get("primary")
    if primary is None:
        return Finding(check="same model", subject=endpoint_document.name, ok=True, found="the primary cannot be asked")
    primary_document = primary.endpoint(endpoint_document.name)
    differing = [
        name
        for name in ("model_version", "artifact_sha256", "image_digest")
        if getattr(endpoint_document, name) != getattr(primary_document, name)
    ]
    states = situation.seen.endpoints[endpoint_document.name]
    serving = {side: state.model_version for side, state in states.items() if state.exists}
    if len(set(serving.values())) > 1:
        differing.append(f"model served ({', '.join(f'{side}: {version}' for side, version in serving.items())})")
    result = (
        f"differs from the primary in {', '.join(differing)}"
        if differing
        else f"version {endpoint_document.model_version} on both sides"
    )
    return Finding(check="same model", subject=endpoint_document.name, ok=not differing, found=result)


def _permissions(situation: Situation) -> Iterator[Finding]:
    zones = list(situation.zones.values()) or [situation.zone]
    verification = permissions.verify(situation.aws, zones, all_rights(), situation.who, situation.lost_regions)
    for request in verification.missing:
        yield Finding(check="permissions", subject=situation.who, ok=False, found=f"missing: {request}")
    if verification.unverified:
        # IAM is in one region: when it does not answer, a failover is possible all the same.
        note = f"not verified: {verification.unverified}"
        yield Finding(check="permissions", subject=situation.who, ok=not verification.refused, found=note)
    elif not verification.missing:
        yield Finding(check="permissions", subject=situation.who, ok=True, found="every step is permitted")


def _drills(situation: Situation) -> Iterator[Finding]:
    zone = situation.zone
    drill = situation.journal.last("failback")
    age = situation.seen.now - drill.started if drill else None
    fine = age is not None and age <= timedelta(days=zone.drill_days)
    result = f"{age.days} days ago" if age is not None else "never"
    yield Finding(check="drill", subject=zone.environment, ok=fine, found=f"{result} (every {zone.drill_days} days)")


def _context(situation: Situation) -> Context:
    nothing = Operation(id="readiness", kind="failover", status="running", started=datetime.now(UTC), who=situation.who)
    return Context(
        aws=situation.aws,
        zones={"recovery": situation.zone, **situation.zones},
        source="primary",
        target="recovery",
        operation=nothing,
        journal=situation.journal,
    )


CHECKS: Final[Sequence[Check]] = (
    _regions,
    _operations,
    _data,
    _keys,
    _models,
    _standbys,
    _permissions,
    _drills,
)
