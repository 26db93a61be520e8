"""Uploads raw data and a names model to the emulated AWS, as a member of the team that owns a model."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.errors import UsageError
from cli.rehearsed_aws import RehearsedAws, rehearsed_aws
from cli.workspace import Workspace
from rehearsal.cloud import Credentials, send_through
from zone.settings import Settings
from zone.settings.ml import Pipeline

_SESSION: Final = "upload"


class TeamUpload:
    """The S3 access of a team in the environment of a pipeline.

    Args:
        workspace: of the project.
        settings: of the zone.
        pipeline: names environment, team and data set.
        account: ID of the environment's account, 12 digits.

    Raises:
        UsageError: the stacks of the environment are not deployed, or the emulated AWS is not running.
    """

    def __init__(self, workspace: Workspace, settings: Settings, pipeline: Pipeline, account: str) -> None:
        self._settings, self._pipeline, self._account = settings, pipeline, account
        self._region = settings.regions.primary
        data = workspace.deployed_outputs(f"data-{pipeline.environment}")
        spoke = workspace.deployed_outputs(f"ml-{pipeline.environment}")
        self._endpoints = workspace.endpoints()
        self._buckets: Mapping[str, Mapping[str, str]] = data["buckets"]
        self._team_role = str(data["team_role_arns"][pipeline.team])
        self._client = self._s3(str(spoke["s3_endpoint_id"]), rehearsed_aws(workspace, settings))

    def raw_data(self, file: Path) -> str:
        """Upload a file of raw data to the prefix of the data set.

        Returns:
            Its S3 address.
        """
        prefix = self._settings.data.prefix_of(self._pipeline.data_set)
        return self._put(file, self._bucket("raw-phi"), f"{prefix}/{file.name}")

    def names_model(self, folder: Path) -> Iterator[str]:
        """Upload the files of a names model to the team's prefix.

        Returns:
            The S3 address of each file.
        """
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            key = f"{self._pipeline.team}/names-model/{file.relative_to(folder).as_posix()}"
            yield self._put(file, self._bucket("artifacts"), key)

    def _bucket(self, purpose: str) -> str:
        return str(self._buckets[purpose][self._region])

    def _put(self, file: Path, bucket: str, key: str) -> str:
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=file.read_bytes())
        except ClientError as error:
            raise UsageError(f"{file} was not uploaded to s3://{bucket}/{key}: {error}") from None
        return f"s3://{bucket}/{key}"

    def _s3(self, endpoint_id: str, aws: RehearsedAws) -> Any:
        """An S3 client of the team's role, whose requests come through the VPC endpoint of the environment."""
        credentials = self._assumed(self._team_role, self._member(aws))
        return send_through(self._endpoints.client("s3", self._region, credentials), endpoint_id)

    def _member(self, aws: RehearsedAws) -> Credentials:
        """A session of a role with the team's tag: only its holders may assume the role of the team."""
        iam = aws.client("iam", account=self._account)
        prefix, team = self._settings.name_prefix, self._pipeline.team
        name = f"{prefix}-rehearsal-{team}"
        trust = {"Effect": "Allow", "Principal": {"AWS": self._account}, "Action": "sts:AssumeRole"}
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(
                RoleName=name,
                Description="Member of a team in the rehearsal: zone pipeline upload",
                AssumeRolePolicyDocument=_document(trust),
                PermissionsBoundary=f"arn:aws:iam::{self._account}:policy/{prefix}-boundary",
                Tags=[{"Key": "team", "Value": team}],
            )
        assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": self._team_role}
        iam.put_role_policy(RoleName=name, PolicyName="assume-team-role", PolicyDocument=_document(assume))
        return self._assumed(f"arn:aws:iam::{self._account}:role/{name}", aws.credentials(self._account))

    def _assumed(self, role: str, credentials: Credentials) -> Credentials:
        sts = self._endpoints.client("sts", self._region, credentials)
        return Credentials.of(sts.assume_role(RoleArn=role, RoleSessionName=_SESSION)["Credentials"])


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
