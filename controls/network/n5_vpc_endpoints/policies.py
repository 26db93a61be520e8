"""Policies of N5: endpoints are changed by deployment only and lead to AWS services only."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.aws_owned import is_presigned
from controls.model import PolicyRule
from controls.rules import ABSENT, Problem, Props
from controls.rules.checks import on
from controls.rules.documents import StatementRule, document, every_allow, no_public_principal
from controls.rules.predicates import equals, present, when
from controls.rules.values import items

RESOURCE_KEYS: Final = ("aws:resourceorgid", "aws:resourceorgpaths", "aws:resourceaccount")


def _own_resources(statement: Props) -> Iterator[Problem]:
    condition = statement.get("Condition") or {}
    keys = {str(key).lower() for tests in condition.values() for key in tests}
    if "*" in items(statement.get("Resource")) and not keys & set(RESOURCE_KEYS):
        yield Problem("allows every resource, strangers' as well (no condition on aws:ResourceOrgID)")


def _known_principals(statement: Props) -> Iterator[Problem]:
    """Everyone may read what AWS's services presign the URLs of: nobody signs these requests but the service."""
    served = all(
        is_presigned(str(action), str(resource))
        for action in items(statement.get("Action"))
        for resource in items(statement.get("Resource"))
    )
    if not (served and items(statement.get("Action")) and items(statement.get("Resource"))):
        yield from no_public_principal(statement)


own_resources: StatementRule = _own_resources
known_principals: StatementRule = _known_principals
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="endpoint-policy",
        title="Endpoints have an endpoint policy",
        remedy="Set policy; without one AWS allows everyone everything.",
        check=on("aws:ec2/vpcEndpoint:VpcEndpoint", present("policy")),
    ),
    PolicyRule(
        name="endpoint-policy-organisation",
        title="Endpoint policies name the organisation",
        remedy="Narrow every Allow to everyone by aws:PrincipalOrgID, aws:PrincipalAccount or aws:SourceVpc.",
        check=on("aws:ec2/vpcEndpoint:VpcEndpoint", document("policy", every_allow(known_principals))),
    ),
    PolicyRule(
        name="endpoint-groups",
        title="Interface endpoints have a security group",
        remedy="Set security_group_ids.",
        check=on(
            "aws:ec2/vpcEndpoint:VpcEndpoint", when("vpcEndpointType", ("Interface",), present("securityGroupIds"))
        ),
    ),
    PolicyRule(
        name="load-balancer-headers",
        title="Load balancers drop malformed headers",
        remedy="Set drop_invalid_header_fields=True.",
        check=on(
            "aws:lb/loadBalancer:LoadBalancer",
            when("loadBalancerType", (ABSENT, "application"), equals("dropInvalidHeaderFields", True, default=False)),
        ),
    ),
    PolicyRule(
        name="endpoint-policy-resources",
        title="Endpoint policies name the organisation's resources",
        remedy="Narrow every Allow of all resources by aws:ResourceOrgID; give AWS's own statements of their own.",
        check=on("aws:ec2/vpcEndpoint:VpcEndpoint", document("policy", every_allow(own_resources))),
    ),
)
