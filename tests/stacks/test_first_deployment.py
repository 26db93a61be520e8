"""What AWS refuses or breaks at the first deployment and at the first release, in every stack."""

import re
from typing import Final

import pytest

from tests.stacks.zone import STACKS, recorded
from zone.plan import graph

DESCRIPTION: Final = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""Descriptions of security groups (EC2 API Reference, `CreateSecurityGroup`, GroupDescription)."""


@pytest.mark.parametrize("stack", STACKS)
def test_descriptions_of_security_groups_have_the_characters_of_ec2(stack: str) -> None:
    groups = [*recorded(stack).of("ec2/securityGroup:SecurityGroup"), *recorded(stack).of("SecurityGroupIngressRule")]
    groups += recorded(stack).of("SecurityGroupEgressRule")
    described = {group.name: group.inputs.get("description") for group in groups}
    assert {name: text for name, text in described.items() if text and not DESCRIPTION.fullmatch(text)} == {}


def test_network_stacks_describe_their_groups() -> None:
    network = [stack for stack in STACKS if stack.startswith("network-")]
    assert all(recorded(stack).of("ec2/securityGroup:SecurityGroup") for stack in network)


@pytest.mark.parametrize("stack", STACKS)
def test_functions_reserve_no_concurrency_of_a_new_account(stack: str) -> None:
    """A new account has 10 executions, which stay unreserved (Lambda Developer Guide, "Reserved concurrency")."""
    functions = recorded(stack).of("lambda/function:Function")
    assert [function.name for function in functions if "reservedConcurrentExecutions" in function.inputs] == []


def test_release_starts_with_as_many_instances_as_autoscaling_may_have_added() -> None:
    """`UpdateEndpoint` sets the count of the new configuration: a smaller one would undo what was scaled out."""
    recording = recorded(f"{graph.ML}prod")
    maximum = {target.inputs["maxCapacity"] for target in recording.of("appautoscaling/target:Target")}
    counts = {
        variant["initialInstanceCount"]
        for configuration in recording.of("EndpointConfiguration")
        for variant in configuration.inputs["productionVariants"]
    }
    assert counts == maximum != set()
