"""The rights on package repositories: reading the approved packages, and publishing to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi

from components.documents import Statement
from controls.package_actions import AUTHORIZE, READ

BEARER: Final[Statement] = {
    "Sid": "PackageToken",
    "Effect": "Allow",
    # Has no resource (CodeArtifact User Guide, "AWS CodeArtifact authentication and tokens").
    "Action": "sts:GetServiceBearerToken",
    "Resource": "*",
    "Condition": {"StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageAccess:
    """A domain, and the repository that is read."""

    region: str
    account_id: pulumi.Input[str]
    """Account of the domain."""
    domain: str
    repository: str

    @property
    def domain_arn(self) -> pulumi.Output[str]:
        """ARN of the domain."""
        return pulumi.Output.format(
            "arn:aws:codeartifact:{0}:{1}:domain/{2}", self.region, self.account_id, self.domain
        )

    def repository_arn(self, repository: str) -> pulumi.Output[str]:
        """ARN of a repository of the domain."""
        return pulumi.Output.format(
            "arn:aws:codeartifact:{0}:{1}:repository/{2}/{3}", self.region, self.account_id, self.domain, repository
        )

    def packages_arn(self, repository: str) -> pulumi.Output[str]:
        """ARN pattern of the packages of a repository."""
        return pulumi.Output.format(
            "arn:aws:codeartifact:{0}:{1}:package/{2}/{3}/*", self.region, self.account_id, self.domain, repository
        )


def reading(access: PackageAccess) -> list[Statement]:
    """Statements of a role that installs approved packages."""
    return [
        _authorization(access),
        {
            "Sid": "Packages",
            "Effect": "Allow",
            "Action": list(READ),
            "Resource": access.repository_arn(access.repository),
        },
        BEARER,
    ]


def _authorization(access: PackageAccess) -> Statement:
    return {"Sid": "PackageDomain", "Effect": "Allow", "Action": AUTHORIZE, "Resource": access.domain_arn}


def publishing(access: PackageAccess, sources: Sequence[str]) -> list[Statement]:
    """Statements of the role that approves packages: it copies versions from the public ones, and publishes others.

    Args:
        access: the domain and the repository of approved packages.
        sources: names of the repositories that take in public packages.
    """
    repositories = [access.repository_arn(name) for name in (access.repository, *sources)]
    return [
        _authorization(access),
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": [*READ, "codeartifact:DescribeRepository", "codeartifact:ListPackages"],
            "Resource": repositories,
        },
        {
            "Sid": "Versions",
            "Effect": "Allow",
            "Action": [
                "codeartifact:DescribePackageVersion",
                "codeartifact:ListPackageVersionAssets",
                "codeartifact:ListPackageVersions",
            ],
            "Resource": [access.packages_arn(name) for name in (access.repository, *sources)],
        },
        {
            # The source is a repository, and the destination a package (Service Authorization Reference).
            "Sid": "Copy",
            "Effect": "Allow",
            "Action": "codeartifact:CopyPackageVersions",
            "Resource": [*repositories, access.packages_arn(access.repository)],
        },
        {
            "Sid": "Publish",
            "Effect": "Allow",
            "Action": [
                "codeartifact:PublishPackageVersion",
                "codeartifact:PutPackageMetadata",
                "codeartifact:UpdatePackageVersionsStatus",
            ],
            "Resource": access.packages_arn(access.repository),
        },
        BEARER,
    ]
