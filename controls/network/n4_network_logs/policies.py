"""Policies of N4: flow logs and DNS query logs stay on."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props
from controls.rules.checks import Finding, Stack, across
from controls.rules.companions import each_companion, no_further_rule
from controls.rules.parameters import Parameters
from controls.rules.predicates import equals, includes
from controls.rules.tokens import FIREWALL, VPC
from controls.rules.values import items, lookup

FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"


def _every_vpc_has_flow_logs(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    rule = equals("trafficType", "ALL")
    for vpc in stack.of(VPC):
        logs = stack.companions(vpc, FLOW_LOG, "vpcId")
        if not logs:
            yield vpc, Problem("the VPC has no flow log")
        yield from ((flow_log, problem) for flow_log in logs for problem in rule(flow_log.props))


def _alerts_and_flows(props: Props) -> Iterator[Problem]:
    listed = items(lookup(props, "loggingConfiguration.logDestinationConfigs"))
    kinds = {
        "loggingConfiguration": {
            "kinds": [destination if destination is UNKNOWN else destination.get("logType") for destination in listed]
        }
    }
    yield from includes("loggingConfiguration.kinds", "ALERT", "FLOW")(kinds)


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="vpc-flow-logs",
        title="Every VPC has a flow log of all traffic",
        remedy="Add a FlowLog with traffic_type ALL.",
        check=across(VPC, _every_vpc_has_flow_logs),
    ),
    PolicyRule(
        name="firewall-logged",
        title="Firewalls log alerts and flows",
        remedy="Add a LoggingConfiguration with ALERT and FLOW.",
        check=across(
            FIREWALL,
            each_companion(
                FIREWALL,
                "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
                "firewallArn",
                "the firewall writes no logs",
                _alerts_and_flows,
            ),
        ),
    ),
    PolicyRule(
        name="vpc-query-logs",
        title="Every VPC logs DNS queries",
        remedy="Add a ResolverQueryLogConfigAssociation for the VPC.",
        check=across(
            VPC,
            each_companion(
                VPC,
                "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
                "resourceId",
                "nobody writes down which names the VPC asks for",
                no_further_rule,
            ),
        ),
    ),
)
