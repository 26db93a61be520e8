"""Policies of M1: jobs, models, domains, notebooks and clusters run in a VPC with security groups."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Problem, Props, Rule
from controls.rules.checks import on
from controls.rules.predicates import all_of, if_present, present
from controls.rules.sagemaker import DATA_QUALITY, DOMAIN, MODEL, NOTEBOOK, SAGEMAKER, TRAINING, TUNING, job_definitions
from controls.rules.values import ABSENT, items, lookup

IN_A_VPC: Final = ("subnets", "securityGroupIds")


def network(prefix: str) -> Rule:
    """A VPC configuration with subnets and security groups below `prefix`."""
    return present(*(f"{prefix}.{name}" for name in IN_A_VPC))


MONITORING: Final = f"{SAGEMAKER}monitoringSchedule:MonitoringSchedule"
WORKFORCE: Final = f"{SAGEMAKER}workforce:Workforce"


def _reached_from_named_networks(props: Props) -> Iterator[Problem]:
    addresses = items(lookup(props, "sourceIpConfig.cidrs"))
    if lookup(props, "workforceVpcConfig") is ABSENT and (not addresses or "0.0.0.0/0" in addresses):
        yield Problem("neither workforceVpcConfig nor sourceIpConfig with named addresses is set")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-model-vpc",
        title="Models run in a VPC",
        remedy="Set vpc_config with private subnets and the security group of the inference tier.",
        check=on(MODEL, all_of(present("vpcConfig.subnets"), present("vpcConfig.securityGroupIds"))),
    ),
    PolicyRule(
        name="sagemaker-training-vpc",
        title="Training jobs run in a VPC",
        remedy="Set vpc_config with private subnets and the security group of the training tier.",
        check=on(TRAINING, network("vpcConfig")),
    ),
    PolicyRule(
        name="sagemaker-tuning-vpc",
        title="Tuning jobs run their training in a VPC",
        remedy="Set training_job_definition.vpc_config, in every definition.",
        check=on(TUNING, job_definitions(network("vpcConfig"))),
    ),
    PolicyRule(
        name="sagemaker-data-quality-vpc",
        title="Data-quality jobs run in a VPC",
        remedy="Set network_config.vpc_config with private subnets and a security group.",
        check=on(DATA_QUALITY, network("networkConfig.vpcConfig")),
    ),
    PolicyRule(
        name="sagemaker-monitoring-vpc",
        title="Monitoring schedules with an inline job definition run it in a VPC",
        remedy="Set monitoring_job_definition.network_config.vpc_config, or name a job definition that does.",
        check=on(
            MONITORING,
            if_present(
                "monitoringScheduleConfig.monitoringJobDefinition",
                network("monitoringScheduleConfig.monitoringJobDefinition.networkConfig.vpcConfig"),
            ),
        ),
    ),
    PolicyRule(
        name="sagemaker-notebook-vpc",
        title="Notebook instances are in a VPC",
        remedy="Set subnet_id and security_groups.",
        check=on(NOTEBOOK, present("subnetId", "securityGroups")),
    ),
    PolicyRule(
        name="sagemaker-domain-vpc",
        title="Studio domains are in private subnets with a security group",
        remedy="Set subnet_ids and default_user_settings.security_groups.",
        check=on(DOMAIN, present("subnetIds", "defaultUserSettings.securityGroups")),
    ),
    PolicyRule(
        name="sagemaker-workforce-vpc",
        title="Labelling workforces access data through a VPC or from listed addresses",
        remedy="Set workforce_vpc_config, or source_ip_config with the hospital's addresses.",
        check=on(WORKFORCE, _reached_from_named_networks),
    ),
)
