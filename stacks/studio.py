"""The Studio domain of an environment: its key, a role per team, and a profile per person."""

from typing import Final

import pulumi

from components.keys import Key, KeyArgs
from components.keys.uses import by_grants
from components.packages import PackageAccess
from components.studio import StudioDomain, StudioDomainArgs, StudioNames, StudioTeam
from stacks.serving import EnvironmentContext, subnets
from zone.settings.studio import Studio
from zone.shared.buckets import DataPurpose
from zone.shared.packages import PackageNames

WORK: Final[tuple[DataPurpose, ...]] = ("artifacts", "dvc", "features")
"""Purposes of the buckets in which the role of a team in Studio has the prefix of the team."""
TIER: Final = "training"
"""Tier of the spoke that applications and jobs are in."""


def workplace(context: EnvironmentContext) -> None:
    """Declares the domain, if the settings name the environment."""
    studio = context.settings.ml.studio_in(context.environment)
    if studio is None:
        return
    names = StudioNames(prefix=context.settings.name_prefix, environment=context.environment)
    key = Key(
        "studio",
        KeyArgs(
            alias=names.key_alias,
            description="Home directories and volumes of Studio",
            account_id=context.account_id,
            uses=by_grants(
                ["elasticfilesystem", "sagemaker"],
                context.region,
                context.account_id,
                use="UseThroughServices",
                grant="GrantsThroughServices",
            ),
        ),
        context.options(),
    )
    StudioDomain(
        "studio",
        StudioDomainArgs(
            names=names,
            region=context.region,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            teams={team: _team(context, studio, team) for team in context.settings.data.teams},
            vpc_id=context.network.vpc_id,
            subnet_ids=subnets(context.network, TIER),
            security_group_id=pulumi.Output.from_input(context.network.security_group_ids)[TIER],
            key_arn=key.arn,
            data_key_arns=[context.key("artifacts"), context.key("features")],
            work_buckets=[context.bucket(purpose) for purpose in WORK],
            instance_types=studio.instance_types,
            idle_minutes=studio.idle_minutes,
            packages=_packages(context),
        ),
        context.options(),
    )


def _team(context: EnvironmentContext, studio: Studio, team: str) -> StudioTeam:
    """A team, with the repositories and package groups of the models that it owns in the environment."""
    settings = context.settings
    models = [
        context.names(name)
        for name, model in context.models.items()
        if model.pipeline is not None and model.pipeline.team == team
    ]
    return StudioTeam(
        project=settings.data.teams[team].project,
        members=studio.members.get(team, []),
        team_role_arn=context.data_names.role_arn(context.data_names.team_role(team)),
        repository_arns=[
            pulumi.Output.format(
                "arn:aws:ecr:{0}:{1}:repository/{2}", context.region, context.account_id, model.repository
            )
            for model in models
        ],
        package_groups=[model.package_group for model in models],
    )


def _packages(context: EnvironmentContext) -> PackageAccess | None:
    """The approved packages of the zone, known by name: their stack need not be deployed before."""
    packages = context.settings.packages
    if packages is None:
        return None
    names = PackageNames(prefix=context.settings.name_prefix)
    return PackageAccess(
        region=context.region,
        account_id=context.providers.account_id(packages.account),
        domain=names.domain,
        repository=names.approved,
    )
