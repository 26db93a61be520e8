"""A Studio domain without a way to the internet: a role per team, and a profile per person of the team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam, sagemaker

from components.documents import document
from components.packages.rights import PackageAccess
from components.studio.names import StudioNames
from components.studio.rights import StudioScope, studio_rights, trust
from components.tokens import type_token
from zone.shared.studio import NO_TEAM, profile_name

IDENTITY_CENTER: Final = "SSO"
"""Sign-in through IAM Identity Center."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioTeam:
    """A team in Studio."""

    project: str
    """Project of the team."""
    members: Sequence[str]
    """User names in IAM Identity Center."""
    team_role_arn: pulumi.Input[str]
    """Role that reads the data sets of the team."""
    repository_arns: Sequence[pulumi.Input[str]]
    """Image repositories of its models."""
    package_groups: Sequence[str]
    """Model package groups of its models."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioDomainArgs:
    """A Studio domain."""

    names: StudioNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    teams: Mapping[str, StudioTeam]
    """Name -> team, at least one."""
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """Key of home directories and volumes."""
    data_key_arns: Sequence[pulumi.Input[str]]
    """Keys of the buckets in which each team has a prefix of its own."""
    work_buckets: Sequence[pulumi.Input[str]]
    """Names of these buckets."""
    instance_types: Sequence[str]
    idle_minutes: int
    """Minutes until an idle application shuts down."""
    packages: PackageAccess | None = None
    """The approved packages; None where there is no repository of them."""

    def __post_init__(self) -> None:
        """Refuses a domain without a team, and a person with two roles."""
        if not self.teams:
            raise ValueError("StudioDomainArgs: teams is empty; name at least one team")
        profiles = [profile_name(member) for team in self.teams.values() for member in team.members]
        if len(profiles) != len(set(profiles)):
            raise ValueError("StudioDomainArgs: a profile of the domain has one role; name each member in one team")


class StudioDomain(pulumi.ComponentResource):
    """`hipaa-ml:studio:StudioDomain`: the workplace of the teams of an environment.

    Creates an `aws.iam.Role` per team, with its policy, an `aws.iam.Role` without rights for people of no team, an
    `aws.sagemaker.Domain` (VPC only, sign-in through IAM Identity Center), protected and retained with its home
    directories, and an `aws.sagemaker.UserProfile` per person.
    """

    def __init__(self, name: str, args: StudioDomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        roles = {team: _role(f"{name}-{team}", team, args, child) for team in args.teams}
        # Identity Center may let in a person of no team, who gets the default role of the domain.
        default = iam.Role(
            f"{name}-default-role",
            name=args.names.role(NO_TEAM),
            description="People of no team in Studio: no rights",
            assume_role_policy=document([trust(args.account_id)]),
            permissions_boundary=args.boundary_arn,
            opts=child,
        )
        domain = sagemaker.Domain(
            f"{name}-domain",
            domain_name=args.names.domain,
            auth_mode=IDENTITY_CENTER,
            app_network_access_type="VpcOnly",
            vpc_id=args.vpc_id,
            subnet_ids=args.subnet_ids,
            kms_key_id=args.key_arn,
            default_user_settings=sagemaker.DomainDefaultUserSettingsArgs(
                execution_role=default.arn,
                security_groups=[args.security_group_id],
                jupyter_lab_app_settings=idle_shutdown(args.idle_minutes),
            ),
            # Notebooks may show patients' data: home directories stay when the domain is deleted.
            retention_policy=sagemaker.DomainRetentionPolicyArgs(home_efs_file_system="Retain"),
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        for team, members in args.teams.items():
            for member in members.members:
                settings = sagemaker.UserProfileUserSettingsArgs(
                    execution_role=roles[team].arn, security_groups=[args.security_group_id]
                )
                declare_profile(f"{name}-{team}", member, domain, settings, child, tags={"team": team})
        self.domain_id, self.domain_arn = domain.id, domain.arn
        self.role_arns: Mapping[str, pulumi.Output[str]] = {team: role.arn for team, role in roles.items()}
        self.register_outputs({"domain_id": self.domain_id, "role_arns": self.role_arns})


def _role(name: str, team: str, args: StudioDomainArgs, opts: pulumi.ResourceOptions) -> iam.Role:
    """The role of a team's applications and jobs, with its policy."""
    spec = args.teams[team]
    role = iam.Role(
        f"{name}-role",
        name=args.names.role(team),
        description=f"Applications and jobs of team {team} in Studio",
        assume_role_policy=document([trust(args.account_id)]),
        permissions_boundary=args.boundary_arn,
        tags={"team": team, "project": spec.project},
        opts=opts,
    )
    scope = StudioScope(
        role=args.names.role(team),
        region=args.region,
        account_id=args.account_id,
        team=team,
        team_role_arn=spec.team_role_arn,
        profiles=[profile_name(member) for member in spec.members],
        job_prefix=args.names.job_prefix(team),
        key_arn=args.key_arn,
        data_key_arns=args.data_key_arns,
        work_buckets=args.work_buckets,
        repository_arns=spec.repository_arns,
        package_groups=spec.package_groups,
        instance_types=args.instance_types,
        packages=args.packages,
    )
    iam.RolePolicy(f"{name}-rights", role=role.id, policy=document(studio_rights(scope)), opts=opts)
    return role


def declare_profile(
    name: str,
    member: str,
    domain: sagemaker.Domain,
    settings: sagemaker.UserProfileUserSettingsArgs,
    opts: pulumi.ResourceOptions,
    *,
    tags: Mapping[str, str] | None = None,
) -> sagemaker.UserProfile:
    """Declares the profile of a person who signs in through IAM Identity Center.

    Args:
        name: first part of the name of the Pulumi resource.
        member: user name in IAM Identity Center.
        domain: the domain.
        settings: role and security groups of the person's applications.
        opts: options of the resource.
        tags: tags of the profile.

    Source: SageMaker API Reference, "CreateUserProfile".
    """
    return sagemaker.UserProfile(
        f"{name}-{profile_name(member)}",
        domain_id=domain.id,
        user_profile_name=profile_name(member),
        single_sign_on_user_identifier="UserName",
        single_sign_on_user_value=member,
        user_settings=settings,
        tags=tags,
        opts=opts,
    )


def idle_shutdown(minutes: int) -> sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsArgs:
    """Idle applications shut down: 45 CFR 164.312(a)(2)(iii), and they cost nothing then.

    Args:
        minutes: minutes without activity, 60 to 525,600 (SageMaker API Reference, `IdleSettings`).
    """
    return sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsArgs(
        app_lifecycle_management=sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementArgs(
            idle_settings=sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementIdleSettingsArgs(
                lifecycle_management="ENABLED", idle_timeout_in_minutes=minutes
            )
        )
    )
