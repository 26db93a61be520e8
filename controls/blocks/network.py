"""The network: which policies stand behind which control."""

from collections.abc import Mapping, Sequence

from controls.blocks.rule import rule, stack_rule
from controls.model import PolicyRule

NETWORK: Mapping[str, Sequence[PolicyRule]] = {
    "N4": (
        stack_rule("vpc-flow-logs", "Every VPC has a flow log of all traffic", "Add a FlowLog with traffic_type ALL."),
    ),
    "N8": (
        stack_rule(
            "security-group-used",
            "No security group opens what nobody needs",
            "Remove the group or its ingress rules, or give it to the resource it is meant for.",
        ),
        rule(
            "security-group-no-world",
            "No security group lets the whole internet in",
            "Name a CIDR of the zone, a prefix list or another security group.",
        ),
        rule(
            "security-group-narrow",
            "Security groups open ports, not everything",
            "Set ip_protocol and the ports that are needed.",
        ),
        rule(
            "security-group-inline",
            "Rules written inside a security group do not let the internet in",
            "Name CIDRs of the zone in ingress, or write separate rules.",
        ),
        rule("security-group-described", "Security groups say what they are for", "Set description."),
        rule("subnet-private", "Subnets give no public addresses", "Set map_public_ip_on_launch=False."),
        rule(
            "instance-no-public-address", "Instances have no public address", "Set associate_public_ip_address=False."
        ),
        rule("load-balancer-internal", "Load balancers are internal", "Set internal=True."),
    ),
    "N5": (
        rule(
            "endpoint-policy",
            "Endpoints have a policy of their own",
            "Set policy; without one AWS allows everyone everything.",
        ),
        rule(
            "endpoint-policy-organisation",
            "Endpoint policies name the organisation",
            "Narrow every Allow to everyone by aws:PrincipalOrgID, aws:PrincipalAccount or aws:SourceVpc.",
        ),
        rule("endpoint-groups", "Interface endpoints have a security group", "Set security_group_ids."),
        rule("load-balancer-headers", "Load balancers drop malformed headers", "Set drop_invalid_header_fields=True."),
    ),
    "N6": (
        stack_rule(
            "endpoint-private-names",
            "Interface endpoints answer for the service's own name",
            "Set private_dns_enabled=True, or make a private zone of that name with an alias record to the endpoint.",
        ),
    ),
    "N3": (
        rule(
            "transit-gateway-no-defaults",
            "A Transit Gateway connects nothing by itself",
            "Set default_route_table_association and default_route_table_propagation to disable.",
        ),
        rule(
            "transit-gateway-no-auto-accept",
            "Attachments from other accounts are accepted one by one",
            "Set auto_accept_shared_attachments to disable.",
        ),
    ),
    "N7": (
        rule(
            "instance-imds",
            "Instances answer metadata requests with session tokens only",
            "Set metadata_options.http_tokens to required.",
        ),
    ),
    "N1": (
        rule(
            "route-no-internet",
            "No route leads to an internet gateway",
            "Route through the Transit Gateway; egress is the inspection VPC's.",
        ),
    ),
    "D4": (
        rule(
            "listener-tls",
            "Listeners speak TLS 1.2 or better",
            "Set protocol HTTPS and ssl_policy ELBSecurityPolicy-TLS13-1-2-2021-06 or newer; HTTP may only redirect.",
        ),
    ),
    "D7": (
        rule("load-balancer-logged", "Load balancers log requests", "Set access_logs with enabled=True and a bucket."),
    ),
    "D6": (
        rule(
            "load-balancer-kept", "Load balancers cannot be deleted by mistake", "Set enable_deletion_protection=True."
        ),
    ),
}
"""Control id -> the policies that block for it."""
