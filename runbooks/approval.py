"""Approvals of operations by a second person, in Parameter Store of the recovery region.

The role of the approvers may write `…/approvals/OPERATION/PERSON` alone. PERSON is the source identity of the session,
which the trust policy of the role compares with the user. Parameter Store records the principal that wrote a version
(Systems Manager API Reference, `ParameterHistory`): the operator, whose role may read approvals only, cannot give one.
Source: 45 CFR 164.308(a)(4)(ii)(B), access authorization.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from runbooks.aws import Aws
from runbooks.documents import APPROVALS, WRITER, RecoveryDocument
from runbooks.error_codes import error_code, is_denied
from runbooks.errors import RefusedError, RunbookError
from runbooks.model import OperationKind

MOST_MINUTES: Final = 24 * 60
"""Longest time for which an approval is valid."""
_SESSION: Final = re.compile(r"arn:[\w-]+:sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/(?P<person>.+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """An approval of an operation."""

    region: str
    """The region that serves after the operation."""
    by: str
    """ARN of the session that wrote it."""
    given: datetime
    expires: datetime


class _InvalidError(Exception):
    """An approval does not count; the message says why."""


def give(aws: Aws, zone: RecoveryDocument, kind: OperationKind, *, minutes: int, who: str, now: datetime) -> Approval:
    """Approve an operation that another person carries out.

    Args:
        aws: clients with a session of the approvers' role.
        zone: the environment.
        kind: the operation.
        minutes: validity, at most MOST_MINUTES.
        who: ARN of the session.
        now: the present time.

    Raises:
        RefusedError: the environment has no approvers, or the session is of another role.
    """
    session = _SESSION.fullmatch(who)
    if not zone.approver_role:
        raise RefusedError(_without_approvers(zone))
    if session is None or not _is_of(session, zone.approver_role):
        raise RefusedError(f"{who} is no session of {zone.approver_role}. No approval was given.")
    region, expires = _target(zone, kind), now + timedelta(minutes=minutes)
    text = json.dumps({"region": region, "expires": expires.isoformat()})
    try:
        aws.client("ssm", zone.recovery).put_parameter(
            Name=f"{_path(zone, kind)}/{session['person']}", Value=text, Type="String", Overwrite=True
        )
    except ClientError as error:
        if is_denied(error):
            raise RefusedError(
                f"{who} may not approve as {session['person']}: start the session with your user name as "
                f"--source-identity and as --role-session-name. No approval was given. {error}"
            ) from None
        raise
    return Approval(region=region, by=who, given=now, expires=expires)


def verified(
    aws: Aws, zone: RecoveryDocument, kind: OperationKind, *, runner: str, since: datetime | None, now: datetime
) -> Approval:
    """The approval of an operation by another person than its operator.

    Args:
        aws: clients with the credentials of the operator.
        zone: the environment.
        kind: the operation.
        runner: ARN of the operator.
        since: start of the last operation of this kind, whose approval does not count again; None if there was none.
        now: the present time.

    Raises:
        RefusedError: there is no valid approval; the message lists those that do not count, with the reason.
        RunbookError: approvals cannot be read.
    """
    if not zone.approver_role:
        raise RefusedError(_without_approvers(zone))
    reasons: list[str] = []
    for name, version in _versions(aws, zone, kind):
        try:
            return _valid(zone, kind, name, version, runner=runner, since=since, now=now)
        except _InvalidError as error:
            reasons.append(f"\n  {name}: {error}")
    raise RefusedError(
        f"The {kind} of {zone.environment} needs the approval of another person. No changes were made. A member of "
        f"{zone.approver_role} gives it with `approve --env {zone.environment} --operation {kind} --execute`."
        + "".join(reasons)
    )


def _valid(
    zone: RecoveryDocument,
    kind: OperationKind,
    name: str,
    version: Mapping[str, Any],
    *,
    runner: str,
    since: datetime | None,
    now: datetime,
) -> Approval:
    writer, given = str(version.get("LastModifiedUser", "")), version["LastModifiedDate"]
    session = _SESSION.fullmatch(writer)
    if session is None or not _is_of(session, zone.approver_role):
        raise _InvalidError(f"written by {writer or 'an unknown principal'}; allowed: sessions of the approvers' role")
    person = name.rpartition("/")[2]
    if person in (runner, runner.rpartition("/")[2]):
        raise _InvalidError(f"given by {person}, who also runs the operation")
    try:
        values = json.loads(version["Value"])
        region, expires = str(values["region"]), datetime.fromisoformat(values["expires"])
        valid_until = min(expires, given + timedelta(minutes=MOST_MINUTES))
    except (ValueError, KeyError, TypeError):
        raise _InvalidError("not an approval: `approve` writes them") from None
    if region != _target(zone, kind):
        raise _InvalidError(f"for {region}; this operation serves from {_target(zone, kind)}")
    if valid_until <= now:
        raise _InvalidError(f"expired at {valid_until.isoformat(timespec='seconds')}")
    if since is not None and given <= since:
        raise _InvalidError(f"given before the last {kind}, which it was for")
    return Approval(region=region, by=writer, given=given, expires=valid_until)


def _versions(aws: Aws, zone: RecoveryDocument, kind: OperationKind) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """The newest version of each approval, with the principal that wrote it."""
    client = aws.client("ssm", zone.recovery)
    try:
        names = [
            parameter["Name"]
            for page in client.get_paginator("get_parameters_by_path").paginate(Path=_path(zone, kind))
            for parameter in page["Parameters"]
        ]
        return [
            (
                name,
                max(
                    (
                        version
                        for page in client.get_paginator("get_parameter_history").paginate(Name=name)
                        for version in page["Parameters"]
                    ),
                    key=lambda version: int(version["Version"]),
                ),
            )
            for name in names
        ]
    except ClientError as error:
        raise RunbookError(f"The approvals in {zone.recovery} cannot be read: {error_code(error)}: {error}") from None


def _path(zone: RecoveryDocument, kind: OperationKind) -> str:
    return f"{zone.writer_parameter.removesuffix(f'/{WRITER}')}/{APPROVALS}{kind}"


def _target(zone: RecoveryDocument, kind: OperationKind) -> str:
    return zone.recovery if kind == "failover" else zone.primary


def _is_of(session: re.Match[str], role_arn: str) -> bool:
    """Whether a session is of a role; the ARN of a session does not hold the path of the role."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return session["account"] == account and session["role"] == name


def _without_approvers(zone: RecoveryDocument) -> str:
    return (
        f"{zone.environment} has no approvers: set ml.recovery.approvers in Pulumi.yaml and deploy "
        f"recovery-{zone.environment}. No changes were made."
    )
