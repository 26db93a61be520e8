"""The condition keys and the endpoint policy of a request that comes through a VPC endpoint.

No network is emulated: a client states the endpoint with the header `x-rehearsal-vpce`, or with botocore's own setting
`AWS_SDK_UA_APP_ID=vpce-…`, for clients that cannot send a header. A client of several services states one endpoint for
each, joined by dots; the endpoint of the service that the request is signed for counts.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from moto.ec2.models import ec2_backends

from authorization import Policy
from rehearsal.cloud.authorization.organization import organization_id
from rehearsal.cloud.authorization.parsed import parsed_policy
from rehearsal.cloud.endpoints import VPC_ENDPOINT_HEADER

_APPLICATION: Final = re.compile(r".*\bapp/(vpce-[0-9a-f]+(?:\.vpce-[0-9a-f]+)*)")
_SIGNED: Final = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/aws4_request")


def endpoint(headers: Mapping[str, str]) -> tuple[str, Any] | None:
    """The VPC endpoint that a request comes through.

    Args:
        headers: header in lower case -> value.

    Returns:
        Account that owns the endpoint and moto's object; None for a request from elsewhere.
    """
    application = _APPLICATION.match(headers.get("user-agent", ""))
    names = (headers.get(VPC_ENDPOINT_HEADER) or (application[1] if application else "")).split(".")
    owned = [
        (str(account), backend.vpc_end_points[name])
        for account, regions in (list(ec2_backends.items()) if names[0] else ())
        for backend in regions.values()
        for name in names
        if name in backend.vpc_end_points
    ]
    if len(owned) < 2:  # noqa: PLR2004 - nothing to choose from
        return next(iter(owned), None)
    signed = _SIGNED.search(headers.get("authorization", ""))
    service = signed[1] if signed else ""
    return next((each for each in owned if str(each[1].service_name).split(".")[3] == service), None)


def endpoint_keys(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Condition key in lower case -> value: endpoint, its VPC, its account and its organization."""
    through = endpoint(headers)
    if through is None:
        return {}
    account, vpc_endpoint = through
    keys = {
        "aws:sourcevpce": str(vpc_endpoint.id),
        "aws:sourcevpc": str(vpc_endpoint.vpc_id),
        "aws:vpceaccount": account,
    }
    owner = organization_id(account)
    return {**keys, "aws:vpceorgid": owner} if owner else keys


def endpoint_policy(headers: Mapping[str, str]) -> Policy | None:
    """Return the policy of the VPC endpoint that a request comes through; None for a request from elsewhere."""
    through = endpoint(headers)
    if through is None:
        return None
    _, vpc_endpoint = through
    return parsed_policy(str(vpc_endpoint.id), str(vpc_endpoint.policy_document))
