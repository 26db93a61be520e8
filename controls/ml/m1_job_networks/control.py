"""M1: Jobs, models, domains, notebooks and clusters run in a VPC with security groups."""

from typing import Final

from controls.citations import cite
from controls.ml.actions import AUTO_ML, JOBS
from controls.ml.m1_job_networks.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

IN_A_VPC: Final = (
    *JOBS,
    *AUTO_ML,
    "sagemaker:CreateCluster",
    "sagemaker:CreateDomain",
    "sagemaker:CreateModel",
    "sagemaker:CreateNotebookInstance",
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
            Statement(sid="M1Subnets", actions=IN_A_VPC, conditions={"Null": {"sagemaker:VpcSubnets": "true"}}),
            Statement(sid="M1Groups", actions=IN_A_VPC, conditions={"Null": {"sagemaker:VpcSecurityGroupIds": "true"}}),
        ),
    ),
    detect=(
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC"),
        ConfigRule(identifier="SAGEMAKER_DOMAIN_IN_VPC"),
        ConfigRule(identifier="SAGEMAKER_MODEL_IN_VPC"),
    ),
    block=POLICIES,
)
