"""Whether the principal that runs a runbook has the permissions that its steps declare, asked before the first change.

IAM evaluates the principal's own policies, its boundary and the organisation's policies without any request to the
services (IAM API Reference, `SimulatePrincipalPolicy`): the check writes nothing. IAM's endpoint is in us-east-1. When
it does not answer, the permissions are reported as not verified, and the operation is not held up by that.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from runbooks.aws import Aws
from runbooks.documents import WRITER, RecoveryDocument
from runbooks.error_codes import error_code, is_denied
from runbooks.rights import Right, Values, expand

_ASSUMED: Final = re.compile(r"arn:aws:sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/")
_ACCOUNT: Final = re.compile(r"arn:aws:\w+::(\d{12}):")
IAM_REGION: Final = "us-east-1"
"""Region of IAM's control plane in the partition `aws`."""
_SAMPLE: Final = "permission-check"
"""Stands for the `*` in a resource, since the simulation takes the names of single resources."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The result of the check."""

    missing: Sequence[str] = ()
    """`action on resource` of every request that IAM would refuse."""
    unverified: str = ""
    """Why the permissions could not be verified; empty when they were."""
    refused: bool = False
    """Whether they could not be verified since the check itself is not allowed."""


def verify(
    aws: Aws, documents: Sequence[RecoveryDocument], rights: Sequence[Right], who: str, lost: Collection[str] = ()
) -> Verification:
    """Asks IAM whether a principal has the given rights.

    Args:
        aws: clients with the credentials of the principal.
        documents: the environment, as each region that answers knows it; at least one.
        rights: the rights to verify.
        who: ARN of the principal, as STS returns it.
        lost: regions that do not answer; nothing is asked of them.

    Returns:
        The missing permissions, or why they could not be verified.
    """
    principal = principal_arn(who)
    if principal is None:
        return Verification(unverified=f"{who} is neither a role nor a user")
    if IAM_REGION in lost:
        return Verification(unverified=f"IAM's endpoint is in {IAM_REGION}, which does not answer")
    values = fields_of(documents, principal)
    client = aws.client("iam", documents[0].recovery)
    missing: list[str] = []
    try:
        for right in rights:
            missing += _missing(client, principal, right, values)
    except ClientError as error:
        return Verification(
            unverified=f"IAM answered {error_code(error)} to SimulatePrincipalPolicy", refused=is_denied(error)
        )
    except BotoCoreError as error:
        return Verification(unverified=f"IAM does not answer ({error_code(error)})")
    return Verification(missing=missing)


def principal_arn(who: str) -> str | None:
    """The ARN that IAM knows a caller by: that of the role for a session; None for a root user or a federated user."""
    session = _ASSUMED.match(who)
    if session:
        return f"arn:aws:iam::{session['account']}:role/{session['role']}"
    return who if re.match(r"arn:aws:iam::\d{12}:(user|role)/", who) else None


def fields_of(documents: Sequence[RecoveryDocument], principal: str) -> Values:
    """The values of the fields of `runbooks.rights`, from the recovery documents of one or both regions."""
    zone = documents[0]
    [account] = _ACCOUNT.findall(principal)
    endpoints = [endpoint for document in documents for endpoint in document.endpoints]
    regions = (zone.primary, zone.recovery)
    alarms = [name for endpoint in endpoints for name in (endpoint.alarm, endpoint.withdrawal_alarm) if name]
    values: Mapping[str, Sequence[str]] = {
        "region": regions,
        "recovery": [zone.recovery],
        "account": [account],
        "role": [principal],
        "root": [zone.writer_parameter.removesuffix(f"/{WRITER}")],
        "writer_parameter": [zone.writer_parameter],
        "journal_table": [zone.journal_table],
        "heartbeat_key": [zone.heartbeat_key],
        "namespace": [endpoint.metric_namespace for endpoint in endpoints],
        "endpoint": [endpoint.name for endpoint in endpoints],
        "repository": [endpoint.image_repository for endpoint in endpoints],
        "alarm": alarms,
        "artifact_bucket": [endpoint.artifact_bucket for endpoint in endpoints],
        "replicated_bucket": [name for pair in zone.pairs for name in (pair.primary, pair.recovery)],
        "record_bucket": list(zone.record_buckets.values()),
        "key": [f"arn:aws:kms:{region}:{account}:key/{key}" for region in regions for key in zone.key_ids],
        "topic": list(zone.topics.values()),
    }
    return {name: list(dict.fromkeys(entries)) for name, entries in values.items()}


def _missing(client: Any, principal: str, right: Right, values: Values) -> Sequence[str]:
    resources = [
        resource.replace("*", _SAMPLE) if resource != "*" else resource
        for template in right.resources
        for resource in expand(template, values)
    ]
    if not resources:
        return []
    pages = client.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=principal,
        ActionNames=list(right.actions),
        ResourceArns=resources,
        ContextEntries=context_entries(right, values),
    )
    refused: list[str] = []
    for page in pages:
        for result in page["EvaluationResults"]:
            action = result["EvalActionName"]
            decisions = {
                item["EvalResourceName"]: item["EvalResourceDecision"]
                for item in result.get("ResourceSpecificResults", [])
            } or {result.get("EvalResourceName", "*"): result["EvalDecision"]}
            refused += [f"{action} on {name}" for name, decision in decisions.items() if decision != "allowed"]
    return refused


def context_entries(right: Right, values: Values) -> Sequence[Mapping[str, Any]]:
    """Return the request context of the conditions of a right, with the first of the allowed values.

    Each list names the recovery region: the permissions boundary allows requests in the regions of the zone only, and
    IAM does not meet a condition whose key has no entry.
    """
    entries: list[Mapping[str, Any]] = []
    if not any("aws:RequestedRegion" in keys for keys in right.conditions.values()):
        entries.append(
            {
                "ContextKeyName": "aws:RequestedRegion",
                "ContextKeyType": "string",
                "ContextKeyValues": [next(iter(expand("{recovery}", values)))],
            }
        )
    for operator, keys in right.conditions.items():
        for key, templates in keys.items():
            expected = next(iter(expand(templates[0], values)), "")
            value = _SAMPLE if operator == "Null" else expected
            kind = "boolean" if operator == "Bool" else "string"
            entries.append({"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": [value]})
    return entries
