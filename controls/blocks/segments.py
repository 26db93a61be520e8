"""Segments and perimeter of the network: which policies stand behind which control."""

from collections.abc import Mapping, Sequence

from controls.blocks.rule import rule, stack_rule
from controls.model import PolicyRule

SEGMENTS: Mapping[str, Sequence[PolicyRule]] = {
    "N1": (
        rule(
            "internet-gateway-owned",
            "Gateways to the internet stand in the inspection VPC only",
            "Route through the Transit Gateway; egress is the inspection VPC's.",
        ),
        rule(
            "attachment-appliance-mode",
            "The inspection VPC's attachment keeps both directions of a connection in one zone",
            "Set appliance_mode_support to enable: a firewall that sees one direction drops the connection.",
        ),
        rule(
            "firewall-strict-order",
            "Firewalls evaluate rules in strict order and drop what none passes",
            "Set stateful_engine_options.rule_order to STRICT_ORDER and stateful_default_actions to aws:drop_….",
        ),
        rule(
            "firewall-kept",
            "Firewalls cannot be deleted or moved by mistake",
            "Set delete_protection and subnet_change_protection.",
        ),
    ),
    "N2": (
        rule(
            "paths-beside-transit-gateway",
            "No peering, VPN or Direct Connect beside the Transit Gateway",
            "Attach the VPC to the Transit Gateway, in a segment.",
        ),
        rule(
            "peering-one-geography",
            "Transit Gateways peer within one residency group",
            "Peer with a region of the zone.",
        ),
    ),
    "N3": (
        rule(
            "attachment-no-defaults",
            "Accepting an attachment puts it into no route table",
            "Set transit_gateway_default_route_table_association and …_propagation to False.",
        ),
    ),
    "N4": (
        stack_rule(
            "firewall-logged",
            "Firewalls write down alerts and flows",
            "Add a LoggingConfiguration with ALERT and FLOW.",
        ),
        stack_rule(
            "vpc-query-logs",
            "Every VPC writes down DNS queries",
            "Add a ResolverQueryLogConfigAssociation for the VPC.",
        ),
    ),
    "N5": (
        rule(
            "endpoint-policy-resources",
            "Endpoint policies name the organisation's resources",
            "Narrow every Allow of all resources by aws:ResourceOrgID; give AWS's own statements of their own.",
        ),
    ),
    "N6": (
        stack_rule("vpc-dns-firewall", "Every VPC has a DNS firewall", "Add a ResolverFirewallRuleGroupAssociation."),
        stack_rule(
            "dns-firewall-closed",
            "A DNS firewall that fails lets no name out",
            "Add a ResolverFirewallConfig with firewall_fail_open DISABLED.",
        ),
        rule(
            "dhcp-domain",
            "DHCP options have a domain name",
            "Set domain_name, <region>.compute.internal (us-east-1: ec2.internal): SageMaker Pipelines need it.",
        ),
    ),
    "N8": (
        stack_rule(
            "vpc-default-group-closed",
            "Default security groups are closed",
            "Add a DefaultSecurityGroup without rules.",
        ),
        rule(
            "acl-no-administration",
            "No ACL lets shells or remote desktops in from anywhere",
            "Deny ports 22 and 3389 from 0.0.0.0/0 before what allows them.",
        ),
    ),
    "P4": (
        rule(
            "transit-gateway-encryption",
            "Transit Gateways encrypt what VPCs send each other",
            "Set encryption_support to enable.",
        ),
    ),
    "F11": (
        rule(
            "share-organisation-only",
            "Nothing is shared with accounts outside",
            "Set allow_external_principals=False.",
        ),
    ),
}
"""Control id -> the policies that block for it."""
