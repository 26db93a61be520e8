"""The principals of a drill: applications, a team, the writer of the heartbeat and the person on call.

Each has a role or user of its own, as on AWS: the access role of the account may not use data.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from drills.errors import DrillError
from rehearsal.cloud import MANAGEMENT, Credentials, Endpoints, send_through

HOME: Final = "us-east-1"
"""Region of the requests to IAM and STS."""
PREFIX: Final = "hipaa-ml"
TEAM: Final = "cardiology"
"""The team whose data set the writers write to."""
_MFA_CODE: Final = "000000"
"""Code of the MFA device; the emulated AWS accepts every code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Principals:
    """The principals of one account of the emulated AWS."""

    endpoints: Endpoints
    account: str
    """ID of the environment's account."""
    administrator: Credentials
    """Credentials of the account's access role."""
    s3_endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Region -> ID of the VPC endpoint of S3 that requests for data come through."""
    runtime_endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Region -> ID of the VPC endpoint that requests for predictions come through."""

    def client(self, service: str, region: str, credentials: Credentials) -> Any:
        """A boto3 client; requests for data and predictions come through the VPC endpoint of the region."""
        client = self.endpoints.client(service, region, credentials)
        endpoints = {"s3": self.s3_endpoints, "sagemaker-runtime": self.runtime_endpoints}.get(service, {})
        endpoint = endpoints.get(region)
        return send_through(client, endpoint) if endpoint else client

    def publisher(self, bucket: str, prefix: str) -> Credentials:
        """A session of a role of training jobs, which write models below a prefix of the bucket of artifacts."""
        return self._role(
            f"{PREFIX}-ml-drill-training", [_allow("s3:PutObject", f"arn:aws:s3:::{bucket}/{prefix}/*"), _encrypt()]
        )

    def model_owner(self, bucket: str, endpoint: str) -> Credentials:
        """A session of a role that delivers the outcomes of an endpoint, and reads what was captured and judged."""
        objects = f"arn:aws:s3:::{bucket}"
        read = [f"{objects}/capture/{endpoint}/*", f"{objects}/monitoring/{endpoint}/*"]
        return self._role(
            f"{PREFIX}-ml-drill-owner",
            [
                _allow("s3:PutObject", f"{objects}/monitoring/{endpoint}/labels/*"),
                _allow("s3:GetObject", *read),
                _allow("s3:ListBucket", objects),
                _encrypt(),
                {**_encrypt(), "Action": "kms:Decrypt"},
            ],
        )

    def application(self, endpoint: str, parameter: str) -> Credentials:
        """A session of the role of an application, which invokes an endpoint and reads which region may write."""
        return self._role(
            f"{PREFIX}-drill-application",
            [
                _allow("sagemaker:InvokeEndpoint", f"arn:aws:sagemaker:*:{self.account}:endpoint/{endpoint}"),
                _allow("ssm:GetParameter", f"arn:aws:ssm:*:{self.account}:parameter{parameter}"),
            ],
        )

    def heartbeat(self, buckets: Sequence[str], key: str) -> Credentials:
        """A session of a role that writes the heartbeat in place of the scheduler, which is not emulated."""
        objects = [f"arn:aws:s3:::{bucket}/{key}" for bucket in buckets]
        return self._role(f"{PREFIX}-service-drill-beat", [_allow("s3:PutObject", *objects), _encrypt()])

    def team(self) -> Credentials:
        """A session of the team's role, which a member of the team starts from a role with the team's tag."""
        team_role = self._arn(f"{PREFIX}-data-team-{TEAM}")
        member = self._role(f"{PREFIX}-drill-member", [_allow("sts:AssumeRole", team_role)], tags={"team": TEAM})
        return self._assume(team_role, member)

    def on_call(self, runbook_role: str) -> Credentials:
        """A session of the role of the runbooks, which a person whom it trusts starts with MFA.

        Args:
            runbook_role: ARN of the role.

        Raises:
            DrillError: the role trusts no IAM user.
        """
        return self._person(runbook_role)

    def approver(self, approver_role: str) -> Credentials:
        """A session of the role that approves operations, which carries the name of its person.

        Args:
            approver_role: ARN of the role.

        Raises:
            DrillError: the role trusts no IAM user.
        """
        return self._person(approver_role, named=True)

    def _person(self, role: str, *, named: bool = False) -> Credentials:
        """A session of a role of people, with MFA; with `named`, session and source identity have the user's name."""
        iam = self.endpoints.client("iam", HOME, self.administrator)
        trust = iam.get_role(RoleName=role.rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"]
        user = _trusted_user(trust)
        if user is None:
            raise DrillError(f"The role {role} trusts no IAM user, so no person can assume it.")
        name = user.rpartition("/")[2]
        device = f"{user.partition(':user/')[0]}:mfa/{name}"
        own = {"RoleSessionName": name, "SourceIdentity": name} if named else {}
        return self._assume(role, self._user(name, role), SerialNumber=device, TokenCode=_MFA_CODE, **own)

    def _user(self, name: str, role: str) -> Credentials:
        """A new access key of a user of the management account, who may assume a role."""
        iam = self.endpoints.client("iam", HOME, MANAGEMENT)
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_user(UserName=name)
        assume = {**_allow("sts:AssumeRole", role), "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}
        iam.put_user_policy(UserName=name, PolicyName="runbooks", PolicyDocument=_document([assume]))
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials.of(key)

    def _role(
        self, name: str, statements: Sequence[Mapping[str, Any]], tags: Mapping[str, str] | None = None
    ) -> Credentials:
        """A session of a role of the account; the role is created under the boundary if it does not exist."""
        iam = self.endpoints.client("iam", HOME, self.administrator)
        trust = {"Effect": "Allow", "Principal": {"AWS": self.account}, "Action": "sts:AssumeRole"}
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(
                RoleName=name,
                AssumeRolePolicyDocument=_document([trust]),
                PermissionsBoundary=f"arn:aws:iam::{self.account}:policy/{PREFIX}-boundary",
                Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
            )
        iam.put_role_policy(RoleName=name, PolicyName="drill", PolicyDocument=_document(statements))
        return self._assume(self._arn(name), self.administrator)

    def _assume(self, role: str, credentials: Credentials, **more: str) -> Credentials:
        parameters = {"RoleSessionName": "drill", **more}
        session = self.endpoints.client("sts", HOME, credentials).assume_role(RoleArn=role, **parameters)["Credentials"]
        return Credentials.of(session)

    def _arn(self, role: str) -> str:
        return f"arn:aws:iam::{self.account}:role/{role}"


@contextmanager
def build_network(endpoints: Endpoints, network: Mapping[str, Any], region: str) -> Generator[str]:
    """An S3 endpoint in the shared network, through which models are published before the environment has a network.

    Args:
        endpoints: the emulated AWS.
        network: outputs of the stack of the network.
        region: region of the network.

    Yields:
        ID of the endpoint, which is deleted afterwards.
    """
    ec2 = endpoints.client("ec2", region, access_role(endpoints, str(network["account_id"])))
    created = ec2.create_vpc_endpoint(
        VpcEndpointType="Gateway", VpcId=network["endpoint_vpc_id"], ServiceName=f"com.amazonaws.{region}.s3"
    )
    endpoint = str(created["VpcEndpoint"]["VpcEndpointId"])
    try:
        yield endpoint
    finally:
        ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])


def access_role(endpoints: Endpoints, account: str) -> Credentials:
    """A session of an account's access role, which creates the principals and reads the deployed zone."""
    session = endpoints.client("sts", HOME).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="drill"
    )["Credentials"]
    return Credentials.of(session)


def _allow(action: str, *resources: str) -> Mapping[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": list(resources)}


def _encrypt() -> Mapping[str, Any]:
    condition = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}
    return {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": "*", "Condition": condition}


def _document(statements: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _trusted_user(trust: Mapping[str, Any]) -> str | None:
    """ARN of the first IAM user that a trust policy names in a condition."""
    for statement in trust["Statement"]:
        arns = statement.get("Condition", {}).get("ArnEquals", {}).get("aws:PrincipalArn", [])
        for arn in [arns] if isinstance(arns, str) else arns:
            if ":user/" in arn:
                return str(arn)
    return None
