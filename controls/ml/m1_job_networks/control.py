"""M1: Jobs, models, domains, notebooks and clusters run in a VPC with security groups."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying
from controls.ml.actions import COMPONENTS, SCHEDULES, UPDATES
from controls.ml.m1_job_networks.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

IN_SUBNETS: Final = carrying("sagemaker:VpcSubnets", exceptions={**SCHEDULES, **COMPONENTS, **UPDATES})
WITH_GROUPS: Final = carrying(
    "sagemaker:VpcSecurityGroupIds",
    exceptions={
        **SCHEDULES,
        **COMPONENTS,
        **UPDATES,
        "sagemaker:*UserProfile": "a profile without security groups has those of its domain",
    },
)
CONTROL: Final = Control(
    id="M1",
    title="Jobs, models, domains, notebooks and clusters run in a VPC with security groups",
    reason="A job outside a VPC has access to patient data and to the internet.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            # Two statements: several keys under one Null are ANDed, so a request with one of them would pass.
            Statement(sid="M1Subnets", actions=IN_SUBNETS, conditions={"Null": {"sagemaker:VpcSubnets": "true"}}),
            Statement(
                sid="M1Groups", actions=WITH_GROUPS, conditions={"Null": {"sagemaker:VpcSecurityGroupIds": "true"}}
            ),
            Statement(
                sid="M1Schedules",
                # Only a schedule with a definition of its own names instance types. One that names a job definition
                # carries neither network nor keys: the job definition had to have them.
                actions=tuple(SCHEDULES),
                conditions={"Null": {"sagemaker:InstanceTypes": "false"}},
            ),
            Statement(
                sid="M1Components",
                # An inference component needs no model of its own: its network would be that of the endpoint.
                actions=("sagemaker:CreateInferenceComponent", "sagemaker:UpdateInferenceComponent"),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC"),
        ConfigRule(identifier="SAGEMAKER_DOMAIN_IN_VPC"),
        ConfigRule(identifier="SAGEMAKER_MODEL_IN_VPC"),
    ),
    block=POLICIES,
)
