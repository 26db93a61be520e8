"""The quotas of SageMaker instances in the region that would serve, compared with what its endpoints need.

An account has a quota per instance type and region, named `ml.m5.large for endpoint usage`. Endpoints that are in no
recovery document are not counted. `ListServiceQuotas` lists the quotas whose applied value AWS knows, and
`ListAWSDefaultServiceQuotas` the defaults of all (Service Quotas API Reference).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.error_codes import error_code, is_denied
from runbooks.observe import endpoint_state
from runbooks.rights import Right

SUFFIX: Final = " for endpoint usage"
"""End of the name of a quota, after the instance type."""
SEE_QUOTAS: Final = Right(
    sid="SeeQuotas",
    actions=["servicequotas:ListAWSDefaultServiceQuotas", "servicequotas:ListServiceQuotas"],
    resources=["*"],  # neither action supports resources
    conditions={"StringEquals": {"aws:RequestedRegion": ["{region}"]}},
    unrecorded="requested before the first step, for all endpoints of the plan",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaComparison:
    """What the quotas of a region leave for endpoints."""

    insufficient: Mapping[str, str]
    """Name of an endpoint that does not fit -> the quota, with what is used and needed."""
    unverified: str = ""
    """Why the quotas could not be compared; empty when they were."""
    denied: bool = False
    """Whether they could not be compared since a permission is missing."""


def compare_quotas(context: Context, names: Iterable[str]) -> QuotaComparison:
    """Compares the quotas of the target region with the instances that endpoints need.

    Args:
        context: the operation.
        names: the endpoints to serve there, in the order in which they get the instances that the quotas leave.

    Returns:
        The endpoints that do not fit. Service Quotas is not needed for a failover: when it does not answer, the quotas
        are not verified.

    Raises:
        The error of a request to SageMaker that AWS refused.
    """
    states = {
        endpoint.name: endpoint_state(context.aws, endpoint, context.target_region)
        for endpoint in context.zones[context.target].endpoints
    }
    types = {name: _instance_types(context, context.endpoint(name)) for name in states}
    try:
        quotas = _quotas(context, {kind for kinds in types.values() for kind in kinds})
    except (*context.aws.no_response, context.aws.request_error) as error:
        reason = f"Service Quotas of {context.target_region} does not answer ({error_code(error)})"
        return QuotaComparison(insufficient={}, unverified=reason, denied=is_denied(error))
    used: Counter[str] = Counter()
    for name, state in states.items():
        used.update(dict.fromkeys(types[name], state.instances) if state.exists else {})
    insufficient: dict[str, str] = {}
    for name in names:
        added = max(0, context.endpoint(name).instances - states[name].instances)
        exceeded = [kind for kind in types[name] if kind in quotas and used[kind] + added > quotas[kind]]
        if exceeded and added:
            kind = exceeded[0]
            insufficient[name] = (
                f"the quota {kind + SUFFIX!r} of {context.target_region} is {quotas[kind]}; {used[kind]} instances are "
                f"in use or planned, and {name} needs {added} more"
            )
        else:
            used.update(dict.fromkeys(types[name], added))
    return QuotaComparison(insufficient=insufficient)


def _instance_types(context: Context, endpoint: EndpointDocument) -> Sequence[str]:
    """The instance type of the endpoint's variant; none without a configuration, which another check reports."""
    client = context.client("sagemaker")
    try:
        description = client.describe_endpoint_config(EndpointConfigName=endpoint.config)
    except context.aws.request_error:
        return ()
    variants = [item for item in description["ProductionVariants"] if item["VariantName"] == endpoint.variant]
    return [str(item["InstanceType"]) for item in variants if item.get("InstanceType")]


def _quotas(context: Context, types: set[str]) -> Mapping[str, int]:
    """Instance type -> instances that the account may have in endpoints of the target region, as far as it is known."""
    client = context.client("service-quotas")
    quotas: dict[str, int] = {}
    for operation in ("list_service_quotas", "list_aws_default_service_quotas"):
        if types <= quotas.keys():
            break
        try:
            listed = _listed(client, operation)
        except client.exceptions.NoSuchResourceException:
            continue
        for title, value in listed.items():
            kind = title.removesuffix(SUFFIX)
            if title.endswith(SUFFIX) and kind in types:
                quotas.setdefault(kind, value)
    return quotas


def _listed(client: Any, operation: str) -> Mapping[str, int]:
    """Name -> value of the quotas of SageMaker."""
    pages = client.get_paginator(operation).paginate(ServiceCode="sagemaker")
    return {str(quota["QuotaName"]): int(quota["Value"]) for page in pages for quota in page["Quotas"]}
