"""Access of `zone model` to the accounts of environments: the emulated AWS, or AWS with a profile."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import UsageError
from cli.promotion.errors import BAD_INPUT, REFUSED, PromotionError
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from rehearsal.cloud import MANAGEMENT, Credentials, Endpoints, send_through
from zone.plan import graph
from zone.settings import Settings
from zone.settings.placement import workload_environments

_MFA_CODE: Final = "000000"
"""The emulated AWS accepts every code."""


class Access(Protocol):
    """Gives boto3 clients in the account of an environment."""

    @property
    def person(self) -> str:
        """Source identity of the sessions."""
        ...

    def reader(self, environment: str, service: str = "sagemaker") -> Any:
        """A client that reads."""
        ...

    def client(self, service: str, environment: str, role: str) -> Any:
        """A client of a session of a role, which carries the person's source identity."""
        ...

    def account(self, environment: str) -> str:
        """ID of the account of an environment."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class RehearsedAccess:
    """The emulated AWS, as a person of the settings; their IAM user is created in the management account."""

    workspace: Workspace
    settings: Settings
    person: str

    def reader(self, environment: str, service: str = "sagemaker") -> Any:
        """A client of the account's access role."""
        return rehearsed_aws(self.workspace, self.settings).client(service, account=self.account(environment))

    def client(self, service: str, environment: str, role: str) -> Any:
        """A client of a session of a role; data and predictions come through the VPC endpoints of the environment."""
        endpoints, region = self.workspace.endpoints(), self.settings.regions.primary
        arn = f"arn:aws:iam::{self.account(environment)}:role/{role}"
        client = endpoints.client(service, region, self._session(endpoints, arn))
        endpoint = self._endpoint(service, environment)
        return send_through(client, endpoint) if endpoint else client

    def _endpoint(self, service: str, environment: str) -> str:
        """The VPC endpoint of a service whose requests are denied from elsewhere (P2); empty for other services."""
        outputs = self.workspace.deployed_outputs
        if service == "s3":
            return str(outputs(f"ml-{environment}").get("s3_endpoint_id") or "")
        if service == "sagemaker-runtime":
            network = outputs(f"{graph.NETWORK}{self.settings.regions.primary}")
            return str(network["endpoint_ids"].get("sagemaker.runtime") or "")
        return ""

    def account(self, environment: str) -> str:
        """ID of the account, from the outputs of the stack `organization`."""
        name = workload_environments(self.settings)[environment]
        return str(self.workspace.deployed_outputs("organization")["account_ids"][name])

    def _session(self, endpoints: Endpoints, role: str) -> Credentials:
        return Credentials.of(
            _assumed(
                endpoints.client("sts", self.settings.regions.primary, self._user(endpoints)),
                role,
                self.person,
                f"arn:aws:iam::{self.settings.management_account_id}:mfa/{self.person}",
                _MFA_CODE,
            )
        )

    def _user(self, endpoints: Endpoints) -> Credentials:
        iam = endpoints.client("iam", self.settings.regions.primary, MANAGEMENT)
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_user(UserName=self.person)
        statement = {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
            "Resource": f"arn:aws:iam::*:role/{self.settings.name_prefix}-*",
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=self.person, PolicyName="models", PolicyDocument=document)
        for key in iam.list_access_keys(UserName=self.person)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=self.person, AccessKeyId=key["AccessKeyId"])
        return Credentials.of(iam.create_access_key(UserName=self.person)["AccessKey"])


class ProfileAccess:
    """AWS, with a profile of the AWS CLI.

    Args:
        settings: of the zone.
        profile: name of the profile.
        accounts: environment -> account ID, where the settings do not have it.
        mfa_code: code of the user's MFA device; None for IAM Identity Center.
    """

    def __init__(self, settings: Settings, profile: str, accounts: Mapping[str, str], mfa_code: str | None) -> None:
        import boto3  # noqa: PLC0415 - the emulated AWS has clients of its own

        self._settings, self._accounts, self._mfa_code = settings, accounts, mfa_code
        try:
            self._session: Any = boto3.Session(profile_name=profile, region_name=settings.regions.primary)
            identity = self._session.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise UsageError(f"The profile {profile!r} cannot be used: {error}") from None
        self._arn, self._account = str(identity["Arn"]), str(identity["Account"])
        self.person = self._arn.rpartition("/")[2]

    def reader(self, environment: str, service: str = "sagemaker") -> Any:
        """A client of the profile, which must be of the environment's account."""
        if self._account != self.account(environment):
            raise UsageError(
                f"The profile is of the account {self._account}; {environment} is {self.account(environment)}. "
                "Use a profile of that account."
            )
        return self._session.client(service)

    def client(self, service: str, environment: str, role: str) -> Any:
        """A client of a session of a role."""
        arn = f"arn:aws:iam::{self.account(environment)}:role/{role}"
        device = self._arn.replace(":user/", ":mfa/") if ":user/" in self._arn else None
        if device and not self._mfa_code:
            raise UsageError("Give --mfa-code: an IAM user assumes the role with MFA.")
        issued = _assumed(self._session.client("sts"), arn, self.person, device, self._mfa_code)
        return self._session.client(
            service,
            aws_access_key_id=issued["AccessKeyId"],
            aws_secret_access_key=issued["SecretAccessKey"],
            aws_session_token=issued["SessionToken"],
        )

    def account(self, environment: str) -> str:
        """ID of the account: of the option, or of the settings."""
        name = workload_environments(self._settings)[environment]
        account = self._accounts.get(environment) or self._settings.accounts[name].id
        if account is None:
            raise UsageError(
                f"The account of {environment} is not known. Give --account {environment}=ID, the output account_ids "
                "of the stack organization."
            )
        return account


def _assumed(sts: Any, role: str, person: str, device: str | None, code: str | None) -> Mapping[str, Any]:
    more = {"SerialNumber": device, "TokenCode": code} if device and code else {}
    try:
        answer = sts.assume_role(RoleArn=role, RoleSessionName=person, SourceIdentity=person, **more)
    except ClientError as error:
        name = role.rpartition("/")[2]
        details = error.response.get("Error", {})
        denied = details.get("Code") in {"AccessDenied", "AccessDeniedException"}
        raise PromotionError(
            f"{person} may not use the role {name}: {details.get('Message', error)} "
            "Who may: `approvers` and `promoters` in Pulumi.yaml, hipaa-ml:ml.",
            REFUSED if denied else BAD_INPUT,
        ) from None
    issued: Mapping[str, Any] = answer["Credentials"]
    return issued
