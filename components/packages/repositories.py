"""The package repositories of the zone: what each account may install, and where public packages come in."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import codeartifact

from components.documents import Statement, document
from components.packages.rights import PackageAccess, publishing
from components.person_role import PersonRole, declare_person_role
from components.tokens import type_token
from controls.package_actions import AUTHORIZE, READ
from zone.shared.packages import PackageNames


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageRepositoriesArgs:
    """The repositories."""

    names: PackageNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    organization_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """Key of the packages."""
    external_connections: Sequence[str]
    """Public registries, such as `pypi`."""
    public_reader_ids: Sequence[pulumi.Input[str]]
    """Ids of the accounts that read packages of public registries before their approval; none may hold patients' data.
    """
    publishers: Sequence[str]
    """ARNs of the people who approve packages."""


class PackageRepositories(pulumi.ComponentResource):
    """`hipaa-ml:packages:PackageRepositories`: approved packages, and public ones for their approval.

    Creates an `aws.codeartifact.Domain`, protected and retained, with its permissions policy, an
    `aws.codeartifact.Repository` of approved packages that has no upstream and no connection, one with an external
    connection per public registry, their policies, and the `aws.iam.Role` of publishers, if any.
    """

    def __init__(self, name: str, args: PackageRepositoriesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        keep = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        names = args.names
        domain = codeartifact.Domain(f"{name}-domain", domain=names.domain, encryption_key=args.key_arn, opts=keep)
        codeartifact.DomainPermissions(
            f"{name}-domain-policy",
            domain=domain.domain,
            policy_document=document([_organization([AUTHORIZE], args)]),
            opts=child,
        )
        approved = codeartifact.Repository(
            f"{name}-approved",
            domain=domain.domain,
            repository=names.approved,
            description="Approved packages; publishers copy or publish them",
            opts=keep,
        )
        codeartifact.RepositoryPermissionsPolicy(
            f"{name}-approved-policy",
            domain=domain.domain,
            repository=approved.repository,
            policy_document=document([_organization(READ, args)]),
            opts=child,
        )
        for registry in args.external_connections:
            public = codeartifact.Repository(
                f"{name}-public-{registry}",
                domain=domain.domain,
                repository=names.public(registry),
                description=f"Packages of public:{registry} before their approval",
                external_connections=codeartifact.RepositoryExternalConnectionsArgs(
                    external_connection_name=f"public:{registry}"
                ),
                opts=child,
            )
            if args.public_reader_ids:
                codeartifact.RepositoryPermissionsPolicy(
                    f"{name}-public-{registry}-policy",
                    domain=domain.domain,
                    repository=public.repository,
                    policy_document=document([_accounts(READ, args)]),
                    opts=child,
                )
        access = PackageAccess(
            region=args.region, account_id=args.account_id, domain=names.domain, repository=names.approved
        )
        if args.publishers:
            declare_person_role(
                self,
                f"{name}-publisher",
                PersonRole(
                    name=names.publisher_role,
                    description="Copies and publishes packages to the approved repository",
                    boundary_arn=args.boundary_arn,
                    principals=args.publishers,
                    statements=publishing(access, [names.public(registry) for registry in args.external_connections]),
                ),
            )
        self.domain_arn, self.repository_arn = domain.arn, approved.arn
        self.register_outputs({"domain_arn": self.domain_arn, "repository_arn": self.repository_arn})


def _organization(actions: Sequence[str], args: PackageRepositoriesArgs) -> Statement:
    """Principals of the organisation; their own policies decide as well."""
    return {
        "Sid": "Organization",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": args.organization_id}},
    }


def _accounts(actions: Sequence[str], args: PackageRepositoriesArgs) -> Statement:
    """Accounts without patients' data."""
    return {
        "Sid": "AccountsWithoutPatientData",
        "Effect": "Allow",
        "Principal": {
            "AWS": [pulumi.Output.format("arn:aws:iam::{0}:root", account) for account in args.public_reader_ids]
        },
        "Action": list(actions),
        "Resource": "*",
    }
