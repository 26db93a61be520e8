"""The network, 45 CFR 164.312(a)(1) and (e)(1): no way in or out but the declared ones."""

from collections.abc import Iterator
from typing import Final

from controls.rules import ABSENT, UNKNOWN, Problem, Props, Undecided
from controls.rules.documents import document, every_allow, no_public_principal
from controls.rules.predicates import all_of, each, equals, matches, present, when
from controls.rules.values import items, lookup
from policies.checks import Checks, Finding, OnResource, Stack, across, on
from policies.configuration import Parameters
from policies.owned import INSPECTION, TIERS, made_by
from policies.resources import Resource

VPC: Final = "aws:ec2/vpc:Vpc"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULES_OF_GROUPS: Final = (
    INGRESS_RULE,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
)
WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})


def _not_the_world(props: Props) -> Iterator[Problem]:
    for name in ("cidrIpv4", "cidrIpv6"):
        value = lookup(props, name)
        if value is UNKNOWN:
            yield Undecided.at(name)
        elif value in WORLD:
            yield Problem(f"{name} is {value}: the whole internet")


def _not_every_protocol(props: Props) -> Iterator[Problem]:
    if lookup(props, "ipProtocol") == "-1" and lookup(props, "referencedSecurityGroupId") is ABSENT:
        yield Problem("every protocol and port is open to addresses")


def _inline_not_the_world(props: Props) -> Iterator[Problem]:
    for name in ("cidrBlocks", "ipv6CidrBlocks"):
        if WORLD & {one for one in items(lookup(props, name)) if isinstance(one, str)}:
            yield Problem(f"{name} includes the whole internet")


def _no_gateway(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    if made_by(resource, INSPECTION):
        return
    props = resource.props
    gateway = lookup(props, "gatewayId")
    if gateway is UNKNOWN:
        yield Undecided.at("gatewayId")
    if isinstance(gateway, str) and gateway.startswith("igw-"):
        yield Problem(f"the route leads to the internet gateway {gateway}")
    for name in ("natGatewayId", "egressOnlyGatewayId", "carrierGatewayId"):
        if lookup(props, name) is not ABSENT:
            yield Problem(f"the route leads out through {name}")


def _tls_or_redirect(props: Props) -> Iterator[Problem]:
    protocol = lookup(props, "protocol")
    actions = [one for one in items(lookup(props, "defaultActions")) if one is not UNKNOWN]
    if protocol in ("HTTP", "TCP") and not (actions and all(one.get("type") == "redirect" for one in actions)):
        yield Problem(f"protocol is {protocol}: only a redirect to HTTPS may be unencrypted")
    if protocol in ("HTTPS", "TLS"):
        yield from matches("sslPolicy", r"TLS13-1-[23]|TLS-1-2-Ext|FS-1-2", "a policy of TLS 1.2 or better")(props)


def _every_vpc_has_flow_logs(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    rule = equals("trafficType", "ALL")
    for vpc in stack.of(VPC):
        logs = stack.companions(vpc, FLOW_LOG, "vpcId")
        if not logs:
            yield vpc, Problem("the VPC has no flow log")
        yield from ((one, problem) for one in logs for problem in rule(one.props))


def _no_group_that_nobody_uses(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """A group whose rules let something in, but that nothing of the stack is a member of, opens what nobody needs."""
    used = {urn for one in stack.resources if one.type not in RULES_OF_GROUPS for urn in _urns(one)}
    for group in stack.of(SECURITY_GROUP):
        opened = stack.companions(group, INGRESS_RULE, "securityGroupId") or items(lookup(group.props, "ingress"))
        if opened and group.urn not in used and not made_by(group, TIERS):
            yield group, Problem("the security group lets traffic in, but no resource of the stack uses it")


def _every_endpoint_has_its_name(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """By AWS's own zone, or by an alias in a zone of the stack; S3's name is answered for by gateway endpoints."""
    for endpoint in stack.of(ENDPOINT):
        props = endpoint.props
        if lookup(props, "vpcEndpointType") != "Interface" or lookup(props, "privateDnsEnabled") is True:
            continue
        service = lookup(props, "serviceName")
        if isinstance(service, str) and service.endswith(".s3"):
            continue
        if not stack.companions(endpoint, "aws:route53/record:Record", "aliases"):
            yield (
                endpoint,
                Problem("neither privateDnsEnabled nor an alias record answers for the service"),
            )


def _urns(resource: Resource) -> Iterator[str]:
    for urns in resource.depends.values():
        yield from urns


CHECKS: Checks = {
    "vpc-flow-logs": across(VPC, _every_vpc_has_flow_logs),
    "security-group-used": across(SECURITY_GROUP, _no_group_that_nobody_uses),
    "security-group-no-world": on("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", _not_the_world),
    "security-group-narrow": on("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", _not_every_protocol),
    "security-group-inline": on("aws:ec2/securityGroup:SecurityGroup", each("ingress", _inline_not_the_world)),
    "security-group-described": on(
        "aws:ec2/securityGroup:SecurityGroup",
        matches("description", r"^(?!Managed by Pulumi$).+", "a description of its purpose"),
    ),
    "endpoint-policy": on("aws:ec2/vpcEndpoint:VpcEndpoint", present("policy")),
    "endpoint-policy-organisation": on(
        "aws:ec2/vpcEndpoint:VpcEndpoint", document("policy", every_allow(no_public_principal))
    ),
    "endpoint-private-names": across(ENDPOINT, _every_endpoint_has_its_name),
    "endpoint-groups": on(
        "aws:ec2/vpcEndpoint:VpcEndpoint", when("vpcEndpointType", ("Interface",), present("securityGroupIds"))
    ),
    "transit-gateway-no-defaults": on(
        "aws:ec2transitgateway/transitGateway:TransitGateway",
        all_of(
            equals("defaultRouteTableAssociation", "disable", default="enable"),
            equals("defaultRouteTablePropagation", "disable", default="enable"),
        ),
    ),
    "transit-gateway-no-auto-accept": on(
        "aws:ec2transitgateway/transitGateway:TransitGateway",
        equals("autoAcceptSharedAttachments", "disable", default="disable"),
    ),
    "subnet-private": on("aws:ec2/subnet:Subnet", equals("mapPublicIpOnLaunch", False, default=False)),
    "instance-imds": on(
        ("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"),
        equals("metadataOptions.httpTokens", "required", default="optional"),
    ),
    "instance-no-public-address": on(
        "aws:ec2/instance:Instance", equals("associatePublicIpAddress", False, default=False)
    ),
    "route-no-internet": OnResource(types=frozenset({"aws:ec2/route:Route"}), check=_no_gateway),
    "listener-tls": on("aws:lb/listener:Listener", _tls_or_redirect),
    "load-balancer-internal": on("aws:lb/loadBalancer:LoadBalancer", equals("internal", True, default=False)),
    "load-balancer-logged": on("aws:lb/loadBalancer:LoadBalancer", equals("accessLogs.enabled", True, default=False)),
    "load-balancer-headers": on(
        "aws:lb/loadBalancer:LoadBalancer",
        when("loadBalancerType", (ABSENT, "application"), equals("dropInvalidHeaderFields", True, default=False)),
    ),
    "load-balancer-kept": on(
        "aws:lb/loadBalancer:LoadBalancer", equals("enableDeletionProtection", True, default=False)
    ),
}
