"""Model packages of one environment: the versions in SageMaker's Model Registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.promotion.errors import BAD_INPUT, REFUSED, PromotionError

APPROVED: Final = "Approved"
REJECTED: Final = "Rejected"
PENDING: Final = "PendingManualApproval"
AUTHOR: Final = "Author"
"""Metadata property: the person who is responsible for the version, as `SourceIdentity` names them."""
VERSION: Final = "Version"
"""Metadata property of a promoted package: the version in the first environment's registry."""
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_METRIC: Final = "Metric."


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A model package."""

    arn: str
    version: str
    """Version of the model, the same in every environment."""
    status: str
    created: str
    """Time of registration, ISO 8601."""
    description: str
    note: str
    """Reason of the decision."""
    properties: Mapping[str, str]
    """Customer metadata."""

    @property
    def author(self) -> str:
        """Person who is responsible for the version; empty when it was registered without one."""
        return self.properties.get(AUTHOR, "")

    @property
    def metrics(self) -> Mapping[str, float]:
        """Metrics of the evaluation, by name."""
        return {
            name.removeprefix(_METRIC): float(value)
            for name, value in self.properties.items()
            if name.startswith(_METRIC)
        }

    def required(self, name: str) -> str:
        """A metadata property.

        Raises:
            PromotionError: the package has no such property.
        """
        if not self.properties.get(name):
            raise PromotionError(f"{self.arn} has no metadata property {name!r}. Register the model again.")
        return self.properties[name]


class Packages:
    """The packages of one model in one environment.

    Args:
        client: boto3's `sagemaker` client, in the account of the environment.
        group: name of the model package group.
        model: name of the model, for messages.
        environment: name of the environment, for messages.
    """

    def __init__(self, client: Any, group: str, model: str, environment: str) -> None:
        self.client = client
        self.group = group
        self.model, self.environment = model, environment

    def all(self) -> Sequence[Package]:
        """Every package, oldest first."""
        try:
            pages = self.client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=self.group)
            arns = [summary["ModelPackageArn"] for page in pages for summary in page["ModelPackageSummaryList"]]
            packages = [self._describe(arn) for arn in arns]
        except ClientError as error:
            raise refused(f"read the versions of {self.model} in {self.environment}", error) from None
        return sorted(packages, key=lambda package: _number(package.arn))

    def get(self, version: str) -> Package:
        """The package of a version.

        Raises:
            PromotionError: there is no such version; the message lists those that exist.
        """
        packages = self.all()
        for package in reversed(packages):
            if package.version == version:
                return package
        listed = ", ".join(package.version for package in packages) or "none"
        raise PromotionError(f"{self.model} has no version {version!r} in {self.environment}. Versions: {listed}")

    def decide(self, version: str, status: str, reason: str) -> Package:
        """Approves or rejects a version.

        Raises:
            PromotionError: there is no such version, or IAM denies the decision.
        """
        package = self.get(version)
        try:
            self.client.update_model_package(
                ModelPackageArn=package.arn, ModelApprovalStatus=status, ApprovalDescription=reason
            )
        except ClientError as error:
            raise refused(f"set version {version} of {self.model} to {status}", error) from None
        return self._describe(package.arn)

    def register(self, source: Package, origin: str) -> Package:
        """Registers a package of another environment here, pending; the same version is registered once.

        Args:
            source: the package.
            origin: name of its environment.
        """
        existing = [package for package in self.all() if package.version == source.version]
        if existing:
            return existing[-1]
        try:
            created = self.client.create_model_package(
                ModelPackageGroupName=self.group,
                ModelPackageDescription=source.description,
                ModelApprovalStatus=PENDING,
                CustomerMetadataProperties={**source.properties, VERSION: source.version, "PromotedFrom": origin},
            )
        except ClientError as error:
            raise refused(f"register version {source.version} of {self.model} in {self.environment}", error) from None
        return self._describe(str(created["ModelPackageArn"]))

    def _describe(self, arn: str) -> Package:
        described = self.client.describe_model_package(ModelPackageName=arn)
        properties = described.get("CustomerMetadataProperties") or {}
        return Package(
            arn=arn,
            version=properties.get(VERSION) or str(_number(arn)),
            status=str(described.get("ModelApprovalStatus")),
            created=described["CreationTime"].isoformat(timespec="seconds"),
            description=described.get("ModelPackageDescription") or "",
            note=described.get("ApprovalDescription") or "",
            properties=properties,
        )


def refused(attempt: str, error: ClientError) -> PromotionError:
    """The error of a request that AWS refused.

    Args:
        attempt: what was attempted, as a verb phrase.
        error: AWS's answer.
    """
    details = error.response.get("Error", {})
    code = REFUSED if details.get("Code") in _DENIED else BAD_INPUT
    return PromotionError(f"AWS refused to {attempt}: {details.get('Message', error)}", code)


def _number(arn: str) -> int:
    return int(arn.rpartition("/")[2])
