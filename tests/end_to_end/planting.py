"""Plants faults in a deployed zone, and tells what was planted where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from inspection.aws import Aws
from inspection.resources.declared import DeclaredResource
from tests.end_to_end.planted_faults import FAULTS, Fault
from tests.end_to_end.planted_strangers import STRANGERS

NEAR = ("ml-dev", "network", "ml-staging", "ml-prod", "management")
"""Accounts in which strangers are made, in the order in which they are tried."""

FREE = (200, 128, 224, 60, 180, 96, 240, 40)
"""Third numbers of networks of a VPC that are tried for another subnet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """The resources that faults were planted in, and why others could not be planted."""

    changed: Mapping[str, DeclaredResource]
    """Type without `aws:` -> the changed resource."""
    made: Mapping[str, DeclaredResource]
    """Type without `aws:` of what was made -> the declared resource that it is near to."""
    failed: Mapping[str, str]
    """`making` or `changing` and the type -> why AWS refused."""


def plant(resources: Sequence[DeclaredResource], aws: Aws, accounts: Mapping[str, str]) -> Planted:
    """Makes what nobody declared, then changes one resource of each type.

    Args:
        resources: the declared resources.
        aws: gives clients of the emulated AWS.
        accounts: account name -> id.
    """
    deployed = [resource for resource in resources if resource.id and resource.declared is not None]
    order = [accounts[name] for name in NEAR]
    made: dict[str, DeclaredResource] = {}
    failed: dict[str, str] = {}
    for stranger in STRANGERS:
        near = [resource for resource in _of(deployed, stranger.fault) if resource.account in order]
        near.sort(key=lambda resource: (order.index(resource.account), resource.region))
        result = _try(stranger.fault, near, aws, {"member": accounts["ml-dev"]})
        if isinstance(result, str):
            failed[f"making {stranger.finds}"] = result
        else:
            made[stranger.finds] = result
    changed: dict[str, DeclaredResource] = {}
    for fault in FAULTS:
        result = _try(fault, _of(deployed, fault), aws, {})
        if isinstance(result, str):
            failed[f"changing {fault.type}"] = result
        else:
            changed[fault.type] = result
    return Planted(changed=changed, made=made, failed=failed)


def _of(resources: Sequence[DeclaredResource], fault: Fault) -> list[DeclaredResource]:
    return [resource for resource in resources if resource.type == f"aws:{fault.type}"]


def _try(
    fault: Fault, candidates: Sequence[DeclaredResource], aws: Aws, more: Mapping[str, Any]
) -> DeclaredResource | str:
    """The first resource for which AWS accepts the request, or why it refuses all: guardrails deny some."""
    reason = "no such resource"
    for number, resource in enumerate(candidates):
        names = {"id": resource.id, "arn": resource.arn, "account": resource.account, "region": resource.region}
        network = ".".join(str(resource.recorded.get("cidrBlock", "")).split(".")[:2])
        free = f"{network}.{FREE[number % len(FREE)]}.0/28"
        try:
            arguments = fault.filled({**resource.recorded, **names, **more, "free": free})
        except KeyError as error:
            reason = f"no output {error}"
            continue
        client = aws.client(fault.service, account=resource.account, region=resource.region)
        try:
            getattr(client, fault.operation)(**arguments)
        except (ClientError, BotoCoreError) as error:
            reason = f"{type(error).__name__}: {error}"
            continue
        return resource
    return reason
