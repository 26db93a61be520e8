"""Derives the sandboxes from the settings: one account each, with all data sets and one model, and no way out."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from controls import addresses, endpoint_services
from controls.addresses import PlannedSubnet
from controls.availability_zones import AVAILABILITY_ZONES
from controls.flows import TIERS
from zone.plan.access import access_table
from zone.plan.accounts import EnvironmentPlan
from zone.settings.checks.sandboxes import sandbox_team
from zone.settings.model import Settings
from zone.settings.sandboxes import Sandbox
from zone.shared.buckets import ENVIRONMENT_BUCKETS

CIDR: Final = "192.168.0.0/20"
"""CIDR of the VPC of every sandbox: nothing is attached to it, so that it may overlap with other networks."""
ENDPOINTS: Final = (
    *("sagemaker.api", "sagemaker.runtime", "sagemaker.studio"),
    *("ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "sts", "athena", "glue", "lakeformation"),
)
"""Services with an interface endpoint in the VPC: what Studio in a VPC without internet needs (SageMaker Developer
Guide, "Connect Studio in a VPC to external resources"), and those that read data sets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxPlan:
    """A sandbox."""

    name: str
    sandbox: Sandbox
    """Its settings."""
    team: str
    """Team that works in it."""
    environment: EnvironmentPlan
    """Buckets, data sets and model: those of an environment with patient data, for synthetic data."""
    region: str
    cidr: str
    endpoints_cidr: str
    """Second half of the CIDR: the interface endpoints."""
    subnets: Sequence[PlannedSubnet]
    endpoints: Sequence[str]
    """Names of the services with an interface endpoint."""

    @property
    def schema(self) -> str:
        """The data sets as JSON, for `workloads.sandbox.generator`: the production schemas."""
        table = self.environment.access_table
        return json.dumps(
            [
                {
                    "name": data_set.name,
                    "bucket": data_set.bucket,
                    "prefix": data_set.prefix,
                    "columns": dict(data_set.columns),
                    "sensitivity": dict(data_set.sensitivity),
                    "values": filter_values(row.rows for row in table.rows if row.data_set == data_set.name),
                }
                for data_set in table.data_sets.values()
            ],
            indent=1,
        )


def filter_values(filters: Iterable[str | None]) -> dict[str, list[str]]:
    """Column -> values that row filters compare it with, so that synthetic rows pass some filters and fail others."""
    values: dict[str, list[str]] = {}
    for row_filter in filters:
        for column, value in re.findall(r"([a-z][a-z0-9_]*)\s*=\s*'([^']*)'", row_filter or ""):
            if value not in values.setdefault(column, []):
                values[column].append(value)
    return values


def plan_sandboxes(settings: Settings) -> Mapping[str, SandboxPlan]:
    """Derives the sandboxes, by name."""
    return {name: _plan_sandbox(settings, name, sandbox) for name, sandbox in settings.sandboxes.items()}


def _plan_sandbox(settings: Settings, name: str, sandbox: Sandbox) -> SandboxPlan:
    region = settings.regions.primary
    workload, endpoints = addresses.halves(CIDR)
    zones = AVAILABILITY_ZONES[region][: max(settings.network.zones, 2)]
    model = settings.ml.models[sandbox.model]
    team = sandbox_team(settings, sandbox.model)
    assert team is not None, "the checks of the settings refuse a sandbox without a team"
    return SandboxPlan(
        name=name,
        sandbox=sandbox,
        team=team,
        environment=EnvironmentPlan(
            name=name,
            account=sandbox.account,
            buckets=ENVIRONMENT_BUCKETS,
            access_table=access_table(settings.data, patient_data=True),
            # A sandbox serves no version of another environment: its own versions are trained on synthetic data.
            models={sandbox.model: model.model_copy(update={"release": None, "releases": {}, "standby": "none"})},
            standby_models={},
        ),
        region=region,
        cidr=CIDR,
        endpoints_cidr=endpoints,
        subnets=[
            *addresses.subnets(workload, TIERS, zones, small=()),
            *addresses.subnets(endpoints, ("endpoints",), zones, small=()),
        ],
        endpoints=[service for service in ENDPOINTS if endpoint_services.offered(service, region)],
    )
